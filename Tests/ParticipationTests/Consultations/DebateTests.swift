import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// Debates: prepared, argued in, closed.
@Suite struct DebateTests {
    @Test func `a debate has two to five sides, and none goes for which somebody has argued`()
        async throws
    {
        try await withAssembly { assembly in
            func draft(_ sides: [String]) -> DebateDraft {
                DebateDraft(question: Texts(["fr": "Q"]), sides: sides.map { Texts(["fr": $0]) })
            }
            let wrong: [([String], DebateRefusal)] = [
                (["Oui"], .sides), (["1", "2", "3", "4", "5", "6"], .sides),
                (["Oui", "", "Non"], .sideMissing(2)),
            ]
            for (sides, refusal) in wrong {
                await #expect(throws: Refused(refusal)) {
                    try await assembly.debates.plan(
                        draft(sides), handle: "d", in: assembly.consultation, by: assembly.agent)
                }
            }
            for actor in [assembly.ada, assembly.stranger] {
                await #expect(throws: NotAllowed.self) {
                    try await assembly.debates.plan(
                        draft(["Oui", "Non"]), handle: "d", in: assembly.consultation, by: actor)
                }
            }
            let debate: Debate = try await assembly.debate()
            try await assembly.argue("Non", side: 2, in: debate, by: assembly.ada)
            try await assembly.debates.describe(
                debate.id, draft(["Oui", "Non", "Parfois"]), revision: debate.revision, by: assembly.agent)
            let wider: Debate = try #require(
                try await assembly.debates.find("voitures", of: assembly.consultation))
            #expect(wider.sides.map { $0.title(.french) } == ["Oui", "Non", "Parfois"])
            // Two sides stay two: the third goes, the second is argued for.
            try await assembly.debates.describe(
                debate.id, draft(["Oui", "Non"]), revision: wider.revision, by: assembly.agent)
            await #expect(throws: Refused(DebateRefusal.inUse)) {
                try await assembly.debates.withdraw(debate.id, by: assembly.agent)
            }
        }
    }

    @Test
    func
        `arguments are taken while the consultation collects, from people with accounts and at stands`()
        async throws
    {
        try await withAssembly { assembly in
            let debate: Debate = try await assembly.debate()
            let wrong = ArgumentDraft(
                side: 9, title: String(repeating: "é", count: 151), body: "",
                sources: ["https://example.org/a", "javascript:alert(1)"], language: .french)
            await #expect(
                throws: Refused<ArgumentRefusal>(reasons: [
                    .sideMissing, .bodyMissing, .titleTooLong(by: 1), .source("javascript:alert(1)"),
                ])
            ) { try await assembly.arguments.write(wrong, in: debate.id, by: assembly.ada) }
            for actor in [Actor.visitor, assembly.stranger] {
                await #expect(throws: NotAllowed.self) {
                    try await assembly.argue("Non", in: debate, by: actor)
                }
            }
            let own: DebateArgument = try await assembly.argue("De l’ombre", in: debate, by: assembly.ada)
            let heard: DebateArgument = try await assembly.argue(
                "Du calme", side: 2, in: debate, by: assembly.agent)
            #expect(own.account == assembly.ada.account && !own.isFromStand)
            // Who said it is nobody, and the agent is not its author.
            #expect(heard.account == nil && heard.isFromStand && heard.name.isEmpty)
            #expect(!heard.mayWithdraw(assembly.agent.account))
            try await assembly.close()
            await #expect(throws: Refused(ArgumentRefusal.closed)) {
                try await assembly.argue("Trop tard", in: debate, by: assembly.bruno)
            }
            await #expect(throws: Refused(ArgumentRefusal.closed)) {
                try await assembly.arguments.support(own.id, true, by: assembly.bruno)
            }
        }
    }

    @Test func `one support for each person, whatever is pressed at once, and none for one's own`()
        async throws
    {
        try await withAssembly { assembly in
            let debate: Debate = try await assembly.debate()
            let argument: DebateArgument = try await assembly.argue("De l’ombre", in: debate, by: assembly.ada)
            let crowd: [Actor] = try await assembly.crowd(6)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for actor in crowd + crowd + crowd {
                    group.addTask { try await assembly.arguments.support(argument.id, true, by: actor) }
                }
                try await group.waitForAll()
            }
            func supports() async throws -> Int {
                try await assembly.arguments.find(argument.id, for: nil)?.supports ?? -1
            }
            #expect(try await supports() == 6)
            try await assembly.arguments.support(argument.id, false, by: crowd[0])
            try await assembly.arguments.support(argument.id, false, by: crowd[0])
            #expect(try await supports() == 5)
            await #expect(throws: Refused(ArgumentRefusal.own)) {
                try await assembly.arguments.support(argument.id, true, by: assembly.ada)
            }
            await #expect(throws: NotAllowed.self) {
                try await assembly.arguments.support(argument.id, true, by: assembly.agent)
            }
        }
    }

    @Test func `arguments that say the same are joined, counted as people, and parted again`()
        async throws
    {
        try await withAssembly { assembly in
            let debate: Debate = try await assembly.debate()
            let one: DebateArgument = try await assembly.argue("De l’ombre", in: debate, by: assembly.ada)
            let two: DebateArgument = try await assembly.argue("Des arbres", in: debate, by: assembly.bruno)
            let other: DebateArgument = try await assembly.argue(
                "Du bruit", side: 2, in: debate, by: assembly.bruno)
            let crowd: [Actor] = try await assembly.crowd(3)
            try await assembly.arguments.support(one.id, true, by: crowd[0])
            try await assembly.arguments.support(one.id, true, by: crowd[1])
            try await assembly.arguments.support(two.id, true, by: crowd[1])
            try await assembly.arguments.support(two.id, true, by: crowd[2])
            await #expect(throws: NotAllowed.self) {
                try await assembly.arguments.join(two.id, into: one.id, by: assembly.stranger)
            }
            for target in [two.id, other.id] {
                await #expect(throws: Refused(ArgumentRefusal.cannotJoin)) {
                    try await assembly.arguments.join(two.id, into: target, by: assembly.agent)
                }
            }
            // Two agents who join both ways at once make no circle.
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    try? await assembly.arguments.join(two.id, into: one.id, by: assembly.agent)
                }
                group.addTask {
                    try? await assembly.arguments.join(one.id, into: two.id, by: assembly.agent)
                }
            }
            let both: [DebateArgument] = try await assembly.arguments.all(of: debate, by: assembly.agent)
            let joined: [DebateArgument] = both.filter { $0.joinedInto != nil }
            #expect(joined.count == 1)
            let (origin, into) = (try #require(joined.first), try #require(joined.first?.joinedInto))
            #expect(try await assembly.arguments.find(into, for: nil)?.supports == 3)
            await #expect(throws: Refused(ArgumentRefusal.gone)) {
                try await assembly.arguments.support(origin.id, true, by: crowd[0])
            }
            let listed: [DebateArgument] = try await assembly.arguments.list(
                of: debate.id, .newest, seed: "", limit: 10, for: nil)
            #expect(listed.map(\.id) == [into, other.id])
            try await assembly.arguments.part(origin.id, by: assembly.agent)
            #expect(try await assembly.arguments.find(into, for: nil)?.supports == 2)
            #expect(try await assembly.arguments.find(origin.id, for: nil)?.supports == 2)
        }
    }

    @Test func `the order is each reader's own, stays, and goes on over pages without a gap`()
        async throws
    {
        try await withAssembly { assembly in
            let debate: Debate = try await assembly.debate()
            for (index, actor) in try await assembly.crowd(12).enumerated() {
                try await assembly.argue("Argument \(index)", in: debate, by: actor)
            }
            func pages(_ order: ArgumentOrder, _ seed: String) async throws -> [Int] {
                var found: [DebateArgument] = []
                repeat {
                    let page: [DebateArgument] = try await assembly.arguments.list(
                        of: debate.id, side: 1, order, seed: seed, after: found.last?.id, limit: 5, for: nil)
                    found += page.prefix(5)
                    if page.count <= 5 { return found.map(\.number) }
                } while true
            }
            #expect(try await pages(.newest, "") == Array((1...12).reversed()))
            let mine: [Int] = try await pages(.shuffled, "ada")
            #expect(mine.sorted() == Array(1...12))
            #expect(try await pages(.shuffled, "ada") == mine)
            #expect(try await pages(.shuffled, "bruno") != mine)
        }
    }

    @Test func `an argument is mended for a while, and withdrawn with its words and its sources`()
        async throws
    {
        try await withAssembly { assembly in
            let debate: Debate = try await assembly.debate()
            let argument: DebateArgument = try await assembly.argue("De l’ombre", in: debate, by: assembly.ada)
            let draft = ArgumentDraft(
                side: 2, title: "De l’ombre et de l’eau", body: "Parce que.",
                sources: ["http://example.org/eau"],
                language: .french)
            await #expect(throws: NotAllowed.self) {
                try await assembly.arguments.edit(argument.id, draft, by: assembly.bruno)
            }
            try await assembly.arguments.edit(argument.id, draft, by: assembly.ada)
            let mended: DebateArgument = try #require(try await assembly.arguments.find(argument.id, for: nil))
            // The side stays: people were convinced of what was said there.
            #expect(
                mended.side == 1 && mended.editedAt != nil && mended.sources == ["http://example.org/eau"])
            try await assembly.comments.write(
                "D’accord.", nil, in: .french, on: .argument(argument.id), by: assembly.bruno)
            try await assembly.pool.execute(
                "test.later", "UPDATE argument SET created_at = created_at - interval '16 minutes'")
            await #expect(throws: Refused(ArgumentRefusal.tooLate)) {
                try await assembly.arguments.edit(argument.id, draft, by: assembly.ada)
            }
            try await assembly.arguments.withdraw(argument.id, by: assembly.ada)
            let gone: DebateArgument = try #require(try await assembly.arguments.find(argument.id, for: nil))
            #expect(gone.title.isEmpty && gone.body.isEmpty && gone.sources.isEmpty && gone.comments == 1)
            let listed: [DebateArgument] = try await assembly.arguments.list(
                of: debate.id, .shuffled, seed: "x", limit: 5, for: nil)
            #expect(listed.map(\.id) == [argument.id])
        }
    }

    @Test func `conclusions close it for good, and who argued, answered or follows is told once`()
        async throws
    {
        try await withAssembly { assembly in
            let debate: Debate = try await assembly.debate(hidesCounts: true)
            #expect(!debate.showsCounts)
            let argument: DebateArgument = try await assembly.argue("De l’ombre", in: debate, by: assembly.ada)
            try await assembly.comments.write(
                "D’accord.", nil, in: .french, on: .argument(argument.id), by: assembly.bruno)
            await #expect(throws: Refused(DebateRefusal.conclusionsMissing)) {
                try await assembly.debates.conclude(debate.id, by: assembly.agent)
            }
            try await assembly.debates.write(
                Texts(["fr": "Des arbres."]), heard: [1: Texts(["fr": "L’ombre."])], of: debate.id,
                revision: debate.revision, by: assembly.agent)
            await #expect(throws: NotAllowed.self) {
                try await assembly.debates.conclude(debate.id, by: assembly.stranger)
            }
            try await assembly.debates.conclude(debate.id, by: assembly.agent)
            let closed: Debate = try #require(
                try await assembly.debates.find("voitures", of: assembly.consultation))
            #expect(
                !closed.isOpen && closed.showsCounts && closed.sides[0].heard == Texts(["fr": "L’ombre."]))
            #expect(
                try await assembly.letters("debate_concluded") == ["ada@example.fr", "bruno@example.fr"])
            await #expect(throws: Refused(ArgumentRefusal.closed)) {
                try await assembly.argue("Encore", in: debate, by: assembly.bruno)
            }
            await #expect(throws: CommentRefusal.closed) {
                try await assembly.comments.write(
                    "Encore.", nil, in: .french, on: .argument(argument.id), by: assembly.bruno)
            }
            await #expect(throws: Refused(DebateRefusal.concluded)) {
                try await assembly.debates.conclude(debate.id, by: assembly.agent)
            }
        }
    }

    @Test func `an address of the web begins with http or https and names a host`() {
        for good in ["https://example.org", "http://example.org/a?b=c#d", "https://müller.example/ü"] {
            #expect(WebAddress.isValid(good), "\(good)")
        }
        for bad in [
            "", "example.org", "javascript:alert(1)", "https://", "https:///a", "ftp://example.org",
            "//example.org",
            "https://example.org/a b", "https://me@example.org/", "HTTPS://example.org",
            "data:text/html,x",
            "https://example.org/" + String(repeating: "a", count: 500),
        ] { #expect(!WebAddress.isValid(bad), "\(bad)") }
    }
}
