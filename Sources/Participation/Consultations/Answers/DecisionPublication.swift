import Foundation
import Postgres

/// Publishing the answer of the city, and reading it.
extension Decisions {
    /// The answer as it would be published now.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func preview(of consultation: ID<Consultation>, by actor: Actor) async throws -> PublishedAnswer {
        try await pool.transaction("decision.preview") { transaction in
            let found: Consultation = try await Consultations.require(consultation, by: actor, in: transaction)
            let file: DecisionFile = try await Self.load(found, in: transaction)
            return PublishedAnswer(
                content: try await Self.content(of: found, file, in: transaction), edition: nil,
                editions: file.editions, labels: file.labels, standings: [:])
        }
    }

    /// Publishes the decisions as they stand. This cannot be undone: a later edition says what was changed and why.
    /// Whoever has an account and said something that is answered is told of it, once for each decision.
    ///
    /// - Throws: `SynthesisRefusal.notSynthesised`, `.noDecision`, `.decisionLacks`, `.alreadyLate`, `.unchanged`,
    ///   `.changeMissing`, `.changedMeanwhile`; `NotAllowed` unless the actor is an agent of the process.
    @discardableResult
    public func publish(
        _ consultation: ID<Consultation>, from revision: Int? = nil, change: Texts = Texts([:]), by actor: Actor
    ) async throws -> Edition {
        try Syntheses.check(change, "change", limit: Syntheses.textLimit)
        return try await pool.transaction("decision.publish") { transaction in
            let found: Consultation = try await Consultations.lock(consultation, by: actor, in: transaction)
            guard found.synthesisedAt != nil else { throw SynthesisRefusal.notSynthesised }
            let file: DecisionFile = try await Self.load(found, in: transaction)
            if let revision, revision != file.revision { throw SynthesisRefusal.changedMeanwhile }
            guard !file.decisions.isEmpty else { throw SynthesisRefusal.noDecision }
            let today: Day = try await today(in: transaction)
            for decision in file.decisions {
                if let part = decision.lacks.first { throw SynthesisRefusal.decisionLacks(decision.number, part) }
                if decision.publishedAt == nil, let due = decision.draft.due, due < today {
                    throw SynthesisRefusal.alreadyLate(decision.number)
                }
            }
            if !file.editions.isEmpty {
                guard file.isChanged else { throw SynthesisRefusal.unchanged }
                guard !change.isEmpty else { throw SynthesisRefusal.changeMissing }
            }
            let edition: Edition = try await ConsultationEditions.add(
                try await Self.content(of: found, file, in: transaction), .answer, of: consultation,
                change: file.editions.isEmpty ? Texts([:]) : change, by: actor, in: transaction)
            try await stand(consultation, in: transaction)
            try await transaction.execute(
                "decision.stage",
                """
                UPDATE consultation SET answered_at = clock_timestamp()
                WHERE id = \(consultation) AND answered_at IS NULL
                """)
            try await Acts.record(
                "answer_published", by: actor, on: "consultation", consultation,
                detail: [
                    "consultation": found.handle, "edition": String(edition.number), "sha256": edition.sha256,
                ], in: transaction)
            try await tellAuthors(of: found, in: transaction)
            return edition
        }
    }

    /// Where each decision stands from now on: as it is written, for those that are new or were decided anew. What has
    /// become of the others since goes on.
    private func stand(_ consultation: ID<Consultation>, in transaction: some Executor) async throws {
        try await transaction.execute(
            "decision.stand",
            """
            UPDATE decision
            SET published_at = coalesce(decision.published_at, clock_timestamp()), status = stand.status,
                promised_on = CASE WHEN stand.status IN ('study', 'planned') THEN decision.due_on END,
                published_kind = decision.kind, published_due = decision.due_on
            FROM (VALUES ('done', 'done'), ('planned', 'planned'), ('partly', 'planned'), ('study', 'study'),
                         ('refused', 'refused')) AS stand (kind, status)
            WHERE decision.consultation_id = \(consultation) AND stand.kind = decision.kind
              AND (decision.published_kind, decision.published_due)
                  IS DISTINCT FROM (decision.kind, decision.due_on)
            """)
        try await transaction.execute(
            "decision.voices_stand",
            """
            UPDATE decision_voice SET published_at = clock_timestamp() FROM decision
            WHERE decision.id = decision_voice.decision_id AND decision.consultation_id = \(consultation)
              AND decision_voice.published_at IS NULL
            """)
    }

    // MARK: Reading

    /// The city's answer, the last edition unless another is named, with where each decision stands now; nil when there
    /// is none.
    public func find(_ consultation: Consultation, edition number: Int? = nil) async throws -> PublishedAnswer? {
        let editions: [Edition] = try await ConsultationEditions.list(.answer, of: consultation.id, in: pool)
        guard let edition = number.map({ number in editions.first { $0.number == number } }) ?? editions.first,
            let json = try await ConsultationEditions.json(
                .answer, of: consultation.id, number: edition.number, in: pool)
        else { return nil }
        let content: AnswerContent = try ConsultationEditions.decoder.decode(AnswerContent.self, from: Data(json.utf8))
        let answers: [[Row]] = try await pool.pipeline([
            (
                "decision.standings",
                """
                SELECT id, status, promised_on::text AS promised_on,
                       greatest(0, (clock_timestamp() AT TIME ZONE \(zone))::date - promised_on) AS late
                FROM decision WHERE consultation_id = \(consultation.id) AND status IS NOT NULL
                """
            ),
            (
                "decision.turns",
                """
                SELECT \(sql: DecisionTurn.columns)
                FROM decision_turn JOIN decision ON decision.id = decision_turn.decision_id
                WHERE decision.consultation_id = \(consultation.id) ORDER BY decision_turn.id DESC
                """
            ),
        ])
        let turns: [ID<Decision>: [DecisionTurn]] = Dictionary(
            grouping: try answers[1].map(DecisionTurn.init(row:)), by: \.decision)
        let standings: [(ID<Decision>, PublishedAnswer.Standing)] = try answers[0].map { row in
            let id: ID<Decision> = try row.get("id")
            return (
                id,
                PublishedAnswer.Standing(
                    // The schema's check leaves no other word.
                    status: Decision.Status(rawValue: try row.get("status"))!, promisedOn: try row.day("promised_on"),
                    daysLate: Int(try row.get("late", as: Int32?.self) ?? 0), turns: turns[id] ?? [])
            )
        }
        return PublishedAnswer(
            content: content, edition: edition, editions: editions,
            labels: try await VoiceLabels.find(content.decisions.flatMap(\.voices), for: consultation, in: pool),
            standings: Dictionary(uniqueKeysWithValues: standings))
    }

    /// An edition byte for byte, as its SHA-256 was made of it; nil when there is none.
    public func json(of consultation: ID<Consultation>, edition number: Int? = nil) async throws -> String? {
        let editions: [Edition] = try await ConsultationEditions.list(.answer, of: consultation, in: pool)
        guard let number = number ?? editions.first?.number else { return nil }
        return try await ConsultationEditions.json(.answer, of: consultation, number: number, in: pool)
    }

    /// The published decisions that answer something that people said, for the page on which it is read.
    public func about(_ voice: Voice, of process: ID<Process>) async throws -> [VoiceAnswer] {
        try await pool.query(
            "decision.about",
            """
            SELECT consultation.handle, consultation.title::text AS consultation_title, decision.number,
                   decision.title::text AS title, decision.status
            FROM decision_voice JOIN decision ON decision.id = decision_voice.decision_id
            JOIN consultation ON consultation.id = decision.consultation_id
            WHERE decision_voice.kind = \(voice.kind.rawValue) AND decision_voice.target = \(voice.target)
              AND decision_voice.published_at IS NOT NULL AND decision.published_at IS NOT NULL
              AND consultation.process_id = \(process)
            ORDER BY consultation.handle, decision.number LIMIT 20
            """
        ).map(VoiceAnswer.init(row:))
    }

    // MARK: Parts

    func today(in executor: some Executor) async throws -> Day {
        let row: Row? = try await executor.one(
            "decision.today", "SELECT (clock_timestamp() AT TIME ZONE \(zone))::date::text AS today")
        // The statement gives one row with a date.
        return try row!.day("today")!
    }

    private static func content(
        of consultation: Consultation, _ file: DecisionFile, in transaction: some Executor
    ) async throws -> AnswerContent {
        let process: Row? = try await transaction.one(
            "decision.process", "SELECT slug, title::text AS title FROM process WHERE id = \(consultation.process)")
        return AnswerContent(
            title: consultation.title, consultation: consultation.handle,
            // The schema leaves no consultation without its process.
            processTitle: try Texts(json: process!.get("title")), process: try process!.get("slug"),
            decisions: file.decisions.map { decision in
                let draft: DecisionDraft = decision.draft
                return AnswerContent.Decision(
                    id: decision.id.uuid, number: decision.number, title: draft.title, said: draft.said,
                    decided: draft.decided, reason: draft.reason, kind: draft.kind, service: draft.service,
                    due: draft.due?.description, voices: decision.voices)
            })
    }
}

/// A published decision that answers something, as the page of that thing names it.
public struct VoiceAnswer: Sendable {
    /// The consultation, by its handle and its title.
    public let consultation: String, consultationTitle: Texts
    /// The decision, by its number and its heading.
    public let number: Int, title: Texts
    /// Where it stands.
    public let status: Decision.Status

    init(row: Row) throws {
        consultation = try row.get("handle")
        consultationTitle = try Texts(json: row.get("consultation_title"))
        number = Int(try row.get("number", as: Int32.self))
        title = try Texts(json: row.get("title"))
        // The schema's check leaves no other word.
        status = Decision.Status(rawValue: try row.get("status"))!
    }
}
