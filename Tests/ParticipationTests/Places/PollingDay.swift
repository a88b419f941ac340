import Foundation
import Participation
import Postgres
import PublicRecord
import TestSupport
import Testing

/// The fixed cast of the tests about places: an open vote on all channels with a roll of six lines, a table, a second
/// one, a place of envelopes, and Odile, a polling officer on shift at all of them.
struct PollingDay: Sendable {
    let polls: Polls
    let vote: Vote
    /// The custodian's file.
    let key: String
    let officer: Actor
    let table: Place, school: Place, post: Place
    /// The people of lines 1 to 6.
    let people: [ID<Person>]

    var places: Places { Places(pool: polls.pool) }
    var marks: Marks { Marks(pool: polls.pool, correspondent: PlainMarkLetters()) }
    var lists: ListImports { ListImports(pool: polls.pool, marks: marks) }
    var envelopes: StubEnvelopes { StubEnvelopes(pool: polls.pool, marks: marks) }
    var devices: Devices { Devices(pool: polls.pool, secrets: polls.secrets) }
    var kiosks: Kiosks { Kiosks(pool: polls.pool, secrets: polls.secrets) }
    var voters: Voters { Voters(pool: polls.pool, marks: marks) }
    var assistance: Assistance { Assistance(pool: polls.pool, secrets: polls.secrets) }
    var ballots: Ballots {
        Ballots(pool: polls.pool, secrets: polls.secrets, correspondent: PlainMarkLetters())
    }
    /// The person of line 1.
    var ada: ID<Person> { people[0] }

    static func begin(_ pool: Pool, policy: String, revote: Bool = true) async throws -> PollingDay {
        let polls = Polls(pool: pool)
        var settings = Polls.settings
        settings.channels = ["online", "kiosk", "paper"]
        settings.eligibility = ["account", "code", "desk"]
        settings.policy = policy
        settings.revote = revote
        let (vote, key) = try await polls.open(try await polls.draft(settings))
        let account: Account = try await Town(pool: pool).resident("Odile")
        let places = Places(pool: pool)
        var made: [Place] = []
        for (handle, kind) in [("hall", PlaceDraft.Kind.table), ("school", .table), ("post", .post)] {
            try await places.add(
                PlaceDraft(handle: handle, kind: kind, name: Texts(["fr": handle])), to: vote.id, by: .operator)
            let place: Place = try #require(try await places.find(handle, of: vote.id))
            try await places.plan(
                try #require(EmailAddress("odile@example.fr")), at: place, from: Date(timeIntervalSinceNow: -3600),
                to: Date(timeIntervalSinceNow: 3600), by: .operator)
            made.append(place)
        }
        return PollingDay(
            polls: polls, vote: vote, key: key, officer: .official(account.id, .pollingOfficer), table: made[0],
            school: made[1], post: made[2], people: try await roll(pool, vote.id))
    }

    /// Six people on the roll, the first one with an address for letters.
    private static func roll(_ pool: Pool, _ vote: ID<Vote>) async throws -> [ID<Person>] {
        let people: [ID<Person>] = (0..<6).map { _ in ID() }
        try await pool.execute(
            "test.people", "INSERT INTO person (id) SELECT unnest(\(people.map(\.uuid))::uuid[])")
        try await pool.execute(
            "test.version",
            """
            INSERT INTO roll_version (id, vote_id, number, size, added, changed, removed, kept, file_name)
            VALUES (\(ID<RollVersion>()), \(vote), 1, 6, 6, 0, 0, 0, 'roll.csv')
            """)
        let names = ["Martin", "Martinez", "Durand", "Petit", "Roux", "Weber"]
        try await pool.execute(
            "test.roll",
            """
            INSERT INTO roll_entry (id, vote_id, person_id, version, line, identity, family_name, given_names,
                                    birth_year, address, postcode, district, roll_number, email, family_key, given_key)
            SELECT gen_random_uuid(), \(vote), given.person, 1, given.line, decode(md5(given.line::text), 'hex'),
                   upper(given.name), 'Ada', 1970, 'rue du Tilleul', '31000', '', '',
                   CASE given.line WHEN 1 THEN 'ada@example.fr' ELSE '' END, lower(given.name), 'ada'
            FROM unnest(\(people.map(\.uuid))::uuid[], \(names)) WITH ORDINALITY AS given (person, name, line)
            """)
        return people
    }

    // MARK: What people do

    /// Hands Ada, or somebody else, a paper at a table.
    func paper(_ person: ID<Person>? = nil, at place: Place? = nil) async throws {
        try await marks.make(for: person ?? ada, at: (place ?? table).id, by: officer)
    }

    func online(_ person: ID<Person>? = nil) async throws {
        _ = try await ballots.cast(.approval(["tree"]), by: .code(person ?? ada), in: vote, nonce: FormNonce())
    }

    /// Opens a kiosk for a person, begins and casts.
    func kiosk(_ person: ID<Person>? = nil) async throws {
        let token: Token = try await devices.open(
            .kiosk, named: "Kiosk \(Int.random(in: 0...999_999))", remark: "", at: table.id, by: officer)
        let device: PlaceDevice = try #require(try await devices.find(token))
        _ = try await kiosks.open(
            for: person ?? ada, named: "MARTIN Ada", on: device.id, at: table.id, consent: .readAloud, by: officer)
        let session: Token = try #require(try await kiosks.begin(on: device))
        let found: Session = try #require(
            try await Sessions(pool: polls.pool, secrets: polls.secrets).find(token: session))
        let id: ID<KioskSession> = try #require(found.voting?.kiosk)
        let (who, seat) = try #require(try await kiosks.voter(id))
        do {
            _ = try await ballots.cast(.approval(["lamp"]), by: .kiosk(who, at: seat), in: vote, nonce: FormNonce())
        } catch {
            try await kiosks.end(id)
            throw error
        }
        try await kiosks.end(id)
    }

    /// Receives and marks an envelope; true unless it was set aside.
    @discardableResult
    func envelope(_ person: ID<Person>? = nil) async throws -> Bool {
        let number: Int = try await envelopes.receive(from: person ?? ada, at: post.id, by: officer)
        return try await envelopes.mark(number, at: post.id, by: officer).0 == .marked
    }

    // MARK: What is there

    /// The channel of Ada's live mark.
    func live() async throws -> Channel? { try await marks.standing(of: ada, in: vote.id).live?.channel }

    /// Why Ada's last annulled mark was annulled.
    func annulled() async throws -> String? {
        try await marks.standing(of: ada, in: vote.id).annulled?.annulled?.reason
    }

    func letters() async throws -> Int {
        try await polls.number("SELECT count(*) AS n FROM outbox WHERE kind = 'mark_annulled'")
    }

    /// The papers that must lie in boxes are the live marks on paper whose envelope has lost its stub, and the papers
    /// that were found without a mark.
    func papersInBoxes() async throws -> Int {
        try await polls.number(
            """
            SELECT (SELECT count(*) FROM mark LEFT JOIN stub_envelope ON stub_envelope.mark_id = mark.id
                    WHERE channel = 'paper' AND annulled_at IS NULL
                      AND (stub_envelope.id IS NULL OR separated_at IS NOT NULL))
                 + (SELECT count(*) FROM list_line WHERE outcome = 'without_mark') AS n
            """)
    }

    /// Every invariant of the record, and one live mark per person.
    func check() async throws {
        let report = try verify(RecordSource(files: try await polls.files(of: vote)))
        #expect(report[.v4]?.outcome != .failed)
        #expect(report[.v6]?.outcome != .failed)
        #expect(
            try await polls.number(
                """
                SELECT count(*) AS n FROM sealed_ballot JOIN mark ON mark.id = sealed_ballot.mark_id
                WHERE annulled_at IS NOT NULL OR channel = 'paper'
                """) == 0)
    }
}

/// Letters that say what they are about.
struct PlainMarkLetters: MarkCorrespondent {
    func letter(_ notice: MarkNotice, to name: String, in language: Language) -> Letter {
        Letter(subject: "To \(name)", body: "\(notice.annulled.rawValue) gave way to \(notice.instead.rawValue)")
    }
}

/// Runs `body` on a polling day of its own.
func withPollingDay(
    policy: String = "first_stands", revote: Bool = true, _ body: (PollingDay) async throws -> Void
) async throws {
    try await withDatabase { pool in
        try await body(try await PollingDay.begin(pool, policy: policy, revote: revote))
    }
}

/// What came of an import: lines marked, in conflict, imported before.
func figures(of outcome: ListImports.Outcome) -> [Int] { [outcome.marked, outcome.conflicts, outcome.repeated] }
