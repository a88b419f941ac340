import Postgres

/// Pictures of sheets that came back, as evidence for who enters and settles them.
extension QuestionnaireSheets {
    /// Pictures that one sheet may have.
    public static let mostScans = 4

    /// Adds a picture, or a PDF of a scanner.
    ///
    /// - Throws: `PaperRefusal.tooManyScans`; `NotAllowed` unless the actor is an agent or an entry operator of the
    ///   process.
    @discardableResult
    public func add(
        _ scan: PreparedMedium, to number: PaperNumber, of id: ID<Questionnaire>, by actor: Actor
    ) async throws -> ID<Medium> {
        try await pool.transaction("questionnaire_sheet.scan") { transaction in
            let (questionnaire, consultation) = try await Self.require(id, by: actor, in: transaction)
            let sheet: QuestionnaireSheet = try await Self.lock(number, of: id, in: transaction)
            let row: Row? = try await transaction.one(
                "questionnaire_sheet_scan.count",
                "SELECT count(*) AS n FROM questionnaire_sheet_scan WHERE sheet_number = \(sheet.number.number)")
            guard try row?.get("n", as: Int64.self) ?? 0 < Self.mostScans else { throw PaperRefusal.tooManyScans }
            let medium: ID<Medium> = try await scan.store(by: actor, in: transaction)
            try await transaction.execute(
                "questionnaire_sheet_scan.add",
                """
                INSERT INTO questionnaire_sheet_scan (sheet_number, medium_id)
                VALUES (\(sheet.number.number), \(medium))
                """)
            try await Acts.record(
                "questionnaire_sheet_scanned", by: actor, on: "questionnaire", id,
                detail: [
                    "consultation": consultation.handle, "questionnaire": questionnaire.handle, "sheet": number.text,
                ], in: transaction)
            return medium
        }
    }

    /// Takes a picture away for good.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent or an entry operator of the process.
    public func remove(
        _ scan: ID<Medium>, of number: PaperNumber, of id: ID<Questionnaire>, by actor: Actor
    ) async throws {
        try await pool.transaction("questionnaire_sheet.remove_scan") { transaction in
            let (questionnaire, consultation) = try await Self.require(id, by: actor, in: transaction)
            let sheet: QuestionnaireSheet = try await Self.lock(number, of: id, in: transaction)
            let count: Int = try await transaction.execute(
                "questionnaire_sheet_scan.remove",
                """
                DELETE FROM questionnaire_sheet_scan
                WHERE sheet_number = \(sheet.number.number) AND medium_id = \(scan)
                """)
            guard count > 0 else { return }
            try await Acts.record(
                "questionnaire_sheet_scan_removed", by: actor, on: "questionnaire", id,
                detail: [
                    "consultation": consultation.handle, "questionnaire": questionnaire.handle, "sheet": number.text,
                ], in: transaction)
        }
    }
}

extension QuestionnaireSheets: MediaUse {
    /// A hand can be recognised: nobody but who works on the paper sees it.
    static let isPublic: SQL = "false"

    static func isOpen(to account: ID<Account>) -> SQL {
        """
        EXISTS (SELECT FROM questionnaire_sheet_scan
                JOIN questionnaire_sheet ON questionnaire_sheet.number = questionnaire_sheet_scan.sheet_number
                JOIN questionnaire ON questionnaire.id = questionnaire_sheet.questionnaire_id
                JOIN consultation ON consultation.id = questionnaire.consultation_id
                JOIN role_grant ON role_grant.account_id = \(account)
                WHERE questionnaire_sheet_scan.medium_id = medium.id
                  AND role_grant.role IN ('participation_agent', 'entry_operator') AND role_grant.revoked_at IS NULL
                  AND role_grant.vote_id IS NULL
                  AND (role_grant.process_id IS NULL OR role_grant.process_id = consultation.process_id))
        """
    }
}
