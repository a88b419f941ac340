import Crypto
import Foundation
public import Postgres
public import PublicRecord

/// The roll in the public record: how many people, and a hash of all of them that gives nobody away.
///
/// Each line of the roll is committed to by SHA-256(salt ‖ text); the commitments are the entries of a Merkle tree
/// (RFC 6962), in the order of the printed lines. The salt of a line is the first 16 bytes of HMAC-SHA256(seed, number
/// of the line in decimal); the seed never leaves the database, so that who guesses a line cannot check the guess.
public struct RollCommitments: Sendable {
    /// The roles that may read a sample.
    public static let readers: [Role] = [.auditor, .returningOfficer]
    /// The most lines of one sample.
    public static let largestSample = 1000

    private let pool: Pool

    /// The commitments kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// The text that is committed to: nine lines, each ended by `\n`.
    static func text(_ table: SQL) -> SQL {
        """
        convert_to(concat('tilleul-roll-v1', E'\\n', \(sql: table).line, E'\\n', \(sql: table).family_name, E'\\n',
                          \(sql: table).given_names, E'\\n',
                          coalesce(\(sql: table).birth_date::text, \(sql: table).birth_year::text), E'\\n',
                          \(sql: table).address, E'\\n', \(sql: table).postcode, E'\\n', \(sql: table).district, E'\\n',
                          \(sql: table).roll_number, E'\\n'), 'UTF8')
        """
    }

    // MARK: Committing

    /// Commits the latest version: settles the numbers of the printed lines, in the order of the names, and computes
    /// the root. Done again, it replaces what was committed before.
    ///
    /// - Throws: `RollRefusal.alreadyOpened`, `.noVersion`; `NotAllowed` unless the actor is a returning officer of the
    ///   vote or the operator.
    @discardableResult
    public func commit(_ vote: ID<Vote>, by actor: Actor) async throws -> RollCommitment {
        try await pool.transaction("roll.commit") { transaction in
            let locked: Vote = try await Votes.lock(vote, by: actor, [.returningOfficer], transaction)
            guard locked.opening == nil else { throw RollRefusal.alreadyOpened }
            try await number(vote, transaction)
            let seed: [UInt8] = Random.bytes(32)
            var tree = CompactRange()
            try await walk(vote, transaction) { line, text in
                tree.append(Self.leaf(line: line, text: text, seed: seed))
            }
            guard tree.size > 0 else { throw RollRefusal.noVersion }
            try await transaction.execute(
                "roll_commitment.insert",
                """
                INSERT INTO roll_commitment (vote_id, version, size, root, seed, committed_by)
                SELECT \(vote.uuid), max(number), \(tree.size), \(tree.root.bytes), \(seed), \(actor.account)
                FROM roll_version WHERE vote_id = \(vote.uuid)
                ON CONFLICT (vote_id) DO UPDATE
                SET version = excluded.version, size = excluded.size, root = excluded.root, seed = excluded.seed,
                    committed_by = excluded.committed_by, committed_at = now()
                """)
            try await Acts.record(
                "roll_committed", by: actor, on: "vote", vote, detail: ["size": String(tree.size)], in: transaction)
            // What was just written is there.
            return try await Rolls.commitment(of: vote, in: transaction)!
        }
    }

    /// Numbers the lines from 1 in the order of the names; lines that have their number already are not written.
    private func number(_ vote: ID<Vote>, _ transaction: some Executor) async throws {
        try await transaction.execute("roll_entry.defer", "SET CONSTRAINTS roll_entry_line DEFERRED")
        try await transaction.execute(
            "roll_entry.number",
            """
            UPDATE roll_entry SET line = numbered.line
            FROM (SELECT id, row_number() OVER (ORDER BY family_key COLLATE "C", given_key COLLATE "C", birth_year,
                                                birth_date, line) AS line
                  FROM roll_entry WHERE vote_id = \(vote.uuid) AND removed_at IS NULL) AS numbered
            WHERE roll_entry.id = numbered.id AND roll_entry.line <> numbered.line
            """)
        try await transaction.execute("roll_entry.check", "SET CONSTRAINTS roll_entry_line IMMEDIATE")
    }

    /// Hands over every committed line in its order.
    private func walk(
        _ vote: ID<Vote>, size: Int = .max, _ executor: some Executor, _ visit: (Int, [UInt8]) -> Void
    ) async throws {
        var last = 0
        while true {
            let rows: [Row] = try await executor.query(
                "roll_commitment.walk",
                """
                SELECT entry.line, coalesce(entry.committed, \(sql: Self.text("entry"))) AS text
                FROM roll_entry AS entry
                WHERE entry.vote_id = \(vote.uuid) AND entry.line > \(last) AND entry.line <= \(size)
                ORDER BY entry.line LIMIT 20000
                """)
            for row in rows {
                last = try row.get("line")
                visit(last, try row.get("text"))
            }
            if rows.count < 20_000 { return }
        }
    }

    private static func salt(line: Int, seed: [UInt8]) -> [UInt8] {
        Array(
            HMAC<SHA256>.authenticationCode(for: Array(String(line).utf8), using: SymmetricKey(data: seed)).prefix(16))
    }

    private static func leaf(line: Int, text: [UInt8], seed: [UInt8]) -> Hash {
        RollOpening.leaf(salt: salt(line: line, seed: seed), text: text)
    }

    // MARK: Sampling

    /// Draws lines of the committed roll at random and opens their commitments. The act is on the register and, while
    /// the vote is open, in the public record.
    ///
    /// - Throws: `RollRefusal.notCommitted`, `.outOfBounds`; `NotAllowed` unless the actor is an auditor or a returning
    ///   officer of the vote, or the operator.
    public func sample(_ count: Int, of vote: ID<Vote>, by actor: Actor) async throws -> RollSample {
        guard (1...Self.largestSample).contains(count) else { throw RollRefusal.outOfBounds }
        try await Authority.require(Self.readers, of: actor, for: vote, in: pool)
        return try await pool.transaction("roll.sample", isolation: .repeatableRead) { transaction in
            let found: Vote = try await Votes.lock(vote, by: actor, Self.readers, transaction)
            let row: Row? = try await transaction.one(
                "roll_commitment.seed", "SELECT size, root, seed FROM roll_commitment WHERE vote_id = \(vote.uuid)")
            guard let row else { throw RollRefusal.notCommitted }
            let size: Int = try row.get("size")
            let seed: [UInt8] = try row.get("seed")
            let drawn: Set<Int> = Set((1...size).shuffled().prefix(count))
            var levels: [[Hash]] = [[]]
            var texts: [Int: [UInt8]] = [:]
            try await walk(vote, size: size, transaction) { line, text in
                levels[0].append(Self.leaf(line: line, text: text, seed: seed))
                if drawn.contains(line) { texts[line] = text }
            }
            while let below = levels.last, below.count > 1 {
                levels.append((0..<below.count / 2).map { MerkleTree.nodeHash(below[2 * $0], below[2 * $0 + 1]) })
            }
            let tree: [[Hash]] = levels
            if found.opening != nil, found.closedAt == nil {
                try await Record.append(
                    [Entry.staffActed(act: "sample_roll", role: actor.recordedRole, object: "roll")], to: vote,
                    in: transaction)
            }
            try await Acts.record(
                "roll_sampled", by: actor, on: "vote", vote, detail: ["lines": String(drawn.count)], in: transaction)
            return RollSample(
                size: size, root: Hash(bytes: try row.get("root", as: [UInt8].self))!,
                openings: try drawn.sorted().map { line in
                    RollOpening(
                        line: line, salt: Self.salt(line: line, seed: seed), text: texts[line] ?? [],
                        proof: try MerkleTree.inclusionProof(index: line - 1, size: size) { tree[$0.level][$0.index] })
                })
        }
    }
}

/// Lines of a committed roll, opened for an auditor.
public struct RollSample: Sendable {
    /// What stands in the public record.
    public let size: Int, root: Hash
    /// The lines, in the order of their numbers.
    public let openings: [RollOpening]

    /// The file that the auditor keeps.
    public var json: CanonicalJSON {
        [
            "format": "tilleul-roll-sample-v1", "size": .integer(Int64(size)), "root": .string(root.hex),
            "lines": .array(
                openings.map { opening in
                    [
                        "line": .integer(Int64(opening.line)), "salt": .string(Hex.encode(opening.salt)),
                        "text": .string(String(decoding: opening.text, as: UTF8.self)),
                        "proof": .array(opening.proof.map { .string($0.hex) }),
                    ]
                }),
        ]
    }
}

/// One line of a committed roll, with what is needed to check it against the root.
public struct RollOpening: Sendable {
    /// The number of the printed line; its place in the tree is one less.
    public let line: Int
    /// 16 bytes, and the text that was committed to with them.
    public let salt: [UInt8], text: [UInt8]
    /// The inclusion proof (RFC 6962).
    public let proof: [Hash]

    /// The lines of the text after the format and the number: family name, given names, birth, address, postcode,
    /// district, roll number.
    public var values: [String] {
        String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2)
            .dropLast().map(String.init)
    }

    /// Whether the line stands in the tree of `size` lines with the root.
    public func isIn(root: Hash, size: Int) -> Bool {
        MerkleTree.verifyInclusion(
            proof, leaf: Self.leaf(salt: salt, text: text), index: line - 1, size: size, root: root)
    }

    static func leaf(salt: [UInt8], text: [UInt8]) -> Hash {
        MerkleTree.leafHash(Hash(of: salt + text).bytes)
    }
}
