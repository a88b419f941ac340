public import Foundation

/// What a mark on a roll refers to. A person carries no name and outlives the account.
public enum Person {}

/// An account: how a resident is reached and recognised.
public struct Account: Hashable, Sendable {
    public let id: ID<Account>
    public let person: ID<Person>
    /// Nil once the account is closed, or when an agent opened it for somebody without an address.
    public let email: EmailAddress?
    public let name: String
    public let language: Language
    public let createdAt: Date
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
    public let network: Network
    /// Browser and system, coarsely, for the list of sessions.
    public let device: String

    /// A visitor from `network` with `device`.
    public init(network: Network, device: String) {
        self.network = network
        self.device = device
    }
}
