import Foundation
import Participation

extension SheetPage {
    init(_ open: OpenSheet, _ form: SheetEntryForm, _ fields: Fields, _ errors: FieldErrors) {
        let (scene, file, strings) = (open.scene, open.file, open.scene.strings)
        let sheet: QuestionnaireSheet = file.sheet
        let words = SheetWords(form: file.form, districts: open.districts, strings: strings)
        let base: String = scene.href(sheet.number)
        crumbs = scene.crumbs + [PlaceLink(label: strings("consultations.paper.title"), href: scene.base)]
        title = strings("consultations.paper.sheet.title", ["number": sheet.number.text])
        place = "\(scene.questionnaire.title(strings.language)) – \(sheet.place)"
        self.base = base
        listHref = scene.base
        status = sheet.word(strings)
        facts = Self.facts(file, strings)
        self.errors = errors.summary(strings)
        // Somebody else entered the sheet while this was typed: what it is for has changed, and what was typed is shown.
        let isOvertaken: Bool = form.task != open.task
        let shown: SheetEntryForm = isOvertaken ? open.form : form
        task = open.task
        let isOpen: Bool =
            file.task != .setAside && !file.maySettle && scene.consultation.synthesisedAt == nil
            && (file.task != .stands || scene.isAgent || sheet.enteredBy == scene.account.id)
        isCorrection = open.task == "correct"
        heading = isOpen ? strings("consultations.paper.task.\(open.task)") : nil
        lead = isOpen ? strings("consultations.paper.task.\(open.task).words") : nil
        questions = isOpen ? Self.questions(shown, words, errors) : []
        typed =
            isOvertaken
            ? file.form.questions.compactMap { question in
                form.typed[question.key]?.nonEmpty.map { Self.fact(words, question, $0) }
            } : []
        hasTyped = !typed.isEmpty
        reason = errors.input("reason", value: fields.text("reason"), strings)
        submit = strings("consultations.paper.task.\(open.task).submit")
        differences = file.maySettle ? Self.differences(file, words, fields, errors) : []
        hasDifferences = sheet.check == .differing
        maySettle = file.maySettle
        changes = file.changes.map { Self.words($0, file.form, words) }
        hasChanges = !changes.isEmpty
        scans = file.scans.map { scan in
            Scan(
                href: "/media/\(scan.id)/\(scan.kind == .image ? "large" : "document")",
                source: scan.kind == .image ? "/media/\(scan.id)/small" : nil,
                alt: scan.kind == .image ? scan.alt : scan.name, removal: "\(base)/scans/\(scan.id)/removal")
        }
        hasScans = !scans.isEmpty
        self.file = errors.input("file", strings)
        undoReason = errors.input("undo-reason", value: fields.text("undo-reason"), strings)
        mayUndo = scene.isAgent && sheet.state != .issued && scene.consultation.synthesisedAt == nil
        printHref =
            scene.isAgent
            ? "\(scene.base)/print.pdf?from=\(sheet.number.number)&to=\(sheet.number.number)" : nil
    }

    private static func fact(
        _ words: SheetWords, _ question: QuestionnaireForm.Question, _ text: String
    ) -> PlaceFact {
        PlaceFact(name: label(of: question, words), text: text)
    }

    /// « 7. Comment venez-vous ? »
    private static func label(of question: QuestionnaireForm.Question, _ words: SheetWords) -> String {
        let title: String = question.title(words.strings.language)
        return words.numbers[question.key].map { "\($0). \(title)" } ?? title
    }

    private static func facts(_ file: SheetFile, _ strings: Strings) -> [PlaceFact] {
        func fact(_ key: String, _ reading: SheetReading) -> PlaceFact {
            PlaceFact(
                name: strings("consultations.paper.fact.\(key)"),
                text: [strings.day(reading.on), reading.name].compactMap(\.self).joined(separator: ", "))
        }
        let printed = PlaceFact(
            name: strings("consultations.paper.fact.printed"),
            text: [
                ReaderChoice.name(of: file.sheet.language), strings("walks.paper.size.\(file.sheet.format.rawValue)"),
                strings("consultations.paper.version", ["version": String(file.sheet.version)]),
            ].joined(separator: ", "))
        return [printed]
            + [file.first.map { fact("first", $0) }, file.second.map { fact("second", $0) }]
            .compactMap(\.self)
    }

    // MARK: Questions

    private static func questions(
        _ form: SheetEntryForm, _ words: SheetWords, _ errors: FieldErrors
    ) -> [Question] {
        let strings: Strings = words.strings
        let numbers: [String: Int] = words.numbers
        var isFirst = true
        return words.form.sections.enumerated().flatMap { index, section in
            var heading: String? = section.title(strings.language).nonEmpty.map {
                strings("consultations.paper.print.part", ["number": String(index + 1), "title": $0])
            }
            return section.questions.compactMap { question -> Question? in
                guard ![.information, .photo].contains(question.kind), let number = numbers[question.key] else {
                    return nil
                }
                defer { (isFirst, heading) = (false, nil) }
                let codes: [String] = codes(of: question, words)
                let field = "answer-\(question.key)"
                return Question(
                    name: field, label: label(of: question, words), isFirst: isFirst, part: heading,
                    rule: question.condition.map { words.condition($0, of: number) },
                    codes: codes.isEmpty ? nil : codes.joined(separator: " · "),
                    howTo: strings("consultations.paper.typing.\(question.kind.rawValue)"),
                    isLong: question.kind == .longText, typed: form.typed[question.key] ?? "",
                    wrong: errors.text(for: field, strings))
            }
        }
    }

    /// What the numbers mean: « 1 À pied », of a matrix its columns and, after a stroke, its rows in their order.
    private static func codes(of question: QuestionnaireForm.Question, _ words: SheetWords) -> [String] {
        let language: Language = words.strings.language
        func numbered(_ titles: [String]) -> [String] { titles.enumerated().map { "\($0.offset + 1) \($0.element)" } }
        switch question.kind {
        case .single, .multiple: return numbered(question.options.map { $0.title(language) })
        case .ranking: return question.options.map { $0.title(language) }
        case .matrix:
            return numbered(question.options.map { $0.title(language) })
                + [
                    words.strings(
                        "consultations.paper.rows",
                        ["rows": question.rows.map { $0.title(language) }.joined(separator: " / ")])
                ]
        case .place: return numbered(words.districts.map { $0.name(language) })
        case .scale:
            return ["\(question.lowest ?? "") – \(question.highest ?? "")"]
        case .shortText, .longText, .number, .date, .photo, .information: return []
        }
    }

    // MARK: Differences and history

    private static func differences(
        _ file: SheetFile, _ words: SheetWords, _ fields: Fields, _ errors: FieldErrors
    ) -> [Difference] {
        let strings: Strings = words.strings
        return file.form.questions.filter { file.differing.contains($0.key) }.map { question in
            let field = "choice-\(question.key)"
            func choice(_ choice: QuestionnaireSheets.Choice, _ reading: SheetReading?) -> Choice {
                Choice(
                    value: choice.rawValue, label: strings("consultations.paper.choice.\(choice.rawValue)"),
                    words: reading.map { words.words($0.found.found(question.key), of: question) } ?? "",
                    selected: fields.text(field) == choice.rawValue)
            }
            return Difference(
                name: field, label: label(of: question, words),
                choices: [choice(.first, file.first), choice(.second, file.second), choice(.unreadable, nil)],
                wrong: errors.text(for: field, strings))
        }
    }

    private static func words(_ change: SheetChange, _ form: QuestionnaireForm, _ words: SheetWords) -> String {
        let strings: Strings = words.strings
        let sentence: String = strings(
            "consultations.paper.change.\(change.kind.rawValue)",
            [
                "date": strings.moment(change.at), "name": change.by ?? strings("walks.paper.change.nobody"),
                "reason": change.reason,
            ])
        let before: [String] = form.questions.compactMap { question in
            change.before[question.key].map {
                strings(
                    "consultations.paper.change.before",
                    ["question": label(of: question, words), "answer": words.words($0, of: question)])
            }
        }
        return ([sentence] + before).joined(separator: " ")
    }
}
