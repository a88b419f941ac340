public import Foundation

/// What a walk lacks before it is published.
public struct WalkReadiness: Sendable {
    /// A point of the list.
    public enum Point: String, Sendable, CaseIterable {
        case date, aim, meeting, accessibility, route, stops, themes, guide, languages
        case imageRights = "image_rights"
        case rain
    }

    /// How a point stands.
    public enum Standing: Sendable {
        case done
        /// It would be better, and need not be.
        case advised
        /// Without it nothing is published.
        case missing
    }

    /// Every point, in the order in which they are settled.
    public let items: [(point: Point, standing: Standing)]

    /// What prevents publication.
    public var missing: [Point] { items.filter { $0.standing == .missing }.map(\.point) }

    /// What of `file` is settled at the moment `now`.
    public init(_ file: WalkFile, now: Date) {
        let walk: Walk = file.walk
        func needed(_ isThere: Bool) -> Standing { isThere ? .done : .missing }
        func advised(_ isThere: Bool) -> Standing { isThere ? .done : .advised }
        let texts: [Texts] = [walk.title, walk.aim, walk.meetingPlace, walk.accessibility]
        items = [
            (.aim, needed(!walk.aim.isEmpty)),
            (.date, needed(walk.gathering.startsAt > now)),
            (.rain, advised(walk.rainStartsAt != nil)),
            (.meeting, needed(!walk.meetingPlace.isEmpty)),
            (.accessibility, needed(!walk.accessibility.isEmpty)),
            (.imageRights, advised(!walk.imageRights.isEmpty)),
            (.route, needed(file.route.line.count > 1)),
            (.stops, needed(!file.route.stops.isEmpty)),
            (.themes, needed(!file.themes.isEmpty)),
            (.guide, advised(file.crew.contains { $0.role == .guide })),
            (.languages, advised(texts.allSatisfy(\.isInEveryLanguage))),
        ]
    }
}

extension Texts {
    /// Whether nobody has to read it in a foreign language.
    fileprivate var isInEveryLanguage: Bool { Language.allCases.allSatisfy { byLanguage[$0.rawValue] != nil } }
}
