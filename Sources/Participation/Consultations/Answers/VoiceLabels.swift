import Foundation
import Postgres

/// What things that people said are called and where they are read: of those that everybody may read now.
enum VoiceLabels {
    /// The names of these voices. One that is not public, or belongs to another consultation or process, has none.
    static func find(
        _ voices: [Voice], for consultation: Consultation, in executor: some Executor
    ) async throws -> [Voice: VoiceLabel] {
        guard !voices.isEmpty else { return [:] }
        func targets(_ kind: Voice.Kind) -> [String] { voices.filter { $0.kind == kind }.map(\.target) }
        let own = "/consultations/\(consultation.handle)"
        let statements: [(Voice.Kind, StaticString, SQL)] = [
            (
                .argument, "voice.arguments",
                """
                SELECT debate.handle || '/' || argument.number AS target, debate.question::text AS context,
                       argument.title AS words, argument.language, argument.number,
                       \(own) || '/debates/' || debate.handle || '/arguments/' || argument.number AS path
                FROM argument JOIN debate ON debate.id = argument.debate_id
                WHERE debate.consultation_id = \(consultation.id) AND debate.published_at IS NOT NULL
                  AND argument.withdrawn_at IS NULL
                  AND debate.handle || '/' || argument.number = ANY (\(targets(.argument)))
                """
            ),
            (
                .paragraph, "voice.paragraphs",
                """
                SELECT consultation_text.handle || '/' || text_paragraph.number AS target,
                       jsonb_build_object(consultation_text.language, consultation_text.title)::text AS context,
                       text_passage.body AS words, consultation_text.language, text_paragraph.number,
                       \(own) || '/texts/' || consultation_text.handle || '/paragraphs/' || text_paragraph.number AS path
                FROM text_paragraph JOIN consultation_text ON consultation_text.id = text_paragraph.text_id
                JOIN LATERAL (SELECT body FROM text_passage JOIN text_version USING (text_id)
                              WHERE text_passage.paragraph_id = text_paragraph.id
                                AND text_version.number = text_passage.version
                                AND text_version.published_at IS NOT NULL
                              ORDER BY text_passage.version DESC LIMIT 1) AS text_passage ON true
                WHERE consultation_text.consultation_id = \(consultation.id)
                  AND consultation_text.handle || '/' || text_paragraph.number = ANY (\(targets(.paragraph)))
                """
            ),
            (
                .wording, "voice.wordings",
                """
                SELECT consultation_text.handle || '/' || text_suggestion.number AS target,
                       jsonb_build_object(consultation_text.language, consultation_text.title)::text AS context,
                       text_suggestion.body AS words, text_suggestion.language, text_suggestion.number,
                       \(own) || '/texts/' || consultation_text.handle || '/suggestions/' || text_suggestion.number AS path
                FROM text_suggestion JOIN consultation_text ON consultation_text.id = text_suggestion.text_id
                JOIN text_paragraph ON text_paragraph.id = text_suggestion.paragraph_id
                WHERE consultation_text.consultation_id = \(consultation.id) AND text_suggestion.state <> 'withdrawn'
                  AND consultation_text.handle || '/' || text_suggestion.number = ANY (\(targets(.wording)))
                """
            ),
            (
                .comment, "voice.comments",
                """
                SELECT comment.id::text AS target, place.context, comment.body AS words, comment.language,
                       NULL::integer AS number, place.path || '#comment-' || comment.id AS path
                FROM comment JOIN (
                    SELECT thread_id, jsonb_build_object(language, title)::text AS context,
                           '/proposals/' || number || '/comments' AS path
                    FROM proposal WHERE process_id = \(consultation.process) AND published_at IS NOT NULL
                    UNION ALL
                    SELECT argument.thread_id, debate.question::text,
                           \(own) || '/debates/' || debate.handle || '/arguments/' || argument.number || '/comments'
                    FROM argument JOIN debate ON debate.id = argument.debate_id
                    WHERE debate.consultation_id = \(consultation.id) AND debate.published_at IS NOT NULL
                    UNION ALL
                    SELECT text_paragraph.thread_id,
                           jsonb_build_object(consultation_text.language, consultation_text.title)::text,
                           \(own) || '/texts/' || consultation_text.handle || '/paragraphs/' || text_paragraph.number
                               || '/comments'
                    FROM text_paragraph JOIN consultation_text ON consultation_text.id = text_paragraph.text_id
                    WHERE consultation_text.consultation_id = \(consultation.id)
                ) AS place ON place.thread_id = comment.thread_id
                WHERE comment.withdrawn_at IS NULL AND comment.id::text = ANY (\(targets(.comment)))
                """
            ),
            (
                .proposal, "voice.proposals",
                """
                SELECT number::text AS target, '{}' AS context, title AS words, language, number::integer AS number,
                       '/proposals/' || number AS path
                FROM proposal WHERE process_id = \(consultation.process) AND published_at IS NOT NULL
                  AND number::text = ANY (\(targets(.proposal)))
                """
            ),
            (
                .observation, "voice.observations",
                """
                SELECT walk.handle || '/' || observation.number AS target, walk.title::text AS context,
                       observation.words, observation.language, observation.number,
                       '/walks/' || walk.handle || '/observations/' || observation.number AS path
                FROM observation JOIN walk ON walk.id = observation.walk_id
                WHERE walk.process_id = \(consultation.process) AND walk.published_at IS NOT NULL
                  AND observation.state = 'published'
                  AND walk.handle || '/' || observation.number = ANY (\(targets(.observation)))
                """
            ),
            (
                .contribution, "voice.contributions",
                """
                SELECT event.handle || '/' || event_contribution.number AS target, event.title::text AS context,
                       event_contribution.words, event_contribution.language, event_contribution.number,
                       '/events/' || event.handle || '#contribution-' || event_contribution.number AS path
                FROM event_contribution JOIN event ON event.id = event_contribution.event_id
                WHERE event.process_id = \(consultation.process) AND event.published_at IS NOT NULL
                  AND event.handle || '/' || event_contribution.number = ANY (\(targets(.contribution)))
                """
            ),
        ]
        let answers: [[Row]] = try await executor.pipeline(statements.map { ($0.1, $0.2) })
        var labels: [Voice: VoiceLabel] = [:]
        for (statement, rows) in zip(statements, answers) {
            for row in rows {
                let voice = Voice(statement.0, try row.get("target"))
                labels[voice] = VoiceLabel(
                    voice: voice, context: try Texts(json: row.get("context")),
                    words: Texts([try row.get("language"): try row.get("words")]),
                    number: try row.get("number", as: Int32?.self).map { String($0) }, path: try row.get("path"))
            }
        }
        let asked: [Voice] = voices.filter { [.question, .option, .theme].contains($0.kind) }
        for label in try await questions(asked, of: consultation, in: executor) { labels[label.voice] = label }
        return labels
    }

    /// Questions, options and themes of questionnaires, as their live versions word them.
    private static func questions(
        _ voices: [Voice], of consultation: Consultation, in executor: some Executor
    ) async throws -> [VoiceLabel] {
        guard !voices.isEmpty else { return [] }
        let forms: [String: JoinedForm] = Dictionary(
            uniqueKeysWithValues: try await FigureCatalogue.forms(of: consultation.id, in: executor).map {
                ($0.questionnaire.handle, $0.form)
            })
        let themes: [String: Texts] = try await FigureCatalogue.themes(of: consultation.id, in: executor)
        return voices.compactMap { voice in
            let names: [String] = voice.target.split(separator: "/").map(String.init)
            guard names.count >= 2, let question = forms[names[0]]?.question(names[1]) else { return nil }
            let path = "/consultations/\(consultation.handle)/results"
            func label(_ context: Texts, _ words: Texts) -> VoiceLabel {
                VoiceLabel(voice: voice, context: context, words: words, number: nil, path: path)
            }
            switch (voice.kind, names.count) {
            case (.question, 2): return label(Texts([:]), question.title)
            case (.option, 3):
                return (question.options + question.rows).first { $0.key == names[2] }.map {
                    label(question.title, $0.title)
                }
            case (.theme, 3): return themes[voice.target].map { label(question.title, $0) }
            default: return nil
            }
        }
    }
}
