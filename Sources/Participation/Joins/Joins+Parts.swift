import Foundation
import Postgres

/// The steps that joins and splits are made of, inside their transactions.
extension Joins {
    /// Refuses a reason that cannot be kept, together with what else is wrong.
    static func check(_ reason: String, _ others: [JoinRefusal] = []) throws {
        var reasons: [JoinRefusal] = others
        let excess: Int = reason.unicodeScalars.count - Join.longestReason
        if reason.isEmpty { reasons.append(.reasonMissing) }
        if excess > 0 { reasons.append(.reasonTooLong(by: excess)) }
        if !reasons.isEmpty { throw Refused(reasons: reasons) }
    }

    /// Locks the proposals of these numbers, in one order whoever asks. Refuses those that are not of the process, that
    /// were joined, and that are settled.
    ///
    /// A cycle cannot be made: only roots are joined, to roots, and all are locked before that is read.
    static func lock(
        _ numbers: [Int64], in process: ID<Process>, _ transaction: Transaction
    ) async throws -> [Proposal] {
        let found: [Proposal] = try await Family.lock(numbers, in: transaction).filter { $0.process == process }
        let missing: Set<Int64> = Set(numbers).subtracting(found.map(\.number))
        if !missing.isEmpty { throw Refused(JoinRefusal.unknown(missing.sorted())) }
        var reasons: [JoinRefusal] = []
        for proposal in found where !open.contains(proposal.status) {
            if proposal.status == .joined {
                let row: Row? = try await transaction.one(
                    "join.root", "SELECT number FROM proposal WHERE id = (SELECT proposal_root(\(proposal.id)))")
                reasons.append(.joinedAlready(proposal.number, into: try row?.get("number") ?? proposal.number))
            } else {
                reasons.append(.settled(proposal.number))
            }
        }
        if !reasons.isEmpty { throw Refused(reasons: reasons) }
        return found.sorted { $0.number < $1.number }
    }

    /// Joins locked roots to a locked root, counts what they are together, and tells everybody.
    func join(
        _ origins: [Proposal], into target: Proposal, because reason: String, by actor: Actor,
        _ transaction: Transaction
    ) async throws {
        try await transaction.execute(
            "join.insert",
            """
            INSERT INTO proposal_join (id, origin_id, target_id, status_before, reason, account_id)
            SELECT origin.id, origin.origin_id, \(target.id), origin.status, \(reason), \(actor.account)
            FROM unnest(\(origins.map { _ in ID<Join>() }), \(origins.map(\.id)), \(origins.map(\.status.rawValue)))
                 AS origin (id, origin_id, status)
            """)
        // Told while the origins are still families of their own.
        let joined = ProposalNotice.Event.joined(into: target.number, title: target.title, reason: reason)
        try await notices.tell(
            .everybody, of: Dictionary(uniqueKeysWithValues: origins.map { ($0.id, joined) }), by: actor,
            in: transaction)
        try await transaction.execute(
            "join.set",
            "UPDATE proposal SET status = 'joined', joined_into = \(target.id) WHERE id = ANY (\(origins.map(\.id)))")
        try await Self.recount([target.id], transaction)
        for origin in origins {
            try await Acts.record("proposal_joined", by: actor, on: "proposal", origin.id, in: transaction)
            try await notices.tellAuthors(
                of: .gained(origin.number, title: origin.title), about: target.id, by: actor,
                except: origins.map(\.id), in: transaction)
        }
    }

    /// Counts the families of these roots anew.
    static func recount(_ roots: [ID<Proposal>], _ transaction: Transaction) async throws {
        for root in roots {
            try await Family.countSupports(of: root, in: transaction)
            try await Family.countComments(of: root, in: transaction)
        }
    }

    /// A new proposal in the name of the authors of others, public at once.
    static func publish(
        _ draft: ProposalDraft, authorsOf proposals: [ID<Proposal>], in process: ID<Process>, language: Language,
        by actor: Actor, _ transaction: Transaction
    ) async throws -> Proposal {
        let id = ID<Proposal>()
        try await Drafts.insert(draft, as: id, in: process, language: language, transaction)
        try await transaction.execute(
            "join.authors",
            """
            INSERT INTO proposal_author (proposal_id, place, account_id, name)
            SELECT \(id), row_number() OVER (ORDER BY min(author.joined_at), author.account_id, author.name),
                   author.account_id, author.name
            FROM proposal_author AS author WHERE author.proposal_id = ANY (\(proposals))
            GROUP BY author.account_id, author.name
            """)
        try await Drafts.publish(id, by: actor, transaction)
        let row: Row? = try await transaction.one(
            "join.made", "SELECT \(sql: Proposal.columns) FROM proposal WHERE proposal.id = \(id)")
        // It has just been written.
        return try Proposal(row: row!)
    }

    /// What these proposals are together, with the figures of each, read in one statement.
    static func preview(
        _ members: [Proposal], target: Int64?, _ transaction: Transaction
    ) async throws -> JoinPreview {
        let rows: [Row] = try await transaction.query(
            "join.preview",
            """
            WITH member AS (
                SELECT root.id AS root, family.id FROM unnest(\(members.map(\.id))) AS root (id),
                       LATERAL proposal_family(root.id) AS family (id)
            )
            SELECT member.root,
                   ARRAY(SELECT coalesce(author.name, account.name) FROM proposal_author AS author
                         LEFT JOIN account ON account.id = author.account_id
                         WHERE author.proposal_id = member.root ORDER BY author.place) AS authors,
                   count(DISTINCT proposal_support.person_id) AS supports,
                   (SELECT count(DISTINCT follower.account_id) FROM proposal_follower AS follower
                    JOIN member AS other ON other.id = follower.proposal_id
                    WHERE member.root IS NULL OR other.root = member.root) AS followers,
                   (SELECT count(*) FROM comment
                    JOIN proposal ON proposal.thread_id = comment.thread_id
                    JOIN member AS other ON other.id = proposal.id
                    WHERE (member.root IS NULL OR other.root = member.root) AND comment.withdrawn_at IS NULL) AS comments
            FROM member LEFT JOIN proposal_support ON proposal_support.proposal_id = member.id
            GROUP BY GROUPING SETS ((member.root), ())
            """)
        var figures: [UUID: (authors: [String], counts: [Int])] = [:]
        var total: [Int] = [0, 0, 0]
        for row in rows {
            let counts: [Int] = try ["supports", "followers", "comments"].map {
                Int(try row.get($0, as: Int64.self))
            }
            if let root = try row.get("root", as: UUID?.self) {
                figures[root] = (try row.get("authors"), counts)
            } else {
                total = counts
            }
        }
        let all: [JoinPreview.Member] = members.map { proposal in
            let known = figures[proposal.id.uuid] ?? ([], [0, 0, 0])
            return JoinPreview.Member(
                proposal: proposal, authors: known.authors, supports: known.counts[0], followers: known.counts[1],
                comments: known.counts[2])
        }
        return JoinPreview(
            origins: all.filter { $0.proposal.number != target }, target: all.first { $0.proposal.number == target },
            supports: total[0], followers: total[1], comments: total[2])
    }
}
