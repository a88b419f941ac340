import Foundation
import Participation
import Postgres
import PublicRecord
import Testing

/// Two channels and three policies: every line of the table in Documentation/Places.md.
@Suite struct PolicyTests {
    /// What somebody does.
    enum Step: String, Sendable {
        case online, kiosk, table, envelope, separated, list, mistaken
    }

    /// What comes of the second step.
    enum Effect: String, Sendable {
        /// The second step is refused, and the person told why.
        case refused
        /// The mark of the first step is annulled, and the person told by letter.
        case annulled
        /// The ballot of the first step is replaced under its mark.
        case replaced
        /// The envelope stays closed.
        case aside
        /// The box holds a paper without a mark.
        case withoutMark
        /// Nothing is changed.
        case nothing
    }

    struct Line: Sendable, CustomTestStringConvertible {
        let policy: String, first: Step, then: Step, effect: Effect, live: Channel
        var testDescription: String { "\(policy): \(first.rawValue), then \(then.rawValue)" }
    }

    static let table: [Line] = [
        Line(policy: "first_stands", first: .online, then: .table, effect: .refused, live: .online),
        Line(policy: "first_stands", first: .online, then: .envelope, effect: .aside, live: .online),
        Line(policy: "first_stands", first: .online, then: .list, effect: .withoutMark, live: .online),
        Line(policy: "first_stands", first: .online, then: .mistaken, effect: .nothing, live: .online),
        Line(policy: "first_stands", first: .online, then: .kiosk, effect: .replaced, live: .online),
        Line(policy: "first_stands", first: .kiosk, then: .table, effect: .refused, live: .kiosk),
        Line(policy: "first_stands", first: .kiosk, then: .online, effect: .refused, live: .kiosk),
        Line(policy: "first_stands", first: .table, then: .online, effect: .refused, live: .paper),
        Line(policy: "first_stands", first: .table, then: .kiosk, effect: .refused, live: .paper),
        Line(policy: "first_stands", first: .table, then: .table, effect: .refused, live: .paper),
        Line(policy: "first_stands", first: .table, then: .envelope, effect: .aside, live: .paper),
        Line(policy: "first_stands", first: .table, then: .list, effect: .withoutMark, live: .paper),
        Line(policy: "first_stands", first: .envelope, then: .online, effect: .refused, live: .paper),
        Line(policy: "first_stands", first: .separated, then: .online, effect: .refused, live: .paper),
        Line(policy: "paper_prevails", first: .online, then: .table, effect: .annulled, live: .paper),
        Line(policy: "paper_prevails", first: .online, then: .envelope, effect: .annulled, live: .paper),
        Line(policy: "paper_prevails", first: .online, then: .list, effect: .annulled, live: .paper),
        Line(policy: "paper_prevails", first: .online, then: .mistaken, effect: .nothing, live: .online),
        Line(policy: "paper_prevails", first: .kiosk, then: .table, effect: .annulled, live: .paper),
        Line(policy: "paper_prevails", first: .kiosk, then: .online, effect: .refused, live: .kiosk),
        Line(policy: "paper_prevails", first: .table, then: .online, effect: .refused, live: .paper),
        Line(policy: "paper_prevails", first: .table, then: .list, effect: .withoutMark, live: .paper),
        Line(policy: "paper_prevails", first: .envelope, then: .online, effect: .refused, live: .paper),
        Line(policy: "online_prevails", first: .online, then: .table, effect: .refused, live: .online),
        Line(policy: "online_prevails", first: .online, then: .envelope, effect: .aside, live: .online),
        Line(policy: "online_prevails", first: .online, then: .list, effect: .withoutMark, live: .online),
        Line(policy: "online_prevails", first: .table, then: .online, effect: .refused, live: .paper),
        Line(policy: "online_prevails", first: .table, then: .kiosk, effect: .refused, live: .paper),
        Line(policy: "online_prevails", first: .envelope, then: .online, effect: .annulled, live: .online),
        Line(policy: "online_prevails", first: .envelope, then: .kiosk, effect: .annulled, live: .kiosk),
        Line(policy: "online_prevails", first: .separated, then: .online, effect: .refused, live: .paper),
    ]

    @Test(arguments: table) func `every order of events has its effect`(_ line: Line) async throws {
        try await withPollingDay(policy: line.policy) { day in
            _ = try await Self.take(line.first, day)
            #expect(try await day.letters() == 0)
            let effect: Effect = try await Self.take(line.then, day)
            #expect(effect == line.effect)
            #expect(try await day.live() == line.live)
            #expect(try await day.letters() == (line.effect == .annulled ? 1 : 0))
            #expect(try await day.annulled() == (line.effect == .annulled ? "other_channel" : nil))
            // Papers in the boxes are live marks on paper, and those that the account says have none.
            let isInBox: Bool = line.live == .paper && line.first != .envelope && line.then != .envelope
            let kept: Bool = line.first == .table && line.then == .envelope
            #expect(
                try await day.papersInBoxes()
                    == (isInBox || kept ? 1 : 0) + (line.effect == .withoutMark ? 1 : 0))
            try await day.check()
        }
    }

    /// Does it for Ada, and says what came of it.
    private static func take(_ step: Step, _ day: PollingDay) async throws -> Effect {
        let before: Mark? = try await day.marks.standing(of: day.ada, in: day.vote.id).live
        do {
            switch step {
            case .online: try await day.online()
            case .kiosk: try await day.kiosk()
            case .table: try await day.paper()
            case .envelope: if try await !day.envelope() { return .aside }
            case .separated:
                // Three envelopes, the vote's smallest group, are separated together.
                for person in day.people.prefix(3) { try await day.envelope(person) }
                #expect(try await day.envelopes.separate(at: day.post.id, by: day.officer) == 3)
                for person in day.people[1..<3] { try await day.forget(person) }
            case .list, .mistaken:
                let outcome = try await day.lists.importLines(try LineNumbers("1"), at: day.school.id, by: day.officer)
                #expect(figures(of: outcome) == [0, 1, 0])
                let settled: String = try await day.lists.settle(
                    1, step == .list ? .given : .mistaken, at: day.school.id, by: day.officer)
                switch settled {
                case "without_mark": return .withoutMark
                case "mistaken": return .nothing
                default: break
                }
            }
        } catch is Ballots.Refusal {
            return .refused
        } catch is MarkRefusal {
            return .refused
        } catch is Kiosks.Refusal {
            return .refused
        }
        let after: Mark? = try await day.marks.standing(of: day.ada, in: day.vote.id).live
        return after == before ? .replaced : .annulled
    }

    @Test func `two hundred attempts of one person in all channels make one mark`() async throws {
        for policy in ["first_stands", "paper_prevails", "online_prevails"] {
            try await withPollingDay(policy: policy) { day in
                let number: Int = try await day.envelopes.receive(from: day.ada, at: day.post.id, by: day.officer)
                await withTaskGroup(of: Void.self) { group in
                    for attempt in 0..<200 {
                        group.addTask {
                            switch attempt % 4 {
                            case 0: try? await day.online()
                            case 1: try? await day.paper()
                            case 2: try? await day.paper(at: day.school)
                            default: _ = try? await day.envelopes.mark(number, at: day.post.id, by: day.officer)
                            }
                        }
                    }
                }
                #expect(
                    try await day.polls.number("SELECT count(*) AS n FROM mark WHERE annulled_at IS NULL") == 1,
                    "\(policy)")
                #expect(
                    try await day.polls.number("SELECT count(*) AS n FROM mark WHERE annulled_because = 'error'") == 0)
                try await day.check()
            }
        }
    }
}

extension PollingDay {
    /// Takes somebody out of the count of papers, who only kept Ada company.
    func forget(_ person: ID<Person>) async throws {
        try await polls.pool.execute(
            "test.forget",
            """
            UPDATE stub_envelope SET mark_id = NULL, separated_at = NULL, set_aside_at = now(),
                set_aside_because = 'unsigned'
            WHERE person_id = \(person)
            """)
        try await polls.pool.execute("test.forget_mark", "DELETE FROM mark WHERE person_id = \(person)")
    }
}
