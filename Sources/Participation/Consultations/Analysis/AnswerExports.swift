public import Foundation
public import Postgres

/// A file of the answers to a questionnaire: being written, or ready until it ends.
public struct AnswerExport: Sendable {
    /// How the answers are written.
    public enum Format: String, Sendable, CaseIterable {
        /// A line of separated values for each person.
        case csv
        /// A JSON object on a line for each person.
        case lines = "jsonl"
    }

    /// Its identity.
    public let id: ID<AnswerExport>
    /// How the answers are written.
    public let format: Format
    /// How many answers there were when it was begun, and how many are written.
    public let total: Int, written: Int
    /// How large it is so far, in bytes, and in how many pieces.
    public let bytes: Int, pieces: Int
    /// When it was begun, when it was ready, and when it ends.
    public let begunAt: Date, finishedAt: Date?, endsAt: Date

    /// Whether it can be saved.
    public var isReady: Bool { finishedAt != nil }

    static let columns: SQL = """
        export.id, export.format, export.total, export.written, export.bytes, export.pieces, export.begun_at,
        export.finished_at, export.begun_at + interval '1 day' AS ends_at
        """

    init(row: Row) throws {
        id = try row.get("id")
        // The schema's check leaves no other words.
        format = Format(rawValue: try row.get("format"))!
        total = Int(try row.get("total", as: Int64.self))
        written = Int(try row.get("written", as: Int64.self))
        bytes = Int(try row.get("bytes", as: Int64.self))
        pieces = Int(try row.get("pieces", as: Int32.self))
        begunAt = try row.get("begun_at")
        finishedAt = try row.get("finished_at")
        endsAt = try row.get("ends_at")
    }
}

/// Files of answers for agents, without names. The service writes them piece by piece into the database, five hundred
/// answers at a time: however many there are, memory does not grow; the page may be left, and a service that was stopped
/// goes on where it was.
public struct AnswerExports: Sendable {
    /// How many answers a piece holds.
    static let pieceSize = 500

    let pool: Pool

    /// The files kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// Begins a file.
    ///
    /// - Parameter hasMark: whether a CSV begins with the mark of UTF-8, for spreadsheets that need it.
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func begin(
        _ format: AnswerExport.Format, of questionnaire: Questionnaire, hasMark: Bool, by actor: Actor
    ) async throws -> ID<AnswerExport> {
        let id = ID<AnswerExport>()
        try await pool.transaction("answer_export.begin") { transaction in
            try await Consultations.require(questionnaire.consultation, by: actor, in: transaction)
            try await transaction.execute(
                "answer_export.insert",
                """
                INSERT INTO answer_export (id, questionnaire_id, format, has_mark, total, begun_by)
                SELECT \(id), \(questionnaire.id), \(format.rawValue), \(hasMark && format == .csv), count(*),
                       \(actor.account)
                FROM response WHERE questionnaire_id = \(questionnaire.id)
                """)
            try await Acts.record(
                "answers_exported", by: actor, on: "questionnaire", questionnaire.id,
                detail: ["format": format.rawValue], in: transaction)
        }
        return id
    }

    /// The files of a questionnaire that have not ended, the latest first.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func list(of questionnaire: Questionnaire, by actor: Actor) async throws -> [AnswerExport] {
        try await Consultations.require(questionnaire.consultation, by: actor, in: pool)
        return try await pool.query(
            "answer_export.list",
            """
            SELECT \(sql: AnswerExport.columns) FROM answer_export AS export
            WHERE export.questionnaire_id = \(questionnaire.id) AND export.begun_at > now() - interval '1 day'
            ORDER BY export.begun_at DESC LIMIT 20
            """
        ).map(AnswerExport.init(row:))
    }

    /// A file that is ready and has not ended; nil when there is none.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func find(
        _ id: ID<AnswerExport>, of questionnaire: Questionnaire, by actor: Actor
    ) async throws -> AnswerExport? {
        try await Consultations.require(questionnaire.consultation, by: actor, in: pool)
        return try await pool.one(
            "answer_export.find",
            """
            SELECT \(sql: AnswerExport.columns) FROM answer_export AS export
            WHERE export.id = \(id) AND export.questionnaire_id = \(questionnaire.id)
              AND export.finished_at IS NOT NULL AND export.begun_at > now() - interval '1 day'
            """
        ).map(AnswerExport.init(row:))
    }

    /// A piece of a file that was found, from 0; nil after the last.
    public func piece(_ place: Int, of export: AnswerExport) async throws -> [UInt8]? {
        try await pool.one(
            "answer_export.piece",
            "SELECT bytes FROM answer_export_piece WHERE export_id = \(export.id) AND place = \(Int32(place))"
        )?.get("bytes")
    }

    /// Forgets a file before its time.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func forget(_ id: ID<AnswerExport>, of questionnaire: Questionnaire, by actor: Actor) async throws {
        try await pool.transaction("answer_export.forget") { transaction in
            try await Consultations.require(questionnaire.consultation, by: actor, in: transaction)
            let gone: Int = try await transaction.execute(
                "answer_export.delete",
                "DELETE FROM answer_export WHERE id = \(id) AND questionnaire_id = \(questionnaire.id)")
            guard gone == 1 else { return }
            try await Acts.record(
                "answer_export_forgotten", by: actor, on: "questionnaire", questionnaire.id, in: transaction)
        }
    }

    // MARK: Work of the service

    /// Writes one piece of the file that has waited longest and that nobody else writes.
    ///
    /// - Returns: whether there was one.
    func writePiece() async throws -> Bool {
        try await pool.transaction("answer_export.write") { transaction in
            let row: Row? = try await transaction.one(
                "answer_export.next",
                """
                SELECT id, questionnaire_id, format, has_mark, pieces, last_id FROM answer_export
                WHERE finished_at IS NULL ORDER BY begun_at LIMIT 1 FOR UPDATE SKIP LOCKED
                """)
            guard let row else { return false }
            let (id, questionnaire): (ID<AnswerExport>, ID<Questionnaire>) = (
                try row.get("id"), try row.get("questionnaire_id")
            )
            let isFirst: Bool = try row.get("pieces", as: Int32.self) == 0
            let last: ID<Response>? = try row.get("last_id")
            let hasMark: Bool = try row.get("has_mark")
            var bytes: [UInt8] = isFirst && hasMark ? SafeCSV.mark : []
            bytes.reserveCapacity(1 << 20)
            let written: (count: Int, last: ID<Response>?) =
                try row.get("format", as: String.self) == AnswerExport.Format.csv.rawValue
                ? try await Self.writeRows(of: questionnaire, after: last, isFirst: isFirst, to: &bytes, transaction)
                : try await Self.writeObjects(of: questionnaire, after: last, to: &bytes, transaction)
            try await transaction.execute(
                "answer_export.piece",
                """
                INSERT INTO answer_export_piece (export_id, place, bytes)
                SELECT id, pieces, \(bytes) FROM answer_export WHERE id = \(id)
                """)
            try await transaction.execute(
                "answer_export.progress",
                """
                UPDATE answer_export
                SET written = written + \(Int64(written.count)), bytes = bytes + \(Int64(bytes.count)),
                    pieces = pieces + 1, last_id = coalesce(\(written.last), last_id), touched_at = now(),
                    finished_at = CASE WHEN \(written.count < Self.pieceSize) THEN clock_timestamp() END
                WHERE id = \(id)
                """)
            return true
        }
    }

    private static func writeRows(
        of questionnaire: ID<Questionnaire>, after last: ID<Response>?, isFirst: Bool, to bytes: inout [UInt8],
        _ transaction: some Executor
    ) async throws -> (count: Int, last: ID<Response>?) {
        let columns = AnswerColumns(try await Analyses.form(of: questionnaire, in: transaction))
        if isFirst { columns.appendHead(to: &bytes) }
        let responses: [Response] = try await transaction.query(
            "answer_export.rows",
            """
            SELECT \(sql: Response.columns) FROM response
            WHERE questionnaire_id = \(questionnaire) AND (\(last)::uuid IS NULL OR id > \(last))
            ORDER BY id LIMIT \(pieceSize)
            """
        ).map(Response.init(row:))
        for response in responses { columns.append(response, to: &bytes) }
        return (responses.count, responses.last?.id)
    }

    private static func writeObjects(
        of questionnaire: ID<Questionnaire>, after last: ID<Response>?, to bytes: inout [UInt8],
        _ transaction: some Executor
    ) async throws -> (count: Int, last: ID<Response>?) {
        // Text of jsonb has no line ends of its own.
        let rows: [Row] = try await transaction.query(
            "answer_export.objects",
            """
            SELECT id, jsonb_build_object('way', way, 'day', received_on, 'language', language, 'version', version,
                                          'answers', answers)::text AS line
            FROM response WHERE questionnaire_id = \(questionnaire) AND (\(last)::uuid IS NULL OR id > \(last))
            ORDER BY id LIMIT \(pieceSize)
            """)
        for row in rows {
            bytes += Array(try row.get("line", as: String.self).utf8)
            bytes.append(0x0A)
        }
        return (rows.count, try rows.last?.get("id"))
    }

    /// Forgets the files that have ended.
    func forgetEnded() async throws {
        try await pool.execute(
            "answer_export.ended", "DELETE FROM answer_export WHERE begun_at < now() - interval '1 day'")
    }
}
