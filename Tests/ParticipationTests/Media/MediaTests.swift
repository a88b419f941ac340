import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// Files checked and written anew by the programs that do so, and what a proposal has of them.
@Suite("Media", .database)
struct MediaTests {
    private func fixture(_ name: String) throws -> [UInt8] {
        Array(
            try Data(contentsOf: URL(filePath: "\(TestCluster.repository)/Tests/Fixtures/media/\(name)")))
    }

    private func prepared(_ name: String) async throws -> PreparedMedium {
        try await Media.prepare(UploadedFile(name: name, bytes: fixture(name)), alt: "Un arbre")
    }

    /// What exiftool finds in a file, by name.
    private func tags(_ bytes: [UInt8]) async throws -> String {
        let command = Command(["exiftool", "-a", "-G1", "-s", "-"], limit: .seconds(30))
        return String(decoding: try await command.run(bytes), as: UTF8.self)
    }

    @Test(
        "a photo is turned, made smaller and loses place, camera, author and words",
        arguments: [
            "photo.jpg", "photo.png", "photo.webp",
        ])
    func clean(name: String) async throws {
        let before: String = try await tags(fixture(name))
        #expect(before.contains("GPSLatitude") && before.contains("Creator"))
        let medium: PreparedMedium = try await prepared(name)
        #expect(medium.kind == .image && medium.renditions.map(\.rendition) == [.large, .small])
        for rendition in medium.renditions {
            let side: Int = try #require(rendition.rendition.longestSide)
            let size: Medium.Size = try #require(rendition.size)
            #expect(max(size.width, size.height) <= side)
            #expect(FileType(rendition.bytes) == .webp)
            let found: String = try await tags(rendition.bytes)
            for word in [
                "GPS", "Creator", "Model", "Comment", "City", "XMP", "EXIF", "ICC", "Mulhouse", "secret",
            ] {
                #expect(!found.contains(word), "\(name), \(rendition.rendition): \(word) in\n\(found)")
            }
        }
        if name == "photo.jpg" {
            #expect(
                medium.renditions.map(\.size) == [
                    .init(width: 1200, height: 1600), .init(width: 360, height: 480),
                ])
        }
    }

    @Test("the header of an image is read and nothing beyond its end")
    func headers() throws {
        for (name, type, width, height) in [
            ("photo.jpg", FileType.jpeg, 2000, 1500), ("photo.png", .png, 700, 500),
            ("photo.webp", .webp, 600, 400),
            ("huge-header.png", .png, 60_000, 60_000),
        ] {
            let bytes: [UInt8] = try fixture(name)
            #expect(FileType(bytes) == type)
            #expect(ImageHeader.size(type, bytes) == Medium.Size(width: width, height: height))
            // However it is cut, it is read or refused, and never trapped on.
            for length in stride(from: 0, to: min(bytes.count, 4_000), by: 1) {
                let size = ImageHeader.size(type, Array(bytes.prefix(length)))
                #expect(size == nil || size == Medium.Size(width: width, height: height))
            }
        }
    }

    @Test(
        "a name has no path, no direction and nothing unseen",
        arguments: [
            ("../../etc/passwd", "passwd"), ("C:\\Users\\ada\\rue.jpg", "rue.jpg"),
            ("a\u{202E}gpj.exe", "agpj.exe"),
            ("a\0b\u{7}.png", "ab.png"), (" . ", "-"), ("", "-"), ("\u{200B}", "-"),
            (String(repeating: "x", count: 300), String(repeating: "x", count: 150)),
            ("e\u{301}té.png", "été.png"),
        ])
    func names(sent: String, kept: String) {
        #expect(FileName.tidy(sent) == kept)
    }

    @Test("an image needs words, unless it is decorative")
    func words() async throws {
        let file = try UploadedFile(name: "photo.png", bytes: fixture("photo.png"))
        await #expect(throws: Refused(MediaRefusal.altMissing)) {
            try await Media.prepare(file, alt: "")
        }
        await #expect(throws: Refused(MediaRefusal.altTooLong(limit: 500))) {
            try await Media.prepare(file, alt: String(repeating: "a", count: 501))
        }
        #expect(try await Media.prepare(file, alt: "Un arbre", isDecorative: true).alt.isEmpty)
        // Everything that is wrong is said at once.
        let huge = try UploadedFile(name: "x.png", bytes: fixture("huge-header.png"))
        await #expect(throws: Refused(MediaRefusal.tooManyPixels(limit: Media.pixelLimit), .altMissing)) {
            try await Media.prepare(huge, alt: "")
        }
    }

    @Test("a proposal has its media in their order, eight at most")
    func order() async throws {
        let garden = try await Garden(TestDatabase.pool)
        let medium: PreparedMedium = try await prepared("photo.png")
        var ids: [ID<Medium>] = []
        for _ in 1...ProposalMedia.limit {
            ids.append(try await garden.media.add(medium, to: garden.draft.id, by: garden.ada))
        }
        await #expect(throws: MediaRefusal.tooMany(limit: 8)) {
            try await garden.media.add(medium, to: garden.draft.id, by: garden.ada)
        }
        func kept() async throws -> [ID<Medium>] {
            try await garden.media.list(of: garden.draft.id).map(\.id)
        }
        #expect(try await kept() == ids)

        try await garden.media.moveUp(ids[2], of: garden.draft.id, by: garden.ada)
        ids.swapAt(1, 2)
        try await garden.media.moveUp(ids[0], of: garden.draft.id, by: garden.ada)
        #expect(try await kept() == ids)

        let gone: ID<Medium> = ids.remove(at: 3)
        try await garden.media.remove(gone, of: garden.draft.id, by: garden.ada)
        ids.append(try await garden.media.add(medium, to: garden.draft.id, by: garden.ada))
        #expect(try await kept() == ids)
        #expect(try await garden.covers() == [garden.draft.id: ids[0]])
        #expect(try await Media(pool: garden.pool).find(gone, .large, for: garden.ada.account) == nil)
        #expect(try await garden.count("medium") == 8)
        #expect(try await garden.count("medium_rendition") == 16)

        // Nothing stays behind when the draft is thrown away.
        try await garden.pool.execute(
            "test.discard", "DELETE FROM proposal WHERE id = \(garden.draft.id)")
        #expect(try await garden.count("medium") == 0)
        #expect(try await garden.count("medium_rendition") == 0)
    }

    @Test(
        "only authors touch and see the media of a draft; everybody sees those of a public proposal")
    func rights() async throws {
        let garden = try await Garden(TestDatabase.pool)
        let media = Media(pool: garden.pool)
        let medium: PreparedMedium = try await prepared("photo.png")
        let id: ID<Medium> = try await garden.media.add(medium, to: garden.draft.id, by: garden.ada)
        for other in [garden.bob, garden.agent, .visitor, .code] {
            await #expect(throws: NotAllowed.self) {
                try await garden.media.add(medium, to: garden.draft.id, by: other)
            }
            await #expect(throws: NotAllowed.self) {
                try await garden.media.remove(id, of: garden.draft.id, by: other)
            }
            await #expect(throws: NotAllowed.self) {
                try await garden.media.describe(
                    id, as: "x", isDecorative: false, of: garden.draft.id, by: other)
            }
            #expect(try await garden.media.find(garden.draft.number, by: other) == nil)
            #expect(try await media.find(id, .small, for: other.account) == nil)
        }
        let mine = try #require(try await media.find(id, .small, for: garden.ada.account))
        #expect(!mine.isPublic && FileType(mine.bytes) == .webp)
        #expect(
            try await media.find(id, .small, for: garden.ada.account, known: [mine.hash])?.bytes.isEmpty
                == true)

        try await garden.publish()
        #expect(try await media.find(id, .small, for: nil)?.isPublic == true)
        #expect(try await media.find(id, .document, for: nil) == nil)
        try await garden.media.describe(
            id, as: "Un tilleul", isDecorative: false, of: garden.draft.id, by: garden.agent)
        #expect(try await garden.media.list(of: garden.draft.id).map(\.alt) == ["Un tilleul"])
        // Examined and decided: what authors said stays as it was judged.
        try await garden.pool.execute(
            "test.accept", "UPDATE proposal SET status = 'accepted' WHERE id = \(garden.draft.id)")
        await #expect(throws: NotAllowed.self) {
            try await garden.media.remove(id, of: garden.draft.id, by: garden.ada)
        }
        try await garden.media.remove(id, of: garden.draft.id, by: garden.agent)
        #expect(
            try await garden.acts() == [
                "proposal_medium_added", "proposal_medium_described", "proposal_medium_removed",
            ])
    }
}

/// A draft of Ada’s, with Bob who looks on and an agent.
private struct Garden {
    let pool: Pool
    let media: ProposalMedia
    let ada: Actor, bob: Actor, agent: Actor
    let draft: (id: ID<Proposal>, number: Int64)

    init(_ pool: Pool) async throws {
        self.pool = pool
        media = ProposalMedia(pool: pool)
        let town = Town(pool: pool)
        ada = .resident(try await town.resident("Ada").id)
        bob = .resident(try await town.resident("Bob").id)
        agent = .official(
            try await town.resident("Carla", roles: [HeldRole(.participationAgent)]).id,
            .participationAgent)
        let process: ID<Participation.Process> = try await Processes(pool: pool).create(
            ProcessDraft(
                slug: "diagonales", title: Texts(["fr": "Diagonales"]), summary: Texts([:]),
                description: Texts([:]),
                phases: []), by: .operator)
        try await pool.execute(
            "test.call", "INSERT INTO proposal_call (process_id) VALUES (\(process))")
        let id = ID<Proposal>()
        let thread = UUID()
        try await pool.execute("test.thread", "INSERT INTO thread (id) VALUES (\(thread))")
        let row: Row? = try await pool.one(
            "test.proposal",
            """
            INSERT INTO proposal (id, process_id, thread_id, language, title, body)
            VALUES (\(id), \(process), \(thread), 'fr', 'Un tilleul', 'De l’ombre.') RETURNING number
            """)
        try await pool.execute(
            "test.author",
            "INSERT INTO proposal_author (proposal_id, place, account_id) VALUES (\(id), 1, \(ada.account))"
        )
        draft = (id, try row?.get("number", as: Int64.self) ?? 0)
    }

    func publish() async throws {
        try await pool.execute(
            "test.publish",
            "UPDATE proposal SET status = 'received', published_at = now() WHERE id = \(draft.id)")
    }

    func count(_ table: String) async throws -> Int {
        let row = try await pool.one(
            "test.count", "SELECT count(*) AS n FROM \(sql: .identifier(table))")
        return try row?.get("n") ?? -1
    }

    func covers() async throws -> [ID<Proposal>: ID<Medium>] {
        try await media.covers(of: [draft.id, ID()]).mapValues(\.id)
    }

    func acts() async throws -> [String] {
        try await pool.query(
            "test.acts", "SELECT act FROM act WHERE object_kind = 'proposal' ORDER BY id"
        ).map { try $0.get("act") }
    }
}
