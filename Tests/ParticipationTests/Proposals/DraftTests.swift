import Participation
import Postgres
import TestSupport
import Testing

/// Calls and drafts: what a city asks, and how an answer comes to be written and published.
@Suite struct DraftTests {
    static let whole = ProposalDraft(title: "Une fontaine", body: "Pour boire.", place: "Devant l’école")

    // MARK: Calls

    @Test func `themes keep their identity under another title, and their order is the agent's`() async throws {
        try await withSquare { square in
            let calls = ProposalCalls(pool: square.pool, zone: Square.zone)
            var draft = ProposalCallDraft(
                guidance: Texts(["fr": "Pensez vert."]), ceiling: 50_000_00,
                themes: [
                    ThemeDraft(title: Texts(["fr": "Nature & eau"])), ThemeDraft(title: Texts(["fr": "Écoles"])),
                ], rules: [.ideas: Square.ideas])
            try await calls.write(draft, of: square.process, by: square.agent)
            let first: ProposalCall = try #require(try await calls.call(of: square.process))
            #expect(first.themes.map(\.slug) == ["nature-eau", "ecoles"])
            #expect(first.ceiling == 50_000_00 && first.rules == [.ideas: Square.ideas])
            draft = first.draft
            draft.themes = [
                ThemeDraft(id: first.themes[1].id, title: Texts(["fr": "Jeunesse"])),
                ThemeDraft(title: Texts(["fr": "Écoles"])),
                ThemeDraft(id: first.themes[0].id, title: Texts(["fr": "N"])),
            ]
            try await calls.write(draft, of: square.process, by: square.agent)
            let second: ProposalCall = try #require(try await calls.call(of: square.process))
            #expect(second.themes.map(\.slug) == ["ecoles", "ecoles-2", "nature-eau"])
            #expect(second.themes[0].id == first.themes[1].id)
        }
    }

    @Test func `a theme that proposals have is not removed, and everything wrong is told at once`() async throws {
        try await withSquare { square in
            let calls = ProposalCalls(pool: square.pool, zone: Square.zone)
            let named = ProposalCallDraft(
                themes: [ThemeDraft(title: Texts(["fr": "Nature"]))], rules: [.ideas: Square.ideas])
            try await calls.write(named, of: square.process, by: square.agent)
            let theme: Theme = try #require(try await calls.call(of: square.process)?.themes.first)
            let ada: Actor = try await square.resident("Ada")
            try await square.drafts.begin(
                ProposalDraft(title: "X", theme: theme.id), in: square.process, language: .french, by: ada)
            #expect(
                try await refusals(of: CallRefusal.self) {
                    try await calls.write(ProposalCallDraft(), of: square.process, by: square.agent)
                } == [.themeInUse(theme.title)])
            var wrong = ProposalCallDraft(currency: "euro", ceiling: 0, themes: [ThemeDraft(title: Texts([:]))])
            wrong.rules[.ideas] = ProposalRule(mayWrite: true, mayComment: true, maySupport: true, supportLimit: 0)
            #expect(
                try await refusals(of: CallRefusal.self) {
                    try await calls.write(wrong, of: square.process, by: square.agent)
                } == [
                    .malformedCurrency, .ceilingNotPositive, .themeUntitled(index: 0), .numberNotPositive(.ideas),
                ])
            await #expect(throws: NotAllowed.self) {
                try await calls.write(named, of: square.process, by: ada)
            }
        }
    }

    @Test func `the phase of today decides, the one begun last where two overlap, and none means read only`()
        async throws
    {
        try await withSquare { square in
            let calls = ProposalCalls(pool: square.pool, zone: Square.zone)
            #expect(try await calls.rule(of: square.process) == Square.ideas)
            let narrow = ProposalRule(mayWrite: false, mayComment: true, maySupport: false, hidesCounts: true)
            try await calls.write(
                ProposalCallDraft(rules: [.ideas: Square.ideas, .vote: narrow]), of: square.process, by: .operator)
            func phase(_ kind: Phase.Kind, from starts: String, to ends: String) -> PhaseDraft {
                PhaseDraft(
                    kind: kind, title: Texts(["fr": "P"]), description: Texts([:]), starts: Day(starts)!,
                    ends: Day(ends)!)
            }
            func rewrite(_ phases: [PhaseDraft]) async throws {
                try await Processes(pool: square.pool).edit(
                    square.process,
                    ProcessDraft(
                        slug: "diagonales", title: Texts(["fr": "D"]), summary: Texts([:]), description: Texts([:]),
                        phases: phases), by: .operator)
            }
            try await rewrite([
                phase(.ideas, from: "2000-01-01", to: "2999-01-01"),
                phase(.vote, from: "2001-01-01", to: "2999-01-01"),
            ])
            #expect(try await calls.rule(of: square.process) == narrow)
            try await rewrite([phase(.ideas, from: "2000-01-01", to: "2000-01-02")])
            #expect(try await calls.rule(of: square.process) == .readOnly)
            let ada: Actor = try await square.resident("Ada")
            #expect(
                try await refusals(of: DraftRefusal.self) {
                    try await square.drafts.begin(Self.whole, in: square.process, language: .french, by: ada)
                } == [.notNow])
        }
    }

    // MARK: Writing

    @Test func `a form sent twice begins one draft, and nobody else sees it`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let bob: Actor = try await square.resident("Bob")
            let id = ID<Proposal>()
            for _ in 0..<2 {
                try await square.drafts.begin(Self.whole, as: id, in: square.process, language: .french, by: ada)
            }
            #expect(try await square.drafts.list(by: ada).map(\.proposal.id) == [id])
            let unseen: OwnProposal? = try await square.drafts.find(id, by: bob)
            #expect(unseen == nil)
            #expect(try await square.drafts.list(by: bob).isEmpty)
            let number: Int64 = try #require(try await square.drafts.find(id, by: ada)).proposal.number
            let unpublished: Proposal? = try await square.proposals.find(number)
            #expect(unpublished == nil)
            let theirs: [DraftRefusal] = [.absent]
            #expect(
                try await refusals(of: DraftRefusal.self) {
                    try await square.drafts.begin(Self.whole, as: id, in: square.process, language: .french, by: bob)
                } == theirs)
            #expect(
                try await refusals(of: DraftRefusal.self) {
                    try await square.drafts.save(.idea, of: ProposalDraft(), since: "", in: id, by: bob)
                } == theirs)
            #expect(
                try await refusals(of: DraftRefusal.self) { try await square.drafts.publish(id, by: bob) } == theirs)
            #expect(
                try await refusals(of: DraftRefusal.self) { try await square.drafts.discard(id, by: bob) } == theirs)
        }
    }

    @Test func `twenty drafts are enough for one account, however many are begun at once`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let refused: Int = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<24 {
                    group.addTask {
                        do {
                            try await square.drafts.begin(in: square.process, language: .french, by: ada)
                            return false
                        } catch { return (error as? Refused<DraftRefusal>)?.reasons == [.tooManyDrafts(most: 20)] }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(refused == 4)
            #expect(try await square.drafts.list(by: ada, limit: 30).count == 20)
        }
    }

    @Test func `every step keeps what is there, and what cannot be kept is told`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let id: ID<Proposal> = try await square.drafts.begin(in: square.process, language: .german, by: ada)
            let empty = ProposalDraft()
            try await square.drafts.save(
                .idea, of: ProposalDraft(title: "Un\nbanc", place: "ailleurs"), since: empty.edition(of: .idea), in: id,
                by: ada)
            try await square.drafts.save(
                .author, of: ProposalDraft(cost: 1200, authorKind: .person, groupName: "Personne"),
                since: empty.edition(of: .author), in: id, by: ada)
            let kept: Proposal = try #require(try await square.drafts.find(id, by: ada)).proposal
            // One line, of its own part alone; and no group where nobody speaks for one.
            #expect(kept.title == "Un banc" && kept.place == "" && kept.cost == 1200 && kept.groupName == "")
            #expect(kept.language == .german && kept.status == .draft)
            let long = ProposalDraft(
                title: String(repeating: "é", count: 151), body: String(repeating: "x", count: 20_001))
            #expect(
                try await refusals(of: DraftRefusal.self) {
                    try await square.drafts.save(
                        .idea, of: long, since: ProposalDraft(kept).edition(of: .idea), in: id, by: ada)
                } == [.titleTooLong, .bodyTooLong])
            #expect(
                try await refusals(of: DraftRefusal.self) {
                    try await square.drafts.save(
                        .place, of: ProposalDraft(district: "nulle-part"), since: empty.edition(of: .place), in: id,
                        by: ada)
                } == [.unknownDistrict])
        }
    }

    // MARK: Publishing

    @Test func `everything that is missing is told at once, then a draft is published`() async throws {
        try await withSquare { square in
            let calls = ProposalCalls(pool: square.pool, zone: Square.zone)
            try await calls.write(
                ProposalCallDraft(
                    ceiling: 10_000_00, themes: [ThemeDraft(title: Texts(["fr": "Nature"]))],
                    rules: [.ideas: Square.ideas]), of: square.process, by: .operator)
            let theme: Theme = try #require(try await calls.call(of: square.process)?.themes.first)
            let ada: Actor = try await square.resident("Ada")
            let id: ID<Proposal> = try await square.drafts.begin(
                ProposalDraft(cost: 10_000_01, authorKind: .group), in: square.process, language: .french, by: ada)
            #expect(
                try await refusals(of: DraftRefusal.self) { try await square.drafts.publish(id, by: ada) } == [
                    .titleMissing, .bodyMissing, .themeMissing, .placeMissing, .groupNameMissing,
                    .costAboveCeiling(10_000_00, currency: "EUR"),
                ])
            let empty = ProposalDraft(cost: 10_000_01, authorKind: .group)
            let full = ProposalDraft(
                title: "Un banc", body: "Pour **s’asseoir**.", theme: theme.id, place: "",
                point: MapPoint(latitude: 47.75, longitude: 7.33), cost: 10_000_00, authorKind: .group,
                groupName: "Les voisins")
            for part in ProposalDraft.Part.allCases {
                try await square.drafts.save(part, of: full, since: empty.edition(of: part), in: id, by: ada)
            }
            let number: Int64 = try await square.drafts.publish(id, by: ada)
            let published: Proposal = try await square.proposal(number)
            #expect(published.status == .received && published.groupName == "Les voisins")
            let rows: [Row] = try await square.pool.query(
                "test.version",
                """
                SELECT version.number, version.reason, version.title, version.account_id,
                       (SELECT count(*) FROM proposal_follower WHERE proposal_id = \(id)) AS followers
                FROM proposal_version AS version WHERE proposal_id = \(id)
                """)
            #expect(rows.count == 1)
            #expect(try rows[0].get("reason") == "published" && rows[0].get("followers") == 1)
            #expect(try rows[0].get("account_id") == ada.account)
        }
    }

    @Test func `published twice at once is published once`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let id: ID<Proposal> = try await square.drafts.begin(
                Self.whole, in: square.process, language: .french, by: ada)
            let outcomes: [[DraftRefusal]] = try await withThrowingTaskGroup(of: [DraftRefusal].self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        try await refusals(of: DraftRefusal.self) { try await square.drafts.publish(id, by: ada) }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let number: Int64 = try #require(try await square.drafts.find(id, by: ada)).proposal.number
            #expect(outcomes.count { $0.isEmpty } == 1)
            #expect(outcomes.count { $0 == [.published(number)] } == 5)
            #expect(try await square.town.count("proposal_version") == 1)
            // Nothing of a published proposal is saved or thrown away as a draft is.
            #expect(
                try await refusals(of: DraftRefusal.self) {
                    try await square.drafts.save(.idea, of: ProposalDraft(), since: "", in: id, by: ada)
                } == [.published(number)])
            #expect(
                try await refusals(of: DraftRefusal.self) { try await square.drafts.discard(id, by: ada) }
                    == [.published(number)])
        }
    }

    // MARK: Together

    @Test func `of two authors who write the same part one wins, and the other is told`() async throws {
        try await withSquare { square in
            let (ada, bob, id) = try await square.pair()
            let shown: String = Self.whole.edition(of: .idea)
            let outcomes: [[DraftRefusal]] = try await withThrowingTaskGroup(of: [DraftRefusal].self) { group in
                for (actor, title) in [(ada, "D’Ada"), (bob, "De Bob")] {
                    group.addTask {
                        try await refusals(of: DraftRefusal.self) {
                            try await square.drafts.save(
                                .idea, of: ProposalDraft(title: title, body: title), since: shown, in: id, by: actor)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(outcomes) == [[], [.changedMeanwhile]])
            // Who was told takes the newer text, writes again, and overwrites nothing unseen.
            let now = ProposalDraft(try #require(try await square.drafts.find(id, by: ada)).proposal)
            #expect(["D’Ada", "De Bob"].contains(now.title))
            var merged: ProposalDraft = now
            merged.body = "Ensemble."
            try await square.drafts.save(.idea, of: merged, since: now.edition(of: .idea), in: id, by: bob)
            // Another part was never in the way.
            try await square.drafts.save(
                .place, of: ProposalDraft(place: "Ailleurs"), since: Self.whole.edition(of: .place), in: id, by: ada)
            let end: Proposal = try #require(try await square.drafts.find(id, by: ada)).proposal
            #expect(end.body == "Ensemble." && end.place == "Ailleurs")
        }
    }

    @Test func `only who began a draft throws it away, with all that hangs on it`() async throws {
        try await withSquare { square in
            let (ada, bob, id) = try await square.pair()
            #expect(
                try await refusals(of: DraftRefusal.self) { try await square.drafts.discard(id, by: bob) } == [.absent])
            try await square.drafts.discard(id, by: ada)
            for table in ["proposal", "proposal_author", "proposal_invitation", "thread"] {
                #expect(try await square.town.count(table) == 0)
            }
        }
    }

    @Test func `a published proposal is edited while the phase allows, and every wording is kept`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let bob: Actor = try await square.resident("Bob")
            let bench: Proposal = try await square.proposal("Un banc", by: ada)
            let kept = ProposalDraft(bench)
            let shown: String = kept.edition(of: .idea, .place, .author)
            var better: ProposalDraft = kept
            better.body = "Avec un dossier."
            try await square.drafts.edit(bench.id, to: better, since: shown, by: ada)
            // Unchanged: no wording more.
            try await square.drafts.edit(bench.id, to: better, since: shown, by: ada)
            #expect(try await square.town.count("proposal_version") == 2)
            #expect(try await square.now(bench).body == "Avec un dossier.")
            var other: ProposalDraft = kept
            other.title = "Deux bancs"
            func edit(_ draft: ProposalDraft, since edition: String = shown, by actor: Actor) async throws
                -> [DraftRefusal]
            {
                try await refusals(of: DraftRefusal.self) {
                    try await square.drafts.edit(bench.id, to: draft, since: edition, by: actor)
                }
            }
            #expect(try await edit(other, by: ada) == [.changedMeanwhile])
            #expect(try await edit(other, by: bob) == [.absent])
            #expect(try await edit(ProposalDraft(), by: ada) == [.titleMissing, .bodyMissing, .placeMissing])
            let now: String = better.edition(of: .idea, .place, .author)
            try await square.set(.inExamination, bench)
            #expect(try await edit(other, since: now, by: ada) == [.beyondEditing])
            try await square.set(.received, bench)
            try await square.allow(ProposalRule(mayWrite: false, mayComment: true, maySupport: true))
            #expect(try await edit(other, since: now, by: ada) == [.notNow])
            #expect(try await square.town.count("proposal_version") == 2)
        }
    }
}
