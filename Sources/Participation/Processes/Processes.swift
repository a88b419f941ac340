import Foundation
public import Postgres

/// Participation processes: agents write them, everybody reads them.
public struct Processes: Sendable {
    private let pool: Pool

    /// The processes kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// Every process, the newest first.
    public func list() async throws -> [Process] {
        try await load(where: "true", order: "process.created_at DESC, process.id DESC")
    }

    /// The process with the handle, or nil.
    public func find(_ slug: String) async throws -> Process? {
        try await load(where: "process.slug = \(slug)", order: "process.id").first
    }

    /// The process of that identity, or nil.
    public func find(_ id: ID<Process>) async throws -> Process? {
        try await load(where: "process.id = \(id)", order: "process.id").first
    }

    /// Writes a new process.
    ///
    /// - Parameter demonstration: marks it as demonstration data on every page.
    /// - Throws: `ProcessRefusal`; `NotAllowed` unless the actor is an agent or the operator.
    @discardableResult
    public func create(_ draft: ProcessDraft, demonstration: Bool = false, by actor: Actor) async throws -> ID<Process>
    {
        try await Self.refusing {
            try await pool.transaction("process_create") { transaction in
                try await Self.create(draft, demonstration: demonstration, by: actor, in: transaction)
            }
        }
    }

    /// The same, as a part of an act that makes more than the process; for `refusing`.
    static func create(
        _ draft: ProcessDraft, demonstration: Bool = false, by actor: Actor, in transaction: some Executor
    ) async throws -> ID<Process> {
        try draft.check()
        try await Authority.require([.participationAgent], of: actor, in: transaction)
        let id = ID<Process>()
        try await transaction.execute(
            "process_insert",
            """
            INSERT INTO process (id, slug, title, summary, description, demonstration)
            VALUES (\(id.uuid), \(draft.slug), \(draft.title.json)::jsonb, \(draft.summary.json)::jsonb,
                    \(draft.description.json)::jsonb, \(demonstration))
            """)
        try await write(draft.phases, of: id, in: transaction)
        try await Acts.record("process_created", by: actor, on: "process", id, in: transaction)
        return id
    }

    /// Writes a process anew, its phases included.
    ///
    /// - Throws: `ProcessRefusal`; `NotAllowed` unless the actor is an agent of the process or the operator.
    public func edit(_ id: ID<Process>, _ draft: ProcessDraft, by actor: Actor) async throws {
        try draft.check()
        try await Self.refusing {
            try await pool.transaction("process_edit") { transaction in
                try await Authority.require([.participationAgent], of: actor, process: id, in: transaction)
                try await transaction.execute(
                    "process_update",
                    """
                    UPDATE process
                    SET slug = \(draft.slug), title = \(draft.title.json)::jsonb, summary = \(draft.summary.json)::jsonb,
                        description = \(draft.description.json)::jsonb
                    WHERE id = \(id.uuid)
                    """)
                try await transaction.execute("phase_clear", "DELETE FROM phase WHERE process_id = \(id.uuid)")
                try await Self.write(draft.phases, of: id, in: transaction)
                try await Acts.record("process_edited", by: actor, on: "process", id, in: transaction)
            }
        }
    }

    private static func write(_ phases: [PhaseDraft], of id: ID<Process>, in transaction: some Executor) async throws {
        guard !phases.isEmpty else { return }
        _ = try await transaction.pipeline(
            phases.map { phase in
                (
                    "phase_insert",
                    """
                    INSERT INTO phase (id, process_id, kind, title, description, starts_on, ends_on)
                    VALUES (\(ID<Phase>().uuid), \(id.uuid), \(phase.kind.rawValue), \(phase.title.json)::jsonb,
                            \(phase.description.json)::jsonb, \(phase.starts.description)::text::date,
                            \(phase.ends.description)::text::date)
                    """
                )
            })
    }

    /// Runs an act that writes processes, and tells a refusal by its name.
    static func refusing<T>(_ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let error as PostgresError where error.constraint == "process_slug" {
            throw ProcessRefusal.slugTaken
        }
    }

    private func load(where condition: SQL, order: SQL) async throws -> [Process] {
        let rows: [Row] = try await pool.query(
            "process_list",
            """
            SELECT process.id, process.slug, process.title::text AS title, process.summary::text AS summary,
                   process.description::text AS description, process.demonstration,
                   coalesce(
                       (SELECT json_agg(json_build_object(
                                   'id', phase.id, 'kind', phase.kind, 'title', phase.title::text,
                                   'description', phase.description::text, 'starts', phase.starts_on,
                                   'ends', phase.ends_on)
                               ORDER BY phase.starts_on, phase.ends_on, phase.id)
                        FROM phase WHERE phase.process_id = process.id), '[]')::text AS phases
            FROM process
            WHERE \(sql: condition)
            ORDER BY \(sql: order)
            """)
        return try rows.map { row in
            let phases = try JSONDecoder().decode(
                [PhaseRow].self, from: Data(try row.get("phases", as: String.self).utf8))
            return Process(
                id: ID(try row.get("id")), slug: try row.get("slug"),
                title: try Texts(json: try row.get("title")), summary: try Texts(json: try row.get("summary")),
                description: try Texts(json: try row.get("description")),
                demonstration: try row.get("demonstration"), phases: try phases.map { try $0.phase() })
        }
    }
}

private struct PhaseRow: Decodable {
    let id: UUID
    let kind: String, title: String, description: String, starts: String, ends: String

    func phase() throws -> Phase {
        // The schema's checks leave no other kind and no other form of date.
        Phase(
            id: ID(id), kind: Phase.Kind(rawValue: kind)!, title: try Texts(json: title),
            description: try Texts(json: description), starts: Day(starts)!, ends: Day(ends)!)
    }
}

extension ProcessDraft {
    fileprivate func check() throws(ProcessRefusal) {
        guard Slug.isValid(slug) else { throw .malformedSlug }
        guard !title.isEmpty else { throw .untitled }
        if let index = phases.firstIndex(where: { $0.ends < $0.starts }) {
            throw .phaseEndsBeforeItStarts(index: index)
        }
    }
}

/// The handles of processes and votes in addresses.
public enum Slug {
    /// Whether the text has only lower-case letters, digits and single hyphens between them, 60 at most.
    public static func isValid(_ text: String) -> Bool {
        guard (1...60).contains(text.utf8.count), !text.hasPrefix("-"), !text.hasSuffix("-"), !text.contains("--")
        else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
    }
}
