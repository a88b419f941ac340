import Postgres

extension ProposalNotices {
    /// Tells one account of an event of a proposal; nobody when the account is closed or has no address.
    func tell(
        _ account: ID<Account>, of event: ProposalNotice.Event, about proposal: ID<Proposal>,
        in transaction: some Executor
    ) async throws {
        try await tell(where: "account.id = \(account)", of: event, about: proposal, in: transaction)
    }

    /// Tells everybody who supports a proposal or one joined to it, except those whom its authors and followers are
    /// told with.
    func tellSupporters(
        of event: ProposalNotice.Event, about proposal: ID<Proposal>, in transaction: some Executor
    ) async throws {
        try await tell(
            where: """
                account.person_id IN (
                    SELECT person_id FROM proposal_support WHERE proposal_id IN (SELECT proposal_family(\(proposal))))
                AND NOT EXISTS (
                    SELECT FROM proposal_author
                    WHERE proposal_author.account_id = account.id
                      AND proposal_author.proposal_id IN (SELECT proposal_family(\(proposal))))
                AND NOT EXISTS (
                    SELECT FROM proposal_follower
                    WHERE proposal_follower.account_id = account.id
                      AND proposal_follower.proposal_id IN (SELECT proposal_family(\(proposal))))
                """, of: event, about: proposal, in: transaction)
    }

    /// Tells the authors of a proposal, except whoever did it and the authors of `others`, who are told more.
    func tellAuthors(
        of event: ProposalNotice.Event, about proposal: ID<Proposal>, by actor: Actor, except others: [ID<Proposal>],
        in transaction: some Executor
    ) async throws {
        try await tell(
            where: """
                account.id IS DISTINCT FROM \(actor.account) AND account.id IN (
                    SELECT account_id FROM proposal_author WHERE proposal_id = \(proposal)
                    EXCEPT SELECT account_id FROM proposal_author WHERE proposal_id = ANY (\(others)))
                """, of: event, about: proposal, in: transaction)
    }

    private func tell(
        where condition: SQL, of event: ProposalNotice.Event, about proposal: ID<Proposal>,
        in transaction: some Executor
    ) async throws {
        let rows: [Row] = try await transaction.query(
            "proposal.hearers",
            """
            SELECT proposal.number, proposal.title, account.email, account.name, account.language
            FROM proposal, account
            WHERE proposal.id = \(proposal) AND account.closed_at IS NULL AND account.email IS NOT NULL
              AND \(sql: condition)
            ORDER BY account.id
            """)
        let letters: [(StaticString, SQL)] = try rows.compactMap { row in
            guard let address = EmailAddress(try row.get("email", as: String.self)) else { return nil }
            // The schema's checks leave no other languages.
            let language = Language(rawValue: try row.get("language"))!
            let notice = ProposalNotice(event, number: try row.get("number"), title: try row.get("title"))
            let letter: Letter = correspondent.letter(notice, to: try row.get("name"), in: language)
            return ("outbox.enqueue", Outbox.insertion(of: letter, kind: event.name, to: address, in: language))
        }
        guard !letters.isEmpty else { return }
        _ = try await transaction.pipeline(letters)
    }
}
