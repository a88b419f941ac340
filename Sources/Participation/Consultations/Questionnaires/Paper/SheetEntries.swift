import Foundation
import Postgres

/// What stands on a sheet, entered by an agent or an entry operator of the process, of the sample by two.
///
/// Paper arrives late: it is entered until the synthesis is published.
extension QuestionnaireSheets {
    /// Enters what stands on a sheet. Whether it is read twice is drawn now.
    ///
    /// - Returns: whether somebody else is to read it too.
    /// - Throws: `Refused<PaperRefusal>` with everything that is wrong; `NotAllowed` unless the actor has an account and
    ///   is an agent or an entry operator of the process.
    @discardableResult
    public func enter(
        _ found: PaperAnswers, from number: PaperNumber, of id: ID<Questionnaire>, by actor: Actor
    ) async throws -> Bool {
        try await settling {
            try await pool.transaction("questionnaire_sheet.enter") { transaction in
                let scene: Scene = try await Self.scene(number, of: id, by: actor, in: transaction)
                switch scene.sheet.state {
                case .issued: break
                case .entered: throw Refused(PaperRefusal.alreadyEntered)
                case .unused, .spoiled: throw Refused(PaperRefusal.setAside)
                }
                try await Self.check(found, of: scene.form, in: transaction)
                let settings: PaperSettings = try await Self.settings(of: id, in: transaction)
                // Random, so that it says nothing of an order.
                let response = ID<Response>(UUID())
                let isDrawn: Bool = draw() < settings.samplePercent
                let counted: PaperAnswers = found.counted(in: scene.form)
                try await transaction.execute(
                    "questionnaire_sheet.response",
                    """
                    INSERT INTO response (id, questionnaire_id, is_anonymous, version, way, language, answers,
                                          received_on)
                    VALUES (\(response), \(id), \(scene.questionnaire.isAnonymous), \(scene.sheet.version), 'paper',
                            \(scene.sheet.language.rawValue), \(counted.answers.json)::jsonb,
                            (now() AT TIME ZONE \(zone))::date)
                    """)
                try await insert(found, as: 1, of: scene, in: transaction)
                let row: Row? = try await transaction.one(
                    "questionnaire_sheet.entered",
                    """
                    UPDATE questionnaire_sheet
                    SET state = 'entered', response_id = \(response), marks = \(counted.marksJSON)::jsonb,
                        is_sampled = COALESCE(is_sampled, \(isDrawn))
                    WHERE number = \(number.number) RETURNING is_sampled
                    """)
                try await Acts.record(
                    "questionnaire_sheet_entered", by: actor, on: "questionnaire", id, detail: scene.detail,
                    in: transaction)
                return try row?.get("is_sampled") ?? false
            }
        }
    }

    /// Enters a sheet of the sample a second time.
    ///
    /// - Returns: in how many fields the readings differ.
    /// - Throws: as ``enter(_:from:of:by:)``.
    @discardableResult
    public func enterAgain(
        _ found: PaperAnswers, from number: PaperNumber, of id: ID<Questionnaire>, by actor: Actor
    ) async throws -> Int {
        try await settling {
            try await pool.transaction("questionnaire_sheet.enter_again") { transaction in
                let scene: Scene = try await Self.scene(number, of: id, by: actor, in: transaction)
                guard scene.sheet.check == .awaited else { throw Refused(PaperRefusal.notAwaited) }
                guard scene.sheet.enteredBy != scene.reader else { throw Refused(PaperRefusal.samePerson) }
                try await Self.check(found, of: scene.form, in: transaction)
                let readings: [SheetReading] = try await transaction.query(
                    "questionnaire_reading.first", Self.readings(of: number)
                ).map(SheetReading.init(row:))
                guard let first = readings.first else { throw Refused(PaperRefusal.notEntered) }
                try await insert(found, as: 2, of: scene, in: transaction)
                let compared: [ReadingComparison] = ReadingComparison.all(first.found, found, of: scene.form)
                try await transaction.execute(
                    "questionnaire_comparison.insert",
                    """
                    INSERT INTO questionnaire_comparison (sheet_number, question, compared, differing)
                    SELECT \(number.number), made.question, made.compared, made.differing
                    FROM unnest(\(compared.map(\.question)), \(compared.map { Int32($0.compared) }),
                                \(compared.map { Int32($0.differing) })) AS made (question, compared, differing)
                    """)
                try await Acts.record(
                    "questionnaire_sheet_read_again", by: actor, on: "questionnaire", id, detail: scene.detail,
                    in: transaction)
                return compared.reduce(0) { $0 + $1.differing }
            }
        }
    }

    /// Corrects what stands of a sheet. What stood there before is kept; the readings stay as they were read, so that a
    /// correction mends the answer and not the rate of mistakes.
    ///
    /// - Throws: as ``enter(_:from:of:by:)``; `NotAllowed` unless the actor is an agent of the process or has entered the
    ///   sheet.
    public func correct(
        _ found: PaperAnswers, of number: PaperNumber, because reason: String, of id: ID<Questionnaire>,
        by actor: Actor
    ) async throws {
        try await settling {
            try await pool.transaction("questionnaire_sheet.correct") { transaction in
                let scene: Scene = try await Self.scene(number, of: id, by: actor, in: transaction)
                if scene.sheet.enteredBy != scene.reader {
                    try await Consultations.require(scene.consultation.id, by: actor, in: transaction)
                }
                guard scene.sheet.state == .entered else { throw Refused(PaperRefusal.notEntered) }
                guard scene.sheet.check != .awaited || scene.sheet.enteredBy == scene.reader else {
                    throw Refused(PaperRefusal.awaited)
                }
                if let misfit = Self.misfit(of: reason) { throw Refused(misfit) }
                try await Self.check(found, of: scene.form, in: transaction)
                try await stand(found, as: .corrected, because: reason, of: scene, by: actor, in: transaction)
                try await Acts.record(
                    "questionnaire_sheet_corrected", by: actor, on: "questionnaire", id, detail: scene.detail,
                    in: transaction)
            }
        }
    }

    /// Takes back what was entered of a sheet, with both readings; the sheet can be entered anew. What stood on it is
    /// kept nowhere.
    ///
    /// - Throws: `Refused<PaperRefusal>`; `NotAllowed` unless the actor is an agent of the process.
    public func undo(
        _ number: PaperNumber, because reason: String, of id: ID<Questionnaire>, by actor: Actor
    ) async throws {
        try await pool.transaction("questionnaire_sheet.undo") { transaction in
            let scene: Scene = try await Self.scene(number, of: id, or: [], by: actor, in: transaction)
            guard scene.sheet.state != .issued else { throw Refused(PaperRefusal.notEntered) }
            if let misfit = Self.misfit(of: reason) { throw Refused(misfit) }
            _ = try await transaction.pipeline([
                (
                    "questionnaire_sheet.undo_response",
                    """
                    DELETE FROM response USING questionnaire_sheet
                    WHERE questionnaire_sheet.number = \(number.number)
                      AND response.id = questionnaire_sheet.response_id
                    """
                ),
                (
                    "questionnaire_sheet.undo_readings",
                    "DELETE FROM questionnaire_reading WHERE sheet_number = \(number.number)"
                ),
                (
                    "questionnaire_sheet.undo_comparison",
                    "DELETE FROM questionnaire_comparison WHERE sheet_number = \(number.number)"
                ),
                (
                    "questionnaire_sheet.undo_settlement",
                    "DELETE FROM questionnaire_settlement WHERE sheet_number = \(number.number)"
                ),
                (
                    "questionnaire_sheet.undo_before",
                    "UPDATE questionnaire_sheet_change SET before = NULL WHERE sheet_number = \(number.number)"
                ),
                (
                    "questionnaire_sheet.undone",
                    """
                    UPDATE questionnaire_sheet SET state = 'issued', response_id = NULL, marks = '{}'
                    WHERE number = \(number.number)
                    """
                ),
            ])
            try await Self.keep(nil, as: .undone, because: reason, of: number, by: actor, in: transaction)
            try await Acts.record(
                "questionnaire_sheet_undone", by: actor, on: "questionnaire", id, detail: scene.detail,
                in: transaction)
        }
    }
}

// MARK: Parts

extension QuestionnaireSheets {
    /// What every act on a sheet begins with.
    struct Scene {
        let sheet: QuestionnaireSheet
        let form: QuestionnaireForm
        let questionnaire: Questionnaire
        let consultation: Consultation
        /// Whoever has the sheet in hand.
        let reader: ID<Account>

        var detail: [String: String] {
            [
                "consultation": consultation.handle, "questionnaire": questionnaire.handle,
                "sheet": sheet.number.text,
            ]
        }
    }

    /// The sheet, held, for an act of somebody with an account: a reading has a reader.
    static func scene(
        _ number: PaperNumber, of id: ID<Questionnaire>, or roles: [Role] = operators, by actor: Actor,
        in transaction: some Executor
    ) async throws -> Scene {
        let (questionnaire, consultation) = try await require(id, or: roles, by: actor, in: transaction)
        guard let reader = actor.account else { throw NotAllowed(roles: Consultations.planners + roles) }
        let sheet: QuestionnaireSheet = try await lock(number, of: id, in: transaction)
        guard let form = try await Consultations.form(of: id, version: sheet.version, in: transaction) else {
            throw NotAllowed(roles: Consultations.planners + roles)
        }
        guard consultation.synthesisedAt == nil else { throw Refused(PaperRefusal.over) }
        return Scene(
            sheet: sheet, form: form, questionnaire: questionnaire, consultation: consultation, reader: reader)
    }

    /// The database settles what two do at once.
    func settling<Result>(_ act: () async throws -> Result) async throws -> Result {
        do {
            return try await act()
        } catch let error as PostgresError {
            switch error.constraint {
            case "questionnaire_reading_pk": throw Refused(PaperRefusal.alreadyEntered)
            case "questionnaire_reading_two_people": throw Refused(PaperRefusal.samePerson)
            case "questionnaire_settlement_pk": throw Refused(PaperRefusal.nothingToSettle)
            case "questionnaire_settlement_by_third": throw Refused(PaperRefusal.reader)
            default: throw error
            }
        }
    }

    /// Nobody is asked again: what is missing on paper, or too little, is taken as it stands. What cannot be an answer
    /// is refused, and what contradicts itself is marked.
    static func check(
        _ found: PaperAnswers, of form: QuestionnaireForm, in transaction: some Executor
    ) async throws {
        guard !found.isEmpty else { throw Refused(PaperRefusal.nothing) }
        let districts: Set<String> = Set(
            try await transaction.query("questionnaire_sheet.districts", "SELECT code FROM district")
                .map { try $0.get("code", as: String.self) })
        var reasons: [PaperRefusal] = []
        let known: [String: QuestionnaireForm.Question] = Dictionary(
            form.questions.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let foreign: [String] = (Array(found.answers.byQuestion.keys) + found.marks.keys).filter { known[$0] == nil }
        reasons += foreign.sorted().map { .answer(question: $0, .notAnOption) }
        for question in form.questions {
            guard let answer = found.answers[question.key] else { continue }
            if question.kind == .photo || found.marks[question.key] != nil {
                reasons.append(.answer(question: question.key, .notAnOption))
                continue
            }
            switch question.problem(with: answer, districts: districts) {
            case nil, .missing, .tooFew, .rowsMissing: break
            case let problem?: reasons.append(.answer(question: question.key, problem))
            }
        }
        if !reasons.isEmpty { throw Refused(reasons: reasons) }
    }

    private func insert(
        _ found: PaperAnswers, as reading: Int16, of scene: Scene, in transaction: some Executor
    ) async throws {
        try await transaction.execute(
            "questionnaire_reading.insert",
            """
            INSERT INTO questionnaire_reading (sheet_number, reading, answers, marks, read_by, read_on)
            VALUES (\(scene.sheet.number.number), \(reading), \(found.answers.json)::jsonb,
                    \(found.marksJSON)::jsonb, \(scene.reader), (now() AT TIME ZONE \(zone))::date)
            """)
    }

    /// Puts other answers in the place of those that stand, and keeps what stood where they differ.
    func stand(
        _ found: PaperAnswers, as kind: SheetChange.Kind, because reason: String, of scene: Scene, by actor: Actor,
        in transaction: some Executor
    ) async throws {
        let number: PaperNumber = scene.sheet.number
        guard
            let row = try await transaction.one("questionnaire_sheet.stood", Self.standing(of: number))
        else { throw Refused(PaperRefusal.notEntered) }
        let stood = try PaperAnswers(row: row)
        let counted: PaperAnswers = found.counted(in: scene.form)
        var before = SheetChange.Before(answers: [:], marks: [:], nothing: [])
        for question in scene.form.questions where stood.found(question.key) != counted.found(question.key) {
            switch stood.found(question.key) {
            case .nothing: before.nothing.append(question.key)
            case .answer(let value): before.answers[question.key] = value
            case .mark(let mark): before.marks[question.key] = mark
            }
        }
        try await transaction.execute(
            "questionnaire_sheet.stand_answers",
            """
            UPDATE response SET answers = \(counted.answers.json)::jsonb FROM questionnaire_sheet
            WHERE questionnaire_sheet.number = \(number.number) AND response.id = questionnaire_sheet.response_id
            """)
        try await transaction.execute(
            "questionnaire_sheet.stand_marks",
            """
            UPDATE questionnaire_sheet SET marks = \(counted.marksJSON)::jsonb WHERE number = \(number.number)
            """)
        try await Self.keep(
            try PaperJSON.encode(before), as: kind, because: reason, of: number, by: actor, in: transaction)
    }

    static func keep(
        _ before: String?, as kind: SheetChange.Kind, because reason: String, of number: PaperNumber, by actor: Actor,
        in transaction: some Executor
    ) async throws {
        try await transaction.execute(
            "questionnaire_sheet_change.insert",
            """
            INSERT INTO questionnaire_sheet_change (id, sheet_number, kind, before, reason, changed_by)
            VALUES (\(ID<SheetChange>()), \(number.number), \(kind.rawValue), \(before)::jsonb, \(reason),
                    \(actor.account))
            """)
    }
}
