/// The check digit of ISO/IEC 7064, MOD 11,10: it finds every wrong digit, and nearly all pairs that changed places.
enum CheckDigit {
    /// The check digit of a number that is written with so many digits.
    static func of(_ number: Int, digits: Int) -> Int {
        var product = 10
        var rest: Int = number
        let written: [Int] = (0..<digits).map { _ in
            defer { rest /= 10 }
            return rest % 10
        }
        for digit in written.reversed() {
            let sum: Int = (product + digit) % 10
            product = (sum == 0 ? 10 : sum) * 2 % 11
        }
        return (11 - product) % 10
    }

    /// The number that was typed with its check digit, with spaces or strokes anywhere; nil when the digit is wrong.
    static func read(_ text: String, digits: Int) -> Int? {
        let typed: String = text.filter { !"- \u{A0}–".contains($0) }
        guard typed.allSatisfy({ $0.isASCII && $0.isNumber }), (2...digits + 1).contains(typed.count) else {
            return nil
        }
        let all: [Int] = typed.compactMap(\.wholeNumberValue)
        let number: Int = all.dropLast().reduce(0) { $0 * 10 + $1 }
        return all.last == of(number, digits: digits) ? number : nil
    }

    /// The number and its check digit as they are printed: `0012-8`.
    static func text(_ number: Int, digits: Int) -> String {
        let written = String(number)
        return String(repeating: "0", count: max(0, digits - written.count)) + written
            + "-\(of(number, digits: digits))"
    }
}
