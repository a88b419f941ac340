public import Hummingbird
public import Participation
public import Postgres

/// The capabilities of one city and all their pages: what the server serves and the tests drive.
public struct City: Sendable {
    private let pool: Pool
    private let secrets: Secrets
    private let host: String
    private let mailFolder: String?

    /// The city kept in the database of `pool`.
    ///
    /// - Parameters:
    ///   - host: under which records are published, such as `city.example`.
    ///   - mailFolder: where mails are written while the service is being developed; nil when they are sent.
    public init(pool: Pool, secrets: Secrets, host: String, mailFolder: String?) {
        self.pool = pool
        self.secrets = secrets
        self.host = host
        self.mailFolder = mailFolder
    }

    /// Adds every route.
    public func add(to routes: RouterGroup<AppContext>, site: Site) {
        let votes = Votes(pool: pool)
        let results = Results(pool: pool)
        let processes = Processes(pool: pool)
        let shelf = VoteShelf(votes: votes, site: site)
        Residents(
            site: site, accounts: accounts(site: site), sessions: Sessions(pool: pool, secrets: secrets),
            mail: mailFolder.map { MailFolder(path: $0) }
        ).add(to: routes)
        ProcessController(site: site, processes: processes, votes: votes).add(to: routes)
        VoteController(site: site, shelf: shelf, votes: votes, results: results).add(to: routes)
        BallotController(
            site: site, shelf: shelf, ballots: Ballots(pool: pool, secrets: secrets), baskets: Baskets(pool: pool),
            codes: VotingCodes(pool: pool, secrets: secrets)
        ).add(to: routes)
        ResultController(site: site, shelf: shelf, results: results).add(to: routes)
        RecordController(site: site, shelf: shelf, record: Record(pool: pool), results: results).add(to: routes)
        DeskController(site: site, processes: processes, votes: votes, acts: Acts(pool: pool)).add(to: routes)
        ProcessDesk(site: site, processes: processes).add(to: routes)
        RoleController(site: site, roles: Roles(pool: pool)).add(to: routes)
        VoteDesk(
            site: site, shelf: shelf, processes: processes, votes: votes,
            openings: Openings(pool: pool, secrets: secrets, host: host),
            counts: Counts(pool: pool, secrets: secrets), codes: VotingCodes(pool: pool, secrets: secrets),
            imports: Imports(pool: pool, secrets: secrets)
        ).add(to: routes)
    }

    /// Accounts, with the words of this site in their letters.
    public func accounts(site: Site) -> Accounts {
        Accounts(pool: pool, secrets: secrets, passwords: Passwords(), correspondent: Letters(site: site))
    }
}
