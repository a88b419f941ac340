import Foundation
import Participation

/// Makes printed questionnaires.
struct QuestionnairePress: Sendable {
    /// Numbered sheets in one file: the press has a minute.
    static let sheetsAtOnce = 20

    private let site: Site
    private let consultations: Consultations
    private let sheets: QuestionnaireSheets
    private let districts: Districts

    /// The press over the capabilities it needs.
    init(site: Site, consultations: Consultations, sheets: QuestionnaireSheets, districts: Districts) {
        self.site = site
        self.consultations = consultations
        self.sheets = sheets
        self.districts = districts
    }

    /// How a questionnaire is asked for: `?language=de&size=large&draft=1`.
    struct Choice: Sendable {
        let language: Language
        let format: SheetEdition.Format
        /// Whether the version that is being prepared is meant.
        let isDraft: Bool

        init(_ query: Fields, reader: Language) {
            self.init(
                Language(rawValue: query.text("language")) ?? reader,
                SheetEdition.Format(rawValue: query.text("size")) ?? .a4, isDraft: query.has("draft"))
        }

        init(_ language: Language, _ format: SheetEdition.Format, isDraft: Bool) {
            self.language = language
            self.format = format
            self.isDraft = isDraft
        }

        var query: String {
            "?language=\(language.rawValue)&size=\(format.rawValue)\(isDraft ? "&draft=1" : "")"
        }
    }

    /// The form that is being prepared, with its number; nil where none is.
    func draft(of questionnaire: Questionnaire) async throws -> (form: QuestionnaireForm, version: Int)? {
        let version: Int = (questionnaire.liveVersion ?? 0) + 1
        return try await consultations.form(of: questionnaire.id, version: version).map { ($0, version) }
    }

    /// A specimen without a number, of the live version or of the one that is being prepared.
    ///
    /// - Throws: ``Refusal`` where there is no such version, or not in that language.
    func specimen(_ choice: Choice, _ scene: SheetScene) async throws -> PrintJob {
        let known: (form: QuestionnaireForm, version: Int)?
        if choice.isDraft {
            known = try await draft(of: scene.questionnaire)
        } else if let version = scene.questionnaire.liveVersion {
            known = try await consultations.form(of: scene.questionnaire.id, version: version).map { ($0, version) }
        } else {
            known = nil
        }
        guard let (form, version) = known else { throw Refusal("consultations.paper.error.no_version") }
        guard form.isComplete(in: choice.language) else { throw Refusal("consultations.paper.refusal.not_in_language") }
        let words: Words = try await words(
            form, version, scene, language: choice.language, format: choice.format,
            kind: choice.isDraft ? .draft : .specimen)
        return PrintJob(
            words.view(number: nil, pdfHref: "\(scene.base)/print.pdf\(choice.query)"), title: words.title,
            language: choice.language, code: words.code(nil))
    }

    /// Sheets with their numbers, each a document of its own.
    func numbered(_ chosen: [QuestionnaireSheet], _ scene: SheetScene) async throws -> PrintJob {
        guard let first = chosen.first, let last = chosen.last,
            let form = try await consultations.form(of: scene.questionnaire.id, version: first.version)
        else { throw Absent() }
        let words: Words = try await words(
            form, first.version, scene, language: first.language, format: first.format, kind: .sheet)
        // What is printed differently is in another file.
        let alike: [QuestionnaireSheet] = chosen.filter { $0.edition == first.edition }
        return PrintJob(
            title: words.title, language: first.language,
            parts: alike.map { sheet in
                PrintJob.Part(
                    view: words.view(
                        number: sheet.number,
                        pdfHref: "\(scene.base)/print.pdf?from=\(first.number.number)&to=\(last.number.number)"),
                    code: words.code(sheet.number))
            })
    }

    /// The name of the file.
    func fileName(of scene: SheetScene, _ choice: Choice) -> String {
        "\(scene.consultation.handle)-\(scene.questionnaire.handle)-\(choice.format.rawValue)-\(choice.language.rawValue).pdf"
    }

    private func words(
        _ form: QuestionnaireForm, _ version: Int, _ scene: SheetScene, language: Language,
        format: SheetEdition.Format, kind: Words.Kind
    ) async throws -> Words {
        let districts: [District] = try await districts.map()
        return Words(
            scene: scene, version: version, format: format, kind: kind,
            settings: try await sheets.settings(of: scene.questionnaire.id), help: site.city.help,
            address: site.absolute(
                "/consultations/\(scene.consultation.handle)/questionnaires/\(scene.questionnaire.handle)"),
            words: SheetWords(form: form, districts: districts, strings: site.strings(language)))
    }
}

extension QuestionnairePress {
    /// One questionnaire on paper, in one language and size.
    fileprivate struct Words {
        enum Kind { case sheet, specimen, draft }

        let scene: SheetScene
        let version: Int
        let format: SheetEdition.Format
        let kind: Kind
        let settings: PaperSettings
        let help: Site.Help
        let address: String
        let words: SheetWords

        private var strings: Strings { words.strings }
        private var language: Language { strings.language }
        var title: String { scene.questionnaire.title(language) }

        func code(_ number: PaperNumber?) -> QuestionnaireSheetCode {
            QuestionnaireSheetCode(
                consultation: scene.consultation.handle, questionnaire: scene.questionnaire.handle,
                version: version, language: language, sheet: number)
        }

        func view(number: PaperNumber?, pdfHref: String) -> QuestionnairePrint {
            let isFinal: Bool = kind == .sheet
            let across: String = kind == .draft ? "draft" : "specimen"
            let numbers: [String: Int] = words.numbers
            return QuestionnairePrint(
                classes: "a4 questionnaire\(format == .large ? " large" : "")",
                foot: strings("consultations.paper.print.foot", ["version": String(version)]),
                across: isFinal ? nil : strings("consultations.paper.print.\(across)"),
                acrossWords: isFinal ? nil : strings("consultations.paper.print.\(across).words"),
                consultationTitle: scene.consultation.title(language), title: title, serial: number?.text,
                picture: QR.svg(code(number).text(page: nil)), introduction: html(scene.questionnaire.introduction),
                how: ["pen", "box", "mend", "skip"].map { strings("consultations.paper.print.how.\($0)") },
                facts: facts,
                privacy: strings(
                    scene.questionnaire.isAnonymous
                        ? "consultations.paper.print.privacy.anonymous" : "consultations.paper.print.privacy"),
                address: address, addressPicture: QR.svg(address),
                sections: words.form.sections.enumerated().map { section($0.element, $0.offset + 1, numbers) },
                thanks: html(scene.questionnaire.thanks),
                end: strings("consultations.paper.print.end", ["place": place, "day": until]), backHref: scene.base,
                pdfHref: pdfHref)
        }

        private var place: String { settings.handIn(language).nonEmpty ?? help.place }
        private var until: String {
            settings.handInUntil.map(strings.day) ?? strings.date(scene.consultation.collectsUntil)
        }

        private var facts: [PlaceFact] {
            let contact: String =
                scene.consultation.contact(language).nonEmpty.map(Markdown.plain)
                ?? [help.place, help.hours, help.phone].joined(separator: ", ")
            return [("where", place), ("until", until), ("help", contact)].map {
                PlaceFact(name: strings("consultations.paper.print.\($0.0)"), text: $0.1)
            }
        }

        private func html(_ texts: Texts) -> String? { texts(language).nonEmpty.map(Markdown.html) }

        private func section(
            _ section: QuestionnaireForm.Section, _ number: Int, _ numbers: [String: Int]
        ) -> QuestionnairePrint.Section {
            QuestionnairePrint.Section(
                heading: section.title(language).nonEmpty.map {
                    strings("consultations.paper.print.part", ["number": String(number), "title": $0])
                },
                about: html(section.introduction), only: section.condition.map(words.condition(of:)),
                questions: section.questions.map { question($0, numbers[$0.key]) })
        }

        private func question(_ question: QuestionnaireForm.Question, _ number: Int?) -> QuestionnairePrint.Question {
            var printed = QuestionnairePrint.Question(
                number: number.map(String.init), title: question.title(language), explanation: html(question.help),
                rule: question.condition.map { condition in
                    number.map { words.condition(condition, of: $0) } ?? words.condition(of: condition)
                }, howTo: howTo(question))
            func boxes(_ options: [QuestionnaireForm.Option]) -> [QuestionnairePrint.Box] {
                options.enumerated().map { .init(code: String($0.offset + 1), word: $0.element.title(language)) }
            }
            let isLarge: Bool = format == .large
            switch question.kind {
            case .information: break
            case .shortText: printed.lines = [""]
            case .longText: printed.lines = Array(repeating: "", count: isLarge ? 7 : 6)
            case .single, .multiple:
                printed.boxes = boxes(question.options)
                printed.hasBoxes = true
                printed.hasOther = question.hasOther
            case .matrix:
                let codes: [String] = question.options.indices.map { String($0 + 1) }
                printed.matrix = QuestionnairePrint.Matrix(
                    columns: question.options.map { $0.title(language) },
                    rows: question.rows.map { .init(word: $0.title(language), codes: codes) })
            case .ranking:
                printed.ranks = question.options.map { $0.title(language) }
                printed.hasRanks = true
            case .scale:
                let ends: [Int] = [question.lowest, question.highest].map { $0.flatMap { Int($0) } ?? 0 }
                printed.scale = QuestionnairePrint.Scale(
                    lowest: question.lowestMeans(language).nonEmpty, highest: question.highestMeans(language).nonEmpty,
                    points: (ends[0]...max(ends[0], ends[1])).map(String.init))
            case .number:
                printed.isNumber = true
                printed.unit = question.unit(language).nonEmpty
            case .date: printed.isDate = true
            case .place:
                printed.place = QuestionnairePrint.Place(
                    map: DistrictPrintMap(districts: words.districts).drawing,
                    districts: words.districts.enumerated().map {
                        .init(code: String($0.offset + 1), word: $0.element.name(language))
                    }, hasDistricts: !words.districts.isEmpty)
                printed.lines = ["", ""]
            case .photo: printed.photo = strings("consultations.paper.print.photo", ["address": address])
            }
            return printed
        }

        /// How many boxes are ticked, and what is written into the others.
        private func howTo(_ question: QuestionnaireForm.Question) -> String? {
            func words(_ key: String) -> String { strings("consultations.paper.print.do.\(key)") }
            switch question.kind {
            case .single: return words("single")
            case .multiple, .ranking:
                let kind: String = question.kind.rawValue
                let least: Int = question.least ?? 0
                switch question.most {
                case let most? where most == least:
                    return strings.plural("consultations.paper.print.do.\(kind).exactly", most)
                case let most?: return strings.plural("consultations.paper.print.do.\(kind).most", most)
                case nil: return words(kind)
                }
            case .matrix: return words("matrix")
            case .scale: return words("scale")
            case .place: return words("place")
            case .date: return words("date")
            case .shortText, .longText, .number, .photo, .information: return nil
            }
        }
    }
}
