import Postgres

/// The draft of a questionnaire: what will be asked once it is opened.
extension Consultations {
    /// Changes the draft, and returns the key of what the change concerns.
    ///
    /// A draft may be unfinished, and its conditions may wait for questions to come to their place; what could never be
    /// opened is refused.
    ///
    /// - Parameter accepting: whether it is known that answers lose what they have chosen.
    /// - Throws: `QuestionnaireRefusal.noDraft`, `.changedMeanwhile`, `.broken`, `.tooLarge`; `LostAnswers` where options
    ///   or questions that have answers would go or get other words and that is not accepted; `NotAllowed` unless the
    ///   actor is an agent of its process.
    @discardableResult
    public func edit(
        _ id: ID<Questionnaire>, _ edit: FormEdit, accepting: Bool = false, by actor: Actor
    ) async throws -> String? {
        do {
            return try await pool.transaction("questionnaire.edit") { transaction in
                let known: Questionnaire = try await Self.lockQuestionnaire(id, by: actor, in: transaction)
                let (number, before) = try await Self.draft(of: known, in: transaction)
                var form: QuestionnaireForm = before
                let key: String? = try form.apply(edit)
                let districts: Set<String> = try await Self.districts(in: transaction)
                try Self.check(form, after: edit, districts: districts)
                if !accepting {
                    let lost: LostAnswers = try await Self.lost(from: before, to: form, of: id, in: transaction)
                    if !lost.all.isEmpty { throw lost }
                }
                try await Self.keep(form, before: before, number: number, of: known, in: transaction)
                try await Acts.record("questionnaire_edited", by: actor, on: "questionnaire", id, in: transaction)
                return key
            }
        } catch let error as PostgresError where error.constraint == "questionnaire_version_size" {
            throw QuestionnaireRefusal.tooLarge
        }
    }

    /// Undoes the last change of the draft; doing it twice does the change again.
    ///
    /// - Throws: `QuestionnaireRefusal.noDraft`, `.nothingToUndo`; `NotAllowed` unless the actor is an agent of its
    ///   process.
    public func undo(_ id: ID<Questionnaire>, by actor: Actor) async throws {
        try await pool.transaction("questionnaire.undo") { transaction in
            let known: Questionnaire = try await Self.lockQuestionnaire(id, by: actor, in: transaction)
            let (number, form) = try await Self.draft(of: known, in: transaction)
            let row: Row? = try await transaction.one(
                "questionnaire_undo.read",
                """
                SELECT form::text AS form FROM questionnaire_undo
                WHERE questionnaire_id = \(id) AND number = \(number)
                  AND revision = \(Int32(clamping: known.revision))
                """)
            guard let row else { throw QuestionnaireRefusal.nothingToUndo }
            try await Self.keep(
                try QuestionnaireForm(json: row.get("form")), before: form, number: number, of: known, in: transaction)
            try await Acts.record("questionnaire_undone", by: actor, on: "questionnaire", id, in: transaction)
        }
    }

    /// Begins a draft with what is asked now. What is asked stays until the draft is opened.
    ///
    /// - Throws: `QuestionnaireRefusal.draftThere`; `NotAllowed` unless the actor is an agent of its process.
    public func beginDraft(_ id: ID<Questionnaire>, by actor: Actor) async throws {
        do {
            try await pool.transaction("questionnaire.begin_draft") { transaction in
                _ = try await Self.lockQuestionnaire(id, by: actor, in: transaction)
                try await transaction.execute(
                    "questionnaire_version.begin",
                    """
                    INSERT INTO questionnaire_version (questionnaire_id, number, form)
                    SELECT questionnaire_id, number + 1, form FROM questionnaire_version
                    WHERE questionnaire_id = \(id) ORDER BY number DESC LIMIT 1
                    """)
                try await Self.count(id, in: transaction)
                try await Acts.record("questionnaire_draft_begun", by: actor, on: "questionnaire", id, in: transaction)
            }
        } catch let error as PostgresError where error.constraint == "questionnaire_version_one_draft" {
            throw QuestionnaireRefusal.draftThere
        }
    }

    /// Throws the draft away where something is asked already.
    ///
    /// - Throws: `QuestionnaireRefusal.noDraft`, also where nothing has been opened: the questionnaire itself is removed
    ///   then; `NotAllowed` unless the actor is an agent of its process.
    public func discardDraft(_ id: ID<Questionnaire>, by actor: Actor) async throws {
        try await pool.transaction("questionnaire.discard_draft") { transaction in
            let known: Questionnaire = try await Self.lockQuestionnaire(id, by: actor, in: transaction)
            guard known.liveVersion != nil else { throw QuestionnaireRefusal.noDraft }
            let gone: Int = try await transaction.execute(
                "questionnaire_version.discard",
                "DELETE FROM questionnaire_version WHERE questionnaire_id = \(id) AND frozen_at IS NULL")
            guard gone == 1 else { throw QuestionnaireRefusal.noDraft }
            try await Self.count(id, in: transaction)
            try await Acts.record("questionnaire_draft_discarded", by: actor, on: "questionnaire", id, in: transaction)
        }
    }

    /// Opens the draft: it is frozen, and asked from now on while the consultation collects.
    ///
    /// - Parameter revision: of the questionnaire as it was shown to who opens it.
    /// - Throws: `QuestionnaireRefusal.noDraft`, `.changedMeanwhile`, `.notReady`, `.unchanged`, `.over`; `NotAllowed`
    ///   unless the actor is an agent of its process.
    public func openDraft(_ id: ID<Questionnaire>, revision: Int, by actor: Actor) async throws {
        try await pool.transaction("questionnaire.open") { transaction in
            let known: Questionnaire = try await Self.lockQuestionnaire(id, by: actor, in: transaction)
            guard known.revision == revision else { throw QuestionnaireRefusal.changedMeanwhile }
            let home: Consultation = try await Self.require(known.consultation, by: actor, in: transaction)
            guard home.stage <= .collection else { throw QuestionnaireRefusal.over }
            let (number, form) = try await Self.draft(of: known, in: transaction)
            let problems: [FormProblem] = form.problems(districts: try await Self.districts(in: transaction))
            guard problems.isEmpty else { throw QuestionnaireRefusal.notReady(problems) }
            if let live = known.liveVersion, try await Self.form(of: id, version: live, in: transaction) == form {
                throw QuestionnaireRefusal.unchanged
            }
            _ = try await transaction.pipeline([
                (
                    "questionnaire_version.freeze",
                    """
                    UPDATE questionnaire_version SET frozen_at = now()
                    WHERE questionnaire_id = \(id) AND number = \(number)
                    """
                ),
                (
                    "questionnaire.go_live",
                    """
                    UPDATE questionnaire SET live_version = \(number), opened_at = coalesce(opened_at, now()),
                           revision = revision + 1
                    WHERE id = \(id)
                    """
                ),
            ])
            try await Acts.record(
                "questionnaire_opened", by: actor, on: "questionnaire", id, detail: ["version": String(number)],
                in: transaction)
        }
    }

    // MARK: In the transaction

    private static func check(
        _ form: QuestionnaireForm, after edit: FormEdit, districts: Set<String>
    ) throws(QuestionnaireRefusal) {
        let problems: [FormProblem] = form.problems(districts: districts).filter { problem in
            if problem.isUnfinished { return false }
            return switch edit {
            // Who has just written something is told at once.
            case .writeSection(let section, _): !problem.isOfOrder || problem.isAt(section: section.key)
            case .writeQuestion(let question, _, _): !problem.isOfOrder || problem.question == question.key
            // A file that makes no sense is not begun with.
            case .replace: true
            default: !problem.isOfOrder
            }
        }
        if !problems.isEmpty { throw .broken(problems) }
    }

    private static func draft(
        of questionnaire: Questionnaire, in executor: some Executor
    ) async throws -> (number: Int32, form: QuestionnaireForm) {
        let row: Row? = try await executor.one(
            "questionnaire_version.draft",
            """
            SELECT number, form::text AS form FROM questionnaire_version
            WHERE questionnaire_id = \(questionnaire.id) AND frozen_at IS NULL
            """)
        guard let row else { throw QuestionnaireRefusal.noDraft }
        return (try row.get("number"), try QuestionnaireForm(json: row.get("form")))
    }

    private static func keep(
        _ form: QuestionnaireForm, before: QuestionnaireForm, number: Int32, of questionnaire: Questionnaire,
        in transaction: some Executor
    ) async throws {
        let id: ID<Questionnaire> = questionnaire.id
        _ = try await transaction.pipeline([
            (
                "questionnaire_version.save",
                """
                UPDATE questionnaire_version SET form = \(try form.json)::jsonb
                WHERE questionnaire_id = \(id) AND number = \(number)
                """
            ),
            (
                "questionnaire_undo.keep",
                """
                INSERT INTO questionnaire_undo (questionnaire_id, number, revision, form)
                VALUES (\(id), \(number), \(Int32(clamping: questionnaire.revision + 1)), \(try before.json)::jsonb)
                ON CONFLICT ON CONSTRAINT questionnaire_undo_pk
                DO UPDATE SET number = excluded.number, revision = excluded.revision, form = excluded.form
                """
            ),
        ])
        try await count(id, in: transaction)
    }

    private static func count(_ id: ID<Questionnaire>, in transaction: some Executor) async throws {
        try await transaction.execute(
            "questionnaire.count_revision", "UPDATE questionnaire SET revision = revision + 1 WHERE id = \(id)")
    }

    private static func districts(in executor: some Executor) async throws -> Set<String> {
        Set(try await executor.query("district.codes", "SELECT code FROM district").map { try $0.get("code") })
    }
}

extension FormProblem {
    fileprivate func isAt(section key: String) -> Bool { section == key && question == nil }
}
