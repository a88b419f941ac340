public import PublicRecord

/// The account of a vote as an accountant writes it: for every place and for the whole, people marked on one side,
/// ballots on the other, and what is between them.
public struct ClosingAccount: Sendable, Hashable {
    /// Marks of one channel.
    public struct Marks: Sendable, Hashable {
        /// Marks made, annulled ones too, and those annulled.
        public var made: Int, annulled: Int

        /// The marks that stand.
        public var live: Int { made - annulled }

        /// So many marks.
        public init(made: Int = 0, annulled: Int = 0) {
            self.made = made
            self.annulled = annulled
        }
    }

    /// The papers that went through the hands of a place, as its officers report them.
    public struct Report: Sendable, Hashable {
        /// What the place was given, handed out for a vote, took back spoiled and gave back unused.
        public var received: Int, issued: Int, spoiled: Int, returned: Int

        /// Papers that are nowhere.
        public var missing: Int { received - issued - spoiled - returned }

        /// The figures of a report.
        public init(received: Int = 0, issued: Int = 0, spoiled: Int = 0, returned: Int = 0) {
            self.received = received
            self.issued = issued
            self.spoiled = spoiled
            self.returned = returned
        }
    }

    /// One line of the account: online, a place, or the whole.
    public struct Line: Sendable, Hashable {
        /// The handle and the name of the place; nil online and for the whole.
        public let place: String?, name: Texts?
        /// Marks by channel.
        public var online = Marks(), kiosk = Marks(), paper = Marks()
        /// Live marks that have a sealed ballot; once counted, all of them are opened.
        public var sealed = 0
        /// What the place reports; nil while it has not.
        public var report: Report?
        /// Batches declared, and how many of them are not settled.
        public var batches = 0, unsettled = 0
        /// Marked envelopes whose stub is still on them: their papers lie in no box yet. And envelopes that came and
        /// were neither marked nor set aside: nobody has voted with them.
        public var attached = 0, received = 0
        /// Papers that the manifests declare, and papers replaced at the table.
        public var papers = 0, spoiled = 0
        /// Papers settled: with a choice, blank, and invalid by reason, sorted.
        public var counted = 0, blank = 0, invalid: [Entry.ReasonCount] = []
        /// What two officers have explained, summed: marks − papers.
        public var explained = 0

        /// A line without figures.
        public init(place: String?, name: Texts?) {
            self.place = place
            self.name = name
        }

        /// The marks that stand, of every channel.
        public var live: Int { online.live + kiosk.live + paper.live }
        /// Invalid papers of every reason.
        public var invalidPapers: Int { invalid.reduce(0) { $0 + $1.count } }
        /// Every ballot: sealed ones, and papers that the manifests declare.
        public var ballots: Int { sealed + papers }
        /// Marks without a ballot, or ballots without a mark, that nobody has explained; zero when the line closes.
        public var difference: Int { paperDifference + sealedDifference }
        /// Whether nothing of it is open.
        public var isClosed: Bool {
            paperDifference == 0 && sealedDifference == 0 && unsettled == 0 && attached == 0
        }
        /// The paper side of it.
        public var paperDifference: Int { paper.live - papers - explained }
        /// The sealed side of it, which nothing can explain.
        public var sealedDifference: Int { online.live + kiosk.live - sealed }
        /// Papers handed out, as reported, without a live mark, or live marks without one; nil without a report.
        public var issuedDifference: Int? { issuedOfWhole ?? report.map { $0.issued - paper.live } }
        /// For the whole, the sum of the places that have reported: the others have nothing to compare.
        private var issuedOfWhole: Int?
    }

    /// Online first, then the places by handle.
    public let lines: [Line]
    /// The sum of the lines.
    public let whole: Line

    /// Whether every line closes, every batch is settled and every marked envelope separated: then the result may be
    /// published.
    public var isClosed: Bool { lines.allSatisfy(\.isClosed) }

    /// The handles of the places that do not close; `online` where there is no place.
    public var openPlaces: [String] {
        lines.filter { !$0.isClosed }.map { $0.place ?? Channel.online.rawValue }
    }

    /// An account of lines.
    public init(lines: [Line]) {
        self.lines = lines
        var whole = Line(place: nil, name: nil)
        for line in lines { whole.add(line) }
        self.whole = whole
    }
}

extension ClosingAccount.Line {
    fileprivate mutating func add(_ other: Self) {
        func sum(_ one: ClosingAccount.Marks, _ other: ClosingAccount.Marks) -> ClosingAccount.Marks {
            ClosingAccount.Marks(made: one.made + other.made, annulled: one.annulled + other.annulled)
        }
        (online, kiosk, paper) = (sum(online, other.online), sum(kiosk, other.kiosk), sum(paper, other.paper))
        sealed += other.sealed
        batches += other.batches
        unsettled += other.unsettled
        attached += other.attached
        received += other.received
        papers += other.papers
        spoiled += other.spoiled
        counted += other.counted
        blank += other.blank
        explained += other.explained
        invalid = Entry.ReasonCount.sum(invalid + other.invalid)
        guard let more = other.report else { return }
        issuedOfWhole = (issuedOfWhole ?? 0) + (other.issuedDifference ?? 0)
        let own: ClosingAccount.Report = report ?? .init()
        report = .init(
            received: own.received + more.received, issued: own.issued + more.issued,
            spoiled: own.spoiled + more.spoiled, returned: own.returned + more.returned)
    }
}

extension Entry.ReasonCount {
    /// One count per reason, sorted.
    static func sum(_ counts: [Entry.ReasonCount]) -> [Entry.ReasonCount] {
        Dictionary(counts.map { ($0.reason, $0.count) }, uniquingKeysWith: +)
            .map { Entry.ReasonCount($0.key, $0.value) }.sorted { $0.reason < $1.reason }
    }
}
