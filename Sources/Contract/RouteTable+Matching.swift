extension RouteTable {
    /// The best route for a method and a path; a query after '?' is left out of account.
    ///
    /// HEAD is answered by a route for HEAD or else by one for GET.
    package func match(method: String, path: UnsafeRawBufferPointer) -> Match {
        let path = path.withoutQuery
        guard path.first == UInt8(ascii: "/") else { return .notFound }
        let wanted = Wanted(
            method: methods.firstIndex(of: method) ?? -1,
            fallback: method == "HEAD" ? methods.firstIndex(of: "GET") ?? -1 : -1)
        let found = wanted.isHopeless ? -1 : find(wanted, path, at: 0, slash: 0)
        guard found >= 0 else { return mismatch(path) }
        guard !routes[found].pattern.hasNames else {
            return switch routes[found].pattern.match(path) {
            case .parameters(let fields): .route(found, parameters: fields)
            case .malformed, nil: .malformed
            }
        }
        return .route(found, parameters: [])
    }

    /// The same for a text.
    package func match(method: String, path: String) -> Match {
        var path = path
        return path.withUTF8 { match(method: method, path: UnsafeRawBufferPointer($0)) }
    }

    /// The numbers of the methods that will do; -1 is none.
    private struct Wanted {
        var method: Int
        var fallback: Int

        var isHopeless: Bool { method < 0 && fallback < 0 }
    }

    /// The route below `node` for what follows the slash; -1 where there is none.
    ///
    /// A node is visited at most once for a path, for it has one depth.
    private func find(
        _ wanted: Wanted, _ path: UnsafeRawBufferPointer, at node: Int, slash: Int
    ) -> Int {
        guard slash < path.count else { return endpoint(wanted, from: nodes[node].firstEnding) }
        let start = slash + 1
        let end = path.endOfSegment(from: start)
        if start < end {
            let segment = UnsafeRawBufferPointer(rebasing: path[start..<end])
            let literal = literalChild(of: node, for: segment)
            if literal >= 0 {
                let found = find(wanted, path, at: literal, slash: end)
                if found >= 0 { return found }
            }
            if nodes[node].capture >= 0 {
                let found = find(wanted, path, at: nodes[node].capture, slash: end)
                if found >= 0 { return found }
            }
        } else if path.count == 1 {
            let found = endpoint(wanted, from: nodes[node].firstEnding)
            if found >= 0 { return found }
        }
        return endpoint(wanted, from: nodes[node].firstRest)
    }

    private func literalChild(of node: Int, for segment: UnsafeRawBufferPointer) -> Int {
        var edge = nodes[node].firstEdge
        let isEscaped = edge >= 0 && segment.contains(UInt8(ascii: "%"))
        while edge >= 0 {
            let literal = edges[edge].literal
            let isEqual =
                isEscaped
                ? segment.percentDecodesTo(literals[literal]) : isLiteral(literal, segment)
            if isEqual { return edges[edge].node }
            edge = edges[edge].next
        }
        return -1
    }

    private func isLiteral(_ range: Range<Int>, _ segment: UnsafeRawBufferPointer) -> Bool {
        guard range.count == segment.count else { return false }
        for index in 0..<segment.count where literals[range.lowerBound + index] != segment[index] {
            return false
        }
        return true
    }

    private func endpoint(_ wanted: Wanted, from first: Int) -> Int {
        var place = first
        var fallback = -1
        while place >= 0 {
            let endpoint = endpoints[place]
            if endpoint.method == wanted.method { return endpoint.route }
            if endpoint.method == wanted.fallback, fallback < 0 { fallback = endpoint.route }
            place = endpoint.next
        }
        return fallback
    }

    /// Off the usual way, so simple: asks every pattern.
    private func mismatch(_ path: UnsafeRawBufferPointer) -> Match {
        var allowed = Set(routes.filter { $0.pattern.match(path) != nil }.map(\.method))
        guard !allowed.isEmpty else { return .notFound }
        if allowed.contains("GET") { allowed.insert("HEAD") }
        allowed.insert("OPTIONS")
        return .methodNotAllowed(allowed.sorted())
    }
}
