import Crypto
import Foundation
import Postgres

/// A file on its way in: taken piece by piece, never held in memory.
public struct RollReception {
    /// The import that the file becomes.
    public let id: ID<RollImport>
    private let pool: Pool
    private var pending: [UInt8] = []
    private var place = 0
    private var bytes = 0
    private var hash = SHA256()
    private var text = UTF8Check()
    private var start: [UInt8] = []

    private static let pieceLength = 1 << 20

    init(id: ID<RollImport>, pool: Pool) {
        self.id = id
        self.pool = pool
    }

    /// Takes the next bytes.
    ///
    /// - Throws: `RollRefusal.fileTooLong`, and nothing of the file is kept.
    public mutating func take(_ piece: [UInt8]) async throws {
        bytes += piece.count
        guard bytes <= RollImports.longestFile else {
            try await drop()
            throw RollRefusal.fileTooLong(limit: RollImports.longestFile)
        }
        hash.update(data: piece)
        text.read(piece)
        // Enough for a first row as long as a row may be, and the rows after it.
        if start.count < 2 * Self.pieceLength { start += piece.prefix(2 * Self.pieceLength - start.count) }
        pending += piece
        while pending.count >= Self.pieceLength {
            try await keep(Array(pending.prefix(Self.pieceLength)))
            pending.removeFirst(Self.pieceLength)
        }
    }

    /// Ends the file: finds out how it is written and guesses what its columns say.
    ///
    /// - Throws: `RollRefusal`, and nothing of the file is kept.
    public mutating func finish() async throws {
        do {
            try await settle()
        } catch let refusal as RollRefusal {
            try await drop()
            throw refusal
        }
    }

    /// Forgets the file.
    public func drop() async throws {
        try await pool.execute("roll_import.drop", "DELETE FROM roll_import WHERE id = \(id.uuid)")
    }

    private mutating func settle() async throws {
        guard bytes > 0 else { throw RollRefusal.empty }
        if start.starts(with: Array("PK\u{3}\u{4}".utf8)) || start.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) {
            throw RollRefusal.workbook
        }
        let format = CSVFormat(
            separator: CSVFormat.separator(in: start.prefix(1 << 16)), encoding: text.finish() ? .utf8 : .windows1252)
        let rows: [CSVRow] = try firstRows(format)
        guard let header = rows.first, rows.count > 1 else { throw RollRefusal.empty }
        if let problem = header.problem {
            throw RollRefusal.unreadableHeader(RollProblem(header.line, problem, columns: []))
        }
        if !pending.isEmpty { try await keep(pending) }
        let headers: [String] = header.texts.map(Self.shown)
        let sample: [[String]] = rows.dropFirst().prefix(5).map { $0.texts.map(Self.shown) }
        let json = String(decoding: try JSONEncoder().encode(sample), as: UTF8.self)
        try await pool.execute(
            "roll_import.received",
            """
            UPDATE roll_import
            SET state = 'mapping', bytes = \(bytes), file_hash = \(Array(hash.finalize())),
                separator = \(String(decoding: [format.separator], as: UTF8.self)), encoding = \(format.encoding.rawValue),
                header = \(headers), sample = \(json)::jsonb,
                columns = \(RollColumns.guess(headers).map { $0?.rawValue ?? "" }), touched_at = now()
            WHERE id = \(id.uuid) AND state = 'receiving'
            """)
    }

    /// As much of a value as is shown, without what no page can show.
    private static func shown(_ text: String) -> String {
        String(text.prefix(80).map { $0.isASCII && $0.asciiValue! < 0x20 ? "\u{FFFD}" : $0 })
    }

    /// The first rows; a fault after the second is left to the reading of the whole, which tells it with its line.
    private func firstRows(_ format: CSVFormat) throws -> [CSVRow] {
        var parser = CSVParser(format)
        var rows: [CSVRow] = []
        var offset = 0
        do {
            while offset < start.count, rows.count < 6 {
                try parser.read(Array(start[offset..<min(offset + 4096, start.count)]), into: &rows)
                offset += 4096
            }
            if offset >= start.count, bytes == start.count { try parser.finish(into: &rows) }
        } catch {
            if rows.count > 1 { return rows }
            if error == .utf16 { throw RollRefusal.utf16 }
            if let problem = RollProblem(error) { throw RollRefusal.unreadableHeader(problem) }
            throw RollRefusal.empty
        }
        return rows
    }

    private mutating func keep(_ piece: [UInt8]) async throws {
        try await pool.execute(
            "roll_piece.keep",
            "INSERT INTO roll_piece (import_id, place, bytes) VALUES (\(id.uuid), \(place), \(piece))")
        place += 1
        try await pool.execute("roll_import.touch", "UPDATE roll_import SET touched_at = now() WHERE id = \(id.uuid)")
    }
}

/// The pieces of a file that was received, one after the other.
struct RollPieces: AsyncSequence {
    let pool: Pool
    let id: ID<RollImport>

    func makeAsyncIterator() -> Iterator { Iterator(pool: pool, id: id) }

    struct Iterator: AsyncIteratorProtocol {
        let pool: Pool
        let id: ID<RollImport>
        var place = 0

        mutating func next() async throws -> [UInt8]? {
            let row: Row? = try await pool.one(
                "roll_piece.read",
                "SELECT bytes FROM roll_piece WHERE import_id = \(id.uuid) AND place = \(place)")
            place += 1
            return try row?.get("bytes")
        }
    }
}
