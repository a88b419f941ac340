import Foundation
import Postgres

/// Photos that are answers: agents of the process see them once they were sent, and nobody else ever.
enum AnswerPhotos {
    /// Drops the photos of a draft that its answers no longer name.
    static func forget(
        except answers: Answers, ofDraft hash: [UInt8], in transaction: some Executor
    ) async throws {
        try await transaction.execute(
            "answer_photo.forget",
            """
            DELETE FROM answer_photo WHERE draft_hash = \(hash) AND medium_id <> ALL (\(answers.photos))
            """)
    }
}

extension Answers {
    /// The photos among the answers.
    var photos: [ID<Medium>] {
        byQuestion.values.compactMap { if case .photo(let medium, _) = $0 { medium } else { nil } }
    }

    /// The same answers, with other media in the place of their photos.
    func replacing(_ media: [ID<Medium>: ID<Medium>]) -> Answers {
        Answers(
            byQuestion.mapValues { value in
                if case .photo(let medium, let alt) = value, let other = media[medium] {
                    .photo(other, alt: alt)
                } else {
                    value
                }
            })
    }

    /// The same without photos that are not among these.
    func keeping(_ media: Set<ID<Medium>>) -> Answers {
        Answers(
            byQuestion.filter { _, value in
                if case .photo(let medium, _) = value { media.contains(medium) } else { true }
            })
    }
}

extension Answering {
    /// Makes a photo the answer to a question of a draft, in the place of the one before. It is kept without the moment,
    /// the name of its file and whoever brought it.
    ///
    /// - Parameter question: its key; a question of another kind, or none of the form, takes no photo.
    /// - Throws: ``AnsweringRefusal/gone``; `Refused<MediaRefusal>` for what is no image.
    public func keepPhoto(
        _ medium: PreparedMedium, showing alt: String, for question: String, under code: ResponseCode,
        of questionnaire: ID<Questionnaire>, by actor: Actor
    ) async throws {
        guard medium.kind == .image else { throw Refused(MediaRefusal.wrongType(.other)) }
        try await pool.transaction("answer_photo.keep") { transaction in
            guard let draft = try await draft([code], of: questionnaire, lock: true, in: transaction),
                try await Consultations.form(of: questionnaire, version: draft.version, in: transaction)?
                    .question(question)?.kind == .photo
            else { throw AnsweringRefusal.gone }
            let id: ID<Medium> = try await medium.store(by: actor, unlinkedIn: zone, in: transaction)
            try await transaction.execute(
                "answer_photo.insert",
                "INSERT INTO answer_photo (medium_id, draft_hash) VALUES (\(id), \(code.draftHash(secrets)))")
            var answers: Answers = draft.answers
            answers[question] = .photo(id, alt: alt)
            var content: AnswerDraft.Content = draft.content
            content.answers = answers.byQuestion
            try await write(content, under: code, in: transaction)
            try await AnswerPhotos.forget(except: answers, ofDraft: code.draftHash(secrets), in: transaction)
        }
    }
}

extension AnswerPhotos: MediaUse {
    /// Whoever withdraws an answer takes its photo back: no cache may go on showing it.
    static var isLasting: Bool { false }

    static let isPublic: SQL = "false"

    static func isOpen(to account: ID<Account>) -> SQL {
        """
        EXISTS (SELECT FROM answer_photo
                JOIN response ON response.id = answer_photo.response_id
                JOIN questionnaire ON questionnaire.id = response.questionnaire_id
                JOIN consultation ON consultation.id = questionnaire.consultation_id
                JOIN role_grant ON role_grant.account_id = \(account)
                WHERE answer_photo.medium_id = medium.id AND role_grant.role = 'participation_agent'
                  AND role_grant.revoked_at IS NULL AND role_grant.vote_id IS NULL
                  AND (role_grant.process_id IS NULL OR role_grant.process_id = consultation.process_id))
        """
    }
}
