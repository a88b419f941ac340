import Postgres

/// A theme as an agent writes it: of a walk, or of a template.
public struct WalkThemeDraft: Sendable {
    /// The name it has in every walk; nil for a new one, which is named after its title.
    public var key: String?
    /// What it is called, and what to look at.
    public var title: Texts, prompt: Texts

    /// A theme.
    public init(key: String?, title: Texts, prompt: Texts) {
        self.key = key
        self.title = title
        self.prompt = prompt
    }

    /// The most themes of a walk or a template.
    public static let most = 20

    /// The drafts with a key each: those that have one keep it.
    static func keyed(_ drafts: [WalkThemeDraft]) throws(WalkRefusal) -> [(key: String, draft: WalkThemeDraft)] {
        guard drafts.count <= most else { throw .tooManyThemes }
        guard drafts.allSatisfy({ !$0.title.isEmpty }) else { throw .untitled }
        var taken: Set<String> = Set(drafts.compactMap(\.key))
        guard taken.count == drafts.count(where: { $0.key != nil }), taken.allSatisfy(Slug.isValid) else {
            throw .changedMeanwhile
        }
        return drafts.map { draft in
            let key: String = draft.key ?? Slug.made(of: draft.title(.french), avoiding: taken)
            taken.insert(key)
            return (key, draft)
        }
    }
}

/// The themes of a walk.
extension Walks {
    /// Writes the themes of the walk in this order. One that keeps its key keeps its identity.
    ///
    /// - Throws: `WalkRefusal.untitled`, `.tooManyThemes`, `.themeInUse` when something was seen under one that would go,
    ///   `.changedMeanwhile`; `NotAllowed` unless the actor is an agent of its process.
    public func setThemes(
        _ drafts: [WalkThemeDraft], of id: ID<Walk>, revision: Int, by actor: Actor
    ) async throws {
        let keyed: [(key: String, draft: WalkThemeDraft)] = try WalkThemeDraft.keyed(drafts)
        do {
            try await preparing("walk.set_themes", id, revision: revision, by: actor) { _, transaction in
                _ = try await transaction.pipeline([
                    (
                        "walk_theme.remove",
                        "DELETE FROM walk_theme WHERE walk_id = \(id) AND key <> ALL (\(keyed.map(\.key)))"
                    ),
                    (
                        "walk_theme.save",
                        """
                        INSERT INTO walk_theme (id, walk_id, position, key, title, prompt)
                        SELECT line.id, \(id), line.position, line.key, line.title::jsonb, line.prompt::jsonb
                        FROM unnest(\(keyed.map { _ in ID<WalkTheme>() }), \(keyed.map(\.key)),
                                    \(keyed.map(\.draft.title.json)), \(keyed.map(\.draft.prompt.json)))
                             WITH ORDINALITY AS line (id, key, title, prompt, position)
                        ON CONFLICT ON CONSTRAINT walk_theme_key DO UPDATE
                        SET position = excluded.position, title = excluded.title, prompt = excluded.prompt
                        """
                    ),
                ])
                try await Acts.record(
                    "walk_themes_set", by: actor, on: "walk", id, detail: ["themes": String(keyed.count)],
                    in: transaction)
            }
        } catch let error as PostgresError where error.constraint == "observation_theme" {
            throw WalkRefusal.themeInUse
        }
    }

    /// Adds to the walk those themes of a template that it has not, after its own.
    ///
    /// - Throws: `WalkRefusal.tooManyThemes`; `NotAllowed` unless the actor is an agent of its process. A template that is
    ///   retired, or that is not there, adds nothing.
    public func adopt(_ template: ID<WalkTemplate>, for id: ID<Walk>, by actor: Actor) async throws {
        try await pool.transaction("walk.adopt_template") { transaction in
            _ = try await Self.lock(id, by: actor, in: transaction)
            let added: Int = try await transaction.execute(
                "walk_theme.adopt",
                """
                INSERT INTO walk_theme (id, walk_id, position, key, title, prompt)
                SELECT gen_random_uuid(), \(id),
                       (SELECT coalesce(max(position), 0) FROM walk_theme WHERE walk_id = \(id)) + theme.position,
                       theme.key, theme.title, theme.prompt
                FROM walk_template_theme AS theme JOIN walk_template ON walk_template.id = theme.template_id
                WHERE walk_template.id = \(template) AND walk_template.retired_at IS NULL
                ON CONFLICT ON CONSTRAINT walk_theme_key DO NOTHING
                """)
            let themes: [WalkTheme] = try await Self.themes(of: id, in: transaction)
            guard themes.count <= WalkThemeDraft.most else { throw WalkRefusal.tooManyThemes }
            try await transaction.execute(
                "walk.count_adoption", "UPDATE walk SET revision = revision + 1 WHERE id = \(id)")
            try await Acts.record(
                "walk_template_adopted", by: actor, on: "walk", id, detail: ["themes": String(added)],
                in: transaction)
        }
    }
}
