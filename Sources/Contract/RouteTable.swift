/// Finds the route that a request takes among those of an app.
///
/// The patterns lie in a tree of path parts that is searched literals first, then captures, then
/// rests; the first route that has the method is the most specific one. The tree is flat arrays of
/// numbers, so a search neither allocates nor counts references.
package struct RouteTable: Sendable {
    /// A method and the paths that it is for.
    package struct Route: Sendable, Hashable {
        /// Such as "GET"; case matters.
        package var method: String
        /// The paths that it takes.
        package var pattern: PathPattern

        /// A method and its pattern.
        package init(method: String, pattern: PathPattern) {
            self.method = method
            self.pattern = pattern
        }

        /// Whether no request could tell the two apart.
        package func isSame(as other: Route) -> Bool {
            method == other.method && pattern.isSameRoute(as: other.pattern)
        }
    }

    /// What became of a request's method and path.
    package enum Match: Sendable, Equatable {
        /// The route's place in `routes`, and its captures by name.
        case route(Int, parameters: [RequestData.Field])
        /// No route takes the path: 404.
        case notFound
        /// Routes take the path with these methods only, as `Allow` lists them: 405.
        case methodNotAllowed([String])
        /// The route takes the path, but a capture's escapes make no text: 400.
        case malformed
    }

    /// A part of a path below another one; -1 stands for nothing.
    struct Node {
        var firstEdge = -1
        var capture = -1
        /// The first of the routes that end here, and of those whose rest begins here.
        var firstEnding = -1
        var firstRest = -1
    }

    /// The way from a node to one below by a literal, and the next such way.
    struct Edge {
        var literal: Range<Int>
        var node: Int
        var next: Int
    }

    /// A route at a node, and the next one there.
    struct Endpoint {
        var route: Int
        var method: Int
        var next: Int
    }

    /// As they were given; a match names one by its place here.
    package let routes: [Route]
    private(set) var nodes = [Node()]
    private(set) var edges: [Edge] = []
    private(set) var endpoints: [Endpoint] = []
    private(set) var methods: [String] = []
    private(set) var literals: [UInt8] = []

    /// Of routes that are the same only the first is ever found; `roost check` refuses them.
    package init(_ routes: [Route]) {
        self.routes = routes
        for index in routes.indices { insert(index) }
    }

    private mutating func insert(_ index: Int) {
        let route = routes[index]
        if !methods.contains(route.method) { methods.append(route.method) }
        let endpoint = Endpoint(
            route: index, method: methods.firstIndex(of: route.method)!, next: -1)
        var node = 0
        for part in route.pattern.parts {
            switch part {
            case .literal(let literal): node = child(of: node, literal: literal)
            case .capture: node = captureChild(of: node)
            case .rest:
                append(endpoint, to: \.firstRest, of: node)
                return
            }
        }
        append(endpoint, to: \.firstEnding, of: node)
    }

    private mutating func child(of node: Int, literal: [UInt8]) -> Int {
        var edge = nodes[node].firstEdge
        while edge >= 0 {
            if literals[edges[edge].literal].elementsEqual(literal) { return edges[edge].node }
            edge = edges[edge].next
        }
        let start = literals.count
        literals.append(contentsOf: literal)
        nodes.append(Node())
        edges.append(
            Edge(
                literal: start..<literals.count, node: nodes.count - 1, next: nodes[node].firstEdge)
        )
        nodes[node].firstEdge = edges.count - 1
        return nodes.count - 1
    }

    private mutating func captureChild(of node: Int) -> Int {
        if nodes[node].capture < 0 {
            nodes.append(Node())
            nodes[node].capture = nodes.count - 1
        }
        return nodes[node].capture
    }

    /// Appends at the end, so that of same routes the first one is found.
    private mutating func append(
        _ endpoint: Endpoint, to list: WritableKeyPath<Node, Int>, of node: Int
    ) {
        endpoints.append(endpoint)
        var place = nodes[node][keyPath: list]
        guard place >= 0 else {
            nodes[node][keyPath: list] = endpoints.count - 1
            return
        }
        while endpoints[place].next >= 0 { place = endpoints[place].next }
        endpoints[place].next = endpoints.count - 1
    }
}
