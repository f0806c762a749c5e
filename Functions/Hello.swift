import Roost

/// The smallest function there is.
let hello = Function("hello") { (_: WebRequest, _) in .text("Hello from the order desk.\n") }
