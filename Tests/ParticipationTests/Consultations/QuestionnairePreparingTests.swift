import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// A consultation that collects, an agent of its process, and an agent of another one.
private struct Study: Sendable {
    let pool: Pool
    let consultation: ID<Consultation>
    let agent: Actor
    let stranger: Actor
    let resident: Actor

    var consultations: Consultations { Consultations(pool: pool) }

    static func begin(_ pool: Pool) async throws -> Study {
        let square: Square = try await .begin(pool)
        let elsewhere: ID<Participation.Process> = try await Square.call("elsewhere", Square.ideas, pool)
        func agent(_ name: String, of process: ID<Participation.Process>) async throws -> Actor {
            let role = HeldRole(.participationAgent, for: .process(process))
            return .official(try await square.town.resident(name, roles: [role]).id, .participationAgent)
        }
        let (alma, basile) = (
            try await agent("Alma", of: square.process), try await agent("Basile", of: elsewhere)
        )
        let consultations = Consultations(pool: pool)
        let id: ID<Consultation> = try await consultations.plan(
            ConsultationPlan(
                handle: "place", title: Texts(["fr": "La place"]),
                timetable: ConsultationTimetable(
                    collectsFrom: Date(timeIntervalSinceNow: -3600),
                    collectsUntil: Date(timeIntervalSinceNow: 30 * 86_400), synthesisDue: Day("2099-01-01")!,
                    answerDue: Day("2099-02-01")!)), in: square.process, by: alma)
        return Study(
            pool: pool, consultation: id, agent: alma, stranger: basile,
            resident: try await square.resident("Ada"))
    }

    static let settings = QuestionnaireSettings(title: Texts(["fr": "Usages"]), ways: [.account, .paper])

    func begin(_ handle: String = "usages") async throws -> ID<Questionnaire> {
        try await consultations.beginQuestionnaire(handle, Self.settings, in: consultation, by: agent)
    }

    func file(_ id: ID<Questionnaire>) async throws -> QuestionnaireFile {
        try await consultations.file(id, by: agent)
    }

    func edit(_ id: ID<Questionnaire>, _ edit: FormEdit, accepting: Bool = false) async throws {
        try await consultations.edit(id, edit, accepting: accepting, by: agent)
    }

    /// A section with a choice and a number, open.
    func opened(_ handle: String = "usages") async throws -> ID<Questionnaire> {
        let id: ID<Questionnaire> = try await begin(handle)
        try await edit(id, .replace(Forms.form(Forms.question("vient", .single), Forms.question("age", .number))))
        try await open(id)
        return id
    }

    func open(_ id: ID<Questionnaire>) async throws {
        try await consultations.openDraft(id, revision: try await file(id).questionnaire.revision, by: agent)
    }

    /// Somebody's answer, by plain SQL.
    func answer(_ id: ID<Questionnaire>, _ json: String, way: AnswerWay = .account) async throws {
        try await pool.execute(
            "test.answer",
            """
            INSERT INTO response (id, questionnaire_id, is_anonymous, version, way, language, answers, received_on)
            SELECT gen_random_uuid(), id, is_anonymous, live_version, \(way.rawValue), 'fr', \(json)::jsonb, current_date
            FROM questionnaire WHERE id = \(id)
            """)
    }

    func acts() async throws -> [String] {
        try await Acts(pool: pool).list(kinds: ["questionnaire"]).map(\.act).reversed()
    }
}

@Suite(.database) struct QuestionnairePreparingTests {
    @Test func `a questionnaire is begun, written, undone, opened, changed and opened again`() async throws {
        let study: Study = try await .begin(TestDatabase.pool)
        let id: ID<Questionnaire> = try await study.begin()
        await #expect(throws: QuestionnaireRefusal.handleTaken) { _ = try await study.begin() }
        await #expect(throws: QuestionnaireRefusal.malformedHandle) { _ = try await study.begin("Usages") }
        try await study.edit(id, .addSection(title: Texts(["fr": "La place"])))
        try await study.edit(id, .addQuestion(.number, title: Texts(["fr": "Combien ?"]), section: "la-place"))
        try await study.edit(id, .remove(.question("combien")))
        #expect(try await study.file(id).form.questions.isEmpty)
        let problems: [FormProblem] = try await study.file(id).problems
        await #expect(throws: QuestionnaireRefusal.notReady(problems)) { try await study.open(id) }
        try await study.consultations.undo(id, by: study.agent)
        #expect(try await study.file(id).form.questions.map(\.key) == ["combien"])
        try await study.consultations.undo(id, by: study.agent)
        #expect(try await study.file(id).form.questions.isEmpty)
        try await study.consultations.undo(id, by: study.agent)
        try await study.open(id)
        var file: QuestionnaireFile = try await study.file(id)
        #expect(file.questionnaire.liveVersion == 1 && !file.isDraft && !file.mayUndo)
        await #expect(throws: QuestionnaireRefusal.noDraft) {
            try await study.edit(id, .addSection(title: Texts(["fr": "B"])))
        }
        await #expect(throws: QuestionnaireRefusal.noDraft) { try await study.consultations.undo(id, by: study.agent) }
        try await study.consultations.beginDraft(id, by: study.agent)
        await #expect(throws: QuestionnaireRefusal.draftThere) {
            try await study.consultations.beginDraft(id, by: study.agent)
        }
        await #expect(throws: QuestionnaireRefusal.unchanged) { try await study.open(id) }
        try await study.consultations.discardDraft(id, by: study.agent)
        await #expect(throws: QuestionnaireRefusal.noDraft) {
            try await study.consultations.discardDraft(id, by: study.agent)
        }
        try await study.consultations.beginDraft(id, by: study.agent)
        try await study.edit(id, .addQuestion(.shortText, title: Texts(["fr": "Un mot"]), section: "la-place"))
        try await study.open(id)
        file = try await study.file(id)
        #expect(file.questionnaire.liveVersion == 2 && file.versions.map(\.number) == [2, 1])
        #expect(try await study.consultations.form(of: id, version: 1)?.questions.count == 1)
        #expect(
            try await study.acts() == [
                "questionnaire_begun", "questionnaire_edited", "questionnaire_edited", "questionnaire_edited",
                "questionnaire_undone", "questionnaire_undone", "questionnaire_undone", "questionnaire_opened",
                "questionnaire_draft_begun", "questionnaire_draft_discarded", "questionnaire_draft_begun",
                "questionnaire_edited", "questionnaire_opened",
            ])
    }

    @Test func `only agents of the process prepare its questionnaires, and others see none`() async throws {
        let study: Study = try await .begin(TestDatabase.pool)
        let (id, other): (ID<Questionnaire>, Consultations) = (try await study.opened(), study.consultations)
        for actor in [study.stranger, study.resident, .visitor] {
            await #expect(throws: NotAllowed.self) {
                try await other.beginQuestionnaire("x", Study.settings, in: study.consultation, by: actor)
            }
            await #expect(throws: NotAllowed.self) { _ = try await other.file(id, by: actor) }
            await #expect(throws: NotAllowed.self) { _ = try await other.file(ID(), by: actor) }
            await #expect(throws: NotAllowed.self) {
                try await other.edit(id, .addSection(title: Texts(["fr": "B"])), by: actor)
            }
            await #expect(throws: NotAllowed.self) {
                try await other.settle(id, Study.settings, revision: 1, by: actor)
            }
            await #expect(throws: NotAllowed.self) { try await other.openDraft(id, revision: 1, by: actor) }
            await #expect(throws: NotAllowed.self) { try await other.beginDraft(id, by: actor) }
            await #expect(throws: NotAllowed.self) { try await other.discardDraft(id, by: actor) }
            await #expect(throws: NotAllowed.self) { try await other.undo(id, by: actor) }
            await #expect(throws: NotAllowed.self) { try await other.removeQuestionnaire(id, by: actor) }
            await #expect(throws: NotAllowed.self) {
                _ = try await other.copyable(into: study.consultation, by: actor)
            }
        }
    }

    @Test func `what people were told when they answered stays`() async throws {
        let study: Study = try await .begin(TestDatabase.pool)
        let id: ID<Questionnaire> = try await study.opened()
        func settle(_ change: (inout QuestionnaireSettings) -> Void) async throws {
            let known: Questionnaire = try await study.file(id).questionnaire
            var settings: QuestionnaireSettings = known.settings
            change(&settings)
            try await study.consultations.settle(id, settings, revision: known.revision, by: study.agent)
        }
        await #expect(throws: QuestionnaireRefusal.onceNeedsSomebody) { try await settle { $0.ways.insert(.link) } }
        await #expect(throws: QuestionnaireRefusal.noWay) { try await settle { $0.ways = [] } }
        await #expect(throws: QuestionnaireRefusal.untitled) { try await settle { $0.title = Texts([:]) } }
        await #expect(throws: QuestionnaireRefusal.changedMeanwhile) {
            try await study.consultations.settle(id, Study.settings, revision: 1, by: study.agent)
        }
        try await settle { $0.isAnonymous = false }
        try await settle { $0.mayEdit = false }
        try await study.answer(id, #"{"vient": {"chosen": ["oui"]}}"#)
        await #expect(throws: QuestionnaireRefusal.answered) { try await settle { $0.isAnonymous = true } }
        await #expect(throws: QuestionnaireRefusal.answered) { try await settle { $0.mayEdit = true } }
        await #expect(throws: QuestionnaireRefusal.answered) { try await settle { $0.once = false } }
        await #expect(throws: QuestionnaireRefusal.wayUsed([.account])) { try await settle { $0.ways = [.paper] } }
        try await settle {
            $0.ways = [.account, .kiosk]
            $0.thanks = Texts(["fr": "Merci"])
        }
        #expect(try await study.file(id).questionnaire.thanks(.french) == "Merci")
        await #expect(throws: QuestionnaireRefusal.answered) {
            try await study.consultations.removeQuestionnaire(id, by: study.agent)
        }
        #expect(try await study.file(id).answers == 1)
    }

    @Test func `an answer on its way keeps its questionnaire too`() async throws {
        let study: Study = try await .begin(TestDatabase.pool)
        let id: ID<Questionnaire> = try await study.opened()
        try await study.pool.execute(
            "test.incoming",
            """
            INSERT INTO incoming_response (id, questionnaire_id, withdrawal_hash, sealed)
            VALUES (gen_random_uuid(), \(id), '\\x00', '\\x00')
            """)
        await #expect(throws: QuestionnaireRefusal.answered) {
            try await study.consultations.removeQuestionnaire(id, by: study.agent)
        }
        try await study.pool.execute("test.withdrawn", "DELETE FROM incoming_response WHERE questionnaire_id = \(id)")
        try await study.consultations.removeQuestionnaire(id, by: study.agent)
        #expect(try await study.consultations.questionnaires(of: study.consultation).isEmpty)
    }

    @Test func `an option with answers does not vanish without a word`() async throws {
        let study: Study = try await .begin(TestDatabase.pool)
        let id: ID<Questionnaire> = try await study.opened()
        try await study.answer(id, #"{"vient": {"chosen": ["oui"]}}"#)
        try await study.answer(id, #"{"vient": {"chosen": ["oui"]}, "age": {"number": "3"}}"#)
        try await study.consultations.beginDraft(id, by: study.agent)
        let known: QuestionnaireForm.Question = try #require(try await study.file(id).form.question("vient"))
        func write(_ lines: [String]) -> FormEdit {
            var question: QuestionnaireForm.Question = known
            question.options = QuestionnaireForm.Option.typed(lines, over: known.options)
            return .writeQuestion(question, section: "a", seal: known.seal)
        }
        let gone = LostAnswers(all: [
            .init(question: known.title, option: known.options[0].title, fate: .optionGone, answers: 2)
        ])
        await #expect(throws: gone) { try await study.edit(id, write(["non", "bleu"])) }
        let reworded = LostAnswers(all: [
            .init(
                question: known.title, option: known.options[0].title, fate: .reworded(Texts(["fr": "jamais"])),
                answers: 2)
        ])
        await #expect(throws: reworded) { try await study.edit(id, write(["jamais", "non"])) }
        let age: QuestionnaireForm.Question = try #require(try await study.file(id).form.question("age"))
        await #expect(
            throws: LostAnswers(all: [.init(question: age.title, option: nil, fate: .questionGone, answers: 1)])
        ) { try await study.edit(id, .remove(.question("age"))) }
        // Nobody has chosen the other option.
        try await study.edit(id, write(["oui", "peut-être"]))
        try await study.edit(id, .remove(.question("age")), accepting: true)
        #expect(try await study.file(id).form.questions.map(\.key) == ["vient"])
    }

    @Test func `a draft waits for what is missing, and refuses what could never be opened`() async throws {
        let study: Study = try await .begin(TestDatabase.pool)
        let id: ID<Questionnaire> = try await study.begin()
        try await study.edit(
            id,
            .replace(
                Forms.form(
                    Forms.question("one", .single),
                    Forms.question("two") {
                        $0.condition = Forms.asked("one", .chosen, "oui")
                    })))
        // Moved before what it waits for: kept, and said.
        try await study.edit(id, .raise(.question("two")))
        #expect(try await study.file(id).problems.map(\.fault) == [.laterQuestion("one")])
        // Written so on purpose: refused.
        var one: QuestionnaireForm.Question = try #require(try await study.file(id).form.question("one"))
        let seal: String = one.seal
        one.condition = Forms.asked("two", .answered)
        try await study.edit(id, .sink(.question("two")))
        let loop = QuestionnaireRefusal.broken([
            FormProblem(section: "a", question: "one", fault: .loop(["one", "two", "one"]))
        ])
        await #expect(throws: loop) { try await study.edit(id, .writeQuestion(one, section: "a", seal: seal)) }
        await #expect(throws: QuestionnaireRefusal.self) {
            try await study.edit(
                id, .replace(Forms.form(Forms.question("x") { $0.condition = Forms.asked("y", .answered) })))
        }
        await #expect(throws: QuestionnaireRefusal.changedMeanwhile) {
            try await study.edit(id, .writeQuestion(one, section: "a", seal: "stale"))
        }
    }

    @Test func `a questionnaire is copied from where its agent may read it`() async throws {
        let study: Study = try await .begin(TestDatabase.pool)
        let source: ID<Questionnaire> = try await study.opened()
        let copy: ID<Questionnaire> = try await study.consultations.beginQuestionnaire(
            "copie", Study.settings, in: study.consultation, copying: source, by: study.agent)
        #expect(try await study.file(copy).form == (try await study.file(source).form))
        let row: Row? = try await study.pool.one("test.elsewhere", "SELECT id FROM process WHERE slug = 'elsewhere'")
        let other: ID<Consultation> = try await study.consultations.plan(
            ConsultationPlan(
                handle: "ailleurs", title: Texts(["fr": "Ailleurs"]),
                timetable: ConsultationTimetable(
                    collectsFrom: Date(), collectsUntil: Date(timeIntervalSinceNow: 86_400),
                    synthesisDue: Day("2099-01-01")!, answerDue: Day("2099-02-01")!)),
            in: try #require(try row?.get("id", as: ID<Participation.Process>.self)), by: study.stranger)
        func take(_ handle: String) async throws {
            try await study.consultations.beginQuestionnaire(
                handle, Study.settings, in: other, copying: source, by: study.stranger)
        }
        await #expect(throws: QuestionnaireRefusal.nothingToCopy) { try await take("secret") }
        #expect(try await study.consultations.copyable(into: other, by: study.stranger).isEmpty)
        try await study.pool.execute(
            "test.publish", "UPDATE consultation SET published_at = now() WHERE handle = 'place'")
        try await take("public")
        #expect(try await study.consultations.copyable(into: other, by: study.stranger).count == 2)
    }

    @Test func `nothing is opened once the consultation takes no more answers`() async throws {
        let study: Study = try await .begin(TestDatabase.pool)
        let id: ID<Questionnaire> = try await study.begin()
        try await study.edit(id, .replace(Forms.form(Forms.question("one", .single))))
        try await study.pool.execute(
            "test.over",
            """
            UPDATE consultation SET collects_from = now() - interval '2 days', collects_until = now() - interval '1 day'
            """)
        await #expect(throws: QuestionnaireRefusal.over) { try await study.open(id) }
    }

    @Test func `two agents who open at once open one version`() async throws {
        let study: Study = try await .begin(TestDatabase.pool)
        let id: ID<Questionnaire> = try await study.begin()
        try await study.edit(id, .replace(Forms.form(Forms.question("one", .single))))
        let revision: Int = try await study.file(id).questionnaire.revision
        let opened: Int = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    (try? await study.consultations.openDraft(id, revision: revision, by: study.agent)) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(opened == 1)
        #expect(try await study.file(id).versions.count == 1)
    }
}
