import Foundation
import Participation

extension SheetsPage {
    init(_ scene: SheetScene, _ content: SheetsContent, _ fields: Fields, _ errors: FieldErrors) {
        let strings: Strings = scene.strings
        let language: Language = strings.language
        func value(_ name: String, or usual: String = "") -> String { fields.has(name) ? fields.text(name) : usual }
        crumbs = scene.crumbs
        title = strings("consultations.paper.title")
        questionnaireTitle = scene.questionnaire.title(language)
        base = scene.base
        isAgent = scene.isAgent
        self.errors = errors.summary(strings)
        number = errors.input("number", value: fields.text("number"), strings)
        over = scene.consultation.synthesisedAt == nil ? nil : strings("consultations.paper.refusal.over")
        func waiting(_ sheets: [QuestionnaireSheet]) -> [Waiting] {
            sheets.map { Waiting(serial: $0.number.text, href: scene.href($0.number), words: $0.place) }
        }
        second = waiting(content.pending.second)
        hasSecond = !second.isEmpty
        differing = waiting(content.pending.differing)
        hasDiffering = !differing.isEmpty
        lines = Self.lines(of: content.editions, scene, errors, fields)
        hasLines = !lines.isEmpty
        listHref = "\(scene.base)/list"
        quality = content.quality.map { Self.facts(of: $0, content.settings, strings) } ?? []
        hasQuality = !quality.isEmpty
        let form: QuestionnaireForm? = content.live
        rates = Self.rates(of: content.quality, form, strings)
        hasRates = !rates.isEmpty
        closed =
            form == nil || !scene.questionnaire.ways.contains(.paper)
            ? strings("consultations.paper.refusal.not_on_paper") : nil
        copies = errors.input("copies", value: value("copies", or: "50"), strings)
        place = errors.input("place", value: fields.text("place"), strings)
        let complete: [Language] = Language.allCases.filter { form?.isComplete(in: $0) ?? false }
        languages = complete.map {
            SelectOption(value: $0.rawValue, label: ReaderChoice.name(of: $0), selected: $0 == language)
        }
        languageProblem = errors.text(for: "language", strings)
        sizes = SheetEdition.Format.allCases.map {
            SelectOption(
                value: $0.rawValue, label: strings("walks.paper.size.\($0.rawValue)"),
                selected: fields.text("size") == $0.rawValue)
        }
        specimens =
            Self.specimens(of: form, isDraft: false, scene) + Self.specimens(of: content.draft, isDraft: true, scene)
        first = errors.input("first", value: fields.text("first"), strings)
        last = errors.input("last", value: fields.text("last"), strings)
        reason = errors.input("reason", value: fields.text("reason"), strings)
        percent = errors.input(
            "percent", value: value("percent", or: String(content.settings.samplePercent)), strings)
        handIn = Language.allCases.map { language in
            let name = "hand-in-\(language.rawValue)"
            return TextInput(
                name: name, label: ReaderChoice.name(of: language), language: language.rawValue,
                value: value(name, or: content.settings.handIn.byLanguage[language.rawValue] ?? ""))
        }
        until = errors.input(
            "until", value: value("until", or: content.settings.handInUntil?.description ?? ""), strings)
    }

    // MARK: The account

    private static func lines(
        of editions: [SheetEdition], _ scene: SheetScene, _ errors: FieldErrors, _ fields: Fields
    ) -> [Line] {
        let strings: Strings = scene.strings
        func counts(_ account: SheetAccount) -> [String] {
            [
                account.issued, account.returned, account.entered, account.unused, account.spoiled, account.waiting,
                account.notReturned,
            ].map { strings.number($0) }
        }
        let lines: [Line] = editions.map { edition in
            let account: SheetAccount = edition.account
            let numbers: ClosedRange<Int> = edition.numbers
            return Line(
                numbers: words(numbers.lowerBound, numbers.upperBound, strings),
                words: [
                    edition.place, ReaderChoice.name(of: edition.language),
                    strings("walks.paper.size.\(edition.format.rawValue)"), strings.date(edition.issuedAt),
                ].joined(separator: ", "), counts: counts(account),
                excess: account.excess == 0
                    ? nil : strings.plural("consultations.paper.excess", account.excess),
                files: stride(
                    from: numbers.lowerBound, through: numbers.upperBound, by: QuestionnairePress.sheetsAtOnce
                ).prefix(10).map { first in
                    let last: Int = min(first + QuestionnairePress.sheetsAtOnce - 1, numbers.upperBound)
                    return PlaceLink(
                        label: words(first, last, strings),
                        href: "\(scene.base)/print.pdf?from=\(first)&to=\(last)")
                }, countHref: "\(scene.base)/editions/\(edition.id)/count",
                field: "returned-\(numbers.lowerBound)",
                returned: account.counted.map(String.init) ?? "")
        }
        guard let first = editions.first, editions.count > 1 else { return lines }
        let whole: SheetAccount = editions.dropFirst().reduce(first.account) { $0 + $1.account }
        return lines + [
            Line(
                numbers: strings("consultations.paper.whole"), words: "", counts: counts(whole), excess: nil,
                files: [], countHref: nil, field: "returned", returned: "")
        ]
    }

    private static func words(_ first: Int, _ last: Int, _ strings: Strings) -> String {
        let texts: [String] = [first, last].map { PaperNumber($0)?.text ?? "" }
        return first == last ? texts[0] : strings("walks.paper.range", ["first": texts[0], "last": texts[1]])
    }

    private static func specimens(
        of form: QuestionnaireForm?, isDraft: Bool, _ scene: SheetScene
    ) -> [PlaceLink] {
        guard scene.isAgent, let form else { return [] }
        let strings: Strings = scene.strings
        return Language.allCases.filter(form.isComplete(in:)).flatMap { language in
            SheetEdition.Format.allCases.map { format in
                PlaceLink(
                    label: [
                        strings("consultations.paper.print.\(isDraft ? "draft" : "specimen").name"),
                        ReaderChoice.name(of: language), strings("walks.paper.size.\(format.rawValue)"),
                    ].joined(separator: ", "),
                    href: "\(scene.base)/print.pdf"
                        + QuestionnairePress.Choice(language, format, isDraft: isDraft).query)
            }
        }
    }

    // MARK: Quality

    private static func facts(
        of quality: PaperQuality, _ settings: PaperSettings, _ strings: Strings
    ) -> [PlaceFact] {
        func fact(_ key: String, _ text: String) -> PlaceFact {
            PlaceFact(name: strings("consultations.paper.quality.\(key)"), text: text)
        }
        return [
            fact("entered", strings.number(quality.entered)), fact("drawn", strings.number(quality.drawn)),
            fact("twice", strings.number(quality.readTwice)),
            fact(
                "fields",
                strings(
                    "consultations.paper.quality.of",
                    [
                        "differing": strings.number(quality.whole.differing),
                        "compared": strings.number(quality.whole.compared),
                    ])), fact("rate", quality.whole.words(strings)),
        ]
    }

    private static func rates(of quality: PaperQuality?, _ form: QuestionnaireForm?, _ strings: Strings) -> [Rate] {
        guard let quality, let form else { return [] }
        let words = SheetWords(form: form, districts: [], strings: strings)
        let numbers: [String: Int] = words.numbers
        return form.questions.compactMap { question in
            guard let rate = quality.byQuestion[question.key], let number = numbers[question.key] else { return nil }
            return Rate(
                name: "\(number). \(question.title(strings.language))", compared: strings.number(rate.compared),
                differing: strings.number(rate.differing), share: rate.words(strings))
        }
    }
}

extension PaperQuality.Rate {
    /// The share and where it lies: « 1,2 % (entre 0,4 % et 3,5 %) ».
    func words(_ strings: Strings) -> String {
        guard let share, let interval else { return strings("consultations.paper.quality.none") }
        func percent(_ share: Double) -> String { strings.percent(hundredths: Int((share * 1000).rounded()) * 10) }
        return strings(
            "consultations.paper.quality.interval",
            [
                "share": percent(share), "low": percent(interval.lowerBound), "high": percent(interval.upperBound),
            ])
    }
}

extension PaperQuality {
    /// One line for everybody, beside the figures: how sheets were entered, and how many mistakes that leaves.
    func sentence(_ strings: Strings) -> String {
        let entered: String = strings.plural("consultations.paper.public.entered", entered)
        guard readTwice > 0, whole.compared > 0 else { return entered }
        let twice: String = strings.plural(
            "consultations.paper.public.twice", readTwice, ["rate": whole.words(strings)])
        return "\(entered) \(twice)"
    }
}

extension SheetListPage {
    init(
        _ scene: SheetScene, _ found: [QuestionnaireSheet], size: Int, state: QuestionnaireSheet.State?, after: Int
    ) {
        let strings: Strings = scene.strings
        let shown: [QuestionnaireSheet] = Array(found.prefix(size))
        crumbs = scene.crumbs + [PlaceLink(label: strings("consultations.paper.title"), href: scene.base)]
        title = strings("consultations.paper.list")
        base = scene.base
        states =
            [SelectOption(value: "", label: strings("walks.paper.state.all"), selected: state == nil)]
            + QuestionnaireSheet.State.allCases.map {
                SelectOption(value: $0.rawValue, label: $0.word(strings).word, selected: $0 == state)
            }
        lines = shown.map { sheet in
            Line(
                serial: sheet.number.text, href: scene.href(sheet.number), place: sheet.place,
                status: sheet.word(strings),
                entered: [sheet.enteredOn.map(strings.day), sheet.enteredByName].compactMap(\.self)
                    .joined(separator: ", "))
        }
        isEmpty = shown.isEmpty
        let own: String = state.map { "state=\($0.rawValue)&" } ?? ""
        paging =
            after == 0 && found.count <= size
            ? nil
            : Paging(
                words: strings(
                    "walks.paper.paging",
                    ["first": shown.first?.number.text ?? "–", "last": shown.last?.number.text ?? "–"]),
                previous: after > 0 ? "\(scene.base)/list?\(own)after=0" : nil,
                next: found.count > size
                    ? "\(scene.base)/list?\(own)after=\(shown.last?.number.number ?? 0)" : nil)
    }
}
