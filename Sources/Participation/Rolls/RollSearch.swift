import Foundation
import Postgres

/// The words somebody types to find a person on a roll: beginnings of names, in any order.
struct RollSearch {
    private let words: [String]
    /// The number, when nothing but a number was typed.
    let number: Int?

    init(_ typed: String) {
        words = NameText.words(NameText.key(typed)).prefix(8).map(String.init)
        number = words.count == 1 ? Int(words[0]) : nil
    }

    var isEmpty: Bool { words.isEmpty }

    /// People whose family name or given names begin with all words typed, or with one of them while every other one
    /// begins some word of either name.
    ///
    /// Each way is a walk along an index in its order, so that a frequent beginning stops at `limit`.
    func byNames(in vote: ID<Vote>, limit: Int) -> SQL {
        var ways: [SQL] = []
        let whole: String = words.joined(separator: " ")
        ways.append(way(along: "family_key", from: whole, others: [], in: vote, limit: limit))
        if words.count > 1 {
            for (place, word) in words.enumerated() {
                let others: [String] = words.enumerated().filter { $0.offset != place }.map(\.element)
                ways.append(way(along: "family_key", from: word, others: others, in: vote, limit: limit))
            }
        }
        ways.append(way(along: "given_key", from: whole, others: [], in: vote, limit: limit))
        return """
            SELECT \(sql: RollEntry.columns) FROM (
                SELECT DISTINCT ON (way.family_key, way.given_key, way.id) way.*
                FROM (\(sql: ways.joined(separator: " UNION ALL "))) AS way
                ORDER BY way.family_key, way.given_key, way.id, way.rank
            ) AS roll_entry
            ORDER BY (roll_entry.rank = 'given_key'), roll_entry.family_key, roll_entry.given_key, roll_entry.line
            LIMIT \(limit)
            """
    }

    private func way(
        along column: SQL, from start: String, others: [String], in vote: ID<Vote>, limit: Int
    ) -> SQL {
        let both: SQL = "(' ' || entry.family_key || ' ' || entry.given_key)"
        let conditions: SQL = others.map { word -> SQL in
            " AND \(sql: both) LIKE '% ' || \(word) || '%'"
        }.joined(separator: "")
        let order: SQL = "entry.\(sql: column) USING ~<~"
        return """
            (SELECT entry.*, '\(sql: column)' AS rank FROM roll_entry AS entry
             WHERE entry.vote_id = \(vote.uuid) AND entry.removed_at IS NULL
               AND entry.\(sql: column) ~>=~ \(start) AND entry.\(sql: column) ~<~ \(start + "\u{10FFFF}")
               \(sql: conditions)
             ORDER BY \(sql: order) LIMIT \(limit))
            """
    }

    /// People whose family name begins with the same three letters as a word typed, the most similar names first.
    func alike(in vote: ID<Vote>, limit: Int) -> SQL {
        let typed: String = words.joined(separator: " ")
        let ways: [SQL] = words.filter { $0.count > 2 }.map { word in
            let start = String(word.prefix(3))
            return """
                SELECT entry.*, similarity(entry.family_key || ' ' || entry.given_key, \(typed)) AS likeness
                FROM roll_entry AS entry
                WHERE entry.vote_id = \(vote.uuid) AND entry.removed_at IS NULL
                  AND entry.family_key ~>=~ \(start) AND entry.family_key ~<~ \(start + "\u{10FFFF}")
                """
        }
        guard !ways.isEmpty else {
            return "SELECT \(sql: RollEntry.columns) FROM roll_entry WHERE false"
        }
        return """
            SELECT \(sql: RollEntry.columns) FROM (
                SELECT DISTINCT ON (way.id) way.* FROM (\(sql: ways.joined(separator: " UNION ALL "))) AS way
                WHERE way.likeness > 0.35
            ) AS roll_entry
            ORDER BY roll_entry.likeness DESC, roll_entry.line LIMIT \(limit)
            """
    }
}
