import Foundation
import Hummingbird
import Participation
import PublicRecord

/// Who works at which place of which vote: what every page of a place begins with.
struct PlaceScene: Sendable {
    let account: SignedInAccount
    let vote: Vote
    let place: Place

    /// Where its pages are.
    var base: String { "\(Self.places(of: vote))/\(place.handle)" }

    /// The account in the role in which it acts at a place.
    var officer: Actor { account.acting(for: vote, [.pollingOfficer, .returningOfficer]) }

    /// Whether the account plans places and shifts.
    var isPlanner: Bool { Self.isPlanner(account, vote) }

    static func places(of vote: Vote) -> String { "/desk/votes/\(vote.slug)/places" }

    static func isPlanner(_ account: SignedInAccount, _ vote: Vote) -> Bool {
        [Role.participationAgent, .returningOfficer].contains {
            account.holds($0, process: vote.process, vote: vote.id)
        }
    }

    /// The vote of the path for its officers and agents; absent for everybody else.
    static func vote(_ context: AppContext, _ votes: Votes) async throws -> (SignedInAccount, Vote) {
        let account: SignedInAccount = try context.requireDesk()
        guard let vote = try await votes.find(try context.slug("vote")),
            isPlanner(account, vote) || account.holds(.pollingOfficer, process: vote.process, vote: vote.id)
        else { throw Absent() }
        return (account, vote)
    }

    /// The place of the path, for the same people.
    static func find(_ context: AppContext, _ votes: Votes, _ places: Places) async throws -> PlaceScene {
        let (account, vote) = try await Self.vote(context, votes)
        guard let place = try await places.find(try context.slug("place"), of: vote.id) else { throw Absent() }
        return PlaceScene(account: account, vote: vote, place: place)
    }

    /// The way back to the place and its vote, above the title of each page.
    func crumbs(_ strings: Strings) -> [PlaceLink] {
        [
            PlaceLink(label: strings("desk.title"), href: "/desk"),
            PlaceLink(label: strings("places.title"), href: Self.places(of: vote)),
            PlaceLink(label: place.name(strings.language), href: base),
        ]
    }
}

/// A link with its words.
struct PlaceLink: Sendable {
    let label: String
    let href: String
}

/// A fact with its name.
struct PlaceFact: Sendable {
    let name: String
    let text: String
}

extension Mark {
    /// How and when somebody voted, in a sentence: « Voté en ligne le 3 mars. »
    func words(_ strings: Strings) -> String {
        var arguments: [String: String] = ["date": strings.date(made)]
        arguments["place"] = place?(strings.language) ?? ""
        return strings("places.mark.\(channel.rawValue)", arguments)
    }
}

extension FoundVoter {
    /// The day of birth as the reader writes it; the year where that is all there is.
    func birth(_ strings: Strings) -> String { Day(birth).map(strings.day) ?? birth }
}

extension MarkRefusal {
    /// The sentence that says why, and what to do next.
    func words(_ strings: Strings) -> String {
        switch self {
        case .notYetOpen: strings("places.refusal.not_yet_open")
        case .closed: strings("places.refusal.closed")
        case .noPaper: strings("places.refusal.no_paper")
        case .notEligible: strings("places.refusal.not_eligible")
        case .marked(let mark): strings("places.refusal.marked", ["mark": mark.words(strings)])
        case .notHere: strings("places.refusal.not_here")
        case .inTheBox: strings("places.refusal.in_the_box")
        }
    }
}

extension PlaceRefusal {
    /// The field it concerns, and the key of the sentence.
    var fieldErrors: FieldErrors {
        switch self {
        case .malformedHandle: FieldErrors("handle", "places.refusal.handle")
        case .handleTaken: FieldErrors("handle", "places.refusal.handle_taken")
        case .nameless: FieldErrors("name-fr", "places.refusal.nameless")
        case .inUse: FieldErrors("", "places.refusal.in_use")
        case .noAccount: FieldErrors("email", "places.refusal.no_account")
        case .shiftEndsBeforeItBegins: FieldErrors("ends", "places.refusal.shift_times")
        case .shiftPlannedTwice: FieldErrors("starts", "places.refusal.shift_twice")
        case .notOnDuty: FieldErrors("", "places.refusal.not_on_duty")
        case .outOfBounds(let field): FieldErrors(field, "places.refusal.number")
        case .deviceNameless: FieldErrors("name", "places.refusal.device_nameless")
        case .deviceNameTaken: FieldErrors("name", "places.refusal.device_taken")
        case .deviceOccupied: FieldErrors("", "places.refusal.device_occupied")
        case .deviceClosed: FieldErrors("", "places.refusal.device_closed")
        case .voteNotOpen: FieldErrors("", "places.refusal.vote_not_open")
        }
    }
}
