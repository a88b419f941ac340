import Foundation
import Postgres

extension Answering {
    /// Sends what a draft holds: from then on it is an answer. Sent again it is the same answer, and nothing is stored
    /// twice: whoever did not see the receipt asks for it again.
    ///
    /// - Returns: the code on the receipt, which is that of the draft.
    /// - Throws: ``AnsweringRefusal``; `NotAllowed` for what an agent began, unless the actor is one of the process.
    @discardableResult
    public func send(
        _ code: ResponseCode, of questionnaire: ID<Questionnaire>, by actor: Actor
    ) async throws -> ResponseCode {
        try await pool.transaction("response.send") { transaction in
            try await lock(code, in: transaction)
            guard let draft = try await draft([code], of: questionnaire, lock: true, in: transaction) else {
                if try await isSent(code, of: questionnaire, in: transaction) { return code }
                throw AnsweringRefusal.gone
            }
            let open = try await OpenQuestionnaire.find(questionnaire, in: transaction)
            guard
                let form = try await Consultations.form(of: questionnaire, version: draft.version, in: transaction)
            else { throw AnsweringRefusal.gone }
            let answers: Answers = form.counted(draft.answers)
            let problems: [String: AnswerProblem] = form.problems(
                in: answers, districts: try await Self.districts(in: transaction))
            if !problems.isEmpty { throw AnsweringRefusal.incomplete(problems) }
            let person: ID<Person>? = try await admit(draft, open, by: actor, in: transaction)
            try await AnswerPhotos.forget(except: answers, ofDraft: code.draftHash(secrets), in: transaction)
            if open.questionnaire.isAnonymous {
                try await stage(answers, draft, in: transaction)
            } else {
                try await store(answers, draft, person, in: transaction)
                try await Acts.record(
                    "response_sent", by: actor, on: "questionnaire", questionnaire,
                    detail: ["way": draft.way.rawValue], in: transaction)
            }
            try await transaction.execute(
                "answer_draft.sent", "DELETE FROM answer_draft WHERE code_hash = \(code.draftHash(secrets))")
            return code
        }
    }

    /// Lets a draft become an answer, once for each account and each code: the constraints settle who came first.
    ///
    /// - Returns: whose it is, where the questionnaire keeps that.
    private func admit(
        _ draft: AnswerDraft, _ open: OpenQuestionnaire, by actor: Actor, in transaction: some Executor
    ) async throws -> ID<Person>? {
        let questionnaire: Questionnaire = open.questionnaire
        if draft.isChange {
            guard questionnaire.mayEdit else { throw AnsweringRefusal.notChanged }
            return nil
        }
        guard questionnaire.ways.contains(draft.way) else { throw AnsweringRefusal.otherWay }
        switch draft.way {
        case .account:
            guard case .resident(let account) = actor,
                let person = try await Self.person(of: account, in: transaction)
            else { throw AnsweringRefusal.signInNeeded }
            if questionnaire.once {
                let count: Int = try await transaction.execute(
                    "participation.insert",
                    """
                    INSERT INTO participation (questionnaire_id, person_hash)
                    VALUES (\(questionnaire.id), \(hash(person, questionnaire.id)))
                    ON CONFLICT ON CONSTRAINT participation_pk DO NOTHING
                    """)
                guard count == 1 else { throw AnsweringRefusal.alreadyAnswered }
            }
            return questionnaire.isAnonymous ? nil : person
        case .code:
            guard let oneTime = draft.oneTime else { throw AnsweringRefusal.unknownCode }
            try await AnswerCodes.use(oneTime, once: questionnaire.once, in: transaction)
        case .agent:
            try await Authority.require(
                Consultations.planners, of: actor, process: open.consultation.process, in: transaction)
        case .link, .kiosk, .paper: break
        }
        return nil
    }

    // MARK: Anonymous

    /// Puts an answer on its way: sealed, under an identity that it will not keep.
    private func stage(_ answers: Answers, _ draft: AnswerDraft, in transaction: some Executor) async throws {
        let (id, hash) = (ID<Response>(UUID()), draft.code.incomingHash(secrets))
        let content = AnswerDraft.Content(
            way: draft.way, language: draft.language, answers: answers, version: draft.version,
            day: try await today(in: transaction), arrivalHash: draft.code.responseHash(secrets))
        let sealed: [UInt8] = try content.sealed(
            secrets.derive(label: Self.incoming), label: "\(draft.questionnaire)")
        let old: ID<Response>? = draft.isChange ? try await sent(draft.code, in: transaction)?.id : nil
        if draft.isChange, old == nil { throw AnsweringRefusal.gone }
        // The photos that stay are held while the answer before goes, which takes its photos with it.
        try await transaction.execute(
            "answer_photo.hold",
            """
            UPDATE answer_photo
            SET draft_hash = \(draft.code.draftHash(secrets)), incoming_id = NULL, response_id = NULL
            WHERE medium_id = ANY (\(answers.photos)) AND (incoming_id = \(old) OR response_id = \(old))
            """)
        try await remove(draft.code, in: transaction)
        try await transaction.execute(
            "incoming_response.insert",
            """
            INSERT INTO incoming_response (id, questionnaire_id, withdrawal_hash, sealed)
            VALUES (\(id), \(draft.questionnaire), \(hash), \(sealed))
            """)
        try await transaction.execute(
            "answer_photo.incoming",
            """
            UPDATE answer_photo SET draft_hash = NULL, incoming_id = \(id)
            WHERE draft_hash = \(draft.code.draftHash(secrets))
            """)
    }

    /// The purpose of the key that seals answers on their way.
    static let incoming = "incoming response"

    // MARK: With a name

    private func store(
        _ answers: Answers, _ draft: AnswerDraft, _ person: ID<Person>?, in transaction: some Executor
    ) async throws {
        let hash: [UInt8] = draft.code.responseHash(secrets)
        let id: ID<Response>
        if draft.isChange {
            let known: ID<Response>? =
                if let replaced = draft.replaces { replaced } else { try await sent(draft.code, in: transaction)?.id }
            let count: Int = try await transaction.execute(
                "response.change",
                """
                UPDATE response
                SET answers = \(try answers.json)::jsonb, version = \(Int32(draft.version)),
                    language = \(draft.language), withdrawal_hash = \(hash)
                WHERE id = \(known)
                """)
            guard let known, count == 1 else { throw AnsweringRefusal.gone }
            id = known
            try await transaction.execute(
                "answer_photo.drop",
                "DELETE FROM answer_photo WHERE response_id = \(id) AND medium_id <> ALL (\(answers.photos))")
        } else {
            id = ID(UUID())
            try await transaction.execute(
                "response.insert",
                """
                INSERT INTO response (id, questionnaire_id, is_anonymous, version, way, language, answers, received_on,
                                      person_id, withdrawal_hash)
                VALUES (\(id), \(draft.questionnaire), false, \(Int32(draft.version)), \(draft.way.rawValue),
                        \(draft.language), \(try answers.json)::jsonb, \(try await today(in: transaction))::date,
                        \(person), \(hash))
                """)
        }
        try await transaction.execute(
            "answer_photo.stored",
            """
            UPDATE answer_photo SET draft_hash = NULL, response_id = \(id)
            WHERE draft_hash = \(draft.code.draftHash(secrets))
            """)
    }

    // MARK: Parts

    /// One at a time for each code: a second press of the button waits for the first.
    func lock(_ code: ResponseCode, in transaction: some Executor) async throws {
        let name: String = Data(code.responseHash(secrets)).base64EncodedString()
        try await transaction.execute(
            "response.turn", "SELECT pg_advisory_xact_lock(hashtextextended(\(name), 0))::text")
    }

    private func today(in executor: some Executor) async throws -> String {
        // The statement gives one row.
        try await executor.one(
            "response.today", "SELECT (clock_timestamp() AT TIME ZONE \(zone))::date::text AS day"
        )!.get("day")
    }

    static func districts(in executor: some Executor) async throws -> Set<String> {
        Set(try await executor.query("answer.districts", "SELECT code FROM district").map { try $0.get("code") })
    }

    private func isSent(
        _ code: ResponseCode, of questionnaire: ID<Questionnaire>, in executor: some Executor
    ) async throws -> Bool {
        try await sent(code, in: executor)?.questionnaire == questionnaire
    }

    /// What was sent under a code: on its way, or arrived.
    func sent(
        _ code: ResponseCode, in executor: some Executor
    ) async throws -> (id: ID<Response>, questionnaire: ID<Questionnaire>)? {
        let row: Row? = try await executor.one(
            "response.by_code",
            """
            SELECT id, questionnaire_id FROM incoming_response WHERE withdrawal_hash = \(code.incomingHash(secrets))
            UNION ALL
            SELECT id, questionnaire_id FROM response WHERE withdrawal_hash = \(code.responseHash(secrets))
            """)
        return try row.map { (try $0.get("id"), try $0.get("questionnaire_id")) }
    }

    /// Takes out what was sent under a code. What is on its way first: it can only have gone from there to the other.
    func remove(_ code: ResponseCode, in transaction: some Executor) async throws {
        try await transaction.execute(
            "incoming_response.remove",
            "DELETE FROM incoming_response WHERE withdrawal_hash = \(code.incomingHash(secrets))")
        try await transaction.execute(
            "response.remove", "DELETE FROM response WHERE withdrawal_hash = \(code.responseHash(secrets))")
    }
}
