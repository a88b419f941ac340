import Postgres

/// What people comment on.
///
/// A new thing gets a thread in two steps: a case here, with its columns below, and a ``CommentThread`` in the folder
/// of the thing that answers for it. The compiler names what is missing.
public enum CommentHost: Hashable, Sendable {
    case proposal(ID<Proposal>)
    /// A paragraph of a text of a consultation, in whichever version it is read.
    case paragraph(ID<TextParagraph>)
    /// An argument of a debate.
    case argument(ID<DebateArgument>)

    /// What answers for the thread; phases are days of the time zone with the IANA name `zone`.
    func thread(zone: String) -> any CommentThread {
        switch self {
        case .proposal(let id): ProposalThread(proposal: id, zone: zone)
        case .paragraph(let id): ParagraphThread(paragraph: id)
        case .argument(let id): ArgumentThread(argument: id)
        }
    }

    /// What `init(row:)` reads: one of them is not NULL.
    static let columns: SQL = """
        proposal.id AS proposal_id, text_paragraph.id AS paragraph_id, argument.id AS argument_id
        """

    /// Joins whatever the thread of `comment` hangs on.
    static let joins: SQL = """
        LEFT JOIN proposal ON proposal.thread_id = comment.thread_id
        LEFT JOIN text_paragraph ON text_paragraph.thread_id = comment.thread_id
        LEFT JOIN argument ON argument.thread_id = comment.thread_id
        """

    /// What the thread hangs on; nil when it was left by what hung on it.
    init?(row: Row) throws {
        if let id = try row.get("proposal_id", as: ID<Proposal>?.self) {
            self = .proposal(id)
        } else if let id = try row.get("paragraph_id", as: ID<TextParagraph>?.self) {
            self = .paragraph(id)
        } else if let id = try row.get("argument_id", as: ID<DebateArgument>?.self) {
            self = .argument(id)
        } else {
            return nil
        }
    }

    /// What the comment was said about.
    static func of(_ comment: ID<Comment>, in executor: some Executor) async throws -> CommentHost? {
        try await executor.one(
            "comment.host",
            "SELECT \(sql: columns) FROM comment \(sql: joins) WHERE comment.id = \(comment)"
        ).flatMap(CommentHost.init(row:))
    }
}

/// Where a comment is read: what a list of comments on all sorts of things says of it.
public enum CommentPlace: Sendable {
    case proposal(number: Int64, title: String)
    /// By the handles of the consultation and its text, the lasting number of the paragraph, and the title of the text.
    case paragraph(consultation: String, text: String, number: Int, title: String)
    /// By the handles of the consultation and its debate, and the number and the title of the argument.
    case argument(consultation: String, debate: String, number: Int, title: String)

    /// The places of several things, in one statement for each kind of them.
    static func load(_ hosts: Set<CommentHost>, in executor: some Executor) async throws -> [CommentHost: CommentPlace]
    {
        var proposals: [ID<Proposal>] = []
        var paragraphs: [ID<TextParagraph>] = []
        var arguments: [ID<DebateArgument>] = []
        for host in hosts {
            switch host {
            case .proposal(let id): proposals.append(id)
            case .paragraph(let id): paragraphs.append(id)
            case .argument(let id): arguments.append(id)
            }
        }
        var places: [CommentHost: CommentPlace] = [:]
        if !proposals.isEmpty { places.merge(try await ProposalThread.places(proposals, in: executor)) { $1 } }
        if !paragraphs.isEmpty { places.merge(try await ParagraphThread.places(paragraphs, in: executor)) { $1 } }
        if !arguments.isEmpty { places.merge(try await ArgumentThread.places(arguments, in: executor)) { $1 } }
        return places
    }
}
