import Foundation
import PublicRecord

/// A file of papers, `paper;choices`, read whole before anything of it is stored.
///
/// Further columns may say what the rows belong to, and are compared: `batch` (a file for several batches needs it),
/// `entry` (`A`, `B`), `definition` (the short hash that is printed on the ballots) and `edition` (its number there). A list of scans has `sha256` in
/// place of `choices`.
struct PaperCSV {
    /// How many problems are told one by one.
    static let told = 200
    /// More than 100,000 papers of any kind need.
    static let limits = CSVParser.Limits(file: 64 << 20, row: 64 << 10, fields: 20)
    /// How many digits of the definition's hash are printed on the ballots.
    static let shortHash = 8

    let letter: PaperEntry.Letter
    let batches: [String: Batch]
    /// The only batch that the file may hold; nil for a file of several.
    let only: Batch?
    let reader: PaperReader
    let definition: Hash
    let editions: Set<Int>

    private var problems: [PaperRowProblem] = []
    private var more = 0
    private var papers: [String: [Int: Paper]] = [:]
    private var pictures: [String: Int] = [:]

    private struct Paper {
        let line: Int
        let content: PaperLine
    }

    init(letter: PaperEntry.Letter, batches: [Batch], only: Batch?, opening: VoteOpening, editions: Set<Int>) {
        self.letter = letter
        self.batches = Dictionary(batches.map { ($0.handle, $0) }) { first, _ in first }
        self.only = only
        reader = PaperReader(opening.definition)
        definition = Hash(of: opening.bytes)
        self.editions = editions
    }

    /// The lines of each batch in the order of its papers.
    ///
    /// - Throws: `BatchRefusal.file` with everything that is wrong.
    mutating func read(_ bytes: [UInt8]) throws(BatchRefusal) -> [(batch: Batch, lines: [PaperLine])] {
        if let rows = rows(of: bytes) { readRows(rows) }
        if problems.isEmpty { checkWhole() }
        guard problems.isEmpty else { throw .file(problems, more: more) }
        return papers.keys.sorted().compactMap { handle in
            guard let batch = batches[handle], let found = papers[handle] else { return nil }
            return (batch, (1...batch.papers).compactMap { found[$0]?.content })
        }
    }

    private func columnsNeeded() -> (paper: String, content: String) {
        ("paper", letter == .scan ? "sha256" : "choices")
    }

    private mutating func tell(_ line: Int?, _ column: String?, _ reason: PaperRowProblem.Reason) {
        if problems.count < Self.told {
            problems.append(PaperRowProblem(line: line, column: column, reason))
        } else {
            more += 1
        }
    }

    private mutating func rows(of bytes: [UInt8]) -> [CSVRow]? {
        // An Excel or OpenDocument file is a zip archive.
        if bytes.starts(with: Array("PK".utf8)) {
            tell(nil, nil, .notCSV)
            return nil
        }
        let head = bytes.prefix(4096).prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        // The first line alone decides: choices are full of commas.
        let format = CSVFormat(
            separator: CSVFormat.separator(in: head), encoding: CSVFormat(of: bytes).encoding)
        do throws(CSVFault) {
            return try CSVParser.rows(of: bytes, format: format, limits: Self.limits)
        } catch {
            switch error {
            case .rowTooLong(let line, _), .tooManyFields(let line, _): tell(line, nil, .rowTooLong)
            case .unclosedQuote(let line): tell(line, nil, .unreadable)
            case .fileTooLong: tell(nil, nil, .fileTooLong)
            case .utf16: tell(nil, nil, .notCSV)
            }
            return nil
        }
    }

    private mutating func readRows(_ rows: [CSVRow]) {
        guard let header = rows.first else { return tell(nil, nil, .empty) }
        let names: [String] = header.texts.map { $0.lowercased() }
        let (paper, content) = columnsNeeded()
        let columns: [String: Int] = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
        guard let paperColumn = columns[paper], let contentColumn = columns[content],
            only != nil || columns["batch"] != nil
        else { return tell(header.line, nil, .header) }
        for name in names where ![paper, content, "batch", "entry", "definition", "edition"].contains(name) {
            tell(header.line, name, .unknownColumn(name))
        }
        guard problems.isEmpty else { return }
        if let only, rows.count - 1 > only.papers { tell(nil, nil, .moreRows(rows.count - 1, papers: only.papers)) }
        for row in rows.dropFirst() {
            switch row.problem {
            case .fieldCount(let expected, let found):
                tell(row.line, nil, .fieldCount(expected: expected, found: found))
            case .some: tell(row.line, nil, .malformed)
            case nil:
                guard let batch = batch(of: row, columns), belongs(row, columns) else { continue }
                readPaper(
                    row, number: row.text(paperColumn), content: row.text(contentColumn), named: content, of: batch)
            }
        }
        if rows.count == 1 { tell(nil, nil, .empty) }
    }

    private mutating func batch(of row: CSVRow, _ columns: [String: Int]) -> Batch? {
        guard let column = columns["batch"] else { return only }
        let handle: String = row.text(column)
        if let only {
            guard handle == only.handle else {
                tell(row.line, "batch", .otherBatch(handle))
                return nil
            }
            return only
        }
        guard let batch = batches[handle] else {
            tell(row.line, "batch", .unknownBatch(handle))
            return nil
        }
        return batch
    }

    /// Whether the row says that it is of this entry and of this vote's ballot, as far as it says anything.
    private mutating func belongs(_ row: CSVRow, _ columns: [String: Int]) -> Bool {
        if let column = columns["entry"], row.text(column).uppercased() != letter.rawValue.uppercased() {
            tell(row.line, "entry", .otherEntry(row.text(column)))
            return false
        }
        if let column = columns["definition"] {
            let given: String = row.text(column).lowercased().filter { $0 != "-" && $0 != " " }
            guard given.utf8.count >= Self.shortHash, definition.hex.hasPrefix(given) else {
                tell(row.line, "definition", .otherDefinition(row.text(column)))
                return false
            }
        }
        if let column = columns["edition"], Int(row.text(column)).map({ !editions.contains($0) }) ?? true {
            tell(row.line, "edition", .otherEdition(row.text(column)))
            return false
        }
        return true
    }

    private mutating func readPaper(
        _ row: CSVRow, number: String, content: String, named column: String, of batch: Batch
    ) {
        guard !number.isEmpty, number.utf8.count <= 9, number.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let paper = Int(number), paper > 0
        else { return tell(row.line, "paper", .paperNumber(number)) }
        guard paper <= batch.papers else {
            return tell(row.line, "paper", .paperBeyond(paper, papers: batch.papers))
        }
        if let earlier = papers[batch.handle]?[paper] {
            return tell(row.line, "paper", .paperTwice(paper, line: earlier.line))
        }
        if letter == .scan {
            readPicture(row, paper, content, of: batch)
            return
        }
        do throws(PaperProblem) {
            let read = PaperLine(paper, try reader.read(content))
            papers[batch.handle, default: [:]][paper] = Paper(line: row.line, content: read)
        } catch {
            tell(row.line, column, .choices(error))
        }
    }

    private mutating func readPicture(_ row: CSVRow, _ paper: Int, _ text: String, of batch: Batch) {
        guard let hash = Hash(hex: text.lowercased())?.hex else { return tell(row.line, "sha256", .hash(text)) }
        if let earlier = pictures.updateValue(row.line, forKey: hash) {
            return tell(row.line, "sha256", .hashTwice(line: earlier))
        }
        papers[batch.handle, default: [:]][paper] = Paper(
            line: row.line, content: PaperLine(paper, picture: hash))
    }

    /// Every paper of every batch has a row.
    private mutating func checkWhole() {
        for (handle, found) in papers.sorted(by: { $0.key < $1.key }) {
            guard let batch = batches[handle], found.count < batch.papers else { continue }
            let missing: [Int] = (1...batch.papers).filter { found[$0] == nil }
            tell(nil, nil, .missingRows(count: missing.count, first: Array(missing.prefix(10))))
        }
    }
}

extension PaperLine {
    /// The picture of a paper, by its hash.
    init(_ paper: Int, picture: String) {
        self.init(paper: paper, text: picture, outcome: PaperEntry.Letter.scan.rawValue)
    }
}
