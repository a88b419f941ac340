import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Participation

/// Where phones send what they noted, one observation or photo at a time, again and again until they hear an answer.
///
/// There is no form token: a phone sends from a page that it may have kept for a day, without a session. Nothing here
/// rests on who is signed in alone; whoever sends must know the walk's code, and to change what is there also its key,
/// which no page of another site knows, and `CrossOrigin` lets no other site send here at all.
struct NotingUploads: Sendable {
    private let site: Site
    private let walks: Walks
    private let observations: Observations
    private let doors: NotingDoors

    /// The addresses over the capabilities they need.
    init(site: Site, walks: Walks, observations: Observations, doors: NotingDoors) {
        self.site = site
        self.walks = walks
        self.observations = observations
        self.doors = doors
    }

    /// Adds `/walks/{walk}/sheet/observations` and what lies below.
    func add(to routes: RouterGroup<AppContext>) {
        let base = "/walks/{walk}/sheet/observations"
        routes.post("\(base)", use: note)
        routes.post("\(base)/{observation}/photos", use: addPhoto)
        routes.post("\(base)/{observation}/removal", use: takeBack)
    }

    @Sendable private func note(_ request: Request, _ context: AppContext) async throws -> Response {
        try await answering(context) { walk, actor, network in
            try doors.notes.take(network)
            let form = NotingForm(try await fields(request))
            let draft: ObservationDraft = try form.draft(by: .device, context.language)
            return Answer(
                .ok, try await observations.note(draft, of: walk.id, code: form.code, by: actor).rawValue)
        }
    }

    @Sendable private func addPhoto(_ request: Request, _ context: AppContext) async throws -> Response {
        let observation: ID<Observation> = try context.id("observation", of: Observation.self)
        return try await answering(context) { walk, actor, network in
            try doors.photos.take(network)
            let file = try UploadedFile()
            var turn: ObservationPhoto.Turn?
            let form: MultipartForm = try await MultipartForm(request, limits: NotingController.limits) {
                fields, name, bytes in
                // Asked once, before anything of the file is kept: what comes before it says who sends.
                if turn == nil { turn = try await self.turn(fields, observation, actor) }
                guard case .wanted = turn else { return }
                file.name = name
                try file.append(bytes)
            }
            let fields: Fields = form.fields
            guard let turn else { throw Refused(MediaRefusal.empty) }
            guard case .wanted(let words) = turn else { return Answer(.ok, "kept") }
            guard let photo = fields.id("id", of: ObservationPhoto.self), let key = Token(fields.text("key")) else {
                throw Refusal.malformed
            }
            let alt: String? = fields.text("alt").nonEmpty.map(Media.alt)
            let medium: PreparedMedium = try await Media.prepare(file, alt: alt ?? words)
            guard medium.kind == .image else { throw Refused(MediaRefusal.wrongType(.other)) }
            try await observations.addPhoto(
                medium, as: photo, to: observation, key: key, code: NotingForm(fields).code, by: actor)
            return Answer(.ok, "kept")
        }
    }

    private func turn(
        _ fields: Fields, _ observation: ID<Observation>, _ actor: Actor
    ) async throws -> ObservationPhoto.Turn {
        guard let photo = fields.id("id", of: ObservationPhoto.self), let key = Token(fields.text("key")) else {
            throw Refusal.malformed
        }
        return try await observations.turn(
            of: photo, for: observation, key: key, code: NotingForm(fields).code, by: actor)
    }

    @Sendable private func takeBack(_ request: Request, _ context: AppContext) async throws -> Response {
        let observation: ID<Observation> = try context.id("observation", of: Observation.self)
        return try await answering(context) { walk, actor, network in
            try doors.notes.take(network)
            let form = NotingForm(try await fields(request))
            guard let key = Token(form.fields.text("key")) else { throw Refusal.malformed }
            try await observations.takeBack(observation, key: key, of: walk.id, code: form.code, by: actor)
            return Answer(.ok, Observations.Reception.takenBack.rawValue)
        }
    }

    // MARK: Answers

    /// What a phone hears: a word for its program, and sentences for its reader.
    private struct Answer: Encodable {
        let status: HTTPResponse.Status
        let state: String
        let reasons: [String]

        enum CodingKeys: CodingKey { case state, reasons }

        init(_ status: HTTPResponse.Status, _ state: String, _ reasons: [String] = []) {
            self.status = status
            self.state = state
            self.reasons = reasons
        }
    }

    private func fields(_ request: Request) async throws -> Fields {
        guard request.mediaType == "application/x-www-form-urlencoded" else { throw Refusal.wrongType }
        return try Fields(urlEncoded: await request.bytes(limit: 64 * 1024).readableBytesView)
    }

    /// Answers with what `act` says, or with why it refused.
    private func answering(
        _ context: AppContext, _ act: (Walk, Actor, Network) async throws -> Answer
    ) async throws -> Response {
        guard let walk = try await walks.find(try context.slug("walk")) else { throw Absent() }
        let strings: Strings = site.strings(context)
        let network = Network(address: context.remoteAddress ?? "")
        let answer: Answer
        do {
            answer = try await act(walk, context.actor(on: walk), network)
        } catch SheetRefusal.wrongCode {
            try doors.guesses.take(network)
            answer = Answer(.forbidden, SheetRefusal.wrongCode.name, [SheetRefusal.wrongCode.words(strings)])
        } catch let refusal as SheetRefusal {
            answer = Answer(.conflict, refusal.name, [refusal.words(strings)])
        } catch let refused as Refused<NotingRefusal> {
            answer = Answer(.unprocessableContent, "refused", refused.fieldErrors(strings).sentences(strings))
        } catch let refused as Refused<MediaRefusal> {
            answer = Answer(.unprocessableContent, "refused", refused.fieldErrors(strings).sentences(strings))
        } catch is Observations.AlreadyRead {
            answer = Answer(.conflict, "read", [strings("walks.sheet.already_read")])
        } catch is NotAllowed {
            answer = Answer(.notFound, "absent", [strings("error.absent")])
        } catch is Overloaded {
            answer = Answer(.serviceUnavailable, "busy", [strings("media.refusal.busy")])
        }
        return Response(
            status: answer.status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: try JSONEncoder().encode(answer))))
    }
}

extension FieldErrors {
    /// What is wrong, one sentence after the other.
    fileprivate func sentences(_ strings: Strings) -> [String] { summary(strings)?.items.map(\.text) ?? [] }
}
