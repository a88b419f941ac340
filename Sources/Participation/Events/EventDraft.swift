public import Foundation

/// What agents say of an event.
public struct EventDraft: Sendable, Hashable {
    /// What it is called, what it is for, what happens when.
    public var title: Texts, description: Texts, agenda: Texts
    /// The consultation that it is part of; nil for one of the process alone.
    public var consultation: ID<Consultation>?
    /// How people take part.
    public var kind: Event.Kind
    /// Where it is, in words and on the map, and how one gets in.
    public var place: Texts, point: MapPoint?, accessibility: Texts
    /// Languages, interpreting, sign language, childcare.
    public var help: Texts
    /// Where people join from elsewhere; empty for nowhere. Whether everybody sees it.
    public var onlineAddress: String, isOnlineOpen: Bool
    /// How many people there is room for, companions included; nil for any number.
    public var places: Int?
    /// How many people one person may bring.
    public var mostCompanions: Int
    /// Until when people register; nil until it begins.
    public var registrationClosesAt: Date?

    /// What agents say of an event.
    public init(
        title: Texts, description: Texts = Texts([:]), agenda: Texts = Texts([:]),
        consultation: ID<Consultation>? = nil, kind: Event.Kind = .inPerson, place: Texts = Texts([:]),
        point: MapPoint? = nil, accessibility: Texts = Texts([:]), help: Texts = Texts([:]), onlineAddress: String = "",
        isOnlineOpen: Bool = false, places: Int? = nil, mostCompanions: Int = 4, registrationClosesAt: Date? = nil
    ) {
        self.title = title
        self.description = description
        self.agenda = agenda
        self.consultation = consultation
        self.kind = kind
        self.place = place
        self.point = point
        self.accessibility = accessibility
        self.help = help
        self.onlineAddress = onlineAddress
        self.isOnlineOpen = isOnlineOpen
        self.places = places
        self.mostCompanions = mostCompanions
        self.registrationClosesAt = registrationClosesAt
    }

    /// Everything that is wrong with it for an event that begins at `starts`.
    func problems(startsAt starts: Date) -> [EventRefusal] {
        var problems: [EventRefusal] = []
        if title.isEmpty { problems.append(.untitled) }
        if kind != .online, place.isEmpty { problems.append(.placeMissing) }
        if kind != .inPerson, !WebAddress.isValid(onlineAddress) { problems.append(.addressMissing) }
        if let places, !(1...100_000).contains(places) { problems.append(.places) }
        if !(0...20).contains(mostCompanions) { problems.append(.companions) }
        if let closes = registrationClosesAt, closes > starts { problems.append(.registrationClosesTooLate) }
        return problems
    }

    /// The address as it is kept: none where nobody joins from elsewhere.
    var keptAddress: String? { kind == .inPerson ? nil : onlineAddress }
}

/// Why an event is not planned, changed, published or taken away.
public enum EventRefusal: Hashable, Sendable {
    case untitled, malformedHandle, handleTaken
    /// People come to a place, and nobody says to which.
    case placeMissing
    /// People join from elsewhere, and there is no address that begins with `https://` or `http://`.
    case addressMissing
    /// It would end before it begins.
    case times
    /// Not a number of places, or of companions.
    case places, companions
    /// Fewer places than people who have them.
    case placesTaken
    case registrationClosesTooLate
    /// No consultation of the process.
    case noSuchConsultation
    /// Somebody else has changed it meanwhile.
    case changedMeanwhile
    /// Published, or not published; called off.
    case published, notPublished, calledOff
    /// People have registered, minutes are published, or something said there was written down.
    case inUse
    /// Minutes without words; minutes of what has not begun; minutes published already.
    case minutesMissing, minutesTooEarly, minutesPublished
}

/// An address on the web that people type: plain, absolute, without spaces.
enum WebAddress {
    /// The most characters; the schema says the same.
    static let longest = 500

    /// Whether it begins with `https://` or `http://` and names a host.
    static func isValid(_ text: String) -> Bool {
        guard text.unicodeScalars.count <= longest, !text.unicodeScalars.contains(where: \.properties.isWhitespace),
            !text.unicodeScalars.contains(where: { $0.value < 32 }), let url = URL(string: text),
            // Lower case, as the schema checks it.
            ["http", "https"].contains(url.scheme ?? ""), url.user() == nil
        else { return false }
        return url.host().map { !$0.isEmpty } ?? false
    }
}
