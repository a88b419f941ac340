public import Foundation
import Participation

/// How each language writes numbers, money and time. Written by hand: these run for every line of every list, where
/// the formatters of Foundation would cost more than the page.
extension Strings {
    /// A whole number with its thousands apart: `1 234` (narrow no-break space), `1,234`, `1.234`.
    public func number(_ value: some BinaryInteger) -> String {
        grouped(value.magnitude.description, negative: value < 0)
    }

    /// An amount in cents: `1 234,50 €`, `€1,234.50`, `1.234,50 €`. Whole amounts are written without cents
    /// unless `cents` asks for them. A currency other than the euro is written by its code.
    public func money(_ amount: Int64, currency: String = "EUR", cents: Bool = false) -> String {
        let magnitude = amount.magnitude
        let (units, rest) = magnitude.quotientAndRemainder(dividingBy: 100)
        var figures = grouped(units.description, negative: false)
        if cents || rest != 0 {
            figures += decimalMark + (rest < 10 ? "0" : "") + rest.description
        }
        let sign = amount < 0 ? "−" : ""
        let symbol = Self.symbols[currency]
        if language == .english {
            return symbol.map { "\(sign)\($0)\(figures)" } ?? "\(sign)\(currency)\u{A0}\(figures)"
        }
        return "\(sign)\(figures)\u{A0}\(symbol ?? currency)"
    }

    /// A share given in hundredths of a per cent, without needless decimals: `2,5`, `2.5`.
    public func percent(hundredths: Int) -> String {
        let (whole, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
        guard rest != 0 else { return number(whole) }
        let digits: String = rest % 10 == 0 ? "\(rest / 10)" : (rest < 10 ? "0\(rest)" : "\(rest)")
        return number(whole) + decimalMark + digits
    }

    /// A day: `21 novembre 2026`, `21 November 2026`, `21. November 2026`.
    public func date(_ date: Date) -> String {
        let parts = calendar.dateComponents([.year, .month, .day], from: date)
        let month = self("calendar.month.\(parts.month ?? 1)")
        let day = parts.day ?? 1
        let ordinal =
            switch language {
            case .french: day == 1 ? "1er" : "\(day)"
            case .english: "\(day)"
            case .german: "\(day)."
            }
        return "\(ordinal)\u{A0}\(month) \(parts.year ?? 0)"
    }

    /// A time of day in the city: `18 h 30`, `18:30`, `18:30 Uhr`.
    public func time(_ date: Date) -> String {
        let parts = calendar.dateComponents([.hour, .minute], from: date)
        let hour = parts.hour ?? 0
        let minute = parts.minute ?? 0
        let minutes = minute < 10 ? "0\(minute)" : "\(minute)"
        return switch language {
        case .french: minute == 0 ? "\(hour)\u{A0}h" : "\(hour)\u{A0}h\u{A0}\(minutes)"
        case .english: "\(hour < 10 ? "0" : "")\(hour):\(minutes)"
        case .german: "\(hour):\(minutes)\u{A0}Uhr"
        }
    }

    /// A day and a time: `21 novembre 2026 à 18 h 30`.
    public func moment(_ date: Date) -> String {
        self("calendar.moment", ["date": self.date(date), "time": time(date)])
    }

    private static let symbols = ["EUR": "€", "GBP": "£", "USD": "$"]

    private var decimalMark: String { language == .english ? "." : "," }

    private var groupMark: String {
        switch language {
        case .french: "\u{202F}"
        case .english: ","
        case .german: "."
        }
    }

    private func grouped(_ digits: String, negative: Bool) -> String {
        var text = negative ? "−" : ""
        let count = digits.utf8.count
        for (index, digit) in digits.enumerated() {
            if index > 0, (count - index).isMultiple(of: 3) { text += groupMark }
            text.append(digit)
        }
        return text
    }
}
