import Foundation

/// Which passwords are accepted: long ones, whatever their characters (NIST SP 800-63B, section 5.1.1.2).
public enum PasswordRules {
    /// The fewest and the most characters of a password, counted after normalisation.
    public static let length = 12...256

    /// Why a password is not accepted.
    public enum Weakness: Hashable, Sendable {
        case tooShort(minimum: Int)
        case tooLong(maximum: Int)
        /// Among the first that anybody would try.
        case common
        /// The reader's own name or address.
        case personal
    }

    /// The password in the one form that is hashed, so that it is the same from every keyboard (NFKC).
    static func normalise(_ password: String) -> String {
        password.precomposedStringWithCompatibilityMapping
    }

    /// What is wrong with `password` as the password of somebody with this address and name; nil when nothing is.
    static func weakness(of password: String, email: EmailAddress?, name: String) -> Weakness? {
        let normal = normalise(password)
        if normal.count < length.lowerBound { return .tooShort(minimum: length.lowerBound) }
        if normal.count > length.upperBound { return .tooLong(maximum: length.upperBound) }
        let letters = normal.lowercased().filter { $0.isLetter || $0.isNumber }
        if Set(normal.lowercased()).count < 5 { return .common }
        if letters.count >= 4, common.contains(letters) || isRun(letters) || isRepetition(letters) { return .common }
        let own = [email?.text, email?.localPart, name]
            .compactMap { $0?.lowercased().filter { $0.isLetter || $0.isNumber } }
            .filter { $0.count >= 4 }
        let isOwn = own.contains { letters.contains($0) && letters.replacingOccurrences(of: $0, with: "").count < 4 }
        if isOwn { return .personal }
        return nil
    }

    /// Whether every character is the neighbour of the one before on a keyboard row, in the alphabet or in numbers.
    private static func isRun(_ text: String) -> Bool {
        rows.contains { row in
            let twice = row + row
            return twice.contains(text) || String(twice.reversed()).contains(text)
        }
    }

    /// Whether the text is one short word said again and again.
    private static func isRepetition(_ text: String) -> Bool {
        (1...8).contains { width in
            text.count > width && zip(text, text.dropFirst(width)).allSatisfy { $0 == $1 }
        }
    }

    private static let rows = [
        "1234567890", "0123456789", "abcdefghijklmnopqrstuvwxyz", "azertyuiopqsdfghjklmwxcvbn",
        "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm",
    ]

    /// Of the lists of commonest passwords, those long enough to pass otherwise, without punctuation.
    private static let common: Set<String> = [
        "motdepasse123", "motdepasse1234", "motdepasse12345", "monmotdepasse", "motdepassemotdepasse",
        "azertyuiop123", "azerty123456", "azerty1234567", "azerty12345678", "azertyazerty123", "azertyuiop1234",
        "password1234", "password12345", "password123456", "passwordpassword", "mypassword123", "passw0rd1234",
        "passwort1234", "passwort12345", "passwort123456", "meinpasswort", "meinpasswort1", "hallohallo123",
        "qwerty123456", "qwerty1234567", "qwertyuiop123", "qwertz123456", "qwertzuiop123", "1q2w3e4r5t6y",
        "1q2w3e4r5t6y7u", "q1w2e3r4t5y6", "1qaz2wsx3edc", "1qaz2wsx3edc4rfv", "zaq12wsxcde3", "123456789abc",
        "abc123456789", "123456azerty", "123456789azerty", "123456qwerty", "azertyqsdfgh", "loulou123456",
        "iloveyou1234", "jetaime123456", "jetaimejetaime", "bonjour12345", "bonjour123456", "soleil123456",
        "doudou123456", "chouchou1234", "marseille1234", "nicolas12345", "football1234", "baseball1234",
        "administrator", "administrateur", "adminadmin123", "administrator1", "welcome12345", "bienvenue1234",
        "letmein12345", "trustno1trustno1", "changemenow1", "participation", "democratie123", "budgetparticipatif",
        "correcthorsebatterystaple",
    ]
}
