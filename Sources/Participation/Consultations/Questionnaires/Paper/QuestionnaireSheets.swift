import Foundation
public import Postgres

/// Printed sheets of questionnaires: agents have them printed and keep their account; agents and entry operators of the
/// process enter what comes back.
public struct QuestionnaireSheets: Sendable {
    /// Who enters sheets, beside the agents of the process.
    public static let operators: [Role] = [.entryOperator]
    /// The most characters of a place and of a reason.
    public static let longestPlace = 120, longestReason = 1_000

    let pool: Pool
    let zone: String
    let draw: @Sendable () -> Int

    /// The sheets kept in the database of `pool`.
    ///
    /// - Parameters:
    ///   - zone: the city's time zone by its IANA name, which decides on what day a sheet is entered.
    ///   - draw: a number from 0 to 99 for each first entry: below the percentage, the sheet is read twice.
    public init(pool: Pool, zone: String, draw: @escaping @Sendable () -> Int = { Int.random(in: 0..<100) }) {
        self.pool = pool
        self.zone = zone
        self.draw = draw
    }

    // MARK: Reading

    /// What is said on the sheets of a questionnaire, and how many of them are read twice.
    public func settings(of questionnaire: ID<Questionnaire>) async throws -> PaperSettings {
        try await Self.settings(of: questionnaire, in: pool)
    }

    /// The editions of a questionnaire, the latest first.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent or an entry operator of the process; so do all that read
    ///   here.
    public func editions(of questionnaire: ID<Questionnaire>, by actor: Actor) async throws -> [SheetEdition] {
        try await Self.require(questionnaire, by: actor, in: pool)
        return try await pool.query(
            "questionnaire_edition.list",
            """
            SELECT \(sql: SheetEdition.columns) FROM \(sql: SheetEdition.tables)
            WHERE questionnaire_edition.questionnaire_id = \(questionnaire)
            ORDER BY questionnaire_edition.first_number DESC
            """
        ).map(SheetEdition.init(row:))
    }

    /// The account of each questionnaire of a consultation that sheets were issued for, over its editions. Whoever calls
    /// it has checked who asks.
    public func accounts(of consultation: ID<Consultation>) async throws -> [ID<Questionnaire>: SheetAccount] {
        let rows: [Row] = try await pool.query(
            "questionnaire_edition.accounts",
            """
            SELECT questionnaire_edition.questionnaire_id, \(sql: SheetEdition.columns) FROM \(sql: SheetEdition.tables)
            JOIN questionnaire ON questionnaire.id = questionnaire_edition.questionnaire_id
            WHERE questionnaire.consultation_id = \(consultation)
            """)
        var accounts: [ID<Questionnaire>: SheetAccount] = [:]
        for row in rows {
            let questionnaire: ID<Questionnaire> = try row.get("questionnaire_id")
            let account: SheetAccount = try SheetEdition(row: row).account
            accounts[questionnaire] = accounts[questionnaire].map { $0 + account } ?? account
        }
        return accounts
    }

    /// Sheets of a questionnaire in the order of their numbers, at most `limit` after `last`.
    ///
    /// - Parameter state: only those of which this has become; nil for all.
    public func list(
        of questionnaire: ID<Questionnaire>, _ state: QuestionnaireSheet.State? = nil, after last: Int = 0,
        limit: Int = 50, by actor: Actor
    ) async throws -> [QuestionnaireSheet] {
        try await Self.require(questionnaire, by: actor, in: pool)
        return try await Self.list(
            where: """
                questionnaire_sheet.questionnaire_id = \(questionnaire) AND questionnaire_sheet.number > \(last)
                AND (\(state?.rawValue)::text IS NULL OR questionnaire_sheet.state = \(state?.rawValue))
                """, limit: limit, in: pool)
    }

    /// Sheets with consecutive numbers, for the press.
    public func list(
        of questionnaire: ID<Questionnaire>, numbers: ClosedRange<Int>, by actor: Actor
    ) async throws -> [QuestionnaireSheet] {
        try await Self.require(questionnaire, by: actor, in: pool)
        return try await Self.list(
            where: """
                questionnaire_sheet.questionnaire_id = \(questionnaire)
                AND questionnaire_sheet.number BETWEEN \(numbers.lowerBound) AND \(numbers.upperBound)
                """, limit: numbers.count, in: pool)
    }

    /// Sheets that wait for a second reading by the actor, and those that wait for a third to settle them.
    public func pending(
        of questionnaire: ID<Questionnaire>, limit: Int = 50, by actor: Actor
    ) async throws -> (second: [QuestionnaireSheet], differing: [QuestionnaireSheet]) {
        try await Self.require(questionnaire, by: actor, in: pool)
        let second: [QuestionnaireSheet] = try await Self.list(
            where: """
                questionnaire_sheet.questionnaire_id = \(questionnaire) AND \(sql: QuestionnaireSheet.isAwaited)
                AND first.read_by IS DISTINCT FROM \(actor.account)
                """, limit: limit, in: pool)
        let differing: [QuestionnaireSheet] = try await Self.list(
            where: """
                questionnaire_sheet.questionnaire_id = \(questionnaire) AND \(sql: QuestionnaireSheet.isOpen)
                """, limit: limit, in: pool)
        return (second, differing)
    }

    /// The title of the questionnaire that a number belongs to; nil where the number is not given, and to whoever does
    /// not work on that questionnaire.
    public func title(of number: PaperNumber, by actor: Actor) async throws -> Texts? {
        let row: Row? = try await pool.one(
            "questionnaire_sheet.home",
            "SELECT questionnaire_id FROM questionnaire_sheet WHERE number = \(number.number)")
        guard let row else { return nil }
        do {
            return try await Self.require(row.get("questionnaire_id"), by: actor, in: pool).questionnaire.title
        } catch is NotAllowed { return nil }
    }

    /// A questionnaire that is answered on paper.
    public struct OnPaper: Sendable {
        /// What the consultation and the questionnaire are called.
        public let consultation: Texts, questionnaire: Texts
        /// Their handles in addresses.
        public let handles: (consultation: String, questionnaire: String)
    }

    /// The questionnaires of a process that sheets were issued for, the latest consultation first. Whoever calls it has
    /// checked who asks.
    public func onPaper(in process: ID<Process>) async throws -> [OnPaper] {
        try await pool.query(
            "questionnaire_sheet.on_paper",
            """
            SELECT consultation.title::text AS consultation, questionnaire.title::text AS questionnaire,
                   consultation.handle, questionnaire.handle AS own_handle
            FROM questionnaire JOIN consultation ON consultation.id = questionnaire.consultation_id
            WHERE consultation.process_id = \(process)
              AND EXISTS (SELECT FROM questionnaire_edition WHERE questionnaire_id = questionnaire.id)
            ORDER BY consultation.collects_from DESC, questionnaire.position
            """
        ).map { row in
            OnPaper(
                consultation: try Texts(json: row.get("consultation")),
                questionnaire: try Texts(json: row.get("questionnaire")),
                handles: (try row.get("handle"), try row.get("own_handle")))
        }
    }

    /// The processes with questionnaires that sheets were issued for.
    public func processesOnPaper() async throws -> Set<ID<Process>> {
        Set(
            try await pool.query(
                "questionnaire_sheet.processes",
                """
                SELECT DISTINCT consultation.process_id FROM consultation
                JOIN questionnaire ON questionnaire.consultation_id = consultation.id
                WHERE EXISTS (SELECT FROM questionnaire_edition WHERE questionnaire_id = questionnaire.id)
                """
            ).map { ID(try $0.get("process_id", as: UUID.self)) })
    }

    // MARK: Parts

    static func settings(of questionnaire: ID<Questionnaire>, in executor: some Executor) async throws -> PaperSettings
    {
        let row: Row? = try await executor.one(
            "questionnaire_paper.find",
            """
            SELECT sample_percent, hand_in::text AS hand_in, hand_in_until::text AS until
            FROM questionnaire_paper WHERE questionnaire_id = \(questionnaire)
            """)
        guard let row else { return PaperSettings() }
        return PaperSettings(
            samplePercent: Int(try row.get("sample_percent", as: Int32.self)),
            handIn: try Texts(json: row.get("hand_in")),
            handInUntil: try row.get("until", as: String?.self).flatMap { Day($0) })
    }

    static func list(
        where condition: SQL, limit: Int, in executor: some Executor
    ) async throws -> [QuestionnaireSheet] {
        try await executor.query(
            "questionnaire_sheet.list",
            """
            SELECT \(sql: QuestionnaireSheet.columns) FROM \(sql: QuestionnaireSheet.tables)
            WHERE \(sql: condition) ORDER BY questionnaire_sheet.number LIMIT \(limit)
            """
        ).map(QuestionnaireSheet.init(row:))
    }

    /// The questionnaire and its consultation, for who works on its paper.
    ///
    /// - Parameter roles: who may, beside the agents.
    /// - Throws: `NotAllowed` also when there is none: what is not there and what is not yours look the same.
    @discardableResult
    static func require(
        _ id: ID<Questionnaire>, or roles: [Role] = operators, by actor: Actor, in executor: some Executor
    ) async throws -> (questionnaire: Questionnaire, consultation: Consultation) {
        guard
            let questionnaire = try await Consultations.questionnaires(
                where: "questionnaire.id = \(id)", in: executor
            ).first
        else { throw NotAllowed(roles: Consultations.planners + roles) }
        let consultation: Consultation = try await Consultations.require(
            questionnaire.consultation, or: roles, by: actor, in: executor)
        return (questionnaire, consultation)
    }

    /// The sheet, held by this transaction until its end. Whoever calls it has checked the actor.
    ///
    /// - Throws: `NotAllowed` where the questionnaire has none of that number: what is not there and what is not yours
    ///   look the same.
    static func lock(
        _ number: PaperNumber, of questionnaire: ID<Questionnaire>, in transaction: some Executor
    ) async throws -> QuestionnaireSheet {
        try await transaction.execute(
            "questionnaire_sheet.lock",
            "SELECT 1 FROM questionnaire_sheet WHERE number = \(number.number) FOR UPDATE")
        guard
            let sheet = try await list(
                where: """
                    questionnaire_sheet.number = \(number.number)
                    AND questionnaire_sheet.questionnaire_id = \(questionnaire)
                    """, limit: 1, in: transaction
            ).first
        else { throw NotAllowed(roles: Consultations.planners + operators) }
        return sheet
    }
}
