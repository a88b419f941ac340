/// The number of a printed sheet with its check digit: `0012-8`. See ``CheckDigit``.
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
        guard let number = CheckDigit.read(text, digits: 4) else { return nil }
        self.init(number)
    }

    /// Four digits and the check digit.
    public var text: String { CheckDigit.text(number, digits: 4) }
}
