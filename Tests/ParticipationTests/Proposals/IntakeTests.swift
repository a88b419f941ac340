import Participation
import Postgres
import TestSupport
import Testing

/// Proposals that an agent writes down for somebody, and the code that takes them back.
@Suite struct IntakeTests {
    @Test func `a person without an account is the author, and the agent is not`() async throws {
        try await withSquare { square in
            let entered: Intake.Entered = try await square.enter(DraftTests.whole, for: .name("Rose Abel"))
            let proposal: Proposal = try await square.proposal(entered.number)
            #expect(proposal.status == .received)
            let rows: [Row] = try await square.pool.query(
                "test.entered",
                """
                SELECT author.name, author.account_id, source.kind, version.account_id AS writer, act.helper_id,
                       act.consent, (SELECT count(*) FROM proposal_follower) AS followers
                FROM proposal_author AS author
                JOIN proposal_source AS source USING (proposal_id)
                JOIN proposal_version AS version USING (proposal_id)
                JOIN assisted_act AS act USING (proposal_id)
                WHERE author.proposal_id = \(entered.id)
                """)
            #expect(rows.count == 1)
            #expect(try rows[0].get("name") == "Rose Abel" && rows[0].get("kind") == "desk")
            #expect(try rows[0].get("writer", as: ID<Account>?.self) == nil)
            #expect(try rows[0].get("helper_id") == square.agent.account)
            #expect(try rows[0].get("consent") == "read_aloud" && rows[0].get("followers") == 0)
            #expect(try await square.drafts.list(by: .resident(square.agent.account!)).isEmpty)
        }
    }

    @Test func `a person with an account finds it among their own, and is told by letter`() async throws {
        try await withSquare { square in
            let rose: Actor = try await square.resident("Rose")
            let entered: Intake.Entered = try await square.enter(
                DraftTests.whole, for: .account(EmailAddress("rose@example.fr")!))
            #expect(try await square.drafts.list(by: rose).map(\.proposal.id) == [entered.id])
            #expect(try await square.letters(to: "Rose") == ["proposal_entered"])
        }
    }

    @Test func `the code of the receipt withdraws the proposal, until the city has answered`() async throws {
        try await withSquare { square in
            let assistance = Assistance(
                pool: square.pool, secrets: square.town.secrets, correspondent: PlainProposalLetters())
            let entered: Intake.Entered = try await square.enter(DraftTests.whole, for: .name("Rose Abel"))
            #expect(
                try await assistance.withdraw(code: entered.code.text, from: square.town.home.network) == "proposal")
            #expect(try await square.proposal(entered.number).status == .withdrawn)
            await #expect(throws: Assistance.Refusal.withdrawn) {
                try await assistance.withdraw(code: entered.code.text, from: square.town.home.network)
            }
            let second: Intake.Entered = try await square.enter(DraftTests.whole, for: .name("Rose Abel"))
            try await square.set(.accepted, try await square.proposal(second.number))
            await #expect(throws: Assistance.Refusal.settled) {
                try await assistance.withdraw(code: second.code.text, from: square.town.home.network)
            }
            #expect(try await square.proposal(second.number).status == .accepted)
        }
    }

    @Test func `a sheet is entered once, and its signature is the consent`() async throws {
        try await withSquare { square in
            let entered: Intake.Entered = try await square.enter(
                DraftTests.whole, for: .name("Rose Abel"), sheet: "D-17")
            let row: Row? = try await square.pool.one(
                "test.sheet",
                """
                SELECT consent, consent_reference, kind, reference FROM assisted_act
                JOIN proposal_source USING (proposal_id) WHERE proposal_id = \(entered.id)
                """)
            #expect(try row?.get("consent") == "signed_form" && row?.get("consent_reference") == "D-17")
            #expect(try row?.get("kind") == "paper" && row?.get("reference") == "D-17")
            #expect(
                try await refusals(of: IntakeRefusal.self) {
                    _ = try await square.enter(DraftTests.whole, for: .name("Rose Abel"), sheet: "D-17")
                } == [.sheetEntered])
            #expect(try await square.town.count("proposal") == 1)
        }
    }

    @Test func `everything that is wrong is told at once, and nothing is written`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            func enter(
                _ draft: ProposalDraft = DraftTests.whole, for author: Intake.Author, sheet: String? = nil,
                consent: Consent = .readAloud
            ) async throws -> [IntakeRefusal] {
                try await refusals(of: IntakeRefusal.self) {
                    _ = try await square.enter(draft, for: author, sheet: sheet, consent: consent)
                }
            }
            #expect(
                try await enter(ProposalDraft(), for: .name(""), sheet: "") == [
                    .nameMissing, .sheetMissing, .draft(.titleMissing), .draft(.bodyMissing), .draft(.placeMissing),
                ])
            #expect(
                try await enter(for: .name(String(repeating: "x", count: 101)), consent: .thumbprint("")) == [
                    .nameTooLong, .consentReference,
                ])
            #expect(try await enter(for: .account(EmailAddress("nobody@example.fr")!)) == [.noAccount])
            #expect(try await enter(for: .account(EmailAddress("agathe@example.fr")!)) == [.oneself])
            await #expect(throws: NotAllowed.self) {
                try await square.enter(DraftTests.whole, for: .name("Rose"), by: ada)
            }
            let elsewhere: ID<Participation.Process> = try await Square.call("ailleurs", Square.ideas, square.pool)
            let agent: Account = try await square.town.resident(
                "Alix", roles: [HeldRole(.participationAgent, for: .process(elsewhere))])
            await #expect(throws: NotAllowed.self) {
                try await square.enter(
                    DraftTests.whole, for: .name("Rose"), by: .official(agent.id, .participationAgent))
            }
            #expect(try await square.town.count("proposal") == 0)
            #expect(try await square.town.count("assisted_act") == 0)
        }
    }

    @Test func `paper is entered after its day, when residents write no more`() async throws {
        try await withSquare(rule: ProposalRule(mayWrite: false, mayComment: true, maySupport: true)) { square in
            let entered: Intake.Entered = try await square.enter(
                DraftTests.whole, for: .name("Rose Abel"), sheet: "D-18")
            #expect(try await square.proposal(entered.number).status == .received)
        }
    }

    @Test func `a draft begins with what was noted elsewhere, and one note makes one draft`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let noted = ProposalSource(.walk, reference: "obs-12")
            let id: ID<Proposal> = try await square.drafts.begin(
                DraftTests.whole, from: noted, in: square.process, language: .french, by: ada)
            let row: Row? = try await square.pool.one(
                "test.walk", "SELECT kind, reference FROM proposal_source WHERE proposal_id = \(id)")
            #expect(try row?.get("kind") == "walk" && row?.get("reference") == "obs-12")
            #expect(
                try await refusals(of: DraftRefusal.self) {
                    try await square.drafts.begin(
                        DraftTests.whole, from: noted, in: square.process, language: .french, by: ada)
                } == [.begunElsewhere])
        }
    }
}

extension Square {
    @discardableResult
    func enter(
        _ draft: ProposalDraft, for author: Intake.Author, sheet: String? = nil, consent: Consent = .readAloud,
        by actor: Actor? = nil
    ) async throws -> Intake.Entered {
        try await Intake(pool: pool, secrets: town.secrets, correspondent: PlainProposalLetters()).enter(
            draft, for: author, sheet: sheet, consent: consent, in: process, language: .french, by: actor ?? agent)
    }
}
