import Foundation
public import Hummingbird
import Participation
import Synchronization

/// What everybody may print: the sample ballot and the catalogue of an opened vote.
public struct PrintController: Sendable {
    private static let documents: [PrintDocument] = [.catalogue, .sample]

    private let site: Site
    private let shelf: VoteShelf
    private let pack: PrintPack
    private let shelved = KeptPrints()

    /// The pages of the votes of `shelf`.
    public init(site: Site, shelf: VoteShelf) {
        self.site = site
        self.shelf = shelf
        pack = PrintPack(site: site)
    }

    /// Adds `/votes/{vote}/print` and its documents.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/votes/{vote}/print", use: list)
        routes.get("/votes/{vote}/print/{document}", use: document)
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await opened(context)
        let strings: Strings = site.strings(context)
        let base = "/votes/\(vote.slug)/print"
        return site.page(
            PublicPrintPage(
                voteTitle: vote.settings.title(context.language), voteHref: "/votes/\(vote.slug)",
                items: Self.documents.map { document in
                    PublicPrintPage.Item(
                        title: strings("prints.document.\(document.rawValue)"),
                        words: strings("prints.words.\(document.rawValue)"),
                        pageHref: "\(base)/\(document.rawValue)",
                        pdfs: vote.settings.languages.compactMap { Language(rawValue: $0) }.flatMap { language in
                            document.sizes.map { size in
                                PublicPrintPage.Link(
                                    label: "\(ReaderChoice.name(of: language)), \(size.rawValue.uppercased())",
                                    href:
                                        "\(base)/\(document.rawValue).pdf?language=\(language.rawValue)"
                                        + "&size=\(size.rawValue)", language: language.rawValue)
                            }
                        })
                }), title: strings("prints.public.title"), request, context)
    }

    @Sendable private func document(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await opened(context)
        let (document, isPDF) = try PrintDocument.named(try context.parameter("document"))
        guard Self.documents.contains(document) else { throw Absent() }
        let choice = try PrintChoice(
            try request.query(), of: document, in: vote, editions: 1, reader: context.language)
        let job: PrintJob = pack.job(document, of: vote, as: choice, below: "/votes/\(vote.slug)/print")
        guard isPDF else { return site.printPage(job, request, context) }
        // A frozen definition makes the same sheet for everybody.
        let key = KeptPrints.Key(definition: vote.opening?.hash ?? [], document: document, choice: choice)
        let pdf: [UInt8]
        if let known = shelved.find(key) {
            pdf = known
        } else {
            pdf = try await site.pdf(of: job, context)
            shelved.keep(pdf, as: key)
        }
        return site.pdfAnswer(pdf, of: job, name: pack.fileName(document, of: vote, as: choice), context)
    }

    private func opened(_ context: AppContext) async throws -> Vote {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        guard vote.opening != nil else { throw Absent() }
        return vote
    }
}

extension PrintDocument {
    /// The document that the last part of an address names, and whether it is asked for as PDF.
    static func named(_ name: String) throws(Absent) -> (PrintDocument, isPDF: Bool) {
        let isPDF: Bool = name.hasSuffix(".pdf")
        guard let document = PrintDocument(rawValue: isPDF ? String(name.dropLast(4)) : name) else { throw Absent() }
        return (document, isPDF)
    }
}

/// A few PDFs that everybody asks for, so that a crowd of visitors does not keep the desk from printing.
private final class KeptPrints: Sendable {
    struct Key: Hashable, Sendable {
        let definition: [UInt8]
        let document: PrintDocument
        let choice: PrintChoice
    }

    private let kept = Mutex<[Key: [UInt8]]>([:])

    func find(_ key: Key) -> [UInt8]? { kept.withLock { $0[key] } }

    func keep(_ pdf: [UInt8], as key: Key) {
        kept.withLock { kept in
            if kept.count >= 48 { kept.removeAll() }
            kept[key] = pdf
        }
    }
}
