/// What a walk's sheet is opened with: eight letters and digits, none of which looks like another.
public enum WalkCode {
    /// Digits and letters without 0, 1, i, l and o.
    static let alphabet: [Character] = Array("23456789abcdefghjkmnpqrstuvwxyz")

    /// A code that nobody can guess before the walk is over: one of 31⁸, some 850 thousand million.
    static func random() -> String { String((0..<8).map { _ in alphabet.randomElement()! }) }

    /// The code that somebody typed, with blanks, hyphens or capitals; nil when it is none.
    public static func read(_ typed: String) -> String? {
        let code: String = typed.lowercased().filter { !$0.isWhitespace && $0 != "-" }
        return code.utf8.count == 8 && code.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } ? code : nil
    }

    /// The code as people read it: `abcd 2345`.
    public static func grouped(_ code: String) -> String { "\(code.prefix(4)) \(code.dropFirst(4))" }
}
