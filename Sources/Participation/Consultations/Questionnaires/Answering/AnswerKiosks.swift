public import Foundation
public import Postgres

/// A device of the agency on which people answer one after the other.
public struct AnswerKiosk: Sendable, Hashable {
    /// Its identity, and the name by which agents know it.
    public let id: ID<AnswerKiosk>, name: String
    /// When it was opened, and by whom.
    public let openedAt: Date, openedBy: String
}

/// Why a device is not opened.
public enum AnswerKioskRefusal: Error, Hashable, Sendable {
    /// It has no name, or one that is too long, or that of another open device.
    case nameless, nameTaken
    /// The questionnaire is not answered at devices.
    case otherWay
}

/// The devices of questionnaires: a browser that an agent opens, and that forgets after each answer.
public struct AnswerKiosks: Sendable {
    private static let label = "answer kiosk"

    private let pool: Pool
    private let secrets: Secrets

    /// The devices kept in the database of `pool`.
    public init(pool: Pool, secrets: Secrets) {
        self.pool = pool
        self.secrets = secrets
    }

    /// The open devices of a questionnaire.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func list(of questionnaire: Questionnaire, by actor: Actor) async throws -> [AnswerKiosk] {
        try await Consultations.require(questionnaire.consultation, by: actor, in: pool)
        return try await pool.query(
            "answer_kiosk.list",
            """
            SELECT answer_kiosk.id, answer_kiosk.name, answer_kiosk.opened_at, account.name AS opened_by
            FROM answer_kiosk JOIN account ON account.id = answer_kiosk.opened_by
            WHERE answer_kiosk.questionnaire_id = \(questionnaire.id) AND answer_kiosk.closed_at IS NULL
            ORDER BY answer_kiosk.name
            """
        ).map { row in
            AnswerKiosk(
                id: try row.get("id"), name: try row.get("name"), openedAt: try row.get("opened_at"),
                openedBy: try row.get("opened_by"))
        }
    }

    /// Opens a device. The token goes into its browser, which is the device from then on.
    ///
    /// - Throws: ``AnswerKioskRefusal``; `NotAllowed` unless the actor is an agent of the process.
    public func open(_ name: String, for questionnaire: Questionnaire, by actor: Actor) async throws -> Token {
        guard (1...60).contains(name.unicodeScalars.count) else { throw AnswerKioskRefusal.nameless }
        guard questionnaire.ways.contains(.kiosk) else { throw AnswerKioskRefusal.otherWay }
        let (token, id) = (Token(), ID<AnswerKiosk>())
        do {
            try await pool.transaction("answer_kiosk.open") { transaction in
                try await Consultations.require(questionnaire.consultation, by: actor, in: transaction)
                guard let account = actor.account else { throw NotAllowed(roles: Consultations.planners) }
                try await transaction.execute(
                    "answer_kiosk.insert",
                    """
                    INSERT INTO answer_kiosk (id, questionnaire_id, name, token_hash, opened_by)
                    VALUES (\(id), \(questionnaire.id), \(name), \(token.hash(secrets, label: Self.label)), \(account))
                    """)
                try await Acts.record("answer_kiosk_opened", by: actor, on: "answer_kiosk", id, in: transaction)
            }
        } catch let error as PostgresError where error.constraint == "answer_kiosk_name_once_open" {
            throw AnswerKioskRefusal.nameTaken
        }
        return token
    }

    /// Closes a device, from any browser; one that is closed stays closed.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func close(_ id: ID<AnswerKiosk>, of questionnaire: Questionnaire, by actor: Actor) async throws {
        try await pool.transaction("answer_kiosk.close") { transaction in
            try await Consultations.require(questionnaire.consultation, by: actor, in: transaction)
            let count: Int = try await transaction.execute(
                "answer_kiosk.end",
                """
                UPDATE answer_kiosk SET closed_at = now()
                WHERE id = \(id) AND questionnaire_id = \(questionnaire.id) AND closed_at IS NULL
                """)
            if count == 1 {
                try await Acts.record("answer_kiosk_closed", by: actor, on: "answer_kiosk", id, in: transaction)
            }
        }
    }

    /// Whether the browser with the token is an open device of the questionnaire.
    public func isOpen(_ token: Token, for questionnaire: ID<Questionnaire>) async throws -> Bool {
        try await Self.isOpen(token, questionnaire, secrets, in: pool)
    }

    static func isOpen(
        _ token: Token, _ questionnaire: ID<Questionnaire>, _ secrets: Secrets, in executor: some Executor
    ) async throws -> Bool {
        let row: Row? = try await executor.one(
            "answer_kiosk.find",
            """
            SELECT 1 FROM answer_kiosk
            WHERE token_hash = \(token.hash(secrets, label: label)) AND questionnaire_id = \(questionnaire)
              AND closed_at IS NULL
            """)
        return row != nil
    }
}
