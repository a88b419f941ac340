public import Participation
import Synchronization

/// How often each network may ask for something dear, such as a recount: so many at once, and so many a minute.
///
/// Kept in memory, for this process alone. Guessing passwords is slowed down elsewhere, in the database.
public final class Buckets: Sendable {
    private struct Bucket {
        var tokens: Double
        var filled: ContinuousClock.Instant
    }

    private let capacity: Double
    private let perSecond: Double
    private let now: @Sendable () -> ContinuousClock.Instant
    private let buckets = Mutex<[Network: Bucket]>([:])

    /// At most `burst` at once and `perMinute` on average, for each network.
    public convenience init(burst: Int, perMinute: Int) {
        self.init(burst: burst, perMinute: perMinute, now: { .now })
    }

    init(burst: Int, perMinute: Int, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.capacity = Double(burst)
        self.perSecond = Double(perMinute) / 60
        self.now = now
    }

    /// Counts one request of `network`. Throws a ``Refusal`` (429) when there were too many.
    public func take(_ network: Network) throws(Refusal) {
        let now = now()
        let isAllowed = buckets.withLock { buckets in
            // A bucket that has had time to fill is as good as none.
            if buckets.count >= 20_000 { buckets = buckets.filter { tokens(of: $0.value, at: now) < capacity } }
            var bucket = buckets[network] ?? Bucket(tokens: capacity, filled: now)
            bucket.tokens = tokens(of: bucket, at: now)
            bucket.filled = now
            let isAllowed = bucket.tokens >= 1
            if isAllowed { bucket.tokens -= 1 }
            buckets[network] = bucket
            return isAllowed
        }
        if !isAllowed { throw .tooMany }
    }

    private func tokens(of bucket: Bucket, at now: ContinuousClock.Instant) -> Double {
        min(capacity, bucket.tokens + bucket.filled.duration(to: now) / .seconds(1) * perSecond)
    }
}
