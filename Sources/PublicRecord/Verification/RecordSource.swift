/// The published files of a record, wherever they are: the server, the verifier and the tests hand them in.
public struct RecordSource: Sendable {
    private let reader: @Sendable (_ path: String) throws -> [UInt8]?

    /// A record read through a closure.
    ///
    /// - Parameter reader: the bytes of the file at a path such as `tile/0/000`, nil where there is none. What it
    ///   throws ends the verification: the record cannot be read.
    public init(_ reader: @escaping @Sendable (_ path: String) throws -> [UInt8]?) {
        self.reader = reader
    }

    /// A record held in memory.
    public init(files: [String: [UInt8]]) {
        self.init { files[$0] }
    }

    /// The file at a path, nil where there is none.
    public func read(_ path: String) throws -> [UInt8]? {
        try reader(path)
    }

    /// The file at a path that a record cannot be without.
    func required(_ path: String) throws -> [UInt8] {
        guard let bytes = try read(path) else { throw MissingFile(path: path) }
        return bytes
    }

    /// A tile or bundle; where a partial one is gone since it filled up, the start of the full one stands for it.
    func tile(_ path: TilePath) throws -> (bytes: [UInt8], isFull: Bool)? {
        if let bytes = try read(path.description) { return (bytes, path.width == Tiles.width) }
        guard path.width < Tiles.width else { return nil }
        let full = TilePath(path.kind, index: path.index)
        return try read(full.description).map { ($0, true) }
    }
}

/// A record without a checkpoint or a key cannot be read at all.
public struct MissingFile: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where the file should be.
    public let path: String

    /// An English sentence.
    public var description: String { "the record has no file “\(path)”" }
}
