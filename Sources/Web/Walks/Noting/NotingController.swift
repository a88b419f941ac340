import Foundation
import HTTPTypes
import Hummingbird
import Participation

/// The walk sheet: a plain form that works without JavaScript, and with it a page that works without a network.
///
/// The walk's code travels in the address of the sheet and nowhere else: the QR code holds that address, a bookmark
/// keeps it, and no cookie tells later on which walk a phone has been. It is not logged, and a page of another site never
/// sees it (`Referrer-Policy: same-origin`).
struct NotingController: Sendable {
    /// A photo as it comes from a camera, read to its end, so that the page can say what is wrong with it.
    static let limits = MultipartForm.Limits(total: 32 << 20, fields: 32 * 1024, parts: 40)

    private let site: Site
    private let walks: Walks
    private let observations: Observations
    private let doors: NotingDoors

    /// The pages over the capabilities they need.
    init(site: Site, walks: Walks, observations: Observations, doors: NotingDoors) {
        self.site = site
        self.walks = walks
        self.observations = observations
        self.doors = doors
    }

    /// Adds `/walks/{walk}/sheet` and the program that keeps it for when there is no network.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/walks/{walk}/sheet", use: show)
        routes.post("/walks/{walk}/sheet", use: send)
        routes.post("/walks/{walk}/sheet/removal", use: takeBack)
        routes.get("/walks/{walk}/sheet/worker.js", use: worker)
    }

    // MARK: Showing

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let walk = try await walks.find(try context.slug("walk")) else { throw Absent() }
        let query: Fields = try request.query()
        let typed: String = query.text("code")
        do {
            let sheet: Observations.Sheet = try await observations.open(
                walk, code: WalkCode.read(typed) ?? "", by: context.actor(on: walk))
            // Whoever works on the walk needs no code, but the copy that their phone keeps does.
            if typed.isEmpty { return site.see("/walks/\(walk.handle)/sheet?code=\(walk.code)") }
            let isCopy: Bool = request.headers[Self.copy] != nil
            if let refusal = sheet.refusal, !(isCopy && refusal.passes) {
                // What is gone is not kept.
                return shut(walk, refusal, isCopy ? .gone : .ok, request, context)
            }
            return page(
                sheet, .empty(stop: query.text("stop").nonEmpty), FieldErrors(), sent: sent(query, context),
                isCopy: isCopy,
                request, context)
        } catch SheetRefusal.wrongCode {
            guard walk.publishedAt != nil else { throw Absent() }
            var errors = FieldErrors()
            if query.has("code") {
                errors = FieldErrors("code", typed.isEmpty ? "walks.sheet.code.missing" : "walks.sheet.code.wrong")
                try doors.guesses.take(Network(address: context.remoteAddress ?? ""))
            }
            return entrance(walk, typed, errors, request, context)
        }
    }

    /// What the plain form has just sent, as the address says it.
    private func sent(_ query: Fields, _ context: AppContext) -> NotingPage.Sent? {
        let strings: Strings = site.strings(context)
        guard let count = query.integer("sent"), (1...10_000).contains(count),
            let id = query.id("last", of: Observation.self), let key = Token(query.text("key"))
        else { return nil }
        return NotingPage.Sent(
            words: strings.plural("walks.sheet.done", count),
            photoWords: query.has("photo") ? strings("walks.sheet.done.photo") : nil, id: id.description, key: key.text)
    }

    private func page(
        _ sheet: Observations.Sheet, _ form: NotingForm, _ errors: FieldErrors, sent: NotingPage.Sent? = nil,
        isCopy: Bool = false, _ request: Request, _ context: AppContext
    ) -> Response {
        let strings: Strings = site.strings(context)
        let count: Int = form.fields.integer("count") ?? (try? request.query().integer("sent")) ?? 0
        let view = NotingPage(
            sheet, form, errors, count: max(0, count), sent: sent, isCopy: isCopy, emergency: site.city.emergency,
            strings)
        var response: Response = site.page(
            view, title: errors.title(strings("walks.sheet.title"), strings), request, context, status: errors.status,
            scripts: ["walk-sheet.js"])
        // This page alone may ask where its reader is, when they press the button.
        response.headers[HTTPField.Name("Permissions-Policy")!] =
            "camera=(), geolocation=(self), microphone=(), payment=(), usb=()"
        response.headers[Self.closes] = String(view.closes)
        return response
    }

    private func entrance(
        _ walk: Walk, _ typed: String, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) -> Response {
        let strings: Strings = site.strings(context)
        let view = NotingCodePage(
            danger: DangerLine(site.city.emergency, strings), walk: walk.title(context.language),
            walkHref: "/walks/\(walk.handle)", action: "/walks/\(walk.handle)/sheet", errors: errors.summary(strings),
            code: errors.field(
                "code", label: strings("walks.sheet.code"), value: typed, hint: strings("walks.sheet.code.hint"),
                autocomplete: "off", size: "code", strings))
        return site.page(
            view, title: errors.title(strings("walks.sheet.code.title"), strings), request, context,
            status: errors.status)
    }

    private func shut(
        _ walk: Walk, _ refusal: SheetRefusal, _ status: HTTPResponse.Status, _ request: Request, _ context: AppContext
    ) -> Response {
        let strings: Strings = site.strings(context)
        let view = NotingShutPage(
            danger: DangerLine(site.city.emergency, strings), walk: walk.title(context.language),
            walkHref: "/walks/\(walk.handle)", reason: refusal.words(strings), handle: walk.handle,
            isOver: !refusal.passes)
        return site.page(
            view, title: strings("walks.sheet.shut.title"), request, context, status: status,
            scripts: ["walk-sheet.js"])
    }

    // MARK: Sending

    @Sendable private func send(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let walk = try await walks.find(try context.slug("walk")) else { throw Absent() }
        let network = Network(address: context.remoteAddress ?? "")
        try doors.notes.take(network)
        let file = try UploadedFile()
        let form = NotingForm(
            try await site.streamedForm(request, context, limits: Self.limits) { name, bytes in
                file.name = name
                try file.append(bytes)
            }.fields)
        let actor: Actor = context.actor(on: walk)
        do {
            let draft: ObservationDraft = try form.draft(by: .form, context.language)
            try await observations.note(draft, of: walk.id, code: form.code, by: actor)
            var flash: Flash?
            if file.count > 0 { flash = try await keep(file, form, draft, network, by: actor, context) }
            let count: Int = min(max(0, form.fields.integer("count") ?? 0), 9_999) + 1
            let photo: String = file.count > 0 && flash == nil ? "&photo=1" : ""
            let stop: String = draft.stop.map { "&stop=\($0)" } ?? ""
            return site.see(
                "/walks/\(walk.handle)/sheet?code=\(walk.code)&sent=\(count)&last=\(draft.id)&key=\(draft.key.text)"
                    + photo + stop, flash: flash)
        } catch SheetRefusal.wrongCode {
            try doors.guesses.take(network)
            guard walk.publishedAt != nil else { throw Absent() }
            return entrance(
                walk, form.fields.text("code"), FieldErrors("code", "walks.sheet.code.wrong"), request, context)
        } catch let refusal as SheetRefusal {
            return shut(walk, refusal, .conflict, request, context)
        } catch let refused as Refused<NotingRefusal> {
            let sheet: Observations.Sheet = try await observations.open(walk, code: form.code, by: actor)
            var errors: FieldErrors = refused.fieldErrors(site.strings(context))
            if file.count > 0 { errors.add("photo", "walks.sheet.refusal.photo_again") }
            return page(sheet, form, errors, request, context)
        }
    }

    /// Hangs the photo of the form on its observation, which is stored whatever becomes of the photo; says why when it is
    /// not taken.
    private func keep(
        _ file: UploadedFile, _ form: NotingForm, _ draft: ObservationDraft, _ network: Network, by actor: Actor,
        _ context: AppContext
    ) async throws -> Flash? {
        let strings: Strings = site.strings(context)
        func refused(_ errors: FieldErrors, _ field: String) -> Flash {
            .failed("walks.sheet.done.photo_refused", ["reason": errors.text(for: field, strings) ?? ""])
        }
        // The form's photo has the identity of its observation: sent again, it is the same one.
        let photo = ID<ObservationPhoto>(draft.id.uuid)
        do {
            try doors.photos.take(network)
            guard
                case .wanted(let words) = try await observations.turn(
                    of: photo, for: draft.id, key: draft.key, code: form.code, by: actor)
            else { return nil }
            let medium: PreparedMedium = try await Media.prepare(
                file, alt: form.fields.text("alt").nonEmpty.map { Media.alt(from: $0) } ?? words)
            guard medium.kind == .image else { throw Refused(MediaRefusal.wrongType(.other)) }
            try await observations.addPhoto(
                medium, as: photo, to: draft.id, key: draft.key, code: form.code, by: actor)
            return nil
        } catch let refusal as Refused<MediaRefusal> {
            return refused(refusal.fieldErrors(strings), "file")
        } catch let refusal as Refused<NotingRefusal> {
            return refused(refusal.fieldErrors(strings), "photo")
        } catch is Overloaded {
            return refused(FieldErrors("file", "media.refusal.busy"), "file")
        } catch is Refusal {
            return refused(FieldErrors("file", "media.refusal.busy"), "file")
        }
    }

    @Sendable private func takeBack(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let walk = try await walks.find(try context.slug("walk")) else { throw Absent() }
        let form = NotingForm(try await site.form(request, context))
        guard let id = form.fields.id("id", of: Observation.self), let key = Token(form.fields.text("key")) else {
            throw Refusal.malformed
        }
        let here = "/walks/\(walk.handle)/sheet?code=\(form.code)"
        do {
            try await observations.takeBack(
                id, key: key, of: walk.id, code: form.code, by: context.actor(on: walk))
            return site.see(here, flash: .done("walks.sheet.taken_back"))
        } catch is Observations.AlreadyRead {
            return site.see(here, flash: .failed("walks.sheet.already_read"))
        } catch is NotAllowed {
            throw Absent()
        } catch let refusal as SheetRefusal {
            return shut(walk, refusal, .conflict, request, context)
        }
    }

    // MARK: Without a network

    /// The program that keeps the sheet for when there is no network. It has one address for each walk and may reach no
    /// further than that walk's sheet; what it keeps is named in it by fingerprinted addresses, so it changes, and
    /// browsers take the new one, whenever one of them does.
    @Sendable private func worker(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let walk = try await walks.find(try context.slug("walk")),
            let file = site.assets.url("walk-worker.js").flatMap(site.assets.file(at:))
        else { throw Absent() }
        return Response(
            status: .ok,
            headers: [
                .contentType: file.type, .cacheControl: "no-cache",
                HTTPField.Name("Service-Worker-Allowed")!: "/walks/\(walk.handle)/sheet",
            ],
            body: .init(byteBuffer: file.body))
    }

    /// Sent by the program above when it asks for the copy that it keeps.
    private static let copy = HTTPField.Name("Sheet-Copy")!
    /// Until when the sheet takes observations, in seconds since 1970: the copy is not shown after that.
    private static let closes = HTTPField.Name("Sheet-Closes")!
}

/// How fast a network may send. A group that walks behind one mobile operator and comes back to the network at once
/// passes; a program that floods does not. Kept in memory: what is written down about who sent when could be laid beside
/// what arrived.
struct NotingDoors: Sendable {
    /// Wrong codes.
    let guesses = Buckets(burst: 60, perMinute: 20)
    /// Observations.
    let notes = Buckets(burst: 1_200, perMinute: 240)
    /// Photos, each of which costs a second of a processor.
    let photos = Buckets(burst: 600, perMinute: 90)
}

extension SheetRefusal {
    /// Whether it goes by itself with time.
    var passes: Bool { if case .tooEarly = self { true } else { false } }
}

extension AppContext {
    /// Who acts on a walk: an agent of its process, somebody signed in, who may be of its crew, or a visitor.
    func actor(on walk: Walk) -> Actor {
        guard let account else { return .visitor }
        return account.holds(.participationAgent, process: walk.process)
            ? account.acting(as: .participationAgent) : .resident(account.id)
    }
}
