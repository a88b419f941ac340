import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// From an observation to the answer of a service and to what came of it.
@Suite("Answers of services to observations")
struct ServiceAnswerTests {
    @Test("a service gets what it is given in one letter, and another one that takes it over")
    func give() async throws {
        try await withPavement { place in
            let walk: ID<Walk> = place.walk.id
            let one: ID<Observation> = try await place.walk.observation("Un", state: .published, number: 1)
            let two: ID<Observation> = try await place.walk.observation("Deux", state: .published, number: 2)
            let unread: ID<Observation> = try await place.walk.observation("Trois")
            let outcome: ObservationOutcome = try await place.answers.give(
                [one, two, unread], to: place.hall.roads, due: Pavement.later, of: walk, by: place.agent)
            #expect(outcome.count == 2)
            let letters: [Row] = try await place.pool.query(
                "test.letters", "SELECT subject, recipient FROM outbox WHERE kind = 'observations_given'")
            #expect(letters.count == 1)
            #expect(try letters.first?.get("subject") == "given [1, 2]")
            #expect(try letters.first?.get("recipient") == "rosa@example.fr")
            await #expect(throws: AnswerRefusal.nothingChosen) {
                try await place.answers.give(
                    [one], to: place.hall.roads, due: Pavement.later, of: walk, by: place.agent)
            }
            await #expect(throws: AnswerRefusal.dayOver) {
                try await place.answers.give(
                    [one], to: place.hall.parks, due: Day("2001-01-01")!, of: walk, by: place.agent)
            }
            await #expect(throws: AnswerRefusal.noService) {
                try await place.answers.give([one], to: ID(), due: Pavement.later, of: walk, by: place.agent)
            }
            try await place.answers.give([one], to: place.hall.parks, due: Pavement.later, of: walk, by: place.agent)
            let mine: [AwaitedAnswer] = try await place.answers.awaited(
                .init(), of: place.hall.process, by: place.hall.rosa)
            #expect(mine.map(\.observation.id) == [two])
            let theirs: [AwaitedAnswer] = try await place.answers.awaited(
                .init(), of: place.hall.process, by: place.hall.paul)
            #expect(theirs.map(\.observation.id) == [one])
        }
    }

    @Test(
        "only who works in the service that has it answers, or an agent for it; nobody reads it before it is published")
    func answer() async throws {
        try await withPavement { place in
            let walk: ID<Walk> = place.walk.id
            let id: ID<Observation> = try await place.given("Un banc cassé", number: 1)
            let free: ID<Observation> = try await place.walk.observation("Libre", state: .published, number: 2)
            for actor: Actor in [.visitor, place.hall.paul, .official(ID(), .participationAgent)] {
                await #expect(throws: NotAllowed.self) {
                    try await place.answers.answer(id, place.draft(.done), by: actor)
                }
            }
            await #expect(throws: Refused(AnswerRefusal.notGiven)) {
                try await place.answers.answer(free, place.draft(.done), by: place.agent)
            }
            await #expect(throws: Refused(AnswerRefusal.decisionMissing, .wordsMissing)) {
                try await place.answers.answer(
                    id, ServiceAnswerDraft(decision: nil, words: Texts([:])), by: place.hall.rosa)
            }
            await #expect(throws: Refused(AnswerRefusal.dayMissing)) {
                try await place.answers.answer(
                    id, ServiceAnswerDraft(decision: .planned, words: Texts(["fr": "Oui"])), by: place.hall.rosa)
            }
            await #expect(throws: Refused(AnswerRefusal.dayOver)) {
                try await place.answers.answer(
                    id,
                    ServiceAnswerDraft(decision: .planned, words: Texts(["fr": "Oui"]), dueOn: Day("2001-01-01")!),
                    by: place.hall.rosa)
            }
            await #expect(throws: AnswerRefusal.nothingToPublish) {
                try await place.answers.publish([id], of: walk, by: place.agent)
            }
            try await place.answers.answer(id, place.draft(.refused), by: place.hall.rosa)
            try await place.answers.answer(id, place.draft(.planned), by: place.agent)
            #expect(try await place.stories.find(1, of: walk)?.answers.isEmpty == true)
            #expect(try await place.stories.find(1, of: walk)?.status == .asked)
            await #expect(throws: NotAllowed.self) {
                try await place.answers.publish([id], of: walk, by: place.hall.rosa)
            }
            try await place.answers.publish([id], of: walk, by: place.agent)
            let story: ObservationStory = try #require(try await place.stories.find(1, of: walk))
            #expect(story.answers.map(\.decision) == [.planned] && story.status == .planned)
            #expect(story.dueOn == Pavement.later && story.daysLate <= 0)
            // Once it is published, another answer takes its place, and both are read.
            try await place.answers.answer(id, place.draft(.refused), by: place.hall.rosa)
            try await place.answers.publish([id], of: walk, by: place.agent)
            let second: ObservationStory = try #require(try await place.stories.find(1, of: walk))
            #expect(second.answers.map(\.decision) == [.refused, .planned] && second.status == .refused)
        }
    }

    @Test("what another service had written is not published in its name, and is there again when the act is undone")
    func takeover() async throws {
        try await withPavement { place in
            let walk: ID<Walk> = place.walk.id
            let id: ID<Observation> = try await place.given("Un banc cassé", number: 1)
            try await place.answers.answer(id, place.draft(.refused), by: place.hall.rosa)
            let outcome: ObservationOutcome = try await place.answers.give(
                [id], to: place.hall.parks, due: Pavement.later, of: walk, by: place.agent)
            let file: ObservationFile = try await place.file(id)
            #expect(file.draft == nil && !file.line.hasDraft)
            await #expect(throws: AnswerRefusal.nothingToPublish) {
                try await place.answers.publish([id], of: walk, by: place.agent)
            }
            let theirs: [AwaitedAnswer] = try await place.answers.awaited(
                .init(), of: place.hall.process, by: place.hall.paul)
            #expect(theirs.map(\.stage) == [.waiting])
            #expect(try await place.batches.undo(outcome.batch, of: walk, by: place.agent) == 1)
            #expect(try await place.file(id).service == place.hall.roads)
            #expect(try await place.file(id).draft?.decision == .refused)
            // The one that has it writes over what the other one wrote.
            try await place.answers.give(
                [id], to: place.hall.parks, due: Pavement.later, of: walk, by: place.agent)
            try await place.answers.answer(id, place.draft(.planned), by: place.hall.paul)
            try await place.answers.publish([id], of: walk, by: place.agent)
            let story: ObservationStory = try #require(try await place.stories.find(1, of: walk))
            #expect(story.answers.map(\.decision) == [.planned] && story.answers[0].service == place.hall.parks)
        }
    }

    @Test("what was promised begins, is put off with a reason, and is done with evidence")
    func turns() async throws {
        try await withPavement { place in
            let walk: ID<Walk> = place.walk.id
            let id: ID<Observation> = try await place.answered(.planned, "Un banc cassé", number: 1)
            func turn(_ status: FollowUp.Status, _ due: Day?, _ words: Texts = Texts([:])) async throws {
                try await place.answers.turn(id, to: status, due: due, words: words, of: walk, by: place.agent)
            }
            await #expect(throws: Refused(AnswerRefusal.unchanged)) { try await turn(.planned, Pavement.later) }
            await #expect(throws: Refused(AnswerRefusal.reasonMissing)) { try await turn(.planned, Pavement.latest) }
            await #expect(throws: Refused(AnswerRefusal.dayMissing)) { try await turn(.underWay, nil) }
            await #expect(throws: Refused(AnswerRefusal.reasonMissing)) { try await turn(.done, nil) }
            await #expect(throws: Refused(AnswerRefusal.wrongStatus)) { try await turn(.refused, nil) }
            await #expect(throws: NotAllowed.self) {
                try await place.answers.turn(
                    id, to: .underWay, due: Pavement.later, words: Texts([:]), of: walk, by: place.hall.rosa)
            }
            try await turn(.underWay, Pavement.later)
            try await turn(.underWay, Pavement.latest, Texts(["fr": "Le bois manque."]))
            try await turn(.done, nil, Texts(["fr": "Posé mardi."]))
            let story: ObservationStory = try #require(try await place.stories.find(1, of: walk))
            #expect(story.status == .done && story.dueOn == nil)
            #expect(story.turns.map(\.status) == [.done, .underWay, .underWay])
            #expect(story.turns[1].dueBefore == Pavement.later && story.turns[1].dueOn == Pavement.latest)
            await #expect(throws: Refused(AnswerRefusal.wrongStatus)) { try await turn(.planned, Pavement.later) }
        }
    }

    @Test("what is late is counted in days, and a service is reminded once")
    func late() async throws {
        try await withPavement { place in
            let waiting: ID<Observation> = try await place.given("Sans réponse", number: 1)
            let promised: ID<Observation> = try await place.answered(.study, "Promis", number: 2)
            let done: ID<Observation> = try await place.answered(.done, "Fait", number: 3)
            let zone: String = Square.zone
            try await place.pool.execute(
                "test.past",
                """
                UPDATE observation_assignment SET due_on = (clock_timestamp() AT TIME ZONE \(zone))::date - 3
                """)
            try await place.pool.execute(
                "test.past",
                """
                UPDATE observation SET due_on = (clock_timestamp() AT TIME ZONE \(zone))::date - 2
                WHERE due_on IS NOT NULL
                """)
            let lines: [AwaitedAnswer] = try await place.answers.awaited(
                .init(overdue: true), of: place.hall.process, by: place.agent)
            #expect(lines.map(\.observation.id) == [waiting, promised])
            #expect(lines.map(\.stage) == [.waiting, .late] && lines.map(\.daysLate) == [3, 2])
            let load: ServiceAnswers.Load = try await place.answers.load(of: place.hall.process, by: place.agent)
            #expect(load.stages == [.waiting: 1, .late: 1, .settled: 1] && load.overdue == 2)
            let board: [FollowUp] = try await place.followUps.list(.init(), of: .walk(place.walk.id))
            #expect(board.map(\.observation.id) == [promised, waiting, done])
            #expect(
                board.map(\.daysLate) == [2, 0, 0], "a promise is late in public; an answer awaited is not yet one")
            let reminders = AnswerReminders(
                pool: place.pool, zone: zone, logger: TestCluster.logger, correspondent: PlainServiceLetters())
            #expect(try await reminders.remind() == 1)
            #expect(try await reminders.remind() == 0)
            let letters: [Row] = try await place.pool.query(
                "test.letters", "SELECT subject FROM outbox WHERE kind = 'answers_overdue'")
            #expect(try letters.map { try $0.get("subject") } == ["overdue [1]"])
        }
    }

    @Test("the board shows published walks, filtered and page by page, with a place before and after")
    func board() async throws {
        try await withPavement { place in
            let one: ID<Observation> = try await place.answered(.planned, "Prévu", number: 1)
            let two: ID<Observation> = try await place.answered(.refused, "Refusé", number: 2)
            let three: ID<Observation> = try await place.given("Attendu", number: 3)
            _ = try await place.walk.observation("Sans service", state: .published, number: 4)
            let hidden: WalkFixture = try await .make(
                place.pool, in: place.hall.process, handle: "cachee", isPublished: false)
            let secret: ID<Observation> = try await hidden.observation("Secret", state: .published, number: 1)
            try await place.answers.give(
                [secret], to: place.hall.roads, due: Pavement.later, of: hidden.id, by: place.agent)
            let scope = FollowUps.Scope.process(place.hall.process)
            #expect(try await place.followUps.list(.init(), of: scope).map(\.observation.id) == [one, three, two])
            #expect(try await place.followUps.list(.init(status: .refused), of: scope).map(\.observation.id) == [two])
            #expect(try await place.followUps.list(.init(service: place.hall.parks), of: scope).isEmpty)
            #expect(try await place.followUps.list(.init(theme: "light"), of: scope).count == 3)
            #expect(try await place.followUps.list(.init(late: true), of: scope).isEmpty)
            let first: [FollowUp] = try await place.followUps.list(.init(), of: scope, limit: 2)
            let rest: [FollowUp] = try await place.followUps.list(
                .init(), of: scope, after: FollowUps.Place(FollowUps.Place(first[1]).text))
            #expect((first + rest).map(\.observation.id) == [one, three, two])
            let counts: FollowUps.Counts = try await place.followUps.counts(of: scope)
            #expect(counts.statuses == [.planned: 1, .refused: 1, .asked: 1] && counts.open == 1)
            #expect(counts.services.map(\.id) == [place.hall.roads])
            let seen: ID<Medium> = try await place.photo(of: one)
            #expect(try await place.followUps.list(.init(), of: scope)[0].before == nil, "nobody has cleared it")
            try await place.clearances.clear(
                seen, showing: "Un banc", of: one, on: place.walk.id, by: place.agent)
            let bytes = try Data(
                contentsOf: URL(filePath: "\(TestCluster.repository)/Tests/Fixtures/media/photo.png"))
            let medium: PreparedMedium = try await Media.prepare(
                UploadedFile(name: "a.png", bytes: Array(bytes)), alt: "Le banc réparé")
            let after: ID<Medium> = try await place.clearances.hang(
                medium, .after, of: one, on: place.walk.id, by: place.agent)
            let line: FollowUp = try await place.followUps.list(.init(), of: scope)[0]
            #expect(line.before?.id == seen && line.after?.id == after)
            #expect(try await place.followUps.latest(of: scope).map(\.observation.id) == [two, one])
        }
    }
}
