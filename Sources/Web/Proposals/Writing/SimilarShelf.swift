import Participation

/// What others have proposed already that a draft may repeat, as the pages of writing show it.
struct SimilarShelf: Sendable {
    private let proposals: SimilarProposals

    /// The shelf over the proposals of a city.
    init(_ proposals: SimilarProposals) {
        self.proposals = proposals
    }

    /// The proposals of the same process that are most like the draft; none while it has no title.
    func items(to proposal: Proposal, _ strings: Strings) async throws -> [SimilarItem] {
        guard !proposal.title.isEmpty else { return [] }
        let words = ProposalWords(strings)
        return try await proposals.like(
            title: proposal.title, body: proposal.body, language: proposal.language, in: proposal.process,
            excluding: proposal.id, limit: 5
        ).map { similar in
            SimilarItem(
                href: "/proposals/\(similar.number)", number: String(similar.number), title: similar.title,
                wroteIn: similar.language.foreign(to: strings.language), status: words.status(similar.status))
        }
    }
}
