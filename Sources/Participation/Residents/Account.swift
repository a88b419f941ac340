public import Foundation

/// What a mark on a roll refers to. A person carries no name and outlives the account.
public enum Person {}

/// An account: how a resident is reached and recognised.
public struct Account: Hashable, Sendable {
    /// Its identity.
    public let id: ID<Account>
    /// Whom a mark on a roll refers to.
    public let person: ID<Person>
    /// Nil once the account is closed, or when an agent opened it for somebody without an address.
    public let email: EmailAddress?
    /// As its owner wrote it.
    public let name: String
    /// The language of pages and letters.
    public let language: Language
    /// When it was opened.
    public let createdAt: Date
    /// When its address was proven; nil when it has none.
    public let confirmedAt: Date?

    /// An account as the database tells it.
    public init(
        id: ID<Account>, person: ID<Person>, email: EmailAddress?, name: String, language: Language, createdAt: Date,
        confirmedAt: Date?
    ) {
        self.id = id
        self.person = person
        self.email = email
        self.name = name
        self.language = language
        self.createdAt = createdAt
        self.confirmedAt = confirmedAt
    }
}

/// Somebody at the door, not yet known: where they come from and what they come with.
public struct Visitor: Sendable {
    /// As coarse as it is counted.
    public let network: Network
    /// Browser and system, coarsely, for the list of sessions.
    public let device: String

    /// A visitor from `network` with `device`.
    public init(network: Network, device: String) {
        self.network = network
        self.device = device
    }
}
