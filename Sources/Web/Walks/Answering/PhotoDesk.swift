import Foundation
import Hummingbird
import Participation

/// Photos of an observation before anybody sees them: cleared, covered in parts, removed, hung up.
struct PhotoDesk: Sendable {
    let site: Site
    let processes: Processes
    let walks: Walks
    let files: ObservationFiles
    let clearances: PhotoClearances

    /// Adds the pages below `…/observations/{observation}/photos`.
    func add(to routes: RouterGroup<AppContext>) {
        let base = "/desk/processes/{process}/walks/{walk}/observations/{observation}/photos"
        routes.get("\(base)/new", use: hangForm)
        routes.post("\(base)/new", use: hang)
        routes.get("\(base)/{photo}", use: show)
        routes.post("\(base)/{photo}", use: act)
    }

    // MARK: A photo

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file, photo) = try await find(context)
        return page(scene, file, photo, CoverForm(alt: photo.medium.alt), FieldErrors(), request, context)
    }

    @Sendable private func act(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file, photo) = try await find(context)
        let fields: Fields = try await site.form(request, context)
        let form = CoverForm(fields)
        let (id, walk, actor): (ID<Observation>, ID<Walk>, Actor) = (file.observation.id, scene.walk.id, scene.actor)
        do {
            switch fields.text("then") {
            case "clear":
                try await clearances.clear(photo.medium.id, showing: form.alt, of: id, on: walk, by: actor)
            case "cover":
                try await clearances.cover(
                    form.regions(), of: photo.medium.id, showing: form.alt, of: id, on: walk, by: actor)
            case "hide": try await clearances.hide(photo.medium.id, of: id, on: walk, by: actor)
            case "remove":
                guard fields.has("sure") else { throw FieldErrors("sure", "walks.after.refusal.sure") }
                try await clearances.remove(photo.medium.id, of: id, on: walk, by: actor)
            default:
                return page(scene, file, photo, form.longer, FieldErrors(), request, context)
            }
            return site.see(scene.href(of: id), flash: .done("walks.after.photo.done.\(fields.text("then"))"))
        } catch let errors as FieldErrors {
            return page(scene, file, photo, form, errors, request, context)
        } catch let refusal as PhotoRefusal {
            return page(scene, file, photo, form, refusal.fieldErrors, request, context)
        } catch is MediaRefusal {
            return page(
                scene, file, photo, form, FieldErrors("", "walks.after.refusal.photo_damaged"), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func page(
        _ scene: AfterScene, _ file: ObservationFile, _ photo: WalkPhoto, _ form: CoverForm, _ errors: FieldErrors,
        _ request: Request, _ context: AppContext
    ) -> Response {
        site.page(
            AfterPhotoPage(scene, file.observation, photo, form, errors),
            title: errors.title(scene.strings("walks.after.photo.title"), scene.strings), request, context,
            status: errors.status, scripts: ["blur.js"])
    }

    private func find(_ context: AppContext) async throws -> (AfterScene, ObservationFile, WalkPhoto) {
        let (scene, file) = try await observation(context)
        let id: ID<Medium> = try context.id("photo", of: Medium.self)
        guard let photo = file.photos.first(where: { $0.medium.id == id }) else {
            throw Absent()
        }
        return (scene, file, photo)
    }

    private func observation(_ context: AppContext) async throws -> (AfterScene, ObservationFile) {
        let scene: AfterScene = try await .find(context, processes, site.strings(context), walks)
        do {
            guard
                let file = try await files.open(
                    try context.id("observation", of: Observation.self), of: scene.walk.id, by: scene.actor)
            else { throw Absent() }
            return (scene, file)
        } catch is NotAllowed { throw Absent() }
    }

    // MARK: Before and after

    @Sendable private func hangForm(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file) = try await observation(context)
        return hangPage(scene, file, Fields(["purpose": "after"]), FieldErrors(), request, context)
    }

    @Sendable private func hang(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file) = try await observation(context)
        let upload = try UploadedFile()
        let form: MultipartForm = try await site.streamedForm(
            request, context, limits: .init(total: Media.byteLimit + (1 << 16), parts: 8)
        ) { name, bytes in
            upload.name = name
            try upload.append(bytes)
        }
        do {
            guard form.fields.has("cleared") else { throw FieldErrors("cleared", "walks.after.refusal.cleared") }
            let medium: PreparedMedium = try await Media.prepare(upload, alt: form.fields.text("alt"))
            guard medium.kind == .image else { throw Refused(MediaRefusal.wrongType(.pdf)) }
            try await clearances.hang(
                medium, form.fields.text("purpose") == "before" ? .before : .after, of: file.observation.id,
                on: scene.walk.id, by: scene.actor)
            return site.see(scene.href(of: file.observation.id), flash: .done("walks.after.photo.done.hang"))
        } catch let errors as FieldErrors {
            return hangPage(scene, file, form.fields, errors, request, context)
        } catch let refused as Refused<MediaRefusal> {
            return hangPage(scene, file, form.fields, refused.fieldErrors(scene.strings), request, context)
        } catch let refusal as PhotoRefusal {
            return hangPage(scene, file, form.fields, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func hangPage(
        _ scene: AfterScene, _ file: ObservationFile, _ form: Fields, _ errors: FieldErrors, _ request: Request,
        _ context: AppContext
    ) -> Response {
        site.page(
            AfterHangPage(scene, file.observation, form, errors),
            title: errors.title(scene.strings("walks.after.hang"), scene.strings), request, context,
            status: errors.status)
    }
}

/// What is said of a photo and drawn on it: boxes in hundredths of its width and height.
struct CoverForm: Sendable {
    /// One box as it was typed or drawn; empty ones are passed over.
    struct Box: Sendable {
        let shape: String
        let left: String
        let top: String
        let width: String
        let height: String

        static let empty = Box(shape: "ellipse", left: "", top: "", width: "", height: "")

        var isEmpty: Bool { [left, top, width, height].allSatisfy(\.isEmpty) }
    }

    let alt: String
    let boxes: [Box]

    /// Three empty boxes.
    init(alt: String) {
        self.init(alt: alt, boxes: [.empty, .empty, .empty])
    }

    private init(alt: String, boxes: [Box]) {
        self.alt = alt
        self.boxes = boxes
    }

    init(_ fields: Fields) {
        let count: Int = min(max(fields.integer("rows") ?? 3, 3), CoveredRegion.limit)
        self.init(
            alt: fields.text("alt").replacing("\n", with: " "),
            boxes: (1...count).map { number in
                Box(
                    shape: fields.text("shape-\(number)"), left: fields.text("left-\(number)"),
                    top: fields.text("top-\(number)"), width: fields.text("width-\(number)"),
                    height: fields.text("height-\(number)"))
            })
    }

    /// The same with room for three more.
    var longer: CoverForm {
        CoverForm(alt: alt, boxes: Array((boxes + [.empty, .empty, .empty]).prefix(CoveredRegion.limit)))
    }

    /// The parts of the picture, all mistakes at once.
    func regions() throws(FieldErrors) -> [CoveredRegion] {
        var errors = FieldErrors()
        var regions: [CoveredRegion] = []
        for (index, box) in boxes.enumerated() where !box.isEmpty {
            let shares: [Double?] = [box.left, box.top, box.width, box.height].map { text in
                Double(text.replacing(",", with: ".")).flatMap { (0...100).contains($0) ? $0 / 100 : nil }
            }
            let known: [Double] = shares.compactMap(\.self)
            guard known.count == 4,
                let region = CoveredRegion(
                    CoveredRegion.Shape(rawValue: box.shape) ?? .rectangle, left: known[0], top: known[1],
                    width: known[2], height: known[3])
            else {
                errors.add("left-\(index + 1)", "walks.after.refusal.region", ["number": String(index + 1)])
                continue
            }
            regions.append(region)
        }
        try errors.throwIfAny()
        return regions
    }
}

/// A photo, what it shows, and what is covered on it.
struct AfterPhotoPage: PageView {
    static let template = "walks/after-photo"

    struct Row: Sendable {
        let number: String
        let legend: String
        let isEllipse: Bool
        let isRectangle: Bool
        let left: String
        let top: String
        let wide: String
        let high: String
        let error: String?
    }

    let errors: ErrorSummary?
    let crumbs: [PlaceLink]
    let action: String
    let back: String
    let source: String
    let width: Int
    let height: Int
    let shown: String
    let state: StatusWord
    let isCleared: Bool
    let alt: Field
    let rows: [Row]
    let count: String
    let removal: Input

    static let sample = AfterPhotoPage(
        errors: ErrorSummary(items: [.init(field: "alt", text: "Dites ce que montre la photo.")]),
        crumbs: [PlaceLink(label: "N° 4", href: "/x")], action: "/x", back: "/x", source: "/media/x/large", width: 1600,
        height: 1200, shown: "Un banc", state: .sample, isCleared: true, alt: FieldErrors.sampleField,
        rows: [
            Row(
                number: "1", legend: "Zone 1", isEllipse: true, isRectangle: true, left: "10", top: "10", wide: "5",
                high: "5", error: "Quatre nombres.")
        ], count: "3", removal: Input(name: "sure", error: "Cochez."))
}

extension AfterPhotoPage {
    init(
        _ scene: AfterScene, _ observation: Observation, _ photo: WalkPhoto, _ form: CoverForm,
        _ problems: FieldErrors
    ) {
        let strings: Strings = scene.strings
        errors = problems.summary(strings)
        crumbs = scene.crumbs(observation)
        back = scene.href(of: observation.id)
        action = "\(back)/photos/\(photo.medium.id)"
        source = photo.medium.address(.large)
        // A medium that is an image has a size.
        width = photo.medium.large?.width ?? 1
        height = photo.medium.large?.height ?? 1
        shown = photo.medium.alt
        isCleared = photo.isCleared
        state = StatusWord(
            word: strings("walks.after.photo.state.\(photo.isCleared ? "cleared" : "waiting")"),
            tone: photo.isCleared ? "good" : "wait", meaning: "")
        alt = problems.field(
            "alt", label: strings("walks.after.alt"), value: form.alt, hint: strings("walks.after.alt.hint"), strings)
        rows = form.boxes.enumerated().map { index, box in
            let number = String(index + 1)
            return Row(
                number: number, legend: strings("walks.after.region", ["number": number]),
                isEllipse: box.shape != "rectangle", isRectangle: box.shape == "rectangle", left: box.left,
                top: box.top, wide: box.width, high: box.height, error: problems.text(for: "left-\(number)", strings))
        }
        count = String(form.boxes.count)
        removal = problems.input("sure", strings)
    }
}

/// A photo of the place before or after, to be hung up.
struct AfterHangPage: PageView {
    static let template = "walks/after-hang"

    let errors: ErrorSummary?
    let crumbs: [PlaceLink]
    let action: String
    let purposes: [SelectOption]
    let alt: Field
    let file: Input
    let cleared: Input

    static let sample = AfterHangPage(
        errors: ErrorSummary(items: [.init(field: "file", text: "Choisissez une photo.")]),
        crumbs: [PlaceLink(label: "N° 4", href: "/x")], action: "/x",
        purposes: [SelectOption(value: "after", label: "Après", selected: true)], alt: FieldErrors.sampleField,
        file: Input(name: "file", error: "Choisissez."), cleared: Input(name: "cleared", error: "Cochez."))
}

extension AfterHangPage {
    init(_ scene: AfterScene, _ observation: Observation, _ form: Fields, _ problems: FieldErrors) {
        let strings: Strings = scene.strings
        errors = problems.summary(strings)
        crumbs = scene.crumbs(observation)
        action = "\(scene.href(of: observation.id))/photos/new"
        purposes = ["before", "after"].map {
            SelectOption(
                value: $0, label: strings("walks.after.photo.\($0)"), selected: $0 == form.text("purpose"))
        }
        alt = problems.field(
            "alt", label: strings("walks.after.alt"), value: form.text("alt"), hint: strings("walks.after.alt.hint"),
            strings)
        file = problems.input("file", strings)
        cleared = problems.input("cleared", value: form.has("cleared") ? "1" : "", strings)
    }
}
