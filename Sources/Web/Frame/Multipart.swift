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
        /// Everything in it.
        public let bytes: ByteBuffer
    }

    /// The plain fields.
    public let fields: Fields
    private let files: [(name: String, file: File)]

    /// The file chosen in the field `name`; nil when none was.
    public func file(_ name: String) -> File? {
        files.first { $0.name == name && !($0.file.name.isEmpty && $0.file.bytes.readableBytes == 0) }?.file
    }

    /// Reads the body of `request`. Throws a ``Refusal``: 415 for another type, 413 for more than `limits`, 400 for
    /// what no browser sends.
    init(_ request: Request, limits: Limits) async throws {
        guard request.mediaType == "multipart/form-data",
            let boundary = Self.parameter("boundary", of: request.headers[.contentType] ?? "")
        else { throw Refusal.wrongType }
        if let length = request.declaredLength, length > limits.total { throw Refusal.tooLarge }
        var reader = try Reader(boundary: boundary, limits: limits)
        for try await bytes in request.wholeBody() {
            try reader.read(bytes.readableBytesView)
        }
        self = try reader.finish()
    }

    /// Reads a form whose file is too large to be held: each piece of it is handed over as it comes, with the fields
    /// that came before it and the name that the browser gives the file. ``file(_:)`` has the name and no bytes then.
    init(
        _ request: Request, limits: Limits, streaming take: (Fields, String, [UInt8]) async throws -> Void
    ) async throws {
        guard request.mediaType == "multipart/form-data",
            let boundary = Self.parameter("boundary", of: request.headers[.contentType] ?? "")
        else { throw Refusal.wrongType }
        if let length = request.declaredLength, length > limits.total { throw Refusal.tooLarge }
        var reader = try Reader(boundary: boundary, limits: limits, isStreaming: true)
        for try await bytes in request.wholeBody() {
            try reader.read(bytes.readableBytesView)
            if let piece = reader.takeStreamed() { try await take(piece.fields, piece.name, piece.bytes) }
        }
        self = try reader.finish()
    }

    /// Reads a whole form held in memory.
    init(bytes: some Sequence<[UInt8]>, boundary: String, limits: Limits) throws(Refusal) {
        var reader = try Reader(boundary: boundary, limits: limits)
        for piece in bytes { try reader.read(piece) }
        self = try reader.finish()
    }

    fileprivate init(fields: Fields, files: [(name: String, file: File)]) {
        self.fields = fields
        self.files = files
    }

    /// The value of one parameter of a header such as `form-data; name="file"; filename="a.pb"`; nil when it is
    /// missing. Inside quotation marks a semicolon is a letter like any other.
    static func parameter(_ name: String, of header: String) -> String? {
        var rest = header[...]
        while let semicolon = rest.firstIndex(of: ";") {
            rest = rest[rest.index(after: semicolon)...].drop { $0 == " " || $0 == "\t" }
            guard let equals = rest.firstIndex(where: { $0 == "=" || $0 == ";" }) else { return nil }
            guard rest[equals] == "=" else { continue }
            let found = rest[..<equals].lowercased()
            rest = rest[rest.index(after: equals)...]
            let value: Substring
            if rest.first == "\"" {
                rest = rest.dropFirst()
                guard let end = rest.firstIndex(of: "\"") else { return nil }
                value = rest[..<end]
                rest = rest[rest.index(after: end)...]
            } else {
                value = rest.prefix { $0 != ";" }.trimming(while: \.isWhitespace)
                rest = rest.drop { $0 != ";" }
            }
            if found == name { return String(value) }
        }
        return nil
    }
}

/// Reads a form piece by piece, however the network cut it, and holds back only what could be the start of a boundary.
private struct Reader {
    private enum State {
        /// Before the first boundary, or in the content of a part.
        case content
        /// The two bytes after a boundary: a new part or the end.
        case afterBoundary
        case head
        case end
    }

    private struct Part {
        let name: String
        let filename: String?
    }

    private let delimiter: [UInt8]
    private let limits: MultipartForm.Limits
    private var state = State.content
    /// A boundary begins with a line end, which the first one of a form does not have.
    private var pending = ByteBuffer(string: "\r\n")
    private var part: Part?
    private var content = ByteBuffer()
    private var total = 0
    private var fieldBytes = 0
    private var parts = 0
    private var fields: [(name: String, value: String)] = []
    private var files: [(name: String, file: MultipartForm.File)] = []
    /// Whether the content of files is handed over instead of kept.
    private let isStreaming: Bool
    private var streamed = ByteBuffer()
    private var streamedName = ""

    init(boundary: String, limits: MultipartForm.Limits, isStreaming: Bool = false) throws(Refusal) {
        guard (1...70).contains(boundary.utf8.count), boundary.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else {
            throw .malformed
        }
        self.delimiter = Array("\r\n--\(boundary)".utf8)
        self.limits = limits
        self.isStreaming = isStreaming
    }

    /// What came of a file since the last time; nil when nothing did.
    mutating func takeStreamed() -> (fields: Fields, name: String, bytes: [UInt8])? {
        guard let bytes = streamed.readBytes(length: streamed.readableBytes), !bytes.isEmpty else { return nil }
        streamed.clear()
        return (Fields(pairs: fields), streamedName, bytes)
    }

    mutating func read(_ bytes: some Collection<UInt8>) throws(Refusal) {
        total += bytes.count
        guard total <= limits.total else { throw .tooLarge }
        pending.writeBytes(bytes)
        while try step() {}
        pending.discardReadBytes()
    }

    func finish() throws(Refusal) -> MultipartForm {
        guard state == .end else { throw .malformed }
        return MultipartForm(fields: Fields(pairs: fields), files: files)
    }

    /// Takes one thing from what is pending; false when more bytes are needed first.
    private mutating func step() throws(Refusal) -> Bool {
        switch state {
        case .content:
            if let start = offset(of: delimiter) {
                try take(start)
                try closePart()
                pending.moveReaderIndex(forwardBy: delimiter.count)
                state = .afterBoundary
                return true
            }
            try take(max(0, pending.readableBytes - delimiter.count + 1))
            return false
        case .afterBoundary:
            guard let two = pending.readBytes(length: 2) else { return false }
            switch two {
            case Array("\r\n".utf8): state = .head
            case Array("--".utf8): state = .end
            default: throw .malformed
            }
            return true
        case .head:
            guard let end = offset(of: Array("\r\n\r\n".utf8)) else {
                guard pending.readableBytes <= 8 * 1024 else { throw .malformed }
                return false
            }
            guard let head = pending.readBytes(length: end), let text = String(validating: head, as: UTF8.self) else {
                throw .malformed
            }
            pending.moveReaderIndex(forwardBy: 4)
            try openPart(text)
            state = .content
            return true
        case .end:
            pending.moveReaderIndex(to: pending.writerIndex)
            return false
        }
    }

    /// Moves `count` bytes from what is pending into the part; what comes before the first part is dropped.
    private mutating func take(_ count: Int) throws(Refusal) {
        guard count > 0, let slice = pending.readSlice(length: count), let part else { return }
        if part.filename == nil {
            fieldBytes += count
            guard fieldBytes <= limits.fields else { throw .tooLarge }
        }
        if isStreaming, let filename = part.filename {
            streamedName = Self.unescaped(filename)
            streamed.writeImmutableBuffer(slice)
        } else {
            content.writeImmutableBuffer(slice)
        }
    }

    private mutating func openPart(_ head: String) throws(Refusal) {
        parts += 1
        guard parts <= limits.parts else { throw .tooLarge }
        let line = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-disposition:") }
        guard let line = line.map(String.init), let name = MultipartForm.parameter("name", of: line) else {
            throw .malformed
        }
        part = Part(name: Self.unescaped(name), filename: MultipartForm.parameter("filename", of: line))
    }

    private mutating func closePart() throws(Refusal) {
        guard let part else { return }
        if let filename = part.filename {
            files.append((part.name, MultipartForm.File(name: Self.unescaped(filename), bytes: content)))
        } else {
            guard let value = String(validating: content.readableBytesView, as: UTF8.self), !value.utf8.contains(0)
            else { throw .malformed }
            fields.append((part.name, value))
        }
        self.part = nil
        content = ByteBuffer()
    }

    /// Browsers write a quotation mark and line ends in a name as percent signs (WHATWG HTML, section 4.10.21.8).
    private static func unescaped(_ name: String) -> String {
        name.replacing("%22", with: "\"").replacing("%0D", with: "\r").replacing("%0A", with: "\n")
    }

    private func offset(of pattern: [UInt8]) -> Int? {
        pending.withUnsafeReadableBytes { bytes in
            guard bytes.count >= pattern.count else { return nil }
            return (0...(bytes.count - pattern.count)).first { start in
                bytes[start] == pattern[0] && pattern.indices.allSatisfy { bytes[start + $0] == pattern[$0] }
            }
        }
    }
}
