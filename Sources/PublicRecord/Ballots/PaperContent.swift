/// Why a paper is invalid before anybody looks at its choices.
public enum PaperFault: String, Sendable, Hashable, CaseIterable {
    /// In pieces.
    case torn
    /// Nobody can tell what was chosen.
    case illegible
    /// It bears a name, a signature or another sign by which its author can be known.
    case identifyingMark = "identifying_mark"
    /// Not a ballot of this vote: a copy, a sample, a ballot of another vote or edition.
    case notOfficial = "not_official"
    /// Counted in the manifest, and not in the batch.
    case missing

    /// The number under which an operator may type it: `!1` is ``torn``.
    public var number: Int { Self.allCases.firstIndex(of: self)! + 1 }
}

/// What one paper says, as somebody read it and as the definition judges it.
public struct PaperContent: Sendable, Hashable {
    /// What becomes of the paper.
    public enum Outcome: Sendable, Hashable {
        /// It is counted.
        case counted(Ballot)
        /// Nothing is chosen, which is valid.
        case blank
        /// It is invalid, for one reason of the definition.
        case invalid(String)
    }

    /// What was read, in the one normal form: two readings of a paper agree when their texts are equal.
    public let text: String
    /// What becomes of it.
    public let outcome: Outcome

    /// A paper with what was read of it; ``PaperReader`` makes them.
    public init(text: String, outcome: Outcome) {
        self.text = text
        self.outcome = outcome
    }
}

/// Why a text is not what a paper can say. The paper itself is not judged: the operator looks again.
public enum PaperProblem: Error, Sendable, Hashable {
    /// Nothing was typed; a blank paper is `-`.
    case empty
    /// Longer than any paper.
    case tooLong
    /// A spreadsheet made a date or a time of it.
    case date(String)
    /// A spreadsheet made a decimal number of it, or one typed a point instead of a comma.
    case decimal(String)
    /// No project has the number.
    case unknownNumber(String)
    /// Not a number where one is expected.
    case notANumber(String)
    /// A project without its points or its grade.
    case noValue(String)
    /// Points or a grade where the ballot has none, or of a form that no paper has.
    case wrongValue(String)
    /// No grade has the letter or the label.
    case unknownGrade(String)
    /// No reason for invalidity has the name or the number.
    case unknownReason(String)

    /// The problem as it is named in strings and reports.
    public var code: String {
        switch self {
        case .empty: "empty"
        case .tooLong: "too_long"
        case .date: "date"
        case .decimal: "decimal"
        case .unknownNumber: "unknown_number"
        case .notANumber: "not_a_number"
        case .noValue: "no_value"
        case .wrongValue: "wrong_value"
        case .unknownGrade: "unknown_grade"
        case .unknownReason: "unknown_reason"
        }
    }

    /// The piece of the text that is not understood; empty when it is all of it.
    public var piece: String {
        switch self {
        case .empty, .tooLong: ""
        case .date(let text), .decimal(let text), .unknownNumber(let text), .notANumber(let text),
            .noValue(let text), .wrongValue(let text), .unknownGrade(let text), .unknownReason(let text):
            text
        }
    }
}
