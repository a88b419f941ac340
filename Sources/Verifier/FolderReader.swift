import Foundation
import PublicRecord

/// Reads a record from a folder, however it came there, and keeps clear of files that no record has.
struct FolderReader: Sendable {
    let folder: URL

    /// No published file is larger: a bundle has at most 256 entries of 65,535 bytes.
    static let maximumFileLength = 64 << 20

    /// The record in this folder.
    var source: RecordSource {
        RecordSource { path in
            guard Self.isPublished(path) else { return nil }
            return try Self.read(folder.appending(path: path), limit: Self.maximumFileLength)
        }
    }

    /// Whether a record has a file of this name.
    static func isPublished(_ path: String) -> Bool {
        ["checkpoint", "key", "definition.json", "result.json"].contains(path) || TilePath(path) != nil
    }

    /// The bytes of a file, nil where there is none.
    static func read(_ file: URL, limit: Int) throws -> [UInt8]? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder) else { return nil }
        guard !isFolder.boolValue else { throw Unreadable("“\(file.path)” is a folder") }
        guard let handle = try? FileHandle(forReadingFrom: file) else {
            throw Unreadable("“\(file.path)” cannot be opened")
        }
        defer { try? handle.close() }
        guard let data = try? handle.read(upToCount: limit + 1) else { return [] }
        guard data.count <= limit else { throw Unreadable("“\(file.path)” is larger than any file of a record") }
        return Array(data)
    }
}

/// Hands the record at an address, in a folder or in an archive to `body`.
func withRecord(_ place: String, _ body: (RecordSource) throws -> Report) async throws -> Report {
    if place.hasPrefix("http://") || place.hasPrefix("https://") {
        return try await withPrivateFolder { folder in
            try await RecordDownload(place).fetch(into: folder)
            return try body(FolderReader(folder: folder).source)
        }
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder) else {
        throw Unreadable("there is no file or folder “\(place)”")
    }
    if isFolder.boolValue { return try body(FolderReader(folder: URL(filePath: place)).source) }
    return try await withPrivateFolder { folder in
        let root = try RecordArchive(path: place).unpack(into: folder)
        return try body(FolderReader(folder: root).source)
    }
}

/// A folder that only this user can look into, gone when `body` has ended.
private func withPrivateFolder(_ body: (URL) async throws -> Report) async throws -> Report {
    let folder = FileManager.default.temporaryDirectory.appending(path: "tilleul-verify-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}
