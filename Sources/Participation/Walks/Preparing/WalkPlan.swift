public import Foundation

/// What a walk begins with.
public struct WalkPlan: Sendable {
    /// Its handle in addresses: lower-case letters, digits and single hyphens, 60 at most.
    public var handle: String
    /// What it is called.
    public var title: Texts
    /// When it is.
    public var schedule: WalkSchedule
    /// The walk of the same process whose route it follows again; nil for a new route. Its words and themes are copied.
    public var previous: ID<Walk>?

    /// The beginning of a walk.
    public init(handle: String, title: Texts, schedule: WalkSchedule, previous: ID<Walk>? = nil) {
        self.handle = handle
        self.title = title
        self.schedule = schedule
        self.previous = previous
    }
}

/// When a walk is, and who may come.
public struct WalkSchedule: Sendable, Hashable {
    /// When it begins and ends, within a day of each other.
    public var startsAt: Date, endsAt: Date
    /// By day, at dusk or by night.
    public var light: Walk.Light
    /// When it begins instead if it rains.
    public var rainStartsAt: Date?
    /// Until when observations are taken; a week after its end unless somebody says otherwise.
    public var sheetClosesAt: Date?
    /// How many people there is room for, companions included; nil for any number.
    public var places: Int?
    /// How many people one person may bring.
    public var mostCompanions: Int
    /// Until when people register; nil until it begins.
    public var registrationClosesAt: Date?

    /// A schedule with room for everybody, alone or with four others.
    public init(
        startsAt: Date, endsAt: Date, light: Walk.Light = .day, rainStartsAt: Date? = nil, sheetClosesAt: Date? = nil,
        places: Int? = nil, mostCompanions: Int = 4, registrationClosesAt: Date? = nil
    ) {
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.light = light
        self.rainStartsAt = rainStartsAt
        self.sheetClosesAt = sheetClosesAt
        self.places = places
        self.mostCompanions = mostCompanions
        self.registrationClosesAt = registrationClosesAt
    }

    /// When observations are taken no longer.
    var sheetCloses: Date { sheetClosesAt ?? endsAt.addingTimeInterval(7 * 86_400) }

    /// Refuses what cannot be on any day.
    func check() throws(WalkRefusal) {
        guard endsAt > startsAt, endsAt.timeIntervalSince(startsAt) <= 86_400 else { throw .endsBeforeItBegins }
        if let rainStartsAt, rainStartsAt < endsAt { throw .rainDateTooEarly }
        guard sheetCloses >= endsAt else { throw .sheetClosesTooEarly }
        if let registrationClosesAt, registrationClosesAt > startsAt { throw .registrationClosesTooLate }
        if let places, !(1...100_000).contains(places) { throw .placesOutOfRange }
        guard (0...20).contains(mostCompanions) else { throw .companionsOutOfRange }
    }
}

/// What a walk is for.
public struct WalkPurpose: Sendable {
    /// What it is called, what it is for, how far it reaches, and whom it is made for, in words.
    public var title: Texts, aim: Texts, perimeter: Texts, audience: Texts
    /// Whom it is made for; empty for everybody.
    public var audiences: [Concerned]

    /// The words of a walk.
    public init(title: Texts, aim: Texts, perimeter: Texts, audience: Texts, audiences: [Concerned]) {
        self.title = title
        self.aim = aim
        self.perimeter = perimeter
        self.audience = audience
        self.audiences = audiences
    }
}

/// Where people meet, and what awaits them on the way.
public struct WalkPlace: Sendable {
    /// Where people meet, in words and on the map.
    public var meetingPlace: Texts, meetingPoint: MapPoint?
    /// What the way is like for who walks badly or rolls, described rather than labelled.
    public var accessibility: Texts
    /// What is done with photos that show people.
    public var imageRights: Texts

    /// The place of a walk.
    public init(meetingPlace: Texts, meetingPoint: MapPoint?, accessibility: Texts, imageRights: Texts) {
        self.meetingPlace = meetingPlace
        self.meetingPoint = meetingPoint
        self.accessibility = accessibility
        self.imageRights = imageRights
    }
}
