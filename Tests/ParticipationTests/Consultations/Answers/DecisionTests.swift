import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// "You said, we decided, because": what a decision needs, what is frozen, who is told, and what is late.
@Suite struct DecisionTests {
    /// A consultation with a published synthesis.
    private static func synthesised(_ inquiry: Inquiry) async throws {
        try await inquiry.answer(6)
        try await inquiry.write()
        try await inquiry.syntheses.publish(inquiry.consultation, by: inquiry.agent)
    }

    @Test
    func
        `an answer is refused while it is empty, or a decision lacks something, and before the synthesis`()
        async throws
    {
        try await withInquiry { inquiry in
            let (decisions, id, agent) = (inquiry.decisions, inquiry.consultation, inquiry.agent)
            await #expect(throws: SynthesisRefusal.notSynthesised) {
                try await decisions.publish(id, by: agent)
            }
            try await Self.synthesised(inquiry)
            await #expect(throws: SynthesisRefusal.noDecision) {
                try await decisions.publish(id, by: agent)
            }
            var draft: DecisionDraft = Inquiry.draft("Des arbres")
            let whole: DecisionDraft = draft
            let decision: ID<Decision> = try await decisions.write(draft, of: id, by: agent)
            for (part, change) in [
                (DecisionPart.reason, \DecisionDraft.reason), (.said, \.said), (.decided, \.decided),
            ] {
                draft = whole
                draft[keyPath: change] = Texts([:])
                try await decisions.write(draft, as: decision, of: id, by: agent)
                await #expect(throws: SynthesisRefusal.decisionLacks(1, part)) {
                    try await decisions.publish(id, by: agent)
                }
            }
            draft = whole
            draft.service = ""
            try await decisions.write(draft, as: decision, of: id, by: agent)
            await #expect(throws: SynthesisRefusal.decisionLacks(1, .service)) {
                try await decisions.publish(id, by: agent)
            }
            draft = whole
            draft.due = nil
            try await decisions.write(draft, as: decision, of: id, by: agent)
            await #expect(throws: SynthesisRefusal.decisionLacks(1, .due)) {
                try await decisions.publish(id, by: agent)
            }
            draft.due = Inquiry.day(-2)
            try await decisions.write(draft, as: decision, of: id, by: agent)
            await #expect(throws: SynthesisRefusal.alreadyLate(1)) {
                try await decisions.publish(id, by: agent)
            }
            #expect(try await inquiry.now().stage == .answer)
            // What is refused needs a reason and no day.
            draft = Inquiry.draft("Pas de parking", kind: .refused)
            try await decisions.write(draft, as: decision, of: id, by: agent)
            try await decisions.publish(id, by: agent)
            #expect(try await inquiry.now().stage == .followUp)
            await #expect(throws: SynthesisRefusal.alreadyPublished) {
                try await decisions.remove(decision, from: id, by: agent)
            }
            let ada: Actor = try await inquiry.square.resident("Ada")
            await #expect(throws: NotAllowed.self) { try await decisions.file(of: id, by: ada) }
            await #expect(throws: NotAllowed.self) { try await decisions.write(whole, of: id, by: ada) }
            await #expect(throws: NotAllowed.self) {
                try await decisions.turn(decision, of: id, to: .done, due: nil, words: whole.said, by: ada)
            }
            await #expect(throws: NotAllowed.self) { try await decisions.publish(id, by: ada) }
        }
    }

    @Test func `what a decision answers leads there and back, and whoever said it is told once`()
        async throws
    {
        try await withInquiry { inquiry in
            let (decisions, id, agent, square) = (
                inquiry.decisions, inquiry.consultation, inquiry.agent, inquiry.square
            )
            try await Self.synthesised(inquiry)
            let ada: Actor = try await square.resident("Ada")
            let proposal: Proposal = try await square.proposal("Un arbre", by: ada)
            let voice = Voice(.proposal, "\(proposal.number)")
            let decision: ID<Decision> = try await decisions.write(
                Inquiry.draft("Des arbres"), of: id, by: agent)
            for wrong in [
                Voice(.proposal, "999"), Voice(.option, "usages/voeu/rien"), Voice(.observation, "x/1"),
                Voice(.argument, "x/1"), Voice(.paragraph, "x/1"), Voice(.wording, "x/1"),
                Voice(.theme, "usages/mots/x"),
                Voice(.contribution, "x/1"), Voice(.comment, "x"),
            ] {
                await #expect(throws: SynthesisRefusal.noSuchVoice, "\(wrong)") {
                    try await decisions.link(wrong, to: decision, of: id, by: agent)
                }
            }
            try await decisions.link(voice, to: decision, of: id, by: agent)
            try await decisions.link(Voice(.option, "usages/voeu/ombre"), to: decision, of: id, by: agent)
            #expect(try await decisions.about(voice, of: square.process).isEmpty)
            try await decisions.publish(id, by: agent)
            #expect(try await decisions.about(voice, of: square.process).map(\.number) == [1])
            #expect(try await square.letters(to: "Ada").filter { $0 == "decision_answers" }.count == 1)
            let answer: PublishedAnswer = try #require(try await decisions.find(try await inquiry.now()))
            #expect(answer.content.decisions[0].voices.count == 2)
            #expect(answer.labels[voice]?.path == "/proposals/\(proposal.number)")
            #expect(
                answer.labels[Voice(.option, "usages/voeu/ombre")]?.context(.french) == "Que vouloir ?")
            // The next edition tells nobody twice.
            try await decisions.write(
                Inquiry.draft("Encore des arbres"), as: decision, of: id, by: agent)
            try await decisions.publish(id, change: Texts(["fr": "Plus d’arbres"]), by: agent)
            #expect(try await square.letters(to: "Ada").filter { $0 == "decision_answers" }.count == 1)
            let first: PublishedAnswer = try #require(
                try await decisions.find(try await inquiry.now(), edition: 1))
            #expect(first.content.decisions[0].title(.french) == "Des arbres")
        }
    }

    @Test
    func
        `what becomes of a decision is added, what is late is late, and followers get one letter a day`()
        async throws
    {
        try await withInquiry { inquiry in
            let (decisions, id, agent) = (inquiry.decisions, inquiry.consultation, inquiry.agent)
            try await Self.synthesised(inquiry)
            let followers = ConsultationFollowers(
                pool: inquiry.pool, secrets: inquiry.square.town.secrets,
                correspondent: PlainConsultationLetters())
            let ada: Actor = try await inquiry.square.resident("Ada")
            try await followers.follow(id, by: ada)
            let decision: ID<Decision> = try await decisions.write(
                Inquiry.draft("Des arbres"), of: id, by: agent)
            try await decisions.publish(id, by: agent)
            func standing() async throws -> PublishedAnswer.Standing {
                let answer: PublishedAnswer = try #require(
                    try await decisions.find(try await inquiry.now()))
                return try #require(answer.standings[decision])
            }
            #expect(try await standing().status == .planned)
            #expect(try await standing().daysLate == 0)
            try await inquiry.pool.execute(
                "test.late", "UPDATE decision SET promised_on = current_date - 12")
            #expect(try await standing().daysLate >= 11)
            let words = Texts(["fr": "Les trous sont creusés."])
            await #expect(throws: SynthesisRefusal.wordless) {
                try await decisions.turn(
                    decision, of: id, to: .underWay, due: nil, words: Texts([:]), by: agent)
            }
            await #expect(throws: SynthesisRefusal.decisionLacks(1, .due)) {
                try await decisions.turn(decision, of: id, to: .underWay, due: nil, words: words, by: agent)
            }
            await #expect(throws: SynthesisRefusal.alreadyLate(1)) {
                try await decisions.turn(
                    decision, of: id, to: .underWay, due: Inquiry.day(-3), words: words, by: agent)
            }
            try await decisions.turn(
                decision, of: id, to: .underWay, due: Inquiry.day(60), words: words, by: agent)
            try await decisions.turn(decision, of: id, to: .done, due: nil, words: words, by: agent)
            #expect(try await standing().turns.map(\.status) == [.done, .underWay])
            #expect(try await standing().status == .done)
            #expect(try await standing().daysLate == 0)
            await #expect(throws: SynthesisRefusal.settled) {
                try await decisions.turn(
                    decision, of: id, to: .abandoned, due: nil, words: words, by: agent)
            }
            #expect(try await decisions.tellFollowers(followers) == 2)
            #expect(try await decisions.tellFollowers(followers) == 0)
            #expect(
                try await inquiry.square.letters(to: "Ada").filter { $0 == "decision_turns" }.count == 1)
            // What is written after today's letter is told with tomorrow's.
            try await inquiry.pool.execute("test.untold", "UPDATE decision_turn SET told_at = NULL")
            #expect(try await decisions.tellFollowers(followers) == 0)
            try await inquiry.pool.execute(
                "test.yesterday", "UPDATE decision_digest SET sent_on = sent_on - 1")
            #expect(try await decisions.tellFollowers(followers) == 2)
            // An edition that decides nothing anew leaves what became of it.
            var draft: DecisionDraft = Inquiry.draft("Des arbres, vite")
            draft.due = try await decisions.file(of: id, by: agent).decisions[0].draft.due
            try await decisions.write(draft, as: decision, of: id, by: agent)
            try await decisions.publish(id, change: Texts(["fr": "Un mot"]), by: agent)
            #expect(try await standing().status == .done)
            #expect(try await decisions.latest(of: id).count == 2)
        }
    }
}

private struct PlainConsultationLetters: ConsultationCorrespondent {
    func letter(_ notice: ConsultationNotice, to name: String, in language: Language) -> Letter {
        Letter(subject: "stage", body: "")
    }
}
