import Foundation

/// A file while it arrives: on disk and without a name there, so that nothing is left of it, and never larger than may
/// be.
public final class UploadedFile: @unchecked Sendable {
    // Unchecked: whoever reads the request fills it, then hands it over and does not touch it again.
    private let handle: FileHandle
    /// How many bytes have come.
    public private(set) var count = 0
    /// What the browser calls it, letter for letter.
    public var name = ""

    /// An empty file.
    public init() throws {
        let url = FileManager.default.temporaryDirectory.appending(component: "tilleul-\(UUID().uuidString)")
        let descriptor = open(url.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        unlink(url.path)
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// A file that is there already.
    public convenience init(name: String, bytes: some Collection<UInt8>) throws {
        try self.init()
        self.name = name
        try append(bytes)
    }

    /// Adds what has come.
    public func append(_ bytes: some Collection<UInt8>) throws {
        count += bytes.count
        guard count <= Media.byteLimit else { return }
        try handle.write(contentsOf: Data(bytes))
    }

    /// Everything in it.
    func read() throws -> [UInt8] {
        try handle.seek(toOffset: 0)
        return Array(try handle.readToEnd() ?? Data())
    }
}
