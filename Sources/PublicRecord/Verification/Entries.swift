/// How somebody votes.
public enum Channel: String, Sendable, Hashable, CaseIterable {
    /// In a browser of one's own.
    case online
    /// On a device that an officer opened.
    case kiosk
    /// On paper.
    case paper
}

/// One entry of a vote's log: what happened, in the fields that `Documentation/Record.md` lists.
///
/// No entry names a person, an account, an address, or a time other than the official minutes of the vote.
public enum Entry: Sendable, Equatable {
    /// The definition is frozen. `seal` is the custodian's HPKE public key, nil for a vote on paper alone.
    case voteOpened(definition: Hash, opens: Int64, closes: Int64, seal: [UInt8]?)
    /// The roll has so many persons; `root` is the Merkle root of their salted commitments.
    case rollCommitted(size: Int, root: Hash)
    /// A person is marked as voting.
    case markMade(credential: [UInt8], channel: Channel, place: String?)
    /// An online or kiosk ballot is accepted; it replaces an earlier one of the same credential.
    case ballotSealed(credential: [UInt8], envelope: Hash)
    /// A mark is taken back, for a reason of the definition.
    case markAnnulled(credential: [UInt8], reason: String)
    /// A batch of papers exists.
    case batchDeclared(batch: String, place: String, papers: Int, spoiled: Int)
    /// A batch was entered once: `A`, `B` or `scan`.
    case batchEntered(batch: String, entry: String, file: Hash, rows: Int)
    /// Every difference of a batch is settled; `invalid` is sorted by reason.
    case batchSettled(batch: String, counted: Int, blank: Int, invalid: [ReasonCount], file: Hash)
    /// An equation does not close and two officers say why.
    case discrepancyRecorded(place: String, count: Int, explanation: Hash, officers: [String])
    /// Nothing is accepted any more. `account` is sorted by channel and place.
    case voteClosed(at: Int64, account: [ClosingLine])
    /// A counted ballot. `channel` is nil where its group joins ballots of several channels.
    case ballotOpened(channel: Channel?, group: String, choices: CanonicalJSON, mark: OpenedBallot.Mark)
    /// The tally.
    case resultPublished(result: Hash, rule: String, software: String)
    /// The minutes are signed over the log as it stood.
    case voteCertified(at: Int64, size: Int, root: Hash, officers: [String])
    /// A staff act: the act and the role, never the name.
    case staffActed(act: String, role: String, object: String?)

    /// A reason for invalidity and how many papers have it.
    public struct ReasonCount: Sendable, Hashable {
        /// A code of the definition.
        public let reason: String
        /// How many, at least one.
        public let count: Int

        /// So many papers with a reason.
        public init(_ reason: String, _ count: Int) {
            self.reason = reason
            self.count = count
        }
    }

    /// What the log holds at closing.
    public struct ClosingCounts: Sendable, Hashable {
        /// How many marks were made, annulled ones too.
        public var marks: Int
        /// How many of them were annulled.
        public var annulled: Int
        /// How many live marks have a sealed ballot.
        public var sealed: Int

        /// The counts of a channel and place.
        public init(marks: Int, annulled: Int, sealed: Int) {
            self.marks = marks
            self.annulled = annulled
            self.sealed = sealed
        }
    }

    /// The account of a channel and place at closing.
    public struct ClosingLine: Sendable, Hashable {
        /// The channel.
        public let channel: Channel
        /// The place, nil for the one that has none.
        public let place: String?
        /// What the log holds of them.
        public let counts: ClosingCounts

        /// A line of the account.
        public init(channel: Channel, place: String?, counts: ClosingCounts) {
            self.channel = channel
            self.place = place
            self.counts = counts
        }

        /// The order of the account: by channel, then by place, those without one first.
        func precedes(_ other: ClosingLine) -> Bool {
            channel == other.channel
                ? (place ?? "").precedesByCodePoint(other.place ?? "")
                : channel.rawValue.precedesByCodePoint(other.channel.rawValue)
        }
    }

    /// The act of `staff.acted` that opens a settled batch again; its object is the batch.
    public static let reopening = "batch_reopened"

    /// The closing of a vote held online alone.
    public static func voteClosed(at: Int64, online counts: ClosingCounts) -> Entry {
        .voteClosed(at: at, account: [ClosingLine(channel: .online, place: nil, counts: counts)])
    }

    /// An opened ballot, with the labels of the grades that the definition lists.
    public static func ballotOpened(_ ballot: OpenedBallot, grades labels: [String]) -> Entry {
        .ballotOpened(
            channel: ballot.channel, group: ballot.group, choices: ballot.ballot?.json(grades: labels) ?? .null,
            mark: ballot.mark)
    }
}

/// A ballot as it leaves its envelope or its batch, cut from whoever cast it.
public struct OpenedBallot: Sendable, Hashable {
    /// By what the person who cast it can find it.
    public enum Mark: Sendable, Hashable {
        /// The tracker of an online or kiosk ballot.
        case tracker(Tracker)
        /// The serial number of a paper in its group, from 1.
        case paper(Int)
        /// Nothing: the envelope could not be opened.
        case unreadable
    }

    /// The channel, nil where the group joins several.
    public let channel: Channel?
    /// The group in which it is published; see ``Groups``.
    public let group: String
    /// What was chosen, nil for an envelope that could not be opened.
    public let ballot: Ballot?
    /// By what it can be found.
    public let mark: Mark

    /// An online or kiosk ballot.
    public init(channel: Channel?, group: String, ballot: Ballot, tracker: Tracker) {
        self.channel = channel
        self.group = group
        self.ballot = ballot
        mark = .tracker(tracker)
    }

    /// A paper ballot.
    public init(group: String, ballot: Ballot, paper: Int) {
        channel = .paper
        self.group = group
        self.ballot = ballot
        mark = .paper(paper)
    }

    /// An envelope that could not be opened; it counts as invalid.
    public init(unreadableIn group: String, channel: Channel?) {
        self.channel = channel
        self.group = group
        ballot = nil
        mark = .unreadable
    }
}

// MARK: - Writing

extension Entry {
    /// The kind as it stands in the record.
    public var kind: String {
        switch self {
        case .voteOpened: "vote.opened"
        case .rollCommitted: "roll.committed"
        case .markMade: "mark.made"
        case .ballotSealed: "ballot.sealed"
        case .markAnnulled: "mark.annulled"
        case .batchDeclared: "batch.declared"
        case .batchEntered: "batch.entered"
        case .batchSettled: "batch.settled"
        case .discrepancyRecorded: "discrepancy.recorded"
        case .voteClosed: "vote.closed"
        case .ballotOpened: "ballot.opened"
        case .resultPublished: "result.published"
        case .voteCertified: "vote.certified"
        case .staffActed: "staff.acted"
        }
    }

    /// The bytes that are appended to the log.
    public var bytes: [UInt8] {
        CanonicalJSON.object(fields + [CanonicalJSON.Member("kind", .string(kind))]).encoded()
    }

    private var fields: [CanonicalJSON.Member] {
        func text(_ name: String, _ value: String?) -> CanonicalJSON.Member { .init(name, CanonicalJSON(value)) }
        func number(_ name: String, _ value: Int) -> CanonicalJSON.Member { .init(name, .integer(Int64(value))) }
        func hash(_ name: String, _ value: Hash) -> CanonicalJSON.Member { .init(name, .string(value.hex)) }
        func texts(_ name: String, _ values: [String]) -> CanonicalJSON.Member {
            .init(name, .array(values.map(CanonicalJSON.string)))
        }
        switch self {
        case .voteOpened(let definition, let opens, let closes, let seal):
            return [
                hash("definition", definition), .init("opens", .integer(opens)), .init("closes", .integer(closes)),
                text("seal", seal.map(Hex.encode)),
            ]
        case .rollCommitted(let size, let root):
            return [number("size", size), hash("root", root)]
        case .markMade(let credential, let channel, let place):
            return [
                text("credential", Hex.encode(credential)), text("channel", channel.rawValue), text("place", place),
            ]
        case .ballotSealed(let credential, let envelope):
            return [text("credential", Hex.encode(credential)), hash("envelope", envelope)]
        case .markAnnulled(let credential, let reason):
            return [text("credential", Hex.encode(credential)), text("reason", reason)]
        case .batchDeclared(let batch, let place, let papers, let spoiled):
            return [text("batch", batch), text("place", place), number("papers", papers), number("spoiled", spoiled)]
        case .batchEntered(let batch, let entry, let file, let rows):
            return [text("batch", batch), text("entry", entry), hash("file", file), number("rows", rows)]
        case .batchSettled(let batch, let counted, let blank, let invalid, let file):
            return [
                text("batch", batch), number("counted", counted), number("blank", blank),
                .init("invalid", .object(invalid.map { number($0.reason, $0.count) })), hash("file", file),
            ]
        case .discrepancyRecorded(let place, let count, let explanation, let officers):
            return [
                text("place", place), number("count", count), hash("explanation", explanation),
                texts("officers", officers),
            ]
        case .voteClosed(let at, let account):
            let lines = account.sorted { $0.precedes($1) }
            return [
                .init("at", .integer(at)), number("marks", lines.reduce(0) { $0 + $1.counts.marks }),
                number("annulled", lines.reduce(0) { $0 + $1.counts.annulled }),
                number("sealed", lines.reduce(0) { $0 + $1.counts.sealed }),
                .init(
                    "account",
                    .array(
                        lines.map { line in
                            .object([
                                text("channel", line.channel.rawValue), text("place", line.place),
                                number("marks", line.counts.marks), number("annulled", line.counts.annulled),
                                number("sealed", line.counts.sealed),
                            ])
                        })),
            ]
        case .ballotOpened(let channel, let group, let choices, let mark):
            let own: CanonicalJSON.Member =
                switch mark {
                case .tracker(let tracker): text("tracker", tracker.text)
                case .paper(let serial): number("paper", serial)
                case .unreadable: text("tracker", nil)
                }
            return [text("channel", channel?.rawValue), text("group", group), .init("choices", choices), own]
        case .resultPublished(let result, let rule, let software):
            return [hash("result", result), text("rule", rule), text("software", software)]
        case .voteCertified(let at, let size, let root, let officers):
            return [
                .init("at", .integer(at)), .init("checkpoint", .object([number("size", size), hash("root", root)])),
                texts("officers", officers),
            ]
        case .staffActed(let act, let role, let object):
            return [text("act", act), text("role", role), text("object", object)]
        }
    }
}

// MARK: - Reading

/// Why bytes are not an entry.
public enum EntryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Longer than 65,535 bytes.
    case tooLong
    /// Not JSON, or not in canonical form.
    case json(JSONError)
    /// A kind that this version does not know.
    case unknownKind(String)
    /// A field is missing, unknown, of another type or outside what it may hold.
    case field(JSONError)

    /// An English sentence for a report.
    public var description: String {
        switch self {
        case .tooLong: "the entry is longer than 65,535 bytes"
        case .json(let error): error.description
        case .unknownKind(let kind): "the kind “\(kind)” is unknown"
        case .field(let error): error.description
        }
    }
}

extension Entry {
    /// Reads an entry; every field must be there, of its type, and nothing else.
    public init(bytes: some Collection<UInt8>) throws(EntryError) {
        guard bytes.count <= Tiles.maximumEntryLength else { throw .tooLong }
        let value: CanonicalJSON
        do throws(JSONError) { value = try CanonicalJSON(parsing: bytes) } catch { throw .json(error) }
        var fields: CanonicalJSON.Fields
        let kind: String
        do throws(JSONError) {
            fields = try CanonicalJSON.Fields(value)
            kind = try fields.string("kind")
        } catch { throw .field(error) }
        let entry: Entry?
        do throws(JSONError) {
            entry = try Entry(kind: kind, &fields)
            if entry != nil { try fields.end() }
        } catch { throw .field(error) }
        guard let entry else { throw .unknownKind(kind) }
        self = entry
    }

    private init?(kind: String, _ fields: inout CanonicalJSON.Fields) throws(JSONError) {
        switch kind {
        case "vote.opened":
            let definition = try fields.hash("definition")
            let (opens, closes) = (try fields.minute("opens"), try fields.minute("closes"))
            let seal = try fields.stringOrNull("seal").map(Hex.decode)
            if let seal, seal?.count != 32 { throw JSONError(.wrongType("seal")) }
            self = .voteOpened(definition: definition, opens: opens, closes: closes, seal: seal ?? nil)
        case "roll.committed":
            self = .rollCommitted(size: try fields.count("size"), root: try fields.hash("root"))
        case "mark.made":
            self = .markMade(
                credential: try fields.credential(), channel: try fields.channel(),
                place: try fields.nameOrNull("place"))
        case "ballot.sealed":
            self = .ballotSealed(credential: try fields.credential(), envelope: try fields.hash("envelope"))
        case "mark.annulled":
            self = .markAnnulled(credential: try fields.credential(), reason: try fields.name("reason"))
        case "batch.declared":
            self = .batchDeclared(
                batch: try fields.name("batch"), place: try fields.name("place"), papers: try fields.count("papers"),
                spoiled: try fields.count("spoiled"))
        case "batch.entered":
            let entry = try fields.name("entry")
            guard ["A", "B", "scan"].contains(entry) else { throw JSONError(.wrongType("entry")) }
            self = .batchEntered(
                batch: try fields.name("batch"), entry: entry, file: try fields.hash("file"),
                rows: try fields.count("rows"))
        case "batch.settled":
            var invalid: [ReasonCount] = []
            for member in try fields.members("invalid") {
                guard case .integer(let count) = member.value, count > 0 else { throw JSONError(.wrongType("invalid")) }
                invalid.append(ReasonCount(member.name, Int(count)))
            }
            self = .batchSettled(
                batch: try fields.name("batch"), counted: try fields.count("counted"),
                blank: try fields.count("blank"), invalid: invalid, file: try fields.hash("file"))
        case "discrepancy.recorded":
            self = .discrepancyRecorded(
                place: try fields.name("place"), count: Int(try fields.integer("count")),
                explanation: try fields.hash("explanation"), officers: try fields.officers(2...2))
        case "vote.closed":
            self = try .voteClosed(at: fields.minute("at"), account: Self.account(&fields))
        case "ballot.opened":
            self = try Self.opened(&fields)
        case "result.published":
            self = .resultPublished(
                result: try fields.hash("result"), rule: try fields.name("rule"),
                software: try fields.name("software"))
        case "vote.certified":
            let at = try fields.minute("at")
            var checkpoint = try CanonicalJSON.Fields(try fields.value("checkpoint"))
            let (size, root) = (try checkpoint.count("size"), try checkpoint.hash("root"))
            try checkpoint.end()
            self = .voteCertified(at: at, size: size, root: root, officers: try fields.officers(2...20))
        case "staff.acted":
            self = .staffActed(
                act: try fields.name("act"), role: try fields.name("role"), object: try fields.nameOrNull("object"))
        default:
            return nil
        }
    }

    private static func account(_ fields: inout CanonicalJSON.Fields) throws(JSONError) -> [ClosingLine] {
        var lines: [ClosingLine] = []
        for element in try fields.array("account") {
            var own = try CanonicalJSON.Fields(element)
            let line = ClosingLine(
                channel: try own.channel(), place: try own.nameOrNull("place"),
                counts: ClosingCounts(
                    marks: try own.count("marks"), annulled: try own.count("annulled"),
                    sealed: try own.count("sealed")))
            try own.end()
            if let last = lines.last, !last.precedes(line) { throw JSONError(.wrongType("account")) }
            lines.append(line)
        }
        for (name, path) in [("marks", \ClosingCounts.marks), ("annulled", \.annulled), ("sealed", \.sealed)] {
            // Each number is below 2^53, so that a thousand of them cannot overflow the sum.
            guard lines.count <= 1000, try fields.count(name) == lines.reduce(0, { $0 + $1.counts[keyPath: path] })
            else { throw JSONError(.wrongType(name)) }
        }
        return lines
    }

    private static func opened(_ fields: inout CanonicalJSON.Fields) throws(JSONError) -> Entry {
        let channel = try fields.channelOrNull()
        let group = try fields.name("group")
        let choices = try fields.value("choices")
        let mark: OpenedBallot.Mark
        if let serial = fields.optional("paper") {
            guard channel == .paper, case .integer(let number) = serial, number > 0 else {
                throw JSONError(.wrongType("paper"))
            }
            mark = .paper(Int(number))
        } else if let text = try fields.stringOrNull("tracker") {
            guard let tracker = Tracker(text), tracker.text.isSameBytes(as: text), channel != .paper else {
                throw JSONError(.wrongType("tracker"))
            }
            mark = .tracker(tracker)
        } else {
            guard channel != .paper else { throw JSONError(.wrongType("tracker")) }
            mark = .unreadable
        }
        // An envelope that could not be opened has neither choices nor a tracker.
        if (mark == .unreadable) != (choices == .null) { throw JSONError(.wrongType("choices")) }
        return .ballotOpened(channel: channel, group: group, choices: choices, mark: mark)
    }
}

extension CanonicalJSON.Fields {
    fileprivate mutating func credential() throws(JSONError) -> [UInt8] {
        guard let bytes = Hex.decode(try string("credential")), bytes.count == 16 else {
            throw JSONError(.wrongType("credential"))
        }
        return bytes
    }

    fileprivate mutating func channel() throws(JSONError) -> Channel {
        guard let channel = try channelOrNull() else { throw JSONError(.wrongType("channel")) }
        return channel
    }

    fileprivate mutating func channelOrNull() throws(JSONError) -> Channel? {
        guard let name = try stringOrNull("channel") else { return nil }
        guard let channel = Channel(rawValue: name) else { throw JSONError(.wrongType("channel")) }
        return channel
    }

    /// A text that is not empty.
    fileprivate mutating func name(_ field: String) throws(JSONError) -> String {
        let text = try string(field)
        guard !text.isEmpty else { throw JSONError(.wrongType(field)) }
        return text
    }

    fileprivate mutating func nameOrNull(_ field: String) throws(JSONError) -> String? {
        let text = try stringOrNull(field)
        guard text != "" else { throw JSONError(.wrongType(field)) }
        return text
    }

    /// Unix seconds of a full minute.
    fileprivate mutating func minute(_ field: String) throws(JSONError) -> Int64 {
        let seconds = try integer(field)
        guard seconds.isMultiple(of: 60) else { throw JSONError(.wrongType(field)) }
        return seconds
    }

    /// The handles of different officers.
    fileprivate mutating func officers(_ number: ClosedRange<Int>) throws(JSONError) -> [String] {
        let handles = try strings("officers")
        guard number.contains(handles.count), Set(handles).count == handles.count, !handles.contains("") else {
            throw JSONError(.wrongType("officers"))
        }
        return handles
    }
}
