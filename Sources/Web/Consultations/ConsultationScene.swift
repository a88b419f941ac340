import Hummingbird
import Participation

/// Who works on the consultations of which process: what every page of them at the desk begins with.
struct ConsultationScene: Sendable {
    let account: SignedInAccount
    let process: Participation.Process
    let strings: Strings
    /// The consultation of the path, where it names one.
    let consultation: Consultation?

    var actor: Actor { account.acting(as: .participationAgent) }
    var base: String { "/desk/processes/\(process.slug)/consultations" }
    /// The address of the consultation's own page at the desk, where the path names one.
    var own: String { consultation.map { "\(base)/\($0.handle)" } ?? base }

    /// The process of the path for its agents; absent for everybody else.
    static func find(
        _ context: AppContext, _ processes: Processes, _ strings: Strings
    ) async throws -> ConsultationScene {
        let (account, process) = try await processes.ofAgent(context)
        return ConsultationScene(account: account, process: process, strings: strings, consultation: nil)
    }

    /// The consultation of the path, for the same people.
    static func find(
        _ context: AppContext, _ processes: Processes, _ strings: Strings, _ consultations: Consultations
    ) async throws -> ConsultationScene {
        let scene: ConsultationScene = try await find(context, processes, strings)
        guard let consultation = try await consultations.find(try context.slug("consultation")),
            consultation.process == scene.process.id
        else { throw Absent() }
        return ConsultationScene(
            account: scene.account, process: scene.process, strings: strings, consultation: consultation)
    }

    /// The consultation of the path, for a page whose path always names one.
    func required() throws -> Consultation {
        guard let consultation else { throw Absent() }
        return consultation
    }

    /// The way back, above the title of each page; to the consultation too, where the path names one.
    var crumbs: [PlaceLink] {
        [
            PlaceLink(label: strings("desk.title"), href: "/desk"),
            PlaceLink(label: process.title(strings.language), href: "/desk/processes/\(process.slug)"),
            PlaceLink(label: strings("consultations.title"), href: base),
        ] + (consultation.map { [PlaceLink(label: $0.title(strings.language), href: own)] } ?? [])
    }
}

extension Consultations {
    /// The published consultation of the path; absent when there is none.
    func published(_ context: AppContext) async throws -> Consultation {
        guard let consultation = try await find(try context.slug("consultation")), consultation.publishedAt != nil
        else { throw Absent() }
        return consultation
    }
}
