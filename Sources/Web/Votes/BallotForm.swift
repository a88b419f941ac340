import Foundation
import Participation
import PublicRecord

/// The form in which a resident chooses: it shows some of the projects, and keeps what was chosen among the others.
///
/// Fields: `shown`, once per project on the page; `choice` with the numbers of the chosen ones (approvals), or
/// `choice-<number>` with points, rank or grade. Where one project is the most, `choice` comes from radio buttons: any of
/// them, also the empty one of a blank ballot, takes the place of what was chosen before, on another page of the list too.
struct BallotForm {
    /// What is chosen now, among the projects shown and the others.
    let lines: [BallotLine]

    /// What the form says, on top of what was kept before.
    init(_ fields: Fields, kept: [BallotLine], vote: Vote) {
        let shown: Set<String> = Set(fields.all("shown"))
        let chosen: Set<String> = Set(fields.all("choice"))
        let replaces: Bool = vote.settings.ballot.takesOneProject && !chosen.isEmpty
        var lines: [BallotLine] = []
        let keptByProject: [String: String] = Dictionary(
            kept.map { ($0.project, $0.value) }, uniquingKeysWith: { first, _ in first })
        for project in vote.projects {
            let number = String(project.number)
            guard shown.contains(number) else {
                if !replaces, let value = keptByProject[project.key] { lines.append(BallotLine(project.key, value)) }
                continue
            }
            switch vote.settings.ballot.type {
            case .approval:
                if chosen.contains(number) { lines.append(BallotLine(project.key)) }
            case .points:
                let value: String = fields.text("choice-\(number)")
                if !value.isEmpty, value != "0" { lines.append(BallotLine(project.key, value)) }
            case .ranking, .grades:
                let value: String = fields.text("choice-\(number)")
                if !value.isEmpty { lines.append(BallotLine(project.key, value)) }
            }
        }
        self.lines = lines
    }
}

extension BallotRules {
    /// Whether a ballot is the choice of one project among all.
    var takesOneProject: Bool { type == .approval && maximum == 1 }
}
