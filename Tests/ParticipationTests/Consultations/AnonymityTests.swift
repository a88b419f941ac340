import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// Anonymous means that no stored field, order, time or line of the register links a person and an answer: shown on the
/// schema, and on the rows that people leave behind.
@Suite struct AnonymityTests {
    /// Everything that is stored about answering, column by column. Whoever adds one has to come by here.
    private static let columns: [String: Set<String>] = [
        "response": [
            "id", "questionnaire_id", "is_anonymous", "version", "way", "language", "answers",
            "received_on", "person_id",
            "withdrawal_hash",
        ],
        "incoming_response": ["id", "questionnaire_id", "withdrawal_hash", "sealed"],
        "answer_draft": ["code_hash", "questionnaire_id", "version", "sealed", "ends_on"],
        "answer_photo": ["medium_id", "draft_hash", "incoming_id", "response_id"],
        "participation": ["questionnaire_id", "person_hash"],
        "answer_code": ["package_id", "number", "code_hash", "state"],
    ]

    @Test
    func `the schema has no column, default or foreign key that could join a person and an answer`()
        async throws
    {
        try await withDatabase { pool in
            let tables: [String] = Array(Self.columns.keys)
            let rows: [Row] = try await pool.query(
                "test.columns",
                """
                SELECT table_name::text AS owner, column_name::text AS name, data_type::text AS type, column_default::text AS preset
                FROM information_schema.columns
                WHERE table_schema = 'public' AND table_name = ANY (\(tables))
                """)
            var found: [String: Set<String>] = [:]
            for row in rows {
                let (table, column, type): (String, String, String) = (
                    try row.get("owner"), try row.get("name"), try row.get("type")
                )
                found[table, default: []].insert(column)
                // A day is all that is kept of the time, and no value comes from a clock or a counter.
                #expect(
                    ["uuid", "bytea", "date", "text", "integer", "boolean", "jsonb"].contains(type),
                    "\(table).\(column) is \(type)")
                let preset: String? = try row.get("preset")
                #expect(preset == nil || "\(table).\(column)" == "answer_code.state", "\(table).\(column)")
            }
            #expect(found == Self.columns)

            let keys: [Row] = try await pool.query(
                "test.keys",
                """
                SELECT conrelid::regclass::text AS owner, confrelid::regclass::text AS target
                FROM pg_constraint WHERE contype = 'f'
                """)
            let links: [(owner: String, target: String)] = try keys.map {
                (try $0.get("owner"), try $0.get("target"))
            }
            let open: Set<String> = [
                "questionnaire", "questionnaire_version", "medium", "answer_draft", "incoming_response",
                "response",
                "answer_code_package",
            ]
            for link in links where tables.contains(link.owner) {
                #expect(
                    open.contains(link.target) || (link.owner == "response" && link.target == "person"),
                    "\(link.owner) points at \(link.target)")
            }
            // What hangs on answers may name the agents who read them, and nobody who could have given one.
            let hanging: Set<String> = Set(
                links.filter { ["response", "incoming_response"].contains($0.target) }.map(\.owner))
            for link in links where hanging.contains(link.owner) && link.owner != "response" {
                #expect(
                    !["person", "session", "registration", "voting_code"].contains(link.target),
                    "\(link.owner)")
            }
        }
    }

    @Test func `an anonymous answer with a person is refused by the database itself`() async throws {
        try await withPoll { poll in
            let person = ID<Person>()
            try await poll.pool.execute("test.person", "INSERT INTO person (id) VALUES (\(person))")
            for isAnonymous in [true, false] {
                await #expect(throws: PostgresError.self) {
                    try await poll.pool.execute(
                        "test.response",
                        """
                        INSERT INTO response (id, questionnaire_id, is_anonymous, version, way, language, answers,
                                              received_on, person_id)
                        VALUES (\(ID<Response>(UUID())), \(poll.id), \(isAnonymous), 1, 'account', 'fr', '{}',
                                current_date, \(person))
                        """)
                }
            }
        }
    }

    @Test func `on their way answers are sealed, and leave no line in the register`() async throws {
        try await withPoll(ways: ["account"], once: true) { poll in
            let ada: Account = try await poll.town.resident("Ada")
            let acts: Int = try await poll.count("act")
            let code: ResponseCode = try await poll.send(
                "Un mot reconnaissable", by: .account, actor: .resident(ada.id))
            #expect(try await poll.count("act") == acts)
            let sealed: [UInt8] = try await poll.one("SELECT sealed AS value FROM incoming_response")
            #expect(!String(decoding: sealed, as: UTF8.self).contains("reconnaissable"))
            // With the database alone, nobody opens it: the key is that of the installation.
            let other = Secrets(master: [UInt8](repeating: 9, count: 32))
            #expect(throws: (any Error).self) {
                try AnswerDraft.Content(
                    sealed: sealed, other.derive(label: Answering.incoming), label: "\(poll.id)")
            }
            // Nor is the person there, or their code.
            let person: ID<Person> = try #require(try await Answering.person(of: ada.id, in: poll.pool))
            let hash: [UInt8] = try await poll.one("SELECT person_hash AS value FROM participation")
            #expect(
                hash != poll.answering.hash(person, ID()) && hash == poll.answering.hash(person, poll.id))
            #expect(code.draftHash(poll.town.secrets) != code.responseHash(poll.town.secrets))
            // A few wait for others.
            #expect(try await poll.answering.moveBatches() == 0)
        }
    }

    @Test func `neither transactions, places, identities nor times tell in which order answers came`()
        async throws
    {
        try await withPoll(ways: ["code"], once: true) { poll in
            let codes = AnswerCodes(pool: poll.pool, secrets: poll.town.secrets)
            let agent: Actor = try await poll.agent()
            let made: AnswerCodePackage.Made = try await codes.issue(
                60, label: "", for: try await poll.questionnaire(), by: agent)
            var receipts: [ResponseCode] = []
            for (index, code) in made.codes.enumerated() {
                let entrance = Answering.Entrance.code(code, poll.town.library.network)
                receipts.append(try await poll.send("\(index)", by: entrance, actor: .visitor))
                // Arrived in three batches of twenty.
                if index % 20 == 19 { #expect(try await poll.answering.moveBatches() == 20) }
            }
            var rows: [Left] = try await poll.left()
            #expect(rows.count == 60)
            #expect(Set(rows.map(\.transaction)).count == 3)
            for batch in Dictionary(grouping: rows, by: \.transaction).values {
                #expect(batch.count == 20)
                #expect(abs(Self.correlation(batch, \.place)) < 0.85)
            }
            #expect(abs(Self.correlation(rows, \.identity)) < 0.6)

            // Somebody changes, somebody takes back, and the collection ends.
            _ = try await poll.answering.change(receipts[3], of: poll.id, in: .french, by: .visitor)
            try await poll.answering.keep(poll.answers("3"), under: receipts[3], of: poll.id)
            try await poll.answering.send(receipts[3], of: poll.id, by: .visitor)
            try await poll.answering.withdraw(receipts[7], of: poll.id, by: .visitor)
            try await poll.fixture.close()
            try await poll.answering.moveBatches()
            try await poll.answering.level()
            rows = try await poll.left()
            #expect(rows.count == 59)
            #expect(Set(rows.map(\.transaction)).count == 1)
            #expect(Set(rows.map(\.day)).count == 1)
            #expect(abs(Self.correlation(rows, \.place)) < 0.6)
            // The rows lie in the order of their random identities.
            #expect(rows.sorted { $0.place < $1.place }.map(\.identity) == rows.map(\.identity).sorted())
            // The codes were written in one transaction too: a join on it joins everything with everything.
            let transactions: Int = try await poll.one(
                "SELECT count(DISTINCT xmin::text) AS value FROM answer_code")
            #expect(transactions == 1)
            let pairs: Int = try await poll.one(
                """
                SELECT count(*) AS value FROM response JOIN answer_code ON answer_code.xmin::text = response.xmin::text
                """)
            #expect(pairs == 59 * 60)
            // Nothing is left to be done again.
            let before: [Left] = rows
            try await poll.answering.level()
            #expect(try await poll.left().map(\.transaction) == before.map(\.transaction))
        }
    }

    @Test func `a photo arrives under another identity, without its moment, for agents alone`()
        async throws
    {
        try await withPoll { poll in
            let code: ResponseCode = try await poll.begin()
            var answers: Answers = poll.answers("Une photo")
            answers["one"] = .chosen(["a"], other: nil)
            answers["why"] = .words("Voyez")
            try await poll.answering.keep(answers, under: code, of: poll.id)
            for alt in ["La première", "La seconde"] {
                let path = "\(TestCluster.repository)/Tests/Fixtures/media/photo.webp"
                let file = try UploadedFile(
                    name: "IMG_Ada.webp", bytes: [UInt8](Data(contentsOf: URL(filePath: path))))
                try await poll.answering.keepPhoto(
                    try await Media.prepare(file, alt: alt), showing: alt, for: "photo", under: code,
                    of: poll.id,
                    by: .visitor)
            }
            #expect(try await poll.count("medium") == 1)
            await #expect(throws: AnsweringRefusal.gone) {
                let file = try UploadedFile(
                    name: "x.webp",
                    bytes: [UInt8](
                        Data(
                            contentsOf: URL(filePath: "\(TestCluster.repository)/Tests/Fixtures/media/photo.webp")
                        )))
                try await poll.answering.keepPhoto(
                    try await Media.prepare(file, alt: "x"), showing: "x", for: "text", under: code,
                    of: poll.id,
                    by: .visitor)
            }
            let first: ID<Medium> = try await poll.one("SELECT id AS value FROM medium")
            try await poll.answering.send(code, of: poll.id, by: .visitor)
            try await poll.fixture.close()
            try await poll.answering.moveBatches()
            #expect(try await poll.count("medium") == 1)
            let second: ID<Medium> = try await poll.one(
                """
                SELECT id AS value FROM medium
                WHERE uploaded_by IS NULL AND name = 'image' AND created_at AT TIME ZONE 'Europe/Paris'
                      = date_trunc('day', created_at AT TIME ZONE 'Europe/Paris')
                """)
            #expect(first != second && second.isRandom)
            let sent: SentAnswers = try #require(try await poll.answering.sent([code], of: poll.id))
                .answers
            #expect(sent.answers["photo"] == .photo(second, alt: "La seconde"))
            let media = Media(pool: poll.pool)
            let agent: Actor = try await poll.agent()
            let ada: Account = try await poll.town.resident("Ada")
            #expect(try await media.find(second, .small, for: agent.account) != nil)
            #expect(try await media.find(second, .small, for: ada.id) == nil)
            #expect(try await media.find(second, .small, for: nil) == nil)
            try await poll.answering.withdraw(code, of: poll.id, by: .visitor)
            #expect(try await poll.count("medium") == 0)
        }
    }

    /// What a row tells beside its answers.
    struct Left: Sendable {
        /// In which order it was sent, as its own words say.
        let order: Int
        let transaction: String, place: Int, identity: String, day: String
    }

    /// Spearman's rank correlation of the order of sending with something else.
    private static func correlation<Value: Comparable>(_ rows: [Left], _ other: KeyPath<Left, Value>)
        -> Double
    {
        let byOrder: [Left] = rows.sorted { $0.order < $1.order }
        let byOther: [Int] = rows.sorted { $0[keyPath: other] < $1[keyPath: other] }.map(\.order)
        let count = Double(rows.count)
        let squares: Double = byOrder.enumerated().reduce(0) { sum, row in
            let distance = Double((byOther.firstIndex(of: row.element.order) ?? 0) - row.offset)
            return sum + distance * distance
        }
        return 1 - 6 * squares / (count * (count * count - 1))
    }
}

extension Poll {
    /// What the rows of the answers tell to whoever reads the database to its last bit.
    func left() async throws -> [AnonymityTests.Left] {
        try await pool.query(
            "test.left",
            """
            SELECT (answers -> 'text' ->> 'words')::integer AS sent, xmin::text AS transaction, id::text AS id,
                   ((ctid::text::point)[0] * 10000 + (ctid::text::point)[1])::integer AS place,
                   received_on::text AS day
            FROM response
            """
        ).map { row in
            AnonymityTests.Left(
                order: Int(try row.get("sent", as: Int32.self)), transaction: try row.get("transaction"),
                place: Int(try row.get("place", as: Int32.self)), identity: try row.get("id"),
                day: try row.get("day"))
        }
    }
}
