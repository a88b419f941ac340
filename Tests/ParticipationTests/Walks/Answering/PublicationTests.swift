import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// Observations read by agents: published, set aside, corrected, joined, and each act undone.
@Suite("Observations that agents read")
struct PublicationTests {
    @Test("numbers follow the stops and then the random identities, and go on where they ended")
    func numbers() async throws {
        try await withPavement { place in
            var third: [ID<Observation>] = []
            for _ in 0..<4 { third.append(try await place.walk.observation("Au canal", stop: 3)) }
            let first: ID<Observation> = try await place.walk.observation("À la gare", stop: 1)
            let nowhere: ID<Observation> = try await place.walk.observation("En chemin", stop: nil)
            let later: ID<Observation> = try await place.walk.observation("Plus tard", stop: 1)
            try await place.publications.publish(third + [nowhere, first], of: place.walk.id, by: place.agent)
            try await place.publications.publish([later], of: place.walk.id, by: place.agent)
            let rows: [Row] = try await place.pool.query(
                "test.numbers", "SELECT id FROM observation ORDER BY number")
            let sorted: [ID<Observation>] = third.sorted { $0.description < $1.description }
            #expect(try rows.map { ID<Observation>(try $0.get("id")) } == [first] + sorted + [nowhere, later])
            #expect(try await place.file(later).observation.number == 7)
        }
    }

    @Test("agents who publish at once give different numbers, without gaps")
    func race() async throws {
        try await withPavement { place in
            var all: [[ID<Observation>]] = []
            for _ in 0..<6 {
                var few: [ID<Observation>] = []
                for _ in 0..<3 { few.append(try await place.walk.observation("Un banc", stop: 2)) }
                all.append(few)
            }
            // Each is named by two agents, too.
            let sets: [[ID<Observation>]] = all + all.map { $0.reversed() }
            try await place.hall.square.warm()
            await withTaskGroup(of: Void.self) { group in
                for ids in sets {
                    group.addTask {
                        _ = try? await place.publications.publish(ids, of: place.walk.id, by: place.agent)
                    }
                }
            }
            let rows: [Row] = try await place.pool.query(
                "test.numbers", "SELECT number FROM observation WHERE state = 'published' ORDER BY number")
            #expect(try rows.map { try $0.get("number", as: Int32.self) } == Array(1...18))
        }
    }

    @Test("only agents of the process read and publish; the others learn nothing")
    func rights() async throws {
        try await withPavement { place in
            let id: ID<Observation> = try await place.walk.observation("Un banc")
            let crew: Account = try await place.hall.square.town.resident("Nora")
            try await place.walk.enlist(crew.id)
            let foreign: ID<Participation.Process> = try await Square.call("ailleurs", Square.ideas, place.pool)
            let agent: Account = try await place.hall.square.town.resident(
                "Elsa", roles: [HeldRole(.participationAgent, for: .process(foreign))])
            for actor: Actor in [
                .visitor, .resident(crew.id), .official(crew.id, .participationAgent), place.hall.rosa,
                .official(agent.id, .participationAgent),
            ] {
                await #expect(throws: NotAllowed.self) {
                    try await place.files.list(ObservationFilter(), of: place.walk.id, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await place.files.open(id, of: place.walk.id, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await place.publications.publish([id], of: place.walk.id, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await place.publications.setAside([id], because: .test, of: place.walk.id, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await place.corrections.redact(id, from: "Un banc", to: "Rien", of: place.walk.id, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await place.joins.pairs(of: place.walk.id, by: actor)
                }
            }
            #expect(try await place.file(id).observation.state == .received)
        }
    }

    @Test("filters find what they name, and pages follow one another")
    func filters() async throws {
        try await withPavement { place in
            let dark: ID<Observation> = try await place.walk.observation("Sombre", stop: 2, theme: 1)
            let bench: ID<Observation> = try await place.walk.observation("Banc", stop: 3, theme: 2, kind: .idea)
            let tree: ID<Observation> = try await place.walk.observation(
                "Arbre", stop: nil, theme: nil, kind: .strength, state: .published, number: 1)
            try await place.photo(of: bench)
            func found(_ filter: ObservationFilter) async throws -> [ID<Observation>] {
                try await place.files.list(filter, of: place.walk.id, by: place.agent).map(\.observation.id)
            }
            #expect(try await found(ObservationFilter()) == [dark, bench, tree])
            #expect(try await found(ObservationFilter(state: .received)) == [dark, bench])
            #expect(try await found(ObservationFilter(stop: 2)) == [dark])
            #expect(try await found(ObservationFilter(stop: 0)) == [tree])
            #expect(try await found(ObservationFilter(theme: "upkeep")) == [bench])
            #expect(try await found(ObservationFilter(theme: "")) == [tree])
            #expect(try await found(ObservationFilter(kind: .idea)) == [bench])
            #expect(try await found(ObservationFilter(channel: .paper)) == [])
            #expect(try await found(ObservationFilter(unanswered: true)) == [tree])
            #expect(try await found(ObservationFilter(uncleared: true)) == [bench])
            var paged: [ID<Observation>] = []
            var last: ObservationFiles.Place?
            repeat {
                let page: [ObservationLine] = try await place.files.list(
                    ObservationFilter(), of: place.walk.id, after: last, limit: 1, by: place.agent)
                paged += page.map(\.observation.id)
                last = page.last.flatMap { ObservationFiles.Place(ObservationFiles.Place($0).text) }
            } while last != nil
            #expect(paged == [dark, bench, tree])
            let counts: ObservationFiles.Counts = try await place.files.counts(of: place.walk.id, by: place.agent)
            #expect(counts.states == [.received: 2, .published: 1])
            #expect(counts.unanswered == 1 && counts.uncleared == 1)
        }
    }

    @Test("every act on many is undone exactly, and not where things have gone on")
    func undo() async throws {
        try await withPavement { place in
            let walk: ID<Walk> = place.walk.id
            let one: ID<Observation> = try await place.walk.observation("Un", theme: 1)
            let two: ID<Observation> = try await place.walk.observation("Deux", theme: 2)
            let published: ObservationOutcome = try await place.publications.publish(
                [one, two], of: walk, by: place.agent)
            #expect(published.count == 2)
            let themed: ObservationOutcome = try await place.publications.give(
                theme: "signs", to: [one, two], of: walk, by: place.agent)
            let given: ObservationOutcome = try await place.answers.give(
                [two], to: place.hall.roads, due: Pavement.later, of: walk, by: place.agent)
            // A service has the second one: it is passed over.
            #expect(try await place.batches.undo(published.batch, of: walk, by: place.agent) == 1)
            #expect(try await place.file(one).observation.state == .received)
            #expect(try await place.file(one).observation.number != nil, "a number that was quoted goes to nobody else")
            #expect(try await place.file(two).observation.state == .published)
            #expect(try await place.batches.undo(given.batch, of: walk, by: place.agent) == 1)
            #expect(try await place.file(two).service == nil)
            #expect(try await place.batches.undo(themed.batch, of: walk, by: place.agent) == 2)
            #expect(try await place.file(one).line.themeKey == "light")
            #expect(try await place.file(two).line.themeKey == "upkeep")
            await #expect(throws: ObservationRefusal.undone) {
                try await place.batches.undo(themed.batch, of: walk, by: place.agent)
            }
            let aside: ObservationOutcome = try await place.publications.setAside(
                [two], because: .person, of: walk, by: place.agent)
            #expect(try await place.file(two).setAsideReason == .person)
            try await place.batches.undo(aside.batch, of: walk, by: place.agent)
            #expect(try await place.file(two).setAsideReason == nil)
            #expect(try await place.file(two).observation.state == .published)
            let numbers: [Int?] = [
                try await place.file(one).observation.number, try await place.file(two).observation.number,
            ]
            try await place.publications.publish([one], of: walk, by: place.agent)
            #expect(try await place.file(one).observation.number == numbers[0])
            #expect(Set(numbers) == [1, 2])
        }
    }

    @Test("an act is undone while it is the last of its kind, and brings back the reason and nothing else")
    func order() async throws {
        try await withPavement { place in
            let walk: ID<Walk> = place.walk.id
            let id: ID<Observation> = try await place.walk.observation("Un banc")
            let aside: ObservationOutcome = try await place.publications.setAside(
                [id], because: .test, of: walk, by: place.agent)
            let published: ObservationOutcome = try await place.publications.publish([id], of: walk, by: place.agent)
            let insult: ObservationOutcome = try await place.publications.setAside(
                [id], because: .insult, of: walk, by: place.agent)
            for batch in [aside.batch, published.batch] {
                await #expect(throws: ObservationRefusal.later) {
                    try await place.batches.undo(batch, of: walk, by: place.agent)
                }
            }
            #expect(try await place.file(id).setAsideReason == .insult, "nobody reads it again by the way")
            try await place.batches.undo(insult.batch, of: walk, by: place.agent)
            #expect(try await place.file(id).observation.state == .published)
            try await place.batches.undo(published.batch, of: walk, by: place.agent)
            #expect(try await place.file(id).setAsideReason == .test)
            try await place.batches.undo(aside.batch, of: walk, by: place.agent)
            #expect(try await place.file(id).observation.state == .received)
        }
    }

    @Test("whatever agents do and undo, each is what the acts that stand made of it", arguments: 1...6)
    func sequences(seed: Int) async throws {
        try await withPavement { place in
            let walk: ID<Walk> = place.walk.id
            var dice = SplitMix(state: UInt64(seed))
            let ids: [ID<Observation>] = [
                try await place.walk.observation("Un"), try await place.walk.observation("Deux"),
                try await place.walk.observation("Trois"),
            ]
            /// What is known of an observation, and the acts that stand, each with what it found.
            struct Known: Equatable {
                var state: Observation.State, reason: SetAsideReason?, theme: String?
            }
            func read(_ id: ID<Observation>) async throws -> Known {
                let file: ObservationFile = try await place.file(id)
                return Known(
                    state: file.observation.state, reason: file.setAsideReason, theme: file.line.themeKey)
            }
            var stacks: [ID<Observation>: [(batch: ID<ObservationBatch>, isTheme: Bool, before: Known)]] = [:]
            var past: [ID<ObservationBatch>] = []
            for step in 1...40 {
                let id: ID<Observation> = try #require(ids.randomElement(using: &dice))
                let before: Known = try await read(id)
                let number = Int.random(in: 0..<6, using: &dice)
                if number < 4 {
                    do {
                        let outcome: ObservationOutcome
                        switch number {
                        case 0: outcome = try await place.publications.publish([id], of: walk, by: place.agent)
                        case 1:
                            outcome = try await place.publications.setAside(
                                [id], because: SetAsideReason.allCases.randomElement(using: &dice)!, of: walk,
                                by: place.agent)
                        case 2:
                            outcome = try await place.publications.give(
                                theme: ["light", "upkeep", "signs", ""].randomElement(using: &dice)!, to: [id],
                                of: walk, by: place.agent)
                        default:
                            let target: ID<Observation> = try #require(
                                ids.filter { $0 != id }.randomElement(using: &dice))
                            outcome = try await place.joins.join([id], into: target, of: walk, by: place.agent)
                        }
                        stacks[id, default: []].append((outcome.batch, number == 2, before))
                        past.append(outcome.batch)
                    } catch is ObservationRefusal { #expect(try await read(id) == before, "step \(step)") }
                } else if let batch = past.randomElement(using: &dice) {
                    let owner: ID<Observation>? = ids.first { stacks[$0]?.contains { $0.batch == batch } == true }
                    guard let owner, let index = stacks[owner]?.firstIndex(where: { $0.batch == batch }) else {
                        await #expect(throws: ObservationRefusal.undone, "step \(step)") {
                            try await place.batches.undo(batch, of: walk, by: place.agent)
                        }
                        continue
                    }
                    let line = stacks[owner]![index]
                    let isBuried: Bool = stacks[owner]![(index + 1)...].contains { $0.isTheme == line.isTheme }
                    let now: Known = try await read(owner)
                    if isBuried {
                        await #expect(throws: ObservationRefusal.later, "step \(step)") {
                            try await place.batches.undo(batch, of: walk, by: place.agent)
                        }
                        #expect(try await read(owner) == now, "step \(step)")
                    } else {
                        try await place.batches.undo(batch, of: walk, by: place.agent)
                        var wanted: Known = now
                        if line.isTheme {
                            wanted.theme = line.before.theme
                        } else {
                            wanted.state = line.before.state
                            wanted.reason = line.before.reason
                        }
                        #expect(try await read(owner) == wanted, "step \(step)")
                        stacks[owner]!.remove(at: index)
                    }
                }
            }
        }
    }

    @Test("place, theme and words are put right, and words that named a person are nowhere any more")
    func corrections() async throws {
        try await withPavement { place in
            let walk: ID<Walk> = place.walk.id
            let id: ID<Observation> = try await place.walk.observation("Monsieur Durand gare sa voiture ici", stop: nil)
            let photo: ID<Medium> = try await place.photo(of: id, alt: "Monsieur Durand gare sa voiture ici")
            try await place.corrections.correct(
                id, to: .init(stop: 2, point: nil, words: "Devant le square", theme: "signs"), of: walk,
                by: place.agent)
            let file: ObservationFile = try await place.file(id)
            #expect(file.line.stopNumber == 2 && file.line.themeKey == "signs" && file.observation.point == nil)
            #expect(file.observation.accuracy == nil)
            for (wrong, refusal) in [
                (Corrections.Place(stop: nil, point: nil, words: "", theme: ""), ObservationRefusal.nowhere),
                (.init(stop: 9, point: nil, words: "", theme: ""), .unknownStop),
                (.init(stop: 1, point: nil, words: "", theme: "x"), .unknownTheme),
                (
                    .init(stop: 1, point: nil, words: String(repeating: "👩‍👩‍👧‍👦", count: 299), theme: ""),
                    .placeTooLong
                ),
            ] {
                await #expect(throws: refusal) {
                    try await place.corrections.correct(id, to: wrong, of: walk, by: place.agent)
                }
            }
            await #expect(throws: ObservationRefusal.changedMeanwhile) {
                try await place.corrections.redact(id, from: "Autre chose", to: "Rien", of: walk, by: place.agent)
            }
            try await place.corrections.redact(
                id, from: "Monsieur Durand gare sa voiture ici", to: "Une voiture est garée ici", of: walk,
                by: place.agent)
            #expect(try await place.file(id).photos.first?.medium.alt == "Une voiture est garée ici")
            #expect(try await place.file(id).photos.first?.medium.id == photo)
            // Not in any table, the register of acts included.
            let left: [Row] = try await place.pool.query(
                "test.left",
                """
                SELECT count(*) AS n FROM (
                    SELECT observation::text AS text FROM observation UNION ALL SELECT act::text FROM act
                    UNION ALL SELECT medium::text FROM medium UNION ALL SELECT line::text FROM observation_batch_line AS line
                ) AS everything WHERE text LIKE '%Durand%'
                """)
            #expect(try left[0].get("n", as: Int.self) == 0)
            #expect(try await place.file(id).acts.map(\.act) == ["observation_redacted", "observation_corrected"])
        }
    }

    @Test("what says the same is joined, counted once, readable, and taken apart as it was")
    func joins() async throws {
        try await withPavement { place in
            let walk: ID<Walk> = place.walk.id
            let target: ID<Observation> = try await place.walk.observation(
                "Le banc du square est cassé", stop: 2, state: .published, number: 1)
            let numbered: ID<Observation> = try await place.walk.observation(
                "Le banc est cassé, au square", stop: 2, state: .published, number: 2)
            let waiting: ID<Observation> = try await place.walk.observation("Banc du square cassé", stop: 2)
            let other: ID<Observation> = try await place.walk.observation("La fontaine chante", stop: 3, theme: 3)
            let pairs: [ObservationJoins.Likeness] = try await place.joins.pairs(of: walk, by: place.agent)
            #expect(Set(pairs.flatMap { [$0.first.id, $0.second.id] }) == [target, numbered, waiting])
            let like: [ObservationJoins.Likeness] = try await place.joins.like(
                try await place.file(target).observation, by: place.agent)
            #expect(Set(like.map(\.second.id)) == [numbered, waiting])
            for (origins, into, refusal) in [
                ([target], target, ObservationRefusal.joinedToItself),
                ([ID<Observation>(UUID())], target, .nothingChosen),
                ([target], ID<Observation>(UUID()), .noTarget),
            ] {
                await #expect(throws: refusal) {
                    try await place.joins.join(origins, into: into, of: walk, by: place.agent)
                }
            }
            let outcome: ObservationOutcome = try await place.joins.join(
                [numbered, waiting], into: target, of: walk, by: place.agent)
            #expect(outcome.count == 2)
            let story: ObservationStory = try #require(try await place.stories.find(1, of: walk))
            #expect(
                Set(story.origins.map(\.observation.words)) == ["Le banc est cassé, au square", "Banc du square cassé"])
            #expect(try await place.stories.find(2, of: walk)?.joinedInto == 1)
            let counted: [Row] = try await place.pool.query(
                "test.counted", "SELECT count(*) AS n FROM observation WHERE state = 'published'")
            #expect(try counted[0].get("n", as: Int.self) == 1)
            await #expect(throws: ObservationRefusal.hasOrigins) {
                try await place.joins.join([target], into: other, of: walk, by: place.agent)
            }
            await #expect(throws: ObservationRefusal.noTarget) {
                try await place.joins.join([other], into: waiting, of: walk, by: place.agent)
            }
            #expect(try await place.batches.undo(outcome.batch, only: waiting, of: walk, by: place.agent) == 1)
            #expect(try await place.file(waiting).observation.state == .received)
            #expect(try await place.file(numbered).observation.state == .joined)
            #expect(try await place.batches.undo(outcome.batch, of: walk, by: place.agent) == 1)
            let restored: Observation = try await place.file(numbered).observation
            #expect(restored.state == .published && restored.number == 2 && restored.joinedInto == nil)
            try await place.answers.give(
                [numbered], to: place.hall.roads, due: Pavement.later, of: walk, by: place.agent)
            await #expect(throws: ObservationRefusal.settled) {
                try await place.joins.join([numbered], into: target, of: walk, by: place.agent)
            }
        }
    }

    @Test("two agents who join each to the other make no circle")
    func circle() async throws {
        try await withPavement { place in
            try await place.hall.square.warm()
            for round in 0..<5 {
                let one: ID<Observation> = try await place.walk.observation("Un \(round)")
                let two: ID<Observation> = try await place.walk.observation("Deux \(round)")
                await withTaskGroup(of: Void.self) { group in
                    for (origin, target) in [(one, two), (two, one)] {
                        group.addTask {
                            _ = try? await place.joins.join([origin], into: target, of: place.walk.id, by: place.agent)
                        }
                    }
                }
                let states: Set<Observation.State> = [
                    try await place.file(one).observation.state, try await place.file(two).observation.state,
                ]
                #expect(states == [.received, .joined])
            }
        }
    }
}

/// Numbers that look random and are the same again for the same seed (SplitMix64).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed: UInt64 = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
