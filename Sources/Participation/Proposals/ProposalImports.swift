import Foundation
public import Postgres

/// Proposals from another platform's file: received, its columns named, tried as a whole, then written.
///
/// Nothing is written before it was tried. A row is recognised by its reference, so a file that comes again adds only
/// what is new. Authors are what the rows say, never whoever imports.
public struct ProposalImports: Sendable {
    let pool: Pool
    let zone: String

    /// Imports into the database of `pool`; days without a time are days of `zone`.
    public init(pool: Pool, zone: String) {
        self.pool = pool
        self.zone = zone
    }

    /// The most bytes of a file.
    public static let longestFile = 64 << 20
    /// The most problems that are kept of one file; all are counted.
    static let mostProblems = 10_000

    // MARK: Reading what is there

    /// The imports of a process, the latest first.
    public func list(of process: ID<Process>, limit: Int = 20) async throws -> [ProposalImport] {
        try await pool.query(
            "proposal_import.list",
            """
            SELECT \(sql: ProposalImport.columns) FROM proposal_import
            WHERE process_id = \(process) AND state <> 'given_up' ORDER BY id DESC LIMIT \(limit)
            """
        ).map(ProposalImport.init(row:))
    }

    /// The import, or nil when the process has no such one.
    public func find(_ id: ID<ProposalImport>, of process: ID<Process>) async throws -> ProposalImport? {
        try await pool.one(
            "proposal_import.find",
            """
            SELECT \(sql: ProposalImport.columns) FROM proposal_import
            WHERE id = \(id) AND process_id = \(process) AND state <> 'given_up'
            """
        ).map(ProposalImport.init(row:))
    }

    /// What is wrong with the rows, in the order of the file, after the first `place`.
    public func problems(
        of id: ID<ProposalImport>, after place: Int = 0, limit: Int = 100
    ) async throws -> [ProposalImport.Problem] {
        try await pool.query(
            "proposal_import.problems",
            """
            SELECT line, field, reason, argument FROM proposal_import_problem
            WHERE import_id = \(id) AND place > \(place) ORDER BY place LIMIT \(limit)
            """
        ).map { row in
            ProposalImport.Problem(
                Int(try row.get("line", as: Int32.self)), ProposalImport.Field(rawValue: try row.get("field")),
                ProposalImport.Problem.Reason(rawValue: try row.get("reason")) ?? .notText, try row.get("argument"))
        }
    }

    // MARK: Steps

    /// Takes a file and guesses what its columns hold.
    ///
    /// - Throws: `ProposalImportRefusal`; `NotAllowed` unless the actor is an agent of the process.
    public func receive(
        _ file: [UInt8], name: String, for process: ID<Process>, language: Language, by actor: Actor
    ) async throws -> ID<ProposalImport> {
        try await Authority.require([.participationAgent], of: actor, process: process, in: pool)
        let rows: [CSVRow] = try Self.rows(of: file)
        guard rows.count > 1 else { throw ProposalImportRefusal.empty }
        let header: [String] = rows[0].texts.map { Self.shown($0, most: 200) }
        let sample: [[String]] = header.indices.map { column in
            rows.dropFirst().prefix(3).map { Self.shown($0.text(column), most: 80) }.filter { !$0.isEmpty }
        }
        let columns: [String] = ProposalImportColumns.guess(header, language: language).map { $0?.rawValue ?? "" }
        let id = ID<ProposalImport>()
        try await pool.transaction("proposal_import.receive") { transaction in
            try await Authority.require([.participationAgent], of: actor, process: process, in: transaction)
            guard try await ProposalCalls.call(of: process, in: transaction) != nil else {
                throw ProposalImportRefusal.noCall
            }
            let json = String(decoding: try JSONEncoder().encode(sample), as: UTF8.self)
            try await transaction.execute(
                "proposal_import.insert",
                """
                INSERT INTO proposal_import (id, process_id, name, file, header, sample, columns, language, rows,
                                             begun_by)
                VALUES (\(id), \(process), \(Self.shown(name, most: 200)), \(file), \(header), \(json)::jsonb, \(columns),
                        \(language), \(Int32(rows.count - 1)), \(actor.account))
                """)
            try await Acts.record("proposal_import_begun", by: actor, on: "process", process, in: transaction)
        }
        return id
    }

    /// Says what each column holds and tries the whole file: what would be written, and what is wrong, is known then.
    ///
    /// - Throws: `Refused<ProposalImportRefusal>` for columns that are missing or stand twice;
    ///   `ProposalImportRefusal.wrongStep`; `NotAllowed`.
    public func attempt(
        _ id: ID<ProposalImport>, columns: [ProposalImport.Field?], language: Language, by actor: Actor
    ) async throws {
        try await pool.transaction("proposal_import.attempt") { transaction in
            let found: ProposalImport = try await lock(id, by: actor, transaction)
            guard [.mapping, .tried].contains(found.state), columns.count == found.header.count else {
                throw ProposalImportRefusal.wrongStep
            }
            try Self.check(columns)
            let findings: ProposalFindings = try await read(found, columns, transaction)
            let known: Set<String> = try await Self.known(
                findings.proposals.map(\.reference), in: found.process, transaction)
            let fresh: Int = findings.proposals.count { !known.contains($0.reference) }
            try await transaction.execute(
                "proposal_import.tried",
                """
                UPDATE proposal_import
                SET state = 'tried', columns = \(columns.map { $0?.rawValue ?? "" }), language = \(language),
                    rows = \(Int32(findings.rows)), fresh = \(Int32(fresh)), known = \(Int32(known.count)),
                    wrong = \(Int32(findings.wrong)), touched_at = now()
                WHERE id = \(id)
                """)
            try await Self.keep(findings.problems, of: id, transaction)
        }
    }

    /// Gives a file up: it is forgotten. What has been written of it stays.
    public func giveUp(_ id: ID<ProposalImport>, by actor: Actor) async throws {
        try await pool.transaction("proposal_import.give_up") { transaction in
            let found: ProposalImport = try await lock(id, by: actor, transaction)
            guard found.state != .written, found.state != .writing || found.isStalled else {
                throw ProposalImportRefusal.wrongStep
            }
            try await transaction.execute(
                "proposal_import.given_up",
                "UPDATE proposal_import SET state = 'given_up', file = '' WHERE id = \(id)")
        }
    }

    // MARK: Parts

    /// The beginning of a text as a page shows it: a cell may hold anything, the character NUL included, which no
    /// column of the database does.
    private static func shown(_ text: String, most: Int) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.properties.generalCategory != .control }))
            .prefix(most).description
    }

    /// The rows of a file, or why it cannot be read.
    static func rows(of file: [UInt8]) throws(ProposalImportRefusal) -> [CSVRow] {
        do {
            let rows: [CSVRow] = try CSVParser.rows(of: file, limits: ProposalImportReader.limits)
            guard rows.count <= ProposalImportReader.mostRows + 1 else {
                throw ProposalImportRefusal.tooManyRows(most: ProposalImportReader.mostRows)
            }
            return rows
        } catch let fault as CSVFault {
            switch fault {
            case .fileTooLong: throw .tooLong
            case .utf16: throw .utf16
            case .tooManyFields(_, let limit): throw .tooManyColumns(most: limit)
            case .rowTooLong(let line, _), .unclosedQuote(let line): throw .broken(line: line)
            }
        } catch let refusal as ProposalImportRefusal {
            throw refusal
        } catch {
            throw .broken(line: 1)
        }
    }

    private static func check(_ columns: [ProposalImport.Field?]) throws {
        let chosen: [ProposalImport.Field] = columns.compactMap(\.self)
        var reasons: [ProposalImportRefusal] = [.reference, .title, .body].filter { !chosen.contains($0) }
            .map(ProposalImportRefusal.columnMissing)
        for field in ProposalImport.Field.allCases where chosen.count(where: { $0 == field }) > 1 {
            reasons.append(.columnTwice(field))
        }
        if !reasons.isEmpty { throw Refused(reasons: reasons) }
    }

    /// The import, held until the end of the transaction, for an agent of its process.
    func lock(_ id: ID<ProposalImport>, by actor: Actor, _ transaction: Transaction) async throws -> ProposalImport {
        let row: Row? = try await transaction.one(
            "proposal_import.lock",
            "SELECT \(sql: ProposalImport.columns) FROM proposal_import WHERE id = \(id) FOR UPDATE")
        guard let row else { throw NotAllowed(roles: [.participationAgent]) }
        let found = try ProposalImport(row: row)
        try await Authority.require([.participationAgent], of: actor, process: found.process, in: transaction)
        return found
    }

    /// What the file says, by the meaning of its columns.
    func read(
        _ found: ProposalImport, _ columns: [ProposalImport.Field?], _ transaction: Transaction
    ) async throws -> ProposalFindings {
        let row: Row? = try await transaction.one(
            "proposal_import.file", "SELECT file FROM proposal_import WHERE id = \(found.id)")
        guard let row, let call = try await ProposalCalls.call(of: found.process, in: transaction) else {
            throw ProposalImportRefusal.noCall
        }
        var districts: [String: String] = [:]
        for row in try await transaction.query(
            "proposal_import.districts", "SELECT code, name::text AS name FROM district")
        {
            let code: String = try row.get("code")
            let name = try Texts(json: try row.get("name"))
            for word in [code] + name.byLanguage.values { districts[NameText.key(word)] = code }
        }
        return ProposalImportReader(columns: columns, call: call, districts: districts).read(
            try Self.rows(of: try row.get("file")))
    }

    /// Which of the references have made a proposal already.
    static func known(
        _ references: [String], in process: ID<Process>, _ executor: some Executor
    ) async throws -> Set<String> {
        let rows: [Row] = try await executor.query(
            "proposal_import.known",
            """
            SELECT reference FROM proposal_source
            WHERE process_id = \(process) AND kind = 'import' AND reference = ANY (\(references))
            """)
        return Set(try rows.map { try $0.get("reference", as: String.self) })
    }

    private static func keep(
        _ problems: [ProposalImport.Problem], of id: ID<ProposalImport>, _ transaction: Transaction
    ) async throws {
        try await transaction.execute(
            "proposal_import.forget_problems", "DELETE FROM proposal_import_problem WHERE import_id = \(id)")
        let kept = Array(problems.prefix(mostProblems))
        try await transaction.execute(
            "proposal_import.keep_problems",
            """
            INSERT INTO proposal_import_problem (import_id, place, line, field, reason, argument)
            SELECT \(id), problem.place, problem.line, problem.field, problem.reason, problem.argument
            FROM unnest(\(kept.map { Int32($0.line) }), \(kept.map { $0.field?.rawValue ?? "" }),
                        \(kept.map(\.reason.rawValue)), \(kept.map(\.argument))) WITH ORDINALITY
                 AS problem (line, field, reason, argument, place)
            """)
    }
}
