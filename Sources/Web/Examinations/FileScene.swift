import Hummingbird
import Participation

/// Who works on the files of which process: what every page of the examination begins with.
struct FileScene: Sendable {
    let account: SignedInAccount
    let process: Participation.Process
    /// Agents give files to services and answer; examiners give opinions.
    let isAgent: Bool

    /// Where the pages of the process are.
    var base: String { "/desk/processes/\(process.slug)" }

    /// The account in the role in which it works.
    var actor: Actor { account.acting(as: isAgent ? .participationAgent : .examiner) }

    /// The process of the path for its agents and examiners; absent for everybody else.
    static func find(_ context: AppContext, _ processes: Processes, agentsOnly: Bool = false) async throws -> FileScene
    {
        let account: SignedInAccount = try context.requireDesk()
        guard let process = try await processes.find(try context.slug("process")) else { throw Absent() }
        let isAgent: Bool = account.holds(.participationAgent, process: process.id)
        guard isAgent || !agentsOnly && account.holds(.examiner, process: process.id) else { throw Absent() }
        return FileScene(account: account, process: process, isAgent: isAgent)
    }

    /// The way back, above the title of each page.
    func crumbs(_ strings: Strings, _ more: PlaceLink...) -> [PlaceLink] {
        let title: String = process.title(strings.language)
        return [
            PlaceLink(label: strings("desk.title"), href: "/desk"),
            PlaceLink(label: title, href: isAgent ? base : "\(base)/files"),
            PlaceLink(label: strings("exam.files"), href: "\(base)/files"),
        ] + more
    }

    /// The number of a proposal in the path.
    static func number(_ context: AppContext) throws -> Int64 { Int64(try context.integer("number")) }
}

/// A text area of a form, for `examinations/area`.
struct TextArea: Sendable {
    let name: String
    let label: String
    /// The language that is written in it; nil for the reader's own.
    let code: String?
    let text: String
    let rows: Int
    let advice: String?
    let error: String?
    /// The elements that say more of it; nil when none does.
    let describedBy: String?

    static let sample = TextArea(
        name: "words-fr", label: "Réponse", code: "fr", text: "Oui.", rows: 4, advice: "Visible de tous.",
        error: "Écrivez une réponse.", describedBy: "words-fr-hint words-fr-problem")
}

extension FieldErrors {
    /// A text area with what was typed and what is wrong with it.
    func area(
        _ name: String, label: String, code: String? = nil, text: String = "", rows: Int = 4, advice: String? = nil,
        _ strings: Strings
    ) -> TextArea {
        let error: String? = self.text(for: name, strings)
        let described: [String] = [advice.map { _ in "\(name)-hint" }, error.map { _ in "\(name)-problem" }]
            .compactMap(\.self)
        return TextArea(
            name: name, label: label, code: code, text: text, rows: rows, advice: advice, error: error,
            describedBy: described.isEmpty ? nil : described.joined(separator: " "))
    }

    /// One text area for each language of the city.
    func areas(
        _ name: String, label: String, rows: Int = 4, _ form: Fields, _ strings: Strings
    ) -> [TextArea] {
        Language.allCases.map { language in
            let code: String = language.rawValue
            return area(
                "\(name)-\(code)", label: "\(label) – \(strings("language.\(code)"))", code: code,
                text: form.text("\(name)-\(code)"), rows: rows, strings)
        }
    }
}

extension Fields {
    /// The texts of the fields `name-fr`, `name-en`, `name-de`.
    func texts(_ name: String) -> Texts {
        Texts(
            Dictionary(
                uniqueKeysWithValues: Language.allCases.map { ($0.rawValue, text("\(name)-\($0.rawValue)")) }))
    }

    /// The numbers of the proposals that were ticked.
    var proposals: [Int64] { Array(Set(all("proposal").compactMap { Int64($0) })).sorted() }

    /// Fields that were never typed: what a form shows when it is opened.
    init(_ values: [String: String]) {
        self.init(pairs: values.map { (name: $0.key, value: $0.value) })
    }
}

extension ExaminationRefusal {
    /// The sentence that says why, at the field it concerns.
    var fieldErrors: FieldErrors {
        switch self {
        case .nameless: FieldErrors("name-fr", "exam.refusal.nameless")
        case .nameTaken: FieldErrors("name-fr", "exam.refusal.name_taken")
        case .malformedAddress: FieldErrors("email", "exam.refusal.address")
        case .noAccount: FieldErrors("email", "exam.refusal.no_account")
        case .serviceAtWork: FieldErrors("", "exam.refusal.service_at_work")
        case .nothingChosen: FieldErrors("", "exam.refusal.nothing_chosen")
        case .noService: FieldErrors("service", "exam.refusal.no_service")
        case .dueInThePast: FieldErrors("due", "exam.refusal.due")
        case .notInExamination: FieldErrors("", "exam.refusal.not_in_examination")
        case .notAssigned: FieldErrors("", "exam.refusal.not_assigned")
        case .alreadyDecided: FieldErrors("", "exam.refusal.already_decided")
        case .notDecided: FieldErrors("", "exam.refusal.not_decided")
        case .alreadyAsked: FieldErrors("", "exam.refusal.already_asked")
        case .nothingToAnswer: FieldErrors("", "exam.refusal.nothing_to_answer")
        case .alreadyAnswered: FieldErrors("", "exam.refusal.already_answered")
        case .wordless(let language):
            FieldErrors(language.map { "words-\($0.rawValue)" } ?? "words", "exam.refusal.wordless")
        case .tooLong: FieldErrors("", "exam.refusal.too_long")
        case .reasonless: FieldErrors("reason", "exam.refusal.reasonless")
        case .malformedCost(let line): FieldErrors("cost-\(line)-label", "exam.refusal.cost")
        case .malformedProposal: FieldErrors("title", "exam.refusal.proposal")
        case .onBallot: FieldErrors("", "exam.refusal.on_ballot")
        }
    }
}
