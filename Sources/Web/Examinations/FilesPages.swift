import Foundation
import Participation

/// The files of a process, what waits for each service, and how many are where.
struct FilesPage: PageView {
    static let template = "examinations/files"

    struct StateLink: Sendable {
        let label: String
        let href: String
        let count: String
        let isCurrent: Bool
    }

    struct Load: Sendable {
        let name: String
        let href: String
        let waiting: String
        let overdue: String
        let isLate: Bool
        let next: String
    }

    struct Line: Sendable {
        let number: String
        let title: String
        /// The language of the title where it is not the reader's.
        let wroteIn: String?
        let href: String
        let state: String
        let tone: String?
        let supports: String
        let services: String
        let due: String
        let isLate: Bool
        let canTick: Bool
    }

    let crumbs: [PlaceLink]
    let title: String
    let lead: String
    let isAgent: Bool
    let links: [PlaceLink]
    let states: [StateLink]
    let loads: [Load]
    let hasLoads: Bool
    let lines: [Line]
    let isEmpty: Bool
    let older: String?
    let planAction: String
    /// Where the last assignment can be undone.
    let undoAction: String?

    static let sample = FilesPage(
        crumbs: [PlaceLink(label: "Espace agents", href: "/desk")], title: "Dossiers", lead: "À examiner.",
        isAgent: true, links: [PlaceLink(label: "Réglages", href: "/x")],
        states: [StateLink(label: "À examiner", href: "/x", count: "3", isCurrent: true)],
        loads: [Load(name: "Voirie", href: "/x", waiting: "4", overdue: "2", isLate: true, next: "3 mars 2026")],
        hasLoads: true,
        lines: [
            Line(
                number: "12", title: "Ein Brunnen", wroteIn: "de", href: "/x", state: "À examiner", tone: "wait",
                supports: "12", services: "Voirie", due: "3 mars 2026", isLate: true, canTick: true)
        ], isEmpty: true, older: "/x?after=12", planAction: "/x", undoAction: "/x")
}

extension FilesPage {
    init(
        _ scene: FileScene, _ filter: FileFilter, _ found: [FileLine], loads: [ServiceLoad],
        counts: [FileLine.State: Int], batch: ID<Assignments>?, _ strings: Strings
    ) {
        let list = "\(scene.base)/files"
        crumbs = Array(scene.crumbs(strings).dropLast())
        title = strings("exam.files")
        lead = strings(scene.isAgent ? "exam.files.lead" : "exam.files.mine")
        isAgent = scene.isAgent
        links =
            scene.isAgent
            ? [("settings", "examination"), ("answers", "answers"), ("letters", "letters"), ("export", "files.csv")].map
            {
                PlaceLink(label: strings("exam.\($0.0)"), href: "\(scene.base)/\($0.1)")
            } : []
        var states: [StateLink] = [
            StateLink(
                label: strings("exam.state.all"), href: list, count: strings.number(counts.values.reduce(0, +)),
                isCurrent: filter == FileFilter())
        ]
        for state in FileLine.State.allCases {
            guard let count = counts[state] else { continue }
            states.append(
                StateLink(
                    label: strings("exam.state.\(state.rawValue)"), href: "\(list)?state=\(state.rawValue)",
                    count: strings.number(count), isCurrent: filter.state == state))
        }
        self.states = states
        self.loads = loads.map { load in
            Load(
                name: load.name(strings.language), href: "\(list)?service=\(load.service)&state=asked",
                waiting: strings.number(load.waiting), overdue: strings.number(load.overdue), isLate: load.overdue > 0,
                next: load.next.map(strings.day) ?? "–")
        }
        hasLoads = !loads.isEmpty
        let shown: [FileLine] = Array(found.prefix(FilesDesk.pageLength))
        lines = shown.map { Line($0, scene, strings) }
        isEmpty = shown.isEmpty
        var words: [String] = []
        if let state = filter.state { words.append("state=\(state.rawValue)") }
        if let service = filter.service { words.append("service=\(service)") }
        if filter.overdue { words.append("overdue=1") }
        older =
            found.count > FilesDesk.pageLength
            ? shown.last.map { last in
                "\(list)?\((words + ["day=\(last.due?.description ?? "")", "after=\(last.number)"]).joined(separator: "&"))"
            } : nil
        planAction = "\(scene.base)/assignments/new"
        undoAction = scene.isAgent ? batch.map { "\(scene.base)/assignments/\($0)/undo" } : nil
    }
}

extension FilesPage.Line {
    init(_ line: FileLine, _ scene: FileScene, _ strings: Strings) {
        number = String(line.number)
        title = line.title
        wroteIn = line.language.foreign(to: strings.language)
        href = "\(scene.base)/files/\(line.number)"
        state = strings("exam.state.\(line.state.rawValue)")
        tone = line.state.tone
        supports = strings.number(line.supports)
        services = line.services.map { $0(strings.language) }.joined(separator: ", ")
        due = line.due.map(strings.day) ?? "–"
        isLate = line.isOverdue
        canTick = scene.isAgent && [.waiting, .unassigned, .asked, .ready].contains(line.state)
    }
}

extension FileLine.State {
    /// The class that colours the word of the state.
    var tone: String? {
        switch self {
        case .waiting, .unassigned: "wait"
        case .asked, .ready, .decided: "now"
        case .answered: "good"
        case .closed: nil
        }
    }
}

/// What giving files to services would do, with the choice of the services.
struct AssignmentPage: PageView {
    static let template = "examinations/assignment"

    struct Line: Sendable {
        let number: String
        let title: String
        let wroteIn: String?
        /// What would happen to it, in words.
        let effect: String
        let isOpen: Bool
        /// The services that have it already.
        let present: String?
    }

    struct Choice: Sendable {
        let id: String
        let label: String
        let isTicked: Bool
    }

    let errors: ErrorSummary?
    let crumbs: [PlaceLink]
    let title: String
    let action: String
    let lines: [Line]
    let isEmpty: Bool
    let services: [Choice]
    let hasServices: Bool
    let serviceError: String?
    let settingsHref: String
    let due: Field
    let submit: String

    static let sample = AssignmentPage(
        errors: ErrorSummary(items: [.init(field: "due", text: "Choisissez un jour.")]),
        crumbs: [PlaceLink(label: "Dossiers", href: "/x")], title: "Confier", action: "/x",
        lines: [
            Line(
                number: "12", title: "A well", wroteIn: "en", effect: "Son examen commence.", isOpen: true,
                present: "Voirie")
        ], isEmpty: true, services: [Choice(id: "x", label: "Voirie", isTicked: true)], hasServices: true,
        serviceError: "Choisissez un service.", settingsHref: "/x", due: FieldErrors.sampleField, submit: "Confier")
}

extension AssignmentPage {
    init(
        _ scene: FileScene, _ plan: Assignments.Plan, _ all: [ExaminingService], _ form: Fields,
        _ problems: FieldErrors,
        _ strings: Strings
    ) {
        let names: [ID<ExaminingService>: String] = Dictionary(
            uniqueKeysWithValues: all.map { ($0.id, $0.name(strings.language)) })
        let ticked: Set<String> = Set(form.all("service"))
        errors = problems.summary(strings)
        crumbs = scene.crumbs(strings)
        title = strings("exam.assign.title")
        action = "\(scene.base)/assignments"
        lines = plan.lines.map { line in
            let effect: String = line.begins ? "begins" : line.isOpen ? "goes_on" : "passed_over"
            let present: [String] = line.services.compactMap { names[$0] }
            return Line(
                number: String(line.number), title: line.title, wroteIn: line.language.foreign(to: strings.language),
                effect: strings("exam.assign.\(effect)"), isOpen: line.isOpen,
                present: present.isEmpty
                    ? nil : strings("exam.assign.present", ["services": present.joined(separator: ", ")]))
        }
        isEmpty = plan.lines.isEmpty
        services = all.map {
            Choice(
                id: $0.id.description, label: $0.name(strings.language), isTicked: ticked.contains($0.id.description))
        }
        hasServices = !all.isEmpty
        serviceError = problems.text(for: "service", strings)
        settingsHref = "\(scene.base)/examination"
        due = problems.field(
            "due", label: strings("exam.due"), value: form.text("due"), type: "date", hint: strings("exam.due.hint"),
            size: "short", strings)
        submit = strings.plural("exam.assign.submit", plan.lines.count(where: \.isOpen))
    }
}
