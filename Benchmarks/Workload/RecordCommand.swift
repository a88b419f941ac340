import ArgumentParser
import Foundation
import PublicRecord

/// Writes the record of a vote that never was, with as many counted ballots as asked for.
struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Writes a certified record of a made-up vote into a folder.",
        discussion: """
            Of a hundred ballots 78 are cast online, 2 in kiosks of four places and 20 on paper, in batches of 200 from \
            twenty places. One online voter in a hundred votes twice, one withdraws. Nearly all ballots differ.
            """)

    @Argument(help: "The folder; it must not exist.") var folder: String
    @Option(help: "Counted ballots.") var ballots: Int = 1_000_000
    @Option(help: "Projects.") var projects: Int = 100
    @Option(help: "The counting rule.") var rule: String = "greedy_votes"

    func run() throws {
        let vote = try MadeUpVote(ballots: ballots, projects: projects, rule: rule)
        var writer = try RecordWriter(folder: URL(filePath: folder))
        try vote.write(to: &writer)
        print("\(writer.size) entries")
    }
}

/// A vote from opening to certificate, written entry by entry.
private struct MadeUpVote {
    private static let origin = "bench.example/votes/made-up/record"
    private static let opens: Int64 = 1_790_000_040
    private static let closes: Int64 = 1_790_600_040
    private static let batchSize = 200
    private static let online = (channel: Channel.online, place: String?.none)
    private static let kiosks = ["Bibliothèque", "Gare", "Mairie", "Marché"]

    private let definition: Definition
    private let sealed: Int
    private let papers: Int

    init(ballots: Int, projects: Int, rule: String) throws {
        papers = ballots / 5 / Self.batchSize * Self.batchSize
        sealed = ballots - papers
        definition = Definition(
            origin: Self.origin, title: ["fr": "Un vote qui n’a pas eu lieu"], languages: ["fr"],
            budget: Int64(projects) * 1_500_000, currency: "EUR",
            projects: (1...projects).map { number in
                Definition.Project(
                    number: number, id: "\(number)", title: ["fr": "Projet \(number)"],
                    cost: Int64(500_000 + number * 7919 % 97 * 100_000), district: nil)
            },
            ballot: BallotRules(type: .approval, maximum: 10),
            counting: Definition.Counting(rule: rule, tie: "lexico"), eligibility: ["roll"],
            channels: ["kiosk", "online", "paper"], policy: "first_stands", revote: true, minimumAge: 16,
            opens: Self.opens, closes: Self.closes, smallCell: 10)
    }

    private struct Opened {
        let tracker: Tracker
        let unit: UInt8
    }

    func write(to writer: inout RecordWriter) throws {
        var dice = Dice(1)
        let bytes = definition.json.encoded()
        let hash = Hash(of: bytes)
        try writer.write(bytes, to: "definition.json")
        try writer.append(.rollCommitted(size: sealed + papers, root: Hash(of: [1])))
        try writer.append(
            .voteOpened(definition: hash, opens: Self.opens, closes: Self.closes, seal: Array(repeating: 3, count: 32)))
        var (opened, account) = try castSealed(&dice, &writer)
        let batches = try declareBatches(&account, &dice, &writer)
        try writer.append(
            .voteClosed(
                at: Self.closes,
                account: account.map {
                    Entry.ClosingLine(channel: $0.key.channel, place: $0.key.place, counts: $0.value)
                }))
        try settle(batches, &writer)

        let cells = account.filter { $0.key.channel != .paper }.map {
            Groups.Cell(channel: $0.key.channel, unit: $0.key.place, ballots: $0.value.sealed)
        }
        let groups = Groups(
            cells + batches.map { Groups.Cell(channel: .paper, unit: $0.name, ballots: Self.batchSize) },
            smallCell: definition.smallCell)
        var count = try BallotCount(definition)
        opened.sort { $0.tracker.bytes.lexicographicallyPrecedes($1.tracker.bytes) }
        for one in opened {
            let kiosk = one.unit < Self.kiosks.count ? Self.kiosks[Int(one.unit)] : nil
            guard let group = groups.group(of: kiosk == nil ? .online : .kiosk, unit: kiosk) else { continue }
            let ballot = Ballot.approval(choices(&dice))
            try count.add(.valid(ballot), channel: group.channel, group: group.name)
            try writer.append(
                .ballotOpened(
                    OpenedBallot(channel: group.channel, group: group.name, ballot: ballot, tracker: one.tracker),
                    grades: []))
        }
        for group in groups.groups where group.channel == .paper {
            for serial in 1...group.ballots {
                let ballot = Ballot.approval(choices(&dice))
                try count.add(.valid(ballot), channel: .paper, group: group.name)
                try writer.append(
                    .ballotOpened(OpenedBallot(group: group.name, ballot: ballot, paper: serial), grades: []))
            }
        }
        let result = try count.result(definitionHash: hash)
        try writer.write(result.bytes, to: "result.json")
        try writer.append(
            .resultPublished(
                result: Hash(of: result.bytes), rule: definition.counting.rule, software: "Workload"))
        try writer.append(
            .voteCertified(at: Self.closes, size: writer.size, root: writer.root, officers: ["o1", "o2"]))
        try writer.finish(origin: Self.origin)
    }

    private struct Unit: Hashable {
        let channel: Channel
        let place: String?
    }

    private typealias Account = [Unit: Entry.ClosingCounts]

    /// Marks and envelopes; one voter in forty stands at a kiosk.
    private func castSealed(_ dice: inout Dice, _ writer: inout RecordWriter) throws -> ([Opened], Account) {
        var opened: [Opened] = []
        opened.reserveCapacity(sealed)
        var account: Account = [:]
        var number = 0
        while opened.count < sealed {
            number += 1
            let kiosk = number % 40 == 0 ? number / 40 % Self.kiosks.count : Self.kiosks.count
            let unit =
                kiosk < Self.kiosks.count
                ? Unit(channel: .kiosk, place: Self.kiosks[kiosk]) : Unit(channel: .online, place: nil)
            let credential = dice.bytes(16)
            try writer.append(.markMade(credential: credential, channel: unit.channel, place: unit.place))
            let isAnnulled = number % 100 == 1
            for _ in 0..<(number % 100 == 2 ? 2 : 1) {
                try writer.append(.ballotSealed(credential: credential, envelope: Hash(of: dice.bytes(8))))
            }
            if isAnnulled { try writer.append(.markAnnulled(credential: credential, reason: "withdrawn")) }
            var counts = account[unit] ?? Entry.ClosingCounts(marks: 0, annulled: 0, sealed: 0)
            counts.marks += 1
            counts.annulled += isAnnulled ? 1 : 0
            counts.sealed += isAnnulled ? 0 : 1
            account[unit] = counts
            if !isAnnulled {
                opened.append(
                    Opened(tracker: Tracker(server: dice.bytes(5), resident: dice.bytes(5)), unit: UInt8(kiosk)))
            }
        }
        return (opened, account)
    }

    private struct Batch {
        let name: String
        let place: String
    }

    /// Marks on paper, as many as there are papers.
    private func declareBatches(
        _ account: inout Account, _ dice: inout Dice, _ writer: inout RecordWriter
    ) throws -> [Batch] {
        var batches: [Batch] = []
        for number in 0..<papers / Self.batchSize {
            let place = "Bureau \(number % 20 + 1)"
            let unit = Unit(channel: .paper, place: place)
            for _ in 0..<Self.batchSize {
                try writer.append(.markMade(credential: dice.bytes(16), channel: .paper, place: place))
            }
            account[unit, default: Entry.ClosingCounts(marks: 0, annulled: 0, sealed: 0)].marks += Self.batchSize
            batches.append(Batch(name: "L\(number + 1)", place: place))
        }
        return batches
    }

    private func settle(_ batches: [Batch], _ writer: inout RecordWriter) throws {
        let file = Hash(of: [2])
        for batch in batches {
            try writer.append(
                .batchDeclared(batch: batch.name, place: batch.place, papers: Self.batchSize, spoiled: 0))
            for letter in ["A", "B"] {
                try writer.append(
                    .batchEntered(batch: batch.name, entry: letter, file: file, rows: Self.batchSize))
            }
            try writer.append(
                .batchSettled(batch: batch.name, counted: Self.batchSize, blank: 0, invalid: [], file: file))
        }
    }

    private func choices(_ dice: inout Dice) -> [String] {
        let count = Int.random(in: 1...10, using: &dice)
        return dice.choices(count, of: definition.projects.count).map { String($0 + 1) }.sorted()
    }
}

/// Writes the published files of a log while it grows.
private struct RecordWriter {
    private let folder: URL
    private var frontier = TileFrontier()
    /// The entries of the bundle that is not full yet, and the hashes of the last tile of each level.
    private var entries: [[UInt8]] = []
    private var tiles: [[Hash]] = []
    private var counts: [Int] = []
    /// The folders that are there.
    private var folders: Set<String> = []

    var size: Int { frontier.size }
    var root: Hash { frontier.root }

    init(folder: URL) throws {
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    }

    mutating func append(_ entry: Entry) throws {
        let bytes = entry.bytes
        entries.append(bytes)
        var stored: [StoredHash] = []
        frontier.append(MerkleTree.leafHash(bytes)) { stored.append($0) }
        for hash in stored {
            if hash.level == tiles.count {
                tiles.append([])
                counts.append(0)
            }
            tiles[hash.level].append(hash.hash)
            if tiles[hash.level].count == Tiles.width { try writeTile(hash.level) }
        }
        if entries.count == Tiles.width { try writeBundle() }
    }

    mutating func write(_ bytes: [UInt8], to path: String) throws {
        let file = folder.appending(path: path)
        let parent = file.deletingLastPathComponent()
        if folders.insert(parent.path).inserted {
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        }
        try Data(bytes).write(to: file)
    }

    private mutating func writeBundle() throws {
        let index = (size - 1) / Tiles.width
        try write(
            Tiles.bundle(entries), to: TilePath(.entries, index: index, width: entries.count).description)
        entries.removeAll(keepingCapacity: true)
    }

    private mutating func writeTile(_ level: Int) throws {
        let path = TilePath(.hashes(level), index: counts[level], width: tiles[level].count)
        try write(Tiles.encode(tiles[level]), to: path.description)
        tiles[level].removeAll(keepingCapacity: true)
        counts[level] += 1
    }

    /// Writes what is not full, the key and the signed checkpoint.
    mutating func finish(origin: String) throws {
        if !entries.isEmpty { try writeBundle() }
        for level in tiles.indices where !tiles[level].isEmpty { try writeTile(level) }
        guard let signer = NoteSigner(name: origin, seed: Array(repeating: 7, count: 32)) else {
            throw ValidationError("“\(origin)” cannot name a key.")
        }
        try write(Array("\(signer.key)\n".utf8), to: "key")
        let checkpoint = Checkpoint(origin: origin, size: size, root: root)
        try write(try signer.sign(text: checkpoint.text).bytes, to: "checkpoint")
    }
}
