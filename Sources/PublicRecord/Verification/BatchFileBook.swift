/// The files of batches that stand beside a record (a part of V9): each is the one that its entry names, holds what the
/// entry says, and the papers that were opened are those of the settled file.
///
/// Which files are shown is the publisher's choice, since those of small batches would give away what joining hides;
/// one that is missing proves nothing.
struct BatchFileBook {
    /// A file that an entry names.
    private struct Named {
        let batch: String
        /// What the file says of itself: `A`, `B`, `scan` or `settled`.
        let reading: String
        let file: Hash
        /// How many papers it holds.
        let papers: Int
        /// What became of them; nil for a single reading.
        let outcome: Outcome?
        let entry: Int
    }

    private struct Outcome: Equatable {
        var counted = 0, blank = 0, invalid: [String: Int] = [:]
    }

    private var named: [Named] = []
    /// The entry of the settlement that stands, by batch.
    private var settled: [String: Int] = [:]
    /// The papers of each group as they were opened; nil for one that is not valid.
    private var opened: [String: [(serial: Int, ballot: Ballot?)]] = [:]

    mutating func visit(_ entry: Entry, _ index: Int) {
        switch entry {
        case .batchEntered(let batch, let letter, let file, let rows):
            named.append(
                Named(batch: batch, reading: letter, file: file, papers: rows, outcome: nil, entry: index))
        case .batchSettled(let batch, let counted, let blank, let invalid, let file):
            let reasons: [String: Int] = Dictionary(invalid.map { ($0.reason, $0.count) }, uniquingKeysWith: &+)
            let papers: Int = reasons.values.reduce(counted &+ blank, &+)
            named.append(
                Named(
                    batch: batch, reading: PaperFile.settled, file: file, papers: papers,
                    outcome: Outcome(counted: counted, blank: blank, invalid: reasons), entry: index))
            settled[batch] = index
        default: break
        }
    }

    mutating func opened(_ entry: ScannedEntry.OpenedEntry) {
        guard case .paper(let serial) = entry.mark else { return }
        if case .valid(let ballot) = entry.choices {
            opened[entry.group, default: []].append((serial, ballot))
        } else {
            opened[entry.group, default: []].append((serial, nil))
        }
    }

    /// Reads the files that are there and compares them.
    func report(_ source: RecordSource, _ definition: Definition?, isPublished: Bool, _ findings: inout Findings) throws
    {
        guard !named.isEmpty else { return }
        let reader: PaperReader? = definition.map(PaperReader.init)
        var files = 0
        for name in named {
            guard let bytes = try source.read("files/\(name.file.hex)") else { continue }
            files += 1
            compare(bytes, name, reader, isPublished, &findings)
        }
        findings.figure(.v9, "files", files)
    }

    private func compare(
        _ bytes: [UInt8], _ name: Named, _ reader: PaperReader?, _ isPublished: Bool, _ findings: inout Findings
    ) {
        let words = "\(name.batch), \(name.reading)"
        guard Hash(of: bytes) == name.file else {
            findings.fail(.batchFileDiffers, entry: name.entry, words)
            return
        }
        guard let file = PaperFile(bytes: bytes), file.batch.isSameBytes(as: name.batch),
            file.reading.isSameBytes(as: name.reading)
        else {
            findings.fail(.batchFileMalformed, entry: name.entry, words)
            return
        }
        if file.lines.count != name.papers { findings.fail(.batchFileCounts, entry: name.entry, words) }
        // A scan lists the hashes of pictures.
        guard let reader, name.reading != "scan" else { return }
        guard let papers = Self.read(file, reader) else {
            findings.fail(.batchFileMalformed, entry: name.entry, words)
            return
        }
        guard let outcome = name.outcome else { return }
        if papers.outcome != outcome { findings.fail(.batchFileCounts, entry: name.entry, words) }
        guard isPublished, settled[name.batch] == name.entry, let opened = opened["paper:\(name.batch)"] else { return }
        let areSame: Bool =
            opened.count == papers.ballots.count
            && zip(opened, papers.ballots).allSatisfy { $0.serial == $1.serial && $0.ballot == $1.ballot }
        if !areSame { findings.fail(.batchFileOpened, entry: name.entry, words) }
    }

    /// What a file says of its papers; nil when a line is not in the one form in which a paper is written.
    private static func read(
        _ file: PaperFile, _ reader: PaperReader
    ) -> (outcome: Outcome, ballots: [(serial: Int, ballot: Ballot)])? {
        var outcome = Outcome()
        var ballots: [(serial: Int, ballot: Ballot)] = []
        for (index, line) in file.lines.enumerated() {
            guard let content = try? reader.read(line), content.text.isSameBytes(as: line) else { return nil }
            switch content.outcome {
            case .counted(let ballot):
                outcome.counted += 1
                ballots.append((index + 1, ballot))
            case .blank: outcome.blank += 1
            case .invalid(let reason): outcome.invalid[reason, default: 0] += 1
            }
        }
        return (outcome, ballots)
    }
}
