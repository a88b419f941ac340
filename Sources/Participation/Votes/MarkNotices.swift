import Foundation
import Postgres
public import PublicRecord

/// What a person is told when a policy has annulled their mark.
public struct MarkNotice: Sendable, Hashable {
    /// The title and the handle of the vote.
    public let vote: Texts, slug: String
    /// The channel of the mark that was annulled, and of the one that counts now.
    public let annulled: Channel, instead: Channel

    /// A mark of `vote` gave way to another.
    public init(vote: Texts, slug: String, annulled: Channel, instead: Channel) {
        self.vote = vote
        self.slug = slug
        self.annulled = annulled
        self.instead = instead
    }
}

/// Whoever knows the words: turns a notice into a letter. Web does.
public protocol MarkCorrespondent: Sendable {
    /// The letter that tells `name` of `notice` in `language`.
    func letter(_ notice: MarkNotice, to name: String, in language: Language) -> Letter
}

/// Letters to people whose mark gave way, where an address of theirs is known.
struct MarkNotices: Sendable {
    let correspondent: any MarkCorrespondent

    /// Leaves a letter in the outbox, in the transaction that annulled the mark: to the address of the person's own
    /// account, else of their declaration, else of the roll. Without one nothing is sent; the account's page and the
    /// officer say it.
    func tell(
        _ person: ID<Person>, of vote: ID<Vote>, annulled: Channel, instead: Channel, in transaction: Transaction
    ) async throws {
        let row: Row? = try await transaction.one(
            "mark.address",
            """
            SELECT known.email, known.name, known.language, vote.title::text AS title, vote.slug
            FROM vote, LATERAL (
                SELECT 1 AS rank, email, name, language FROM account
                WHERE person_id = \(person) AND email IS NOT NULL AND closed_at IS NULL
                UNION ALL
                SELECT 2, account.email, account.name, account.language
                FROM roll_entry JOIN roll_link ON roll_link.entry_id = roll_entry.id
                JOIN account ON account.id = roll_link.account_id
                WHERE roll_entry.vote_id = \(vote) AND roll_entry.person_id = \(person)
                  AND account.email IS NOT NULL AND account.closed_at IS NULL
                UNION ALL
                SELECT 3, email, name, language FROM declaration
                WHERE vote_id = \(vote) AND person_id = \(person) AND email <> ''
                UNION ALL
                SELECT 4, email, concat_ws(' ', nullif(given_names, ''), family_name), vote.languages[1]
                FROM roll_entry WHERE vote_id = \(vote) AND person_id = \(person) AND email <> ''
            ) AS known
            WHERE vote.id = \(vote) ORDER BY known.rank LIMIT 1
            """)
        guard let row, let address = EmailAddress(try row.get("email", as: String.self)) else { return }
        let language: Language = Language(rawValue: try row.get("language")) ?? .french
        let notice = MarkNotice(
            vote: try Texts(json: row.get("title")), slug: try row.get("slug"), annulled: annulled, instead: instead)
        let letter: Letter = correspondent.letter(notice, to: try row.get("name"), in: language)
        try await Outbox.enqueue(letter, kind: "mark_annulled", to: address, in: language, within: transaction)
    }
}
