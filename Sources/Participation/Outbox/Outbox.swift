public import Postgres

/// A letter in words: a subject of one line and a body of plain text.
public struct Letter: Hashable, Sendable {
    /// One line.
    public let subject: String
    /// Plain text, its lines ended by `\n`.
    public let body: String

    /// A letter; line breaks and control characters in the subject become blanks.
    public init(subject: String, body: String) {
        self.subject = String(
            subject.map { $0.isNewline || $0.unicodeScalars.contains(where: Self.isControl) ? " " : $0 })
        self.body = body
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control
    }
}

/// Mail to send. A letter is written in the transaction of the act it tells of, so that neither happens alone; it is
/// delivered later by ``MailDelivery``, at least once.
public enum Outbox {
    /// Adds a letter, in the caller's transaction. `kind` names in snake case what it is about.
    public static func enqueue(
        _ letter: Letter, kind: StaticString, to address: EmailAddress, in language: Language,
        within transaction: some Executor
    ) async throws {
        try await transaction.execute(
            "outbox.enqueue", insertion(of: letter, kind: kind, to: address, in: language))
    }

    /// The statement that adds a letter, for acts that write many at once.
    static func insertion(
        of letter: Letter, kind: StaticString, to address: EmailAddress, in language: Language
    ) -> SQL {
        """
        INSERT INTO outbox (id, kind, recipient, subject, body, language)
        VALUES (\(ID<Letter>()), \("\(kind)"), \(address.text), \(letter.subject), \(letter.body), \(language))
        """
    }
}
