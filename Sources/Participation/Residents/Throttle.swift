import Foundation
public import Postgres

/// Slows down whoever guesses, without locking anybody out.
///
/// Every attempt is counted before it is made, so that a hundred at once are a hundred. Three counts are kept for a
/// sign-in, each a bucket that leaks:
///
/// | count of | free | then | leaks |
/// |---|---|---|---|
/// | one account from one network | 5 | 2, 4, 8 … seconds, at most 15 minutes | 1 in 15 minutes |
/// | one account from anywhere | 30 | 2, 4, 8 … seconds, at most 1 minute | 1 a minute |
/// | one network | 200 | 2, 4, 8 … seconds, at most 1 minute | 200 an hour |
///
/// Letters are counted likewise, since the address may be somebody else's: 3 to one address from one network, 12 to one
/// address from anywhere, 60 from one network. Places for a walk are counted beside: whoever has no account takes 8 from
/// one network, then waits 2 seconds after the first too many, twice as long after each of the next, at most an hour; one
/// is given back every 15 minutes.
///
/// Whoever is signed in may say ten things in a row, then one a minute: a conversation is not slowed, a flood is.
///
/// An attacker with one address is slowed to a few guesses an hour; one with many can hold an account's owner up for a
/// minute, never lock them out. A library or a school signs in behind one address: a successful sign-in takes its own
/// attempt back and two failures of the network with it, and nobody waits more than a minute for the neighbours.
public struct Throttle: Sendable {
    /// What is attempted.
    public enum Attempt: Hashable, Sendable {
        case signIn(EmailAddress?, Network)
        /// A sign-up writes to an address that may be somebody else's.
        case signUp(EmailAddress, Network)
        /// So does a reset.
        case passwordReset(EmailAddress, Network)
        /// So does a new address.
        case addressChange(EmailAddress, Network)
        /// And an invitation to write a proposal together.
        case invitation(EmailAddress, Network)
        /// And a registration for a walk or another gathering, which takes so many places before anybody confirms it.
        case registration(EmailAddress, Network, places: Int)
        /// The one-time code of a letter.
        case votingCode(Network)
        /// A code of a questionnaire: one that lets somebody answer, or one that opens an answer.
        case answerCode(Network)
        /// Somebody says who they are on a roll.
        case rollClaim(Network)
        /// The password asked for again by somebody signed in.
        case passwordAgain(ID<Account>)
        /// Somebody signed in says something that everybody reads.
        case saying(ID<Account>)
    }

    /// The attempt is refused; the next one may be made in this many seconds.
    public struct TooMany: Error, Hashable, Sendable {
        /// Seconds until the next attempt may be made, at least 1.
        public let seconds: Int
    }

    /// One bucket: how much it holds before anybody waits, how long at most, and how fast it leaks.
    struct Bucket: Hashable, Sendable {
        let key: [UInt8]
        let free: Double
        let longestWait: Double
        let leakPerSecond: Double
        /// What a success takes out again.
        let credit: Double
        /// What an attempt puts in.
        var cost = 1.0

        /// Seconds to wait after an attempt that fills the bucket to `spent`.
        func wait(spent: Double) -> Double {
            spent <= free ? 0 : min(longestWait, exp2(min(30, ceil(spent - free))))
        }
    }

    private let pool: Pool
    private let secrets: Secrets

    /// Counts kept in the database of `pool`, named by keyed hashes.
    public init(pool: Pool, secrets: Secrets) {
        self.pool = pool
        self.secrets = secrets
    }

    /// Counts the attempt, or throws ``TooMany``. An attempt that is refused is not counted.
    public func count(_ attempt: Attempt) async throws {
        let buckets = buckets(for: attempt)
        let keys = buckets.map(\.key)
        let wait = try await pool.transaction("throttle.count") { transaction in
            // Locks the rows in the order of their keys, so that two attempts never wait for each other.
            let rows = try await transaction.query(
                "throttle.lock",
                """
                INSERT INTO throttle (key, spent, updated_at, blocked_until)
                SELECT key, 0, clock_timestamp(), clock_timestamp()
                FROM unnest(\(keys)::bytea[]) AS key ORDER BY key
                ON CONFLICT ON CONSTRAINT throttle_pkey DO UPDATE SET spent = throttle.spent
                RETURNING key, spent,
                          extract(epoch FROM clock_timestamp() - updated_at)::float8 AS age,
                          extract(epoch FROM blocked_until - clock_timestamp())::float8 AS blocked
                """)
            var blocked = 0.0
            var spent: [[UInt8]: Double] = [:]
            for row in rows {
                blocked = max(blocked, try row.get("blocked"))
                let key: [UInt8] = try row.get("key")
                guard let bucket = buckets.first(where: { $0.key == key }) else { continue }
                let leaked = max(0, try row.get("age", as: Double.self)) * bucket.leakPerSecond
                spent[key] = max(0, try row.get("spent", as: Double.self) - leaked) + bucket.cost
            }
            guard blocked <= 0 else { return blocked }
            _ = try await transaction.pipeline(
                buckets.map { bucket in
                    let now = spent[bucket.key, default: bucket.cost]
                    return (
                        "throttle.spend",
                        """
                        UPDATE throttle
                        SET spent = \(now)::float8, updated_at = clock_timestamp(),
                            blocked_until = clock_timestamp()
                                + make_interval(secs => \(bucket.wait(spent: now))::float8)
                        WHERE key = \(bucket.key)
                        """
                    )
                })
            return 0
        }
        if wait > 0 { throw TooMany(seconds: Int(wait.rounded(.up))) }
    }

    /// The attempt was rightful: takes it back, and something of the network's failures with it.
    public func succeeded(_ attempt: Attempt) async throws {
        for bucket in buckets(for: attempt).sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            try await pool.execute(
                "throttle.credit",
                """
                UPDATE throttle
                SET spent = greatest(0, spent - \(bucket.credit)::float8), blocked_until = clock_timestamp()
                WHERE key = \(bucket.key)
                """)
        }
    }

    /// Forgets counts that nobody has added to for two days.
    static func purge(in executor: some Executor) async throws {
        try await executor.execute(
            "throttle.purge", "DELETE FROM throttle WHERE updated_at < now() - interval '2 days'")
    }

    func buckets(for attempt: Attempt) -> [Bucket] {
        switch attempt {
        case .signIn(let email, let network):
            let account = Array((email?.text ?? "").utf8)
            return [
                bucket("sign-in account network", network.bytes + [0] + account, 5, 900, per: 900, credit: .infinity),
                bucket("sign-in account", account, 30, 60, per: 60, credit: .infinity),
                bucket("sign-in network", network.bytes, 200, 60, per: 18, credit: 3),
            ]
        case .signUp(let email, let network), .passwordReset(let email, let network),
            .addressChange(let email, let network), .invitation(let email, let network):
            let address = Array(email.text.utf8)
            return [
                bucket("letter address network", network.bytes + [0] + address, 3, 3600, per: 1200, credit: 0),
                bucket("letter address", address, 12, 300, per: 600, credit: 0),
                bucket("letter network", network.bytes, 60, 60, per: 30, credit: 0),
            ]
        case .registration(let email, let network, let places):
            var held: Bucket = bucket("registration network", network.bytes, 8, 3600, per: 900, credit: 0)
            held.cost = Double(places)
            return buckets(for: .invitation(email, network)) + [held]
        case .votingCode(let network):
            return [bucket("voting code network", network.bytes, 100, 60, per: 36, credit: 3)]
        case .answerCode(let network):
            return [bucket("answer code network", network.bytes, 100, 60, per: 36, credit: 3)]
        case .rollClaim(let network):
            return [bucket("roll claim network", network.bytes, 20, 300, per: 120, credit: 0)]
        case .passwordAgain(let account):
            return [bucket("password again", Array(account.description.utf8), 5, 900, per: 300, credit: .infinity)]
        case .saying(let account):
            return [bucket("saying", Array(account.description.utf8), 10, 300, per: 60, credit: 0)]
        }
    }

    private func bucket(
        _ label: String, _ name: [UInt8], _ free: Double, _ longestWait: Double, per seconds: Double, credit: Double
    ) -> Bucket {
        Bucket(
            key: secrets.keyedHash(Array(label.utf8) + [0] + name, label: "throttle"), free: free,
            longestWait: longestWait, leakPerSecond: 1 / seconds, credit: min(credit, 1_000_000))
    }
}
