public import Foundation
public import PublicRecord

/// A vote (scrutin) of a process, from its draft to its published result.
public struct Vote: Sendable {
    /// Its identity.
    public let id: ID<Vote>
    /// The process it belongs to.
    public let process: ID<Process>, processSlug: String, processTitle: Texts
    /// What an agent may edit until the vote opens.
    public let settings: VoteSettings
    /// The projects in the order of their printed numbers.
    public let projects: [VoteProject]
    /// Whether it is demonstration data, which every page says.
    public let demonstration: Bool
    /// The public half of the seal, once the pair of keys has been made.
    public let sealKey: [UInt8]?
    /// The frozen definition, once the vote has been opened.
    public let opening: VoteOpening?
    /// When the acts that follow were done.
    public let closedAt: Date?, countedAt: Date?, publishedAt: Date?, destroyedAt: Date?

    /// Its handle in addresses.
    public var slug: String { settings.slug }

    /// Where a vote stands.
    public enum State: String, Sendable, CaseIterable {
        /// Being prepared; everything may change.
        case draft
        /// Opened, but its first minute has not come.
        case scheduled
        /// Accepting ballots.
        case open
        /// The last minute has passed and nobody has closed it yet; nothing is accepted.
        case ended
        /// Closed; the custodian's key is awaited.
        case closed
        /// Counted; the result awaits its publication.
        case counted
        /// The result is public.
        case published
    }

    /// Where the vote stands at a moment, to be shown. Whether a ballot is accepted is decided by the database's clock.
    public func state(at moment: Date) -> State {
        if publishedAt != nil { return .published }
        if countedAt != nil { return .counted }
        if closedAt != nil { return .closed }
        guard opening != nil else { return .draft }
        if moment < settings.opens { return .scheduled }
        return moment < settings.closes ? .open : .ended
    }

    /// The project with the printed number, or nil.
    public func project(number: Int) -> VoteProject? {
        projects.first { $0.number == number }
    }
}

/// What was frozen when a vote opened.
public struct VoteOpening: Sendable {
    /// The definition.
    public let definition: Definition
    /// The bytes published as `definition.json`, and their SHA-256.
    public let bytes: [UInt8], hash: [UInt8]
    /// The public keys of the log (Ed25519) and of the seal (X25519), 32 bytes each.
    public let logKey: [UInt8], sealKey: [UInt8]
    /// When it opened.
    public let at: Date
    /// What every ballot of the vote goes through, made once: it checks a ballot against the definition.
    public let checker: BallotChecker
    /// The seal of the vote's ballots.
    let seal: Seal

    init(definition: Definition, bytes: [UInt8], hash: [UInt8], logKey: [UInt8], sealKey: [UInt8], at: Date) {
        self.definition = definition
        self.bytes = bytes
        self.hash = hash
        self.logKey = logKey
        self.sealKey = sealKey
        self.at = at
        checker = BallotChecker(definition)
        seal = Seal(definition, hash: hash)
    }
}

/// A project as an agent writes it and residents read it.
public struct VoteProject: Sendable, Hashable {
    /// The number printed on every ballot.
    public var number: Int
    /// The identifier in choices and files.
    public var key: String
    /// Title and description.
    public var title: Texts, description: Texts
    /// The cost in cents.
    public var cost: Int64
    /// District and category, if any.
    public var district: String?, category: String?

    /// A project with all it has.
    public init(
        number: Int, key: String, title: Texts, description: Texts, cost: Int64, district: String?, category: String?
    ) {
        self.number = number
        self.key = key
        self.title = title
        self.description = description
        self.cost = cost
        self.district = district
        self.category = category
    }
}

/// What an agent decides about a vote before it opens.
public struct VoteSettings: Sendable {
    /// The handle in addresses.
    public var slug: String
    /// Title and description.
    public var title: Texts, description: Texts
    /// The languages of the vote.
    public var languages: [String]
    /// The money in cents, and its currency.
    public var budget: Int64, currency: String
    /// What a ballot may contain.
    public var ballot: BallotRules
    /// How ballots are counted.
    public var counting: Definition.Counting
    /// How people show that they may vote; see `Definition.eligibility`.
    public var eligibility: [String]
    /// By what a person is found on the roll; raw values of `RollField.matching`, empty for a vote without a roll.
    public var rollFields: [String]
    /// How ballots are cast; see `Definition.channels`.
    public var channels: [String]
    /// What happens to a person found in two channels.
    public var policy: String
    /// Whether an online ballot may be replaced.
    public var revote: Bool
    /// The least age, zero for none.
    public var minimumAge: Int
    /// The least size of a published group of ballots.
    public var smallCell: Int
    /// The first moment and the moment after the last.
    public var opens: Date, closes: Date
    /// For how many days after its result the vote can be contested; see `Destructions`.
    public var appealDays: Int

    /// Settings with the defaults of a city-wide vote, online, by account or by code.
    public init(
        slug: String, title: Texts, description: Texts = Texts([:]), languages: [String] = ["fr", "en", "de"],
        budget: Int64, currency: String = "EUR", ballot: BallotRules, counting: Definition.Counting,
        eligibility: [String] = ["account", "code"], rollFields: [String] = [], channels: [String] = ["online"],
        policy: String = "first_stands", revote: Bool = true, minimumAge: Int = 0, smallCell: Int = 10, opens: Date,
        closes: Date, appealDays: Int = 30
    ) {
        self.slug = slug
        self.title = title
        self.description = description
        self.languages = languages
        self.budget = budget
        self.currency = currency
        self.ballot = ballot
        self.counting = counting
        self.eligibility = eligibility
        self.rollFields = rollFields
        self.channels = channels
        self.policy = policy
        self.revote = revote
        self.minimumAge = minimumAge
        self.smallCell = smallCell
        self.opens = opens
        self.closes = closes
        self.appealDays = appealDays
    }
}

/// Why an act on a vote is not done.
public enum VoteRefusal: Error, Hashable, Sendable {
    /// The handle has other characters than lower-case letters, digits and hyphens, or is too long.
    case malformedSlug
    /// Another vote has the handle.
    case slugTaken
    /// There is no such process.
    case unknownProcess
    /// The vote has no title.
    case untitled
    /// There is no rule, or no tie order, of that name.
    case unknownRule(String), unknownTie(String)
    /// The rule cannot read ballots of this type.
    case unsuitedRule(rule: String, ballot: String)
    /// The rule and what is asked of the count beside it do not go together.
    case unsuitedCounting(UnsuitedCounting)
    /// A number of the settings is outside its bounds; the argument names the setting.
    case outOfBounds(String)
    /// It closes before it opens.
    case closesBeforeItOpens
    /// The deadline has passed already.
    case deadlinePassed
    /// It has no project.
    case noProjects
    /// It has a roll among its ways to show that one may vote, and none has been committed.
    case rollNotCommitted
    /// It is open: nothing of its definition changes any more.
    case alreadyOpened
    /// The act needs an open vote.
    case notOpened
    /// The pair of keys has not been made.
    case noSeal
    /// The key that was handed in is not the one of the vote, or the passphrase is wrong.
    case wrongKey
    /// The passphrase is shorter than twelve characters.
    case shortPassphrase
    /// The deadline has not passed, and closing early was not confirmed.
    case tooEarly(until: Date)
    /// The act needs a closed vote.
    case notClosed
    /// The act needs a counted vote.
    case notCounted
    /// An envelope in the database is not the one that the record names; its place in the record.
    case swappedEnvelope(entry: Int64)
    /// Marked envelopes still have their stub at these places: their papers would not be counted.
    case envelopesAttached([String])
    /// Batches that were declared and are not settled.
    case batchesUnsettled([String])
    /// The file of a settled batch is not the one that the record names; its place in the record.
    case swappedBatch(entry: Int64)
    /// Marks and ballots differ at these places (`online` where there is none), and two officers have not said why.
    case accountOpen([String])
}
