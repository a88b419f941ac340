import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation
@testable import Web

/// Who may do what to observations over HTTP: every address, and every form that is sent.
@Suite("Pages: what comes of observations")
struct AfterPagesTests {
    /// The forum with a walk, an observation that waits, one that a service has answered, and a photo.
    private struct Scene: Sendable {
        let forum: Forum
        let walk: WalkFixture
        let waiting: ID<Observation>, answered: ID<Observation>
        let photo: ID<Medium>

        var list: String { "/desk/processes/diagonales/walks/\(walk.handle)/observations" }
        var file: String { "\(list)/\(waiting)" }
        var services: String { "/desk/processes/diagonales/walks/answers" }
        var public_: String { "/walks/\(walk.handle)/observations/2" }

        /// Every form, with fields that would do something.
        func forms(service: ID<ExaminingService>, batch: ID<ObservationBatch>) -> [(String, [(String, String)])] {
            let chosen: (String, String) = ("chosen", "\(waiting)")
            let day: (String, String) = ("due", "2999-01-01")
            return [
                ("\(list)/act", [("act", "publish"), chosen]),
                ("\(list)/act", [("act", "set_aside"), ("reason", "test"), chosen]),
                ("\(list)/act", [("act", "theme"), ("theme", "signs"), chosen]),
                ("\(list)/act", [("act", "join"), chosen, ("into", "\(answered)")]),
                (
                    "\(list)/act",
                    [("act", "give"), ("service", "\(service)"), day, ("chosen", "\(answered)")]
                ),
                ("\(list)/act", [("act", "answers"), ("chosen", "\(answered)")]),
                ("\(list)/acts/\(batch)/undo", []),
                ("\(file)/place", [("stop", "3")]),
                (
                    "\(file)/words",
                    [("words", "Rien"), ("mark", AfterWordsPage.mark(of: "Attend")), ("confirmed", "1")]
                ),
                ("\(list)/\(answered)/answer", [("decision", "refused"), ("words-fr", "Non.")]),
                ("\(list)/\(answered)/answer/publication", []),
                ("\(list)/\(answered)/turn", [("status", "done"), ("words-fr", "Fait.")]),
                ("\(list)/\(answered)/proposal", []),
                ("\(file)/photos/\(photo)", [("then", "clear"), ("alt", "Une rue")]),
                ("\(file)/photos/\(photo)", [("then", "remove"), ("sure", "1")]),
            ]
        }

        /// Everything that these forms could change.
        func state() async throws -> String {
            try await forum.pool.query(
                "test.state",
                """
                SELECT md5(string_agg(line, '|' ORDER BY line)) AS state FROM (
                    SELECT observation::text AS line FROM observation UNION ALL SELECT photo::text FROM observation_photo AS photo
                    UNION ALL SELECT given::text FROM observation_assignment AS given
                    UNION ALL SELECT answer::text FROM observation_answer AS answer
                    UNION ALL SELECT turn::text FROM observation_turn AS turn
                    UNION ALL SELECT done::text FROM observation_batch_line AS done
                    UNION ALL SELECT source::text FROM proposal_source AS source
                    UNION ALL SELECT medium::text FROM medium) AS everything
                """)[0].get("state")
        }
    }

    private func account(_ name: String, _ forum: Forum, roles: [HeldRole] = []) async throws -> ID<Account> {
        let letters = Letters(
            site: try Site(
                city: Site.City(name: "T", help: .init(place: "a", hours: "b", phone: "1")),
                resources: FrameSite.project.path(percentEncoded: false), secrets: FrameSite.secrets))
        return try await Accounts(
            pool: forum.pool, secrets: FrameSite.secrets, passwords: Passwords(), correspondent: letters
        ).create(
            email: "\(name.lowercased())@example.fr", name: name, password: Quarter.password, language: .english,
            roles: roles, by: .operator
        ).id
    }

    private func withScene(
        _ body: @escaping @Sendable (Scene, ID<ExaminingService>, ID<ObservationBatch>) async throws -> Void
    ) async throws {
        try await withForum { forum in
            let walk: WalkFixture = try await .make(forum.pool, in: forum.process)
            let waiting: ID<Observation> = try await walk.observation("Attend")
            let answered: ID<Observation> = try await walk.observation("Un banc cassé", state: .published, number: 2)
            let photo = ID<Medium>()
            try await forum.pool.execute(
                "test.medium", "INSERT INTO medium (id, kind, name, alt) VALUES (\(photo), 'image', 'x', 'Une rue')")
            try await forum.pool.execute(
                "test.rendition",
                """
                INSERT INTO medium_rendition (medium_id, kind, rendition, media_type, width, height, bytes)
                SELECT \(photo), 'image', one, 'image/webp', 4, 3, 'x'::bytea FROM unnest(ARRAY['large', 'small']) AS one
                """)
            try await forum.pool.execute(
                "test.photo",
                """
                INSERT INTO observation_photo (client_id, observation_id, medium_id, purpose, position)
                VALUES (gen_random_uuid(), \(waiting), \(photo), 'seen', 1)
                """)
            let agent = Actor.official(forum.accounts["Agathe"]!, .participationAgent)
            let settings = ExaminationSettings(pool: forum.pool)
            let service: ID<ExaminingService> = try await settings.addService(
                Texts(["fr": "Voirie"]), email: nil, to: forum.process, by: agent)
            _ = try await account("Rosa", forum)
            try await settings.addMember(
                EmailAddress("rosa@example.fr")!, to: service, of: forum.process, by: agent)
            let other: ID<ExaminingService> = try await settings.addService(
                Texts(["fr": "Espaces verts"]), email: nil, to: forum.process, by: agent)
            _ = try await account("Paul", forum)
            try await settings.addMember(EmailAddress("paul@example.fr")!, to: other, of: forum.process, by: agent)
            try await walk.enlist(try await account("Nora", forum))
            let foreign: ID<Participation.Process> = try await Processes(pool: forum.pool).create(
                ProcessDraft(
                    slug: "ailleurs", title: Texts(["fr": "Ailleurs"]), summary: Texts([:]), description: Texts([:]),
                    phases: []), by: .operator)
            _ = try await account("Elsa", forum, roles: [HeldRole(.participationAgent, for: .process(foreign))])
            let answers = ServiceAnswers(
                pool: forum.pool, zone: "Europe/Paris",
                correspondent: Letters(
                    site: try Site(
                        city: Site.City(name: "T", help: .init(place: "a", hours: "b", phone: "1")),
                        resources: FrameSite.project.path(percentEncoded: false), secrets: FrameSite.secrets)))
            let given: ObservationOutcome = try await answers.give(
                [answered], to: service, due: Day("2999-01-01")!, of: walk.id, by: agent)
            try await answers.answer(
                answered,
                ServiceAnswerDraft(
                    decision: .planned, words: Texts(["fr": "Nous le ferons."]), dueOn: Day("2999-02-01")!), by: agent)
            try await body(
                Scene(forum: forum, walk: walk, waiting: waiting, answered: answered, photo: photo), service,
                given.batch)
        }
    }

    private func body(_ fields: [(String, String)], token: String) -> String {
        ([("token", token)] + fields).map { "\($0.0)=\(PercentDecoding.encode($0.1))" }.joined(separator: "&")
    }

    @Test("nobody but agents of the process changes anything, and nobody else learns that it is there")
    func strangers() async throws {
        try await withScene { scene, service, batch in
            let before: String = try await scene.state()
            for name in ["Ada", "Nora", "Rosa", "Paul", "Elsa", nil] {
                let browser: Browser =
                    if let name { try await scene.forum.signedIn(name) } else { scene.forum.browser() }
                for path in [
                    scene.list, "\(scene.list)/act?act=publish", "\(scene.list)/acts", "\(scene.list)/duplicates",
                    scene.file, "\(scene.file)/words", "\(scene.file)/answer", "\(scene.file)/turn",
                    "\(scene.file)/photos/new", "\(scene.file)/photos/\(scene.photo)",
                ] {
                    let status: Int = try await browser.get(path).status
                    #expect(name == nil ? [303, 404].contains(status) : status == 404, "\(name ?? "-"): \(path)")
                }
                // A page with a form, for a token of one's own.
                try await browser.get("/password-reset")
                for (path, fields) in scene.forms(service: service, batch: batch) {
                    let form = [UInt8](self.body(fields, token: browser.token).utf8)
                    let answer: Client.Answer = try await browser.send(
                        "POST", path, form, type: "application/x-www-form-urlencoded")
                    #expect(
                        name == nil ? [303, 403, 404].contains(answer.status) : answer.status == 404,
                        "\(name ?? "-"): \(path) \(answer.status)")
                }
            }
            #expect(try await scene.state() == before)
        }
    }

    @Test("an agent does each of these acts, and the same form has an effect")
    func agent() async throws {
        try await withScene { scene, service, batch in
            let agathe: Browser = try await scene.forum.signedIn("Agathe")
            for path in [
                scene.list, "\(scene.list)?state=received&stop=1&theme=light&kind=problem&channel=device&ticked=1",
                "\(scene.list)/acts", "\(scene.list)/duplicates", scene.file, "\(scene.file)/words",
                "\(scene.list)/\(scene.answered)/answer", "\(scene.file)/turn", "\(scene.file)/photos/new",
                "\(scene.file)/photos/\(scene.photo)", scene.services, "\(scene.services)/\(scene.answered)",
            ] + AfterAct.allCases.map({ "\(scene.list)/act?act=\($0.rawValue)&chosen=\(scene.waiting)" }) {
                let answer: Client.Answer = try await agathe.get(path)
                #expect(answer.status == 200, "\(path) \(answer.status)")
            }
            let forms: [(String, [(String, String)])] = [
                ("\(scene.file)/photos/\(scene.photo)", [("then", "clear"), ("alt", "Une rue")]),
                ("\(scene.file)/place", [("stop", "3"), ("theme", "light")]),
                (
                    "\(scene.file)/words",
                    [("words", "Rien"), ("mark", AfterWordsPage.mark(of: "Attend")), ("confirmed", "1")]
                ), ("\(scene.list)/act", [("act", "publish"), ("chosen", "\(scene.waiting)")]),
                ("\(scene.list)/\(scene.answered)/answer/publication", []),
                ("\(scene.list)/\(scene.answered)/turn", [("status", "done"), ("words-fr", "Fait.")]),
                ("\(scene.list)/\(scene.answered)/proposal", []),
            ]
            for (path, fields) in forms {
                let before: String = try await scene.state()
                let form = [UInt8](self.body(fields, token: agathe.token).utf8)
                let answer: Client.Answer = try await agathe.send(
                    "POST", path, form, type: "application/x-www-form-urlencoded")
                #expect(answer.status == 303, "\(path): \(answer.status)")
                #expect(try await scene.state() != before, "\(path)")
                try await agathe.get(scene.list)
            }
            // What is missing is said at its field, and nothing happens.
            let before: String = try await scene.state()
            for (path, fields, field) in [
                ("\(scene.list)/act", [("act", "set_aside"), ("chosen", "\(scene.waiting)")], "reason"),
                ("\(scene.list)/act", [("act", "give"), ("chosen", "\(scene.waiting)")], "service"),
                ("\(scene.list)/\(scene.answered)/answer", [("words-fr", "Non.")], "decision"),
                ("\(scene.file)/photos/\(scene.photo)", [("then", "cover"), ("alt", "x")], "left-1"),
                (
                    "\(scene.file)/photos/\(scene.photo)",
                    [("then", "cover"), ("alt", "x"), ("left-2", "10"), ("top-2", "zehn")], "left-2"
                ), ("\(scene.file)/photos/\(scene.photo)", [("then", "clear")], "alt"),
            ] {
                let form = [UInt8](self.body(fields, token: agathe.token).utf8)
                let answer: Client.Answer = try await agathe.send(
                    "POST", path, form, type: "application/x-www-form-urlencoded")
                #expect(answer.status == 422 && answer.text.contains("#\(field)"), "\(path) \(field) \(answer.status)")
            }
            #expect(try await scene.state() == before)
        }
    }

    @Test("an examiner sees and answers what their service has, and nothing else")
    func examiners() async throws {
        try await withScene { scene, _, _ in
            let rosa: Browser = try await scene.forum.signedIn("Rosa")
            #expect(try await rosa.get(scene.services).text.contains("Un banc cassé"))
            #expect(try await rosa.get("\(scene.services)/\(scene.answered)").status == 200)
            #expect(try await rosa.get("\(scene.services)/\(scene.waiting)").status == 404)
            let answer: Client.Answer = try await rosa.submit(
                "\(scene.services)/\(scene.answered)", ["decision": "refused", "words-fr": "Non."])
            #expect(answer.status == 303)
            let paul: Browser = try await scene.forum.signedIn("Paul")
            #expect(try await !paul.get(scene.services).text.contains("Un banc cassé"))
            for name in ["Paul", "Ada", "Nora", "Elsa"] {
                let browser: Browser = try await scene.forum.signedIn(name)
                try await browser.get("/password-reset")
                let before: String = try await scene.state()
                #expect(try await browser.get("\(scene.services)/\(scene.answered)").status == 404)
                let answer: Client.Answer = try await browser.submit(
                    "\(scene.services)/\(scene.answered)", ["decision": "done", "words-fr": "Oui."])
                #expect(answer.status == 404, "\(name)")
                #expect(try await scene.state() == before, "\(name)")
            }
        }
    }

    @Test("everybody reads what is published and follows it; a resident makes a proposal of it, a visitor signs in")
    func everybody() async throws {
        try await withScene { scene, _, _ in
            let visitor: Browser = scene.forum.browser()
            for path in [
                scene.public_, "/walks/gare/follow-up", "/walks/gare/follow-up?status=asked&late=1&after=x",
                "/walks/gare/follow-up.atom", "/processes/diagonales/walks/follow-up",
                "/processes/diagonales/walks/follow-up.atom",
            ] {
                #expect(try await visitor.get(path).status == 200, "\(path)")
            }
            #expect(try await visitor.get("/walks/gare/observations/1").status == 404)
            #expect(try await visitor.get("/walks/nulle-part/follow-up").status == 404)
            // What the service has written is nobody's to read before it is published.
            #expect(try await !visitor.get(scene.public_).text.contains("Nous le ferons."))
            #expect(try await !visitor.get("/walks/gare/follow-up").text.contains("Nous le ferons."))
            #expect(try await visitor.get("/media/\(scene.photo)/small").status == 404)
            #expect(try await visitor.submit("\(scene.public_)/proposal").status == 403)
            let rows: [Row] = try await scene.forum.pool.query("test.none", "SELECT 1 FROM proposal_source")
            #expect(rows.isEmpty)
            let ada: Browser = try await scene.forum.signedIn("Ada")
            #expect(try await ada.get(scene.public_).text.contains("\(scene.public_)/proposal"))
            let answer: Client.Answer = try await ada.submit("\(scene.public_)/proposal")
            #expect(answer.status == 303)
            let draft: String = try #require(answer.header("location"))
            #expect(try await ada.get(draft).text.contains("Un banc cassé"))
            let again: Client.Answer = try await ada.submit("\(scene.public_)/proposal")
            #expect(again.header("location") == scene.public_)
        }
    }
}
