import BigInt

/// Helpers for exact fractions of big integers.
enum Fraction {
    /// A floating-point number for a fraction that is not negative, to within two parts in 2⁵².
    static func approximation(_ numerator: BigInt, _ denominator: BigInt) -> Double {
        guard numerator.signum() != 0 else { return 0 }
        if let n = Int64(exactly: numerator), let d = Int64(exactly: denominator) { return Double(n) / Double(d) }
        let shift = 64 - (numerator.bitWidth - denominator.bitWidth)
        let quotient =
            shift >= 0 ? (numerator << shift) / denominator : numerator / (denominator << -shift)
        // At most 66 bits; the lowest ones do not matter.
        let excess = max(0, quotient.bitWidth - 64)
        return Double(UInt64(truncatingIfNeeded: quotient >> excess)) * power(excess - shift)
    }

    /// 2 to the `exponent`.
    private static func power(_ exponent: Int) -> Double {
        Double(sign: .plus, exponent: exponent, significand: 1)
    }
}
