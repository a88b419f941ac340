/// Reads what an operator types of a paper: the one syntax of the screen, of files and of the record.
///
/// `3,12` approvals, `3:2,12:1` points, `12>3` ranks, `3=A,12=B` grades (A is the best), `-` blank, `!torn` or `!1`
/// invalid. `+` may stand for the comma, so that the number pad alone is enough. Numbers are those printed on the ballot.
///
/// Nothing is trimmed: a paper that breaks a rule of the ballot is invalid, for the first rule that it breaks.
public struct PaperReader: Sendable {
    private static let longest = 20_000

    private let definition: Definition
    private let checker: BallotChecker
    private let projects: [Int: String]
    private let numbers: [String: Int]

    /// A reader of the papers of a definition.
    public init(_ definition: Definition) {
        self.definition = definition
        checker = BallotChecker(definition)
        projects = Dictionary(definition.projects.map { ($0.number, $0.id) }, uniquingKeysWith: { first, _ in first })
        numbers = Dictionary(definition.projects.map { ($0.id, $0.number) }, uniquingKeysWith: { first, _ in first })
    }

    /// The reasons that may be typed after `!`: all of the definition but that of an envelope nobody could open.
    public static let reasons: [String] = Definition.invalidReasons.filter { $0 != BallotCount.unreadable }

    /// What the text says.
    ///
    /// - Throws: `PaperProblem`, when the text cannot be what a paper says.
    public func read(_ text: String) throws(PaperProblem) -> PaperContent {
        guard text.utf8.count <= Self.longest else { throw .tooLong }
        let typed: String = Self.trimmed(text)
        if typed.isEmpty { throw .empty }
        if ["-", "–", "—", "−"].contains(typed) { return .blank }
        if typed.hasPrefix("!") { return try invalid(String(typed.dropFirst())) }
        try refuseMangled(typed)
        var choices: [Choice] = []
        for piece in pieces(of: typed) { choices.append(try choice(Self.trimmed(String(piece)))) }
        return content(choices)
    }

    /// The normal form of a ballot of this definition.
    public func text(of ballot: Ballot) -> String {
        if ballot.isBlank { return PaperContent.blank.text }
        return switch ballot {
        case .approval(let ids): join(ids.map { Choice(number: numbers[$0] ?? 0, id: $0, value: "") })
        case .ranking(let ids): join(ids.map { Choice(number: numbers[$0] ?? 0, id: $0, value: "") })
        case .points(let scores):
            join(
                scores.map { Choice(number: numbers[$0.project] ?? 0, id: $0.project, value: String($0.value)) })
        case .grades(let scores):
            join(
                scores.map {
                    Choice(number: numbers[$0.project] ?? 0, id: $0.project, value: Self.letter($0.value))
                })
        }
    }

    // MARK: Pieces

    private struct Choice {
        let number: Int
        let id: String
        /// Points, or the letter of a grade.
        let value: String
    }

    private func pieces(of text: String) -> [Substring] {
        text.split(omittingEmptySubsequences: false) { letter in
            definition.ballot.type == .ranking ? letter == ">" : letter == "," || letter == "+"
        }
    }

    private func choice(_ piece: String) throws(PaperProblem) -> Choice {
        switch definition.ballot.type {
        case .approval, .ranking:
            if piece.contains(where: { ":=".contains($0) }) { throw .wrongValue(piece) }
            return try project(piece, value: "")
        case .points:
            let (name, value) = try Self.halves(piece, at: ":")
            guard (1...4).contains(value.utf8.count), value.utf8.allSatisfy(Self.isDigit) else {
                throw .wrongValue(piece)
            }
            return try project(name, value: String(Int(value) ?? 0))
        case .grades:
            let (name, value) = try Self.halves(piece, at: "=")
            return try project(name, value: try grade(value))
        }
    }

    private func project(_ name: String, value: String) throws(PaperProblem) -> Choice {
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isDigit) else { throw .notANumber(name) }
        guard name.utf8.count <= 9, let number = Int(name), let id = projects[number] else {
            throw .unknownNumber(name)
        }
        return Choice(number: number, id: id, value: value)
    }

    /// A grade by its letter, or by its whole label.
    private func grade(_ text: String) throws(PaperProblem) -> String {
        let labels: [String] = definition.ballot.grades
        if let index = labels.indices.first(where: { Self.letter($0) == text.uppercased() }) {
            return Self.letter(index)
        }
        if let index = labels.firstIndex(where: { $0.lowercased() == text.lowercased() }) {
            return Self.letter(index)
        }
        throw .unknownGrade(text)
    }

    private static func halves(_ piece: String, at sign: Character) throws(PaperProblem) -> (String, String) {
        let parts: [Substring] = piece.split(separator: sign, omittingEmptySubsequences: false)
        guard parts.count > 1 else { throw piece.utf8.allSatisfy(isDigit) ? .noValue(piece) : .wrongValue(piece) }
        guard parts.count == 2 else { throw .wrongValue(piece) }
        return (trimmed(String(parts[0])), trimmed(String(parts[1])))
    }

    /// The letter under which a grade is typed: `A` is the best.
    public static func letter(_ index: Int) -> String {
        String(UnicodeScalar(UInt8(ascii: "A") + UInt8(clamping: min(index, 25))))
    }

    private func invalid(_ typed: String) throws(PaperProblem) -> PaperContent {
        let name: String = Self.trimmed(typed).lowercased()
        if let fault = PaperFault.allCases.first(where: { String($0.number) == name }) {
            return PaperContent(text: "!\(fault.rawValue)", outcome: .invalid(fault.rawValue))
        }
        guard Self.reasons.contains(name) else { throw .unknownReason(typed) }
        return PaperContent(text: "!\(name)", outcome: .invalid(name))
    }

    // MARK: Judging

    private func content(_ choices: [Choice]) -> PaperContent {
        let lines: [BallotLine] = choices.enumerated().map { index, choice in
            switch definition.ballot.type {
            case .approval: BallotLine(choice.id)
            case .points: BallotLine(choice.id, choice.value)
            case .ranking: BallotLine(choice.id, String(index + 1))
            case .grades: BallotLine(choice.id, definition.ballot.grades[Self.index(ofLetter: choice.value)])
            }
        }
        do throws(InvalidBallot) {
            let ballot: Ballot = try checker.ballot(lines)
            if ballot.isBlank { return .blank }
            return PaperContent(text: text(of: ballot), outcome: .counted(ballot))
        } catch {
            // The checker gives at least one reason, in the order in which a reader would meet them.
            return PaperContent(text: join(choices), outcome: .invalid(error.reasons[0].code))
        }
    }

    private func join(_ choices: [Choice]) -> String {
        switch definition.ballot.type {
        case .ranking: choices.map { String($0.number) }.joined(separator: ">")
        case .approval: choices.map(\.number).sorted().map { String($0) }.joined(separator: ",")
        case .points, .grades:
            choices.sorted { ($0.number, $0.value) < ($1.number, $1.value) }
                .map { "\($0.number)\(definition.ballot.type == .points ? ":" : "=")\($0.value)" }
                .joined(separator: ",")
        }
    }

    private static func index(ofLetter letter: String) -> Int {
        Int(letter.utf8.first ?? UInt8(ascii: "A")) - Int(UInt8(ascii: "A"))
    }

    // MARK: What spreadsheets do

    /// Refuses what a spreadsheet makes of choices: `03/12/2026`, `12-Mar`, `03.12`, `3.12E+05`, `03:12:00`.
    private func refuseMangled(_ text: String) throws(PaperProblem) {
        let isTime: Bool = text.count { $0 == ":" } > 1 && !text.contains { ",+".contains($0) }
        let hasNoSign: Bool = !text.contains { ":=>".contains($0) }
        let digits: Bool = text.contains { $0.isASCII && $0.isNumber }
        if isTime { throw .date(text) }
        guard hasNoSign, digits else { return }
        if text.contains("/") || text.contains("-") || text.count(where: { $0 == "." }) > 1 { throw .date(text) }
        if text.contains(".") {
            let rest: String = text.filter { !($0.isASCII && $0.isNumber) && $0 != "." }
            throw rest.isEmpty || rest.uppercased() == "E+" ? .decimal(text) : .date(text)
        }
        if text.contains(where: \.isLetter) {
            throw text.uppercased().contains("E+") ? .decimal(text) : .date(text)
        }
    }

    private static func trimmed(_ text: String) -> String {
        var rest: Substring = text[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

extension PaperContent {
    /// A paper on which nothing is chosen.
    public static let blank = PaperContent(text: "-", outcome: .blank)
}
