import Postgres

/// What somebody who wrote to a paragraph is told.
public struct TextNotice: Sendable, Hashable {
    /// What happened.
    public enum Event: Sendable, Hashable {
        /// The city has answered what was written to the paragraph.
        case replied
        /// Their suggestion is in the next version, or the city says why it is not; its number in the text.
        case suggestionAdopted(number: Int), suggestionAnswered(number: Int, reason: String)

        /// Its name in snake case, in the outbox and in the keys of its words.
        public var name: StaticString {
            switch self {
            case .replied: "text_replied"
            case .suggestionAdopted: "text_suggestion_adopted"
            case .suggestionAnswered: "text_suggestion_answered"
            }
        }
    }

    /// What happened.
    public let event: Event
    /// The handles of the consultation and of the text, and the lasting number of the paragraph.
    public let consultation: String, text: String, paragraph: Int
    /// The title of the text.
    public let title: String
}

/// Whoever knows the words: turns a notice about a text into a letter. Web does.
public protocol TextCorrespondent: Sendable {
    /// The letter that tells `name` of `notice` in `language`.
    func letter(_ notice: TextNotice, to name: String, in language: Language) -> Letter
}

/// Letters to those who wrote to paragraphs, left in the outbox in the transaction of the act that they tell of.
struct TextNotices: Sendable {
    let correspondent: any TextCorrespondent

    /// Tells one account.
    func tell(
        _ event: TextNotice.Event, _ account: ID<Account>, about paragraph: ID<TextParagraph>,
        in transaction: Transaction
    ) async throws {
        try await tell(event, about: paragraph, readers: "SELECT \(account) AS account_id", in: transaction)
    }

    /// Tells everybody who has something to read under the paragraph, each once, but for whoever did it.
    func tellWriters(
        _ event: TextNotice.Event, about paragraph: ID<TextParagraph>, by actor: Actor, in transaction: Transaction
    ) async throws {
        try await tell(
            event, about: paragraph,
            readers: """
                SELECT comment.account_id FROM comment
                JOIN text_paragraph ON text_paragraph.thread_id = comment.thread_id
                WHERE text_paragraph.id = \(paragraph) AND comment.withdrawn_at IS NULL
                  AND comment.account_id IS DISTINCT FROM \(actor.account)
                UNION
                SELECT text_suggestion.account_id FROM text_suggestion
                WHERE text_suggestion.paragraph_id = \(paragraph) AND text_suggestion.state <> 'withdrawn'
                  AND text_suggestion.account_id IS DISTINCT FROM \(actor.account)
                """, in: transaction)
    }

    private func tell(
        _ event: TextNotice.Event, about paragraph: ID<TextParagraph>, readers: SQL, in transaction: Transaction
    ) async throws {
        let rows: [Row] = try await transaction.query(
            "text.readers",
            """
            SELECT account.email, account.name, account.language, consultation.handle AS consultation,
                   consultation_text.handle AS text, consultation_text.title, text_paragraph.number
            FROM (\(sql: readers)) AS reader
            JOIN account ON account.id = reader.account_id
            JOIN text_paragraph ON text_paragraph.id = \(paragraph)
            JOIN consultation_text ON consultation_text.id = text_paragraph.text_id
            JOIN consultation ON consultation.id = consultation_text.consultation_id
            WHERE account.closed_at IS NULL ORDER BY account.id
            """)
        let letters: [(StaticString, SQL)] = try rows.compactMap { row in
            guard let address = try row.get("email", as: String?.self).flatMap(EmailAddress.init) else { return nil }
            // The schema's check leaves no other languages.
            let language = Language(rawValue: try row.get("language"))!
            let notice = TextNotice(
                event: event, consultation: try row.get("consultation"), text: try row.get("text"),
                paragraph: Int(try row.get("number", as: Int32.self)), title: try row.get("title"))
            let letter: Letter = correspondent.letter(notice, to: try row.get("name"), in: language)
            return ("outbox.enqueue", Outbox.insertion(of: letter, kind: event.name, to: address, in: language))
        }
        guard !letters.isEmpty else { return }
        _ = try await transaction.pipeline(letters)
    }
}
