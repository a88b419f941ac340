import Foundation
import PublicRecord

/// One row of a file, ready to be written.
struct ImportedProposal: Sendable, Hashable, Encodable {
    let line: Int
    let reference: String
    let title: String
    let body: String
    let theme: UUID?
    let district: String?
    let place: String
    let latitude: Double?
    let longitude: Double?
    let cost: Int64?
    let author: String?
    /// `yyyy-mm-dd`.
    let published: String?
}

/// What a whole file says.
struct ProposalFindings: Sendable {
    var rows = 0
    var proposals: [ImportedProposal] = []
    var problems: [ProposalImport.Problem] = []
    /// Rows with at least one problem.
    var wrong = 0
}

/// Reads the rows of a file by the meaning of its columns. Every row is looked at and every mistake told; what a cell
/// holds is text, whatever a spreadsheet would make of it.
struct ProposalImportReader: Sendable {
    let columns: [ProposalImport.Field?]
    let call: ProposalCall
    let districts: [String: String]

    /// More rows than a participatory budget of a capital has had.
    static let mostRows = 50_000
    static let limits = CSVParser.Limits(file: 64 << 20, row: 1 << 20, fields: 1_000)

    /// - Parameter districts: the code of a district by each of its names and by itself, as ``NameText`` keys.
    init(columns: [ProposalImport.Field?], call: ProposalCall, districts: [String: String]) {
        self.columns = columns
        self.call = call
        self.districts = districts
    }

    /// All rows below the first one.
    func read(_ rows: some Sequence<CSVRow>) -> ProposalFindings {
        var findings = ProposalFindings()
        var lines: [String: Int] = [:]
        for row in rows.dropFirst() {
            findings.rows += 1
            var problems: [ProposalImport.Problem] = []
            let proposal: ImportedProposal? = read(row, &problems)
            if let proposal, let earlier = lines.updateValue(proposal.line, forKey: proposal.reference) {
                lines[proposal.reference] = earlier
                problems.append(.init(row.line, .reference, .twice, String(earlier)))
            }
            if problems.isEmpty {
                if let proposal { findings.proposals.append(proposal) }
            } else {
                findings.wrong += 1
                findings.problems += problems
            }
        }
        return findings
    }

    /// Nil for a row that is wrong, and for one of a proposal that was withdrawn there.
    private func read(_ row: CSVRow, _ problems: inout [ProposalImport.Problem]) -> ImportedProposal? {
        if let problem = row.problem {
            problems.append(whole(problem, row.line))
            return nil
        }
        var cells = Cells(row: row, columns: columns)
        let reference: String = cells.text(.reference, most: ProposalSource.longestReference, isNeeded: true)
        let title: String = cells.text(.title, most: ProposalDraft.longestTitle, isNeeded: true)
            .split(whereSeparator: \.isNewline).joined(separator: " ")
        let body: String = cells.text(.body, most: ProposalDraft.longestBody, isNeeded: true)
        let place: String = cells.text(.place, most: ProposalDraft.longestPlace)
            .split(whereSeparator: \.isNewline).joined(separator: " ")
        let author: String = cells.text(.author, most: Accounts.longestName)
        let theme: ID<Theme>? = cells.value(.theme, .unknown, theme)
        let district: String? = cells.value(.district, .unknown) { districts[NameText.key($0)] }
        let latitude: Double? = cells.value(.latitude, .notDegrees) { Self.degrees($0, within: 90) }
        let longitude: Double? = cells.value(.longitude, .notDegrees) { Self.degrees($0, within: 180) }
        if (latitude == nil) != (longitude == nil), cells.problems.allSatisfy({ $0.reason != .notDegrees }) {
            cells.problems.append(.init(row.line, latitude == nil ? .latitude : .longitude, .missing))
        }
        let cost: Int64? = cells.value(.cost, .notAmount) { text in
            Cents.amount(text).flatMap { (0...ProposalDraft.highestCost).contains($0) ? $0 : nil }
        }
        let published: Day? = cells.value(.publishedAt, .notDate) { Day(String($0.prefix(10))) }
        problems += cells.problems
        guard cells.problems.isEmpty, !Self.isWithdrawn(cells.plain(.state)) else { return nil }
        return ImportedProposal(
            line: row.line, reference: reference, title: title, body: body, theme: theme?.uuid, district: district,
            place: place, latitude: latitude, longitude: longitude, cost: cost, author: author.isEmpty ? nil : author,
            published: published?.description)
    }

    private func whole(_ problem: CSVProblem, _ line: Int) -> ProposalImport.Problem {
        func field(_ index: Int) -> ProposalImport.Field? { columns.indices.contains(index) ? columns[index] : nil }
        return switch problem {
        case .fieldCount(let expected, let found): .init(line, nil, .fieldCount, "\(found)/\(expected)")
        case .textAfterQuote(let index): .init(line, field(index), .textAfterQuote)
        case .control(let index): .init(line, field(index), .control)
        case .notText(let index): .init(line, field(index), .notText)
        }
    }

    private func theme(_ text: String) -> ID<Theme>? {
        let key: String = NameText.key(text)
        return call.themes.first { theme in
            theme.slug == text || theme.title.byLanguage.values.contains { NameText.key($0) == key }
        }?.id
    }

    private static func degrees(_ text: String, within limit: Double) -> Double? {
        guard text.utf8.count <= 30, let number = Double(text.replacing(",", with: ".")), abs(number) <= limit
        else { return nil }
        return number
    }

    private static func isWithdrawn(_ state: String) -> Bool {
        ["withdrawn", "true", "retiree", "retire", "zuruckgezogen"].contains(NameText.key(state))
    }
}

/// The cells of one row by what their columns hold.
private struct Cells {
    let row: CSVRow
    let columns: [ProposalImport.Field?]
    var problems: [ProposalImport.Problem] = []

    init(row: CSVRow, columns: [ProposalImport.Field?]) {
        self.row = row
        self.columns = columns
    }

    /// The text of a cell, composed. Platforms put an apostrophe before what a spreadsheet would calculate; the text
    /// is what stands behind it.
    func plain(_ field: ProposalImport.Field) -> String {
        guard let column = columns.firstIndex(of: field) else { return "" }
        let text: String = row.text(column).replacing("\r\n", with: "\n").precomposedStringWithCanonicalMapping
        guard text.hasPrefix("'"), let second = text.dropFirst().first, "=+-@".contains(second) else { return text }
        return String(text.dropFirst())
    }

    mutating func text(_ field: ProposalImport.Field, most: Int, isNeeded: Bool = false) -> String {
        let text: String = plain(field)
        if isNeeded, text.isEmpty { problems.append(.init(row.line, field, .missing)) }
        if text.unicodeScalars.count > most { problems.append(.init(row.line, field, .tooLong, String(most))) }
        return text
    }

    /// What a cell says, nil when it is empty; a problem when it cannot be read.
    mutating func value<T>(
        _ field: ProposalImport.Field, _ reason: ProposalImport.Problem.Reason, _ read: (String) -> T?
    ) -> T? {
        let text: String = plain(field)
        guard !text.isEmpty else { return nil }
        let value: T? = read(text)
        if value == nil { problems.append(.init(row.line, field, reason, String(text.prefix(80)))) }
        return value
    }
}
