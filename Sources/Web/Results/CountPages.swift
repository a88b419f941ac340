/// A decision of a count, in sentences.
struct CountStep: Sendable {
    let anchor: String
    let number: String
    let title: String
    let titleLanguage: String?
    let href: String
    let word: String
    let good: Bool
    /// Which decision it is, of which part of the rule and about which money.
    let label: String
    let sentences: [String]

    static let sample = CountStep(
        anchor: "decision-1", number: "4", title: "Un jardin", titleLanguage: "fr", href: "/votes/x/result/projects/4",
        word: "Retenu", good: true, label: "Décision 1", sentences: ["Il est retenu."])
}

/// The grades that projects received: a strip for the eye, a table with the same figures.
struct Merits: Sendable {
    /// A part of a strip: where it begins and how wide it is, in thousandths, and how dark.
    struct Part: Sendable {
        let x: String
        let width: String
        let shade: String
    }

    /// A project with its ballots by grade.
    struct Line: Sendable {
        let name: String
        let grade: String
        let parts: [Part]
        let counts: [String]
    }

    let labels: [String]
    let lines: [Line]

    static let sample = Merits(
        labels: ["Très bien"],
        lines: [
            Line(
                name: "4. Un jardin", grade: "Bien", parts: [Part(x: "0", width: "1000", shade: "1.0")], counts: ["3"])
        ])
}

/// One page of a long list.
struct Paging: Sendable {
    let words: String
    let previous: String?
    let next: String?

    static let sample = Paging(words: "1 à 40 sur 80", previous: "?from=1", next: "?from=41")
}

/// How a count went, decision by decision.
struct CountPage: PageView {
    static let template = "results/count"

    let voteTitle: String
    let voteHref: String
    let resultHref: String
    let lead: String
    let rule: String
    /// What else was asked of the count, and what happened on the way.
    let facts: [String]
    let steps: [CountStep]
    let chart: ResultPage.Chart
    let merits: Merits?
    let paging: Paging?

    static let sample = CountPage(
        voteTitle: "Budget", voteHref: "/votes/x", resultHref: "/votes/x/result", lead: "30 projets",
        rule: "Par votes.",
        facts: ["Au plus deux projets par quartier."], steps: [.sample], chart: ResultPage.sample.chart,
        merits: .sample, paging: .sample)
}

/// Why one project was selected, or not.
struct WhyPage: PageView {
    static let template = "results/why"

    let voteTitle: String
    let voteHref: String
    let resultHref: String
    let heading: String
    let number: String
    let title: String
    let titleLanguage: String?
    let projectHref: String
    let isFunded: Bool
    let place: String
    let steps: [CountStep]
    let merits: Merits?
    /// What would have got it funded; nil where it was.
    let missing: [String]?
    let rule: String
    let facts: [String]
    let countHref: String?

    static let sample = WhyPage(
        voteTitle: "Budget", voteHref: "/votes/x", resultHref: "/votes/x/result",
        heading: "Pourquoi ce projet n’est pas retenu", number: "4", title: "Un jardin", titleLanguage: "fr",
        projectHref: "/votes/x/projects/4", isFunded: true, place: "3 sur 30", steps: [.sample], merits: .sample,
        missing: ["Il lui a manqué 3 voix."], rule: "Par votes.", facts: ["Au plus deux projets par quartier."],
        countHref: "/votes/x/result/count#decision-1")
}
