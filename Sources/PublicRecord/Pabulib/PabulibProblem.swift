/// Something wrong, or odd, in a `.pb` file.
public struct PabulibProblem: Sendable, Hashable, CustomStringConvertible {
    /// Whether the file can still be used.
    public enum Severity: Sendable, Hashable {
        /// It cannot.
        case error
        /// It can; the reader says what it did.
        case warning
    }

    /// The line, counted from 1; `nil` when the problem is something missing from the whole file.
    public var line: Int?
    /// What is wrong.
    public var kind: Kind

    /// What can be wrong. The arguments are what a sentence in any language needs.
    public enum Kind: Sendable, Hashable {
        /// The bytes are not UTF-8 text.
        case notUTF8
        /// A quoted field is never closed.
        case openQuote
        /// A line before any section title.
        case outsideSection
        /// A section is missing.
        case missingSection(String)
        /// A section comes twice.
        case repeatedSection(String)
        /// A section has no header line.
        case missingHeader(String)
        /// A header lacks a column.
        case missingColumn(section: String, column: String)
        /// A header names a column twice.
        case repeatedColumn(section: String, column: String)
        /// A line has another number of fields than its header.
        case fieldCount(found: Int, expected: Int)
        /// META lacks a key.
        case missingMeta(String)
        /// META gives the budget or the vote type twice.
        case repeatedMeta(String)
        /// The budget is not a number with at most two decimals.
        case unusableBudget(String)
        /// The budget is below zero.
        case negativeBudget(String)
        /// A vote type the format does not have.
        case unknownVoteType(String)
        /// The threshold is not a number.
        case unusableNumber(key: String, value: String)
        /// A project without an id.
        case missingProjectID
        /// Two projects have one id; the line of the first is given.
        case duplicateProject(id: String, first: Int)
        /// A cost is not a number with at most two decimals.
        case unusableCost(project: String, value: String)
        /// A cost is below zero.
        case negativeCost(project: String, value: String)
        /// A ballot names a project that does not exist.
        case unknownProject(voter: String, project: String)
        /// A ballot has more or fewer points than projects.
        case pointsCount(voter: String, points: Int, projects: Int)
        /// Points are not a whole number from zero up.
        case unusablePoints(voter: String, value: String)
        /// Further errors are not listed.
        case more

        /// META gives another key twice; the first stands.
        case ignoredMeta(String)
        /// A limit for ballots is not a number and is not checked.
        case ignoredLimit(key: String, value: String)
        /// Fractions of a cent in the budget cannot be spent and are dropped.
        case budgetFraction(String)
        /// A ballot names a project twice.
        case repeatedChoice(voter: String, project: String)
        /// A list of projects or points has an empty place.
        case emptyChoice(voter: String)
        /// Two ballots have one voter id; both are counted.
        case duplicateVoter(id: String, first: Int)
        /// META announces another number of projects or ballots.
        case announcedCount(key: String, announced: String, found: Int)
        /// The `votes` or `score` column differs from the ballots.
        case declaredCount(project: String, column: String, declared: Int64, found: Int64)
        /// A `selected` code the format does not have.
        case unknownSelected(project: String, value: String)
        /// A line has empty fields beyond its header.
        case extraFields
        /// A ballot breaks a limit that META states; it is counted all the same.
        case beyondLimit(voter: String, key: String)
    }

    /// A problem on a line.
    public init(line: Int?, kind: Kind) {
        self.line = line
        self.kind = kind
    }

    /// Errors make the file unusable.
    public var severity: Severity { kind.described.severity }
    /// A stable name, for translations.
    public var code: String { kind.described.code }
    /// The arguments by the names used in translations.
    public var arguments: [String: String] { kind.described.arguments }
    /// As compilers put it: `12: error: …`, to be read after the name of the file and a colon.
    public var description: String {
        let text = "\(severity == .error ? "error" : "warning"): \(kind.described.text)"
        return line.map { "\($0): \(text)" } ?? " \(text)"
    }
    /// One English sentence, with its line.
    public var sentence: String {
        let text = kind.described.text
        return line.map { "line \($0): \(text)" } ?? text
    }
}

extension PabulibProblem.Kind {
    fileprivate struct Description {
        var code: String
        var severity: PabulibProblem.Severity
        var arguments: [String: String]
        var text: String
    }

    private func error(_ code: String, _ arguments: [String: String], _ text: String) -> Description {
        Description(code: code, severity: .error, arguments: arguments, text: text)
    }

    private func warning(_ code: String, _ arguments: [String: String], _ text: String) -> Description {
        Description(code: code, severity: .warning, arguments: arguments, text: text)
    }

    /// Code, severity, arguments and sentence of every kind, in one table.
    fileprivate var described: Description {
        switch self {
        case .notUTF8:
            error("not_utf8", [:], "the file is not UTF-8 text")
        case .openQuote:
            error("open_quote", [:], "a quote opens here and is never closed")
        case .outsideSection:
            error("outside_section", [:], "text before the META section")
        case .missingSection(let section):
            error("missing_section", ["section": section], "the section \(section) is missing")
        case .repeatedSection(let section):
            error("repeated_section", ["section": section], "the section \(section) comes twice")
        case .missingHeader(let section):
            error("missing_header", ["section": section], "the section \(section) has no header line")
        case .missingColumn(let section, let column):
            error(
                "missing_column", ["section": section, "column": column],
                "the header of \(section) lacks the column \(column)")
        case .repeatedColumn(let section, let column):
            error(
                "repeated_column", ["section": section, "column": column],
                "the header of \(section) names the column \(column) twice")
        case .fieldCount(let found, let expected):
            error(
                "field_count", ["found": "\(found)", "expected": "\(expected)"],
                "\(found) fields where the header has \(expected)")
        case .missingMeta(let key):
            error("missing_meta", ["key": key], "META lacks \(key)")
        case .repeatedMeta(let key):
            error("repeated_meta", ["key": key], "META gives \(key) twice")
        case .unusableBudget(let value):
            error("unusable_budget", ["value": value], "the budget “\(value)” is not an amount of money")
        case .negativeBudget(let value):
            error("negative_budget", ["value": value], "the budget \(value) is below zero")
        case .unknownVoteType(let value):
            error("unknown_vote_type", ["value": value], "the vote type “\(value)” is not known")
        case .unusableNumber(let key, let value):
            error("unusable_number", ["key": key, "value": value], "\(key) is “\(value)”, not a whole number")
        case .missingProjectID:
            error("missing_project_id", [:], "a project has no id")
        case .duplicateProject(let id, let first):
            error(
                "duplicate_project", ["project": id, "first": "\(first)"],
                "the project id \(id) is already used on line \(first)")
        case .unusableCost(let project, let value):
            error(
                "unusable_cost", ["project": project, "value": value],
                "the cost “\(value)” of project \(project) is not an amount with at most two decimals")
        case .negativeCost(let project, let value):
            error(
                "negative_cost", ["project": project, "value": value],
                "the cost \(value) of project \(project) is below zero")
        case .unknownProject(let voter, let project):
            error(
                "unknown_project", ["voter": voter, "project": project],
                "the ballot of voter \(voter) names the project \(project), which does not exist")
        case .pointsCount(let voter, let points, let projects):
            error(
                "points_count", ["voter": voter, "points": "\(points)", "projects": "\(projects)"],
                "the ballot of voter \(voter) has \(points) points for \(projects) projects")
        case .unusablePoints(let voter, let value):
            error(
                "unusable_points", ["voter": voter, "value": value],
                "the points “\(value)” of voter \(voter) are not a whole number from zero up")
        case .more:
            error("more", [:], "more problems follow and are not listed")
        case .ignoredMeta(let key):
            warning("ignored_meta", ["key": key], "META gives \(key) twice; the first stands")
        case .ignoredLimit(let key, let value):
            warning(
                "ignored_limit", ["key": key, "value": value],
                "\(key) is “\(value)”, not a number; it is not checked")
        case .budgetFraction(let value):
            warning(
                "budget_fraction", ["value": value],
                "the budget \(value) has fractions of a cent, which are left out")
        case .repeatedChoice(let voter, let project):
            warning(
                "repeated_choice", ["voter": voter, "project": project],
                "the ballot of voter \(voter) names the project \(project) more than once")
        case .emptyChoice(let voter):
            warning("empty_choice", ["voter": voter], "the ballot of voter \(voter) has an empty place in a list")
        case .duplicateVoter(let id, let first):
            warning(
                "duplicate_voter", ["voter": id, "first": "\(first)"],
                "the voter id \(id) is already used on line \(first); both ballots count")
        case .announcedCount(let key, let announced, let found):
            warning(
                "announced_count", ["key": key, "announced": announced, "found": "\(found)"],
                "\(key) is \(announced), but there are \(found)")
        case .declaredCount(let project, let column, let declared, let found):
            warning(
                "declared_count",
                ["project": project, "column": column, "declared": "\(declared)", "found": "\(found)"],
                "\(column) of project \(project) is \(declared), but the ballots give \(found)")
        case .unknownSelected(let project, let value):
            warning(
                "unknown_selected", ["project": project, "value": value],
                "selected of project \(project) is “\(value)”, which is not a known code")
        case .extraFields:
            warning("extra_fields", [:], "empty fields beyond the header")
        case .beyondLimit(let voter, let key):
            warning(
                "beyond_limit", ["voter": voter, "key": key],
                "the ballot of voter \(voter) breaks \(key); it counts all the same")
        }
    }
}
