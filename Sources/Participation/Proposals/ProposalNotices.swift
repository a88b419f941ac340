import Foundation
import Postgres

/// What the authors or the followers of a proposal are told.
public struct ProposalNotice: Sendable, Hashable {
    /// What happened.
    public enum Event: Sendable, Hashable {
        /// The city has begun to examine it, for the first time or again.
        case examinationOpened
        /// The services would see it otherwise worded.
        case adaptationWanted
        /// The city answers that it can be done, or not and why.
        case accepted, refused
        /// It can be voted on; the title of the vote.
        case onBallot(vote: Texts)
        /// The vote is counted.
        case selected, notSelected
        /// Its authors withdrew it.
        case withdrawn
        /// An agent entered it for the author, who was present or wrote it on paper.
        case entered
        /// Somebody suggests another wording; its number among the suggestions.
        case suggestionMade(number: Int)
        /// An author took the suggestion over, or refused it and said why.
        case suggestionAccepted(number: Int), suggestionRefused(number: Int, reason: String)
        /// It was joined to another proposal; that one's number and title.
        case joined(into: Int64, title: String, reason: String)
        /// It stands by itself again.
        case joinUndone(reason: String)
        /// Another was joined to it.
        case gained(Int64, title: String)
        /// A part of it became a proposal of its own.
        case split(part: Int64, title: String, reason: String)

        /// Its name in snake case, in the outbox and in the keys of its words.
        public var name: StaticString {
            switch self {
            case .examinationOpened: "examination_opened"
            case .adaptationWanted: "adaptation_wanted"
            case .accepted: "proposal_accepted"
            case .refused: "proposal_refused"
            case .onBallot: "proposal_on_ballot"
            case .selected: "proposal_selected"
            case .notSelected: "proposal_not_selected"
            case .withdrawn: "proposal_withdrawn"
            case .entered: "proposal_entered"
            case .suggestionMade: "suggestion_made"
            case .suggestionAccepted: "suggestion_accepted"
            case .suggestionRefused: "suggestion_refused"
            case .joined: "proposal_joined"
            case .joinUndone: "proposal_join_undone"
            case .gained: "proposal_gained"
            case .split: "proposal_split"
            }
        }
    }

    /// What happened.
    public let event: Event
    /// The number and the title of the proposal, as its authors wrote it.
    public let number: Int64, title: String

    /// `event` befell the proposal of that number and title.
    public init(_ event: Event, number: Int64, title: String) {
        self.event = event
        self.number = number
        self.title = title
    }
}

/// Whoever knows the words: turns a notice about a proposal into a letter. Web does.
public protocol ProposalCorrespondent: Sendable {
    /// The letter that tells `name` of `notice` in `language`.
    func letter(_ notice: ProposalNotice, to name: String, in language: Language) -> Letter
}

/// Letters about proposals, left in the outbox in the transaction of the act that they tell of.
///
/// Everybody is told once, in their own language, whoever else they are: an author who follows too is an author. An
/// author without an e-mail address finds a letter printed for them; a follower always has an account.
struct ProposalNotices: Sendable {
    /// Who is told.
    enum Audience: String, Sendable {
        /// The authors.
        case authors
        /// The followers, and the authors and followers of the proposals that were joined to it.
        case followers
        /// Both.
        case everybody
    }

    let correspondent: any ProposalCorrespondent

    /// Tells the audience of one proposal of an event.
    ///
    /// - Parameter actor: whoever did it is not told of it.
    func tell(
        _ audience: Audience, of event: ProposalNotice.Event, about proposal: ID<Proposal>, by actor: Actor,
        in transaction: some Executor
    ) async throws {
        try await tell(audience, of: [proposal: event], by: actor, in: transaction)
    }

    /// Tells the audiences of many proposals, each of its own event, in two statements.
    func tell(
        _ audience: Audience, of events: [ID<Proposal>: ProposalNotice.Event], by actor: Actor,
        in transaction: some Executor
    ) async throws {
        guard !events.isEmpty else { return }
        let rows: [Row] = try await transaction.query(
            "proposal.audience",
            """
            WITH RECURSIVE family (root, id) AS (
                SELECT id, id FROM proposal WHERE id = ANY (\(Array(events.keys)))
                UNION
                SELECT family.root, proposal.id FROM family JOIN proposal ON proposal.joined_into = family.id
            ), reader AS (
                SELECT family.root, family.root = family.id AS is_author, author.account_id, author.name
                FROM family JOIN proposal_author AS author ON author.proposal_id = family.id
                UNION ALL
                SELECT family.root, false, follower.account_id, NULL
                FROM family JOIN proposal_follower AS follower ON follower.proposal_id = family.id
            ), told AS (
                SELECT root, account_id, name, bool_or(is_author) AS is_author
                FROM reader GROUP BY root, account_id, name
            )
            SELECT told.root, proposal.number, proposal.title, account.email, coalesce(account.name, told.name) AS name,
                   coalesce(account.language, proposal.language) AS language
            FROM told JOIN proposal ON proposal.id = told.root
            LEFT JOIN account ON account.id = told.account_id
            WHERE account.closed_at IS NULL AND told.account_id IS DISTINCT FROM \(actor.account)
              AND CASE \(audience.rawValue) WHEN 'authors' THEN told.is_author
                  WHEN 'followers' THEN NOT told.is_author ELSE true END
            ORDER BY proposal.number, account.id
            """)
        let letters: [(StaticString, SQL)] = try rows.map { row in
            let proposal: ID<Proposal> = ID(try row.get("root"))
            // The query asked for these proposals alone.
            let event: ProposalNotice.Event = events[proposal]!
            let name: String = try row.get("name")
            // The schema's checks leave no other languages.
            let language = Language(rawValue: try row.get("language"))!
            let notice = ProposalNotice(event, number: try row.get("number"), title: try row.get("title"))
            let letter: Letter = correspondent.letter(notice, to: name, in: language)
            let address: EmailAddress? = try row.get("email", as: String?.self).flatMap(EmailAddress.init)
            guard let address else {
                return ("letter.print", Self.printed(letter, of: event, about: proposal, to: name, in: language))
            }
            return ("outbox.enqueue", Outbox.insertion(of: letter, kind: event.name, to: address, in: language))
        }
        guard !letters.isEmpty else { return }
        _ = try await transaction.pipeline(letters)
    }

    private static func printed(
        _ letter: Letter, of event: ProposalNotice.Event, about proposal: ID<Proposal>, to name: String,
        in language: Language
    ) -> SQL {
        """
        INSERT INTO printed_letter (id, proposal_id, kind, recipient, subject, body, language)
        VALUES (\(ID<Letter>()), \(proposal), \("\(event.name)"), \(name), \(letter.subject), \(letter.body),
                \(language))
        """
    }
}
