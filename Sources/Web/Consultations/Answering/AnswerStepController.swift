import Foundation
import Hummingbird
import Participation

/// The steps of answering: one section after the other, then a page on which everything is checked, then the receipt.
struct AnswerStepController: Sendable {
    let house: AnsweringHouse

    private var site: Site { house.site }

    /// Adds the steps below the questionnaire.
    func add(to routes: RouterGroup<AppContext>) {
        let path = AnsweringController.path
        routes.get("\(path)/next", use: next)
        routes.get("\(path)/sections/{section}", use: show)
        routes.post("\(path)/sections/{section}", use: keep)
        routes.get("\(path)/check", use: check)
        routes.post("\(path)/check", use: send)
    }

    /// Leads to where one was: the first section that lacks something, or that which follows the last answer.
    @Sendable private func next(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AnsweringScene = try await house.scene(request, context)
        guard let (draft, form) = try await house.draft(scene) else { return site.see(scene.base) }
        let known: Set<String> = Set(try await house.districts.list().map(\.code))
        let asked: [QuestionnaireForm.Section] = form.asked(given: draft.answers)
        let last: Int = asked.lastIndex { $0.questions.contains { draft.answers[$0.key] != nil } } ?? -1
        let section: QuestionnaireForm.Section? =
            asked.prefix(last + 1).first {
                !form.problems(in: draft.answers, of: $0.key, districts: known).isEmpty
            } ?? asked.dropFirst(last + 1).first
        return site.see(section.map { "\(scene.base)/sections/\($0.key)" } ?? "\(scene.base)/check")
    }

    // MARK: A section

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AnsweringScene = try await house.scene(request, context)
        guard let (draft, form) = try await house.draft(scene) else { return site.see(scene.base) }
        guard let step = AnswerStep(try context.slug("section"), form, draft.answers) else {
            return site.see("\(scene.base)/next")
        }
        return try await page(
            step, scene, draft, AnswerFields.fields(of: step.section.questions, draft.answers), [],
            isCheck: try request.query().has("check"), request, context)
    }

    @Sendable private func keep(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AnsweringScene = try await house.scene(request, context)
        let network = Network(address: context.remoteAddress ?? "")
        try house.doors.steps.take(network)
        guard let (draft, form) = try await house.draft(scene) else {
            throw Refusal("consultations.answer.refusal.gone", status: .gone)
        }
        guard let step = AnswerStep(try context.slug("section"), form, draft.answers) else {
            return site.see("\(scene.base)/next")
        }
        let sent: MultipartForm? =
            step.hasPhoto ? try await site.multipartForm(request, context, limits: Self.limits) : nil
        let typed: Fields = if let sent { sent.fields } else { try await site.form(request, context) }
        var (answers, questions) = (draft.answers, step.section.questions)
        let unreadable: [String: AnswerProblem] = AnswerFields.read(questions, from: typed, into: &answers)
        let words = QuestionWords(scene.strings)
        do {
            // What can be kept is kept, whatever is wrong with the rest.
            try await house.answering.keep(answers, under: draft.code, of: scene.questionnaire.id)
        } catch let refusal as AnsweringRefusal {
            return try await page(
                step, scene, draft, typed, [("", refusal.words(scene))], isCheck: typed.has("check"), request, context)
        }
        let photos: [(String, String)] = try await keepPhotos(sent, step, typed, draft, network, scene, context)
        guard let kept = try await house.draft(scene)?.draft else {
            throw Refusal("consultations.answer.refusal.gone", status: .gone)
        }
        let isGoingOn: Bool = !typed.has("back") && !typed.has("leave")
        let known: Set<String> = Set(try await house.districts.list().map(\.code))
        let missing: [String: AnswerProblem] =
            isGoingOn ? form.problems(in: kept.answers, of: step.section.key, districts: known) : [:]
        let problems: [(String, String)] = questions.compactMap { question in
            let name: String = AnswerFields(question).name
            if let photo = photos.first(where: { $0.0 == name }) { return photo }
            return (unreadable[question.key] ?? missing[question.key]).map { (name, words.problem($0)) }
        }
        guard problems.isEmpty else {
            return try await page(
                step, scene, kept, typed, problems, isCheck: typed.has("check"), request, context)
        }
        return site.see(destination(typed, AnswerStep(step.section.key, form, kept.answers) ?? step, scene))
    }

    /// A section of ordinary fields, and photos that are read to their end, so that the page can say what is wrong.
    private static let limits = MultipartForm.Limits(total: 32 << 20, parts: 1_000)

    private func destination(_ typed: Fields, _ step: AnswerStep, _ scene: AnsweringScene) -> String {
        if typed.has("leave") { return "\(scene.base)/pause" }
        if typed.has("back") { return step.previous.map { "\(scene.base)/sections/\($0)" } ?? scene.base }
        if typed.has("check") { return "\(scene.base)/check" }
        return step.next.map { "\(scene.base)/sections/\($0)" } ?? "\(scene.base)/check"
    }

    /// Keeps the photos of a form, each as the answer to its question.
    ///
    /// - Returns: what is wrong with those that are not taken, each at its field.
    private func keepPhotos(
        _ form: MultipartForm?, _ step: AnswerStep, _ typed: Fields, _ draft: AnswerDraft, _ network: Network,
        _ scene: AnsweringScene, _ context: AppContext
    ) async throws -> [(String, String)] {
        var problems: [(String, String)] = []
        for question in step.section.questions where question.kind == .photo {
            let fields = AnswerFields(question)
            guard let file = form?.file(fields.name) else { continue }
            let alt: String =
                typed.text(fields.partName("alt")).nonEmpty.map { Media.alt(from: $0) }
                ?? Media.alt(from: question.title(context.language))
            do {
                try house.doors.photos.take(network)
                let medium: PreparedMedium = try await Media.prepare(
                    try UploadedFile(name: file.name, bytes: file.bytes.readableBytesView), alt: alt)
                try await house.answering.keepPhoto(
                    medium, showing: alt, for: question.key, under: draft.code, of: scene.questionnaire.id,
                    by: .visitor)
            } catch let refusal as Refused<MediaRefusal> {
                let errors: FieldErrors = refusal.fieldErrors(scene.strings)
                let words: String? = errors.text(for: "file", scene.strings) ?? errors.text(for: "alt", scene.strings)
                problems.append((fields.name, words ?? scene.strings("media.refusal.damaged")))
            } catch is Overloaded {
                problems.append((fields.name, scene.strings("media.refusal.busy")))
            } catch is Refusal {
                problems.append((fields.name, scene.strings("media.refusal.busy")))
            }
        }
        return problems
    }

    private func page(
        _ step: AnswerStep, _ scene: AnsweringScene, _ draft: AnswerDraft, _ typed: Fields,
        _ problems: [(field: String, words: String)], isCheck: Bool, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let scenery: AnswerScenery = try await house.scenery(step.section.questions, scene.strings)
        let view = AnswerStepPage(step, scene, draft, typed, problems, isCheck: isCheck, scenery)
        let title: String = step.section.title(context.language)
        return house.watching(
            site.page(
                view, title: problems.isEmpty ? title : scene.strings("errors.in_title", ["title": title]), request,
                context, status: problems.isEmpty ? .ok : .unprocessableContent, focus: true, scripts: step.scripts),
            scene)
    }

    // MARK: Checking and sending

    @Sendable private func check(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AnsweringScene = try await house.scene(request, context)
        guard let (draft, form) = try await house.draft(scene) else { return site.see(scene.base) }
        return try await checkPage(scene, draft, form, refusal: nil, request, context)
    }

    @Sendable private func send(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AnsweringScene = try await house.scene(request, context)
        let form: Fields = try await site.form(request, context)
        // The page says which draft it shows: the button pressed twice finds the answers that the first press sent.
        guard let code = ResponseCode(form.text("code")), scene.codes.contains(code) else {
            throw Refusal("consultations.answer.refusal.gone", status: .gone)
        }
        do {
            try await house.answering.send(code, of: scene.questionnaire.id, by: try await actor(scene, context))
            return site.see("\(scene.base)/receipt")
        } catch AnsweringRefusal.gone {
            throw Refusal("consultations.answer.refusal.gone", status: .gone)
        } catch let refusal as AnsweringRefusal {
            guard let (draft, form) = try await house.draft(scene) else {
                throw Refusal("consultations.answer.refusal.gone", status: .gone)
            }
            return try await checkPage(scene, draft, form, refusal: refusal, request, context)
        }
    }

    /// An agent sends what they entered as an agent, and everything else as a resident.
    private func actor(_ scene: AnsweringScene, _ context: AppContext) async throws -> Actor {
        guard let account = context.account else { return .visitor }
        guard try await house.draft(scene)?.draft.way == .agent else { return .resident(account.id) }
        return account.acting(as: .participationAgent)
    }

    private func checkPage(
        _ scene: AnsweringScene, _ draft: AnswerDraft, _ form: QuestionnaireForm, refusal: AnsweringRefusal?,
        _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = scene.strings
        let districts: [District] = try await house.districts.list()
        let problems: [String: AnswerProblem] = form.problems(
            in: draft.answers, districts: Set(districts.map(\.code)))
        let words = QuestionWords(strings)
        var items: [ErrorSummary.Item] = form.asked(given: draft.answers).flatMap { section in
            section.questions.compactMap { question in
                problems[question.key].map {
                    ErrorSummary.Item(
                        field: AnswerFields(question).name, on: "\(scene.base)/sections/\(section.key)?check=1",
                        text: strings(
                            "consultations.answer.check.problem",
                            ["question": question.title(strings.language), "problem": words.problem($0)]))
                }
            }
        }
        if let refusal, items.isEmpty { items = [.init(field: nil, text: refusal.words(scene))] }
        let view = AnswerCheckPage(
            questionnaire: scene.title, errors: items.isEmpty ? nil : ErrorSummary(items: items),
            sections: AnsweredSection.all(
                form, draft.answers, base: scene.base, AnswerWords(strings, districts: districts)),
            action: "\(scene.base)/check", code: draft.code.letters, canSend: problems.isEmpty,
            isChange: draft.isChange, secrecy: AnsweringStartPage.secrecy(scene.questionnaire, strings),
            remains: scene.questionnaire.isAnonymous ? strings("consultations.answer.remains") : nil,
            backHref: form.asked(given: draft.answers).last.map { "\(scene.base)/sections/\($0.key)" } ?? scene.base,
            leaveHref: "\(scene.base)/pause")
        return house.watching(
            site.page(
                view, title: strings("consultations.answer.check.title"), request, context,
                status: refusal == nil ? .ok : .unprocessableContent, focus: true), scene)
    }
}

/// A section among those that are asked, for somebody who has answered this.
struct AnswerStep: Sendable {
    let section: QuestionnaireForm.Section
    /// From 1, and how many there are as far as is known.
    let number: Int, count: Int
    /// The keys of the sections around it.
    let previous: String?, next: String?

    /// Nil unless the section is asked.
    init?(_ key: String, _ form: QuestionnaireForm, _ answers: Answers) {
        let asked: [QuestionnaireForm.Section] = form.asked(given: answers)
        guard let index = asked.firstIndex(where: { $0.key == key }) else { return nil }
        section = asked[index]
        number = index + 1
        count = asked.count
        previous = index > 0 ? asked[index - 1].key : nil
        next = index + 1 < asked.count ? asked[index + 1].key : nil
    }

    var hasPhoto: Bool { section.questions.contains { $0.kind == .photo } }

    /// The modules that its questions need.
    var scripts: [String] {
        (section.questions.contains { $0.kind == .ranking } ? ["ranking.js"] : [])
            + (section.questions.contains { $0.kind == .place } ? ["map.js"] : [])
    }
}
