import Contract
import Glibc

extension Settings {
    /// What is wrong with values that are each allowed alone.
    func mistakesBetweenValues() -> [SettingsMistake] {
        var mistakes: [SettingsMistake] = []
        if adminToken == .none, !admin.isLoopback {
            mistakes.append(
                SettingsMistake(
                    origin(of: "adminToken"),
                    "adminToken is none while admin is \(admin); expected a token, or an address that "
                        + "only this machine reaches, such as 127.0.0.1:8081"))
        }
        if listen == admin, listen.port != 0 {
            let origin = origins["admin"] ?? origin(of: "listen")
            mistakes.append(
                SettingsMistake(
                    origin,
                    "listen and admin are both \(listen); expected two, set one of them to another port"
                ))
        }
        return mistakes + mistakesBetweenLimits()
    }

    private func mistakesBetweenLimits() -> [SettingsMistake] {
        let pairs: [(small: String, Int, large: String, Int)] = [
            ("bodyBytesMax", limits.bodyBytesMax, "bodiesBytesMax", limits.bodiesBytesMax),
            (
                "groupChangesMax", limits.groupChangesMax, "storeQueueChangesMax",
                limits.storeQueueChangesMax
            ),
            (
                "batchMax", limits.batchMax, "storeQueueChangesMax", limits.storeQueueChangesMax
            ),
            (
                "groupBytesMax", limits.groupBytesMax, "storeQueueBytesMax",
                limits.storeQueueBytesMax
            ),
            ("dataBytesMax", limits.dataBytesMax, "effectsBytesMax", limits.effectsBytesMax),
            (
                "documentBytesMax", limits.documentBytesMax, "effectsBytesMax",
                limits.effectsBytesMax
            ),
            (
                "effectsBytesMax", limits.effectsBytesMax, "storeQueueBytesMax",
                limits.storeQueueBytesMax
            ),
        ]
        return pairs.filter { $0.1 > $0.3 }.map { small, smallValue, large, largeValue in
            let set = origins["limits.\(small)"] ?? origin(of: "limits.\(large)")
            return SettingsMistake(
                set,
                "limits.\(small) is \(smallValue) and limits.\(large) is \(largeValue); "
                    + "expected the first to be no more than the second")
        }
    }

    /// What keeps the app from being started, as far as can be seen without starting it.
    func mistakesOfApp() -> [SettingsMistake] {
        guard let origin = origins["app"] else {
            // A value that was refused has been told already, and is not missing.
            guard app.isEmpty else { return [] }
            return [
                SettingsMistake(
                    nil,
                    "no app is named; expected the path of its executable: "
                        + "give --app PATH, set ROOST_APP, or write \"app: PATH\" into roost.yaml")
            ]
        }
        return Self.flaw(ofExecutable: app).map { [SettingsMistake(origin, $0)] } ?? []
    }

    private static func flaw(ofExecutable path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let reason = String(cString: strerror(errno))
            return "the app \"\(path)\" can't be found (\(reason)); build it with "
                + "\"swift build -c release\" or name another file"
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            return "the app \"\(path)\" is no file; expected the executable that the build made"
        }
        guard access(path, X_OK) == 0 else {
            let mode = String(status.st_mode & 0o777, radix: 8)
            return
                "the app \"\(path)\" is not executable (mode \(mode)); expected the executable that "
                + "the build made, or run \"chmod +x \(path)\""
        }
        return nil
    }
}
