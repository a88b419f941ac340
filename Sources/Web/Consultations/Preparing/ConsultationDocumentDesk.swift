import Foundation
import Hummingbird
import Participation

/// The documents of a consultation, as agents bring them and take them away.
struct ConsultationDocumentDesk: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations
    let documents: ConsultationDocuments

    /// Adds the routes below `/desk/processes/{process}/consultations/{consultation}/documents`.
    func add(to routes: RouterGroup<AppContext>) {
        let own = "/desk/processes/{process}/consultations/{consultation}/documents"
        routes.get("\(own)", use: show)
        routes.post("\(own)", use: bring)
        routes.post("\(own)/{document}/removal", use: remove)
    }

    private func scene(_ context: AppContext) async throws -> ConsultationScene {
        try await .find(context, processes, site.strings(context), consultations)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(Fields(pairs: []), scene(context), FieldErrors(), request, context)
    }

    @Sendable private func bring(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: ConsultationScene = try await scene(context)
        let upload = try UploadedFile()
        let form: MultipartForm = try await site.streamedForm(
            request, context, limits: .init(total: Media.byteLimit + (1 << 16), parts: 8)
        ) { name, bytes in
            upload.name = name
            try upload.append(bytes)
        }
        let title = ConsultationForm(form.fields).texts("title")
        do {
            guard !title.isEmpty else { throw ConsultationRefusal.documentUntitled }
            let medium: PreparedMedium = try await Media.prepare(
                upload, alt: form.fields.text("alt").replacing("\n", with: " "))
            try await documents.add(medium, called: title, to: try scene.required().id, by: scene.actor)
            return site.see("\(scene.own)/documents", flash: .done("consultations.frame.document.added"))
        } catch let refusal as ConsultationRefusal {
            return try await page(form.fields, scene, refusal.fieldErrors, request, context)
        } catch let refused as Refused<MediaRefusal> {
            return try await page(form.fields, scene, refused.fieldErrors(scene.strings), request, context)
        } catch let refusal as MediaRefusal {
            return try await page(
                form.fields, scene, Refused(refusal).fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func remove(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: ConsultationScene = try await scene(context)
        _ = try await site.form(request, context)
        do {
            try await documents.remove(
                try context.id("document", of: Medium.self), of: try scene.required().id, by: scene.actor)
            return site.see("\(scene.own)/documents", flash: .done("consultations.frame.document.removed"))
        } catch is NotAllowed { throw Absent() }
    }

    private func page(
        _ form: Fields, _ scene: ConsultationScene, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = scene.strings
        let known: [ConsultationDocument] = try await documents.list(of: try scene.required().id)
        let page = ConsultationDocumentsPage(
            crumbs: scene.crumbs, action: "\(scene.own)/documents",
            lines: known.map { ConsultationDocumentsPage.Line($0, below: "\(scene.own)/documents", strings) },
            isEmpty: known.isEmpty,
            titles: Language.allCases.map { language in
                errors.field(
                    "title-\(language.rawValue)",
                    label: strings(
                        "consultations.frame.document.title_in",
                        ["language": strings("language.\(language.rawValue)")]),
                    value: form.text("title-\(language.rawValue)"), optional: language != .french,
                    autocomplete: "off", strings)
            },
            alt: errors.field(
                "alt", label: strings("consultations.frame.document.alt"), value: form.text("alt"),
                hint: strings("consultations.frame.document.alt.hint"), optional: true, autocomplete: "off", strings),
            file: errors.input("file", strings), errors: errors.summary(strings))
        return site.page(
            page, title: errors.title(strings("consultations.frame.documents"), strings), request, context,
            status: errors.status)
    }
}

/// The documents of a consultation at the desk, and the form of another one.
struct ConsultationDocumentsPage: PageView {
    static let template = "consultations/prepare-documents"

    struct Line: Sendable {
        let title: String
        let titleLanguage: String?
        let href: String
        let kind: String
        let removalHref: String
    }

    let crumbs: [PlaceLink]
    let action: String
    let lines: [Line]
    let isEmpty: Bool
    let titles: [Field]
    let alt: Field
    let file: Input
    let errors: ErrorSummary?

    static let sample = ConsultationDocumentsPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], action: "/x/documents",
        lines: [
            Line(
                title: "Plan", titleLanguage: "fr", href: "/media/x/document", kind: "PDF, 12 Ko",
                removalHref: "/x/documents/y/removal")
        ], isEmpty: true, titles: [FieldErrors.sampleField], alt: FieldErrors.sampleField,
        file: Input(name: "file", error: "Trop lourd"),
        errors: ErrorSummary(items: [.init(field: "file", text: "Trop lourd")]))
}

extension ConsultationDocumentsPage.Line {
    fileprivate init(_ document: ConsultationDocument, below base: String, _ strings: Strings) {
        let medium: Medium = document.medium
        title = document.title(strings.language)
        titleLanguage = document.title.foreign(to: strings.language)
        href = medium.address(medium.kind == .image ? .large : .document)
        kind = medium.kind == .image ? strings("consultations.frame.document.image") : medium.kindWords(strings)
        removalHref = "\(base)/\(medium.id)/removal"
    }
}
