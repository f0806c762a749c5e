package import Contract

/// An app's functions as this host runs them.
package struct AppliedPolicies: Sendable, Equatable {
    /// In the order of the manifest.
    package var functions: [FunctionDeclaration]
    /// Where each policy came from, by function, then by policy: "timeout", "retry", "maxAge",
    /// "concurrency", "priority", "depthMax".
    package var origins: [String: [String: SettingsOrigin]]
    /// Settings that the manifest proves wrong; the host does not start with any.
    package var mistakes: [SettingsMistake]
}

extension Settings {
    /// Puts the operator's policies in the place of the app's.
    ///
    /// Settings for functions that the app does not have are mistakes.
    package func applied(to manifest: Manifest) -> AppliedPolicies {
        var applied = AppliedPolicies(
            functions: [], origins: [:], mistakes: unknownFunctions(manifest))
        for var function in manifest.functions {
            let declared = function.policies
            function.policies = functions[function.name]?.applied(to: declared) ?? declared
            applied.origins[function.name] = policyOrigins(of: function.name, declared)
            applied.mistakes += lateMistakes(of: function)
            applied.functions.append(function)
        }
        return applied
    }

    private func unknownFunctions(_ manifest: Manifest) -> [SettingsMistake] {
        let known = manifest.functions.map(\.name)
        return functions.keys.sorted().filter { !known.contains($0) }.map { name in
            SettingsMistake(
                firstOrigin(below: "functions.\(name)"),
                "functions.\(name) names a function that the app does not have"
                    + suggestion(for: name, among: known)
                    + " Known are: \(known.sorted().joined(separator: ", ")).")
        }
    }

    private func policyOrigins(
        of name: String, _ declared: Policies
    ) -> [String: SettingsOrigin] {
        let standard = Policies()
        let own: [(String, isStandard: Bool)] = [
            ("timeout", declared.timeoutMilliseconds == standard.timeoutMilliseconds),
            ("retry", declared.retry == standard.retry),
            ("maxAge", declared.maxAgeMilliseconds == standard.maxAgeMilliseconds),
            ("concurrency", declared.concurrencyMax == standard.concurrencyMax),
            ("priority", declared.priority == standard.priority),
            ("depthMax", declared.depthMax == standard.depthMax),
        ]
        let pairs = own.map { policy, isStandard in
            let set = firstOrigin(below: "functions.\(name).\(policy)")
            return (policy, set ?? (isStandard ? SettingsOrigin.standard : .app))
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    /// What can only be judged when the app's own half of a policy is known.
    private func lateMistakes(of function: FunctionDeclaration) -> [SettingsMistake] {
        guard case .exponential(let from, let to) = function.policies.retry.growth, from > to else {
            return []
        }
        let key = "functions.\(function.name).retry"
        guard let origin = firstOrigin(below: key) else { return [] }
        return [
            SettingsMistake(
                origin,
                "\(key).exponential goes from \(durationText(from)) to \(durationText(to)); "
                    + "expected \"to\" to be no shorter than \"from\"")
        ]
    }

    /// The origin of a key, or of the first of its members.
    private func firstOrigin(below key: String) -> SettingsOrigin? {
        if let origin = origins[key] { return origin }
        return origins.keys.filter { $0.hasPrefix(key + ".") }.min().flatMap { origins[$0] }
    }
}
