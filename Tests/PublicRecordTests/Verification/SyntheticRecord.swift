import Testing

@testable import PublicRecord

/// A vote as it would be recorded, made from nothing but a seed, which a test may spoil before it is published.
struct SyntheticRecord {
    static let origin = "vote.example/votes/tilleuls/record"
    static let signer = NoteSigner(name: origin, seed: Array(repeating: 7, count: 32))
    static let witness = NoteSigner(
        name: "witness.example/w1", kind: .cosignature, seed: Array(repeating: 9, count: 32))
    static let stranger = NoteSigner(name: origin, seed: Array(repeating: 8, count: 32))
    static let opens: Int64 = 1_790_000_040
    static let closes: Int64 = 1_790_600_040

    var definition: Definition
    var definitionBytes: [UInt8]
    var entries: [[UInt8]] = []
    var result: [UInt8]?
    /// The files of the batch that stands alone in its group, by reading.
    private(set) var batchFiles: [String: PaperFile] = [:]
    /// Receipts of the online ballots that stand, with their choices.
    var receipts: [ReceiptClaim] = []
    /// Who signs the checkpoint; nil leaves it unsigned.
    var signer = Self.signer
    var published = Self.signer

    // MARK: Making

    static func definition(
        paper: Bool, type: BallotKind, counting: Definition.Counting? = nil
    ) -> Definition {
        let districts = [nil, "nord", "sud", "nord", "sud", nil]
        let projects = (1...6).map { number in
            Definition.Project(
                number: number, id: "P\(number)", title: ["fr": "Projet \(number)"], cost: Int64(number) * 100_000,
                district: counting == nil ? nil : districts[number - 1])
        }
        let rules =
            switch type {
            case .approval: BallotRules(type: .approval, maximum: 3)
            case .points: BallotRules(type: .points, maximum: 6, pointsPerProject: 3, pointsInTotal: 7)
            case .ranking: BallotRules(type: .ranking, maximum: 4)
            case .grades:
                BallotRules(type: .grades, maximum: 6, grades: ["très bien", "bien", "passable", "à rejeter"])
            }
        return Definition(
            origin: origin, title: ["fr": "Les tilleuls"], languages: ["fr"], budget: 800_000, currency: "EUR",
            projects: projects, ballot: rules,
            counting: counting
                ?? Definition.Counting(rule: type == .grades ? "majority_judgment" : "greedy_votes", tie: "lexico"),
            eligibility: ["code"], channels: paper ? ["kiosk", "online", "paper"] : ["kiosk", "online"],
            policy: "paper_prevails", revote: true, minimumAge: 16, opens: opens, closes: closes, smallCell: 10)
    }

    private struct Voter {
        let credential: [UInt8]
        let channel: Channel
        let place: String?
        var ballot: Ballot
        var tracker: Tracker
        var envelope: Hash
        var isAnnulled = false
    }

    /// A vote from opening to result, certified when on paper too.
    init(
        online: Int = 300, paper: Bool = false, type: BallotKind = .approval, counting: Definition.Counting? = nil,
        roll: Bool = false, seed: UInt64 = 1
    ) throws {
        var random = SeededRandom(seed: seed)
        definition = Self.definition(paper: paper, type: type, counting: counting)
        if roll {
            definition.eligibility = ["code", "roll"]
            definition.rollFields = ["birth_date", "family_name"]
        }
        definitionBytes = definition.json.encoded()
        append(.staffActed(act: "vote_prepared", role: "agent", object: nil))
        if roll { append(.rollCommitted(size: 9_000, root: Hash(of: [2]))) }
        append(
            .voteOpened(
                definition: Hash(of: definitionBytes), opens: Self.opens, closes: Self.closes,
                seal: Array(repeating: 3, count: 32)))
        var voters: [Voter] = []
        func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) } }
        func cast(_ voter: inout Voter) throws {
            voter.ballot = Self.ballot(type, definition, &random)
            voter.tracker = Tracker(server: bytes(5), resident: bytes(5))
            voter.envelope = Hash(of: bytes(64))
            append(.ballotSealed(credential: voter.credential, envelope: voter.envelope))
        }
        let places: [(Channel, String?, Int)] = [(.online, nil, online), (.kiosk, "mairie", 12), (.kiosk, "marché", 4)]
        for (channel, place, count) in places {
            for _ in 0..<count {
                var voter = Voter(
                    credential: bytes(16), channel: channel, place: place, ballot: definition.ballot.blank,
                    tracker: Tracker(server: bytes(5), resident: bytes(5)), envelope: Hash(of: []))
                append(.markMade(credential: voter.credential, channel: channel, place: place))
                try cast(&voter)
                voters.append(voter)
            }
        }
        // Three vote again, one withdraws, and with paper one is found at a table too.
        for index in [3, 5, 8] { try cast(&voters[index]) }
        append(.markAnnulled(credential: voters[10].credential, reason: "withdrawn"))
        voters[10].isAnnulled = true
        if paper {
            append(.markAnnulled(credential: voters[11].credential, reason: "other_channel"))
            voters[11].isAnnulled = true
            for (place, count) in [("école", 25), ("mairie", 31)] {
                for _ in 0..<count { append(.markMade(credential: bytes(16), channel: .paper, place: place)) }
            }
        }
        append(.staffActed(act: "paused", role: "returning_officer", object: "vote"))
        append(.voteClosed(at: Self.closes, account: try account()))
        var batches: [Groups.Cell] = []
        if paper { batches = declareBatches(type, &random) }
        let live = voters.filter { !$0.isAnnulled }
        try open(live.map { ($0.channel, $0.place, $0.ballot, $0.tracker) }, batches, type, &random)
        try publishResult()
        if paper {
            let tree = MerkleTree.root(of: entries.map { MerkleTree.leafHash($0) })
            append(.voteCertified(at: Self.closes + 86_400, size: entries.count, root: tree, officers: ["o1", "o2"]))
        }
        for voter in live where voter.channel == .online {
            let receipt = Receipt(
                origin: Self.origin, credential: voter.credential, envelope: voter.envelope, tracker: voter.tracker)
            let note = try #require(Self.signer).sign(text: receipt.text)
            receipts.append(
                ReceiptClaim(note: note.bytes, choices: voter.ballot.json(grades: definition.ballot.grades)))
        }
    }

    mutating func append(_ entry: Entry) {
        entries.append(entry.bytes)
    }

    private func account() throws -> [Entry.ClosingLine] {
        var book = MarkBook(definition)
        var findings = Findings()
        for bytes in entries {
            switch try Entry(bytes: bytes) {
            case .markMade(let credential, let channel, let place):
                book.mark(CredentialKey(credential), Place(channel: channel, name: place), 0, &findings)
            case .ballotSealed(let credential, _): book.seal(CredentialKey(credential), 0, &findings)
            case .markAnnulled(let credential, let reason):
                book.annul(CredentialKey(credential), reason, 0, &findings)
            default: break
            }
        }
        return book.account
    }

    /// École: one batch of 25, all its papers are there. Mairie: batches of 26 and 4, one paper is missing.
    private mutating func declareBatches(
        _ type: BallotKind, _ random: inout SeededRandom
    ) -> [Groups.Cell] {
        var cells: [Groups.Cell] = []
        let batches: [(String, String, Int, blank: Int, over: Int)] = [
            ("E1", "école", 25, 2, 1), ("M1", "mairie", 26, 1, 1), ("M2", "mairie", 4, 1, 0),
        ]
        for (name, place, papers, blank, over) in batches {
            let counted = papers - blank - over
            // The two others are joined, since one of them is small: their files are not shown.
            let files: [String: PaperFile] =
                name == Self.shown ? read(counted: counted, blank: blank, over: over, type, &random) : [:]
            batchFiles.merge(files) { $1 }
            func file(_ reading: String) -> Hash { Hash(of: files[reading]?.bytes ?? Array(name.utf8)) }
            append(.batchDeclared(batch: name, place: place, papers: papers, spoiled: 1))
            for letter in ["A", "B"] {
                append(.batchEntered(batch: name, entry: letter, file: file(letter), rows: papers))
            }
            let invalid = over > 0 ? [Entry.ReasonCount("too_many", over)] : []
            append(
                .batchSettled(
                    batch: name, counted: counted, blank: blank, invalid: invalid, file: file(PaperFile.settled)))
            cells.append(Groups.Cell(channel: .paper, unit: name, ballots: counted))
        }
        append(
            .discrepancyRecorded(
                place: "mairie", count: 1, explanation: Hash(of: [1]), officers: ["o1", "o2"]))
        return cells
    }

    private mutating func open(
        _ live: [(Channel, String?, Ballot, Tracker)], _ batches: [Groups.Cell], _ type: BallotKind,
        _ random: inout SeededRandom
    ) throws {
        var sizes: [Place: Int] = [:]
        for voter in live { sizes[Place(channel: voter.0, name: voter.1), default: 0] += 1 }
        let cells = sizes.map { Groups.Cell(channel: $0.key.channel, unit: $0.key.name, ballots: $0.value) }
        let groups = Groups(cells + batches, smallCell: definition.smallCell)
        let sorted = live.sorted { $0.3.text < $1.3.text }
        for (channel, place, ballot, tracker) in sorted {
            let group = try #require(groups.group(of: channel, unit: place))
            let opened = OpenedBallot(channel: group.channel, group: group.name, ballot: ballot, tracker: tracker)
            append(.ballotOpened(opened, grades: definition.ballot.grades))
        }
        for group in groups.groups where group.channel == .paper {
            let read: [Ballot] = group.name == "paper:\(Self.shown)" ? try settledBallots() : []
            for serial in 1...group.ballots {
                let ballot: Ballot = read.isEmpty ? Self.chosen(type, definition, &random) : read[serial - 1]
                append(
                    .ballotOpened(
                        OpenedBallot(group: group.name, ballot: ballot, paper: serial),
                        grades: definition.ballot.grades))
            }
        }
    }

    // MARK: Batches

    /// The batch that stands alone in its group.
    static let shown = "M1"

    /// The files of the batch that is shown: the same papers in each reading.
    private func read(
        counted: Int, blank: Int, over: Int, _ type: BallotKind, _ random: inout SeededRandom
    ) -> [String: PaperFile] {
        let reader = PaperReader(definition)
        var lines: [String] = []
        for _ in 0..<counted { lines.append(reader.text(of: Self.chosen(type, definition, &random))) }
        lines += Array(repeating: "-", count: blank)
        // Where a paper can have too many projects, it is for the reader to see.
        lines += Array(repeating: type == .approval ? "1,2,3,4" : "!too_many", count: over)
        let salt: [UInt8] = (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
        return Dictionary(
            uniqueKeysWithValues: ["A", "B", PaperFile.settled].map { reading in
                (reading, PaperFile(batch: Self.shown, reading: reading, salt: salt, lines: lines))
            })
    }

    /// The ballots of the settled file, in their order.
    private func settledBallots() throws -> [Ballot] {
        let reader = PaperReader(definition)
        return try #require(batchFiles[PaperFile.settled]).lines.compactMap { line in
            guard case .counted(let ballot) = try reader.read(line).outcome else { return nil }
            return ballot
        }
    }

    /// Changes a file of the batch that is shown, and its name in the log.
    mutating func refile(_ reading: String, _ change: (PaperFile) -> PaperFile) throws {
        let old: PaperFile = try #require(batchFiles[reading])
        let new: PaperFile = change(old)
        let name: [UInt8] = Array("\"file\":\"\(Hash(of: old.bytes).hex)\"".utf8)
        let index: Int = try #require(entries.firstIndex { $0.firstRange(of: name) != nil })
        try rewrite(index, Hash(of: old.bytes).hex, Hash(of: new.bytes).hex)
        batchFiles[reading] = new
    }

    /// A ballot that is not blank.
    private static func chosen(
        _ type: BallotKind, _ definition: Definition, _ random: inout SeededRandom
    ) -> Ballot {
        var ballot: Ballot = Self.ballot(type, definition, &random)
        while ballot.isBlank { ballot = Self.ballot(type, definition, &random) }
        return ballot
    }

    static func ballot(_ type: BallotKind, _ definition: Definition, _ random: inout SeededRandom) -> Ballot {
        let chosen = definition.projects.map(\.id).shuffled(using: &random)
            .prefix(Int.random(in: 0...3, using: &random))
        switch type {
        case .approval: return .approval(chosen.sorted())
        case .points: return .points(chosen.sorted().map { .init($0, Int.random(in: 1...2, using: &random)) })
        case .ranking: return .ranking(Array(chosen))
        case .grades: return .grades(chosen.sorted().map { .init($0, Int.random(in: 0...3, using: &random)) })
        }
    }

    // MARK: Spoiling

    /// The first entry of a kind, counted from the `skip`-th.
    func index(of kind: String, skip: Int = 0) throws -> Int {
        let tail = Array("\"kind\":\"\(kind)\"".utf8)
        let found = entries.indices.filter { entries[$0].firstRange(of: tail) != nil }
        return try #require(found.dropFirst(skip).first)
    }

    func count(of kind: String) -> Int {
        let tail = Array("\"kind\":\"\(kind)\"".utf8)
        return entries.count { $0.firstRange(of: tail) != nil }
    }

    mutating func replace(_ index: Int, _ change: (Entry) throws -> Entry) throws {
        entries[index] = try change(Entry(bytes: entries[index])).bytes
    }

    /// Replaces a text in an entry's bytes.
    mutating func rewrite(_ index: Int, _ old: String, _ new: String) throws {
        let range = try #require(entries[index].firstRange(of: Array(old.utf8)))
        entries[index].replaceSubrange(range, with: Array(new.utf8))
    }

    mutating func remove(kind: String) {
        let tail = Array("\"kind\":\"\(kind)\"".utf8)
        entries.removeAll { $0.firstRange(of: tail) != nil }
    }

    /// What a server that lies consistently does: the definition's new hash, the true account at closing, a result
    /// counted from the ballots as they now stand.
    mutating func coverUp() throws {
        definitionBytes = definition.json.encoded()
        let hash = Hash(of: definitionBytes)
        let frozen = definition
        try replace(index(of: "vote.opened")) { entry in
            guard case .voteOpened(_, _, _, let seal) = entry else { return entry }
            return .voteOpened(definition: hash, opens: frozen.opens, closes: frozen.closes, seal: seal)
        }
        let index = try index(of: "vote.closed")
        let lines = try account()
        try replace(index) { _ in .voteClosed(at: Self.closes, account: lines) }
        remove(kind: "result.published")
        remove(kind: "vote.certified")
        try publishResult()
    }

    /// Counts what is opened and appends the entry.
    mutating func publishResult() throws {
        var count = try BallotCount(definition)
        let reader = ChoicesReader(definition)
        var groups: [Groups.Cell] = []
        for bytes in entries {
            switch try? Entry(bytes: bytes) {
            case .ballotOpened(let channel, let group, let choices, _):
                switch reader.read(choices) {
                case .valid(let ballot): try count.add(.valid(ballot), channel: channel, group: group)
                case .invalid(let reason): try count.add(.invalid(reason), channel: channel, group: group)
                default: break
                }
            case .batchSettled(let batch, let counted, _, _, _):
                groups.append(Groups.Cell(channel: .paper, unit: batch, ballots: counted))
            default: break
            }
        }
        let papers = Groups(groups, smallCell: definition.smallCell)
        for bytes in entries {
            guard case .batchSettled(let batch, _, let blank, let invalid, _)? = try? Entry(bytes: bytes),
                let group = papers.group(of: .paper, unit: batch)
            else { continue }
            if blank > 0 {
                try count.add(.valid(definition.ballot.blank), channel: .paper, group: group.name, times: blank)
            }
            for reason in invalid {
                try count.add(.invalid(reason.reason), channel: .paper, group: group.name, times: reason.count)
            }
        }
        let document = try count.result(definitionHash: Hash(of: definitionBytes))
        result = document.bytes
        append(
            .resultPublished(
                result: Hash(of: document.bytes), rule: definition.counting.rule, software: "tilleul test"))
    }

    // MARK: Publishing

    /// The signed checkpoint over the first `size` entries.
    func checkpoint(size: Int? = nil) throws -> SignedNote {
        let size = size ?? entries.count
        let root = MerkleTree.root(of: entries[..<size].map { MerkleTree.leafHash($0) })
        let note = SignedNote(text: Checkpoint(origin: Self.origin, size: size, root: root).text)
        return try signer.map { try $0.sign(note) } ?? note
    }

    /// Every file of the record.
    func files() throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [
            "checkpoint": try checkpoint().bytes,
            "key": Array((try #require(published).key.description + "\n").utf8),
            "definition.json": definitionBytes,
        ]
        files["result.json"] = result
        for file in batchFiles.values { files["files/\(Hash(of: file.bytes).hex)"] = file.bytes }
        var stored: [[Hash]] = []
        var frontier = TileFrontier()
        for entry in entries {
            frontier.append(MerkleTree.leafHash(entry)) { hash in
                if hash.level == stored.count { stored.append([]) }
                stored[hash.level].append(hash.hash)
            }
        }
        for path in Tiles.paths(size: entries.count) {
            let range = path.index * Tiles.width..<path.index * Tiles.width + path.width
            switch path.kind {
            case .entries: files[path.description] = Tiles.bundle(entries[range])
            case .hashes(let level): files[path.description] = Tiles.encode(Array(stored[level][range]))
            }
        }
        return files
    }
}
