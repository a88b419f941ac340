import Foundation
import Postgres

extension RollImports {
    /// Starts to read the file and returns; `find` tells how far it has come. A reading that stands still, since the
    /// service was stopped, can be started again.
    ///
    /// - Throws: `RollRefusal.wrongStep`; `NotAllowed`.
    public func startReading(_ id: ID<RollImport>, by actor: Actor) async throws {
        let vote: Vote = try await claimReading(id, by: actor)
        Task { try? await read(id, vote) }
    }

    /// Reads the whole file: every problem of every line, or the difference from the roll.
    ///
    /// - Returns: the import as it stands then, `refused` or `ready`.
    public func read(_ id: ID<RollImport>, by actor: Actor) async throws -> RollImport {
        let vote: Vote = try await claimReading(id, by: actor)
        try await read(id, vote)
        guard let read = try await find(id, of: vote.id) else { throw RollRefusal.wrongStep }
        return read
    }

    private func claimReading(_ id: ID<RollImport>, by actor: Actor) async throws -> Vote {
        try await pool.transaction("roll_import.claim_reading") { transaction in
            let (vote, found) = try await lock(id, by: actor, transaction)
            let mayStart: Bool =
                found.state == .mapping || found.state == .refused || found.state == .ready
                || found.state == .reading && found.isStalled
            guard mayStart else { throw RollRefusal.wrongStep }
            try await transaction.execute(
                "roll_import.reading",
                "UPDATE roll_import SET state = 'reading', done = 0, touched_at = now() WHERE id = \(id.uuid)")
            try await Self.forget(id, in: transaction)
            return vote
        }
    }

    /// The problems of a file: thrown, so that the rows that were stored on the way are undone.
    private struct HasProblems: Error {}

    private func read(_ id: ID<RollImport>, _ vote: Vote) async throws {
        guard let found = try await find(id, of: vote.id), let format = found.format else { return }
        let findings = RollFindings()
        do {
            try await pool.withConnection { connection in
                try await connection.transaction("roll_import.read") { transaction in
                    try await transaction.execute("roll_import.unsynchronised", "SET LOCAL synchronous_commit = off")
                    let copy = RollCopy(
                        rows: CSVReader(RollPieces(pool: pool, id: id), format: format),
                        reader: RollRowReader(
                            columns: found.columns, required: Self.required(vote), thisYear: Self.thisYear,
                            importing: id), findings: findings, pool: pool, id: id)
                    try await connection.copyIn(
                        "roll_row.copy", "COPY roll_row (\(sql: RollRowReader.copyColumns)) FROM STDIN", rows: copy)
                    try await transaction.execute("roll_row.analyze", "ANALYZE roll_row")
                    if findings.isEmpty { try await findTwice(id, findings, transaction) }
                    guard findings.isEmpty, findings.rows > 0 else { throw HasProblems() }
                    try await compare(id, vote, rows: findings.rows, transaction)
                }
            }
        } catch is HasProblems {
            try await refuse(id, findings)
        } catch let fault as CSVFault {
            if let problem = RollProblem(fault) { findings.add([problem]) }
            try await refuse(id, findings)
        }
    }

    private static var thisYear: Int {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar.component(.year, from: Date())
    }

    /// People who stand twice in the file.
    private func findTwice(
        _ id: ID<RollImport>, _ findings: RollFindings, _ transaction: some Executor
    ) async throws {
        let rows: [Row] = try await transaction.query(
            "roll_row.twice",
            """
            WITH twice AS (
                SELECT identity, min(source_line) AS first FROM roll_row
                WHERE import_id = \(id.uuid) GROUP BY identity HAVING count(*) > 1
            )
            SELECT roll_row.source_line, twice.first FROM roll_row JOIN twice ON twice.identity = roll_row.identity
            WHERE roll_row.import_id = \(id.uuid) AND roll_row.source_line > twice.first
            ORDER BY roll_row.source_line LIMIT \(Self.mostProblems)
            """)
        findings.add(
            try rows.map { row in
                RollProblem(
                    try row.get("source_line"), nil, .duplicate, String(try row.get("first", as: Int.self)))
            })
    }

    private func refuse(_ id: ID<RollImport>, _ findings: RollFindings) async throws {
        try await pool.transaction("roll_import.refuse") { transaction in
            for start in stride(from: 0, to: findings.problems.count, by: 5000) {
                let part = findings.problems[start..<min(start + 5000, findings.problems.count)]
                try await transaction.execute(
                    "roll_problem.insert",
                    """
                    INSERT INTO roll_problem (import_id, place, line, field, reason, argument)
                    SELECT \(id.uuid), \(start) + problem.place, problem.line, problem.field, problem.reason,
                           problem.argument
                    FROM unnest(\(part.map(\.line)), \(part.map { $0.field?.rawValue ?? "" }),
                                \(part.map(\.reason.rawValue)), \(part.map(\.argument)))
                         WITH ORDINALITY AS problem (line, field, reason, argument, place)
                    """)
            }
            try await transaction.execute(
                "roll_import.refused",
                """
                UPDATE roll_import
                SET state = 'refused', rows = \(findings.rows), problems = \(findings.count), touched_at = now()
                WHERE id = \(id.uuid)
                """)
        }
    }
}

/// What a reading found, line by line.
final class RollFindings {
    private(set) var problems: [RollProblem] = []
    /// All problems, those that are not kept as well.
    private(set) var count = 0
    /// The lines without a problem.
    var rows = 0

    var isEmpty: Bool { count == 0 }

    func add(_ found: [RollProblem]) {
        count += found.count
        problems += found.prefix(RollImports.mostProblems - problems.count)
    }
}

/// The lines of `COPY` that the rows of a file give; once a problem was found, only problems are looked for.
private struct RollCopy<Pieces: AsyncSequence>: AsyncSequence where Pieces.Element == [UInt8] {
    let rows: CSVReader<Pieces>
    let reader: RollRowReader
    let findings: RollFindings
    let pool: Pool
    let id: ID<RollImport>

    func makeAsyncIterator() -> Iterator {
        Iterator(rows: rows.makeAsyncIterator(), reader: reader, findings: findings, pool: pool, id: id)
    }

    struct Iterator: AsyncIteratorProtocol {
        var rows: CSVReader<Pieces>.Iterator
        let reader: RollRowReader
        let findings: RollFindings
        let pool: Pool
        let id: ID<RollImport>
        var isPastHeader = false

        mutating func next() async throws -> [UInt8]? {
            guard let part = try await rows.next() else { return nil }
            var lines: [UInt8] = []
            lines.reserveCapacity(1 << 21)
            var problems: [RollProblem] = []
            for row in part {
                guard isPastHeader else {
                    isPastHeader = true
                    continue
                }
                if reader.read(row, into: &lines, &problems) { findings.rows += 1 }
            }
            findings.add(problems)
            // Outside the transaction of the reading, for those who watch it.
            try await pool.execute(
                "roll_import.progress",
                """
                UPDATE roll_import
                SET done = least(bytes, done + 1048576), rows = \(findings.rows), problems = \(findings.count),
                    touched_at = now()
                WHERE id = \(id.uuid)
                """)
            return findings.isEmpty ? lines : []
        }
    }
}
