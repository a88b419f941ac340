/// Who acts. Every verb that changes something asks for one and records it in the same transaction.
public enum Actor: Hashable, Sendable {
    /// Somebody acting in a role they hold, whatever the verb then checks.
    case official(ID<Account>, Role)
    /// A resident signed in to an account, acting for themselves.
    case resident(ID<Account>)
    /// Somebody let in by a one-time voting code. The register does not say who: that would tie a person to a time.
    case code
    /// Somebody who has not signed in.
    case visitor
    /// The command line, on the server itself.
    case `operator`
    /// The service by itself, when a time has come.
    case system

    /// The account that acts, if one does.
    public var account: ID<Account>? {
        switch self {
        case .official(let account, _), .resident(let account): account
        case .code, .visitor, .operator, .system: nil
        }
    }

    /// The role that the account acts in, if it acts in one.
    public var role: Role? {
        if case .official(_, let role) = self { role } else { nil }
    }

    /// The word of the register of acts.
    var kind: String {
        switch self {
        case .official: "official"
        case .resident: "resident"
        case .code: "code"
        case .visitor: "visitor"
        case .operator: "operator"
        case .system: "system"
        }
    }
}
