import Participation

/// What the code on every page of a printed questionnaire holds; see `Documentation/Print.md`.
struct QuestionnaireSheetCode: PageCode {
    let consultation: String
    let questionnaire: String
    let version: Int
    let language: Language
    /// Of a sheet with a number.
    var sheet: PaperNumber?

    /// `TILLEUL/1/QUESTIONNAIRE/PLACE-LAMBERT/USAGES/1/FR/2/000012-1`.
    func text(page: Int?) -> String {
        let parts: [String] = [
            "TILLEUL", "1", "QUESTIONNAIRE", consultation, questionnaire, String(version), language.rawValue,
            String(page ?? 0),
        ]
        return (parts + [sheet?.text].compactMap(\.self)).joined(separator: "/").uppercased()
    }
}

/// What somebody types or scans to say which sheet lies before them.
enum TypedPaper: Sendable, Hashable {
    case sheet(PaperNumber)
    /// A code of a page that has no number: a draft or a specimen.
    case unnumbered
    case unreadable

    /// Reads a number with its check digit, or the whole code as a scanner types it.
    init(_ text: String) {
        let parts: [Substring] = text.uppercased().split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 8, parts[0] == "TILLEUL", parts[2] == "QUESTIONNAIRE" else {
            self = PaperNumber(typed: text).map(Self.sheet) ?? .unreadable
            return
        }
        guard parts.count == 9 else {
            self = .unnumbered
            return
        }
        self = PaperNumber(typed: String(parts[8])).map(Self.sheet) ?? .unreadable
    }
}
