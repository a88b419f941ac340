import Foundation
public import Postgres

/// What was said at events: written down by agents on site, led to where it is worked on, and answered on the event's
/// page.
public struct EventContributions: Sendable {
    /// The most characters of one contribution; the schema says the same.
    public static let longest = 2000

    private let pool: Pool

    /// The contributions kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// What was said at an event, in the order in which it was written down. An evening has some dozens.
    public func list(of event: ID<Event>) async throws -> [EventContribution] {
        try await pool.query(
            "event_contribution.list",
            """
            SELECT \(sql: EventContribution.columns) FROM \(sql: EventContribution.tables)
            WHERE event_contribution.event_id = \(event) ORDER BY event_contribution.number
            """
        ).map(EventContribution.init(row:))
    }

    /// What in the consultation of an event something may have led to: arguments, paragraphs, questionnaires.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the event's process.
    public func choices(
        for event: ID<Event>, by actor: Actor
    ) async throws -> [(lead: EventContribution.Lead, title: Texts)] {
        try await pool.transaction("event_contribution.choices") { transaction in
            let event: Event = try await Events.lock(event, by: actor, in: transaction)
            return try await transaction.query(
                "event_contribution.choice_list",
                """
                SELECT 'questionnaire' AS kind, questionnaire.id, questionnaire.title::text AS title, 1 AS place,
                       questionnaire.position AS number
                FROM questionnaire
                WHERE questionnaire.consultation_id = \(event.consultation) AND questionnaire.opened_at IS NOT NULL
                UNION ALL
                SELECT 'argument', argument.id, jsonb_build_object(argument.language, argument.title)::text, 2,
                       argument.number
                FROM argument JOIN debate ON debate.id = argument.debate_id
                WHERE debate.consultation_id = \(event.consultation) AND argument.withdrawn_at IS NULL
                UNION ALL
                SELECT 'paragraph', text_paragraph.id,
                       jsonb_build_object(
                           consultation_text.language, consultation_text.title || ', § ' || text_paragraph.number)::text,
                       3, text_paragraph.number
                FROM text_paragraph JOIN consultation_text ON consultation_text.id = text_paragraph.text_id
                WHERE consultation_text.consultation_id = \(event.consultation)
                  AND consultation_text.live_version IS NOT NULL
                ORDER BY place, number
                """
            ).compactMap { row in
                let id: UUID = try row.get("id")
                let lead: EventContribution.Lead =
                    switch try row.get("kind", as: String.self) {
                    case "questionnaire": .questionnaire(ID(id))
                    case "argument": .argument(ID(id))
                    default: .paragraph(ID(id))
                    }
                return (lead, try Texts(json: row.get("title")))
            }
        }
    }

    /// The published proposal of that number in the process of an event; nil when there is none.
    public func proposal(_ number: Int64, for event: Event) async throws -> ID<Proposal>? {
        try await pool.one(
            "event_contribution.find_proposal",
            """
            SELECT id FROM proposal
            WHERE number = \(number) AND process_id = \(event.process) AND published_at IS NOT NULL
            """
        ).map { try $0.get("id") }
    }

    /// Writes down what somebody said, and where it led.
    ///
    /// - Throws: `Refused<ContributionRefusal>`; `NotAllowed` unless the actor is an agent of the event's process.
    @discardableResult
    public func add(
        _ words: String, in language: Language, leadingTo lead: EventContribution.Lead?, to event: ID<Event>,
        by actor: Actor
    ) async throws -> ID<EventContribution> {
        try await pool.transaction("event_contribution.add") { transaction in
            let event: Event = try await Events.lock(event, by: actor, in: transaction)
            try Self.check(words)
            guard event.gathering.startsAt <= (try await Gatherings.now(in: transaction)) else {
                throw Refused(ContributionRefusal.tooEarly)
            }
            try await Self.check(lead, of: event, in: transaction)
            let id = ID<EventContribution>()
            let (proposal, argument, paragraph, questionnaire) = Self.columns(lead)
            // The event's row is held: no two contributions take one number.
            try await transaction.execute(
                "event_contribution.insert",
                """
                INSERT INTO event_contribution (id, event_id, number, words, language, proposal_id, argument_id,
                                                paragraph_id, questionnaire_id)
                SELECT \(id), \(event.id), coalesce(max(number), 0) + 1, \(words), \(language), \(proposal), \(argument),
                       \(paragraph), \(questionnaire)
                FROM event_contribution WHERE event_id = \(event.id)
                """)
            try await Acts.record(
                "event_contribution_written", by: actor, on: "event_contribution", id, in: transaction)
            return id
        }
    }

    /// Says where something said led and what became of it.
    ///
    /// - Throws: `Refused<ContributionRefusal>`; `NotAllowed` unless the actor is an agent of the event's process.
    public func follow(
        _ contribution: ID<EventContribution>, of event: ID<Event>, leadingTo lead: EventContribution.Lead?,
        keepingLead: Bool, outcome: Texts, by actor: Actor
    ) async throws {
        try await pool.transaction("event_contribution.follow") { transaction in
            let event: Event = try await Events.lock(event, by: actor, in: transaction)
            try await Self.check(lead, of: event, in: transaction)
            let (proposal, argument, paragraph, questionnaire) = Self.columns(lead)
            let count: Int = try await transaction.execute(
                "event_contribution.save",
                """
                UPDATE event_contribution SET outcome = \(outcome.json)::jsonb,
                       proposal_id = CASE WHEN \(keepingLead) THEN proposal_id ELSE \(proposal) END,
                       argument_id = CASE WHEN \(keepingLead) THEN argument_id ELSE \(argument) END,
                       paragraph_id = CASE WHEN \(keepingLead) THEN paragraph_id ELSE \(paragraph) END,
                       questionnaire_id = CASE WHEN \(keepingLead) THEN questionnaire_id ELSE \(questionnaire) END
                WHERE id = \(contribution) AND event_id = \(event.id)
                """)
            guard count == 1 else { throw NotAllowed(roles: Events.planners) }
            try await Acts.record(
                "event_contribution_followed", by: actor, on: "event_contribution", contribution, in: transaction)
        }
    }

    /// Takes something away that was written down wrongly, or by which somebody could be known.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the event's process.
    public func remove(_ contribution: ID<EventContribution>, of event: ID<Event>, by actor: Actor) async throws {
        try await pool.transaction("event_contribution.remove") { transaction in
            let event: Event = try await Events.lock(event, by: actor, in: transaction)
            let count: Int = try await transaction.execute(
                "event_contribution.delete",
                "DELETE FROM event_contribution WHERE id = \(contribution) AND event_id = \(event.id)")
            guard count == 1 else { return }
            try await Acts.record(
                "event_contribution_removed", by: actor, on: "event_contribution", contribution, in: transaction)
        }
    }

    // MARK: Parts

    private static func check(_ words: String) throws {
        if words.isEmpty { throw Refused(ContributionRefusal.wordsMissing) }
        let excess: Int = words.unicodeScalars.count - longest
        if excess > 0 { throw Refused(ContributionRefusal.wordsTooLong(by: excess)) }
    }

    /// Refuses what is not of the event's process or consultation.
    private static func check(
        _ lead: EventContribution.Lead?, of event: Event, in transaction: some Executor
    ) async throws {
        let condition: SQL
        switch lead {
        case nil: return
        case .proposal(let id):
            condition = """
                EXISTS (SELECT FROM proposal WHERE id = \(id) AND process_id = \(event.process)
                        AND published_at IS NOT NULL)
                """
        case .argument(let id):
            condition = """
                EXISTS (SELECT FROM argument JOIN debate ON debate.id = argument.debate_id
                        WHERE argument.id = \(id) AND debate.consultation_id = \(event.consultation))
                """
        case .paragraph(let id):
            condition = """
                EXISTS (SELECT FROM text_paragraph
                        JOIN consultation_text ON consultation_text.id = text_paragraph.text_id
                        WHERE text_paragraph.id = \(id)
                          AND consultation_text.consultation_id = \(event.consultation))
                """
        case .questionnaire(let id):
            condition = """
                EXISTS (SELECT FROM questionnaire WHERE id = \(id) AND consultation_id = \(event.consultation))
                """
        }
        let row: Row? = try await transaction.one(
            "event_contribution.check", "SELECT \(sql: condition) AS is_there")
        guard try row?.get("is_there") == true else {
            if case .proposal = lead { throw Refused(ContributionRefusal.noSuchProposal) }
            throw Refused(ContributionRefusal.noSuchPlace)
        }
    }

    private static func columns(
        _ lead: EventContribution.Lead?
    ) -> (ID<Proposal>?, ID<DebateArgument>?, ID<TextParagraph>?, ID<Questionnaire>?) {
        switch lead {
        case nil: (nil, nil, nil, nil)
        case .proposal(let id): (id, nil, nil, nil)
        case .argument(let id): (nil, id, nil, nil)
        case .paragraph(let id): (nil, nil, id, nil)
        case .questionnaire(let id): (nil, nil, nil, id)
        }
    }
}
