import Foundation
import Participation
import Postgres
import TestSupport
import Testing

/// Joining, taking apart and splitting, one act at a time. Random sequences are in `JoinPropertyTests`.
@Suite struct JoinTests {
    private static let reason = "La même idée."

    @Test func `joined proposals count each person, follower and comment once, and undoing gives all back`()
        async throws
    {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let bruno: Actor = try await square.resident("Bruno")
            let claire: Actor = try await square.resident("Claire")
            let bench: Proposal = try await square.proposal("Un banc", by: ada)
            let seat: Proposal = try await square.proposal("Un siège", by: bruno)
            for person in [ada, bruno] { try await square.supports.give(to: bench.id, by: person) }
            for person in [bruno, claire] { try await square.supports.give(to: seat.id, by: person) }
            try await square.comments.write("Oui.", .for, in: .french, on: .proposal(seat.id), by: ada)
            let preview: JoinPreview = try await square.joins.preview(
                [seat.number], into: bench.number, in: square.process, by: square.agent)
            #expect(preview.supports == 3 && preview.target?.supports == 2 && preview.origins[0].supports == 2)
            #expect(preview.followers == 2 && preview.comments == 1)
            #expect(preview.origins[0].authors == ["Bruno"])

            try await square.joins.join(
                [seat.number], into: bench.number, because: Self.reason, in: square.process, by: square.agent)
            let joined: Proposal = try await square.now(bench)
            #expect(joined.supports == 3 && joined.comments == 1)
            #expect(try await square.now(seat).status == .joined)
            #expect(try await square.now(seat).supports == 2)
            #expect(try await square.letters(to: "Bruno") == ["proposal_joined"])
            #expect(try await square.letters(to: "Ada") == ["proposal_gained"])
            let page: CommentPage = try await square.comments.list(under: .proposal(joined.id), .newest)
            #expect(page.conversations.map(\.comment.proposal) == [seat.number])

            // Through either page, the family is supported once.
            try await square.supports.give(to: seat.id, by: ada)
            #expect(try await square.now(bench).supports == 3)
            #expect(try await square.supports.standing(of: try await square.now(seat), for: ada.account).isGiven)
            // An answer to a comment of the origin is counted where it is shown.
            try await square.comments.answer(
                page.conversations[0].comment.id, "Merci.", in: .french, by: bruno)
            #expect(try await square.now(bench).comments == 2)
            await #expect(throws: CommentRefusal.closed) {
                try await square.comments.write("Encore.", .for, in: .french, on: .proposal(seat.id), by: ada)
            }

            let join: Join = try #require(try await square.joins.history(of: seat.id).first)
            #expect(join.reason == Self.reason && join.target == bench.number && join.name == "Agathe")
            try await square.joins.undo(join.id, because: "Deux idées.", in: square.process, by: square.agent)
            let (one, other) = (try await square.now(bench), try await square.now(seat))
            #expect(one.supports == 2 && one.comments == 0)
            #expect(other.supports == 2 && other.comments == 2 && other.status == .received)
            await #expect(throws: Refused(JoinRefusal.undone)) {
                try await square.joins.undo(join.id, because: "Encore.", in: square.process, by: square.agent)
            }
        }
    }

    @Test func `chains are followed, cycles refused`() async throws {
        try await withSquare { square in
            let people: [Actor] = try await square.crowd(3)
            var made: [Proposal] = []
            for (index, person) in people.enumerated() {
                made.append(try await square.proposal("Idée \(index)", by: person))
                try await square.supports.give(to: made[index].id, by: person)
            }
            let (a, b, c) = (made[0].number, made[1].number, made[2].number)
            func join(_ origin: Int64, _ target: Int64) async throws {
                try await square.joins.join(
                    [origin], into: target, because: Self.reason, in: square.process, by: square.agent)
            }
            try await join(a, b)
            try await join(b, c)
            #expect(try await square.now(made[2]).supports == 3)
            #expect(try await square.now(made[1]).supports == 2)
            await #expect(throws: Refused(JoinRefusal.joinedAlready(a, into: c))) { try await join(c, a) }
            await #expect(throws: Refused(JoinRefusal.itself(c))) { try await join(c, c) }
            // The one in the middle is taken out with what had been joined to it.
            let middle: Join = try #require(try await square.joins.history(of: made[1].id).first)
            try await square.joins.undo(middle.id, because: "Erreur.", in: square.process, by: square.agent)
            #expect(try await square.now(made[2]).supports == 1)
            #expect(try await square.now(made[1]).supports == 2)
        }
    }

    @Test func `two agents who join A to B and B to A at once make no circle`() async throws {
        try await withSquare { square in
            let people: [Actor] = try await square.crowd(2)
            let a: Proposal = try await square.proposal("Idée A", by: people[0])
            let b: Proposal = try await square.proposal("Idée B", by: people[1])
            try await square.warm()
            let done: Int = await withTaskGroup(of: Bool.self) { group in
                for (origin, target) in [(a, b), (b, a)] {
                    group.addTask {
                        (try? await square.joins.join(
                            [origin.number], into: target.number, because: Self.reason, in: square.process,
                            by: square.agent)) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(done == 1)
            let statuses: Set<Proposal.Status> = [try await square.now(a).status, try await square.now(b).status]
            #expect(statuses == [.received, .joined])
        }
    }

    @Test func `a proposal of another process, one that is settled, and an agent of elsewhere are refused`()
        async throws
    {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let elsewhere: ID<Participation.Process> = try await Square.call("ailleurs", Square.ideas, square.pool)
            let bench: Proposal = try await square.proposal("Un banc", by: ada)
            let far: Proposal = try await square.proposal("Un banc ailleurs", by: ada, in: elsewhere)
            let seat: Proposal = try await square.proposal("Un siège", by: ada)
            await #expect(throws: Refused(JoinRefusal.unknown([far.number]))) {
                try await square.joins.join(
                    [far.number], into: bench.number, because: Self.reason, in: square.process, by: square.agent)
            }
            await #expect(throws: PostgresError.self) {
                try await square.pool.execute(
                    "test.across",
                    "UPDATE proposal SET status = 'joined', joined_into = \(bench.id) WHERE id = \(far.id)")
            }
            try await square.set(.onBallot, seat)
            await #expect(throws: Refused(JoinRefusal.settled(seat.number))) {
                try await square.joins.join(
                    [seat.number], into: bench.number, because: Self.reason, in: square.process, by: square.agent)
            }
            await #expect(throws: NotAllowed.self) {
                try await square.joins.join(
                    [seat.number], into: bench.number, because: Self.reason, in: square.process, by: ada)
            }
            await #expect(throws: Refused(JoinRefusal.reasonMissing)) {
                try await square.joins.join(
                    [seat.number], into: bench.number, because: "", in: square.process, by: square.agent)
            }
        }
    }

    @Test func `several proposals become a joint one of all their authors`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let bruno: Actor = try await square.resident("Bruno")
            let bench: Proposal = try await square.proposal("Un banc", by: ada)
            let seat: Proposal = try await square.proposal("Un siège", by: bruno)
            for proposal in [bench, seat] { try await square.supports.give(to: proposal.id, by: ada) }
            let wording = Wording(title: "S’asseoir", body: "Des bancs et des sièges.", place: "")
            await #expect(throws: Refused(JoinRefusal.tooFew)) {
                _ = try await square.joins.join(
                    [bench.number], as: wording, because: Self.reason, in: square.process, by: square.agent)
            }
            let number: Int64 = try await square.joins.join(
                [bench.number, seat.number], as: wording, because: Self.reason, in: square.process, by: square.agent)
            let joint: PublishedProposal = try #require(try await square.proposals.published(number))
            #expect(joint.authors == ["Ada", "Bruno"])
            #expect(joint.origins.map(\.number) == [bench.number, seat.number])
            #expect(joint.proposal.supports == 1)
            #expect(joint.steps.map(\.status) == [.received])
        }
    }

    @Test func `a joint proposal whose last origin leaves stays with its authors and what was given to it alone`()
        async throws
    {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let bruno: Actor = try await square.resident("Bruno")
            let claire: Actor = try await square.resident("Claire")
            let bench: Proposal = try await square.proposal("Un banc", by: ada)
            let seat: Proposal = try await square.proposal("Un siège", by: bruno)
            for proposal in [bench, seat] { try await square.supports.give(to: proposal.id, by: ada) }
            let number: Int64 = try await square.joins.join(
                [bench.number, seat.number],
                as: Wording(title: "S’asseoir", body: "Des bancs et des sièges.", place: ""), because: Self.reason,
                in: square.process, by: square.agent)
            let joint: Proposal = try await square.proposal(number)
            try await square.supports.give(to: joint.id, by: claire)
            #expect(try await square.now(joint).supports == 2)
            // Its authors cannot take back what others’ proposals were joined to.
            await #expect(throws: WithdrawalRefusal.othersJoined) {
                try await square.withdrawals.withdraw(joint.id, by: ada)
            }
            for origin in [bench, seat] {
                let join: Join = try #require(try await square.joins.history(of: origin.id).first)
                try await square.joins.undo(join.id, because: "Deux idées.", in: square.process, by: square.agent)
            }
            let left: PublishedProposal = try #require(try await square.proposals.published(number))
            #expect(left.origins.isEmpty && left.authors == ["Ada", "Bruno"])
            #expect(left.proposal.status == .received && left.proposal.supports == 1)
            for origin in [bench, seat] { #expect(try await square.now(origin).supports == 1) }
            // It can be joined to again, and taken back by its authors once nothing of others hangs on it.
            try await square.joins.join(
                [seat.number], into: number, because: Self.reason, in: square.process, by: square.agent)
            #expect(try await square.now(joint).supports == 2)
            let again: Join = try #require(
                try await square.joins.history(of: seat.id).first { $0.undoneAt == nil })
            try await square.joins.undo(again.id, because: "Non.", in: square.process, by: square.agent)
            try await square.withdrawals.withdraw(joint.id, by: ada)
            #expect(try await square.now(joint).status == .withdrawn)
            #expect(try await square.now(seat).status == .received)
        }
    }

    @Test func `a proposal with two ideas is split, supports stay, and undoing joins the part again`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let bruno: Actor = try await square.resident("Bruno")
            let both: Proposal = try await square.proposal("Un banc et un arbre", by: ada)
            try await square.supports.give(to: both.id, by: bruno)
            let rest = Wording(title: "Un banc", body: "Un banc.", place: "ici")
            let part = Wording(title: "Un arbre", body: "Un arbre.", place: "ici")
            let number: Int64 = try await square.splits.split(
                both.number, leaving: rest, part: part, over: 1, because: "Deux idées.", in: square.process,
                by: square.agent)
            let tree: Proposal = try await square.proposal(number)
            #expect(try await square.now(both).title == "Un banc")
            #expect(try await square.now(both).supports == 1)
            #expect(tree.supports == 0 && tree.title == "Un arbre")
            #expect(try await square.letters(to: "Bruno") == ["proposal_split"])
            #expect(try await square.letters(to: "Ada") == ["proposal_split"])
            #expect(try await square.proposals.published(number)?.authors == ["Ada"])
            try await square.supports.give(to: tree.id, by: bruno)
            try await square.supports.give(to: tree.id, by: ada)
            try await square.splits.undo(number, because: "Une seule idée.", in: square.process, by: square.agent)
            #expect(try await square.now(both).supports == 2)
            #expect(try await square.now(both).title == "Un banc et un arbre")
            #expect(try await square.now(tree).status == .joined)
            #expect(try await square.splits.list(with: both.id).map { $0.undoneAt != nil } == [true])
            await #expect(throws: Refused(JoinRefusal.undone)) {
                try await square.splits.undo(number, because: "Encore.", in: square.process, by: square.agent)
            }
        }
    }
}
