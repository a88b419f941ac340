import Foundation
import Postgres

/// Where two readings of a sheet differ, a third looks at it and decides.
extension QuestionnaireSheets {
    /// What a third finds where two readings differ.
    public enum Choice: String, Sendable, Codable, CaseIterable {
        case first, second
        /// Nobody can say what stands there.
        case unreadable
    }

    /// Settles the questions in which the readings differ.
    ///
    /// - Parameter choices: by the key of the question; what does not differ needs none.
    /// - Throws: `Refused<PaperRefusal>` with everything that is wrong; `NotAllowed` unless the actor is an agent of the
    ///   process.
    public func settle(
        _ choices: [String: Choice], because reason: String, of number: PaperNumber, of id: ID<Questionnaire>,
        by actor: Actor
    ) async throws {
        try await settling {
            try await pool.transaction("questionnaire_sheet.settle") { transaction in
                let scene: Scene = try await Self.scene(number, of: id, or: [], by: actor, in: transaction)
                guard scene.sheet.check == .differing else { throw Refused(PaperRefusal.nothingToSettle) }
                let readings: [SheetReading] = try await transaction.query(
                    "questionnaire_reading.both", Self.readings(of: number)
                ).map(SheetReading.init(row:))
                guard readings.count == 2 else { throw Refused(PaperRefusal.nothingToSettle) }
                guard !readings.contains(where: { $0.by == scene.reader }) else {
                    throw Refused(PaperRefusal.reader)
                }
                let differing: [String] = ReadingComparison.all(readings[0].found, readings[1].found, of: scene.form)
                    .filter { $0.differing > 0 }.map(\.question)
                var reasons: [PaperRefusal] = differing.filter { choices[$0] == nil }.map {
                    .choiceMissing(question: $0)
                }
                if let misfit = Self.misfit(of: reason) { reasons.append(misfit) }
                if !reasons.isEmpty { throw Refused(reasons: reasons) }
                let decided: [String: Choice] = choices.filter { differing.contains($0.key) }
                try await transaction.execute(
                    "questionnaire_settlement.insert",
                    """
                    INSERT INTO questionnaire_settlement (sheet_number, choices, reason, readers, settled_by, settled_on)
                    VALUES (\(number.number), \(PaperJSON.encode(decided))::jsonb, \(reason), \(readings.map(\.by)),
                            \(scene.reader), (now() AT TIME ZONE \(zone))::date)
                    """)
                var found: PaperAnswers = try await stands(scene, in: transaction)
                for (question, choice) in decided {
                    switch choice {
                    case .first: found.set(question, to: readings[0].found.found(question))
                    case .second: found.set(question, to: readings[1].found.found(question))
                    case .unreadable: found.set(question, to: .mark(.unreadable))
                    }
                }
                // An answer that opens questions which the first reading left out brings them from the second.
                for question in scene.form.asked(given: found.answers).flatMap(\.questions)
                where found.found(question.key) == .nothing && decided[question.key] == nil {
                    found.set(question.key, to: readings[0].found.found(question.key))
                }
                try await stand(found, as: .settled, because: reason, of: scene, by: actor, in: transaction)
                try await Acts.record(
                    "questionnaire_sheet_settled", by: actor, on: "questionnaire", id, detail: scene.detail,
                    in: transaction)
            }
        }
    }

    private func stands(_ scene: Scene, in transaction: some Executor) async throws -> PaperAnswers {
        guard
            let row = try await transaction.one(
                "questionnaire_sheet.settled_standing", Self.standing(of: scene.sheet.number))
        else { throw Refused(PaperRefusal.notEntered) }
        return try PaperAnswers(row: row)
    }
}
