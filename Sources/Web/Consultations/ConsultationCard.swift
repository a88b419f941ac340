import Participation

/// A consultation in a list: what it asks, where it stands, and until when.
struct ConsultationCard: Sendable {
    let title: String
    let titleLanguage: String?
    let href: String
    let summary: String?
    let status: StatusWord
    let headline: String
    let process: String
    let processHref: String
    let isOpen: Bool

    static let sample = ConsultationCard(
        title: "La place Lambert", titleLanguage: "fr", href: "/consultations/x", summary: "Dites ce qui change.",
        status: .sample, headline: "Jusqu’au 9 décembre.", process: "Consultations 2027",
        processHref: "/processes/c/consultations", isOpen: true)
}

extension ConsultationCard {
    init(_ consultation: Consultation, of process: Participation.Process, _ strings: Strings, today: Day) {
        let reader: Language = strings.language
        title = consultation.title(reader)
        titleLanguage = consultation.title.foreign(to: reader)
        href = "/consultations/\(consultation.handle)"
        summary = consultation.summary.isEmpty ? nil : consultation.summary(reader)
        status = ConsultationWords(strings).status(consultation.stage)
        headline = ConsultationTimes(consultation, strings, today: today).headline
        self.process = process.title(reader)
        processHref = "/processes/\(process.slug)/consultations"
        isOpen = consultation.isCollecting
    }
}

/// Some consultations on another page, with the way to all of them.
struct ConsultationsView: Sendable {
    let cards: [ConsultationCard]
    let words: String
    let href: String

    static let sample = ConsultationsView(
        cards: [.sample], words: "Toutes les consultations", href: "/consultations")
}

/// Reads the consultations of lists.
struct ConsultationShelf: Sendable {
    private let consultations: Consultations
    private let processes: Processes

    init(consultations: Consultations, processes: Processes) {
        self.consultations = consultations
        self.processes = processes
    }

    /// The cards of published consultations, those first in which one can take part, then those that open next, then the
    /// rest, the last first.
    func cards(
        of process: ID<Participation.Process>? = nil, _ strings: Strings, today: Day
    ) async throws -> [(stage: Consultation.Stage, card: ConsultationCard)] {
        let known: [ID<Participation.Process>: Participation.Process] = Dictionary(
            uniqueKeysWithValues: try await processes.list().map { ($0.id, $0) })
        let order: [Consultation.Stage] = [.collection, .announcement, .synthesis, .answer, .followUp]
        let all: [Consultation] = try await consultations.list(of: process)
        return order.flatMap { stage in
            all.filter { $0.stage == stage }.compactMap { consultation in
                known[consultation.process].map {
                    (stage, ConsultationCard(consultation, of: $0, strings, today: today))
                }
            }
        }
    }
}
