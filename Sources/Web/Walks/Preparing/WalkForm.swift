import Foundation
import Participation

/// What was typed into a form about a walk, or what stands there to be changed.
struct WalkForm: Sendable {
    private let values: [String: String]
    let audiences: Set<String>

    init(_ fields: Fields) {
        values = Dictionary(fields.names.map { ($0, fields.text($0)) }, uniquingKeysWith: { first, _ in first })
        audiences = Set(fields.all("audiences"))
    }

    /// The form before anybody has typed.
    init(_ act: WalkAct, _ file: WalkFile?, _ strings: Strings) {
        var values: [String: String] = ["most_companions": "4", "light": Walk.Light.day.rawValue]
        var audiences: Set<String> = []
        func put(_ name: String, _ texts: Texts) {
            for (language, text) in texts.byLanguage { values["\(name)-\(language)"] = text }
        }
        if let file {
            let (walk, gathering) = (file.walk, file.walk.gathering)
            values["revision"] = String(file.revision)
            // Where a rain date is known, that is where a walk is most often moved.
            let starts: Date = act == .date ? walk.rainStartsAt ?? gathering.startsAt : gathering.startsAt
            values["starts_at"] = strings.minute(starts)
            values["ends_at"] = strings.minute(
                starts.addingTimeInterval(gathering.endsAt.timeIntervalSince(gathering.startsAt)))
            put("title", walk.title)
            put("aim", walk.aim)
            put("perimeter", walk.perimeter)
            put("audience", walk.audience)
            audiences = Set(walk.audiences.map(\.rawValue))
            values["light"] = walk.light.rawValue
            values["rain_starts_at"] = walk.rainStartsAt.map(strings.minute)
            values["places"] = gathering.places.map(String.init)
            values["most_companions"] = String(gathering.mostCompanions)
            values["registration_closes_at"] = gathering.registrationClosesAt.map(strings.minute)
            values["sheet_closes_at"] = strings.minute(walk.sheetClosesAt)
            put("meeting_place", walk.meetingPlace)
            put("accessibility", walk.accessibility)
            put("image_rights", walk.imageRights)
            values["latitude"] = walk.meetingPoint.map { "\($0.latitude)" }
            values["longitude"] = walk.meetingPoint.map { "\($0.longitude)" }
        }
        self.values = values
        self.audiences = audiences
    }

    func text(_ name: String) -> String { values[name] ?? "" }

    /// The revision of the walk that the form showed.
    var revision: Int { Int(text("revision")) ?? 0 }

    func texts(_ name: String) -> Texts {
        Texts(
            Dictionary(
                uniqueKeysWithValues: Language.allCases.map { ($0.rawValue, text("\(name)-\($0.rawValue)")) }))
    }

    // MARK: Reading

    func plan(_ walks: [Walk], _ strings: Strings) throws(FieldErrors) -> WalkPlan {
        var errors = FieldErrors()
        if texts("title").isEmpty { errors.add("title-fr", "walks.prepare.refusal.untitled") }
        if !Slug.isValid(text("handle")) { errors.add("handle", "walks.prepare.refusal.handle") }
        let schedule: WalkSchedule? = schedule(of: nil, strings, &errors)
        let previous: Walk? = walks.first { $0.handle == text("previous") }
        if previous == nil, !text("previous").isEmpty { errors.add("previous", "walks.prepare.refusal.previous") }
        try errors.throwIfAny()
        guard let schedule else { throw errors }
        return WalkPlan(
            handle: text("handle"), title: texts("title"), schedule: schedule, previous: previous?.id)
    }

    func purpose() throws(FieldErrors) -> WalkPurpose {
        if texts("title").isEmpty { throw FieldErrors("title-fr", "walks.prepare.refusal.untitled") }
        return WalkPurpose(
            title: texts("title"), aim: texts("aim"), perimeter: texts("perimeter"), audience: texts("audience"),
            audiences: Concerned.allCases.filter { audiences.contains($0.rawValue) })
    }

    func schedule(of walk: Walk, _ strings: Strings) throws(FieldErrors) -> WalkSchedule {
        var errors = FieldErrors()
        let schedule: WalkSchedule? = schedule(of: walk, strings, &errors)
        try errors.throwIfAny()
        guard let schedule else { throw errors }
        return schedule
    }

    /// The two moments of a day to which a walk is moved.
    func day(_ strings: Strings) throws(FieldErrors) -> (starts: Date, ends: Date) {
        var errors = FieldErrors()
        let (starts, ends) = (moment("starts_at", strings, &errors), moment("ends_at", strings, &errors))
        try errors.throwIfAny()
        guard let starts, let ends else { throw errors }
        return (starts, ends)
    }

    func place(in city: GeoBox?) throws(FieldErrors) -> WalkPlace {
        var point: MapPoint?
        if !text("latitude").isEmpty || !text("longitude").isEmpty {
            do throws(RouteProblem) {
                point = try RouteDraft.point(latitude: text("latitude"), longitude: text("longitude"), city: city)
            } catch { throw FieldErrors("latitude", RouteWords.pointKey(error)) }
        }
        return WalkPlace(
            meetingPlace: texts("meeting_place"), meetingPoint: point, accessibility: texts("accessibility"),
            imageRights: texts("image_rights"))
    }

    private func moment(_ name: String, _ strings: Strings, _ errors: inout FieldErrors) -> Date? {
        let moment: Date? = strings.moment(minute: text(name))
        if moment == nil { errors.add(name, "walks.prepare.refusal.moment") }
        return moment
    }

    private func momentIfAny(_ name: String, _ strings: Strings, _ errors: inout FieldErrors) -> Date? {
        text(name).isEmpty ? nil : moment(name, strings, &errors)
    }

    /// A whole number that may be left out where `ifAny` stands for it.
    private func number(_ name: String, ifAny: Int? = nil, _ errors: inout FieldErrors) -> Int? {
        if text(name).isEmpty { return ifAny }
        let number: Int? = Int(text(name).filter { !$0.isWhitespace })
        if number == nil { errors.add(name, "walks.prepare.refusal.number") }
        return number
    }

    private func schedule(of walk: Walk?, _ strings: Strings, _ errors: inout FieldErrors) -> WalkSchedule? {
        let isKnown: Bool = walk?.publishedAt != nil
        let starts: Date? = isKnown ? walk?.gathering.startsAt : moment("starts_at", strings, &errors)
        let ends: Date? = isKnown ? walk?.gathering.endsAt : moment("ends_at", strings, &errors)
        let rain: Date? = momentIfAny("rain_starts_at", strings, &errors)
        let places: Int? = number("places", &errors)
        let companions: Int? = number("most_companions", ifAny: 4, &errors)
        let closes: Date? = momentIfAny("registration_closes_at", strings, &errors)
        let sheet: Date? = momentIfAny("sheet_closes_at", strings, &errors)
        guard let starts, let ends else { return nil }
        return WalkSchedule(
            startsAt: starts, endsAt: ends, light: Walk.Light(rawValue: text("light")) ?? .day, rainStartsAt: rain,
            sheetClosesAt: sheet, places: places, mostCompanions: companions ?? 4, registrationClosesAt: closes)
    }
}

extension WalkRefusal {
    /// The refusal at the field it concerns.
    var fieldErrors: FieldErrors {
        func key(_ name: String) -> String { "walks.prepare.refusal.\(name)" }
        return switch self {
        case .untitled: FieldErrors("title-fr", key("untitled"))
        case .malformedHandle: FieldErrors("handle", key("handle"))
        case .handleTaken: FieldErrors("handle", key("handle_taken"))
        case .endsBeforeItBegins: FieldErrors("ends_at", key("ends"))
        case .rainDateTooEarly: FieldErrors("rain_starts_at", key("rain"))
        case .sheetClosesTooEarly: FieldErrors("sheet_closes_at", key("sheet"))
        case .registrationClosesTooLate: FieldErrors("registration_closes_at", key("closes"))
        case .placesOutOfRange: FieldErrors("places", key("places"))
        case .placesTaken: FieldErrors("places", key("places_taken"))
        case .companionsOutOfRange: FieldErrors("most_companions", key("companions"))
        case .noSuchPreviousWalk: FieldErrors("previous", key("previous"))
        case .previousIsLater: FieldErrors("starts_at", key("previous_later"))
        case .changedMeanwhile: FieldErrors("", key("changed"))
        case .dateIsKnown: FieldErrors("", key("date_known"))
        case .notReady: FieldErrors("readiness-title", key("not_ready"))
        case .published: FieldErrors("", key("published"))
        case .notPublished: FieldErrors("", key("not_published"))
        case .calledOff: FieldErrors("", key("called_off"))
        case .hasRegistrations: FieldErrors("", key("registrations"))
        case .hasObservations: FieldErrors("", key("observations"))
        case .isFollowed: FieldErrors("", key("followed"))
        case .noSuchAccount: FieldErrors("email", key("account"))
        case .roleHeld: FieldErrors("email", key("role_held"))
        case .tooManyThemes: FieldErrors("", key("themes"))
        case .tooManyStops: FieldErrors("", key("stops"))
        case .themeInUse: FieldErrors("", key("theme_in_use"))
        case .stopInUse: FieldErrors("", key("stop_in_use"))
        case .routeWalked: FieldErrors("", key("walked"))
        case .onePoint: FieldErrors("line", key("one_point"))
        case .routeTooLong: FieldErrors("line", "walks.prepare.file.too_long")
        case .stopUntitled: FieldErrors("", key("stop_untitled"))
        }
    }
}

extension GatheringRefusal {
    /// The refusal at the field of the form that moves a walk or calls it off.
    var walkErrors: FieldErrors {
        switch self {
        case .times: FieldErrors("starts_at", "walks.prepare.refusal.times")
        case .reasonMissing: FieldErrors("reason-fr", "walks.prepare.refusal.reason")
        case .calledOff: FieldErrors("", "walks.prepare.refusal.called_off")
        case .over: FieldErrors("", "walks.prepare.refusal.over")
        }
    }
}
