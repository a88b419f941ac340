import Participation

/// All that the figures of a questionnaire show on one page: who took part, then section by section.
struct FiguresView: Sendable {
    /// A section of the questionnaire.
    struct Section: Sendable {
        let id: String
        let title: String
        let charts: [ChartView]
        let maps: [PlacesView]
        let themes: [ThemesView]
    }

    let participation: [ParticipationView.Table]
    let hasParticipation: Bool
    /// The sections that have pages of their own, where there are too many questions for one.
    let pages: [AnalysisChoice]
    let hasPages: Bool
    let sections: [Section]

    static let sample = FiguresView(
        participation: ParticipationView.sample.tables, hasParticipation: true, pages: [.sample], hasPages: true,
        sections: [
            Section(id: "section-usages", title: "Vos usages", charts: [.sample], maps: [.sample], themes: [.sample])
        ])

    /// The most questions of one page; where there are more each section has a page of its own.
    static let most = 15

    private init(
        participation: [ParticipationView.Table], hasParticipation: Bool, pages: [AnalysisChoice], hasPages: Bool,
        sections: [Section]
    ) {
        self.participation = participation
        self.hasParticipation = hasParticipation
        self.pages = pages
        self.hasPages = hasPages
        self.sections = sections
    }

    /// - Parameters:
    ///   - section: the place of the section that is asked for, from 0.
    ///   - address: the address of the page of a section.
    ///   - leavesOut: questions that stand in the tables of who took part, and are not shown a second time.
    init(
        _ figures: QuestionnaireFigures, _ form: JoinedForm, section: Int, over districts: [District],
        leavesOut: Set<String> = [], _ strings: Strings, address: (Int) -> String
    ) {
        let names: [String: String] = Dictionary(
            districts.map { ($0.code, $0.name(strings.language)) }, uniquingKeysWith: { first, _ in first })
        var asked: [QuestionnaireForm.Section] = form.sections.map { section in
            var section: QuestionnaireForm.Section = section
            section.questions.removeAll { $0.kind == .information || leavesOut.contains($0.key) }
            return section
        }
        asked.removeAll { $0.questions.isEmpty }
        hasPages = form.questions.count > Self.most && asked.count > 1
        let section: Int = hasPages ? min(max(0, section), asked.count - 1) : 0
        pages =
            hasPages
            ? asked.enumerated().map { place, one in
                AnalysisChoice(
                    value: String(place), label: one.title(strings.language), selected: place == section,
                    href: address(place))
            } : []
        hasParticipation = section == 0
        participation =
            hasParticipation ? ParticipationView(figures, form, districts: names, strings).tables : []
        let shown: [QuestionnaireForm.Section] = hasPages ? [asked[section]] : asked
        sections = shown.enumerated().map { place, one in
            Section(
                id: "section-\(place)", title: one.title(strings.language),
                charts: AnalysisScene.charts(figures, of: one, form, names, strings),
                maps: one.questions.compactMap { question in
                    figures.places[question.key].flatMap { PlacesView($0, of: question, over: districts, strings) }
                },
                themes: one.questions.compactMap { question in
                    figures.coded[question.key].map { ThemesView($0, of: question, strings) }
                })
        }
    }
}

/// Something to choose: an option of a list, or a link.
struct AnalysisChoice: Sendable {
    let value: String
    let label: String
    let selected: Bool
    let href: String

    init(value: String, label: String, selected: Bool, href: String = "") {
        self.value = value
        self.label = label
        self.selected = selected
        self.href = href
    }

    static let sample = AnalysisChoice(value: "x", label: "Vos usages", selected: true, href: "?section=1")
}
