import Foundation
import Hummingbird
import Participation

/// Who works on the printed sheets of which questionnaire: an agent, or an entry operator of the process.
struct SheetScene: Sendable {
    let account: SignedInAccount
    let process: Participation.Process
    let consultation: Consultation
    let questionnaire: Questionnaire
    let strings: Strings

    /// Whether what agents alone may do is offered.
    var isAgent: Bool { account.holds(.participationAgent, process: process.id) }
    var actor: Actor { account.acting(as: isAgent ? .participationAgent : .entryOperator) }
    /// The address of the list.
    var base: String {
        "/desk/processes/\(process.slug)/consultations/\(consultation.handle)/questionnaires/\(questionnaire.handle)/sheets"
    }
    /// The address of the page of a sheet.
    func href(_ number: PaperNumber) -> String { "\(base)/\(number.text)" }

    /// The path of the list, with the names of its parts.
    static let path =
        "/desk/processes/{process}/consultations/{consultation}/questionnaires/{questionnaire}/sheets"

    /// The questionnaire of the path for whoever enters its sheets; absent for everybody else.
    static func find(
        _ context: AppContext, _ processes: Processes, _ consultations: Consultations, _ strings: Strings
    ) async throws -> SheetScene {
        let (account, process) = try await processes.ofEntry(context)
        guard let consultation = try await consultations.find(try context.slug("consultation")),
            consultation.process == process.id,
            let questionnaire = try await consultations.questionnaire(
                try context.slug("questionnaire"), of: consultation.id)
        else { throw Absent() }
        return SheetScene(
            account: account, process: process, consultation: consultation, questionnaire: questionnaire,
            strings: strings)
    }

    /// The way back, above the title of each page.
    var crumbs: [PlaceLink] {
        let home = "/desk/processes/\(process.slug)"
        guard isAgent else {
            return [
                PlaceLink(label: strings("desk.title"), href: "/desk"),
                PlaceLink(label: strings("consultations.paper.places"), href: "\(home)/sheets"),
            ]
        }
        return [
            PlaceLink(label: strings("desk.title"), href: "/desk"),
            PlaceLink(label: process.title(strings.language), href: home),
            PlaceLink(label: strings("consultations.title"), href: "\(home)/consultations"),
            PlaceLink(
                label: consultation.title(strings.language), href: "\(home)/consultations/\(consultation.handle)"),
        ]
    }
}

extension Processes {
    /// The process of the path for its agents and entry operators; absent for everybody else.
    func ofEntry(_ context: AppContext) async throws -> (SignedInAccount, Participation.Process) {
        let account: SignedInAccount = try context.requireDesk()
        guard let process = try await find(try context.slug("process")),
            account.holds(.participationAgent, process: process.id)
                || account.holds(.entryOperator, process: process.id)
        else { throw Absent() }
        return (account, process)
    }
}
