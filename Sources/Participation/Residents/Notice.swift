/// What an account's owner is told by letter.
public enum Notice: Hashable, Sendable {
    /// Somebody, most likely the reader, asked for an account at this address: the link goes on, and then to where
    /// they were going.
    case confirmAddress(Token, destination: String?)
    /// The same, but the reader has an account already.
    case accountExists
    /// The same, but the account that had this address has another one now.
    case accountMoved
    /// The account is to have this address: the link confirms it.
    case confirmNewAddress(Token)
    /// The same, but the reader has an account at this address already.
    case addressInUse
    /// The account has another address now; this one is told.
    case addressChanged
    /// Somebody, most likely the reader, forgot the password: the link sets another.
    case resetPassword(Token)
    case passwordChanged
    case accountClosed

    /// The name the outbox keeps.
    var kind: StaticString {
        switch self {
        case .confirmAddress: "confirm_address"
        case .accountExists: "account_exists"
        case .accountMoved: "account_moved"
        case .confirmNewAddress: "confirm_new_address"
        case .addressInUse: "address_in_use"
        case .addressChanged: "address_changed"
        case .resetPassword: "reset_password"
        case .passwordChanged: "password_changed"
        case .accountClosed: "account_closed"
        }
    }
}

/// Whoever knows the words: turns a notice into a letter. Web does.
public protocol Correspondent: Sendable {
    /// The letter that tells `name` of `notice` in `language`.
    func letter(_ notice: Notice, to name: String, in language: Language) throws -> Letter
}
