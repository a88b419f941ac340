import Foundation
import HTTPTypes
public import Hummingbird
import NIOCore
public import Participation
import PublicRecord

/// The public record of a vote: its files for machines, and "find my ballot" for residents.
///
/// The files are served without a session and would work behind any static file server: full tiles are immutable, the
/// checkpoint is never kept.
public struct RecordController: Sendable {
    private let site: Site
    private let shelf: VoteShelf
    private let record: Record
    private let results: Results
    private let files: RecordFiles
    /// A bundle reads the whole record: often enough for every auditor, too seldom to keep the service busy with it.
    private let bundles = Buckets(burst: 60, perMinute: 30)

    /// The record over the capabilities it needs.
    public init(site: Site, shelf: VoteShelf, record: Record, results: Results, files: RecordFiles) {
        self.site = site
        self.shelf = shelf
        self.record = record
        self.results = results
        self.files = files
    }

    /// Adds `/votes/{vote}/record/…` and `/votes/{vote}/check`.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/votes/{vote}/record/checkpoint", use: checkpoint)
        routes.get("/votes/{vote}/record/key", use: key)
        routes.get("/votes/{vote}/record/definition.json", use: definition)
        routes.get("/votes/{vote}/record/result.json", use: result)
        routes.get("/votes/{vote}/record/tile/**", use: tile)
        routes.get("/votes/{vote}/record/files/{hash}", use: file)
        routes.get("/votes/{vote}/record/verify.py", use: verifier)
        routes.get("/votes/{vote}/record/bundle.tar.gz", use: bundle)
        routes.get("/votes/{vote}/check", use: check)
        routes.post("/votes/{vote}/check", use: find)
    }

    // MARK: Files

    @Sendable private func checkpoint(_ request: Request, _ context: AppContext) async throws -> Response {
        let (vote, _) = try await opened(context)
        guard let head = try await record.head(of: vote.id) else { throw Absent() }
        return file(Array(head.note.utf8), .text, isImmutable: false)
    }

    @Sendable private func key(_ request: Request, _ context: AppContext) async throws -> Response {
        let (_, opening) = try await opened(context)
        return file(Array((opening.verifierKey + "\n").utf8), .text, isImmutable: false)
    }

    @Sendable private func definition(_ request: Request, _ context: AppContext) async throws -> Response {
        let (_, opening) = try await opened(context)
        return file(opening.bytes, .json, isImmutable: false)
    }

    @Sendable private func result(_ request: Request, _ context: AppContext) async throws -> Response {
        let (vote, _) = try await opened(context)
        guard let result = try await recorded(vote) else { throw Absent() }
        return file(result.bytes, .json, isImmutable: false)
    }

    @Sendable private func tile(_ request: Request, _ context: AppContext) async throws -> Response {
        let (vote, _) = try await opened(context)
        let rest: String = context.parameters.getCatchAll().joined(separator: "/")
        guard let path = TilePath("tile/" + rest), let bytes = try await record.tile(path, of: vote.id) else {
            throw Absent()
        }
        return file(bytes, .bytes, isImmutable: true)
    }

    @Sendable private func file(_ request: Request, _ context: AppContext) async throws -> Response {
        let (vote, opening) = try await opened(context)
        let hash: String = try context.parameter("hash")
        if hash == Hex.encode(opening.hash) { return file(opening.bytes, .json, isImmutable: true) }
        if let result = try await recorded(vote), hash == Hash(of: result.bytes).hex {
            return file(result.bytes, .json, isImmutable: true)
        }
        // What entries about papers name: batches as they were read, and explanations.
        if let named = Hash(hex: hash), let bytes = try await files.find(named, of: vote.id) {
            return file(bytes, .text, isImmutable: true)
        }
        throw Absent()
    }

    @Sendable private func verifier(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try await opened(context)
        guard let program = site.assets.file(at: "/verify.py") else { throw Absent() }
        return file(Array(program.body.readableBytesView), .program, isImmutable: false)
    }

    @Sendable private func bundle(_ request: Request, _ context: AppContext) async throws -> Response {
        let (vote, opening) = try await opened(context)
        try bundles.take(Network(address: context.remoteAddress ?? ""))
        // The result first: a checkpoint that is read after it covers it.
        let result: [UInt8]? = try await recorded(vote)?.bytes
        guard let head = try await record.head(of: vote.id) else { throw Absent() }
        let verifier: [UInt8]? = site.assets.file(at: "/verify.py").map { Array($0.body.readableBytesView) }
        let bundle = Bundle(
            vote: vote, opening: opening, head: head, result: result, verifier: verifier, record: record,
            files: files)
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/gzip",
                .contentDisposition: "attachment; filename=\"\(vote.slug)-record.tar.gz\"", .cacheControl: "no-store",
            ], body: bundle.body)
    }

    /// The result, once the log holds it.
    private func recorded(_ vote: Vote) async throws -> VoteResult? {
        // A copy from before the publication may be a second old while the log holds the result already.
        let vote: Vote = vote.publishedAt == nil ? try await shelf.vote(vote.slug, isFresh: true).vote : vote
        guard let result = try await results.find(vote), try await record.holdsResult(of: vote.id) else { return nil }
        return result
    }

    private enum Kind: String {
        case text = "text/plain; charset=utf-8"
        case json = "application/json"
        case program = "text/x-python; charset=utf-8"
        case bytes = "application/octet-stream"
    }

    private func file(_ bytes: [UInt8], _ kind: Kind, isImmutable: Bool) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: kind.rawValue,
                .cacheControl: isImmutable ? "public, max-age=31536000, immutable" : "no-store",
                .accessControlAllowOrigin: "*",
            ], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private func opened(_ context: AppContext) async throws -> (Vote, VoteOpening) {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        guard let opening = vote.opening else { throw Absent() }
        return (vote, opening)
    }

    // MARK: Find my ballot

    @Sendable private func check(_ request: Request, _ context: AppContext) async throws -> Response {
        let (vote, _) = try await opened(context)
        return checkPage(vote, FieldErrors(), typed: "", found: nil, request, context)
    }

    @Sendable private func find(_ request: Request, _ context: AppContext) async throws -> Response {
        let (vote, opening) = try await opened(context)
        let typed: String = try await site.form(request, context).text("receipt")
        guard let asked = ReceiptQuestion(typed) else {
            return checkPage(
                vote, FieldErrors("receipt", "check.unreadable"), typed: typed, found: nil, request, context)
        }
        let strings: Strings = site.strings(context)
        var answers: [CheckPage.Answer] = []
        if let receipt = asked.receipt {
            guard receipt.origin == opening.definition.origin else {
                return checkPage(
                    vote, FieldErrors("receipt", "check.other_vote"), typed: typed, found: nil, request, context)
            }
            let signed: Bool = asked.note.map { opening.signed($0) } ?? false
            answers.append(
                .init(isGood: signed, text: strings(signed ? "check.signed" : "check.not_signed")))
            let place: Int? = try await record.place(
                of: Entry.ballotSealed(credential: receipt.credential, envelope: receipt.envelope).bytes, in: vote.id)
            answers.append(
                .init(
                    isGood: place != nil,
                    text: place.map { strings("check.included", ["entry": strings.number($0)]) }
                        ?? strings("check.not_included")))
        }
        if vote.countedAt != nil {
            let opened: Record.Opened? = try await record.opened(asked.tracker, in: vote)
            if let opened {
                let lines: String = VoteWords(vote, strings).lines(opened.ballot)
                    .map { [$0.number + ". " + $0.title, $0.value].compactMap { $0 }.joined(separator: " – ") }
                    .joined(separator: " ; ")
                answers.append(
                    .init(
                        isGood: true,
                        text: opened.ballot.isBlank
                            ? strings("check.found_blank") : strings("check.found", ["choices": lines])))
            } else {
                answers.append(.init(isGood: false, text: strings("check.not_found")))
            }
        } else {
            answers.append(.init(isGood: true, text: strings("check.not_yet")))
        }
        return checkPage(vote, FieldErrors(), typed: typed, found: answers, request, context)
    }

    private func checkPage(
        _ vote: Vote, _ errors: FieldErrors, typed: String, found: [CheckPage.Answer]?, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let strings: Strings = site.strings(context)
        return site.page(
            CheckPage(
                voteTitle: vote.settings.title(context.language), voteHref: "/votes/\(vote.slug)",
                action: "/votes/\(vote.slug)/check", errors: errors.summary(strings),
                receipt: errors.input("receipt", value: typed, strings), answers: found ?? [], hasAnswers: found != nil,
                isOpened: vote.countedAt != nil, recordHref: "/votes/\(vote.slug)/record/",
                recordBase: "/votes/\(vote.slug)/record"),
            title: strings("check.title"), request, context, status: errors.isEmpty ? .ok : .unprocessableContent,
            scripts: ["check.js"])
    }
}

/// What a resident typed to find their ballot: a whole receipt, or its tracker alone.
struct ReceiptQuestion {
    let tracker: Tracker
    let receipt: Receipt?
    let note: SignedNote?

    init?(_ typed: String) {
        if let note = try? SignedNote(parsing: Array((typed + "\n").utf8)), let receipt = Receipt(text: note.text) {
            tracker = receipt.tracker
            self.receipt = receipt
            self.note = note
        } else if let tracker = Tracker(typed) {
            self.tracker = tracker
            receipt = nil
            note = nil
        } else {
            return nil
        }
    }
}

extension VoteOpening {
    /// The log's key in `vkey` form.
    var verifierKey: String { noteKey?.description ?? "" }

    /// Whether the log's key signed the note.
    func signed(_ note: SignedNote) -> Bool {
        guard let key = noteKey, case .valid = note.verify(key) else { return false }
        return true
    }

    private var noteKey: NoteKey? { NoteKey(name: definition.origin, publicKey: logKey) }
}
