import Foundation
public import Postgres

/// Letters about proposals to people without an address: printed by an agent, and forgotten once they have gone out.
public struct PrintedLetters: Sendable {
    /// A letter that waits to be printed.
    public struct Waiting: Sendable {
        /// Its identity.
        public let id: ID<Letter>
        /// Whom it is for, and in which language.
        public let recipient: String, language: Language
        /// The proposal that it is about.
        public let proposal: Int64
        /// Its words.
        public let letter: Letter
    }

    let pool: Pool

    /// Letters kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// The letters of a process that wait, the oldest first, at most 200.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func waiting(of process: ID<Process>, by actor: Actor) async throws -> [Waiting] {
        try await Authority.require([.participationAgent], of: actor, process: process, in: pool)
        return try await pool.query(
            "letter.waiting",
            """
            SELECT printed_letter.id, printed_letter.recipient, printed_letter.language, printed_letter.subject,
                   printed_letter.body, proposal.number
            FROM printed_letter JOIN proposal ON proposal.id = printed_letter.proposal_id
            WHERE proposal.process_id = \(process) AND printed_letter.printed_at IS NULL
            ORDER BY printed_letter.id LIMIT 200
            """
        ).map { row in
            Waiting(
                id: ID(try row.get("id")), recipient: try row.get("recipient"),
                // The schema's check leaves no other language.
                language: Language(rawValue: try row.get("language"))!, proposal: try row.get("number"),
                letter: Letter(subject: try row.get("subject"), body: try row.get("body")))
        }
    }

    /// Says that letters have been printed: their words are erased.
    ///
    /// - Returns: how many there were.
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    @discardableResult
    public func finish(_ letters: [ID<Letter>], of process: ID<Process>, by actor: Actor) async throws -> Int {
        try await pool.transaction("letter.finish") { transaction in
            try await Authority.require([.participationAgent], of: actor, process: process, in: transaction)
            let count: Int = try await transaction.execute(
                "letter.erase",
                """
                UPDATE printed_letter SET printed_at = now(), recipient = '', subject = '', body = ''
                FROM proposal WHERE proposal.id = printed_letter.proposal_id AND proposal.process_id = \(process)
                  AND printed_letter.id = ANY (\(letters)) AND printed_letter.printed_at IS NULL
                """)
            if count > 0 {
                try await Acts.record(
                    "letters_printed", by: actor, on: "process", process, detail: ["count": String(count)],
                    in: transaction)
            }
            return count
        }
    }
}
