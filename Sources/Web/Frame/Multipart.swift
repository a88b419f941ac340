import Hummingbird
public import NIOCore

/// A form sent as `multipart/form-data` (RFC 7578): its fields and its files.
public struct MultipartForm: Sendable {
    /// How much a form may hold.
    public struct Limits: Sendable {
        /// The whole form, in bytes.
        public var total: Int
        /// All fields that are not files, in bytes.
        public var fields: Int
        /// Fields and files together.
        public var parts: Int

        /// At most `total` bytes, of which at most `fields` in plain fields, in at most `parts` parts.
        public init(total: Int = 17 << 20, fields: Int = 64 * 1024, parts: Int = 200) {
            self.total = total
            self.fields = fields
            self.parts = parts
        }
    }

    /// A file as the browser sent it.
    public struct File: Sendable {
        /// What the browser says it is called. Never a path to open.
        public let name: String
        public let bytes: ByteBuffer
    }

    /// The plain fields.
    public let fields: Fields
    private let files: [(name: String, file: File)]

    /// The file chosen in the field `name`; nil when none was.
    public func file(_ name: String) -> File? {
        files.first { $0.name == name }?.file
    }

    init(fields: Fields, files: [(name: String, file: File)]) {
        self.fields = fields
        self.files = files
    }

    init(_ request: Request, limits: Limits) async throws {
        throw Refusal.wrongType
    }
}
