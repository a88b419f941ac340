import Foundation
import Postgres
import PublicRecord

extension RollImports {
    /// Starts to write the difference that was shown and returns; `find` tells when it is done.
    ///
    /// - Throws: `RollRefusal.wrongStep`, `.outdated`; `NotAllowed`.
    public func startConfirming(_ id: ID<RollImport>, by actor: Actor) async throws {
        try await claimConfirming(id, by: actor)
        Task { try? await apply(id, by: actor) }
    }

    /// Makes the difference that was shown the next version of the roll.
    ///
    /// After the vote has opened the amendment stands in the public record, as an act of staff.
    public func confirm(_ id: ID<RollImport>, by actor: Actor) async throws {
        try await claimConfirming(id, by: actor)
        try await apply(id, by: actor)
    }

    private func claimConfirming(_ id: ID<RollImport>, by actor: Actor) async throws {
        try await pool.transaction("roll_import.claim_confirming") { transaction in
            let (vote, found) = try await lock(id, by: actor, transaction)
            guard found.state == .ready || found.state == .applying && found.isStalled else {
                throw RollRefusal.wrongStep
            }
            guard try await Self.latest(vote.id, transaction) == found.basedOn else { throw RollRefusal.outdated }
            try await transaction.execute(
                "roll_import.applying",
                "UPDATE roll_import SET state = 'applying', touched_at = now() WHERE id = \(id.uuid)")
        }
    }

    private static func latest(_ vote: ID<Vote>, _ transaction: some Executor) async throws -> Int {
        try await transaction.one(
            "roll_version.latest",
            "SELECT coalesce(max(number), 0)::int8 AS number FROM roll_version WHERE vote_id = \(vote.uuid)"
        )?.get("number") ?? 0
    }

    private func apply(_ id: ID<RollImport>, by actor: Actor) async throws {
        do {
            try await pool.transaction("roll_import.apply") { transaction in
                let (vote, found) = try await lock(id, by: actor, transaction)
                guard found.state == .applying else { throw RollRefusal.wrongStep }
                guard try await Self.latest(vote.id, transaction) == found.basedOn else { throw RollRefusal.outdated }
                try await write(found, vote, by: actor, transaction)
            }
        } catch {
            // The difference can be confirmed again, or the file read again.
            try await pool.execute(
                "roll_import.not_applied",
                "UPDATE roll_import SET state = 'ready' WHERE id = \(id.uuid) AND state = 'applying'")
            throw error
        }
        try await pool.execute("roll_entry.analyze", "ANALYZE roll_entry")
    }

    private func write(
        _ found: RollImport, _ vote: Vote, by actor: Actor, _ transaction: some Executor
    ) async throws {
        let number: Int = found.basedOn + 1
        let key: UUID = vote.id.uuid
        try await transaction.execute(
            "roll_version.insert",
            """
            INSERT INTO roll_version
                (id, vote_id, number, size, added, changed, removed, kept, file_name, file_hash, confirmed_by)
            SELECT \(ID<RollVersion>().uuid), vote_id, \(number), rows + kept, added, changed, removed, kept, name,
                   file_hash, \(actor.account)
            FROM roll_import WHERE id = \(found.id.uuid)
            """)
        if found.basedOn > 0 {
            try await change(found, key, number: number, transaction)
            try await remove(found, key, transaction)
        }
        try await add(found, key, number: number, transaction)
        try await transaction.execute("roll_piece.forget", "DELETE FROM roll_piece WHERE import_id = \(found.id.uuid)")
        try await Self.forget(found.id, in: transaction)
        try await transaction.execute(
            "roll_import.confirmed",
            """
            UPDATE roll_import SET state = 'confirmed', difference = '{}', sample = '[]', touched_at = now()
            WHERE id = \(found.id.uuid)
            """)
        if vote.opening == nil {
            // What is committed must be what the vote opens with.
            try await transaction.execute(
                "roll_commitment.undo", "DELETE FROM roll_commitment WHERE vote_id = \(key)")
        } else {
            try await Record.append(
                [Entry.staffActed(act: "amend_roll", role: actor.recordedRole, object: "roll")], to: vote.id,
                in: transaction)
        }
        try await Acts.record(
            "roll_version_confirmed", by: actor, on: "vote", vote.id,
            detail: [
                "version": String(number), "added": String(found.added), "changed": String(found.changed),
                "removed": String(found.removed), "kept": String(found.kept),
            ], in: transaction)
    }

    /// People who stand otherwise in the file, and those who come back.
    private func change(
        _ found: RollImport, _ vote: UUID, number: Int, _ transaction: some Executor
    ) async throws {
        try await transaction.execute(
            "roll_entry.change",
            """
            UPDATE roll_entry AS entry
            SET version = \(number), family_name = line.family_name, given_names = line.given_names,
                birth_date = line.birth_date, birth_year = line.birth_year, address = line.address,
                postcode = line.postcode, district = line.district, roll_number = line.roll_number, email = line.email,
                family_key = line.family_key, given_key = line.given_key, removed_at = NULL,
                line = CASE WHEN entry.line > 0 THEN entry.line ELSE last.line - entry.line END,
                committed = CASE WHEN entry.line <= (SELECT size FROM roll_commitment WHERE vote_id = \(vote))
                                 THEN coalesce(entry.committed, \(sql: RollCommitments.text("entry"))) END
            FROM roll_row AS line,
                 (SELECT max(line) - min(least(line, 0)) AS line FROM roll_entry WHERE vote_id = \(vote)) AS last
            WHERE line.import_id = \(found.id.uuid) AND entry.vote_id = \(vote) AND entry.identity = line.identity
              AND (entry.removed_at IS NOT NULL OR \(sql: Self.isChanged))
            """)
    }

    /// People whom the file leaves out, except those who have a mark; whoever was about to vote is signed out.
    private func remove(_ found: RollImport, _ vote: UUID, _ transaction: some Executor) async throws {
        try await transaction.execute(
            "roll_entry.remove",
            """
            WITH gone AS (
                SELECT entry.id, entry.person_id, row_number() OVER () AS place
                FROM roll_entry AS entry
                WHERE entry.vote_id = \(vote) AND entry.removed_at IS NULL AND NOT \(sql: Self.hasMark)
                  AND NOT EXISTS (SELECT FROM roll_row WHERE roll_row.import_id = \(found.id.uuid)
                                  AND roll_row.identity = entry.identity)
            ), signed_out AS (
                DELETE FROM session USING gone
                WHERE session.person_id = gone.person_id AND session.vote_id = \(vote)
            )
            UPDATE roll_entry
            SET removed_at = now(),
                line = CASE WHEN EXISTS (SELECT FROM vote_opening WHERE vote_id = \(vote)) THEN roll_entry.line
                            ELSE least(0, (SELECT min(line) FROM roll_entry WHERE vote_id = \(vote))) - gone.place END
            FROM gone WHERE roll_entry.id = gone.id
            """)
    }

    /// From this size on the first version of a roll has a partition of its own.
    private static let many = 10_000

    /// New people, each with a person of their own and the next lines in the order of their names.
    private func add(_ found: RollImport, _ vote: UUID, number: Int, _ transaction: some Executor) async throws {
        if found.basedOn == 0, found.rows >= Self.many {
            // Only while these indexes are built.
            try await transaction.execute("roll_entry.memory", "SET LOCAL maintenance_work_mem = '256MB'")
            try await transaction.execute(
                "roll_entry.people_of_first",
                "INSERT INTO person (id) SELECT person_id FROM roll_row WHERE import_id = \(found.id.uuid) ORDER BY 1")
            try await transaction.execute(
                "roll_entry.load", "SELECT roll_load(\(found.id.uuid), \(vote), \(number)::int4)")
            return
        }
        let isNew: SQL =
            """
            line.import_id = \(found.id.uuid)
            AND NOT EXISTS (SELECT FROM roll_entry AS entry
                            WHERE entry.vote_id = \(vote) AND entry.identity = line.identity)
            """
        try await transaction.execute(
            "roll_entry.people",
            "INSERT INTO person (id) SELECT line.person_id FROM roll_row AS line WHERE \(sql: isNew)")
        try await transaction.execute(
            "roll_entry.add",
            """
            INSERT INTO roll_entry (
                id, vote_id, person_id, version, line, identity, family_name, given_names, birth_date, birth_year,
                address, postcode, district, roll_number, email, family_key, given_key)
            SELECT line.id, \(vote), line.person_id, \(number),
                   greatest(0, (SELECT max(entry.line) FROM roll_entry AS entry WHERE entry.vote_id = \(vote)))
                       + row_number() OVER (ORDER BY line.family_key COLLATE "C", line.given_key COLLATE "C",
                                            line.birth_year, line.birth_date, line.source_line),
                   line.identity, line.family_name, line.given_names, line.birth_date, line.birth_year, line.address,
                   line.postcode, line.district, line.roll_number, line.email, line.family_key, line.given_key
            FROM roll_row AS line WHERE \(sql: isNew)
            """)
    }
}
