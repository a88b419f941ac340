import Postgres

/// Pictures of sheets that came back, as evidence for who enters and reads them.
extension WalkSheets {
    /// Pictures that one sheet may have.
    public static let mostScans = 4

    /// Adds a picture, or a PDF of a scanner.
    ///
    /// - Throws: `WalkSheetRefusal.tooManyScans`; `NotAllowed` unless the actor is of the crew or an agent of the
    ///   process.
    @discardableResult
    public func add(
        _ scan: PreparedMedium, to number: SheetNumber, of walk: ID<Walk>, by actor: Actor
    ) async throws -> ID<Medium> {
        try await pool.transaction("walk_sheet.scan") { transaction in
            let walk: Walk = try await Walks.requireCrew(walk, of: actor, in: transaction)
            let sheet: WalkSheet = try await Self.lock(number, of: walk.id, in: transaction)
            guard sheet.scans < Self.mostScans else { throw WalkSheetRefusal.tooManyScans }
            let medium: ID<Medium> = try await scan.store(by: actor, in: transaction)
            try await transaction.execute(
                "walk_sheet.add_scan",
                "INSERT INTO walk_sheet_scan (sheet_id, medium_id) VALUES (\(sheet.id), \(medium))")
            try await Acts.record(
                "walk_sheet_scanned", by: actor, on: "walk_sheet", sheet.id,
                detail: ["walk": walk.handle, "sheet": number.text], in: transaction)
            return medium
        }
    }

    /// Takes a picture away for good.
    ///
    /// - Throws: `NotAllowed` unless the actor is of the crew or an agent of the process.
    public func remove(
        _ scan: ID<Medium>, of number: SheetNumber, of walk: ID<Walk>, by actor: Actor
    ) async throws {
        try await pool.transaction("walk_sheet.remove_scan") { transaction in
            let walk: Walk = try await Walks.requireCrew(walk, of: actor, in: transaction)
            let sheet: WalkSheet = try await Self.lock(number, of: walk.id, in: transaction)
            let count: Int = try await transaction.execute(
                "walk_sheet.delete_scan",
                "DELETE FROM walk_sheet_scan WHERE sheet_id = \(sheet.id) AND medium_id = \(scan)")
            guard count > 0 else { return }
            try await Acts.record(
                "walk_sheet_scan_removed", by: actor, on: "walk_sheet", sheet.id,
                detail: ["walk": walk.handle, "sheet": number.text], in: transaction)
        }
    }
}

extension WalkSheets: MediaUse {
    /// A hand can be recognised: nobody but who works on the walk sees it, whatever becomes of what it wrote.
    static let isPublic: SQL = "false"

    static func isOpen(to account: ID<Account>) -> SQL {
        """
        EXISTS (SELECT FROM walk_sheet_scan
                JOIN walk_sheet ON walk_sheet.id = walk_sheet_scan.sheet_id
                JOIN walk ON walk.id = walk_sheet.walk_id
                WHERE walk_sheet_scan.medium_id = medium.id
                  AND (\(sql: Walks.isCrew(account))
                       OR EXISTS (SELECT FROM role_grant
                                  WHERE role_grant.account_id = \(account)
                                    AND role_grant.role = 'participation_agent' AND role_grant.revoked_at IS NULL
                                    AND role_grant.vote_id IS NULL
                                    AND (role_grant.process_id IS NULL
                                         OR role_grant.process_id = walk.process_id))))
        """
    }
}
