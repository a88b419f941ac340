public import Foundation
import Postgres

/// What somebody who means to come is told by letter.
public struct GatheringNotice: Sendable {
    /// What happened.
    public enum News: Sendable, Hashable {
        /// They have their places.
        case registered
        /// They wait, as the party of that number in the list.
        case waiting(position: Int)
        /// Somebody, most likely the reader, registered again with the same address.
        case registeredAlready
        /// They wrote another number of people or other needs.
        case changed
        /// Places were freed: they have theirs.
        case promoted
        /// They cancelled.
        case cancelled
        /// The city cancelled for them.
        case takenOff(reason: String)
        /// It will not take place.
        case calledOff(reason: Texts)
        /// It is at another time.
        case moved(from: Date)
        /// People meet at another place.
        case relocated(from: Texts)
        /// It is tomorrow.
        case reminder

        /// The name the outbox keeps.
        var kind: StaticString {
            switch self {
            case .registered: "registration"
            case .waiting: "registration_waiting"
            case .registeredAlready: "registration_again"
            case .changed: "registration_changed"
            case .promoted: "registration_promoted"
            case .cancelled, .takenOff: "registration_cancelled"
            case .calledOff: "gathering_called_off"
            case .moved: "gathering_moved"
            case .relocated: "gathering_relocated"
            case .reminder: "gathering_reminder"
            }
        }
    }

    /// What it is about.
    public let occasion: Occasion
    /// How many people the registration is for.
    public let party: Int
    /// Whether they have places: who waits is not told how to join online.
    public let hasPlaces: Bool
    /// What opens the page on which they change their mind.
    public let token: Token
    /// What happened.
    public let news: News
}

/// Whoever knows the words. Web does.
public protocol GatheringCorrespondent: Sendable {
    /// The letter that tells `name` of `notice`.
    func letter(_ notice: GatheringNotice, to name: String, in language: Language) -> Letter
}

/// Leaves letters for those who registered, in the transaction of the act. Who gave no address is called by telephone:
/// the list at the desk says whom.
struct GatheringNotices: Sendable {
    let secrets: Secrets
    let correspondent: any GatheringCorrespondent

    /// One letter to each of these parties.
    func tell(
        _ news: GatheringNotice.News, of occasion: Occasion, to parties: [Registration], in transaction: some Executor
    ) async throws {
        let letters: [(StaticString, SQL)] = parties.compactMap { party in
            guard let address = party.email.flatMap(EmailAddress.init) else { return nil }
            let notice = GatheringNotice(
                occasion: occasion, party: party.party, hasPlaces: party.state == .registered,
                token: Self.token(of: party.id, secrets), news: news)
            let letter: Letter = correspondent.letter(notice, to: party.name, in: party.language)
            return (
                "outbox.enqueue",
                Outbox.insertion(of: letter, kind: news.kind, to: address, in: party.language)
            )
        }
        if !letters.isEmpty { _ = try await transaction.pipeline(letters) }
    }

    /// What opens the page of a registration. It is made from its identity and the installation's secret, so that every
    /// letter can carry it while a copy of the database opens nothing.
    static func token(of id: ID<Registration>, _ secrets: Secrets) -> Token {
        // A keyed hash is as long as a token.
        Token(bytes: secrets.keyedHash(Array(id.description.utf8), label: "registration link"))!
    }

    static func hash(of token: Token, _ secrets: Secrets) -> [UInt8] {
        token.hash(secrets, label: "registration")
    }
}
