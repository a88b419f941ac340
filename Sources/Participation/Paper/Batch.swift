public import Foundation
public import PublicRecord

/// A batch (lot): so many papers of a place, declared before anything of them is read.
public struct Batch: Sendable {
    /// Its identity.
    public let id: ID<Batch>
    /// The vote it belongs to.
    public let vote: ID<Vote>
    /// Its name in addresses and in the record.
    public let handle: String
    /// The handle and the name of the place that its papers come from.
    public let place: String, placeName: Texts
    /// The handles of other places whose papers got into the pile.
    public let mixedWith: [String]
    /// How many papers it holds, and how many more were replaced at the table.
    public let papers: Int, spoiled: Int
    /// Whether it was declared after the vote was closed.
    public let isLate: Bool
    /// When it was declared.
    public let declaredAt: Date
    /// What was entered of it so far, in the order A, B, scan.
    public let entries: [PaperEntry]
    /// The outcome, once it is settled.
    public let settlement: Settlement?
    /// How often a settled batch was opened again.
    public let reopened: Int

    /// Where a batch stands.
    public enum State: String, Sendable, CaseIterable {
        /// Declared; nothing is entered.
        case declared
        /// At least one entry is under way or handed in.
        case entering
        /// Two entries, or one and a scan, are handed in: a third person compares them.
        case comparing
        /// Settled: it can be counted.
        case settled
    }

    /// Where the batch stands.
    public var state: State {
        if settlement != nil { return .settled }
        if isComparable { return .comparing }
        return entries.isEmpty ? .declared : .entering
    }

    /// Whether there is what a third person needs: two entries, or an entry and a scan.
    public var isComparable: Bool {
        let submitted: [PaperEntry] = entries.filter { $0.submittedAt != nil }
        return submitted.count >= 2 && submitted.contains { $0.letter != .scan }
    }

    /// The entry with the letter, if it was begun.
    public func entry(_ letter: PaperEntry.Letter) -> PaperEntry? {
        entries.first { $0.letter == letter }
    }

    /// The entry that an account has begun, if any.
    public func entry(of account: ID<Account>) -> PaperEntry? {
        entries.first { $0.account == account }
    }
}

/// One independent reading of a batch by one person.
public struct PaperEntry: Sendable {
    /// Which of the readings it is.
    public enum Letter: String, Sendable, CaseIterable {
        case a = "A"
        case b = "B"
        /// A list of the hashes of pictures.
        case scan
    }

    /// Its identity.
    public let id: ID<PaperEntry>
    /// Which reading.
    public let letter: Letter
    /// Who makes it.
    public let account: ID<Account>
    /// How many papers are entered so far.
    public let lines: Int
    /// Whether its lines come from a file that is still being stored.
    public let isImporting: Bool
    /// When it was handed in; nil while its operator may correct it.
    public let submittedAt: Date?
}

/// The outcome of a batch: every paper is counted, blank or invalid.
public struct Settlement: Sendable {
    /// Papers with a valid choice, and valid ones without any.
    public let counted: Int, blank: Int
    /// The invalid ones by reason, sorted.
    public let invalid: [Entry.ReasonCount]
    /// The file in which every paper stands.
    public let file: Hash
    /// When it was settled.
    public let at: Date
}

/// Why an act on a batch is not done. Nothing was stored.
public enum BatchRefusal: Error, Hashable, Sendable {
    /// The vote has not been opened, or it is not held on paper.
    case notOnPaper
    /// The vote has no place of that handle.
    case unknownPlace
    /// The handle has other characters than lower-case letters, digits and hyphens, or is too long.
    case malformedHandle
    /// Another batch of the vote has the handle.
    case handleTaken
    /// A number of the manifest is outside its bounds; the argument is `papers` or `spoiled`.
    case outOfBounds(String)
    /// Papers are read once the vote is closed, so that nobody knows a part of the result before.
    case voteStillOpen
    /// The ballots have been counted: nothing of the papers changes any more.
    case alreadyCounted
    /// Somebody else has begun the entry.
    case entryTaken
    /// The person has made the other entry, or settled something of the batch: it takes somebody else.
    case anotherPersonNeeded
    /// The entry was handed in and is never changed.
    case alreadySubmitted
    /// The batch has no paper of that number.
    case unknownPaper(Int)
    /// The text is not what a paper can say.
    case unreadable(PaperProblem)
    /// Papers have no line yet: how many, and the first of them.
    case incomplete(count: Int, first: [Int])
    /// A file is still being stored for the entry.
    case importUnderWay
    /// The file was imported before.
    case sameFile
    /// The file cannot be read; everything that is wrong with it, and how much more there is.
    case file([PaperRowProblem], more: Int)
    /// Fewer than two entries are handed in.
    case notComparable
    /// Papers whose entries differ and that nobody has decided.
    case undecided(Int)
    /// It is settled already.
    case alreadySettled
    /// It is not settled.
    case notSettled
    /// A decision without a reason.
    case noReason
    /// There is no such batch in this vote, or it is not the account's to see.
    case unknownBatch
}

/// What is wrong in a file of papers, and where.
public struct PaperRowProblem: Sendable, Hashable {
    /// Why a row is refused.
    public enum Reason: Sendable, Hashable {
        /// The first line does not name the columns `paper` and `choices`.
        case header
        /// A column that nobody knows; what it is called.
        case unknownColumn(String)
        /// The row has another number of fields than the first line.
        case fieldCount(expected: Int, found: Int)
        /// Quotation marks or characters that no text has.
        case malformed
        /// The number of the paper is none.
        case paperNumber(String)
        /// The number is greater than the papers that the manifest declares.
        case paperBeyond(Int, papers: Int)
        /// The number stands in an earlier row; its line.
        case paperTwice(Int, line: Int)
        /// The row is one of another batch.
        case otherBatch(String)
        /// There is no such batch in this vote.
        case unknownBatch(String)
        /// The row is one of the other entry.
        case otherEntry(String)
        /// The row is one of another vote, or of another edition of its ballot.
        case otherDefinition(String)
        /// No edition of the ballots has the number.
        case otherEdition(String)
        /// The choices are not what a paper can say.
        case choices(PaperProblem)
        /// Not the SHA-256 of a picture.
        case hash(String)
        /// The same picture stands for two papers; the line of the other.
        case hashTwice(line: Int)
        /// More rows than papers.
        case moreRows(Int, papers: Int)
        /// Papers without a row: how many, and the first of them.
        case missingRows(count: Int, first: [Int])
        /// The file cannot be read on from there.
        case unreadable
        /// A row longer than any paper.
        case rowTooLong
        /// A file larger than any batch.
        case fileTooLong
        /// There is no row.
        case empty
        /// A spreadsheet's own format, or “Unicode text”.
        case notCSV
    }

    /// The line of the file, from 1; nil for the file as a whole.
    public let line: Int?
    /// The column, by its name.
    public let column: String?
    /// What is wrong.
    public let reason: Reason

    /// A problem at a place of a file.
    public init(line: Int?, column: String?, _ reason: Reason) {
        self.line = line
        self.column = column
        self.reason = reason
    }
}
