import Participation

/// What every part of the page of a proposal starts from: the proposal, who reads it and in which words.
///
/// A capability that has something to say on that page (supports, comments, an examination, a delivery) does so with
/// a view of its own, a struct of stored properties named after its partial, and a loader in its own folder:
///
///     struct SupportSection { func view(of scene: ProposalScene) async throws -> SupportView? }
///
/// ``ProposalSections`` holds the loader, ``ProposalPage`` an optional property with the view, and the template
/// `proposals/proposal` its partial.
struct ProposalScene: Sendable {
    let published: PublishedProposal
    /// The account that reads, if one is signed in.
    let account: SignedInAccount?
    let strings: Strings

    var proposal: Proposal { published.proposal }
    var language: Language { strings.language }
    /// The address of the page: `/proposals/12`.
    var here: String { "/proposals/\(proposal.number)" }
    /// Whether the reader wrote it, alone or with others.
    var isAuthor: Bool { published.isAuthor(account?.id) }
}
