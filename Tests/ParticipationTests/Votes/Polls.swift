import Crypto
import Foundation
import Participation
import Postgres
import PublicRecord
import TestSupport

/// The fixed cast of the tests about votes: a database, a process, and the acts on its votes.
struct Polls: Sendable {
    let pool: Pool
    let secrets = Secrets(master: [UInt8](repeating: 9, count: 32))
    /// One for all, as in the service: casts that arrive together meet in it.
    let ballots: Ballots

    init(pool: Pool) {
        self.pool = pool
        ballots = Ballots(pool: pool, secrets: secrets)
    }

    static let passphrase = "sous le tilleul, midi"

    var votes: Votes { Votes(pool: pool) }
    var processes: Processes { Processes(pool: pool) }
    var openings: Openings { Openings(pool: pool, secrets: secrets, host: "city.example") }
    var counts: Counts { Counts(pool: pool, secrets: secrets) }
    var codes: VotingCodes { VotingCodes(pool: pool, secrets: secrets) }
    var imports: Imports { Imports(pool: pool, secrets: secrets) }
    var sequencer: Sequencer { Sequencer(pool: pool, secrets: secrets) }
    var record: Record { Record(pool: pool) }

    /// A vote on three projects, two of which may be chosen, within 100 €.
    static let settings = VoteSettings(
        slug: "square", title: Texts(["fr": "Le square"]), budget: 10_000,
        ballot: BallotRules(type: .approval, maximum: 2, budgetLimit: 10_000),
        counting: Definition.Counting(rule: "greedy_votes", tie: "lexico"), smallCell: 3,
        opens: Date(timeIntervalSinceNow: -3600), closes: Date(timeIntervalSinceNow: 86_400))

    static let projects = [
        VoteProject(
            number: 1, key: "bench", title: Texts(["fr": "Un banc"]), description: Texts([:]), cost: 3_000,
            district: nil, category: nil),
        VoteProject(
            number: 2, key: "tree", title: Texts(["fr": "Un arbre"]), description: Texts([:]), cost: 6_000,
            district: nil, category: nil),
        VoteProject(
            number: 3, key: "lamp", title: Texts(["fr": "Une lampe"]), description: Texts([:]), cost: 9_000,
            district: nil, category: nil),
    ]

    func process() async throws -> ID<Participation.Process> {
        try await processes.create(
            ProcessDraft(
                slug: "diagonales", title: Texts(["fr": "Diagonales"]), summary: Texts([:]), description: Texts([:]),
                phases: []), by: .operator)
    }

    /// A draft with those settings, or others.
    func draft(_ settings: VoteSettings = Self.settings) async throws -> Vote {
        try await votes.create(settings, projects: Self.projects, in: try await process(), by: .operator)
        return try await vote(settings.slug)
    }

    func vote(_ slug: String = "square") async throws -> Vote {
        guard let vote = try await votes.find(slug) else { throw Missing() }
        return vote
    }

    /// Opens a draft and returns the custodian's file.
    func open(_ vote: Vote) async throws -> (vote: Vote, key: String) {
        let key = try await openings.makeSeal(vote.id, passphrase: Self.passphrase, by: .operator)
        try await openings.open(vote.id, keyFile: key, passphrase: Self.passphrase, by: .operator)
        return (try await self.vote(vote.slug), key)
    }

    /// Somebody new.
    func person() async throws -> ID<Person> {
        let id = ID<Person>()
        try await pool.execute("test.person", "INSERT INTO person (id) VALUES (\(id.uuid))")
        return id
    }

    /// Casts a ballot of projects for a person.
    @discardableResult
    func cast(
        _ projects: [String], _ person: ID<Person>, _ vote: Vote, nonce: FormNonce = FormNonce()
    ) async throws -> ReceiptToken {
        try await ballots.cast(.approval(projects.sorted()), by: .code(person), in: vote, nonce: nonce)
    }

    /// Moves the deadline of a vote into the past, as only time does.
    func pass(deadlineOf vote: Vote) async throws {
        try await pool.execute(
            "test.deadline",
            "UPDATE vote SET closes_at = now() - interval '1 minute', opens_at = now() - interval '1 day' WHERE id = \(vote.id.uuid)"
        )
    }

    func number(_ sql: SQL) async throws -> Int {
        try await pool.query("test.number", sql)[0].get("n")
    }

    /// The published files of a vote's record.
    func files(of vote: Vote) async throws -> [String: [UInt8]] {
        try await sequencer.drain(vote.id)
        guard let head = try await record.head(of: vote.id), let opening = vote.opening else { throw Missing() }
        var files: [String: [UInt8]] = [
            "checkpoint": Array(head.note.utf8), "definition.json": opening.bytes,
            "key": Array("\(signer(opening.definition.origin).key)\n".utf8),
            "files/\(Hash(of: opening.bytes).hex)": opening.bytes,
        ]
        for path in Tiles.paths(size: head.checkpoint.size) {
            files[path.description] = try await record.tile(path, of: vote.id)
        }
        if let result = try await Results(pool: pool).find(vote) {
            files["result.json"] = result.bytes
            files["files/\(Hash(of: result.bytes).hex)"] = result.bytes
        }
        return files
    }

    /// The log's key, which an attacker may or may not hold.
    func signer(_ origin: String) -> NoteSigner {
        NoteSigner(name: origin, seed: secrets.derive(label: "record \(origin)").withUnsafeBytes { Array($0) })!
    }

    struct Missing: Error {}
}

/// Runs `body` with polls of its own.
func withPolls(_ body: (Polls) async throws -> Void) async throws {
    try await withDatabase { pool in try await body(Polls(pool: pool)) }
}

/// A file of `Tests/Fixtures`.
func fixture(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: TestCluster.repository).appending(path: "Tests/Fixtures/\(path)")))
}
