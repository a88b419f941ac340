public import Foundation
public import Postgres

/// A package of one-time codes, made at once and printed at once.
public struct AnswerCodePackage: Sendable, Hashable {
    /// From 1 within the questionnaire, and what it is for, in the words of whoever made it.
    public let number: Int, label: String
    /// How many of its codes are in each state.
    public let issued: Int, used: Int, void: Int
    /// When it was made, and by whom; nil for the command line.
    public let madeAt: Date, madeBy: String?

    /// A package as it was made. Its codes cannot be shown again.
    public struct Made: Sendable, Hashable {
        /// The package's number in the questionnaire.
        public let number: Int
        /// The codes in the order of their numbers, from 1; each written `XXXX-XXXX-XXXX`.
        public let codes: [String]
    }
}

/// Why codes are not made, or not made void.
public enum AnswerCodeRefusal: Error, Hashable, Sendable {
    /// The number is not from 1 to this.
    case outOfBounds(most: Int)
    /// The questionnaire is not answered with codes.
    case otherWay
    /// There is no such package or number, or the code is used or void already.
    case noSuchCode
}

/// One-time codes of questionnaires, for letters and stands.
public struct AnswerCodes: Sendable {
    /// The most codes of one package.
    public static let largestPackage = 20_000

    private let pool: Pool
    private let secrets: Secrets

    /// The codes kept in the database of `pool`.
    public init(pool: Pool, secrets: Secrets) {
        self.pool = pool
        self.secrets = secrets
    }

    // MARK: The desk

    /// The packages of a questionnaire, the latest first.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func packages(of questionnaire: Questionnaire, by actor: Actor) async throws -> [AnswerCodePackage] {
        try await Consultations.require(questionnaire.consultation, by: actor, in: pool)
        return try await pool.query(
            "answer_code_package.list",
            """
            SELECT answer_code_package.number, answer_code_package.label, answer_code_package.made_at,
                   account.name AS made_by_name,
                   count(*) FILTER (WHERE answer_code.state = 'issued') AS issued,
                   count(*) FILTER (WHERE answer_code.state = 'used') AS used,
                   count(*) FILTER (WHERE answer_code.state = 'void') AS void
            FROM answer_code_package
            JOIN answer_code ON answer_code.package_id = answer_code_package.id
            LEFT JOIN account ON account.id = answer_code_package.made_by
            WHERE answer_code_package.questionnaire_id = \(questionnaire.id)
            GROUP BY answer_code_package.id, account.name
            ORDER BY answer_code_package.number DESC
            """
        ).map { row in
            AnswerCodePackage(
                number: try row.get("number"), label: try row.get("label"), issued: try row.get("issued"),
                used: try row.get("used"), void: try row.get("void"), madeAt: try row.get("made_at"),
                madeBy: try row.get("made_by_name"))
        }
    }

    /// Makes a package of codes. The database keeps keyed hashes: the codes are shown once.
    ///
    /// - Throws: ``AnswerCodeRefusal``; `NotAllowed` unless the actor is an agent of the process.
    public func issue(
        _ count: Int, label: String, for questionnaire: Questionnaire, by actor: Actor
    ) async throws -> AnswerCodePackage.Made {
        guard (1...Self.largestPackage).contains(count) else {
            throw AnswerCodeRefusal.outOfBounds(most: Self.largestPackage)
        }
        guard questionnaire.ways.contains(.code) else { throw AnswerCodeRefusal.otherWay }
        var drawn: Set<String> = []
        while drawn.count < count { drawn.insert(ResponseCode.drawOneTime()) }
        let codes: [String] = Array(drawn)
        return try await pool.transaction("answer_code_package.issue") { transaction in
            _ = try await Consultations.lock(questionnaire.consultation, by: actor, in: transaction)
            let package = ID<AnswerCodePackage>()
            // The insert gives one row.
            let row: Row = try await transaction.one(
                "answer_code_package.insert",
                """
                INSERT INTO answer_code_package (id, questionnaire_id, number, label, size, made_by)
                SELECT \(package), \(questionnaire.id), coalesce(max(number), 0) + 1, \(String(label.prefix(100))),
                       \(Int32(count)), \(actor.account)
                FROM answer_code_package WHERE questionnaire_id = \(questionnaire.id)
                RETURNING number
                """)!
            try await transaction.execute(
                "answer_code.insert",
                """
                INSERT INTO answer_code (package_id, number, code_hash)
                SELECT \(package), made.number, made.hash
                FROM unnest(\(codes.indices.map { $0 + 1 }),
                            \(codes.compactMap { Self.hash($0, questionnaire.id, secrets) })) AS made (number, hash)
                """)
            try await Acts.record(
                "answer_codes_issued", by: actor, on: "questionnaire", questionnaire.id,
                detail: ["count": String(count)], in: transaction)
            return AnswerCodePackage.Made(number: try row.get("number"), codes: codes)
        }
    }

    /// Makes one code of a package void, or all those that were never used.
    ///
    /// - Parameter number: of the code within its package; nil for all that are issued.
    /// - Returns: how many became void.
    /// - Throws: ``AnswerCodeRefusal/noSuchCode``; `NotAllowed` unless the actor is an agent of the process.
    @discardableResult
    public func void(
        _ number: Int?, of package: Int, for questionnaire: Questionnaire, by actor: Actor
    ) async throws -> Int {
        try await pool.transaction("answer_code.void") { transaction in
            _ = try await Consultations.lock(questionnaire.consultation, by: actor, in: transaction)
            let count: Int = try await transaction.execute(
                "answer_code.make_void",
                """
                UPDATE answer_code SET state = 'void' FROM answer_code_package
                WHERE answer_code_package.questionnaire_id = \(questionnaire.id)
                  AND answer_code_package.number = \(package) AND answer_code.package_id = answer_code_package.id
                  AND answer_code.state = 'issued'
                  AND (\(number)::int8 IS NULL OR answer_code.number = \(number))
                """)
            guard count > 0 else { throw AnswerCodeRefusal.noSuchCode }
            try await Acts.record(
                "answer_codes_voided", by: actor, on: "questionnaire", questionnaire.id,
                detail: ["package": String(package), "count": String(count)], in: transaction)
            return count
        }
    }

    // MARK: Answering

    /// The code that was typed, if it lets somebody answer.
    ///
    /// - Throws: ``AnsweringRefusal/unknownCode``, `.usedCode`, `.voidCode`.
    static func living(
        _ typed: String, _ questionnaire: Questionnaire, _ secrets: Secrets, in executor: some Executor
    ) async throws -> AnswerDraft.OneTimeCode {
        guard let hash = hash(typed, questionnaire.id, secrets) else { throw AnsweringRefusal.unknownCode }
        let row: Row? = try await executor.one(
            "answer_code.find", "SELECT package_id, number, state FROM answer_code WHERE code_hash = \(hash)")
        guard let row else { throw AnsweringRefusal.unknownCode }
        switch try row.get("state", as: String.self) {
        case "void": throw AnsweringRefusal.voidCode
        case "used" where questionnaire.once: throw AnsweringRefusal.usedCode
        default:
            return AnswerDraft.OneTimeCode(
                package: try row.get("package_id"), number: Int(try row.get("number", as: Int32.self)))
        }
    }

    /// Uses a code: of two who come at once, one.
    static func use(
        _ code: AnswerDraft.OneTimeCode, once: Bool, in transaction: some Executor
    ) async throws {
        let count: Int = try await transaction.execute(
            "answer_code.use",
            """
            UPDATE answer_code SET state = 'used'
            WHERE package_id = \(code.package) AND number = \(code.number)
              AND (state = 'issued' OR state = 'used' AND NOT \(once))
            """)
        guard count == 1 else { throw AnsweringRefusal.usedCode }
    }

    private static func hash(_ typed: String, _ questionnaire: ID<Questionnaire>, _ secrets: Secrets) -> [UInt8]? {
        guard let letters = ResponseCode.letters(in: typed, length: 12) else { return nil }
        return secrets.keyedHash(Array("\(questionnaire) \(letters)".utf8), label: "answer code")
    }
}
