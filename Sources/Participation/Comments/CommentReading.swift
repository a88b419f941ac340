import Foundation
import Postgres

/// A page of conversations.
public struct CommentPage: Sendable {
    /// The conversations, in the order asked for.
    public let conversations: [Conversation]
    /// Where the next page begins; nil on the last.
    public let next: CommentCursor?
}

/// Where a page of conversations ended: the next one begins after it.
public struct CommentCursor: Hashable, Sendable {
    /// The last comment of the page.
    public let last: ID<Comment>
    /// How many answers it had then.
    public let answers: Int

    /// After the comment `last`, which had so many answers.
    public init(last: ID<Comment>, answers: Int) {
        self.last = last
        self.answers = answers
    }

    /// The cursor written as ``text``; nil for everything else.
    public init?(_ text: String) {
        let parts: [Substring] = text.split(separator: "_", maxSplits: 1)
        guard parts.count == 2, let answers = Int32(parts[0]), let last = ID<Comment>(String(parts[1])) else {
            return nil
        }
        self.init(last: last, answers: Int(answers))
    }

    /// As it stands in addresses.
    public var text: String { "\(answers)_\(last)" }
}

extension Comments {
    /// Conversations about something, under a proposal with those under the ones joined to it, at most `limit` from
    /// `cursor` on, with the first `answers` answers of each, or with all of them.
    public func list(
        under host: CommentHost, _ order: CommentOrder, after cursor: CommentCursor? = nil, limit: Int = 20,
        answers: Int? = nil
    ) async throws -> CommentPage {
        let place: SQL =
            switch (order, cursor) {
            case (_, nil): "true"
            case (.newest, let cursor?): "comment.id < \(cursor.last)"
            case (.oldest, let cursor?): "comment.id > \(cursor.last)"
            case (.answered, let cursor?): "(comment.answer_count, comment.id) < (\(cursor.answers), \(cursor.last))"
            }
        let direction: SQL =
            switch order {
            case .newest: "comment.id DESC"
            case .oldest: "comment.id"
            case .answered: "comment.answer_count DESC, comment.id DESC"
            }
        let scope: CommentScope = host.thread(zone: zone).scope
        let found: [Comment] = try await pool.query(
            "comment.list",
            """
            SELECT \(sql: Comment.columns(scope)) FROM comment
            JOIN account ON account.id = comment.account_id
            \(sql: scope.join)
            WHERE comment.depth = 1 AND \(sql: place) AND \(sql: scope.condition)
              AND (comment.withdrawn_at IS NULL OR comment.answer_count > 0)
            ORDER BY \(sql: direction) LIMIT \(limit + 1)
            """
        ).map(Comment.init(row:))
        let shown: [Comment] = Array(found.prefix(limit))
        let next: CommentCursor? =
            found.count > limit ? shown.last.map { CommentCursor(last: $0.id, answers: $0.answers) } : nil
        return CommentPage(conversations: try await conversations(shown, in: scope, answers: answers), next: next)
    }

    /// The whole conversation that a comment belongs to, when it is read under `host`.
    public func conversation(with comment: ID<Comment>, under host: CommentHost) async throws -> Conversation? {
        let scope: CommentScope = host.thread(zone: zone).scope
        let row: Row? = try await pool.one(
            "comment.top",
            """
            SELECT \(sql: Comment.columns(scope)) FROM comment AS said
            JOIN comment ON comment.id = said.top_id
            JOIN account ON account.id = comment.account_id
            \(sql: scope.join)
            WHERE said.id = \(comment) AND \(sql: scope.condition)
            """)
        guard let top = try row.map(Comment.init(row:)) else { return nil }
        return try await conversations([top], in: scope, answers: nil).first
    }

    /// What an account has said, the latest first, with where it is read.
    public func list(
        of account: ID<Account>, before last: ID<Comment>? = nil, limit: Int = 20
    ) async throws -> [(comment: Comment, place: CommentPlace)] {
        let rows: [Row] = try await pool.query(
            "comment.mine",
            """
            SELECT \(sql: Comment.columns(.any)), \(sql: CommentHost.columns) FROM comment
            JOIN account ON account.id = comment.account_id
            \(sql: CommentHost.joins)
            WHERE comment.account_id = \(account) AND comment.withdrawn_at IS NULL
              AND (\(last)::uuid IS NULL OR comment.id < \(last)::uuid)
            ORDER BY comment.id DESC LIMIT \(limit)
            """)
        let hosts: [CommentHost?] = try rows.map(CommentHost.init(row:))
        let places: [CommentHost: CommentPlace] = try await CommentPlace.load(Set(hosts.compactMap(\.self)), in: pool)
        return try zip(rows, hosts).compactMap { row, host in
            try host.flatMap { places[$0] }.map { (try Comment(row: row), $0) }
        }
    }

    /// The conversations of comments of the first level, in one statement, each with its answers in the order of time:
    /// an answer comes after what it answers and what answered that before. One
    /// that was withdrawn keeps its place while somebody answered it.
    private func conversations(
        _ tops: [Comment], in scope: CommentScope, answers: Int?
    ) async throws -> [Conversation] {
        guard !tops.isEmpty else { return [] }
        let rows: [Row] = try await pool.query(
            "comment.answers",
            """
            SELECT \(sql: Comment.columns(scope)) FROM (
                SELECT answer.id,
                       row_number() OVER (
                           PARTITION BY answer.top_id
                           ORDER BY CASE WHEN answer.depth = 2 THEN answer.id ELSE answer.parent_id END, answer.depth,
                                    answer.id) AS place
                FROM comment AS answer
                WHERE answer.top_id = ANY (\(tops.map(\.id))) AND answer.depth > 1
                  AND (answer.withdrawn_at IS NULL OR EXISTS (
                      SELECT FROM comment AS below
                      WHERE below.top_id = answer.top_id AND below.parent_id = answer.id
                        AND below.withdrawn_at IS NULL))
            ) AS answer
            JOIN comment ON comment.id = answer.id
            JOIN account ON account.id = comment.account_id
            \(sql: scope.join)
            WHERE \(answers.map { $0 + 1 })::bigint IS NULL OR answer.place <= \(answers.map { $0 + 1 })::bigint
            ORDER BY comment.top_id, answer.place
            """)
        let byTop: [ID<Comment>: [Comment]] = Dictionary(grouping: try rows.map(Comment.init(row:)), by: \.top)
        return tops.map { top in
            let all: [Comment] = byTop[top.id] ?? []
            return Conversation(
                comment: top, answers: answers.map { Array(all.prefix($0)) } ?? all,
                hasMore: answers.map { all.count > $0 } ?? false)
        }
    }
}
