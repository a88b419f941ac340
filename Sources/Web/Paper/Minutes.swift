import Foundation
import Hummingbird
import Participation
import PublicRecord

/// The minutes (procès-verbal) of a published vote as a sheet: for officers to sign at the desk, and for everybody
/// beside the record.
struct Minutes: Sendable {
    let site: Site
    let results: Results
    let accounts: ClosingAccounts
    let discrepancies: Discrepancies
    let certificates: Certificates

    /// The sheet, with the checkpoint that is signed, or the latest one; nil before the result is published.
    func sheet(of vote: Vote, pdfHref: String?, backHref: String, _ context: AppContext) async throws -> PrintJob? {
        guard let opening = vote.opening, let result = try await results.find(vote) else { return nil }
        let standing: Certificates.Standing = try await certificates.standing(of: vote.id)
        guard let checkpoint = try await certificates.checkpoint(of: vote.id) else { return nil }
        let strings: Strings = site.strings(context)
        let title: String = strings("account.minutes")
        return PrintJob(
            MinutesSheet(
                heading: title, voteTitle: vote.settings.title(context.language),
                facts: Self.facts(vote, opening, result, strings),
                table: AccountTable(try await accounts.account(of: vote.id), strings),
                projects: Self.lines(vote, result, try await results.columns(vote), strings),
                explanations: try await discrepancies.list(of: vote.id).filter { $0.confirmedAt != nil }.map {
                    PaperFact(name: "\($0.place), \(strings.number($0.difference))", value: $0.explanation)
                },
                size: strings.number(checkpoint.size), root: checkpoint.root.hex, origin: checkpoint.origin,
                officers: standing.officers, lines: standing.officers.isEmpty ? ["", ""] : [],
                certified: standing.certifiedAt.map { strings("account.certified_at", ["date": strings.moment($0)]) },
                pdfHref: pdfHref, backHref: backHref), title: title, language: context.language,
            code: SheetCode(document: .minutes, definition: opening.hash, edition: 1, language: context.language))
    }

    private static func facts(
        _ vote: Vote, _ opening: VoteOpening, _ result: VoteResult, _ strings: Strings
    ) -> [PaperFact] {
        func fact(_ key: String, _ value: String) -> PaperFact { PaperFact(name: strings(key), value: value) }
        return [
            fact("account.opened_at", strings.moment(opening.at)),
            fact("account.closed_at", vote.closedAt.map(strings.moment) ?? "–"),
            fact("account.published_at", vote.publishedAt.map(strings.moment) ?? "–"),
            fact("account.rule", VoteWords(vote, strings).counting),
            fact("account.voters", strings.number(result.voters)),
            fact("desk.fact.definition", Hex.encode(opening.hash)),
        ]
    }

    private static func lines(
        _ vote: Vote, _ result: VoteResult, _ columns: ResultColumns?, _ strings: Strings
    ) -> [MinutesSheet.Line] {
        let winners: Set<String> = Set(result.order)
        func figure(_ value: Int64?) -> String { strings.number(value ?? 0) }
        return vote.projects.map { project in
            let total: String = figure(result.support[project.key])
            return MinutesSheet.Line(
                number: String(project.number), title: project.title(strings.language),
                online: columns.map { figure($0.sealed.support[project.key]) } ?? total,
                paper: columns.map { figure($0.paper.support[project.key]) } ?? "–", total: total,
                isSelected: winners.contains(project.key))
        }
    }
}
