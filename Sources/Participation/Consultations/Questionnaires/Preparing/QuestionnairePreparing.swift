import Postgres

/// Questionnaires of a consultation: their beginning, their settings, their end while nobody has answered.
extension Consultations {
    /// Begins a questionnaire, with an empty draft or with what another one asks.
    ///
    /// - Parameter source: the questionnaire whose form is copied: one of a published consultation, or one of a
    ///   consultation that the actor prepares.
    /// - Throws: `QuestionnaireRefusal.untitled`, `.malformedHandle`, `.handleTaken`, `.noWay`, `.onceNeedsSomebody`,
    ///   `.nothingToCopy`; `NotAllowed` unless the actor is an agent of the consultation's process.
    @discardableResult
    public func beginQuestionnaire(
        _ handle: String, _ settings: QuestionnaireSettings, in consultation: ID<Consultation>,
        copying source: ID<Questionnaire>? = nil, by actor: Actor
    ) async throws -> ID<Questionnaire> {
        guard Slug.isValid(handle) else { throw QuestionnaireRefusal.malformedHandle }
        try settings.check()
        let id = ID<Questionnaire>()
        do {
            try await pool.transaction("questionnaire.begin") { transaction in
                _ = try await Self.lock(consultation, by: actor, in: transaction)
                var form = QuestionnaireForm()
                if let source { form = try await Self.copy(source, by: actor, in: transaction) }
                _ = try await transaction.pipeline([
                    (
                        "questionnaire.insert",
                        """
                        INSERT INTO questionnaire (id, consultation_id, handle, position, title, introduction, thanks,
                                                   ways, is_anonymous, once, may_edit)
                        SELECT \(id), \(consultation), \(handle), coalesce(max(position), 0) + 1,
                               \(settings.title.json)::jsonb, \(settings.introduction.json)::jsonb,
                               \(settings.thanks.json)::jsonb, \(settings.wayWords), \(settings.isAnonymous),
                               \(settings.once), \(settings.mayEdit)
                        FROM questionnaire WHERE consultation_id = \(consultation)
                        """
                    ),
                    (
                        "questionnaire_version.insert",
                        """
                        INSERT INTO questionnaire_version (questionnaire_id, number, form)
                        VALUES (\(id), 1, \(try form.json)::jsonb)
                        """
                    ),
                ])
                try await Acts.record(
                    "questionnaire_begun", by: actor, on: "questionnaire", id, detail: ["questionnaire": handle],
                    in: transaction)
            }
        } catch let error as PostgresError where error.constraint == "questionnaire_handle" {
            throw QuestionnaireRefusal.handleTaken
        }
        return id
    }

    /// What another questionnaire asks: its live version where everybody may read it, its latest where the actor prepares it.
    private static func copy(
        _ source: ID<Questionnaire>, by actor: Actor, in transaction: some Executor
    ) async throws -> QuestionnaireForm {
        guard
            let questionnaire = try await questionnaires(where: "questionnaire.id = \(source)", in: transaction).first,
            let home = try await load(
                where: "consultation.id = \(questionnaire.consultation)", in: transaction
            ).first
        else { throw QuestionnaireRefusal.nothingToCopy }
        if home.publishedAt != nil, let live = questionnaire.liveVersion,
            let form = try await form(of: source, version: live, in: transaction)
        {
            return form
        }
        do {
            try await Authority.require(planners, of: actor, process: home.process, in: transaction)
        } catch is NotAllowed { throw QuestionnaireRefusal.nothingToCopy }
        let latest: Int = try await latestVersion(of: source, in: transaction)
        guard let form = try await form(of: source, version: latest, in: transaction) else {
            throw QuestionnaireRefusal.nothingToCopy
        }
        return form
    }

    /// The questionnaires that an agent may copy into a consultation: those of published consultations that have been
    /// opened, and those of the same process. The latest first, at most 200.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the consultation's process.
    public func copyable(
        into consultation: ID<Consultation>, by actor: Actor
    ) async throws -> [(consultation: Texts, questionnaire: Questionnaire)] {
        let home: Consultation = try await Self.require(consultation, by: actor, in: pool)
        return try await pool.query(
            "questionnaire.copyable",
            """
            SELECT \(sql: Questionnaire.columns), consultation.title::text AS consultation_title
            FROM questionnaire JOIN consultation ON consultation.id = questionnaire.consultation_id
            WHERE consultation.process_id = \(home.process)
               OR (consultation.published_at IS NOT NULL AND questionnaire.live_version IS NOT NULL)
            ORDER BY questionnaire.id DESC LIMIT 200
            """
        ).map { (try Texts(json: $0.get("consultation_title")), try Questionnaire(row: $0)) }
    }

    /// Changes how a questionnaire is answered and what is said around its questions. Once somebody has answered, what
    /// they were told stays: whether it is anonymous, once, open to changes, and the ways by which answers came.
    ///
    /// - Throws: `QuestionnaireRefusal.untitled`, `.noWay`, `.onceNeedsSomebody`, `.answered`, `.wayUsed`,
    ///   `.changedMeanwhile`; `NotAllowed` unless the actor is an agent of its process.
    public func settle(
        _ id: ID<Questionnaire>, _ settings: QuestionnaireSettings, revision: Int, by actor: Actor
    ) async throws {
        try settings.check()
        do {
            try await pool.transaction("questionnaire.settle") { transaction in
                let known: Questionnaire = try await Self.lockQuestionnaire(id, by: actor, in: transaction)
                guard known.revision == revision else { throw QuestionnaireRefusal.changedMeanwhile }
                let received: Received = try await Self.received(by: id, in: transaction)
                if received.isAnswered {
                    let (old, new) = (known.settings, settings)
                    guard old.isAnonymous == new.isAnonymous, old.once == new.once, old.mayEdit == new.mayEdit else {
                        throw QuestionnaireRefusal.answered
                    }
                    // Of answers on their way nobody knows by which way they came.
                    let lost: Set<AnswerWay> = (received.isAwaiting ? known.ways : received.ways)
                        .subtracting(settings.ways)
                    if !lost.isEmpty { throw QuestionnaireRefusal.wayUsed(AnswerWay.allCases.filter(lost.contains)) }
                }
                try await transaction.execute(
                    "questionnaire.save_settings",
                    """
                    UPDATE questionnaire
                    SET title = \(settings.title.json)::jsonb, introduction = \(settings.introduction.json)::jsonb,
                        thanks = \(settings.thanks.json)::jsonb, ways = \(settings.wayWords),
                        is_anonymous = \(settings.isAnonymous), once = \(settings.once), may_edit = \(settings.mayEdit),
                        revision = revision + 1
                    WHERE id = \(id)
                    """)
                try await Acts.record("questionnaire_settled", by: actor, on: "questionnaire", id, in: transaction)
            }
        } catch let error as PostgresError where error.kind == .foreignKeyViolation {
            // Something that was answered hangs on it, and says whether it is anonymous.
            throw QuestionnaireRefusal.answered
        }
    }

    /// Takes away a questionnaire that nobody has answered, with everything that it would have asked.
    ///
    /// - Throws: `QuestionnaireRefusal.answered`; `NotAllowed` unless the actor is an agent of its process.
    public func removeQuestionnaire(_ id: ID<Questionnaire>, by actor: Actor) async throws {
        do {
            try await pool.transaction("questionnaire.remove") { transaction in
                let known: Questionnaire = try await Self.lockQuestionnaire(id, by: actor, in: transaction)
                let received: Received = try await Self.received(by: id, in: transaction)
                guard !received.isAnswered else { throw QuestionnaireRefusal.answered }
                try await transaction.execute("questionnaire.delete", "DELETE FROM questionnaire WHERE id = \(id)")
                try await Acts.record(
                    "questionnaire_removed", by: actor, on: "questionnaire", id,
                    detail: ["questionnaire": known.handle], in: transaction)
            }
        } catch let error as PostgresError where error.kind == .foreignKeyViolation {
            throw QuestionnaireRefusal.answered
        }
    }

    /// The questionnaire, held by this transaction until its end, for an act of an agent of its process.
    ///
    /// - Throws: `NotAllowed` also when there is none.
    static func lockQuestionnaire(
        _ id: ID<Questionnaire>, by actor: Actor, in transaction: some Executor
    ) async throws -> Questionnaire {
        try await transaction.execute("questionnaire.lock", "SELECT 1 FROM questionnaire WHERE id = \(id) FOR UPDATE")
        guard let known = try await questionnaires(where: "questionnaire.id = \(id)", in: transaction).first else {
            throw NotAllowed(roles: planners)
        }
        try await require(known.consultation, by: actor, in: transaction)
        return known
    }

    /// What has come of a questionnaire: the ways of the answers, and whether some are still on their way.
    private struct Received {
        let ways: Set<AnswerWay>
        let isAwaiting: Bool

        var isAnswered: Bool { isAwaiting || !ways.isEmpty }
    }

    /// Whoever answers holds the questionnaire too, so that what is read here stays true until the transaction ends.
    private static func received(
        by id: ID<Questionnaire>, in transaction: some Executor
    ) async throws -> Received {
        let rows: [Row] = try await transaction.query(
            "questionnaire.received",
            """
            SELECT DISTINCT way FROM response WHERE questionnaire_id = \(id)
            UNION ALL
            SELECT 'awaiting' WHERE EXISTS (SELECT FROM incoming_response WHERE questionnaire_id = \(id))
            """)
        let words: [String] = try rows.map { try $0.get("way") }
        return Received(ways: Set(words.compactMap(AnswerWay.init)), isAwaiting: words.contains("awaiting"))
    }

    static func latestVersion(of id: ID<Questionnaire>, in executor: some Executor) async throws -> Int {
        let row: Row? = try await executor.one(
            "questionnaire_version.latest",
            "SELECT coalesce(max(number), 0) AS number FROM questionnaire_version WHERE questionnaire_id = \(id)")
        return Int(try row?.get("number", as: Int32.self) ?? 0)
    }
}
