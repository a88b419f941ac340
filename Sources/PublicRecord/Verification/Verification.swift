/// What a verification may know beside the record.
public struct VerificationOptions: Sendable {
    /// The log's key from elsewhere; without it the key beside the record is believed.
    public var key: NoteKey?
    /// An earlier checkpoint, as it was published then.
    public var earlier: [UInt8]?
    /// Witnesses who must have signed the checkpoint.
    public var witnesses: [NoteKey]
    /// Residents' receipts.
    public var receipts: [ReceiptClaim]

    /// Nothing, or what is known.
    public init(
        key: NoteKey? = nil, earlier: [UInt8]? = nil, witnesses: [NoteKey] = [], receipts: [ReceiptClaim] = []
    ) {
        self.key = key
        self.earlier = earlier
        self.witnesses = witnesses
        self.receipts = receipts
    }
}

/// A receipt that a resident hands in.
public struct ReceiptClaim: Sendable {
    /// The signed note that the resident was given.
    public var note: [UInt8]
    /// What the resident says they chose, as in `ballot.opened`; nil to be told instead.
    public var choices: CanonicalJSON?

    /// A receipt, and what its owner remembers of it.
    public init(note: [UInt8], choices: CanonicalJSON? = nil) {
        self.note = note
        self.choices = choices
    }
}

/// Checks a record from its published files alone.
///
/// Pure: the same files give the same report. Memory grows with the number of voters, time with the number of entries.
///
/// - Throws: what `source` throws, and ``MissingFile`` when key or checkpoint are absent: the record cannot be read.
public func verify(_ source: RecordSource, options: VerificationOptions = VerificationOptions()) throws -> Report {
    var audit = Audit()
    return try audit.run(source, options)
}

/// One verification under way.
private struct Audit {
    private var findings = Findings()
    private var timeline = Timeline()
    private var definition: Definition?
    private var definitionHash = MerkleTree.emptyRoot
    private var opening: (definition: Hash, opens: Int64, closes: Int64, seal: [UInt8]?, entry: Int)?
    private var result: (hash: Hash, rule: String, entry: Int)?
    private var certified: (size: Int, root: Hash, entry: Int)?

    mutating func run(_ source: RecordSource, _ options: VerificationOptions) throws -> Report {
        guard var log = try LogReader(source, options, &findings) else {
            for check in CheckID.allCases.dropFirst() {
                findings.skip(check, "without a key and a checkpoint nothing can be read")
            }
            return Report(origin: "", size: 0, root: MerkleTree.emptyRoot, checks: findings.checks)
        }
        let checkpoint = log.checkpoint
        let hasDefinition = try readDefinition(source)
        var scanner = EntryScanner(definition)
        var marks = MarkBook(definition)
        var batches = BatchBook()
        var batchFiles = BatchFileBook()
        var opened = OpenedBook(definition)
        var receipts = ReceiptBook(options.receipts, checkpoint, log.key, &findings)

        let isComplete = try log.readEntries(&findings) { bytes, index, findings in
            let entry: ScannedEntry
            do throws(EntryError) { entry = try scanner.scan(bytes) } catch {
                let fault: Fault =
                    switch error {
                    case .json: .entryNotCanonical
                    case .unknownKind: .entryUnknownKind
                    case .tooLong, .field: .entryMalformed
                    }
                findings.fail(fault, entry: index, error.description)
                return
            }
            switch entry {
            case .mark(let credential, let place):
                timeline.whileOpen(index, "mark.made", &findings)
                marks.mark(credential, place, index, &findings)
            case .sealed(let credential, let envelope):
                timeline.whileOpen(index, "ballot.sealed", &findings)
                marks.seal(credential, index, &findings)
                receipts.sealed(credential, envelope, index)
            case .opened(let ballot):
                timeline.whileCounting(index, "ballot.opened", &findings)
                opened.visit(ballot, index, &findings)
                batchFiles.opened(ballot)
                receipts.opened(ballot, index)
            case .other(let entry):
                timeline.visit(entry, index, &findings)
                batches.visit(entry, index, &findings)
                batchFiles.visit(entry, index)
                switch entry {
                case .voteOpened(let definition, let opens, let closes, let seal):
                    if opening == nil { opening = (definition, opens, closes, seal, index) }
                case .markAnnulled(let credential, let reason):
                    marks.annul(CredentialKey(credential), reason, index, &findings)
                    receipts.annulled(CredentialKey(credential), index)
                case .voteClosed(_, let account): marks.close(account, index, &findings)
                case .resultPublished(let hash, let rule, _): if result == nil { result = (hash, rule, index) }
                case .voteCertified(_, let size, let root, _):
                    if certified == nil { certified = (size, root, index) }
                default: break
                }
            }
        }
        guard isComplete else {
            for check in CheckID.allCases.dropFirst(2) where !findings.fails(check) {
                findings.skip(check, "not all entries can be read")
            }
            return report(checkpoint)
        }
        if let earlier = options.earlier {
            try log.compare(earlier: earlier, &findings)
        } else {
            findings.skip(.v3, "no earlier checkpoint was given")
        }
        findings.figure(.v4, "entries", checkpoint.size)
        findings.note(.v4, timeline.text)
        checkDefinition(hasDefinition, checkpoint)
        marks.report(&findings)
        let isPublished = timeline.isPublished
        opened.report(liveEnvelopes: marks.liveEnvelopes, isPublished: isPublished, &findings)
        batches.report(isPublished: isPublished, openedPapers: opened.papers, &findings)
        try batchFiles.report(source, definition, isPublished: isPublished, &findings)
        if timeline.isClosed {
            batches.balance(marks.account, isPublished: isPublished, &findings)
        } else {
            findings.skip(.v10, "the vote is not closed yet")
        }
        var groups: Groups?
        if isPublished {
            groups = opened.reportGroups(marks.account, batches, &findings)
        } else {
            findings.skip(.v11, "the ballots are not all opened yet")
        }
        opened.reportResult(
            try source.read("result.json"), named: result, definitionHash: definitionHash, groups: groups, batches,
            &findings)
        receipts.report(
            isPublished: isPublished, grades: definition?.ballot.grades ?? [], &findings)
        try checkCertified(log)
        return report(checkpoint)
    }

    private func report(_ checkpoint: Checkpoint) -> Report {
        Report(origin: checkpoint.origin, size: checkpoint.size, root: checkpoint.root, checks: findings.checks)
    }

    private mutating func readDefinition(_ source: RecordSource) throws -> Bool {
        guard let bytes = try source.read("definition.json") else { return false }
        definitionHash = Hash(of: bytes)
        do throws(JSONError) { definition = try Definition(json: bytes) } catch {
            findings.fail(.definitionMalformed, error.description)
        }
        return true
    }

    /// V5.
    private mutating func checkDefinition(_ isThere: Bool, _ checkpoint: Checkpoint) {
        guard let opening else {
            if !findings.fails(.v5) { findings.skip(.v5, "the vote is not opened yet") }
            return
        }
        guard isThere else {
            findings.fail(.definitionMissing, entry: opening.entry)
            return
        }
        if definitionHash != opening.definition {
            findings.fail(.definitionDiffers, entry: opening.entry, "SHA-256 \(definitionHash.hex)")
        }
        guard let definition else { return }
        findings.figure(.v5, "projects", definition.projects.count)
        findings.note(.v5, "SHA-256 \(definitionHash.hex)")
        var contradictions: [String] = []
        if !definition.origin.isSameBytes(as: checkpoint.origin) { contradictions.append("origin") }
        if definition.opens != opening.opens { contradictions.append("opens") }
        if definition.closes != opening.closes { contradictions.append("closes") }
        // Ballots cast on a screen are always sealed, and a key for nothing would be a mistake.
        if (opening.seal == nil) != (definition.channels == [Channel.paper.rawValue]) { contradictions.append("seal") }
        // A vote with a roll has it committed before it opens, and no other vote has one.
        if timeline.hasRoll != definition.eligibility.contains("roll") { contradictions.append("roll") }
        if !contradictions.isEmpty {
            findings.fail(
                .definitionContradicted, entry: opening.entry, contradictions.joined(separator: ", "))
        }
    }

    /// V14.
    private mutating func checkCertified(_ log: LogReader) throws {
        guard let certified else {
            findings.skip(.v14, "the result is not certified")
            return
        }
        findings.figure(.v14, "certified", certified.size)
        if certified.size > certified.entry {
            findings.fail(.certifiedTooLarge, entry: certified.entry, "\(certified.size) entries")
        } else if try log.root(ofFirst: certified.size) != certified.root {
            findings.fail(.certifiedDiffers, entry: certified.entry, "the first \(certified.size) entries")
        }
    }
}
