/// The number of a printed sheet of a questionnaire with its check digit: `000012-1`. See ``CheckDigit``.
///
/// Numbers are given over all questionnaires of the city: one of them names one sheet, whatever it asks.
public struct PaperNumber: Sendable, Hashable {
    /// From 1 to 999999, in the order of printing.
    public let number: Int

    /// The sheet of that number; nil outside 1 to 999999.
    public init?(_ number: Int) {
        guard (1...999_999).contains(number) else { return nil }
        self.number = number
    }

    /// The number as it is printed and typed, with spaces or strokes anywhere; nil when its digit is wrong.
    public init?(typed text: String) {
        guard let number = CheckDigit.read(text, digits: 6) else { return nil }
        self.init(number)
    }

    /// Six digits and the check digit.
    public var text: String { CheckDigit.text(number, digits: 6) }
}
