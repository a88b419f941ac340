/// The result of a vote.
struct ResultPage: PageView {
    static let template = "results/result"

    /// A project and what became of it.
    struct Line: Sendable {
        let number: String
        let title: String
        let titleLanguage: String?
        let href: String
        let cost: String
        let votes: String
        let support: String?
        let reason: String
    }

    /// The ballots of one group.
    struct Group: Sendable {
        let name: String
        let ballots: String
        let valid: String
        let blank: String
        let invalid: String
    }

    /// A chart with its table.
    struct Chart: Sendable {
        let caption: String
        let nameHead: String
        let valueHead: String
        let noteHead: String
        let legend: String?
        let bars: [Bar]
    }

    /// One bar of a chart.
    struct Bar: Sendable {
        let name: String
        let value: String
        let percent: String
        let selected: Bool
        let note: String
    }

    /// Files to download.
    struct Downloads: Sendable {
        struct File: Sendable {
            let href: String
            let name: String
            let kind: String
        }

        let files: [File]
    }

    let voteTitle: String
    let voteHref: String
    let demonstration: Bool
    let lead: String
    let used: String
    let left: String
    let budget: String
    let usedPermille: String
    let usedWords: String
    let rule: String
    let isPoints: Bool
    let selected: [Line]
    let refused: [Line]
    let groups: [Group]
    let chart: Chart
    let downloads: Downloads
    let recordHref: String
    let checkHref: String

    static let sample = ResultPage(
        voteTitle: "Budget", voteHref: "/votes/x", demonstration: true, lead: "1 494 bulletins", used: "1 €",
        left: "0 €", budget: "1 €", usedPermille: "1000", usedWords: "1 € sur 1 €", rule: "Par points.", isPoints: true,
        selected: [
            Line(
                number: "4", title: "Un jardin", titleLanguage: "fr", href: "/votes/x/projects/4", cost: "1 €",
                votes: "3", support: "5", reason: "Retenu.")
        ],
        refused: [
            Line(
                number: "5", title: "Un banc", titleLanguage: "fr", href: "/votes/x/projects/5", cost: "1 €",
                votes: "3", support: "5", reason: "Trop cher.")
        ], groups: [Group(name: "en ligne", ballots: "3", valid: "3", blank: "0", invalid: "0")],
        chart: Chart(
            caption: "Points", nameHead: "Projet", valueHead: "Points", noteHead: "Résultat", legend: "—",
            bars: [Bar(name: "Un jardin", value: "5", percent: "100.0", selected: true, note: "Retenu")]),
        downloads: Downloads(files: [.init(href: "/r.csv", name: "Résultat", kind: "CSV")]),
        recordHref: "/votes/x/record/", checkHref: "/votes/x/check")
}
