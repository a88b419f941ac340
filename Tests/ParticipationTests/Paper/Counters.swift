import Foundation
import Participation
import Postgres
import PublicRecord

/// The cast of the tests about papers: a vote held on paper and online, its places, and the people who count.
struct Counters: Sendable {
    let polls: Polls
    let vote: Vote
    let key: String
    /// By name: `officer`, `second`, `ana`, `bob`, `carol`, `custodian`.
    let people: [String: Account]

    var pool: Pool { polls.pool }
    var batches: Batches { Batches(pool: pool) }
    var entries: PaperEntries { PaperEntries(pool: pool) }
    var imports: PaperImports { PaperImports(pool: pool) }
    var ballots: Ballots { Ballots(pool: pool, secrets: polls.secrets, correspondent: PlainMarkLetters()) }
    var settlements: Settlements { Settlements(pool: pool) }
    var accounts: ClosingAccounts { ClosingAccounts(pool: pool) }
    var discrepancies: Discrepancies { Discrepancies(pool: pool) }
    var certificates: Certificates { Certificates(pool: pool, secrets: polls.secrets) }

    static let places = ["ecole", "marche", "mairie"]

    /// Ana and Bob enter papers, Carol adjudicates, two officers answer for the vote.
    static let roles: [(name: String, role: Role)] = [
        ("officer", .returningOfficer), ("second", .pollingOfficer), ("ana", .entryOperator), ("bob", .entryOperator),
        ("carol", .adjudicator), ("custodian", .custodian),
    ]

    static var settings: VoteSettings {
        var settings = Polls.settings
        settings.channels = ["kiosk", "online", "paper"]
        settings.eligibility = ["code", "desk"]
        return settings
    }

    func actor(_ name: String) -> Actor {
        let role = Self.roles.first { $0.name == name }!.role
        return .official(people[name]!.id, role)
    }

    /// The vote as it stands now.
    func now() async throws -> Vote { try await polls.vote(vote.slug) }

    func batch(_ handle: String) async throws -> Batch {
        guard let batch = try await batches.find(handle, in: vote.id) else { throw Polls.Missing() }
        return batch
    }

    @discardableResult
    func declare(_ handle: String, _ papers: Int, at place: String = "ecole", spoiled: Int = 0) async throws -> Batch {
        try await batches.declare(
            .init(handle: handle, place: place, papers: papers, spoiled: spoiled), in: vote.id, by: actor("officer"))
        return try await batch(handle)
    }

    func close() async throws {
        try await polls.openings.close(vote.id, early: true, by: actor("officer"))
    }

    /// Somebody reads all papers of a batch on the screen.
    func enter(_ lines: [String], _ letter: PaperEntry.Letter, of handle: String, by name: String) async throws {
        let id = try await entries.begin(letter, of: try await batch(handle).id, by: actor(name))
        for (index, line) in lines.enumerated() {
            let batch = try await batch(handle)
            try await entries.write(
                line, paper: index + 1, in: batch.entry(letter)!, of: batch, vote: vote, by: actor(name))
        }
        try await entries.submit(id, of: try await batch(handle).id, by: actor(name))
    }

    /// Somebody reads a batch from a file.
    func load(
        _ text: String, _ letter: PaperEntry.Letter, of handle: String?, by name: String
    ) async throws {
        var batch: Batch?
        if let handle { batch = try await self.batch(handle) }
        let id = try await imports.begin(
            Array(text.utf8), as: letter, of: batch, in: try await now(), by: actor(name))
        try await imports.complete(id)
    }

    /// Both read the same, and Carol settles.
    func settle(_ lines: [String], of handle: String) async throws {
        try await enter(lines, .a, of: handle, by: "ana")
        try await enter(lines, .b, of: handle, by: "bob")
        try await settlements.settle(try await batch(handle).id, by: actor("carol"))
    }

    func count() async throws {
        try await polls.counts.count(vote.id, keyFile: key, passphrase: Polls.passphrase, by: actor("custodian"))
    }

    /// People marked on paper at a place: what an officer's act writes, without the officer.
    func mark(_ number: Int, at place: String) async throws {
        for _ in 0..<number {
            let person = try await polls.person()
            let credential = (0..<16).map { _ in UInt8.random(in: 0...255) }
            let entry = Entry.markMade(credential: credential, channel: .paper, place: place)
            try await pool.execute(
                "test.mark",
                """
                WITH marked AS (
                    INSERT INTO mark (id, vote_id, person_id, credential, channel, place_id, made_at)
                    SELECT \(UUID()), \(vote.id.uuid), \(person.uuid), \(credential), 'paper', place.id, now()
                    FROM place WHERE place.vote_id = \(vote.id.uuid) AND place.handle = \(place)
                )
                INSERT INTO record_pending (vote_id, entry) VALUES (\(vote.id.uuid), \(entry.bytes))
                """)
        }
    }

    /// People who may vote in this vote, each with a living code.
    func voters(_ number: Int) async throws -> [ID<Person>] {
        let people: [UUID] = (0..<number).map { _ in ID<Person>().uuid }
        let hashes: [[UInt8]] = people.map { Array(Hash(of: Array("\($0)".utf8)).bytes) }
        try await pool.execute("test.people", "INSERT INTO person (id) SELECT unnest(\(people)::uuid[])")
        try await pool.execute(
            "test.codes",
            """
            INSERT INTO voting_code (id, vote_id, person_id, code_hash)
            SELECT gen_random_uuid(), \(vote.id.uuid), given.person, given.hash
            FROM unnest(\(people)::uuid[], \(hashes)::bytea[]) AS given (person, hash)
            """)
        return people.map { ID($0) }
    }

    /// Casts ballots online, one for each person.
    func cast(_ list: [Ballot], by people: [ID<Person>]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, ballot) in list.enumerated() {
                if index >= 4 { try await group.next() }
                group.addTask {
                    _ = try await ballots.cast(ballot, by: .code(people[index]), in: vote, nonce: FormNonce())
                }
            }
            try await group.waitForAll()
        }
    }

    /// The sheet of an entry with its lines, as the desk hands it out.
    func sheet(_ lines: [String], _ letter: PaperEntry.Letter, _ handle: String) -> String {
        let definition = Hex.encode(Array(vote.opening!.hash.prefix(6)))
        return "paper;choices;batch;entry;definition\r\n"
            + lines.enumerated().map { "\($0 + 1);\($1);\(handle);\(letter.rawValue);\(definition)\r\n" }.joined()
    }

    /// The record as anyone downloads it.
    func record() async throws -> RecordSource {
        RecordSource(files: try await polls.files(of: try await now()))
    }

    func rows(of table: String) async throws -> Int {
        try await polls.number("SELECT count(*) AS n FROM \(sql: .identifier(table))")
    }
}

/// Runs `body` with an open vote, its places and its people.
func withCounters(
    _ settings: VoteSettings = Counters.settings, projects: [VoteProject] = Polls.projects,
    _ body: (Counters) async throws -> Void
) async throws {
    try await withPolls { polls in
        try await polls.votes.create(
            settings, projects: projects, in: try await polls.process(), by: .operator)
        let (vote, key) = try await polls.open(try await polls.vote(settings.slug))
        for handle in Counters.places {
            try await Places(pool: polls.pool).add(
                PlaceDraft(handle: handle, name: Texts(["fr": handle.capitalized])), to: vote.id, by: .operator)
        }
        let town = Town(pool: polls.pool)
        var people: [String: Account] = [:]
        for (name, role) in Counters.roles {
            people[name] = try await town.resident(name, roles: [HeldRole(role, for: .vote(vote.id))])
        }
        try await body(Counters(polls: polls, vote: vote, key: key, people: people))
    }
}
