import Foundation
import Participation
import Postgres
import TestSupport
import Testing

/// Files given to services and taken back.
@Suite struct AssignmentTests {
    @Test func `many files are given in one act, each reader gets one letter, and it can be undone`() async throws {
        try await withHall { hall in
            let ada: Actor = try await hall.square.resident("Ada")
            let well: Proposal = try await hall.square.proposal("Un puits", by: ada)
            let tree: Proposal = try await hall.square.proposal("Un arbre", by: ada)
            let plan: Assignments.Plan = try await hall.assignments.plan(
                [well.number, tree.number, 999], of: hall.process, by: hall.agent)
            #expect(plan.lines.map(\.number) == [well.number, tree.number])
            #expect(plan.lines.allSatisfy { $0.begins && $0.isOpen })
            let outcome: Assignments.Outcome = try await hall.assignments.assign(
                [well.number, tree.number], to: [hall.roads, hall.parks], due: Hall.later, of: hall.process,
                by: hall.agent)
            #expect(outcome.count == 4)
            #expect(try await hall.square.now(well).status == .inExamination)
            #expect(try await hall.square.letters(to: "Rosa") == ["files_assigned"])
            #expect(try await hall.square.letters(to: "Ada").filter { $0 == "examination_opened" }.count == 2)
            // Giving again what is given changes nothing.
            #expect(
                try await hall.assignments.assign(
                    [well.number], to: [hall.roads], due: Hall.later, of: hall.process, by: hall.agent
                ).count == 0)
            try await hall.examinations.give(
                OpinionDraft(feasibility: .feasible, words: Texts(["fr": "Oui."])), for: hall.roads, on: well.number,
                of: hall.process, by: hall.rosa)
            // An opinion that was given stays; the other three are taken back.
            #expect(try await hall.assignments.undo(outcome.batch, of: hall.process, by: hall.agent) == 3)
            #expect(try await hall.file(well).examinations[0].assignments.map(\.service) == [hall.roads])
            #expect(try await hall.file(tree).examinations[0].assignments.isEmpty)
            await #expect(throws: NotAllowed.self) { try await hall.file(tree, by: hall.rosa) }
        }
    }

    @Test func `what cannot be examined is passed over, and an act without anything is refused`() async throws {
        try await withHall { hall in
            let ada: Actor = try await hall.square.resident("Ada")
            let answered: Proposal = try await hall.answered(.accepted, by: ada)
            let decided: Proposal = try await hall.examined("Un banc", by: ada)
            try await hall.verdicts.decide(
                hall.verdict(.refused), on: decided.number, of: hall.process, by: hall.agent)
            for proposal in [answered, decided] {
                await #expect(throws: ExaminationRefusal.nothingChosen) {
                    try await hall.assignments.assign(
                        [proposal.number], to: [hall.roads], due: Hall.later, of: hall.process, by: hall.agent)
                }
            }
            let fresh: Proposal = try await hall.square.proposal("Un puits", by: ada)
            await #expect(throws: ExaminationRefusal.noService) {
                try await hall.assignments.assign(
                    [fresh.number], to: [], due: Hall.later, of: hall.process, by: hall.agent)
            }
            await #expect(throws: ExaminationRefusal.dueInThePast) {
                try await hall.assignments.assign(
                    [fresh.number], to: [hall.roads], due: Day(year: 2001, month: 1, day: 1)!, of: hall.process,
                    by: hall.agent)
            }
            #expect(try await hall.square.now(fresh).status == .received)
        }
    }

    @Test func `a service is reminded once of files that are overdue, and not of those it has answered`() async throws {
        try await withHall { hall in
            let ada: Actor = try await hall.square.resident("Ada")
            let well: Proposal = try await hall.examined("Un puits", by: ada)
            let tree: Proposal = try await hall.examined("Un arbre", by: ada)
            try await hall.examinations.give(
                OpinionDraft(feasibility: .feasible, words: Texts(["fr": "Oui."])), for: hall.roads, on: well.number,
                of: hall.process, by: hall.rosa)
            let reminders = ExaminationReminders(
                pool: hall.pool, zone: Square.zone, logger: TestCluster.logger, correspondent: PlainStaffLetters())
            #expect(try await reminders.remind() == 0)
            try await hall.passDeadlines()
            #expect(try await reminders.remind() == 3)
            #expect(try await reminders.remind() == 0)
            let rows: [Row] = try await hall.pool.query(
                "test.letters",
                "SELECT recipient, subject FROM outbox WHERE kind = 'files_overdue' ORDER BY recipient")
            #expect(
                try rows.map { "\(try $0.get("recipient", as: String.self)) \(try $0.get("subject", as: String.self))" }
                    == [
                        "paul@example.fr overdue [\(well.number), \(tree.number)]",
                        "rosa@example.fr overdue [\(tree.number)]",
                    ])
            let loads: [ServiceLoad] = try await hall.files.load(of: hall.process, by: hall.agent)
            #expect(loads.map(\.overdue) == [2, 1])
            #expect(loads.map(\.service) == [hall.parks, hall.roads])
            let mine: [ServiceLoad] = try await hall.files.load(of: hall.process, by: hall.rosa)
            #expect(mine.map(\.service) == [hall.roads])
        }
    }

    @Test func `a service with files that wait is not retired; its member who left reads nothing`() async throws {
        try await withHall { hall in
            let ada: Actor = try await hall.square.resident("Ada")
            let well: Proposal = try await hall.examined(by: ada)
            #expect(try await hall.file(well, by: hall.rosa).services == [hall.roads])
            await #expect(throws: ExaminationRefusal.serviceAtWork) {
                try await hall.settings.retireService(hall.roads, of: hall.process, by: hall.agent)
            }
            try await hall.settings.removeMember(
                try #require(hall.rosa.account), from: hall.roads, of: hall.process, by: hall.agent)
            await #expect(throws: NotAllowed.self) { try await hall.file(well, by: hall.rosa) }
            await #expect(throws: ExaminationRefusal.nameTaken) {
                try await hall.settings.addService(
                    Texts(["fr": "Voirie"]), email: nil, to: hall.process, by: hall.agent)
            }
            await #expect(throws: ExaminationRefusal.noAccount) {
                try await hall.settings.addMember(
                    EmailAddress("nobody@example.fr")!, to: hall.roads, of: hall.process, by: hall.agent)
            }
        }
    }
}
