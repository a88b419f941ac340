import Foundation
import Participation

/// How a gathering stands at a moment: what one can do about it, and what one can not any more.
enum GatheringStanding: Sendable, Equatable {
    case calledOff
    /// Registration is open, with so many places left; nil for any number.
    case open(free: Int?)
    /// Registration is open for the waiting list.
    case full
    /// Registration is closed, the gathering is to come.
    case closed
    case underWay, over

    init(_ occasion: Occasion, _ turnout: Turnout, at now: Date) {
        let gathering: Gathering = occasion.gathering
        self =
            if gathering.cancelledAt != nil {
                .calledOff
            } else if gathering.endsAt <= now {
                .over
            } else if gathering.startsAt <= now {
                .underWay
            } else if occasion.closesAt <= now {
                .closed
            } else if turnout.hasRoom(for: 1) {
                .open(free: turnout.free)
            } else {
                .full
            }
    }

    /// Whether residents register by themselves.
    var isOpen: Bool {
        switch self {
        case .open, .full: true
        case .calledOff, .closed, .underWay, .over: false
        }
    }

    /// The last part of the key of its words.
    private var key: String {
        switch self {
        case .calledOff: "called_off"
        case .open: "open"
        case .full: "full"
        case .closed: "closed"
        case .underWay: "under_way"
        case .over: "over"
        }
    }

    /// Its word, with what it means.
    func status(_ strings: Strings) -> StatusWord {
        let tone: String? =
            switch self {
            case .calledOff: "bad"
            case .open: "good"
            case .full, .closed: "wait"
            case .underWay: "now"
            case .over: nil
            }
        let meaning: String =
            if case .open(let free?) = self {
                strings.plural("gatherings.free", free)
            } else {
                strings("gatherings.standing.\(key).words")
            }
        return StatusWord(word: strings("gatherings.standing.\(key)"), tone: tone, meaning: meaning)
    }
}

/// When a gathering is and for how many, in the reader's language.
struct GatheringWords {
    let strings: Strings

    init(_ strings: Strings) {
        self.strings = strings
    }

    /// `samedi 5 décembre 2026`
    func day(_ date: Date) -> String {
        let weekday: Int = strings.calendar.component(.weekday, from: date)
        return strings(
            "gatherings.day", ["weekday": strings("gatherings.weekday.\(weekday)"), "date": strings.date(date)])
    }

    /// `samedi 5 décembre 2026 à 14 h`
    func moment(_ date: Date) -> String {
        strings("calendar.moment", ["date": day(date), "time": strings.time(date)])
    }

    /// `samedi 5 décembre 2026, de 14 h à 16 h`; both days where it ends on another.
    func when(_ gathering: Gathering) -> String {
        let (start, end): (Date, Date) = (gathering.startsAt, gathering.endsAt)
        if strings.calendar.isDate(start, inSameDayAs: end) {
            return strings(
                "gatherings.when.day",
                ["day": day(start), "starts": strings.time(start), "ends": strings.time(end)])
        }
        return strings("gatherings.when.days", ["starts": moment(start), "ends": moment(end)])
    }

    /// Where people meet; `en ligne` where nobody has to go anywhere.
    func place(_ occasion: Occasion) -> String {
        let place: String = occasion.meetingPlace(strings.language)
        return place.isEmpty && occasion.onlineAddress != nil ? strings("gatherings.online") : place
    }

    /// `3 personnes, vous comprise`
    func party(_ people: Int) -> String { strings.plural("gatherings.party", people) }
}

extension RegistrationForm {
    /// The numbers of companions to choose from.
    func companionOptions(most: Int, _ strings: Strings) -> [SelectOption] {
        (0...max(0, most)).map { count in
            SelectOption(
                value: String(count),
                label: count == 0 ? strings("gatherings.alone") : strings.plural("gatherings.companions", count),
                selected: String(count) == companions)
        }
    }
}
