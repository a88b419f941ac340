public import Postgres

/// What authors answer to the city: words, and another wording of their proposal if they wish.
public struct AuthorAnswers: Sendable {
    let pool: Pool

    /// Answers kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// What an author could answer now.
    public func cause(on number: Int64, by account: ID<Account>) async throws -> AuthorAnswer.Cause? {
        let row: Row? = try await pool.one(
            "author_answer.cause",
            """
            SELECT \(sql: Self.cause) AS cause FROM proposal
            JOIN examination ON examination.proposal_id = proposal.id
            LEFT JOIN verdict ON verdict.examination_id = examination.id
            WHERE proposal.number = \(number) AND \(sql: Self.wrote(account))
            ORDER BY examination.round DESC LIMIT 1
            """)
        return try row?.get("cause", as: String?.self).flatMap(AuthorAnswer.Cause.init)
    }

    /// Answers, once to a wish for another wording and once to the published answer of the city. With `wording`, the
    /// proposal is worded anew, and the wording before stays in its history.
    ///
    /// - Throws: `ExaminationRefusal.wordless`, `.tooLong`, `.malformedProposal`, `.nothingToAnswer`,
    ///   `.alreadyAnswered`; `NotAllowed` unless the actor is an author of the proposal.
    public func answer(
        _ words: String, wording: (title: String, body: String)? = nil, to number: Int64, by actor: Actor
    ) async throws {
        guard !words.isEmpty else { throw ExaminationRefusal.wordless(nil) }
        guard words.unicodeScalars.count <= 5000 else { throw ExaminationRefusal.tooLong }
        if let wording {
            guard (1...150).contains(wording.title.unicodeScalars.count),
                (1...20_000).contains(wording.body.unicodeScalars.count)
            else { throw ExaminationRefusal.malformedProposal }
        }
        guard case .resident(let account) = actor else { throw NotAllowed(roles: []) }
        try await Verdicts.refusing {
            try await pool.transaction("author_answer.give") { transaction in
                let row: Row? = try await transaction.one(
                    "author_answer.lock",
                    """
                    SELECT proposal.id FROM proposal
                    WHERE proposal.number = \(number) AND proposal.published_at IS NOT NULL
                      AND \(sql: Self.wrote(account)) FOR UPDATE
                    """)
                guard let row else { throw NotAllowed(roles: []) }
                let proposal: ID<Proposal> = ID(try row.get("id"))
                let (examination, cause) = try await Self.latest(of: proposal, in: transaction)
                let version: Int32? =
                    if let wording { try await Self.adapt(proposal, wording, by: account, in: transaction) } else {
                        nil
                    }
                try await transaction.execute(
                    "author_answer.insert",
                    """
                    INSERT INTO author_answer (examination_id, cause, account_id, words, version)
                    VALUES (\(examination), \(cause), \(account), \(words), \(version))
                    """)
                try await Acts.record("author_answered", by: actor, on: "proposal", proposal, in: transaction)
            }
        }
    }

    /// `verdict` once the answer is published, `adaptation` while one is wished for; nothing while the city decides, when
    /// the proposal has gone on to a vote, or when it was answered before.
    private static let cause: SQL = """
        (SELECT can.cause FROM (SELECT CASE
                WHEN verdict.published_at IS NOT NULL AND proposal.status IN ('accepted', 'refused') THEN 'verdict'
                WHEN verdict.decided_at IS NULL AND proposal.status = 'in_examination' AND EXISTS (
                    SELECT FROM adaptation_request WHERE adaptation_request.examination_id = examination.id)
                THEN 'adaptation' END AS cause) AS can
         WHERE NOT EXISTS (SELECT FROM author_answer WHERE author_answer.examination_id = examination.id
                           AND author_answer.cause = can.cause))
        """

    private static func wrote(_ account: ID<Account>) -> SQL {
        """
        EXISTS (SELECT FROM proposal_author
                WHERE proposal_author.proposal_id = proposal.id AND proposal_author.account_id = \(account))
        """
    }

    private static func latest(
        of proposal: ID<Proposal>, in transaction: Transaction
    ) async throws -> (ID<Examination>, String) {
        let row: Row? = try await transaction.one(
            "author_answer.latest",
            """
            SELECT examination.id, \(sql: cause) AS cause,
                   EXISTS (SELECT FROM author_answer WHERE author_answer.examination_id = examination.id) AS answered
            FROM proposal JOIN examination ON examination.proposal_id = proposal.id
            LEFT JOIN verdict ON verdict.examination_id = examination.id
            WHERE proposal.id = \(proposal) ORDER BY examination.round DESC LIMIT 1
            """)
        guard let row else { throw ExaminationRefusal.nothingToAnswer }
        guard let cause: String = try row.get("cause", as: String?.self) else {
            throw try row.get("answered") ? ExaminationRefusal.alreadyAnswered : .nothingToAnswer
        }
        return (ID(try row.get("id")), cause)
    }

    private static func adapt(
        _ proposal: ID<Proposal>, _ wording: (title: String, body: String), by account: ID<Account>,
        in transaction: Transaction
    ) async throws -> Int32? {
        try await transaction.one(
            "proposal.adapt",
            """
            WITH adapted AS (
                UPDATE proposal SET title = \(wording.title), body = \(wording.body), changed_at = now()
                WHERE id = \(proposal) AND (title, body) IS DISTINCT FROM (\(wording.title), \(wording.body))
                RETURNING id, place, cost
            )
            INSERT INTO proposal_version (proposal_id, number, title, body, place, cost, reason, account_id)
            SELECT adapted.id, 1 + (SELECT coalesce(max(number), 0) FROM proposal_version
                                    WHERE proposal_version.proposal_id = adapted.id),
                   \(wording.title), \(wording.body), adapted.place, adapted.cost, 'adapted', \(account)
            FROM adapted RETURNING number
            """
        ).map { try $0.get("number") }
    }
}
