// Compiled twice: into the tests, and by Scripts/fuzz into one module with the sources themselves.
#if !FUZZ
@testable import PublicRecord
#endif

/// What reads bytes that anybody may have written. For any bytes it must end without a crash, and what it accepts must
/// be what it would write.
enum FuzzedReader: String, CaseIterable {
    /// Election files.
    case pabulib
    /// Entries of a log and the JSON of a record; the quick reader of frequent entries must agree with the careful one.
    case entry
    /// Signed notes, keys, checkpoints, receipts.
    case note
    /// Paths of tiles, hash tiles, bundles of entries.
    case tile
    /// What an operator types of a paper.
    case paper
    /// The file of a batch of papers.
    case batch

    /// Reads the bytes; stops the process where something that must hold does not.
    func read(_ bytes: [UInt8]) {
        switch self {
        case .pabulib: Self.readElection(bytes)
        case .entry: Self.readEntry(bytes)
        case .note: Self.readNote(bytes)
        case .tile: Self.readTile(bytes)
        case .paper: Self.readPaper(bytes)
        case .batch: if let file = PaperFile(bytes: bytes) { precondition(file.bytes == bytes) }
        }
    }

    private static func readElection(_ bytes: [UInt8]) {
        let reading = PabulibFile.parse(bytes)
        precondition((reading.file == nil) == !reading.errors.isEmpty)
        for problem in reading.problems { precondition(!problem.sentence.isEmpty) }
        guard let file = reading.file else { return }
        for doubles in PabulibFile.Doubles.allCases {
            guard let election = try? file.election(doubles: doubles) else { continue }
            guard let outcome = try? tally(election, rule: .greedyVotes, tie: .natural, parameters: file.parameters)
            else { continue }
            precondition(outcome.cost <= file.budget)
        }
        precondition(Array(file.votes).count == file.votes.count)
        _ = PabulibFile.parse(file.bytes())
    }

    private static func readEntry(_ bytes: [UInt8]) {
        if let value = try? CanonicalJSON(parsing: bytes) { precondition(value.encoded() == bytes) }
        if let value = try? CanonicalJSON(parsing: bytes, canonical: false) {
            precondition((try? CanonicalJSON(parsing: value.encoded())) == value)
        }
        _ = try? Definition(json: bytes)
        let careful = try? Entry(bytes: bytes)
        if let careful { precondition(careful.bytes == bytes) }
        var scanner = EntryScanner(nil)
        let quick = try? scanner.scan(bytes[...])
        switch (careful, quick) {
        case (nil, nil): break
        case (.markMade(let credential, let channel, let place)?, .mark(let key, let at)?):
            precondition(CredentialKey(credential) == key && at == Place(channel: channel, name: place))
        case (.ballotSealed(let credential, let envelope)?, .sealed(let key, let hash)?):
            precondition(CredentialKey(credential) == key && envelope == hash)
        case (.ballotOpened(let channel, let group, _, _)?, .opened(let opened)?):
            precondition(opened.channel == channel && opened.group.isSameBytes(as: group))
        case (let careful?, .other(let other)?): precondition(careful == other)
        default: preconditionFailure("one reader accepts what the other refuses")
        }
    }

    private static func readNote(_ bytes: [UInt8]) {
        if let note = try? SignedNote(parsing: bytes) {
            precondition(note.bytes == bytes)
            if let checkpoint = Checkpoint(text: note.text) { precondition(checkpoint.text.isSameBytes(as: note.text)) }
            if let receipt = Receipt(text: note.text) { precondition(receipt.text.isSameBytes(as: note.text)) }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { return }
        if let key = NoteKey(vkey: text) { precondition(key.description.isSameBytes(as: text)) }
        if let tracker = Tracker(text) { precondition(Tracker(tracker.text) == tracker) }
    }

    private static func readTile(_ bytes: [UInt8]) {
        if let entries = Tiles.entries(bytes) { precondition(Tiles.bundle(entries.map(Array.init)) == bytes) }
        if let hashes = Tiles.hashes(bytes) { precondition(Tiles.encode(hashes) == bytes) }
        guard let text = String(validating: bytes, as: UTF8.self), let path = TilePath(text) else { return }
        precondition(path.description.isSameBytes(as: text))
    }

    private static let readers = BallotKind.allCases.map { type in
        PaperReader(
            Definition(
                origin: "vote.example/record", title: [:], languages: ["fr"], budget: 100, currency: "EUR",
                projects: (1...30).map {
                    Definition.Project(number: $0, id: "P\($0)", title: [:], cost: Int64($0), district: nil)
                },
                ballot: BallotRules(
                    type: type, maximum: 5, budgetLimit: type == .approval ? 60 : nil, pointsPerProject: 4,
                    pointsInTotal: 9, grades: type == .grades ? ["très bien", "bien", "passable"] : []),
                counting: Definition.Counting(rule: "greedy_votes", tie: "lexico"), eligibility: [],
                channels: ["paper"], policy: "first_stands", revote: false, minimumAge: 0, opens: 0, closes: 60,
                smallCell: 1))
    }

    private static func readPaper(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return }
        for reader in readers {
            do throws(PaperProblem) {
                let content = try reader.read(text)
                // The normal form says the same, and is its own normal form.
                precondition((try? reader.read(content.text)) == content)
            } catch {
                precondition(!error.code.isEmpty)
            }
        }
    }
}
