// What a function's author sees of other modules: one `import Roost` is enough.
@_exported public import Contract
// Whole, for of several single types from one module only one would be handed on.
@_exported public import HTTPTypes

@_exported public import struct Logging.Logger
