import Participation
import PublicRecord

/// The closing account as a table: a column for each place and for the whole, in the order in which an accountant
/// reads: marks, papers in hand, ballots, difference.
struct AccountTable: Sendable {
    /// A figure of one column.
    struct Cell: Sendable {
        let text: String
        let isWrong: Bool
    }

    /// A row of the table.
    struct Row: Sendable {
        let name: String
        let isSum: Bool
        let cells: [Cell]
    }

    /// Rows that belong together.
    struct Part: Sendable {
        let name: String
        let span: String
        let rows: [Row]
    }

    let columns: [String]
    let parts: [Part]

    static let sample = AccountTable(
        columns: ["En ligne", "École", "Ensemble"],
        parts: [
            Part(
                name: "Émargements", span: "4",
                rows: [Row(name: "En ligne", isSum: true, cells: [Cell(text: "300", isWrong: true)])])
        ])

    init(columns: [String], parts: [Part]) {
        self.columns = columns
        self.parts = parts
    }

    /// The table of an account. The last column is the whole.
    init(_ account: ClosingAccount, _ strings: Strings) {
        let lines: [ClosingAccount.Line] = account.lines + [account.whole]
        columns =
            account.lines.map { $0.name?(strings.language) ?? strings("account.online") } + [strings("account.whole")]
        let span = String(lines.count + 1)
        func row(
            _ key: String, isSum: Bool = false, isDifference: Bool = false, _ value: (ClosingAccount.Line) -> Int?
        ) -> Row {
            Row(
                name: strings("account.\(key)"), isSum: isSum,
                cells: lines.map { line in
                    let figure: Int? = value(line)
                    return Cell(
                        text: figure.map { strings.number($0) } ?? "–", isWrong: isDifference && (figure ?? 0) != 0)
                })
        }
        let reasons: [String] = account.whole.invalid.map(\.reason)
        let invalid: [Row] = reasons.map { reason in
            Row(
                name: strings("account.invalid_because", ["reason": strings("paper.reason.\(reason)")]), isSum: false,
                cells: lines.map { line in
                    let count: Int = line.invalid.first { $0.reason == reason }?.count ?? 0
                    return Cell(text: strings.number(count), isWrong: false)
                })
        }
        let whole: ClosingAccount.Line = account.whole
        let envelopes: [Row] =
            whole.attached + whole.received == 0
            ? []
            : [
                row("attached", isDifference: true) { $0.attached },
                row("stubs_received", isDifference: true) { $0.received },
            ]
        let papers: [Row] = [
            row("received") { $0.report?.received }, row("issued") { $0.report?.issued },
            row("spoiled_at_place") { $0.report?.spoiled }, row("returned") { $0.report?.returned },
            row("missing", isDifference: true) { $0.report?.missing },
            row("issued_difference", isDifference: true) { $0.issuedDifference },
        ]
        let counted: [Row] = [
            row("opened") { $0.sealed }, row("declared") { $0.papers }, row("spoiled_in_batches") { $0.spoiled },
            row("counted") { $0.counted }, row("blank") { $0.blank }, row("invalid") { $0.invalidPapers },
        ]
        parts = [
            Part(
                name: strings("account.marks"), span: span,
                rows: [
                    row("marks_online") { $0.online.made }, row("marks_kiosk") { $0.kiosk.made },
                    row("marks_paper") { $0.paper.made },
                    row("annulled") { $0.online.annulled + $0.kiosk.annulled + $0.paper.annulled },
                    row("live", isSum: true) { $0.live },
                ]),
            Part(name: strings("account.papers_in_hand"), span: span, rows: papers + envelopes),
            Part(
                name: strings("account.ballots"), span: span,
                rows: counted + invalid + [
                    row("unsettled", isDifference: true) { $0.unsettled }, row("sum", isSum: true) { $0.ballots },
                ]),
            Part(
                name: strings("account.balance"), span: span,
                rows: [
                    row("gap") { $0.live - $0.ballots }, row("explained") { $0.explained },
                    row("difference", isSum: true, isDifference: true) { $0.difference },
                ]),
        ]
    }
}
