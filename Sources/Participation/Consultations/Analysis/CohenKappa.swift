import Foundation

/// How far two people agree who said yes or no to the same things, beyond what chance alone would make them agree.
///
/// κ = (pₒ − pₑ) / (1 − pₑ), where pₒ is the share on which they agree and pₑ the share on which they would if each said
/// yes as often as they did, but at random: J. Cohen, A Coefficient of Agreement for Nominal Scales, Educational and
/// Psychological Measurement 20 (1960), pages 37–46. The standard error is that of J. L. Fleiss, J. Cohen and
/// B. S. Everitt, Large Sample Standard Errors of Kappa and Weighted Kappa, Psychological Bulletin 72 (1969),
/// pages 323–327.
public struct CohenKappa: Sendable, Hashable {
    /// How often both said yes, the first alone, the second alone, and neither.
    public let both: Int, first: Int, second: Int, neither: Int

    /// The four counts.
    public init(both: Int, first: Int, second: Int, neither: Int) {
        self.both = both
        self.first = first
        self.second = second
        self.neither = neither
    }

    /// On how many things both have an opinion.
    public var count: Int { both + first + second + neither }

    /// The share on which they agree.
    public var agreement: Double { count == 0 ? 0 : Double(both + neither) / Double(count) }

    /// The share on which chance would make them agree.
    public var chance: Double {
        guard count > 0 else { return 0 }
        let (n, yes, too) = (Double(count), Double(both + first), Double(both + second))
        return (yes * too + (n - yes) * (n - too)) / (n * n)
    }

    /// The coefficient, from −1 to 1; nil where it is not defined: without anything, or where both always said the same
    /// one thing.
    public var value: Double? {
        count == 0 || first + second == 0 && (both == 0 || neither == 0)
            ? nil : (agreement - chance) / (1 - chance)
    }

    /// The ends of the interval that holds the coefficient with 95 % confidence, for large samples; nil where it is not
    /// defined.
    public var interval: ClosedRange<Double>? {
        guard let value else { return nil }
        let n = Double(count)
        let cells: [[Double]] = [[Double(both) / n, Double(first) / n], [Double(second) / n, Double(neither) / n]]
        let rows: [Double] = cells.map { $0[0] + $0[1] }
        let columns: [Double] = [cells[0][0] + cells[1][0], cells[0][1] + cells[1][1]]
        var variance = 0.0
        for i in 0...1 {
            let kept: Double = 1 - (rows[i] + columns[i]) * (1 - value)
            variance += cells[i][i] * kept * kept
            let other: Int = 1 - i
            let mixed: Double = columns[i] + rows[other]
            variance += (1 - value) * (1 - value) * cells[i][other] * mixed * mixed
        }
        let centre: Double = value - chance * (1 - value)
        variance -= centre * centre
        let error: Double = (max(0, variance) / n).squareRoot() / (1 - chance)
        return max(-1, value - 1.96 * error)...min(1, value + 1.96 * error)
    }

    /// What the coefficient means in words: J. R. Landis and G. G. Koch, The Measurement of Observer Agreement for
    /// Categorical Data, Biometrics 33 (1977), pages 159–174.
    public enum Strength: String, Sendable, CaseIterable {
        case poor, slight, fair, moderate, substantial
        case almostPerfect = "almost_perfect"

        /// The word for a coefficient.
        public init(_ value: Double) {
            self =
                value < 0
                ? .poor
                : value <= 0.2
                    ? .slight
                    : value <= 0.4 ? .fair : value <= 0.6 ? .moderate : value <= 0.8 ? .substantial : .almostPerfect
        }
    }

    /// One coefficient for several things at once, such as all themes of a code book: agreement and chance are averaged
    /// before the coefficient is made of them (H. De Vries and others, Using Pooled Kappa to Summarize Interrater
    /// Agreement across Many Items, Field Methods 20, 2008, pages 272–282). Nil where it is not defined.
    public static func pooled(_ kappas: [CohenKappa]) -> Double? {
        let counted: [CohenKappa] = kappas.filter { $0.count > 0 }
        guard !counted.isEmpty else { return nil }
        let n = Double(counted.count)
        let agreement: Double = counted.reduce(0) { $0 + $1.agreement } / n
        let chance: Double = counted.reduce(0) { $0 + $1.chance } / n
        return chance >= 1 ? nil : (agreement - chance) / (1 - chance)
    }
}
