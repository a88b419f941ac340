import Foundation
import Postgres

extension RollImports {
    /// What stands for a row of a file, or of the roll, in the difference that is shown.
    private static func person(_ table: SQL) -> SQL {
        """
        json_build_object(
            'familyName', \(sql: table).family_name, 'givenNames', \(sql: table).given_names,
            'birth', coalesce(\(sql: table).birth_date::text, \(sql: table).birth_year::text, ''),
            'address', \(sql: table).address, 'postcode', \(sql: table).postcode, 'district', \(sql: table).district,
            'rollNumber', \(sql: table).roll_number, 'email', \(sql: table).email)
        """
    }

    /// Whether a row of the file says something else than the entry of the same person.
    static let isChanged: SQL =
        """
        (entry.family_name, entry.given_names, entry.birth_date, entry.birth_year, entry.address, entry.postcode,
         entry.district, entry.roll_number, entry.email)
        IS DISTINCT FROM
        (line.family_name, line.given_names, line.birth_date, line.birth_year, line.address, line.postcode,
         line.district, line.roll_number, line.email)
        """

    /// Whoever was ever marked is not removed by a file.
    static let hasMark: SQL =
        """
        EXISTS (SELECT FROM mark WHERE mark.vote_id = entry.vote_id AND mark.person_id = entry.person_id)
        """

    /// Counts what the file would change, keeps rows that show it, and makes the import ready to be confirmed.
    func compare(_ id: ID<RollImport>, _ vote: Vote, rows: Int, _ transaction: some Executor) async throws {
        let both: SQL =
            """
            WITH line AS NOT MATERIALIZED (SELECT * FROM roll_row WHERE import_id = \(id.uuid)),
                 entry AS NOT MATERIALIZED (
                     SELECT * FROM roll_entry WHERE vote_id = \(vote.id.uuid) AND removed_at IS NULL)
            """
        let answers: [[Row]] = try await transaction.pipeline([
            (
                "roll_row.matched",
                """
                \(sql: both)
                SELECT count(*) AS matched, count(*) FILTER (WHERE \(sql: Self.isChanged)) AS changed
                FROM line JOIN entry ON entry.identity = line.identity
                """
            ),
            (
                "roll_row.left_out",
                """
                \(sql: both)
                SELECT count(*) AS left_out, count(*) FILTER (WHERE \(sql: Self.hasMark)) AS kept
                FROM entry WHERE NOT EXISTS (SELECT FROM line WHERE line.identity = entry.identity)
                """
            ),
            (
                "roll_row.samples",
                """
                \(sql: both)
                SELECT json_build_object(
                    'added', ARRAY(
                        SELECT \(sql: Self.person("line")) FROM line
                        WHERE NOT EXISTS (SELECT FROM entry WHERE entry.identity = line.identity)
                        LIMIT 20),
                    'changed', ARRAY(
                        SELECT json_build_object('before', \(sql: Self.person("entry")),
                                                 'after', \(sql: Self.person("line")))
                        FROM line JOIN entry ON entry.identity = line.identity
                        WHERE \(sql: Self.isChanged) LIMIT 20),
                    'removed', ARRAY(
                        SELECT \(sql: Self.person("entry")) FROM entry
                        WHERE NOT EXISTS (SELECT FROM line WHERE line.identity = entry.identity)
                          AND NOT \(sql: Self.hasMark) LIMIT 20),
                    'kept', ARRAY(
                        SELECT \(sql: Self.person("entry")) FROM entry
                        WHERE NOT EXISTS (SELECT FROM line WHERE line.identity = entry.identity)
                          AND \(sql: Self.hasMark) LIMIT 20))::text AS difference
                """
            ),
            (
                "roll_row.minors",
                """
                SELECT count(*) AS minors FROM roll_row
                WHERE import_id = \(id.uuid)
                  AND (birth_date + make_interval(years => \(vote.settings.minimumAge)::int) > \(vote.settings.closes)
                       OR birth_date IS NULL AND birth_year + \(vote.settings.minimumAge)
                          > extract(year FROM \(vote.settings.closes)))
                """
            ),
        ])
        guard let matched = answers[0].first, let left = answers[1].first, let samples = answers[2].first,
            let minors = answers[3].first
        else { throw RollRefusal.wrongStep }
        let kept: Int = try left.get("kept")
        try await transaction.execute(
            "roll_import.ready",
            """
            UPDATE roll_import
            SET state = 'ready', rows = \(rows), problems = 0, done = bytes,
                added = \(rows - (try matched.get("matched", as: Int.self))),
                changed = \(try matched.get("changed", as: Int.self)),
                removed = \((try left.get("left_out", as: Int.self)) - kept), kept = \(kept),
                minors = \(try minors.get("minors", as: Int.self)),
                difference = \(try samples.get("difference", as: String.self))::jsonb,
                based_on = coalesce((SELECT max(number) FROM roll_version WHERE vote_id = \(vote.id.uuid)), 0),
                touched_at = now()
            WHERE id = \(id.uuid)
            """)
    }
}
