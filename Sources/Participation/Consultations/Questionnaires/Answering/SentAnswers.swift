import Foundation
import Postgres

/// What somebody sent, for whoever has its code or, where the questionnaire is not anonymous, is its account.
public struct SentAnswers: Sendable {
    /// The version of the questionnaire that was answered.
    public let version: Int
    /// How it came, and in which language.
    public let way: AnswerWay, language: Language
    /// What was answered.
    public let answers: Answers
    /// Whether it may be changed now, and whether it may be taken back now.
    public let mayChange: Bool, mayWithdraw: Bool
    let id: ID<Response>
}

extension Answering {
    /// What was sent under one of the codes; nil when nothing was, or it was taken back.
    public func sent(
        _ codes: [ResponseCode], of questionnaire: ID<Questionnaire>
    ) async throws -> (code: ResponseCode, answers: SentAnswers)? {
        for code in codes {
            let hash: [UInt8] = code.responseHash(secrets)
            if let found = try await load("response.withdrawal_hash = \(hash)", of: questionnaire, in: pool) {
                return (code, found)
            }
            let row: Row? = try await pool.one(
                "incoming_response.find",
                """
                SELECT id, sealed FROM incoming_response
                WHERE withdrawal_hash = \(code.incomingHash(secrets)) AND questionnaire_id = \(questionnaire)
                """)
            if let row {
                let content = try AnswerDraft.Content(
                    sealed: row.get("sealed"), secrets.derive(label: Self.incoming), label: "\(questionnaire)")
                return (
                    code,
                    try await complete(
                        row.get("id"), questionnaire, version: content.version ?? 1, content.way, content.language,
                        Answers(content.answers), in: pool)
                )
            }
        }
        return nil
    }

    /// What a code opens.
    public enum Opened: Sendable {
        /// What somebody has begun, or what they sent.
        case draft, sent
    }

    /// What the code opens, for somebody who typed it.
    ///
    /// - Throws: ``AnsweringRefusal/gone`` for nothing; `Throttle.TooMany` when too many wrong codes came from the network.
    public func open(
        _ code: ResponseCode, of questionnaire: ID<Questionnaire>, from network: Network
    ) async throws -> Opened {
        try await throttle.count(.answerCode(network))
        let opened: Opened
        if try await draft([code], of: questionnaire) != nil {
            opened = .draft
        } else if try await sent([code], of: questionnaire) != nil {
            opened = .sent
        } else {
            throw AnsweringRefusal.gone
        }
        try await throttle.succeeded(.answerCode(network))
        return opened
    }

    /// What the account sent to a questionnaire that is not anonymous; nil for every other.
    public func sent(by account: ID<Account>, of questionnaire: ID<Questionnaire>) async throws -> SentAnswers? {
        guard let person = try await Self.person(of: account, in: pool) else { return nil }
        return try await load("response.person_id = \(person)", of: questionnaire, in: pool)
    }

    /// Begins a change of what was sent: a draft that takes its place when it is sent in its turn.
    ///
    /// - Parameter owner: what was sent by its code; nil for that of the account.
    /// - Returns: the code of the draft: the same code, or a new one where an account changes its answers.
    /// - Throws: ``AnsweringRefusal/notOpen``, `.notChanged`, `.gone`.
    public func change(
        _ owner: ResponseCode?, of questionnaire: ID<Questionnaire>, in language: Language, by actor: Actor
    ) async throws -> ResponseCode {
        var known: SentAnswers?
        if let owner {
            known = try await sent([owner], of: questionnaire)?.answers
        } else if case .resident(let account) = actor {
            known = try await sent(by: account, of: questionnaire)
        }
        guard let sent = known else { throw AnsweringRefusal.gone }
        let code: ResponseCode = owner ?? ResponseCode()
        try await pool.transaction("answer_draft.change") { transaction in
            let open = try await OpenQuestionnaire.find(questionnaire, in: transaction)
            guard open.questionnaire.mayEdit else { throw AnsweringRefusal.notChanged }
            // A draft of a change stays where it was begun before.
            if try await draft([code], of: questionnaire, lock: true, in: transaction) != nil { return }
            let content = AnswerDraft.Content(
                way: sent.way, language: language, answers: sent.answers, isChange: true,
                replaces: owner == nil ? sent.id.uuid : nil)
            try await insert(
                AnswerDraft(code: code, questionnaire: questionnaire, version: sent.version, content), in: transaction)
        }
        return code
    }

    /// Takes back what was sent, until the synthesis is published. Where the questionnaire is not anonymous, the account may
    /// answer again; where it is, nobody knows any more whose answer it was.
    ///
    /// - Parameter owner: its code; nil for what the account sent.
    /// - Throws: ``AnsweringRefusal/gone``, `.tooLate`.
    public func withdraw(
        _ owner: ResponseCode?, of questionnaire: ID<Questionnaire>, by actor: Actor
    ) async throws {
        try await pool.transaction("response.withdraw") { transaction in
            if let owner { try await lock(owner, in: transaction) }
            guard try await Self.takesBack(questionnaire, in: transaction) else { throw AnsweringRefusal.tooLate }
            var known: ID<Response>?
            if let owner {
                known = try await sent(owner, in: transaction)?.id
            } else if case .resident(let account) = actor,
                let person = try await Self.person(of: account, in: transaction)
            {
                known = try await load(
                    "response.person_id = \(person)", of: questionnaire, in: transaction)?.id
            }
            guard let id = known else { throw AnsweringRefusal.gone }
            let named: Row? = try await transaction.one(
                "response.person",
                "SELECT person_id FROM response WHERE id = \(id) AND NOT is_anonymous")
            if let owner { try await remove(owner, in: transaction) }
            try await transaction.execute(
                "response.withdrawn", "DELETE FROM response WHERE id = \(id) AND questionnaire_id = \(questionnaire)")
            if let owner {
                // The draft of a change goes too.
                try await transaction.execute(
                    "answer_draft.withdrawn",
                    "DELETE FROM answer_draft WHERE code_hash = \(owner.draftHash(secrets))")
            }
            guard let named else { return }
            if let person = try named.get("person_id", as: UUID?.self) {
                try await transaction.execute(
                    "participation.free",
                    """
                    DELETE FROM participation
                    WHERE questionnaire_id = \(questionnaire) AND person_hash = \(hash(ID(person), questionnaire))
                    """)
            }
            try await Acts.record(
                "response_withdrawn", by: actor, on: "questionnaire", questionnaire, in: transaction)
        }
    }

    // MARK: Parts

    private func load(
        _ condition: SQL, of questionnaire: ID<Questionnaire>, in executor: some Executor
    ) async throws -> SentAnswers? {
        let row: Row? = try await executor.one(
            "response.sent",
            """
            SELECT \(sql: Response.columns) FROM response
            WHERE \(sql: condition) AND response.questionnaire_id = \(questionnaire)
            ORDER BY response.id LIMIT 1
            """)
        guard let response = try row.map(Response.init(row:)) else { return nil }
        return try await complete(
            response.id, questionnaire, version: response.version, response.way, response.language, response.answers,
            in: executor)
    }

    private func complete(
        _ id: ID<Response>, _ questionnaire: ID<Questionnaire>, version: Int, _ way: AnswerWay, _ language: Language,
        _ answers: Answers, in executor: some Executor
    ) async throws -> SentAnswers {
        let row: Row? = try await executor.one(
            "response.rights",
            """
            SELECT \(sql: Consultation.stage) = 1 AND questionnaire.may_edit
                       AND questionnaire.live_version IS NOT NULL AS may_change
            FROM questionnaire JOIN consultation ON consultation.id = questionnaire.consultation_id
            WHERE questionnaire.id = \(questionnaire) AND consultation.published_at IS NOT NULL
            """)
        return SentAnswers(
            version: version, way: way, language: language, answers: answers,
            mayChange: try row?.get("may_change") ?? false,
            mayWithdraw: try await Self.takesBack(questionnaire, in: executor), id: id)
    }

    private static func takesBack(
        _ questionnaire: ID<Questionnaire>, in executor: some Executor
    ) async throws -> Bool {
        let row: Row? = try await executor.one(
            "response.takes_back",
            """
            SELECT 1 FROM questionnaire JOIN consultation ON consultation.id = questionnaire.consultation_id
            WHERE questionnaire.id = \(questionnaire) AND consultation.synthesised_at IS NULL
            """)
        return row != nil
    }
}
