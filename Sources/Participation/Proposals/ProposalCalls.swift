import Foundation
public import Postgres

/// The calls for proposals: agents write them, everybody reads them, and every other verb about proposals asks here
/// what may be done today.
public struct ProposalCalls: Sendable {
    let pool: Pool
    /// The city's time zone by its IANA name: phases are days of the city.
    let zone: String

    /// The calls kept in the database of `pool`; `zone` is the city's time zone, such as `Europe/Paris`.
    public init(pool: Pool, zone: String) {
        self.pool = pool
        self.zone = zone
    }

    /// More themes would not fit into a choice on a phone.
    static let mostThemes = 30

    // MARK: Reading

    /// The call of a process; nil when it asks for no proposals.
    public func call(of process: ID<Process>) async throws -> ProposalCall? {
        try await Self.call(of: process, in: pool)
    }

    /// The call of a process, inside another verb.
    static func call(of process: ID<Process>, in executor: some Executor) async throws -> ProposalCall? {
        let row: Row? = try await executor.one(
            "call.find",
            """
            SELECT proposal_call.guidance::text AS guidance, proposal_call.currency, proposal_call.ceiling,
                   coalesce(
                       (SELECT json_agg(json_build_object('id', theme.id, 'slug', theme.slug, 'title', theme.title)
                                        ORDER BY theme.position, theme.slug)
                        FROM theme WHERE theme.process_id = proposal_call.process_id), '[]')::text AS themes,
                   coalesce(
                       (SELECT json_agg(to_json(proposal_rule) ORDER BY proposal_rule.phase_kind)
                        FROM proposal_rule WHERE proposal_rule.process_id = proposal_call.process_id), '[]')::text
                       AS rules
            FROM proposal_call WHERE proposal_call.process_id = \(process)
            """)
        guard let row else { return nil }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let themes: [ThemeRow] = try decoder.decode(
            [ThemeRow].self, from: Data(try row.get("themes", as: String.self).utf8))
        let rules: [RuleRow] = try decoder.decode(
            [RuleRow].self, from: Data(try row.get("rules", as: String.self).utf8))
        return ProposalCall(
            process: process, guidance: try Texts(json: row.get("guidance")), currency: try row.get("currency"),
            ceiling: try row.get("ceiling"),
            themes: themes.map { Theme(id: ID($0.id), slug: $0.slug, title: Texts($0.title)) },
            // The schema's check leaves no other kind of phase.
            rules: Dictionary(uniqueKeysWithValues: rules.map { (Phase.Kind(rawValue: $0.phaseKind)!, $0.rule) }))
    }

    /// What residents may do with the proposals of a process today.
    public func rule(of process: ID<Process>) async throws -> ProposalRule {
        try await Self.rule(of: process, zone: zone, in: pool)
    }

    /// What residents may do with the proposals of a process today, asked inside the transaction of what they do.
    ///
    /// Where phases overlap, the one that began last decides, among those that have a rule.
    static func rule(
        of process: ID<Process>, zone: String, in executor: some Executor
    ) async throws -> ProposalRule {
        let row: Row? = try await executor.one(
            "call.rule",
            """
            SELECT proposal_rule.may_write, proposal_rule.may_comment, proposal_rule.may_support,
                   proposal_rule.support_limit, proposal_rule.support_threshold, proposal_rule.hides_counts
            FROM phase
            JOIN proposal_rule
              ON proposal_rule.process_id = phase.process_id AND proposal_rule.phase_kind = phase.kind
            WHERE phase.process_id = \(process)
              AND (clock_timestamp() AT TIME ZONE \(zone))::date BETWEEN phase.starts_on AND phase.ends_on
            ORDER BY phase.starts_on DESC, phase.ends_on, phase.id
            LIMIT 1
            """)
        guard let row else { return .readOnly }
        return ProposalRule(
            mayWrite: try row.get("may_write"), mayComment: try row.get("may_comment"),
            maySupport: try row.get("may_support"),
            supportLimit: try row.get("support_limit", as: Int32?.self).map { Int($0) },
            supportThreshold: try row.get("support_threshold", as: Int32?.self).map { Int($0) },
            hidesCounts: try row.get("hides_counts"))
    }

    // MARK: Writing

    /// Writes the call of a process, or writes it anew.
    ///
    /// - Throws: `Refused<CallRefusal>` with everything that is wrong; `NotAllowed` unless the actor is an agent of the
    ///   process.
    public func write(_ draft: ProposalCallDraft, of process: ID<Process>, by actor: Actor) async throws {
        try Self.check(draft)
        try await pool.transaction("call.write") { transaction in
            try await Authority.require([.participationAgent], of: actor, process: process, in: transaction)
            try await transaction.execute(
                "call.save",
                """
                INSERT INTO proposal_call (process_id, guidance, currency, ceiling)
                VALUES (\(process), \(draft.guidance.json)::jsonb, \(draft.currency), \(draft.ceiling))
                ON CONFLICT (process_id) DO UPDATE
                SET guidance = excluded.guidance, currency = excluded.currency, ceiling = excluded.ceiling
                """)
            try await Self.write(draft.themes, of: process, in: transaction)
            try await Self.write(draft.rules, of: process, in: transaction)
            try await Acts.record("call_written", by: actor, on: "process", process, in: transaction)
        }
    }

    private static func check(_ draft: ProposalCallDraft) throws {
        var reasons: [CallRefusal] = []
        let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")
        if draft.currency.utf8.count != 3 || !draft.currency.utf8.allSatisfy(letters.contains) {
            reasons.append(.malformedCurrency)
        }
        if let ceiling = draft.ceiling, ceiling <= 0 { reasons.append(.ceilingNotPositive) }
        for (index, theme) in draft.themes.enumerated() where theme.title.isEmpty {
            reasons.append(.themeUntitled(index: index))
        }
        if draft.themes.count > mostThemes { reasons.append(.tooManyThemes(most: mostThemes)) }
        for kind in Phase.Kind.allCases {
            let numbers: [Int] = [draft.rules[kind]?.supportLimit, draft.rules[kind]?.supportThreshold].compactMap(
                \.self)
            if numbers.contains(where: { $0 <= 0 || $0 > Int(Int32.max) }) { reasons.append(.numberNotPositive(kind)) }
        }
        if !reasons.isEmpty { throw Refused(reasons: reasons) }
    }

    private static func write(
        _ themes: [ThemeDraft], of process: ID<Process>, in transaction: Transaction
    ) async throws {
        let rows: [Row] = try await transaction.query(
            "theme.known",
            """
            SELECT theme.id, theme.slug, theme.title::text AS title,
                   EXISTS (SELECT FROM proposal WHERE proposal.theme_id = theme.id) AS is_used
            FROM theme WHERE theme.process_id = \(process) ORDER BY theme.position FOR UPDATE
            """)
        var slugs: [ID<Theme>: String] = [:]
        var reasons: [CallRefusal] = []
        let kept = Set(themes.compactMap(\.id))
        for row in rows {
            let id: ID<Theme> = try row.get("id")
            if kept.contains(id) {
                slugs[id] = try row.get("slug")
            } else if try row.get("is_used", as: Bool.self) {
                reasons.append(.themeInUse(try Texts(json: row.get("title"))))
            }
        }
        if !reasons.isEmpty { throw Refused(reasons: reasons) }
        var taken = Set(slugs.values)
        var lines: [(id: ID<Theme>, slug: String, title: Texts)] = []
        for theme in themes {
            // A theme of another process is a new one here: its identity is not taken on trust.
            if let id = theme.id, let slug = slugs.removeValue(forKey: id) {
                lines.append((id, slug, theme.title))
            } else {
                let slug: String = Slug.made(of: theme.title(.french), avoiding: taken)
                taken.insert(slug)
                lines.append((ID(), slug, theme.title))
            }
        }
        try await transaction.execute(
            "theme.clear",
            "DELETE FROM theme WHERE process_id = \(process) AND id <> ALL (\(lines.map(\.id)))")
        try await transaction.execute(
            "theme.save",
            """
            INSERT INTO theme (id, process_id, slug, title, position)
            SELECT line.id, \(process), line.slug, line.title::jsonb, line.position
            FROM unnest(\(lines.map(\.id)), \(lines.map(\.slug)), \(lines.map(\.title.json))) WITH ORDINALITY
                 AS line (id, slug, title, position)
            ON CONFLICT (id) DO UPDATE SET title = excluded.title, position = excluded.position
            """)
    }

    private static func write(
        _ rules: [Phase.Kind: ProposalRule], of process: ID<Process>, in transaction: Transaction
    ) async throws {
        try await transaction.execute("rule.clear", "DELETE FROM proposal_rule WHERE process_id = \(process)")
        guard !rules.isEmpty else { return }
        _ = try await transaction.pipeline(
            rules.map { kind, rule in
                (
                    "rule.insert",
                    """
                    INSERT INTO proposal_rule (process_id, phase_kind, may_write, may_comment, may_support,
                                               support_limit, support_threshold, hides_counts)
                    VALUES (\(process), \(kind.rawValue), \(rule.mayWrite), \(rule.mayComment), \(rule.maySupport),
                            \(rule.supportLimit), \(rule.supportThreshold), \(rule.hidesCounts))
                    """
                )
            })
    }
}

private struct ThemeRow: Decodable {
    let id: UUID
    let slug: String
    let title: [String: String]
}

private struct RuleRow: Decodable {
    let phaseKind: String
    let mayWrite: Bool, mayComment: Bool, maySupport: Bool, hidesCounts: Bool
    let supportLimit: Int?, supportThreshold: Int?

    var rule: ProposalRule {
        ProposalRule(
            mayWrite: mayWrite, mayComment: mayComment, maySupport: maySupport, supportLimit: supportLimit,
            supportThreshold: supportThreshold, hidesCounts: hidesCounts)
    }
}

extension Slug {
    /// A handle made of a title: letters without their accents, hyphens for everything else, and a number when
    /// another one has that handle already.
    ///
    /// - Parameter nameless: what it is made of where the title has no such letters.
    static func made(of title: String, avoiding taken: Set<String>, nameless: String = "theme") -> String {
        let plain: String = title.folding(
            options: [.diacriticInsensitive, .caseInsensitive, .widthInsensitive], locale: nil)
        let words: [String] = plain.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.map(String.init)
        var slug: String = String(words.joined(separator: "-").lowercased().prefix(50))
        while slug.hasSuffix("-") { slug.removeLast() }
        if slug.isEmpty { slug = nameless }
        guard taken.contains(slug) else { return slug }
        // Some number is free: as many are taken as there are handles.
        return (2...taken.count + 2).lazy.map { "\(slug)-\($0)" }.first { !taken.contains($0) } ?? slug
    }
}
