import Foundation
import Participation

/// A kind of thing that a consultation holds: its questionnaires, its texts, its debates, its events, its results, its
/// answer. Each says in a file of its own what the two hubs tell of it; `City.consultationParts` lists them in the order
/// in which one works on them.
protocol ConsultationPart: Sendable {
    /// What residents find of it on the consultation's public page; nothing while there is nothing to see.
    func lines(_ visit: ConsultationVisit) async throws -> [ConsultationLine]

    /// What agents find of it on the consultation's page at the desk, from the first day.
    func deskLines(_ scene: ConsultationScene, of consultation: Consultation) async throws -> [ConsultationDeskLine]
}

/// A published consultation as somebody looks at it.
struct ConsultationVisit: Sendable {
    let consultation: Consultation
    let process: Participation.Process
    /// Who looks; nil for whoever has not signed in.
    let account: SignedInAccount?
    let strings: Strings
    let now: Date

    /// The address of the public page, below which all its parts have theirs.
    var own: String { "/consultations/\(consultation.handle)" }
}

/// One thing on the public page of a consultation: what it is, how it stands, what one can do today.
struct ConsultationLine: Sendable {
    /// Where it stands on the page.
    enum Place: Sendable {
        /// What came of the consultation: the answer, the synthesis, the figures. Stands first once there is one.
        case outcome
        /// What one takes part in.
        case part
    }

    let place: Place
    let title: String
    /// The language of the title where it is not the reader's.
    let titleLanguage: String?
    let href: String
    let status: StatusWord?
    /// What one can do today, or what one will be able to, in a sentence.
    let words: String
    /// What the button says; nil where there is only something to read.
    let action: String?

    init(
        _ place: Place, title: String, titleLanguage: String? = nil, href: String, status: StatusWord? = nil,
        words: String, action: String? = nil
    ) {
        self.place = place
        self.title = title
        self.titleLanguage = titleLanguage
        self.href = href
        self.status = status
        self.words = words
        self.action = action
    }

    static let sample = ConsultationLine(
        .part, title: "Vos usages", titleLanguage: "fr", href: "/consultations/x/questionnaires/usages",
        status: .sample, words: "Dix minutes, jusqu’au 3 mars.", action: "Répondre")
}

/// One thing on the page of a consultation at the desk.
struct ConsultationDeskLine: Sendable {
    let title: String
    let href: String
    let status: StatusWord?
    /// How it stands with it: how much came in, what waits for somebody.
    let words: String
    /// Whether residents take part in it: a questionnaire, a text, a debate, an event. What only leads to a page of
    /// work (the synthesis, a list to begin) is none.
    let isContribution: Bool

    init(title: String, href: String, status: StatusWord? = nil, words: String = "", isContribution: Bool = false) {
        self.title = title
        self.href = href
        self.status = status
        self.words = words
        self.isContribution = isContribution
    }

    static let sample = ConsultationDeskLine(
        title: "Questionnaires", href: "/desk/processes/x/consultations/y/questionnaires", status: .sample,
        words: "12 réponses", isContribution: true)
}
