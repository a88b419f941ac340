/// The number of a printed sheet with its check digit: `0012-8`.
///
/// The digit is that of ISO/IEC 7064, MOD 11,10: it finds every wrong digit, and nearly all pairs that changed places.
public struct SheetNumber: Sendable, Hashable {
    /// From 1 to 9999, in the order of printing.
    public let number: Int

    /// The sheet of that number; nil outside 1 to 9999.
    public init?(_ number: Int) {
        guard (1...9999).contains(number) else { return nil }
        self.number = number
    }

    /// The number as it is printed and typed, with spaces or strokes anywhere; nil when its digit is wrong.
    public init?(typed text: String) {
        let typed: String = text.filter { !"- \u{A0}–".contains($0) }
        guard typed.allSatisfy({ $0.isASCII && $0.isNumber }), (2...5).contains(typed.count) else { return nil }
        let digits: [Int] = typed.compactMap(\.wholeNumberValue)
        let number: Int = digits.dropLast().reduce(0) { $0 * 10 + $1 }
        guard digits.last == Self.check(number) else { return nil }
        self.init(number)
    }

    /// Four digits and the check digit.
    public var text: String {
        let digits = String(number)
        return String(repeating: "0", count: 4 - digits.count) + digits + "-\(Self.check(number))"
    }

    /// The check digit of a number, written with four digits.
    private static func check(_ number: Int) -> Int {
        var product = 10
        for weight in [1000, 100, 10, 1] {
            let sum: Int = (product + number / weight % 10) % 10
            product = (sum == 0 ? 10 : sum) * 2 % 11
        }
        return (11 - product) % 10
    }
}
