import Foundation
import Postgres

/// The figures that can be put into the synthesis of a consultation: of its questionnaires, debates and texts.
public struct FigureCatalogue: Sendable {
    /// A figure, by its mark and what it is called.
    public struct Entry: Sendable, Hashable {
        /// The mark.
        public let mark: FigureMark
        /// What it is about: a question, a debate, a text; nil for the whole consultation.
        public let title: Texts?
        /// The questionnaire that it belongs to; nil for what belongs to none.
        public let questionnaire: Texts?
    }

    /// A questionnaire with what its versions ask.
    struct Asked: Sendable {
        let questionnaire: Questionnaire
        let form: JoinedForm
    }

    let consultation: Consultation
    let asked: [Asked]
    let debates: [(handle: String, question: Texts)], texts: [(handle: String, title: Texts)]
    /// The themes that were found in what people wrote, by their names as voices.
    let themes: [String: Texts]

    /// The figures that are offered. A cross-table of any two questions with options can be named beside them.
    public var entries: [Entry] {
        var entries: [Entry] = [Entry(mark: .answers, title: nil, questionnaire: nil)]
        for one in asked {
            let (handle, title): (String, Texts) = (one.questionnaire.handle, one.questionnaire.title)
            entries.append(Entry(mark: .people(questionnaire: handle), title: nil, questionnaire: title))
            for question in one.form.questions where question.kind != .photo {
                entries.append(
                    Entry(
                        mark: .question(questionnaire: handle, question: question.key), title: question.title,
                        questionnaire: title))
                if question.kind.isText {
                    entries.append(
                        Entry(
                            mark: .quotes(questionnaire: handle, question: question.key), title: question.title,
                            questionnaire: title))
                }
            }
            entries.append(Entry(mark: .paper(questionnaire: handle), title: nil, questionnaire: title))
        }
        return entries
            + debates.map { Entry(mark: .arguments(debate: $0.handle), title: $0.question, questionnaire: nil) }
            + texts.map { Entry(mark: .wordings(text: $0.handle), title: $0.title, questionnaire: nil) }
    }

    /// Whether there is such a figure.
    public func contains(_ mark: FigureMark) -> Bool {
        func question(_ handle: String, _ key: String) -> QuestionnaireForm.Question? {
            form(handle)?.question(key)
        }
        return switch mark {
        case .answers: true
        case .people(let handle), .paper(let handle): form(handle) != nil
        case .question(let handle, let key): question(handle, key) != nil
        case .quotes(let handle, let key): question(handle, key)?.kind.isText == true
        case .crossing(let handle, let rows, let columns):
            rows != columns
                && [rows, columns].allSatisfy { question(handle, $0)?.kind.isCrossed == true }
        case .arguments(let handle): debates.contains { $0.handle == handle }
        case .wordings(let handle): texts.contains { $0.handle == handle }
        }
    }

    /// The marks in texts.
    ///
    /// - Throws: `SynthesisRefusal.noSuchFigure` for the first line that is a mark of nothing.
    @discardableResult
    func check(_ texts: Texts, in section: SynthesisSection) throws(SynthesisRefusal) -> Set<FigureMark> {
        var marks: Set<FigureMark> = []
        for (language, text) in texts.byLanguage.sorted(by: { $0.key < $1.key }) {
            for case .mark(let written, let line) in FigurePassage.passages(of: text) {
                guard let mark = FigureMark(written), contains(mark) else {
                    throw .noSuchFigure(section, language: language, line: line, mark: written)
                }
                marks.insert(mark)
            }
        }
        return marks
    }

    func form(_ handle: String) -> JoinedForm? { asked.first { $0.questionnaire.handle == handle }?.form }

    // MARK: Reading

    static func load(_ consultation: Consultation, in executor: some Executor) async throws -> FigureCatalogue {
        let answers: [[Row]] = try await executor.pipeline([
            (
                "figures.debates",
                """
                SELECT handle, question::text AS question FROM debate
                WHERE consultation_id = \(consultation.id) AND published_at IS NOT NULL ORDER BY created_at, handle
                """
            ),
            (
                "figures.texts",
                """
                SELECT handle, jsonb_build_object(language, title)::text AS title FROM consultation_text
                WHERE consultation_id = \(consultation.id) AND live_version IS NOT NULL ORDER BY position, handle
                """
            ),
        ])
        return FigureCatalogue(
            consultation: consultation, asked: try await forms(of: consultation.id, in: executor),
            debates: try answers[0].map { (try $0.get("handle"), try Texts(json: $0.get("question"))) },
            texts: try answers[1].map { (try $0.get("handle"), try Texts(json: $0.get("title"))) },
            themes: try await themes(of: consultation.id, in: executor))
    }

    /// The questionnaires of a consultation that were opened, with what their versions ask.
    static func forms(of consultation: ID<Consultation>, in executor: some Executor) async throws -> [Asked] {
        let questionnaires: [Questionnaire] = try await Consultations.questionnaires(
            where: "questionnaire.consultation_id = \(consultation) AND questionnaire.live_version IS NOT NULL",
            in: executor)
        let rows: [Row] = try await executor.query(
            "figures.forms",
            """
            SELECT questionnaire_id, number, form::text AS form FROM questionnaire_version
            WHERE questionnaire_id = ANY (\(questionnaires.map(\.id))) AND frozen_at IS NOT NULL
            ORDER BY questionnaire_id, number DESC
            """)
        var versions: [ID<Questionnaire>: [(number: Int, form: QuestionnaireForm)]] = [:]
        for row in rows {
            versions[try row.get("questionnaire_id"), default: []].append(
                (Int(try row.get("number", as: Int32.self)), try QuestionnaireForm(json: row.get("form"))))
        }
        return questionnaires.map { Asked(questionnaire: $0, form: JoinedForm(versions[$0.id] ?? [])) }
    }

    /// The themes that were found in what people wrote: `usages/besoins/<identity>`, and what they are called.
    static func themes(
        of consultation: ID<Consultation>, in executor: some Executor
    ) async throws -> [String: Texts] {
        let rows: [Row] = try await executor.query(
            "figures.themes",
            """
            SELECT questionnaire.handle || '/' || answer_theme.question || '/' || answer_theme.id AS target,
                   answer_theme.title::text AS title
            FROM answer_theme JOIN questionnaire ON questionnaire.id = answer_theme.questionnaire_id
            WHERE questionnaire.consultation_id = \(consultation)
            """)
        return Dictionary(
            uniqueKeysWithValues: try rows.map { (try $0.get("target"), try Texts(json: $0.get("title"))) })
    }
}

extension FigureCatalogue {
    /// What of the questionnaires a decision may be said to answer, to be chosen from a list: questions and their
    /// options. Themes stand beside their questions.
    public var choices: [VoiceLabel] {
        asked.flatMap { one in
            one.form.questions.flatMap { question -> [VoiceLabel] in
                let name = "\(one.questionnaire.handle)/\(question.key)"
                func label(_ voice: Voice, _ context: Texts, _ words: Texts) -> VoiceLabel {
                    VoiceLabel(voice: voice, context: context, words: words, number: nil, path: nil)
                }
                let found: [VoiceLabel] = themes.filter { $0.key.hasPrefix("\(name)/") }
                    .sorted { $0.key < $1.key }
                    .map { label(Voice(.theme, $0.key), question.title, $0.value) }
                return [label(Voice(.question, name), Texts([:]), question.title)]
                    + (question.rows.isEmpty ? question.options : question.rows).map {
                        label(Voice(.option, "\(name)/\($0.key)"), question.title, $0.title)
                    } + found
            }
        }
    }
}
