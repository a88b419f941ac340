import Foundation
import Postgres

extension ProposalImports {
    /// Rows that are written in one transaction: few enough that a reader waits for nothing, and that what is lost by
    /// an interruption is written again in a moment.
    static let rowsAtOnce = 500

    /// Starts to write what was tried, or goes on with it, and returns; `find` tells how far it has come.
    ///
    /// - Throws: `ProposalImportRefusal.wrongStep`; `NotAllowed`.
    public func startWriting(_ id: ID<ProposalImport>, by actor: Actor) async throws {
        try await claim(id, by: actor)
        Task { try? await writeAll(id, by: actor) }
    }

    /// The same, and returns when all is written.
    public func write(_ id: ID<ProposalImport>, by actor: Actor) async throws {
        try await claim(id, by: actor)
        try await writeAll(id, by: actor)
    }

    private func claim(_ id: ID<ProposalImport>, by actor: Actor) async throws {
        try await pool.transaction("proposal_import.claim") { transaction in
            let found: ProposalImport = try await lock(id, by: actor, transaction)
            guard found.state == .tried || found.isStalled else { throw ProposalImportRefusal.wrongStep }
            try await transaction.execute(
                "proposal_import.writing",
                "UPDATE proposal_import SET state = 'writing', touched_at = now() WHERE id = \(id)")
        }
    }

    private func writeAll(_ id: ID<ProposalImport>, by actor: Actor) async throws {
        let (found, proposals) = try await pool.transaction("proposal_import.read") { transaction in
            let found: ProposalImport = try await lock(id, by: actor, transaction)
            return (found, try await read(found, found.columns, transaction).proposals)
        }
        for first in stride(from: 0, to: proposals.count, by: Self.rowsAtOnce) {
            let part = Array(proposals[first..<min(first + Self.rowsAtOnce, proposals.count)])
            try await pool.transaction("proposal_import.part") { transaction in
                let now: ProposalImport = try await lock(id, by: actor, transaction)
                guard now.state == .writing else { throw ProposalImportRefusal.wrongStep }
                try await insert(part, of: found, transaction)
            }
        }
        try await pool.transaction("proposal_import.end") { transaction in
            let now: ProposalImport = try await lock(id, by: actor, transaction)
            guard now.state == .writing else { throw ProposalImportRefusal.wrongStep }
            try await transaction.execute(
                "proposal_import.written",
                "UPDATE proposal_import SET state = 'written', file = '', touched_at = now() WHERE id = \(id)")
            try await Acts.record(
                "proposals_imported", by: actor, on: "process", now.process,
                detail: ["count": String(now.done)], in: transaction)
        }
        try await pool.execute("proposal_import.analyze", "ANALYZE proposal")
    }

    /// Writes the rows whose reference has made no proposal yet: each with its thread, its first version, its source,
    /// and its author where the row names one.
    private func insert(
        _ part: [ImportedProposal], of found: ProposalImport, _ transaction: Transaction
    ) async throws {
        let known: Set<String> = try await Self.known(part.map(\.reference), in: found.process, transaction)
        let fresh: [ImportedProposal] = part.filter { !known.contains($0.reference) }
        let rows = String(
            decoding: try JSONEncoder().encode(fresh.map { IdentifiedProposal(proposal: $0) }), as: UTF8.self)
        try await transaction.execute(
            "proposal_import.insert_part",
            """
            WITH row AS MATERIALIZED (
                SELECT id, thread, p.*,
                       coalesce(least((p.published::date + time '12:00') AT TIME ZONE \(zone), clock_timestamp()),
                                clock_timestamp()) AS published_at
                FROM jsonb_to_recordset(\(rows)::jsonb) AS item (id uuid, thread uuid, proposal jsonb),
                     jsonb_to_record(item.proposal) AS p (
                         line integer, reference text, title text, body text, theme uuid, district text, place text,
                         latitude float8, longitude float8, cost bigint, author text, published text)),
            new_thread AS (INSERT INTO thread (id) SELECT thread FROM row),
            new_proposal AS (
                INSERT INTO proposal (id, process_id, thread_id, language, title, body, theme_id, district_code, place,
                                      latitude, longitude, cost, status, created_at, changed_at, published_at)
                SELECT id, \(found.process), thread, \(found.language), title, body, theme, district, place, latitude,
                       longitude, cost, 'received', published_at, published_at, published_at
                FROM row ORDER BY line),
            new_version AS (
                INSERT INTO proposal_version (proposal_id, number, title, body, place, cost, reason, written_at)
                SELECT id, 1, title, body, place, cost, 'published', published_at FROM row),
            new_author AS (
                INSERT INTO proposal_author (proposal_id, place, name)
                SELECT id, 1, author FROM row WHERE author IS NOT NULL)
            INSERT INTO proposal_source (proposal_id, process_id, kind, reference)
            SELECT id, \(found.process), 'import', reference FROM row
            """)
        try await transaction.execute(
            "proposal_import.progress",
            """
            UPDATE proposal_import SET done = done + \(Int32(fresh.count)), touched_at = now() WHERE id = \(found.id)
            """)
    }
}

/// A row with the identities that it gets.
private struct IdentifiedProposal: Encodable {
    let id = ID<Proposal>().uuid
    let thread = UUID()
    let proposal: ImportedProposal
}
