import Participation

/// The catalogue of a vote's projects, under the numbers they have on every channel.
struct CatalogueSheet: PageView {
    static let template = "prints/catalogue"

    /// A project with all that is known of it.
    struct Item: Sendable {
        let number: String
        let title: String
        /// The language of the title and of the names, and of the description, where it is not the reader's.
        let language: String?
        let proseLanguage: String?
        let district: String?
        let category: String?
        let cost: String
        let paragraphs: [String]
    }

    let marks: SheetMarks
    let dates: String
    let budget: String
    let rule: String
    let lead: String?
    let countWords: String
    let items: [Item]

    static let sample = CatalogueSheet(
        marks: .sample, dates: "Du 1er au 30 novembre", budget: "1 000 000 €", rule: "Choisissez trois projets.",
        lead: "Trente projets.", countWords: "30 projets",
        items: [
            Item(
                number: "4", title: "Un jardin", language: "fr", proseLanguage: "fr", district: "Nord",
                category: "Nature",
                cost: "45 000 €", paragraphs: ["Des arbres."])
        ])
}

extension CatalogueSheet {
    init(_ vote: Vote, marks: SheetMarks, _ strings: Strings) {
        let words = VoteWords(vote, strings)
        let description: String = vote.settings.description(strings.language)
        self.marks = marks
        dates = words.dates
        budget = words.money(vote.settings.budget)
        rule = words.rule
        lead = description.isEmpty ? nil : description
        countWords = strings.plural("votes.projects", vote.projects.count)
        items = vote.projects.map { project in
            Item(
                number: String(project.number), title: project.title(strings.language),
                language: project.title.foreign(to: strings.language),
                proseLanguage: project.description.foreign(to: strings.language), district: project.district,
                category: project.category, cost: words.money(project.cost),
                paragraphs: project.description(strings.language).split(separator: "\n").map(String.init)
                    .filter { !$0.allSatisfy(\.isWhitespace) })
        }
    }
}
