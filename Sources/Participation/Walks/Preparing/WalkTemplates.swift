public import Foundation
public import Postgres

/// A set of themes that agents choose from.
public struct WalkTemplate: Sendable {
    /// Its identity.
    public let id: ID<WalkTemplate>
    /// What it is called.
    public let name: Texts
    /// When it was put away; nil while walks may take it.
    public let retiredAt: Date?
    /// What a form says that it changes.
    public let revision: Int
    /// Its themes, in their order.
    public let themes: [WalkThemeDraft]
}

/// The sets of themes of the city. They are everybody's: who writes them holds the agent's role for everything.
public struct WalkTemplates: Sendable {
    private let pool: Pool

    /// The templates kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// Who may write them.
    public static let roles: [Role] = [.participationAgent]

    /// Every template, by name in French; those put away last.
    public func list() async throws -> [WalkTemplate] { try await Self.load(where: "true", in: pool) }

    /// The template; nil when there is none.
    public func find(_ id: ID<WalkTemplate>) async throws -> WalkTemplate? {
        try await Self.load(where: "walk_template.id = \(id)", in: pool).first
    }

    /// Keeps a new template.
    ///
    /// - Throws: `WalkRefusal.untitled`, `.tooManyThemes`; `NotAllowed` unless the actor is an agent for everything.
    @discardableResult
    public func create(
        _ name: Texts, _ themes: [WalkThemeDraft], by actor: Actor
    ) async throws -> ID<WalkTemplate> {
        guard !name.isEmpty else { throw WalkRefusal.untitled }
        let keyed: [(key: String, draft: WalkThemeDraft)] = try WalkThemeDraft.keyed(themes)
        let id = ID<WalkTemplate>()
        try await pool.transaction("walk_template.create") { transaction in
            try await Authority.require(Self.roles, of: actor, in: transaction)
            try await transaction.execute(
                "walk_template.insert", "INSERT INTO walk_template (id, name) VALUES (\(id), \(name.json)::jsonb)")
            try await Self.write(keyed, to: id, in: transaction)
            try await Acts.record("walk_template_kept", by: actor, on: "walk_template", id, in: transaction)
        }
        return id
    }

    /// Writes a template again. Walks that took its themes keep theirs as they are.
    ///
    /// - Throws: `WalkRefusal.untitled`, `.tooManyThemes`, `.changedMeanwhile`; `NotAllowed` unless the actor is an agent
    ///   for everything.
    public func edit(
        _ id: ID<WalkTemplate>, _ name: Texts, _ themes: [WalkThemeDraft], revision: Int, by actor: Actor
    ) async throws {
        guard !name.isEmpty else { throw WalkRefusal.untitled }
        let keyed: [(key: String, draft: WalkThemeDraft)] = try WalkThemeDraft.keyed(themes)
        try await pool.transaction("walk_template.edit") { transaction in
            try await Authority.require(Self.roles, of: actor, in: transaction)
            let saved: Int = try await transaction.execute(
                "walk_template.save",
                """
                UPDATE walk_template SET name = \(name.json)::jsonb, revision = revision + 1
                WHERE id = \(id) AND revision = \(Int32(clamping: revision))
                """)
            guard saved == 1 else { throw WalkRefusal.changedMeanwhile }
            try await transaction.execute(
                "walk_template.clear", "DELETE FROM walk_template_theme WHERE template_id = \(id)")
            try await Self.write(keyed, to: id, in: transaction)
            try await Acts.record("walk_template_kept", by: actor, on: "walk_template", id, in: transaction)
        }
    }

    /// Puts a template away, or takes it out again.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent for everything.
    public func retire(_ id: ID<WalkTemplate>, _ isRetired: Bool, by actor: Actor) async throws {
        try await pool.transaction("walk_template.retire") { transaction in
            try await Authority.require(Self.roles, of: actor, in: transaction)
            let turned: Int = try await transaction.execute(
                "walk_template.turn",
                """
                UPDATE walk_template SET retired_at = CASE WHEN \(isRetired) THEN now() END, revision = revision + 1
                WHERE id = \(id) AND (retired_at IS NULL) = \(isRetired)
                """)
            guard turned == 1 else { return }
            try await Acts.record(
                isRetired ? "walk_template_retired" : "walk_template_restored", by: actor, on: "walk_template", id,
                in: transaction)
        }
    }

    private static func load(where condition: SQL, in executor: some Executor) async throws -> [WalkTemplate] {
        let answers: [[Row]] = try await executor.pipeline([
            (
                "walk_template.list",
                """
                SELECT id, name::text AS name, retired_at, revision FROM walk_template WHERE \(sql: condition)
                ORDER BY retired_at IS NOT NULL, name ->> 'fr', id
                """
            ),
            (
                "walk_template.themes",
                """
                SELECT theme.template_id, theme.key, theme.title::text AS title, theme.prompt::text AS prompt
                FROM walk_template_theme AS theme JOIN walk_template ON walk_template.id = theme.template_id
                WHERE \(sql: condition) ORDER BY theme.template_id, theme.position
                """
            ),
        ])
        let themes: [UUID: [Row]] = try Dictionary(grouping: answers[1]) { try $0.get("template_id", as: UUID.self) }
        return try answers[0].map { row in
            let id: UUID = try row.get("id")
            return WalkTemplate(
                id: ID(id), name: try Texts(json: row.get("name")), retiredAt: try row.get("retired_at"),
                revision: Int(try row.get("revision", as: Int32.self)),
                themes: try (themes[id] ?? []).map { theme in
                    WalkThemeDraft(
                        key: try theme.get("key"), title: try Texts(json: theme.get("title")),
                        prompt: try Texts(json: theme.get("prompt")))
                })
        }
    }

    private static func write(
        _ themes: [(key: String, draft: WalkThemeDraft)], to id: ID<WalkTemplate>, in transaction: some Executor
    ) async throws {
        try await transaction.execute(
            "walk_template.write",
            """
            INSERT INTO walk_template_theme (template_id, position, key, title, prompt)
            SELECT \(id), line.position, line.key, line.title::jsonb, line.prompt::jsonb
            FROM unnest(\(themes.map(\.key)), \(themes.map(\.draft.title.json)), \(themes.map(\.draft.prompt.json)))
                 WITH ORDINALITY AS line (key, title, prompt, position)
            """)
    }
}
