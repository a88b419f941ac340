import Foundation
public import Hummingbird
public import Participation
import PublicRecord

/// The public record as a story for auditors, and the minutes of the vote.
public struct StoryController: Sendable {
    private let site: Site
    private let shelf: VoteShelf
    private let record: Record
    private let results: Results
    private let accounts: ClosingAccounts
    private let discrepancies: Discrepancies
    private let certificates: Certificates

    /// The pages over the capabilities they need.
    public init(
        site: Site, shelf: VoteShelf, record: Record, results: Results, accounts: ClosingAccounts,
        discrepancies: Discrepancies, certificates: Certificates
    ) {
        self.site = site
        self.shelf = shelf
        self.record = record
        self.results = results
        self.accounts = accounts
        self.discrepancies = discrepancies
        self.certificates = certificates
    }

    /// Adds `/votes/{vote}/record` and the minutes below it.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/votes/{vote}/record", use: story)
        routes.get("/votes/{vote}/record/minutes", use: minutes)
    }

    @Sendable private func story(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        guard let opening = vote.opening else { throw Absent() }
        // Relative addresses in the record begin at the folder, so its page has the folder's address.
        guard request.uri.path.hasSuffix("/") else { return site.see("/votes/\(vote.slug)/record/") }
        let strings: Strings = site.strings(context)
        let head: Record.Head? = try await record.head(of: vote.id)
        let result: VoteResult? = try await results.find(vote)
        let base = "/votes/\(vote.slug)/record"
        let address: String = site.absolute(base)
        let writer = StoryWriter(
            vote: vote, opening: opening, story: try await record.story(of: vote, zone: site.city.timeZone.identifier),
            figures: try await record.account(of: vote.id), result: result,
            // The account is public with the result: before, an officer may still have to explain it.
            account: result == nil ? nil : try await accounts.account(of: vote.id),
            certificate: try await certificates.standing(of: vote.id), base: base, address: address, strings: strings)
        return site.page(
            RecordPage(
                voteTitle: vote.settings.title(context.language), voteHref: "/votes/\(vote.slug)",
                origin: opening.definition.origin, size: strings.number(head?.checkpoint.size ?? 0),
                root: head?.checkpoint.root.hex ?? "", key: opening.verifierKey, claims: writer.claims,
                command: StoryWriter.command(address),
                secondCommand: "curl -sO \(address)/verify.py && python3 verify.py \(address)",
                downloads: Self.downloads(base, hasResult: result != nil, strings),
                checkHref: "/votes/\(vote.slug)/check"), title: strings("record.title"), request, context)
    }

    private static func downloads(_ base: String, hasResult: Bool, _ strings: Strings) -> ResultPage.Downloads {
        func file(_ name: String, _ key: String, _ kind: String) -> ResultPage.Downloads.File {
            .init(href: "\(base)/\(name)", name: strings("record.file.\(key)"), kind: kind)
        }
        return ResultPage.Downloads(
            files: [
                file("bundle.tar.gz", "bundle", "tar.gz"), file("checkpoint", "checkpoint", "signed note"),
                file("key", "key", "vkey"), file("definition.json", "definition", "JSON"),
                file("verify.py", "verifier", "Python"),
            ] + (hasResult ? [file("result.json", "result", "JSON")] : []))
    }

    @Sendable private func minutes(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        let minutes = Minutes(
            site: site, results: results, accounts: accounts, discrepancies: discrepancies, certificates: certificates)
        guard
            let sheet = try await minutes.sheet(
                of: vote, pdfHref: nil, backHref: "/votes/\(vote.slug)/record/", context)
        else { throw Absent() }
        return site.printPage(sheet, request, context)
    }
}
