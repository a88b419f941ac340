import Foundation
public import Postgres

/// Answering a questionnaire: a draft that is kept step by step under a code, then sent once.
///
/// Nothing here is in the register of acts where the questionnaire is anonymous: the register tells the time and the
/// account, and a time beside each answer would put a name to it.
public struct Answering: Sendable {
    /// For how many days a draft is kept after the last word of it.
    public static let draftDays = 30
    /// How many bytes all answers of one person may have, as JSON.
    public static let longest = 400_000

    let pool: Pool
    let secrets: Secrets
    let zone: String
    let throttle: Throttle

    /// Answers kept in the database of `pool`.
    ///
    /// - Parameter zone: the city's time zone by its IANA name, which decides what day it is.
    public init(pool: Pool, secrets: Secrets, zone: String) {
        self.pool = pool
        self.secrets = secrets
        self.zone = zone
        throttle = Throttle(pool: pool, secrets: secrets)
    }

    /// How somebody begins, with what lets them in.
    public enum Entrance: Sendable {
        /// Signed in.
        case account
        /// With a one-time code as it was typed, from a network that may guess slowly.
        case code(String, Network)
        /// With the address alone.
        case link
        /// At a device of the agency, by the token of its browser.
        case kiosk(Token)
        /// An agent enters what somebody says.
        case agent

        /// How the answer will have come.
        public var way: AnswerWay {
            switch self {
            case .account: .account
            case .code: .code
            case .link: .link
            case .kiosk: .kiosk
            case .agent: .agent
            }
        }
    }

    // MARK: Beginning

    /// Begins a draft and returns the code that opens it.
    ///
    /// - Throws: ``AnsweringRefusal``; `Throttle.TooMany` when too many wrong codes came from the network; `NotAllowed`
    ///   for ``Entrance/agent`` unless the actor is an agent of the process.
    public func begin(
        _ questionnaire: ID<Questionnaire>, by entrance: Entrance, in language: Language, actor: Actor
    ) async throws -> ResponseCode {
        if case .code(_, let network) = entrance { try await throttle.count(.answerCode(network)) }
        let code = ResponseCode()
        try await pool.transaction("answer_draft.begin") { transaction in
            let open = try await OpenQuestionnaire.find(questionnaire, in: transaction)
            guard open.questionnaire.ways.contains(entrance.way) else { throw AnsweringRefusal.otherWay }
            var oneTime: AnswerDraft.OneTimeCode?
            switch entrance {
            case .account:
                guard case .resident(let account) = actor else { throw AnsweringRefusal.signInNeeded }
                if try await hasAnswered(account, open.questionnaire, in: transaction) {
                    throw AnsweringRefusal.alreadyAnswered
                }
            case .code(let typed, _):
                oneTime = try await AnswerCodes.living(typed, open.questionnaire, secrets, in: transaction)
            case .link: break
            case .kiosk(let token):
                guard try await AnswerKiosks.isOpen(token, questionnaire, secrets, in: transaction) else {
                    throw AnsweringRefusal.kioskClosed
                }
            case .agent:
                try await Authority.require(
                    Consultations.planners, of: actor, process: open.consultation.process, in: transaction)
            }
            let content = AnswerDraft.Content(
                way: entrance.way, language: language, answers: Answers(), oneTime: oneTime)
            try await insert(
                AnswerDraft(code: code, questionnaire: questionnaire, version: open.version, content), in: transaction)
        }
        if case .code(_, let network) = entrance { try await throttle.succeeded(.answerCode(network)) }
        return code
    }

    /// Whether the account has answered a questionnaire that each answers once.
    public func hasAnswered(_ account: ID<Account>, _ questionnaire: Questionnaire) async throws -> Bool {
        try await hasAnswered(account, questionnaire, in: pool)
    }

    private func hasAnswered(
        _ account: ID<Account>, _ questionnaire: Questionnaire, in executor: some Executor
    ) async throws -> Bool {
        guard questionnaire.once, let person = try await Self.person(of: account, in: executor) else { return false }
        let row: Row? = try await executor.one(
            "participation.find",
            """
            SELECT 1 FROM participation
            WHERE questionnaire_id = \(questionnaire.id) AND person_hash = \(hash(person, questionnaire.id))
            """)
        return row != nil
    }

    // MARK: Keeping

    /// The draft that the first of the codes opens that opens one; nil when none does, or it has ended.
    public func draft(
        _ codes: [ResponseCode], of questionnaire: ID<Questionnaire>
    ) async throws -> AnswerDraft? {
        try await draft(codes, of: questionnaire, lock: false, in: pool)
    }

    /// Keeps what was answered; what is there already is replaced.
    ///
    /// - Throws: ``AnsweringRefusal/gone``, ``AnsweringRefusal/tooLarge``.
    public func keep(
        _ answers: Answers, under code: ResponseCode, of questionnaire: ID<Questionnaire>
    ) async throws {
        guard try answers.json.utf8.count <= Self.longest else { throw AnsweringRefusal.tooLarge }
        try await pool.transaction("answer_draft.keep") { transaction in
            guard let draft = try await draft([code], of: questionnaire, lock: true, in: transaction) else {
                throw AnsweringRefusal.gone
            }
            var content: AnswerDraft.Content = draft.content
            // A photo is changed by its own verb: what a form says of it is not trusted.
            content.answers = answers.byQuestion
            try await write(content, under: code, in: transaction)
            try await AnswerPhotos.forget(except: answers, ofDraft: code.draftHash(secrets), in: transaction)
        }
    }

    /// Forgets a draft, for whoever has its code.
    public func discard(_ code: ResponseCode, of questionnaire: ID<Questionnaire>) async throws {
        try await pool.execute(
            "answer_draft.discard",
            """
            DELETE FROM answer_draft
            WHERE code_hash = \(code.draftHash(secrets)) AND questionnaire_id = \(questionnaire)
            """)
    }

    // MARK: Parts

    func draft(
        _ codes: [ResponseCode], of questionnaire: ID<Questionnaire>, lock: Bool, in executor: some Executor
    ) async throws -> AnswerDraft? {
        let hashes: [[UInt8]] = codes.map { $0.draftHash(secrets) }
        let forUpdate: SQL = lock ? "FOR UPDATE" : ""
        let row: Row? = try await executor.one(
            "answer_draft.find",
            """
            SELECT code_hash, version, sealed FROM answer_draft
            WHERE code_hash = ANY (\(hashes)) AND questionnaire_id = \(questionnaire)
              AND ends_on >= (clock_timestamp() AT TIME ZONE \(zone))::date
            ORDER BY array_position(\(hashes), code_hash) LIMIT 1 \(sql: forUpdate)
            """)
        guard let row else { return nil }
        let hash: [UInt8] = try row.get("code_hash")
        guard let index = hashes.firstIndex(of: hash) else { return nil }
        return AnswerDraft(
            code: codes[index], questionnaire: questionnaire, version: Int(try row.get("version", as: Int32.self)),
            try AnswerDraft.Content(sealed: row.get("sealed"), codes[index].key(secrets), label: AnswerDraft.label))
    }

    func insert(_ draft: AnswerDraft, in transaction: some Executor) async throws {
        let sealed: [UInt8] = try draft.content.sealed(draft.code.key(secrets), label: AnswerDraft.label)
        try await transaction.execute(
            "answer_draft.insert",
            """
            INSERT INTO answer_draft (code_hash, questionnaire_id, version, sealed, ends_on)
            VALUES (\(draft.code.draftHash(secrets)), \(draft.questionnaire), \(Int32(draft.version)), \(sealed),
                    (clock_timestamp() AT TIME ZONE \(zone))::date + \(Int32(Self.draftDays)))
            ON CONFLICT ON CONSTRAINT answer_draft_pk DO UPDATE
            SET version = excluded.version, sealed = excluded.sealed, ends_on = excluded.ends_on
            """)
    }

    func write(_ content: AnswerDraft.Content, under code: ResponseCode, in transaction: some Executor) async throws {
        let sealed: [UInt8] = try content.sealed(code.key(secrets), label: AnswerDraft.label)
        try await transaction.execute(
            "answer_draft.write",
            """
            UPDATE answer_draft
            SET sealed = \(sealed),
                ends_on = (clock_timestamp() AT TIME ZONE \(zone))::date + \(Int32(Self.draftDays))
            WHERE code_hash = \(code.draftHash(secrets))
            """)
    }

    /// What stands for a person in the list of those who have taken part.
    func hash(_ person: ID<Person>, _ questionnaire: ID<Questionnaire>) -> [UInt8] {
        secrets.keyedHash(Array("\(questionnaire) \(person)".utf8), label: "participation")
    }

    static func person(of account: ID<Account>, in executor: some Executor) async throws -> ID<Person>? {
        let row: Row? = try await executor.one(
            "answer.person", "SELECT person_id FROM account WHERE id = \(account) AND closed_at IS NULL")
        return try row.map { ID(try $0.get("person_id", as: UUID.self)) }
    }
}

/// A questionnaire that takes answers now.
struct OpenQuestionnaire: Sendable {
    let consultation: Consultation
    let questionnaire: Questionnaire
    /// The version that is answered by whoever begins now.
    let version: Int

    /// - Throws: ``AnsweringRefusal/notOpen``, also when there is none.
    static func find(_ id: ID<Questionnaire>, in executor: some Executor) async throws -> OpenQuestionnaire {
        guard
            let questionnaire = try await Consultations.questionnaires(
                where: "questionnaire.id = \(id)", in: executor
            ).first, let version = questionnaire.liveVersion,
            let consultation = try await Consultations.load(
                where: "consultation.id = \(questionnaire.consultation)", in: executor
            ).first, consultation.isCollecting
        else { throw AnsweringRefusal.notOpen }
        return OpenQuestionnaire(consultation: consultation, questionnaire: questionnaire, version: version)
    }
}
