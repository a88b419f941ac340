import Foundation
import Participation

/// A text, in its language.
struct TextCard: Sendable {
    let words: String
    let language: String
    let quoteHref: String?

    static let sample = TextCard(words: "Un banc à l’ombre", language: "fr", quoteHref: "/desk")
}

/// What people wrote to answer a question.
struct TextsPage: PageView {
    static let template = "consultations/analysis-texts"

    /// A theme of the code book.
    struct Theme: Sendable {
        let name: String
        let meaning: String?
        let count: String
        let quote: String?
        let href: String
        let textsHref: String
    }

    let errors: ErrorSummary?
    let crumbs: [PlaceLink]
    let question: String
    let here: String
    let search: String
    let chosen: String
    let found: String?
    let isFiltered: Bool
    let texts: [TextCard]
    let isEmpty: Bool
    let paging: Paging?
    let themes: [Theme]
    let hasThemes: Bool
    let newThemeHref: String
    let state: String
    let sampleAction: String
    let count: Input
    let codingHref: String
    let agreementHref: String
    let hasSample: Bool

    static let sample = TextsPage(
        errors: ErrorSummary(items: [.init(field: "count", text: "…")]),
        crumbs: [PlaceLink(label: "Réponses", href: "/desk")], question: "Que faudrait-il changer ?", here: "/desk",
        search: "banc", chosen: "x", found: "12 textes", isFiltered: true, texts: [.sample], isEmpty: true,
        paging: .sample,
        themes: [
            Theme(
                name: "Bancs", meaning: "S’asseoir", count: "12 textes", quote: "Un banc", href: "/desk",
                textsHref: "/desk")
        ], hasThemes: true, newThemeHref: "/desk", state: "120 textes lus", sampleAction: "/desk",
        count: Input(name: "count", value: "100", error: "…"), codingHref: "/desk", agreementHref: "/desk",
        hasSample: true)
}

extension TextsPage {
    init(
        _ scene: TextsScene, _ list: AnswerTextList, _ book: CodeBook, words: String, theme: ID<AnswerTheme>?,
        found: Int?, _ errors: FieldErrors
    ) {
        let strings: Strings = scene.strings
        self.errors = errors.summary(strings)
        crumbs = scene.crumbs(isBelow: false)
        question = scene.name
        here = scene.base
        search = words
        chosen = theme.map { "\($0)" } ?? ""
        self.found = found.map { strings.plural("consultations.analysis.texts.found", $0) }
        isFiltered = !words.isEmpty || theme != nil
        texts = list.texts.map { text in
            TextCard(
                words: text.words, language: text.language.rawValue,
                quoteHref: book.themes.isEmpty ? nil : "\(scene.base)/quotes/\(text.response)")
        }
        isEmpty = texts.isEmpty
        let filter: String =
            (words.isEmpty ? "" : "&q=\(PercentDecoding.encode(words))") + (theme.map { "&theme=\($0)" } ?? "")
        paging = list.next.map { next in
            Paging(
                words: strings("consultations.analysis.texts.more"), previous: nil,
                next: "\(scene.base)?after=\(next)\(filter)")
        }
        themes = book.themes.map { theme in
            let meaning: String = theme.meaning(strings.language)
            return Theme(
                name: theme.title(strings.language), meaning: meaning.isEmpty ? nil : meaning,
                count: strings.plural("consultations.analysis.theme.count", theme.count), quote: theme.quote,
                href: "\(scene.base)/themes/\(theme.id)", textsHref: "\(scene.base)?theme=\(theme.id)")
        }
        hasThemes = !themes.isEmpty
        newThemeHref = "\(scene.base)/themes/new"
        state = strings(
            "consultations.analysis.sample.state",
            [
                "sample": strings.number(book.sample), "coded": strings.number(book.coded),
                "unsettled": strings.number(book.unsettled),
            ])
        sampleAction = "\(scene.base)/sample"
        count = errors.input("count", value: "100", strings)
        codingHref = "\(scene.base)/coding"
        agreementHref = "\(scene.base)/agreement"
        hasSample = book.sample > 0
    }
}

/// A theme of a code book: its words, or those of a new one.
struct ThemePage: PageView {
    static let template = "consultations/analysis-theme"

    /// The words in one language.
    struct Part: Sendable {
        let language: String
        let code: String
        let title: Field
        let name: String
        let label: String
        let meaning: String
    }

    let errors: ErrorSummary?
    let crumbs: [PlaceLink]
    let heading: String
    let action: String
    let parts: [Part]
    let removal: String?

    static let sample = ThemePage(
        errors: ErrorSummary(items: [.init(field: "title-fr", text: "…")]),
        crumbs: [PlaceLink(label: "Textes", href: "/desk")], heading: "Nouveau thème", action: "/desk",
        parts: [
            Part(
                language: "Français", code: "fr",
                title: Field(
                    name: "title-fr", label: "Nom", type: "text", value: "Bancs", hint: "—", problem: "—",
                    optional: true,
                    autocomplete: nil, inputmode: nil, size: nil, described: "title-fr-problem"),
                name: "meaning-fr", label: "Sens", meaning: "S’asseoir")
        ], removal: "/desk")
}

extension ThemePage {
    init(
        _ scene: TextsScene, _ known: AnswerTheme?, title: [String: String], meaning: [String: String],
        _ errors: FieldErrors
    ) {
        let strings: Strings = scene.strings
        self.errors = errors.summary(strings)
        crumbs = scene.crumbs()
        heading = known?.title(strings.language) ?? strings("consultations.analysis.theme.new")
        action = "\(scene.base)/themes/\(known.map { "\($0.id)" } ?? "new")"
        parts = Language.allCases.map { language in
            let code: String = language.rawValue
            return Part(
                language: ReaderChoice.name(of: language), code: code,
                title: errors.field(
                    "title-\(code)", label: strings("consultations.analysis.theme.title"), value: title[code] ?? "",
                    optional: language != .french, strings),
                name: "meaning-\(code)", label: strings("consultations.analysis.theme.meaning"),
                meaning: meaning[code] ?? "")
        }
        removal = known.flatMap { $0.count == 0 ? "\(scene.base)/themes/\($0.id)/removal" : nil }
    }
}

/// A theme to tick.
struct ThemeBox: Sendable {
    let value: String
    let name: String
    let meaning: String?
    let isTicked: Bool

    static let sample = ThemeBox(value: "x", name: "Bancs", meaning: "S’asseoir", isTicked: true)

    init(value: String, name: String, meaning: String?, isTicked: Bool) {
        self.value = value
        self.name = name
        self.meaning = meaning
        self.isTicked = isTicked
    }

    init(_ theme: AnswerTheme, isTicked: Bool, _ strings: Strings) {
        value = "\(theme.id)"
        name = theme.title(strings.language)
        let meaning: String = theme.meaning(strings.language)
        self.meaning = meaning.isEmpty ? nil : meaning
        self.isTicked = isTicked
    }
}

/// The next text that a coder reads.
struct CodingPage: PageView {
    static let template = "consultations/analysis-coding"

    let crumbs: [PlaceLink]
    let question: String
    let action: String
    let left: String?
    let text: TextCard?
    let response: String
    let themes: [ThemeBox]
    let agreementHref: String

    static let sample = CodingPage(
        crumbs: [PlaceLink(label: "Textes", href: "/desk")], question: "Que faudrait-il changer ?", action: "/desk",
        left: "Encore 12", text: .sample, response: "x", themes: [.sample], agreementHref: "/desk")
}

extension CodingPage {
    init(_ scene: TextsScene, _ next: (text: AnswerText, left: Int)?, _ book: CodeBook) {
        crumbs = scene.crumbs()
        question = scene.name
        action = "\(scene.base)/coding"
        left = next.map { scene.strings.plural("consultations.analysis.coding.left", $0.left) }
        text = next.map { TextCard(words: $0.text.words, language: $0.text.language.rawValue, quoteHref: nil) }
        response = next.map { "\($0.text.response)" } ?? ""
        themes = book.themes.map { ThemeBox($0, isTicked: false, scene.strings) }
        agreementHref = "\(scene.base)/agreement"
    }
}

/// How far coders agree, and what has to be settled.
struct AgreementPage: PageView {
    static let template = "consultations/analysis-agreement"

    /// Two coders.
    struct Pair: Sendable {
        let id: String
        let title: String
        let lead: String
        let lines: [Line]
    }

    /// Their agreement on a theme.
    struct Line: Sendable {
        let name: String
        let agreement: String
        let kappa: String
        let interval: String
        let words: String
    }

    /// A text on which they disagree.
    struct Dispute: Sendable {
        let id: String
        let text: TextCard
        let response: String
        let findings: [PlaceFact]
        let themes: [ThemeBox]
    }

    let crumbs: [PlaceLink]
    let question: String
    let action: String
    let state: String
    let coders: [PlaceFact]
    /// Why nothing of others is shown; nil where it is.
    let waiting: String?
    let pairs: [Pair]
    let hasPairs: Bool
    let disputes: [Dispute]
    let hasDisputes: Bool
    let codingHref: String

    static let sample = AgreementPage(
        crumbs: [PlaceLink(label: "Textes", href: "/desk")], question: "Que faudrait-il changer ?", action: "/desk",
        state: "120 textes", coders: [PlaceFact(name: "Agathe", text: "120 textes")], waiting: "Encore 12",
        pairs: [
            Pair(
                id: "pair-0", title: "Agathe et Basile", lead: "120 textes",
                lines: [Line(name: "Bancs", agreement: "90 %", kappa: "0,75", interval: "0,6 à 0,9", words: "fort")])
        ], hasPairs: true,
        disputes: [
            Dispute(
                id: "dispute-0", text: .sample, response: "x", findings: [PlaceFact(name: "Agathe", text: "Bancs")],
                themes: [.sample])
        ], hasDisputes: true, codingHref: "/desk")
}

extension AgreementPage {
    init(_ scene: TextsScene, _ agreement: CodingAgreement) {
        let strings: Strings = scene.strings
        func words(_ key: String, _ arguments: [String: String] = [:]) -> String {
            strings("consultations.analysis.\(key)", arguments)
        }
        func coder(_ name: String) -> String { name.isEmpty ? words("agreement.gone") : name }
        crumbs = scene.crumbs()
        question = scene.name
        action = "\(scene.base)/agreement"
        let book: CodeBook = agreement.book
        state = words(
            "sample.state",
            [
                "sample": strings.number(book.sample), "coded": strings.number(book.coded),
                "unsettled": strings.number(book.unsettled),
            ])
        coders = agreement.coders.map {
            PlaceFact(name: coder($0.name), text: strings.plural("consultations.analysis.agreement.read", $0.texts))
        }
        waiting = agreement.own.flatMap {
            $0 > 0 ? strings.plural("consultations.analysis.agreement.waiting", $0) : nil
        }
        let titles: [String] = book.themes.map { $0.title(strings.language) }
        pairs = agreement.pairs.enumerated().map { place, pair in
            let pooled: Line = Line(words("agreement.all"), nil, pair.pooled, strings)
            return Pair(
                id: "pair-\(place)",
                title: words("agreement.pair", ["first": coder(pair.first), "second": coder(pair.second)]),
                lead: strings.plural("consultations.analysis.agreement.common", pair.texts),
                lines: [pooled] + zip(titles, pair.themes).map { Line($0, $1, $1.value, strings) })
        }
        hasPairs = !pairs.isEmpty
        disputes = agreement.disputes.enumerated().map { place, dispute in
            let known: Set<ID<AnswerTheme>> = dispute.findings.dropFirst().reduce(
                Set(dispute.findings.first?.themes ?? [])
            ) { $0.intersection($1.themes) }
            return Dispute(
                id: "dispute-\(place)",
                text: TextCard(
                    words: dispute.text.words, language: dispute.text.language.rawValue, quoteHref: nil),
                response: "\(dispute.text.response)",
                findings: dispute.findings.map { finding in
                    let names: [String] = book.themes.filter { finding.themes.contains($0.id) }
                        .map { $0.title(strings.language) }
                    return PlaceFact(
                        name: coder(finding.coder),
                        text: names.isEmpty ? words("agreement.none") : names.joined(separator: ", "))
                },
                themes: book.themes.map { ThemeBox($0, isTicked: known.contains($0.id), strings) })
        }
        hasDisputes = !disputes.isEmpty
        codingHref = "\(scene.base)/coding"
    }
}

extension AgreementPage.Line {
    init(_ name: String, _ kappa: CohenKappa?, _ value: Double?, _ strings: Strings) {
        func decimal(_ value: Double) -> String { strings.decimal(Decimal(value)) }
        self.name = name
        agreement = kappa.map { ChartView.share($0.both + $0.neither, of: $0.count, strings) } ?? "–"
        self.kappa = value.map(decimal) ?? "–"
        interval =
            kappa?.interval.map {
                strings(
                    "consultations.analysis.agreement.interval",
                    ["from": decimal($0.lowerBound), "to": decimal($0.upperBound)])
            } ?? "–"
        words = strings(
            "consultations.analysis.agreement.\(value.map { CohenKappa.Strength($0).rawValue } ?? "undefined")")
    }
}

/// An example for a theme, taken from a text.
struct QuotePage: PageView {
    static let template = "consultations/analysis-quote"

    let errors: ErrorSummary?
    let crumbs: [PlaceLink]
    let question: String
    let action: String
    let text: TextCard
    let themes: [AnalysisChoice]
    let words: Input
    let checked: Input
    let isChecked: Bool

    static let sample = QuotePage(
        errors: ErrorSummary(items: [.init(field: "words", text: "…")]),
        crumbs: [PlaceLink(label: "Textes", href: "/desk")], question: "Que faudrait-il changer ?", action: "/desk",
        text: .sample, themes: [.sample], words: Input(name: "words", value: "Un banc", error: "…"),
        checked: Input(name: "checked", error: "…"), isChecked: true)
}

extension QuotePage {
    init(_ scene: TextsScene, _ text: AnswerText, _ book: CodeBook, _ form: Fields?, _ errors: FieldErrors) {
        let strings: Strings = scene.strings
        self.errors = errors.summary(strings)
        crumbs = scene.crumbs()
        question = scene.name
        action = "\(scene.base)/quotes/\(text.response)"
        self.text = TextCard(words: text.words, language: text.language.rawValue, quoteHref: nil)
        themes = book.themes.map {
            AnalysisChoice(
                value: "\($0.id)", label: $0.title(strings.language), selected: form?.text("theme") == "\($0.id)")
        }
        words = errors.input("words", value: form?.text("words") ?? text.words, strings)
        checked = errors.input("checked", strings)
        isChecked = form?.has("checked") == true
    }
}
