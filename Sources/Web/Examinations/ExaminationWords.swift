import Participation

/// How an examination speaks in the reader's language, on the public page and at the desk.
struct ExaminationWords {
    /// What the city asked or the authors said.
    struct Said: Sendable {
        let heading: String
        let date: String
        let text: String
        /// The language of the words where it is not the reader's.
        let code: String?

        static let sample = Said(
            heading: "Demande de la ville", date: "3 mars 2026", text: "<p>Plus petit ?</p>", code: "fr")
    }

    let strings: Strings
    let currency: String

    init(_ strings: Strings, currency: String) {
        self.strings = strings
        self.currency = currency
    }

    /// An opinion; who wrote it and the check-list stand there for staff alone.
    func opinion(_ opinion: Opinion, isStanding: Bool = true, forStaff: Bool = false) -> OpinionView {
        OpinionView(
            service: opinion.serviceName(strings.language),
            feasibility: strings("exam.feasibility.\(opinion.feasibility.rawValue)"), tone: opinion.feasibility.tone,
            date: strings.date(opinion.at), author: forStaff && !opinion.author.isEmpty ? opinion.author : nil,
            text: Markdown.html(opinion.words(strings.language)), code: opinion.words.foreign(to: strings.language),
            isReplaced: !isStanding,
            checks: forStaff
                ? opinion.answers.map {
                    PlaceFact(
                        name: $0.title(strings.language), text: strings("exam.check.\($0.answer.rawValue)"))
                } : [], hasChecks: forStaff && !opinion.answers.isEmpty)
    }

    /// The cost lines that stand, with their sums; nil when there is none.
    func costs(of examination: Examination) -> CostTable? {
        let lines: [CostTable.Line] = examination.standing.flatMap { opinion in
            opinion.costs.map { line in
                CostTable.Line(
                    label: line.label, service: opinion.serviceName(strings.language),
                    kind: strings("exam.cost.\(line.kind.rawValue)"), amount: money(line.cents))
            }
        }
        guard !lines.isEmpty else { return nil }
        return CostTable(
            lines: lines, investment: examination.cost(.investment).map(money),
            running: examination.cost(.running).map(money))
    }

    /// The answer of the city.
    func verdict(_ verdict: Verdict) -> VerdictView {
        VerdictView(
            word: strings("exam.outcome.\(verdict.outcome.rawValue)"),
            tone: verdict.outcome == .accepted ? "good" : "bad", reason: verdict.reason?(strings.language),
            text: Markdown.html(verdict.words(strings.language)), cost: verdict.cost.map(money),
            date: strings.date(verdict.publishedAt ?? verdict.decidedAt))
    }

    /// What the city asked and what the authors said, in order.
    func said(in examination: Examination) -> [Said] {
        var said: [Said] = []
        if let request = examination.request {
            said.append(
                Said(
                    heading: strings("exam.said.request"), date: strings.date(request.at),
                    text: Markdown.html(request.words(strings.language)),
                    code: request.words.foreign(to: strings.language)))
        }
        said += examination.answers.map { answer in
            let name: String = answer.author.isEmpty ? strings("proposals.author.gone") : answer.author
            let key: String = answer.version == nil ? "exam.said.answer" : "exam.said.adapted"
            return Said(
                heading: strings(key, ["name": name]), date: strings.date(answer.at), text: Markdown.html(answer.words),
                code: nil)
        }
        return said
    }

    private func money(_ cents: Int64) -> String { strings.money(cents, currency: currency) }
}

/// What a service found.
struct OpinionView: Sendable {
    let service: String
    let feasibility: String
    let tone: String?
    let date: String
    let author: String?
    let text: String
    /// The language of the words where it is not the reader's.
    let code: String?
    /// A later opinion has taken its place.
    let isReplaced: Bool
    let checks: [PlaceFact]
    let hasChecks: Bool

    static let sample = OpinionView(
        service: "Voirie", feasibility: "Faisable", tone: "good", date: "3 mars 2026", author: "Ada",
        text: "<p>Oui.</p>",
        code: "fr", isReplaced: true, checks: [PlaceFact(name: "Terrain de la ville ?", text: "Oui")], hasChecks: true)
}

/// What a proposal costs, line by line.
struct CostTable: Sendable {
    struct Line: Sendable {
        let label: String
        let service: String
        let kind: String
        let amount: String
    }

    let lines: [Line]
    let investment: String?
    let running: String?

    static let sample = CostTable(
        lines: [Line(label: "Bancs", service: "Voirie", kind: "Investissement", amount: "4 000 €")],
        investment: "4 000 €", running: "200 €")
}

/// What the city answers.
struct VerdictView: Sendable {
    let word: String
    let tone: String
    let reason: String?
    let text: String
    let cost: String?
    let date: String

    static let sample = VerdictView(
        word: "Acceptée", tone: "good", reason: "Hors compétence", text: "<p>Oui.</p>", cost: "4 000 €",
        date: "3 mars 2026")
}

extension Opinion.Feasibility {
    /// The class that colours the word.
    fileprivate var tone: String? {
        switch self {
        case .feasible: "good"
        case .withChanges, .needsStudy: "wait"
        case .notFeasible, .outsidePowers: "bad"
        }
    }
}
