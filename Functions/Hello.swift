import Roost

/// The smallest function there is: GET /hello.
let hello = Function("hello") { (_: WebRequest, _) in .text("Hello from the order desk.\n") }
