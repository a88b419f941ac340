public import Foundation

/// What somebody notes on a walk, as it comes from a device or a form.
public struct ObservationDraft: Sendable {
    /// Its identity, which the device made: a UUID of version 4, random.
    public var id: ID<Observation>
    /// What the device takes it back with; another one for each observation, so that none is tied to another.
    public var key: Token
    /// The stop; nil elsewhere on the way.
    public var stop: ID<Stop>?
    /// Where it is, and the radius in metres that the device gives with it.
    public var point: MapPoint?, accuracy: Double?
    /// Where it is, in words; at most ``Observation/longestPlace`` characters.
    public var place = ""
    /// The theme it is seen under.
    public var theme: ID<WalkTheme>?
    /// What it is; needed.
    public var kind: Observation.Kind?
    /// How the place feels.
    public var feeling: Observation.Feeling?
    /// Who is concerned.
    public var concerned: [Concerned] = []
    /// What was seen, at most ``Observation/longestWords`` characters, in the language it was said in.
    public var words = "", language: Language
    /// How it was noted, and by how many people together.
    public var manner: Observation.Manner = .alone, people = 1
    /// From 1, first, to 3.
    public var priority: Int?
    /// What it comes by: ``Observation/Channel/device`` or ``Observation/Channel/form``.
    public var channel: Observation.Channel

    /// How many people may note together.
    public static let mostPeople = 200

    /// A draft that says nothing yet.
    public init(id: ID<Observation>, key: Token, language: Language, channel: Observation.Channel) {
        self.id = id
        self.key = key
        self.language = language
        self.channel = channel
    }

    /// What is wrong with it by itself, in the order of the form.
    var misfits: [NotingRefusal] {
        var reasons: [NotingRefusal] = []
        if !id.isRandom { reasons.append(.notRandom) }
        if stop == nil, point == nil, place.isEmpty { reasons.append(.placeMissing) }
        if place.unicodeScalars.count > Observation.longestPlace {
            reasons.append(.placeTooLong(limit: Observation.longestPlace))
        }
        if let accuracy, point == nil || !(0..<100_000).contains(accuracy) { reasons.append(.pointTooVague) }
        if kind == nil { reasons.append(.kindMissing) }
        if words.isEmpty { reasons.append(.wordsMissing) }
        if words.unicodeScalars.count > Observation.longestWords {
            reasons.append(.wordsTooLong(limit: Observation.longestWords))
        }
        if manner == .group, !(1...Self.mostPeople).contains(people) {
            reasons.append(.peopleOutOfRange(most: Self.mostPeople))
        }
        if let priority, !(1...3).contains(priority) { reasons.append(.priorityOutOfRange) }
        return reasons
    }
}

extension ID {
    /// Whether the UUID is of version 4 (RFC 9562, section 5.4), which tells nothing of when it was made.
    var isRandom: Bool { uuid.uuid.6 >> 4 == 4 }
}

/// Why what somebody noted is not taken.
public enum NotingRefusal: Error, Hashable, Sendable {
    /// Nobody said where it is: no stop, no point, no words.
    case placeMissing
    /// Where it is, is said in more characters than this.
    case placeTooLong(limit: Int)
    /// The stop is not one of this walk.
    case unknownStop
    /// The device does not know where it is: its radius is no number of metres below 100 km.
    case pointTooVague
    /// The theme is not one of this walk.
    case unknownTheme
    /// It is neither a strength nor a problem nor an idea.
    case kindMissing
    /// Nothing is said, or more than this.
    case wordsMissing, wordsTooLong(limit: Int)
    /// So many people did not note it together.
    case peopleOutOfRange(most: Int)
    /// The priority is not 1, 2 or 3.
    case priorityOutOfRange
    /// The identity is not a random one, or something else has it.
    case notRandom, taken
    /// The walk has this many already, or the observation this many photos.
    case walkFull(limit: Int), tooManyPhotos(limit: Int)
}

/// Why the sheet of a walk is not open to whoever asks.
public enum SheetRefusal: Error, Hashable, Sendable {
    /// The code is not that of the walk, or there is no such walk.
    case wrongCode
    /// It opens two hours before the walk.
    case tooEarly(opens: Date)
    /// It has closed.
    case closed(since: Date)
    /// The walk was called off.
    case cancelled
}
