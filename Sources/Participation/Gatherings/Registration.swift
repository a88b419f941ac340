public import Foundation
import Postgres

/// Somebody who means to come to a gathering, with an account or without, and those they bring.
public struct Registration: Sendable {
    /// Where it stands.
    public enum State: String, Sendable, CaseIterable {
        case registered, waiting, cancelled
    }

    /// Its identity.
    public let id: ID<Registration>
    /// What it is for.
    public let gathering: ID<Gathering>
    /// The account that came with it; nil for somebody without one.
    public let account: ID<Account>?
    /// Who it is; empty once erased.
    public let name: String
    /// How they are reached; nil where they gave nothing.
    public let email: String?, phone: String?
    /// What they need to take part, in their words; empty for nothing.
    public let needs: String
    /// The language of their letters.
    public let language: Language
    /// How many others they bring.
    public let companions: Int
    /// Where it stands.
    public let state: State
    /// Since when they mean to come: the order of the waiting list.
    public let registeredAt: Date
    /// Whether an agent entered it.
    public let isEntered: Bool
    /// How many of the party came; nil while nobody has said so.
    public let came: Int?
    /// When what it says of a person was erased.
    public let erasedAt: Date?

    /// How many people it is for.
    public var party: Int { 1 + companions }

    /// What `init(row:)` reads, of ``tables``. An account's letters go to its present address.
    static let columns: SQL = """
        registration.id, registration.gathering_id, registration.account_id, registration.name,
        coalesce(account.email, registration.email) AS email, registration.phone, registration.needs,
        coalesce(account.language, registration.language) AS language, registration.companions, registration.state,
        registration.registered_at, registration.registered_by IS NOT NULL AS is_entered, registration.came,
        registration.erased_at
        """
    static let tables: SQL = "registration LEFT JOIN account ON account.id = registration.account_id"

    init(row: Row) throws {
        id = try row.get("id")
        gathering = try row.get("gathering_id")
        account = try row.get("account_id", as: UUID?.self).map { ID($0) }
        name = try row.get("name", as: String?.self) ?? ""
        email = try row.get("email")
        phone = try row.get("phone")
        needs = try row.get("needs", as: String?.self) ?? ""
        language = Language(rawValue: try row.get("language")) ?? .french
        companions = Int(try row.get("companions", as: Int32.self))
        // The schema's check leaves no other word.
        state = State(rawValue: try row.get("state"))!
        registeredAt = try row.get("registered_at")
        isEntered = try row.get("is_entered")
        came = try row.get("came", as: Int32?.self).map(Int.init)
        erasedAt = try row.get("erased_at")
    }
}

/// What somebody says who means to come.
public struct RegistrationDraft: Sendable, Hashable {
    /// Their name and their address; an account has both already.
    public var name: String, email: String
    /// A number they can be called at on the day; empty for none.
    public var phone: String
    /// What they need to take part; empty for nothing.
    public var needs: String
    /// How many others they bring; nil for what is no number.
    public var companions: Int?

    /// What somebody says.
    public init(name: String = "", email: String = "", phone: String = "", needs: String = "", companions: Int? = 0) {
        self.name = name
        self.email = email
        self.phone = phone
        self.needs = needs
        self.companions = companions
    }

    /// The most characters of words about what somebody needs.
    public static let longestNeeds = 1000
    static let longestPhone = 40

    /// What is wrong with the part that may be changed later.
    func changeProblems(most: Int) -> [RegistrationRefusal] {
        var reasons: [RegistrationRefusal] = []
        if !(0...most).contains(companions ?? -1) { reasons.append(.companions(most: most)) }
        let isNumber: Bool = phone.unicodeScalars.allSatisfy {
            "0123456789+()./- \u{A0}\u{202F}".unicodeScalars.contains($0)
        }
        if !phone.isEmpty,
            !isNumber || phone.unicodeScalars.count > Self.longestPhone || phone.count(where: \.isNumber) < 3
        {
            reasons.append(.phone)
        }
        let excess: Int = needs.unicodeScalars.count - Self.longestNeeds
        if excess > 0 { reasons.append(.needsTooLong(by: excess)) }
        return reasons
    }

    /// What is wrong with name and address. Agents enter people who have no address.
    func personProblems(needsAddress: Bool) -> [RegistrationRefusal] {
        var reasons: [RegistrationRefusal] = []
        if name.isEmpty { reasons.append(.nameMissing) }
        if name.unicodeScalars.count > Accounts.longestName { reasons.append(.nameTooLong) }
        if needsAddress || !email.isEmpty, EmailAddress(email) == nil { reasons.append(.email) }
        return reasons
    }
}

/// Why somebody is not registered, or a registration not changed.
public enum RegistrationRefusal: Hashable, Sendable {
    case nameMissing, nameTooLong
    /// Not an address.
    case email
    /// Not a telephone number.
    case phone
    case needsTooLong(by: Int)
    /// Not a number of companions that is allowed.
    case companions(most: Int)
    /// The party is larger than the gathering will ever hold.
    case partyTooLarge(places: Int)
    /// A larger party would need more places than are left.
    case notEnoughPlaces(free: Int)
    /// Registration is closed, the gathering is called off, or it is over.
    case closed, calledOff, over
    /// An agent enters somebody for what residents do not see yet.
    case notPublished
    /// The person has registered already.
    case registeredAlready
    /// An agent cancels for somebody without saying why.
    case reasonMissing
    /// Too many registrations from one network, or to one address.
    case tooFast(seconds: Int)
}
