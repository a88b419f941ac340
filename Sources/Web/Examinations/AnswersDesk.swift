import Hummingbird
import Participation

/// Answers of the city published together, and letters printed for people without an address.
struct AnswersDesk: Sendable {
    let site: Site
    let processes: Processes
    let files: ProposalFiles
    let verdicts: Verdicts
    let letters: PrintedLetters

    /// Adds `/desk/processes/{process}/answers` and `/desk/processes/{process}/letters`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/processes/{process}/answers", use: show)
        routes.post("/desk/processes/{process}/answers", use: publish)
        routes.get("/desk/processes/{process}/letters", use: list)
        routes.get("/desk/processes/{process}/letters/print", use: print)
        routes.post("/desk/processes/{process}/letters", use: finish)
    }

    // MARK: Answers

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(FieldErrors(), request, context)
    }

    @Sendable private func publish(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FileScene = try await .find(context, processes, agentsOnly: true)
        let form: Fields = try await site.form(request, context)
        do {
            let count: Int = try await verdicts.publish(form.proposals, of: scene.process.id, by: scene.actor)
            return site.see("\(scene.base)/files", flash: .done("exam.published", ["count": String(count)]))
        } catch let refusal as ExaminationRefusal {
            return try await page(refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func page(_ errors: FieldErrors, _ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FileScene = try await .find(context, processes, agentsOnly: true)
        let strings: Strings = site.strings(context)
        do {
            let decided: [FileLine] = try await files.list(
                FileFilter(state: .decided), of: scene.process.id, limit: 500, by: scene.actor)
            let correspondent = Letters(site: site)
            let previews: [AnswersPage.Preview] = Verdict.Outcome.allCases.compactMap { outcome in
                guard let line = decided.first(where: { $0.outcome == outcome }) else { return nil }
                let notice = ProposalNotice(
                    outcome == .accepted ? .accepted : .refused, number: line.number, title: line.title)
                return AnswersPage.Preview(
                    heading: strings("exam.answers.letter.\(outcome.rawValue)"),
                    letters: Language.allCases.map { language in
                        let letter: Letter = correspondent.letter(notice, to: scene.account.name, in: language)
                        return AnswersPage.Example(
                            code: language.rawValue, subject: letter.subject,
                            paragraphs: letter.body.split(separator: "\n").map(String.init))
                    })
            }
            return site.page(
                AnswersPage(
                    errors: errors.summary(strings), crumbs: scene.crumbs(strings), action: "\(scene.base)/answers",
                    lines: decided.map { line in
                        AnswersPage.Line(
                            number: String(line.number), title: line.title,
                            wroteIn: line.language.foreign(to: strings.language),
                            href: "\(scene.base)/files/\(line.number)",
                            word: line.outcome.map { strings("exam.outcome.\($0.rawValue)") } ?? "",
                            tone: line.outcome == .accepted ? "good" : "bad")
                    }, isEmpty: decided.isEmpty, previews: previews),
                title: errors.title(strings("exam.answers"), strings), request, context, status: errors.status)
        } catch is NotAllowed { throw Absent() }
    }

    // MARK: Letters

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, waiting) = try await waiting(context)
        let strings: Strings = site.strings(context)
        return site.page(
            LettersPage(
                crumbs: scene.crumbs(strings), action: "\(scene.base)/letters",
                printHref: "\(scene.base)/letters/print",
                letters: waiting.map { letter in
                    LettersPage.Line(
                        id: letter.id.description, recipient: letter.recipient, subject: letter.letter.subject,
                        code: letter.language.foreign(to: strings.language))
                }, isEmpty: waiting.isEmpty),
            title: strings("exam.letters"), request, context)
    }

    @Sendable private func print(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, waiting) = try await waiting(context)
        guard !waiting.isEmpty else { return site.see("\(scene.base)/letters") }
        let strings: Strings = site.strings(context)
        return site.page(
            LetterSheets(
                backHref: "\(scene.base)/letters",
                sheets: waiting.map { letter in
                    LetterSheets.Sheet(
                        code: letter.language.rawValue, recipient: letter.recipient, subject: letter.letter.subject,
                        paragraphs: letter.letter.body.split(separator: "\n").map(String.init))
                }), title: strings("exam.letters"), request, context)
    }

    @Sendable private func finish(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FileScene = try await .find(context, processes, agentsOnly: true)
        let form: Fields = try await site.form(request, context)
        do {
            let count: Int = try await letters.finish(
                form.all("letter").compactMap { ID($0) }, of: scene.process.id, by: scene.actor)
            return site.see("\(scene.base)/letters", flash: .done("exam.letters.done", ["count": String(count)]))
        } catch is NotAllowed { throw Absent() }
    }

    private func waiting(_ context: AppContext) async throws -> (FileScene, [PrintedLetters.Waiting]) {
        let scene: FileScene = try await .find(context, processes, agentsOnly: true)
        do {
            return (scene, try await letters.waiting(of: scene.process.id, by: scene.actor))
        } catch is NotAllowed { throw Absent() }
    }
}

/// The answers that are written and not published.
struct AnswersPage: PageView {
    static let template = "examinations/answers"

    struct Line: Sendable {
        let number: String
        let title: String
        let wroteIn: String?
        let href: String
        let word: String
        let tone: String
    }

    struct Example: Sendable {
        let code: String
        let subject: String
        let paragraphs: [String]
    }

    struct Preview: Sendable {
        let heading: String
        let letters: [Example]
    }

    let errors: ErrorSummary?
    let crumbs: [PlaceLink]
    let action: String
    let lines: [Line]
    let isEmpty: Bool
    let previews: [Preview]

    static let sample = AnswersPage(
        errors: ErrorSummary(items: [.init(field: nil, text: "Rien à publier.")]),
        crumbs: [PlaceLink(label: "Dossiers", href: "/x")], action: "/x",
        lines: [Line(number: "12", title: "A well", wroteIn: "en", href: "/x", word: "Acceptée", tone: "good")],
        isEmpty: true,
        previews: [
            Preview(
                heading: "Lettre", letters: [Example(code: "fr", subject: "Proposition 12", paragraphs: ["Oui."])])
        ])
}

/// The letters that wait to be printed.
struct LettersPage: PageView {
    static let template = "examinations/letters"

    struct Line: Sendable {
        let id: String
        let recipient: String
        let subject: String
        let code: String?
    }

    let crumbs: [PlaceLink]
    let action: String
    let printHref: String
    let letters: [Line]
    let isEmpty: Bool

    static let sample = LettersPage(
        crumbs: [PlaceLink(label: "Dossiers", href: "/x")], action: "/x", printHref: "/x",
        letters: [Line(id: "x", recipient: "Ada", subject: "Proposition 12", code: "en")], isEmpty: true)
}

/// Letters on paper, one to a sheet.
struct LetterSheets: PageView {
    static let template = "examinations/letter-sheets"

    struct Sheet: Sendable {
        let code: String
        let recipient: String
        let subject: String
        let paragraphs: [String]
    }

    let backHref: String
    let sheets: [Sheet]

    static let sample = LetterSheets(
        backHref: "/x", sheets: [Sheet(code: "fr", recipient: "Ada", subject: "Proposition 12", paragraphs: ["Oui."])])
}
