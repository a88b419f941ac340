public import Foundation

/// How numbers are spread: their mean, their quartiles, and how many lie in each of a few classes of equal width.
public struct NumberFigures: Codable, Hashable, Sendable {
    /// Numbers from `from` on and below `to`; of the last class, `to` itself too.
    public struct Class: Codable, Hashable, Sendable {
        /// Where it begins and ends.
        public let from: Decimal, to: Decimal
        /// How many lie in it; nil where that is not published.
        public var count: Int?

        /// A class with so many numbers.
        public init(from: Decimal, to: Decimal, count: Int?) {
            self.from = from
            self.to = to
            self.count = count
        }
    }

    /// The smallest and the largest; nil where they are not published.
    public var least: Decimal?, most: Decimal?
    /// A quarter, half and three quarters of the numbers are not above these; nil where they are not published.
    public var lower: Decimal?, median: Decimal?, upper: Decimal?
    /// The arithmetic mean; nil where it is not published.
    public var mean: Decimal?
    /// The classes, from the smallest, empty ones between included.
    public var classes: [Class]

    /// The most classes.
    static let mostClasses = 10

    /// What these values with their frequencies come to; nil without any.
    init?(_ values: [(value: Decimal, count: Int)]) {
        let values: [(value: Decimal, count: Int)] = values.filter { $0.count > 0 }.sorted { $0.value < $1.value }
        guard let first = values.first?.value, let last = values.last?.value else { return nil }
        least = first
        most = last
        lower = Self.quantile(values, quarters: 1)
        median = Self.quantile(values, quarters: 2)
        upper = Self.quantile(values, quarters: 3)
        mean = Self.mean(values)
        classes = Self.classes(values, from: first, to: last)
    }

    /// The mean of values with their frequencies, or nil.
    static func mean(_ values: [(value: Decimal, count: Int)]) -> Decimal? {
        let count: Int = values.reduce(0) { $0 + $1.count }
        guard count > 0 else { return nil }
        let sum: Decimal = values.reduce(Decimal(0)) { $0 + $1.value * Decimal($1.count) }
        return sum / Decimal(count)
    }

    /// A quartile of values in their order, with their frequencies: the seventh definition of R. J. Hyndman and Y. Fan,
    /// Sample Quantiles in Statistical Packages, The American Statistician 50 (1996), pages 361–365, which spreadsheets
    /// use too. It lies at (n − 1) q/4 between the numbers in their order, counted from 0.
    static func quantile(_ values: [(value: Decimal, count: Int)], quarters: Int) -> Decimal? {
        let count: Int = values.reduce(0) { $0 + $1.count }
        guard count > 0 else { return nil }
        let (place, rest) = ((count - 1) * quarters).quotientAndRemainder(dividingBy: 4)
        func value(at place: Int) -> Decimal {
            var before = 0
            for one in values {
                before += one.count
                if place < before { return one.value }
            }
            return values[values.count - 1].value
        }
        let low: Decimal = value(at: place)
        guard rest > 0 else { return low }
        return low + (value(at: place + 1) - low) * Decimal(rest) / 4
    }

    /// Classes whose width is 1, 2 or 5 times a power of ten and whose ends are multiples of it.
    private static func classes(
        _ values: [(value: Decimal, count: Int)], from first: Decimal, to last: Decimal
    ) -> [Class] {
        guard first < last else { return [Class(from: first, to: last, count: values[0].count)] }
        var width: Decimal = Decimal(sign: .plus, exponent: -6, significand: 1)
        var steps: [Decimal] = [2, Decimal(string: "2.5")!, 2]
        func begin(_ width: Decimal) -> Decimal { floor(first / width) * width }
        while floor((last - begin(width)) / width) >= Decimal(mostClasses) {
            width *= steps[0]
            steps.append(steps.removeFirst())
        }
        let start: Decimal = begin(width)
        let number = NSDecimalNumber(decimal: floor((last - start) / width)).intValue + 1
        var counts = Array(repeating: 0, count: number)
        for one in values {
            counts[min(number - 1, NSDecimalNumber(decimal: floor((one.value - start) / width)).intValue)] += one.count
        }
        return counts.enumerated().map { place, count in
            Class(from: start + width * Decimal(place), to: start + width * Decimal(place + 1), count: count)
        }
    }

    private static func floor(_ value: Decimal) -> Decimal {
        var (value, rounded) = (value, Decimal())
        NSDecimalRound(&rounded, &value, 0, .down)
        return rounded > value ? rounded - 1 : rounded
    }
}
