import Participation
import PublicRecord

/// A ballot paper: ordinary, in large print, easy to read, or a sample of one.
struct BallotSheet: PageView {
    static let template = "prints/ballot"

    /// A project with the means to choose it.
    struct Line: Sendable {
        let number: String
        let title: String
        let titleLanguage: String?
        let district: String?
        let cost: String
    }

    let marks: SheetMarks
    let dates: String
    /// Said where the paper is no ballot.
    let warning: String?
    let steps: [String]
    let faults: [String]
    let isCrossed: Bool
    let isWritten: Bool
    /// What the example shows in its box.
    let example: String
    /// The grades, each with its box for every project; empty for other types.
    let grades: [String]
    let isGraded: Bool
    let hasFaults: Bool
    /// What stands above the boxes.
    let choiceHead: String
    let lines: [Line]

    static let sample = BallotSheet(
        marks: .sample, dates: "Du 1er au 30 novembre", warning: "On ne vote pas avec ce papier.",
        steps: ["Choisissez trois projets."], faults: ["Vous choisissez plus de trois projets."], isCrossed: true,
        isWritten: true, example: "3", grades: ["Très bien"], isGraded: true, hasFaults: true,
        choiceHead: "Votre choix",
        lines: [Line(number: "4", title: "Un jardin", titleLanguage: "fr", district: "Nord", cost: "45 000 €")])
}

extension BallotSheet {
    init(_ vote: Vote, marks: SheetMarks, document: PrintDocument, _ strings: Strings) {
        let words = BallotSheetWords(vote, strings)
        let rules: BallotRules = vote.settings.ballot
        self.marks = marks
        dates = words.dates
        warning =
            vote.opening == nil
            ? strings("prints.draft.words") : document == .sample ? strings("prints.specimen.words") : nil
        steps = document == .easyRead ? words.easySteps : words.steps
        faults = document == .easyRead ? [] : words.faults
        hasFaults = !faults.isEmpty
        isGraded = rules.type == .grades
        isCrossed = rules.type == .approval || isGraded
        isWritten = !isCrossed
        example =
            switch rules.type {
            case .approval, .grades: "×"
            case .points: strings.number(min(2, rules.pointsPerProject))
            case .ranking: "1"
            }
        grades = rules.grades
        choiceHead = strings("prints.ballot.\(rules.type.rawValue)")
        lines = vote.projects.map { project in
            Line(
                number: String(project.number), title: project.title(strings.language),
                titleLanguage: project.title.foreign(to: strings.language), district: project.district,
                cost: strings.money(project.cost, currency: vote.settings.currency))
        }
    }
}

/// How to mark a paper, and what makes it invalid: the definition's rules in the words of a polling place.
struct BallotSheetWords {
    private let vote: Vote
    private let strings: Strings
    private let words: VoteWords

    init(_ vote: Vote, _ strings: Strings) {
        self.vote = vote
        self.strings = strings
        words = VoteWords(vote, strings)
    }

    private var rules: BallotRules { vote.settings.ballot }

    var dates: String { words.dates }

    /// What to do, in order.
    var steps: [String] {
        [
            words.rule, strings("prints.mark.\(rules.type.rawValue)"), strings("prints.blank"),
            strings("prints.mistake"),
        ]
    }

    /// The same in short sentences, one thing in each.
    var easySteps: [String] {
        var steps: [String] = [strings("prints.easy.\(rules.type.rawValue)")]
        if rules.type == .points {
            steps.append(strings.plural("prints.easy.points.total", rules.pointsInTotal))
            steps.append(strings.plural("prints.easy.points.each", rules.pointsPerProject))
        } else if rules.maximum < vote.projects.count {
            steps.append(strings.plural("prints.easy.most", rules.maximum))
        }
        if rules.minimum > 1 { steps.append(strings.plural("prints.easy.least", rules.minimum)) }
        if let limit = rules.budgetLimit {
            steps.append(strings("prints.easy.budget", ["limit": words.money(limit)]))
        }
        return steps + ["prints.easy.name", "prints.easy.blank", "prints.easy.help"].map { strings($0) }
    }

    /// What makes the paper invalid.
    var faults: [String] {
        var faults: [String] = []
        if rules.maximum < vote.projects.count { faults.append(strings.plural("prints.fault.most", rules.maximum)) }
        if rules.minimum > 1 { faults.append(strings.plural("prints.fault.least", rules.minimum)) }
        if let limit = rules.budgetLimit {
            faults.append(strings("prints.fault.budget", ["limit": words.money(limit)]))
        }
        switch rules.type {
        case .approval: break
        case .points:
            faults.append(strings.plural("prints.fault.points.total", rules.pointsInTotal))
            if rules.pointsPerProject < rules.pointsInTotal {
                faults.append(strings.plural("prints.fault.points.each", rules.pointsPerProject))
            }
        case .ranking: faults.append(strings("prints.fault.ranking"))
        case .grades: faults.append(strings("prints.fault.grades"))
        }
        return faults + ["prints.fault.sign", "prints.fault.torn", "prints.fault.copy"].map { strings($0) }
    }
}
