import Hummingbird
import Participation

/// What the pages of a draft start from: who writes, what is kept of it, and the call that it answers.
struct WritingScene: Sendable {
    let account: SignedInAccount
    let own: OwnProposal
    let words: WritingWords

    var actor: Participation.Actor { .resident(account.id) }
    var draft: ProposalDraft { ProposalDraft(own.proposal) }
    /// The address of the draft.
    var here: String { "/proposals/drafts/\(own.proposal.id)" }

    /// Where somebody is: the page of each step knows the one before.
    func step(_ name: String) -> WritingStep {
        let index: Int = WritingWords.steps.firstIndex(of: name) ?? 0
        return WritingStep(
            processTitle: own.processTitle(words.strings.language), words: words.progress(name),
            back: index == 0 ? nil : address(of: WritingWords.steps[index - 1]), leave: "/account/proposals")
    }

    /// The address of a step. Photos and documents have pages of their own, the same before and after publication.
    func address(of step: String) -> String {
        step == "media" ? "/proposals/\(own.proposal.number)/media" : "\(here)/\(step)"
    }

    /// Everything that keeps the draft from being published, and the page and field where it is put right.
    func problems() -> [ErrorSummary.Item] {
        draft.gaps(in: words.call).map { reason in
            let place = reason.place
            return ErrorSummary.Item(
                field: place.field, on: place.part.map { address(of: $0.rawValue) } ?? "",
                text: words.strings(reason.key, reason.arguments(words.strings)))
        }
    }

    /// Where a draft that was left is taken up: at its first gap, or where all is checked.
    var resumption: String {
        address(of: draft.gaps(in: words.call).lazy.compactMap(\.place.part).first?.rawValue ?? "check")
    }
}

/// Finds the scene of the draft in the path.
struct WritingScenes: Sendable {
    let site: Site
    let drafts: Drafts
    let calls: ProposalCalls
    let map: CityMap

    /// The scene of a proposal of the reader's; absent for everybody else's.
    func scene(_ context: AppContext) async throws -> WritingScene {
        _ = try context.requireAccount()
        return try await scene(try context.id("draft", of: Proposal.self), context)
    }

    /// The same by the identity of the proposal.
    func scene(_ id: ID<Proposal>, _ context: AppContext) async throws -> WritingScene {
        let account: SignedInAccount = try context.requireAccount()
        return try await scene(try await drafts.find(id, by: .resident(account.id)), account, context)
    }

    /// The scene of a published proposal of the reader's, by its number.
    func published(_ context: AppContext) async throws -> WritingScene {
        let account: SignedInAccount = try context.requireAccount()
        let number = Int64(try context.integer("number"))
        return try await scene(try await drafts.find(number: number, by: .resident(account.id)), account, context)
    }

    /// The words of the call of a process; absent where nothing is called for.
    func words(of process: ID<Process>, _ context: AppContext) async throws -> WritingWords {
        guard let call = try await calls.call(of: process) else { throw Absent() }
        let strings: Strings = site.strings(context)
        return WritingWords(
            strings: strings, call: call, districts: try await map.districts(),
            map: try await map.view([], words: strings("districts.map"), picks: true, context.language))
    }

    private func scene(
        _ own: OwnProposal?, _ account: SignedInAccount, _ context: AppContext
    ) async throws -> WritingScene {
        guard let own else { throw Absent() }
        return WritingScene(
            account: account, own: own, words: try await words(of: own.proposal.process, context))
    }
}
