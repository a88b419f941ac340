import Hummingbird
import NIOCore
import Participation
import PublicRecord

/// The whole record of a vote as one archive (ustar, gzip), made while it is sent.
struct Bundle: Sendable {
    let vote: Vote
    let opening: VoteOpening
    let head: Record.Head
    let result: [UInt8]?
    /// The second verifier, which travels with every record.
    let verifier: [UInt8]?
    let record: Record
    let files: RecordFiles

    /// The body of the answer.
    var body: ResponseBody {
        ResponseBody { writer in
            let gzip = try GzipStream()
            for (path, bytes) in smallFiles {
                try await writer.write(ByteBuffer(bytes: try gzip.add(Tar.file("record/\(path)", bytes))))
            }
            for hash in try await files.list(of: vote.id) {
                guard let bytes = try await files.find(hash, of: vote.id) else { continue }
                let part: [UInt8] = try gzip.add(Tar.file("record/files/\(hash.hex)", bytes))
                if !part.isEmpty { try await writer.write(ByteBuffer(bytes: part)) }
            }
            for path in Tiles.paths(size: head.checkpoint.size) {
                guard let bytes = try await record.tile(path, of: vote.id) else { continue }
                let part: [UInt8] = try gzip.add(Tar.file("record/\(path)", bytes))
                if !part.isEmpty { try await writer.write(ByteBuffer(bytes: part)) }
            }
            try await writer.write(ByteBuffer(bytes: try gzip.finish(Tar.end)))
            try await writer.finish(nil)
        }
    }

    private var smallFiles: [(String, [UInt8])] {
        var files: [(String, [UInt8])] = [
            ("checkpoint", Array(head.note.utf8)), ("key", Array((opening.verifierKey + "\n").utf8)),
            ("definition.json", opening.bytes), ("files/\(Hex.encode(opening.hash))", opening.bytes),
        ]
        if let verifier { files.append(("verify.py", verifier)) }
        if let result {
            files.append(("result.json", result))
            files.append(("files/\(Hash(of: result).hex)", result))
        }
        return files
    }
}

/// Files of a tape archive in the POSIX format (ustar), without dates or owners: the same record, the same archive.
enum Tar {
    /// What closes an archive.
    static let end = [UInt8](repeating: 0, count: 1024)

    /// A file with its header, filled up to whole blocks of 512 bytes. A path has at most 100 bytes.
    static func file(_ path: String, _ bytes: [UInt8]) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
        }
        func octal(_ number: Int, digits: Int) -> String {
            let text = String(number, radix: 8)
            return String(repeating: "0", count: digits - text.utf8.count) + text
        }
        precondition(path.utf8.count <= 100, "paths of a record are short")
        put(path, at: 0)
        put("0000644", at: 100)
        put("0000000", at: 108)
        put("0000000", at: 116)
        put(octal(bytes.count, digits: 11), at: 124)
        put(octal(0, digits: 11), at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar", at: 257)
        put("00", at: 263)
        let sum: Int = header.reduce(0) { $0 + Int($1) }
        put(octal(sum, digits: 6) + "\0 ", at: 148)
        return header + bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
    }
}
