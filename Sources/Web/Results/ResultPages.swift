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
        let whyHref: String
    }

    /// One kind of ballots, by channel.
    struct ChannelLine: Sendable {
        let name: String
        let cells: [String]
        let total: String
    }

    /// What a project has online and on paper, and together.
    struct ColumnLine: Sendable {
        let name: String
        let sealed: String
        let paper: String
        let total: String
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
    /// The channels through which ballots came, and the ballots of each.
    let channels: [String]
    let channelLines: [ChannelLine]
    /// Each project by channel, for a vote that was also held on paper.
    let hasColumns: Bool
    let columnLines: [ColumnLine]
    /// The groups, where they say more than the channels.
    let hasGroups: Bool
    let groups: [Group]
    let chart: Chart
    let downloads: Downloads
    let recordHref: String
    let checkHref: String
    let countHref: String
    /// Where agents compare rules on these ballots; nil for everybody else.
    let compareHref: String?

    static let sample = ResultPage(
        voteTitle: "Budget", voteHref: "/votes/x", demonstration: true, lead: "1 494 bulletins", used: "1 €",
        left: "0 €", budget: "1 €", usedPermille: "1000", usedWords: "1 € sur 1 €", rule: "Par points.", isPoints: true,
        selected: [
            Line(
                number: "4", title: "Un jardin", titleLanguage: "fr", href: "/votes/x/projects/4", cost: "1 €",
                votes: "3", support: "5", reason: "Retenu.",
                whyHref: "/votes/x/result/projects/4")
        ],
        refused: [
            Line(
                number: "5", title: "Un banc", titleLanguage: "fr", href: "/votes/x/projects/5", cost: "1 €",
                votes: "3", support: "5", reason: "Trop cher.",
                whyHref: "/votes/x/result/projects/5")
        ], channels: ["en ligne"], channelLines: [ChannelLine(name: "Bulletins", cells: ["3"], total: "3")],
        hasColumns: true, columnLines: [ColumnLine(name: "Un jardin", sealed: "3", paper: "2", total: "5")],
        hasGroups: true, groups: [Group(name: "en ligne", ballots: "3", valid: "3", blank: "0", invalid: "0")],
        chart: Chart(
            caption: "Points", nameHead: "Projet", valueHead: "Points", noteHead: "Résultat", legend: "—",
            bars: [Bar(name: "Un jardin", value: "5", percent: "100.0", selected: true, note: "Retenu")]),
        downloads: Downloads(files: [.init(href: "/r.csv", name: "Résultat", kind: "CSV")]),
        recordHref: "/votes/x/record/", checkHref: "/votes/x/check", countHref: "/votes/x/result/count",
        compareHref: "/desk/comparisons/new?vote=x")
}
