import Foundation
public import Postgres
import PublicRecord

/// Batches of papers: declared in a manifest before anything of them is read, and read by whoever may.
public struct Batches: Sendable {
    /// Who sees the batches of a vote.
    public static let readers: [Role] = [
        .returningOfficer, .pollingOfficer, .entryOperator, .adjudicator, .auditor,
    ]
    /// Who declares one.
    public static let declarers: [Role] = [.returningOfficer, .pollingOfficer]

    let pool: Pool

    /// The batches kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// What is known of a batch before anybody reads a paper of it.
    public struct Manifest: Sendable, Hashable {
        /// The name of the batch, in lower-case letters, digits and hyphens.
        public var handle: String
        /// The handle of the place.
        public var place: String
        /// Its papers, 1 to 100,000, and those that were replaced at the table, which are not among them.
        public var papers: Int, spoiled: Int
        /// The handles of other places whose papers got into the pile.
        public var mixedWith: [String]

        /// A manifest.
        public init(handle: String, place: String, papers: Int, spoiled: Int = 0, mixedWith: [String] = []) {
            self.handle = handle
            self.place = place
            self.papers = papers
            self.spoiled = spoiled
            self.mixedWith = mixedWith
        }
    }

    /// Declares a batch. This cannot be taken back: a wrong number is settled and explained, never rewritten.
    ///
    /// A batch that comes after the closing, or that holds papers of several places, is declared by an act that the
    /// record tells.
    ///
    /// - Throws: `BatchRefusal`; `NotAllowed` unless the actor is a returning or polling officer of the vote, or the
    ///   operator.
    @discardableResult
    public func declare(_ manifest: Manifest, in vote: ID<Vote>, by actor: Actor) async throws -> ID<Batch> {
        guard Slug.isValid(manifest.handle), manifest.handle.utf8.count <= 40 else {
            throw BatchRefusal.malformedHandle
        }
        guard (1...100_000).contains(manifest.papers) else { throw BatchRefusal.outOfBounds("papers") }
        guard (0...100_000).contains(manifest.spoiled) else { throw BatchRefusal.outOfBounds("spoiled") }
        let id = ID<Batch>()
        do {
            try await pool.transaction("batch.declare") { transaction in
                let vote: Vote = try await Votes.lock(vote, by: actor, Self.declarers, transaction)
                try Self.accepts(vote)
                let others: [String] = Set(manifest.mixedWith).subtracting([manifest.place]).sorted()
                let places: [String: UUID] = try await Self.places([manifest.place] + others, of: vote.id, transaction)
                guard let place = places[manifest.place], places.count == others.count + 1 else {
                    throw BatchRefusal.unknownPlace
                }
                try await transaction.execute(
                    "batch.insert",
                    """
                    INSERT INTO batch (id, vote_id, place_id, handle, papers, spoiled, is_late, declared_by)
                    VALUES (\(id), \(vote.id), \(place), \(manifest.handle), \(manifest.papers), \(manifest.spoiled),
                            \(vote.closedAt != nil), \(actor.account))
                    """)
                try await transaction.execute(
                    "batch.mixture",
                    """
                    INSERT INTO batch_mixture (batch_id, place_id)
                    SELECT \(id), place FROM unnest(\(others.compactMap { places[$0] })::uuid[]) AS place
                    """)
                var entries: [Entry] = []
                func tell(_ act: String) {
                    entries.append(.staffActed(act: act, role: actor.recordedRole, object: manifest.handle))
                }
                if vote.closedAt != nil { tell("batch_late") }
                if !others.isEmpty { tell("batch_mixed") }
                entries.append(
                    .batchDeclared(
                        batch: manifest.handle, place: manifest.place, papers: manifest.papers,
                        spoiled: manifest.spoiled))
                try await Record.append(entries, to: vote.id, in: transaction)
                try await Acts.record(
                    "batch_declared", by: actor, on: "batch", id, detail: ["papers": String(manifest.papers)],
                    in: transaction)
            }
        } catch let error as PostgresError where error.constraint == "batch_handle" {
            throw BatchRefusal.handleTaken
        }
        return id
    }

    /// The batches of a vote, by place and handle.
    public func list(of vote: ID<Vote>) async throws -> [Batch] {
        try await Self.load(where: "batch.vote_id = \(vote)", in: pool)
    }

    /// The batch with the handle, or nil.
    public func find(_ handle: String, in vote: ID<Vote>) async throws -> Batch? {
        try await Self.load(where: "batch.vote_id = \(vote) AND batch.handle = \(handle)", in: pool).first
    }

    // MARK: For the acts on batches

    /// Refuses a vote whose papers cannot be changed: not open, not on paper, or counted.
    static func accepts(_ vote: Vote) throws(BatchRefusal) {
        guard let opening = vote.opening, opening.definition.channels.contains(Channel.paper.rawValue) else {
            throw .notOnPaper
        }
        guard vote.countedAt == nil else { throw .alreadyCounted }
    }

    /// The vote and the batch, held by the transaction until its end, for an act on the papers by one of the roles.
    static func lock(
        _ id: ID<Batch>, by actor: Actor, _ roles: [Role], _ transaction: Transaction
    ) async throws -> (vote: Vote, batch: Batch) {
        let row: Row? = try await transaction.one("batch.vote", "SELECT vote_id FROM batch WHERE id = \(id)")
        guard let row else { throw BatchRefusal.unknownBatch }
        // Whoever settles the last batch and whoever counts wait for one another, as does all work on one batch.
        let vote: Vote = try await Votes.lock(try row.get("vote_id"), by: actor, roles, transaction)
        try accepts(vote)
        guard let batch = try await load(where: "batch.id = \(id)", in: transaction).first else {
            throw BatchRefusal.unknownBatch
        }
        return (vote, batch)
    }

    private static func places(
        _ handles: [String], of vote: ID<Vote>, _ transaction: Transaction
    ) async throws -> [String: UUID] {
        let rows: [Row] = try await transaction.query(
            "batch.places", "SELECT handle, id FROM place WHERE vote_id = \(vote) AND handle = ANY (\(handles))")
        return try Dictionary(rows.map { (try $0.get("handle"), try $0.get("id")) }) { first, _ in first }
    }

    static func load(where condition: SQL, in executor: some Executor) async throws -> [Batch] {
        let answers: [[Row]] = try await executor.pipeline([
            (
                "batch.list",
                """
                SELECT batch.id, batch.vote_id, batch.handle, place.handle AS place, place.name::text AS place_name,
                       batch.papers, batch.spoiled, batch.is_late, batch.declared_at,
                       ARRAY(SELECT other.handle FROM batch_mixture
                             JOIN place AS other ON other.id = batch_mixture.place_id
                             WHERE batch_mixture.batch_id = batch.id ORDER BY other.handle) AS mixed_with,
                       settlement.counted, settlement.blank, settlement.invalid::text AS invalid,
                       settlement.file_hash, settlement.settled_at,
                       (SELECT count(*) FROM settlement AS past
                        WHERE past.batch_id = batch.id AND past.reopened_at IS NOT NULL) AS reopened
                FROM batch
                JOIN place ON place.id = batch.place_id
                LEFT JOIN settlement ON settlement.batch_id = batch.id AND settlement.reopened_at IS NULL
                WHERE \(sql: condition)
                ORDER BY place.handle, batch.handle
                """
            ),
            (
                "batch.entries",
                """
                SELECT batch_entry.batch_id, batch_entry.id, batch_entry.letter, batch_entry.account_id,
                       batch_entry.submitted_at,
                       CASE WHEN batch_entry.submitted_at IS NULL
                            THEN (SELECT count(*) FROM batch_line WHERE batch_line.entry_id = batch_entry.id)
                            ELSE batch.papers END AS lines,
                       batch_entry.import_id IS NOT NULL AND batch_entry.submitted_at IS NULL AS is_importing
                FROM batch_entry JOIN batch ON batch.id = batch_entry.batch_id
                WHERE \(sql: condition)
                ORDER BY batch_entry.letter
                """
            ),
        ])
        var entries: [ID<Batch>: [PaperEntry]] = [:]
        for row in answers[1] {
            entries[try row.get("batch_id"), default: []].append(try PaperEntry(row: row))
        }
        return try answers[0].map { row in
            let id: ID<Batch> = try row.get("id")
            return Batch(
                id: id, vote: try row.get("vote_id"), handle: try row.get("handle"), place: try row.get("place"),
                placeName: try Texts(json: try row.get("place_name")), mixedWith: try row.get("mixed_with"),
                papers: try row.get("papers"), spoiled: try row.get("spoiled"), isLate: try row.get("is_late"),
                declaredAt: try row.get("declared_at"), entries: entries[id] ?? [],
                settlement: try Settlement(row: row), reopened: try row.get("reopened"))
        }
    }
}

extension PaperEntry {
    fileprivate init(row: Row) throws {
        self.init(
            id: try row.get("id"), letter: Letter(rawValue: try row.get("letter")) ?? .scan,
            account: try row.get("account_id"), lines: try row.get("lines"),
            isImporting: try row.get("is_importing"), submittedAt: try row.get("submitted_at"))
    }
}

extension Settlement {
    fileprivate init?(row: Row) throws {
        guard let bytes: [UInt8] = try row.get("file_hash", as: [UInt8]?.self), let file = Hash(bytes: bytes) else {
            return nil
        }
        self.init(
            counted: try row.get("counted"), blank: try row.get("blank"),
            invalid: try ReasonCounts.read(try row.get("invalid")), file: file, at: try row.get("settled_at"))
    }
}

/// Reasons for invalidity and their numbers, as the database keeps them.
enum ReasonCounts {
    static func json(_ counts: [Entry.ReasonCount]) -> String {
        let members = counts.map { CanonicalJSON.Member($0.reason, .integer(Int64($0.count))) }
        return String(decoding: CanonicalJSON.object(members).encoded(), as: UTF8.self)
    }

    static func read(_ json: String) throws -> [Entry.ReasonCount] {
        let counts = try JSONDecoder().decode([String: Int].self, from: Data(json.utf8))
        return counts.map { Entry.ReasonCount($0.key, $0.value) }.sorted { $0.reason < $1.reason }
    }
}
