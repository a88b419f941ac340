import Participation

extension ProposalScene: CommentScene {
    var host: CommentHost { .proposal(proposal.id) }
    var title: String { proposal.title }
    /// The language of the proposal where it is not the reader's.
    var wroteIn: String? { proposal.language == language ? nil : proposal.language.rawValue }
    var commentCount: Int { proposal.comments }
    var takesPositions: Bool { true }
    var closedWords: String { "talk.comment.closed" }
    var isOver: Bool { [.withdrawn, .joined].contains(proposal.status) }

    /// The role in which the reader may speak for the city here.
    var cityRole: Role? {
        guard let account else { return nil }
        return [Role.participationAgent, .examiner].first { account.holds($0, process: proposal.process) }
    }

    func isOpen(_ comments: Comments) async throws -> Bool { try await comments.isOpen(proposal) }

    func origin(of comment: Comment) -> Int64? { comment.proposal == proposal.number ? nil : comment.proposal }
}
