import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import PublicRecord

/// Fetches the published files of a record, a few at a time, into a folder.
///
/// The checkpoint says which files there must be. Redirects are not followed: a record is where it says it is.
struct RecordDownload {
    private let base: String

    /// So many files are asked for at once.
    private static let parallelism = 8
    /// Beyond so many entries there is no vote.
    private static let maximumEntries = 100_000_000

    /// The record at an address, with or without a slash at its end.
    init(_ address: String) throws {
        guard let url = URL(string: address), url.host() != nil, url.query() == nil, url.fragment() == nil else {
            throw Unreadable("“\(address)” is not the address of a record")
        }
        base = address.hasSuffix("/") ? address : address + "/"
    }

    /// Fetches everything that the verification reads.
    func fetch(into folder: URL) async throws {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = HTTPClient.Configuration.Timeout(connect: .seconds(15), read: .seconds(60))
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            try await fetch(with: client, into: folder)
        } catch {
            try? await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }

    private func fetch(with client: HTTPClient, into folder: URL) async throws {
        var (result, note) = (try await get("result.json", client), try await checkpoint(client))
        // A result that is published meanwhile may stand under this checkpoint or not: both are fetched once more.
        if result == nil, try await get("result.json", client) != nil {
            (result, note) = (try await get("result.json", client), try await checkpoint(client))
        }
        try save(note, "checkpoint", folder)
        if let result { try save(result, "result.json", folder) }
        for path in ["key", "definition.json"] {
            if let bytes = try await get(path, client) { try save(bytes, path, folder) }
        }
        // Without a readable checkpoint there is nothing more to ask for; the verification says what is wrong.
        guard let signed = try? SignedNote(parsing: note), let checkpoint = Checkpoint(text: signed.text) else {
            return
        }
        guard checkpoint.size <= Self.maximumEntries else {
            throw Unreadable("the record claims \(checkpoint.size) entries")
        }
        var paths = Tiles.paths(size: checkpoint.size)[...]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for path in paths.prefix(Self.parallelism) { group.addTask { try await tile(path, client, folder) } }
            paths = paths.dropFirst(Self.parallelism)
            while try await group.next() != nil {
                if let path = paths.popFirst() { group.addTask { try await tile(path, client, folder) } }
            }
        }
    }

    private func checkpoint(_ client: HTTPClient) async throws -> [UInt8] {
        guard let note = try await get("checkpoint", client) else {
            throw Unreadable("\(base)checkpoint: there is no checkpoint")
        }
        return note
    }

    /// A tile, or where a partial one is gone the full one.
    private func tile(_ path: TilePath, _ client: HTTPClient, _ folder: URL) async throws {
        if let bytes = try await get(path.description, client) {
            try save(bytes, path.description, folder)
        } else if path.width < Tiles.width {
            let full = TilePath(path.kind, index: path.index).description
            if let bytes = try await get(full, client) { try save(bytes, full, folder) }
        }
    }

    private func get(_ path: String, _ client: HTTPClient) async throws -> [UInt8]? {
        do {
            let response = try await client.execute(HTTPClientRequest(url: base + path), timeout: .seconds(300))
            switch response.status.code {
            case 200:
                let body = try await response.body.collect(upTo: FolderReader.maximumFileLength)
                return Array(body.readableBytesView)
            case 404, 410:
                return nil
            default:
                throw Unreadable("\(base + path): the server answers \(response.status.code)")
            }
        } catch let error as Unreadable {
            throw error
        } catch is NIOTooManyBytesError {
            throw Unreadable("\(base + path): larger than any file of a record")
        } catch {
            throw Unreadable("\(base + path): \(error)")
        }
    }

    private func save(_ bytes: [UInt8], _ path: String, _ folder: URL) throws {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }
}
