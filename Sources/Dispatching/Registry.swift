package import Contract
package import Invocations

/// The functions that the host knows: their rows, their names and how they are run.
package struct Registry: Sendable {
    /// One function: its row, how it is run, and its place in the manifest.
    package final class Function: Sendable {
        /// Of its row in the store.
        package let number: FunctionNumber
        /// What the app says of it, and settings after that.
        package let declaration: FunctionDeclaration
        /// Its place in the manifest, by which workers know it.
        package let index: Int

        init(number: FunctionNumber, declaration: FunctionDeclaration, index: Int) {
            self.number = number
            self.declaration = declaration
            self.index = index
        }

        /// Unique in the app.
        package var name: String { declaration.name }
        /// How it is run.
        package var policies: Policies { declaration.policies }
    }

    /// In the order of the manifest.
    package private(set) var functions: [Function]
    private var placeByNumber: [FunctionNumber: Int]
    private var placeByName: [String: Int]
    /// The names of rows that the app no longer declares.
    package private(set) var goneNames: [FunctionNumber: String]
    /// Who wants what happens.
    package let triggers: TriggerTable

    /// - Parameter rows: what the store answered to the registration of `declarations`.
    package init(
        declarations: [FunctionDeclaration], triggers: [TriggerDeclaration] = [],
        rows: [Registered.Function]
    ) {
        let numbers = Dictionary(uniqueKeysWithValues: rows.map { ($0.name, $0.number) })
        functions = declarations.enumerated().map { index, declaration in
            guard let number = numbers[declaration.name] else {
                preconditionFailure("a registered function has a row")
            }
            return Function(number: number, declaration: declaration, index: index)
        }
        placeByNumber = Dictionary(uniqueKeysWithValues: functions.map { ($0.number, $0.index) })
        placeByName = Dictionary(uniqueKeysWithValues: functions.map { ($0.name, $0.index) })
        self.triggers = TriggerTable(triggers, functions: declarations) { numbers[$0] }
        goneNames = Dictionary(
            uniqueKeysWithValues: rows.filter { !$0.isDeclared }.map { ($0.number, $0.name) })
    }

    /// Nil for a function that the app no longer has.
    package subscript(number: FunctionNumber) -> Function? {
        placeByNumber[number].map { functions[$0] }
    }

    /// Nil for a name that the app does not have.
    package subscript(name: String) -> Function? { placeByName[name].map { functions[$0] } }

    /// The name of a row, of a function that is gone too.
    package func name(of number: FunctionNumber) -> String {
        self[number]?.name ?? goneNames[number] ?? "function \(number.rawValue)"
    }

    /// Of all functions that the app has.
    package var names: [String] { functions.map(\.name) }
}
