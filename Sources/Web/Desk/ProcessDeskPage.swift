import Foundation
import Participation

/// All that agents do for a process, each a page away.
struct ProcessDeskPage: PageView {
    static let template = "desk/process"

    /// Pages that belong together.
    struct Group: Sendable {
        let id: String
        let title: String
        let links: [PlaceLink]
    }

    /// A vote of the process.
    struct Ballot: Sendable {
        let title: String
        let href: String
        let state: String
    }

    let crumbs: [PlaceLink]
    let title: String
    let publicHref: String
    let settingsHref: String
    let phases: PhaseLine?
    let groups: [Group]
    let hasVotes: Bool
    let votes: [Ballot]

    static let sample = ProcessDeskPage(
        crumbs: [PlaceLink(label: "Espace agents", href: "/desk")], title: "Diagonales", publicHref: "/processes/d",
        settingsHref: "/desk/processes/d/settings", phases: ProcessPage.sample.phases,
        groups: [
            Group(
                id: "proposals", title: "Propositions",
                links: [PlaceLink(label: "Appel", href: "/desk/processes/d/call")])
        ], hasVotes: true, votes: [Ballot(title: "Budget", href: "/desk/votes/x", state: "Ouvert")])
}

extension ProcessDeskPage {
    init(_ process: Participation.Process, _ votes: [Vote], today: Day, _ strings: Strings) {
        let base = "/desk/processes/\(process.slug)"
        crumbs = [PlaceLink(label: strings("desk.title"), href: "/desk")]
        title = process.title(strings.language)
        publicHref = "/processes/\(process.slug)"
        settingsHref = "\(base)/settings"
        phases = PhaseLine(process, strings, today: today)
        groups = [
            Group(
                id: "proposals", title: strings("proposals.title"),
                links: ProposalDesk.links(of: process, strings)),
            Group(
                id: "consultations", title: strings("consultations.title"),
                links: [
                    PlaceLink(label: strings("consultations.frame.desk.link"), href: "\(base)/consultations")
                ]),
            Group(
                id: "walks", title: strings("walks.title"),
                links: [PlaceLink(label: strings("walks.desk.link"), href: "\(base)/walks")]),
            Group(
                id: "events", title: strings("events.title"),
                links: [PlaceLink(label: strings("events.desk.link"), href: "\(base)/events")]),
        ]
        hasVotes = !votes.isEmpty
        self.votes = votes.map { vote in
            Ballot(
                title: vote.settings.title(strings.language), href: "/desk/votes/\(vote.slug)",
                state: strings("votes.state.\(vote.state(at: Date()).rawValue)"))
        }
    }
}
