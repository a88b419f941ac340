import Foundation
public import Postgres

/// What the city decides after its consultations: "you said, we decided, because". Written by agents of the process,
/// published in editions, and followed until each promise is kept or given up.
public struct Decisions: Sendable {
    let pool: Pool
    let zone: String
    let correspondent: any DecisionCorrespondent

    /// The decisions kept in the database of `pool`; `zone` is the city's time zone, such as `Europe/Paris`.
    public init(pool: Pool, zone: String, correspondent: any DecisionCorrespondent) {
        self.pool = pool
        self.zone = zone
        self.correspondent = correspondent
    }

    /// The most decisions of a consultation, and the most things that one answers.
    public static let most = 100, mostVoices = 50

    // MARK: Writing

    /// The decisions as they are being written.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func file(of consultation: ID<Consultation>, by actor: Actor) async throws -> DecisionFile {
        let found: Consultation = try await Consultations.require(consultation, by: actor, in: pool)
        return try await Self.load(found, in: pool)
    }

    /// Adds a decision at the end, or writes an old one anew.
    ///
    /// - Parameter revision: of the decision, as the form showed it; nil to write whatever stands there.
    /// - Throws: `SynthesisRefusal.untitled`, `.tooLong`, `.tooMany`, `.changedMeanwhile`; `NotAllowed` unless the actor is
    ///   an agent of the process.
    @discardableResult
    public func write(
        _ draft: DecisionDraft, as old: ID<Decision>? = nil, from revision: Int? = nil,
        of consultation: ID<Consultation>, by actor: Actor
    ) async throws -> ID<Decision> {
        guard !draft.title.isEmpty else { throw SynthesisRefusal.untitled }
        try Syntheses.check(draft.title, "title", limit: Syntheses.lineLimit)
        for (texts, field) in [(draft.said, "said"), (draft.decided, "decided"), (draft.reason, "reason")] {
            try Syntheses.check(texts, field, limit: Syntheses.textLimit)
        }
        guard draft.service.count <= Syntheses.lineLimit else {
            throw SynthesisRefusal.tooLong(field: "service", limit: Syntheses.lineLimit)
        }
        let due: String? = draft.kind.promises ? draft.due?.description : nil
        return try await change(consultation, "decision_written", by: actor) { transaction, _ in
            let id: ID<Decision> = old ?? ID()
            if let old {
                let count: Int = try await transaction.execute(
                    "decision.update",
                    """
                    UPDATE decision
                    SET title = \(draft.title.json)::jsonb, said = \(draft.said.json)::jsonb,
                        decided = \(draft.decided.json)::jsonb, reason = \(draft.reason.json)::jsonb,
                        kind = \(draft.kind.rawValue), service = \(draft.service), due_on = \(due)::text::date,
                        revision = revision + 1
                    WHERE id = \(old) AND consultation_id = \(consultation)
                      AND (\(revision)::integer IS NULL OR revision = \(revision)::integer)
                    """)
                guard count == 1 else { throw SynthesisRefusal.changedMeanwhile }
            } else {
                let count: Int = try await transaction.execute(
                    "decision.insert",
                    """
                    INSERT INTO decision (id, consultation_id, number, position, title, said, decided, reason, kind,
                                          service, due_on)
                    SELECT \(id), \(consultation), coalesce(max(number), 0) + 1, coalesce(max(position), 0) + 1,
                           \(draft.title.json)::jsonb, \(draft.said.json)::jsonb, \(draft.decided.json)::jsonb,
                           \(draft.reason.json)::jsonb, \(draft.kind.rawValue), \(draft.service), \(due)::text::date
                    FROM decision WHERE consultation_id = \(consultation) HAVING count(*) < \(Self.most)
                    """)
                guard count == 1 else { throw SynthesisRefusal.tooMany(limit: Self.most) }
            }
            return id
        }
    }

    /// Takes out a decision that was never published.
    ///
    /// - Throws: `SynthesisRefusal.alreadyPublished`; `NotAllowed` unless the actor is an agent of the process.
    public func remove(_ decision: ID<Decision>, from consultation: ID<Consultation>, by actor: Actor) async throws {
        try await change(consultation, "decision_removed", by: actor) { transaction, _ in
            let count: Int = try await transaction.execute(
                "decision.delete",
                """
                DELETE FROM decision
                WHERE id = \(decision) AND consultation_id = \(consultation) AND published_at IS NULL
                """)
            guard count == 1 else { throw SynthesisRefusal.alreadyPublished }
        }
    }

    /// Changes places with the decision before; the first one stays where it is.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func moveUp(_ decision: ID<Decision>, in consultation: ID<Consultation>, by actor: Actor) async throws {
        try await change(consultation, "decision_moved", by: actor) { transaction, _ in
            try await transaction.execute(
                "decision.swap",
                """
                WITH lower AS (
                    SELECT position FROM decision WHERE id = \(decision) AND consultation_id = \(consultation)
                ), upper AS (
                    SELECT max(other.position) AS position FROM decision AS other, lower
                    WHERE other.consultation_id = \(consultation) AND other.position < lower.position
                )
                UPDATE decision AS moved SET position = lower.position + upper.position - moved.position
                FROM lower, upper
                WHERE moved.consultation_id = \(consultation) AND moved.position IN (lower.position, upper.position)
                  AND upper.position IS NOT NULL
                """)
        }
    }

    // MARK: What a decision answers

    /// Says that the decision answers something that people said; to say it twice is to say it.
    ///
    /// - Throws: `SynthesisRefusal.noSuchVoice` where it names nothing that everybody may read, in this consultation or
    ///   its process; `.tooMany`; `NotAllowed` unless the actor is an agent of the process.
    public func link(
        _ voice: Voice, to decision: ID<Decision>, of consultation: ID<Consultation>, by actor: Actor
    ) async throws {
        try await change(consultation, "decision_linked", by: actor) { transaction, found in
            guard try await VoiceLabels.find([voice], for: found, in: transaction)[voice] != nil else {
                throw SynthesisRefusal.noSuchVoice
            }
            let row: Row? = try await transaction.one(
                "decision.voices_count",
                """
                SELECT decision.id, count(decision_voice.target) AS voices
                FROM decision LEFT JOIN decision_voice ON decision_voice.decision_id = decision.id
                WHERE decision.id = \(decision) AND decision.consultation_id = \(consultation) GROUP BY decision.id
                """)
            guard let row else { throw SynthesisRefusal.changedMeanwhile }
            guard try row.get("voices", as: Int64.self) < Self.mostVoices else {
                throw SynthesisRefusal.tooMany(limit: Self.mostVoices)
            }
            try await transaction.execute(
                "decision.link",
                """
                INSERT INTO decision_voice (decision_id, kind, target, position)
                SELECT \(decision), \(voice.kind.rawValue), \(voice.target), coalesce(max(position), 0) + 1
                FROM decision_voice WHERE decision_id = \(decision)
                ON CONFLICT ON CONSTRAINT decision_voice_pk DO NOTHING
                """)
        }
    }

    /// Takes a link out of the draft.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func unlink(
        _ voice: Voice, from decision: ID<Decision>, of consultation: ID<Consultation>, by actor: Actor
    ) async throws {
        try await change(consultation, "decision_unlinked", by: actor) { transaction, _ in
            try await transaction.execute(
                "decision.unlink",
                """
                DELETE FROM decision_voice USING decision
                WHERE decision.id = decision_voice.decision_id AND decision.consultation_id = \(consultation)
                  AND decision_voice.decision_id = \(decision) AND decision_voice.kind = \(voice.kind.rawValue)
                  AND decision_voice.target = \(voice.target)
                """)
        }
    }

    // MARK: Parts of acts

    /// One change of the decisions: the consultation held, its table begun where this is the first, the change counted
    /// and recorded.
    @discardableResult
    private func change<T: Sendable>(
        _ consultation: ID<Consultation>, _ act: StaticString, by actor: Actor,
        _ body: @Sendable (Transaction, Consultation) async throws -> T
    ) async throws -> T {
        try await pool.transaction("decision.change") { transaction in
            let found: Consultation = try await Consultations.lock(consultation, by: actor, in: transaction)
            try await Syntheses.begin(consultation, in: transaction)
            try await transaction.execute(
                "decision.touch",
                """
                UPDATE synthesis
                SET decisions_revision = decisions_revision + 1, decisions_changed_at = clock_timestamp()
                WHERE consultation_id = \(consultation)
                """)
            let result: T = try await body(transaction, found)
            try await Acts.record(
                act, by: actor, on: "consultation", consultation, detail: ["consultation": found.handle],
                in: transaction)
            return result
        }
    }

    static func load(_ consultation: Consultation, in executor: some Executor) async throws -> DecisionFile {
        let answers: [[Row]] = try await executor.pipeline([
            (
                "decision.list",
                """
                SELECT \(sql: Decision.columns) FROM decision WHERE decision.consultation_id = \(consultation.id)
                ORDER BY decision.position
                """
            ),
            (
                "decision.voices",
                """
                SELECT decision_voice.decision_id, decision_voice.kind, decision_voice.target
                FROM decision_voice JOIN decision ON decision.id = decision_voice.decision_id
                WHERE decision.consultation_id = \(consultation.id)
                ORDER BY decision_voice.decision_id, decision_voice.position
                """
            ),
            (
                "decision.revision",
                """
                SELECT decisions_revision, decisions_changed_at FROM synthesis
                WHERE consultation_id = \(consultation.id)
                """
            ),
        ])
        var voices: [ID<Decision>: [Voice]] = [:]
        for row in answers[1] {
            voices[try row.get("decision_id"), default: []].append(try Voice(row: row))
        }
        let decisions: [Decision] = try answers[0].map { row in
            var decision: Decision = try Decision(row: row)
            decision.voices = voices[decision.id] ?? []
            return decision
        }
        let editions: [Edition] = try await ConsultationEditions.list(.answer, of: consultation.id, in: executor)
        let changed: Date? = try answers[2].first?.get("decisions_changed_at")
        return DecisionFile(
            revision: try answers[2].first.map { Int(try $0.get("decisions_revision", as: Int32.self)) } ?? 0,
            decisions: decisions,
            labels: try await VoiceLabels.find(decisions.flatMap(\.voices), for: consultation, in: executor),
            editions: editions,
            isChanged: changed.map { changed in editions.first.map { changed > $0.publishedAt } ?? true } ?? false)
    }
}

extension Voice {
    init(row: Row) throws {
        // The schema's check leaves no other word.
        self.init(Kind(rawValue: try row.get("kind"))!, try row.get("target"))
    }
}
