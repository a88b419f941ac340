import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// Answering a questionnaire: kept step by step, sent once, changed and taken back by its code.
@Suite struct AnsweringTests {
    @Test func `what was begun is kept under its code, sealed, and sent once`() async throws {
        try await withPoll { poll in
            let code: ResponseCode = try await poll.begin()
            try await poll.answering.keep(
                poll.answers("Un arbre très reconnaissable"), under: code, of: poll.id)
            let sealed: [UInt8] = try await poll.one("SELECT sealed AS value FROM answer_draft")
            #expect(!String(decoding: sealed, as: UTF8.self).contains("reconnaissable"))
            // Typed in another way on another device, it is the same code.
            let typed: ResponseCode = try #require(ResponseCode(" \(code.text.lowercased())"))
            let network = Network(address: "192.0.2.7")
            #expect(try await poll.answering.open(typed, of: poll.id, from: network) == .draft)
            #expect(
                try await poll.answering.draft([typed], of: poll.id)?.answers
                    == poll.answers("Un arbre très reconnaissable"))
            await #expect(throws: AnsweringRefusal.gone) {
                try await poll.answering.open(ResponseCode(), of: poll.id, from: network)
            }
            // Pressed twice at once, and again later.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<10 {
                    group.addTask { try await poll.answering.send(code, of: poll.id, by: .visitor) }
                }
                try await group.waitForAll()
            }
            #expect(try await poll.answering.send(code, of: poll.id, by: .visitor) == code)
            #expect(try await poll.count("incoming_response") == 1)
            #expect(try await poll.count("answer_draft") == 0)
            #expect(try await poll.answering.open(typed, of: poll.id, from: network) == .sent)
        }
    }

    @Test
    func
        `what is asked and lacks an answer is refused, and answers that are no longer asked are left out`()
        async throws
    {
        try await withPoll { poll in
            let code: ResponseCode = try await poll.begin()
            await #expect(throws: AnsweringRefusal.incomplete(["one": .missing])) {
                try await poll.answering.send(code, of: poll.id, by: .visitor)
            }
            var answers: Answers = poll.answers("Non")
            answers["one"] = .chosen(["a"], other: nil)
            try await poll.answering.keep(answers, under: code, of: poll.id)
            await #expect(throws: AnsweringRefusal.incomplete(["why": .missing])) {
                try await poll.answering.send(code, of: poll.id, by: .visitor)
            }
            answers["why"] = .words("Parce que")
            answers["one"] = .chosen(["b"], other: nil)
            try await poll.answering.keep(answers, under: code, of: poll.id)
            try await poll.answering.send(code, of: poll.id, by: .visitor)
            let sent: SentAnswers = try #require(try await poll.answering.sent([code], of: poll.id))
                .answers
            #expect(sent.answers["why"] == nil && sent.answers["one"] == .chosen(["b"], other: nil))
            #expect(sent.way == .link && sent.version == 1)
        }
    }

    @Test func `too much is refused, and nothing of it is stored`() async throws {
        try await withPoll { poll in
            let code: ResponseCode = try await poll.begin()
            let huge = String(repeating: "x", count: 10 << 20)
            await #expect(throws: AnsweringRefusal.tooLarge) {
                try await poll.answering.keep(poll.answers(huge), under: code, of: poll.id)
            }
            #expect(try await poll.answering.draft([code], of: poll.id)?.answers.isEmpty == true)
        }
    }

    @Test(arguments: [true, false])
    func `of fifty attempts of one account at once, one is counted`(isAnonymous: Bool) async throws {
        try await withPoll(ways: ["account"], isAnonymous: isAnonymous, once: true) { poll in
            let ada: Account = try await poll.town.resident("Ada")
            let actor = Actor.resident(ada.id)
            var codes: [ResponseCode] = []
            for _ in 0..<50 {
                let code: ResponseCode = try await poll.begin(by: .account, actor: actor)
                try await poll.answering.keep(poll.answers("Moi"), under: code, of: poll.id)
                codes.append(code)
            }
            let refused: Int = try await withThrowingTaskGroup(of: Int.self) { group in
                for code in codes {
                    group.addTask {
                        do {
                            try await poll.answering.send(code, of: poll.id, by: actor)
                            return 0
                        } catch AnsweringRefusal.alreadyAnswered { return 1 }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(refused == 49)
            #expect(try await poll.count(isAnonymous ? "incoming_response" : "response") == 1)
            #expect(try await poll.count("participation") == 1)
            await #expect(throws: AnsweringRefusal.alreadyAnswered) {
                _ = try await poll.begin(by: .account, actor: actor)
            }
            await #expect(throws: AnsweringRefusal.signInNeeded) {
                _ = try await poll.begin(by: .account, actor: .visitor)
            }
        }
    }

    @Test func `a code answers once, whoever comes first; a void one never; guessing is slowed`()
        async throws
    {
        try await withPoll(ways: ["code"], once: true) { poll in
            let codes = AnswerCodes(pool: poll.pool, secrets: poll.town.secrets)
            let agent: Actor = try await poll.agent()
            let questionnaire: Questionnaire = try await poll.questionnaire()
            let made: AnswerCodePackage.Made = try await codes.issue(
                3, label: "Marché", for: questionnaire, by: agent)
            #expect(Set(made.codes).count == 3 && made.number == 1)
            let network = Network(address: "192.0.2.7")
            func begin(_ code: String) async throws -> ResponseCode {
                try await poll.begin(by: .code(code, network), actor: .visitor)
            }
            let (first, second) = (
                try await begin(made.codes[0]), try await begin(made.codes[0].lowercased())
            )
            for code in [first, second] {
                try await poll.answering.keep(poll.answers("Oui"), under: code, of: poll.id)
            }
            try await poll.answering.send(first, of: poll.id, by: .visitor)
            await #expect(throws: AnsweringRefusal.usedCode) {
                try await poll.answering.send(second, of: poll.id, by: .visitor)
            }
            await #expect(throws: AnsweringRefusal.usedCode) { _ = try await begin(made.codes[0]) }
            #expect(try await codes.void(2, of: 1, for: questionnaire, by: agent) == 1)
            await #expect(throws: AnsweringRefusal.voidCode) { _ = try await begin(made.codes[1]) }
            let packages: [AnswerCodePackage] = try await codes.packages(of: questionnaire, by: agent)
            #expect(packages.map { [$0.issued, $0.used, $0.void] } == [[1, 1, 1]])
            await #expect(throws: NotAllowed.self) {
                _ = try await codes.issue(1, label: "", for: questionnaire, by: .visitor)
            }
            var refusals = 0
            do {
                for _ in 0..<200 {
                    do { _ = try await begin("AAAA-AAAA-AAAA") } catch AnsweringRefusal.unknownCode {
                        refusals += 1
                    }
                }
            } catch is Throttle.TooMany {}
            #expect((50..<150).contains(refusals))
        }
    }

    @Test func `answers are changed by their code until the end, and taken back until the synthesis`()
        async throws
    {
        try await withPoll { poll in
            let code: ResponseCode = try await poll.send("Avant")
            #expect(
                try await poll.answering.change(code, of: poll.id, in: .english, by: .visitor) == code)
            try await poll.answering.keep(poll.answers("Après"), under: code, of: poll.id)
            #expect(
                try await poll.answering.sent([code], of: poll.id)?.answers.answers == poll.answers("Avant")
            )
            try await poll.answering.send(code, of: poll.id, by: .visitor)
            #expect(
                try await poll.answering.sent([code], of: poll.id)?.answers.answers == poll.answers("Après")
            )
            #expect(try await poll.count("incoming_response") == 1)
            try await poll.fixture.close()
            try await poll.answering.moveBatches()
            let sent: SentAnswers = try #require(try await poll.answering.sent([code], of: poll.id))
                .answers
            #expect(!sent.mayChange && sent.mayWithdraw)
            await #expect(throws: AnsweringRefusal.notOpen) {
                _ = try await poll.answering.change(code, of: poll.id, in: .english, by: .visitor)
            }
            await #expect(throws: AnsweringRefusal.gone) {
                try await poll.answering.withdraw(ResponseCode(), of: poll.id, by: .visitor)
            }
            try await poll.fixture.synthesise()
            await #expect(throws: AnsweringRefusal.tooLate) {
                try await poll.answering.withdraw(code, of: poll.id, by: .visitor)
            }
            try await poll.pool.execute("test.undo", "UPDATE consultation SET synthesised_at = NULL")
            try await poll.answering.withdraw(code, of: poll.id, by: .visitor)
            #expect(try await poll.count("response") == 0)
        }
    }

    @Test
    func
        `with a name, an account finds its answers, changes them, and answers again once it took them back`()
        async throws
    {
        try await withPoll(ways: ["account"], isAnonymous: false, once: true) { poll in
            let ada: Account = try await poll.town.resident("Ada")
            let bob: Account = try await poll.town.resident("Bob")
            let actor = Actor.resident(ada.id)
            let first: ResponseCode = try await poll.send("Avant", by: .account, actor: actor)
            #expect(
                try await poll.answering.sent(by: ada.id, of: poll.id)?.answers == poll.answers("Avant"))
            #expect(try await poll.answering.sent(by: bob.id, of: poll.id) == nil)
            await #expect(throws: AnsweringRefusal.gone) {
                _ = try await poll.answering.change(nil, of: poll.id, in: .french, by: .resident(bob.id))
            }
            let code: ResponseCode = try await poll.answering.change(
                nil, of: poll.id, in: .french, by: actor)
            try await poll.answering.keep(poll.answers("Après"), under: code, of: poll.id)
            try await poll.answering.send(code, of: poll.id, by: actor)
            #expect(try await poll.count("response") == 1)
            #expect(
                try await poll.answering.sent([code], of: poll.id)?.answers.answers == poll.answers("Après")
            )
            #expect(try await poll.answering.sent([first], of: poll.id) == nil)
            try await poll.answering.withdraw(nil, of: poll.id, by: actor)
            #expect(try await poll.count("response") == 0)
            _ = try await poll.send("Encore", by: .account, actor: actor)
            #expect(try await poll.count("response") == 1)
        }
    }

    @Test func `an agent enters what somebody says, and nobody else may`() async throws {
        try await withPoll(ways: ["agent", "kiosk"], isAnonymous: false) { poll in
            let agent: Actor = try await poll.agent()
            _ = try await poll.send("Dit au téléphone", by: .agent, actor: agent)
            let ada: Account = try await poll.town.resident("Ada")
            for actor in [Actor.visitor, .resident(ada.id), .official(ada.id, .participationAgent)] {
                await #expect(throws: NotAllowed.self) {
                    _ = try await poll.begin(by: .agent, actor: actor)
                }
            }
            await #expect(throws: AnsweringRefusal.otherWay) {
                _ = try await poll.begin(by: .link, actor: .visitor)
            }
            let way: String = try await poll.one("SELECT way AS value FROM response")
            #expect(way == "agent")

            let kiosks = AnswerKiosks(pool: poll.pool, secrets: poll.town.secrets)
            let questionnaire: Questionnaire = try await poll.questionnaire()
            let token: Token = try await kiosks.open("Tablette", for: questionnaire, by: agent)
            await #expect(throws: AnswerKioskRefusal.nameTaken) {
                _ = try await kiosks.open("Tablette", for: questionnaire, by: agent)
            }
            _ = try await poll.begin(by: .kiosk(token), actor: .visitor)
            let device: AnswerKiosk = try #require(
                try await kiosks.list(of: questionnaire, by: agent).first)
            try await kiosks.close(device.id, of: questionnaire, by: agent)
            await #expect(throws: AnsweringRefusal.kioskClosed) {
                _ = try await poll.begin(by: .kiosk(token), actor: .visitor)
            }
        }
    }

    @Test func `nothing is begun or sent before and after, and drafts are forgotten`() async throws {
        try await withPoll { poll in
            let code: ResponseCode = try await poll.begin()
            try await poll.answering.keep(poll.answers("Trop tard"), under: code, of: poll.id)
            try await poll.fixture.close()
            await #expect(throws: AnsweringRefusal.notOpen) { _ = try await poll.begin() }
            await #expect(throws: AnsweringRefusal.notOpen) {
                try await poll.answering.send(code, of: poll.id, by: .visitor)
            }
            try await poll.pool.execute("test.age", "UPDATE answer_draft SET ends_on = current_date - 2")
            #expect(try await poll.answering.draft([code], of: poll.id) == nil)
            try await poll.answering.forgetDrafts()
            #expect(try await poll.count("answer_draft") == 0)
        }
    }
}

/// A town with a questionnaire that is open.
struct Poll: Sendable {
    let pool: Pool
    let town: Town
    let fixture: QuestionnaireFixture
    let answering: Answering
    var id: ID<Questionnaire> { fixture.id }

    /// Answers that can be sent.
    func answers(_ words: String) -> Answers {
        Answers(["one": .chosen(["b"], other: nil), "text": .words(words)])
    }

    func begin(by entrance: Answering.Entrance = .link, actor: Actor = .visitor) async throws
        -> ResponseCode
    {
        try await answering.begin(id, by: entrance, in: .french, actor: actor)
    }

    @discardableResult
    func send(
        _ words: String, by entrance: Answering.Entrance = .link, actor: Actor = .visitor
    ) async throws -> ResponseCode {
        let code: ResponseCode = try await begin(by: entrance, actor: actor)
        try await answering.keep(answers(words), under: code, of: id)
        return try await answering.send(code, of: id, by: actor)
    }

    func agent() async throws -> Actor {
        .official(
            try await town.resident("Agathe", roles: [HeldRole(.participationAgent)]).id,
            .participationAgent)
    }

    func questionnaire() async throws -> Questionnaire {
        try #require(
            try await Consultations(pool: pool).questionnaire("usages", of: fixture.consultation))
    }

    func count(_ table: String) async throws -> Int { try await town.count(table) }

    /// The column `value` of the only row.
    func one<Value: PostgresDecodable>(_ statement: SQL) async throws -> Value {
        try #require(try await pool.query("test.one", statement).first).get("value")
    }
}

func withPoll(
    ways: [String] = ["link"], isAnonymous: Bool = true, once: Bool = false, mayEdit: Bool = true,
    _ body: (Poll) async throws -> Void
) async throws {
    try await withDatabase { pool in
        let town = Town(pool: pool)
        let fixture: QuestionnaireFixture = try await .make(
            pool, ways: ways, isAnonymous: isAnonymous, once: once, mayEdit: mayEdit)
        try await body(
            Poll(
                pool: pool, town: town, fixture: fixture,
                answering: Answering(pool: pool, secrets: town.secrets, zone: "Europe/Paris")))
    }
}
