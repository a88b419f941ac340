import Foundation
import Participation

/// The first page of the city.
struct HomePage: PageView {
    static let template = "processes/home"

    struct VoteItem: Sendable {
        let title: String
        let href: String
        let state: String
        let stateWords: String
        let budget: String
        let projects: String
        let isOpen: Bool
        let demonstration: Bool
    }

    /// A call for ideas that can be answered today.
    struct CallItem: Sendable {
        let title: String
        let href: String
        let writeHref: String
        let summary: String
        let demonstration: Bool
    }

    let city: String
    let consultations: ConsultationsView?
    let calls: [CallItem]
    let hasCalls: Bool
    let walks: WalksView?
    let events: EventsView?
    let votes: [VoteItem]
    let processes: [ProcessesPage.Item]

    static let sample = HomePage(
        city: "Tilleul-sur-Loire", consultations: .sample,
        calls: [
            CallItem(
                title: "Idées", href: "/processes/x/proposals", writeHref: "/processes/x/proposals/new",
                summary: "Un appel.", demonstration: true)
        ], hasCalls: true, walks: .sample, events: .sample,
        votes: [
            VoteItem(
                title: "Budget", href: "/votes/x", state: "Ouvert", stateWords: "Vous pouvez voter.",
                budget: "1 000 €", projects: "30 projets", isOpen: true, demonstration: true)
        ], processes: ProcessesPage.sample.processes)
}

/// The list of processes.
struct ProcessesPage: PageView {
    static let template = "processes/processes"

    struct Item: Sendable {
        let title: String
        let href: String
        let summary: String
        let demonstration: Bool
    }

    let processes: [Item]

    static let sample = ProcessesPage(processes: [
        Item(title: "Diagonales", href: "/processes/d", summary: "Un corridor vert.", demonstration: true)
    ])
}

/// A process with its phases and votes.
struct ProcessPage: PageView {
    static let template = "processes/process"

    /// What has been proposed.
    struct Ideas: Sendable {
        let countWords: String
        let listHref: String
        /// Nil while nothing can be proposed.
        let writeHref: String?
        let latest: [ProposalLink]
    }

    /// What is being built.
    struct Works: Sendable {
        let words: String
        let href: String
    }

    let title: String
    let summary: String
    let paragraphs: [String]
    let demonstration: Bool
    let phases: PhaseLine?
    let votes: [HomePage.VoteItem]
    let hasVotes: Bool
    let proposals: Ideas?
    let deliveries: Works?
    let consultations: ConsultationsView?
    let walks: WalksView?
    let events: EventsView?

    static let sample = ProcessPage(
        title: "Diagonales", summary: "Un corridor vert.", paragraphs: ["Des marches."], demonstration: true,
        phases: PhaseLine(
            steps: [PhaseLine.Step(name: "Vote", state: "en cours", dates: "novembre", done: true, current: true)],
            today: "Vous pouvez voter."), votes: HomePage.sample.votes, hasVotes: true,
        proposals: Ideas(
            countWords: "12 propositions", listHref: "/processes/x/proposals",
            writeHref: "/processes/x/proposals/new", latest: [.sample]),
        deliveries: Works(words: "3 projets", href: "/processes/x/deliveries"),
        consultations: .sample, walks: .sample, events: .sample)
}

/// Where a process stands, what comes next, and what can be done today.
struct PhaseLine: Sendable {
    struct Step: Sendable {
        let name: String
        let state: String
        let dates: String?
        let done: Bool
        let current: Bool
    }

    let steps: [Step]
    let today: String?

    init(steps: [Step], today: String?) {
        self.steps = steps
        self.today = today
    }

    /// Nil for a process without phases.
    init?(_ process: Participation.Process, _ strings: Strings, today: Day) {
        guard !process.phases.isEmpty else { return nil }
        let current: Phase? = process.phases.first { $0.starts <= today && today <= $0.ends }
        steps = process.phases.map { phase in
            let done: Bool = phase.ends < today
            let isCurrent: Bool = phase.id == current?.id
            let state: String = isCurrent ? "current" : done ? "done" : "coming"
            return Step(
                name: phase.title(strings.language), state: strings("phases.\(state)"),
                dates: strings(
                    "phases.dates", ["starts": strings.day(phase.starts), "ends": strings.day(phase.ends)]),
                done: done, current: isCurrent)
        }
        let words: String = current?.description(strings.language) ?? ""
        self.today = words.isEmpty ? nil : words
    }
}

extension Strings {
    /// A day of the calendar as the language writes it, whatever the time zone.
    func day(_ day: Day) -> String {
        let noon: Date? = calendar.date(
            from: DateComponents(year: day.year, month: day.month, day: day.day, hour: 12))
        return noon.map(date) ?? day.description
    }
}

/// A page of plain paragraphs: help, legal notice, accessibility, source.
struct TextPage: PageView {
    static let template = "processes/text"

    enum Kind: String, CaseIterable, Sendable {
        case help, legal, accessibility, source
    }

    let title: String
    let paragraphs: [String]

    static let sample = TextPage(title: "Aide", paragraphs: ["Nous vous aidons."])
}
