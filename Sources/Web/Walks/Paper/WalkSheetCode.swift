import Participation

/// What the code on every page of a printed walk sheet holds; see `Documentation/Print.md`.
struct WalkSheetCode: PageCode {
    let walk: String
    let language: Language
    /// Of a sheet with a number.
    var sheet: SheetNumber?

    /// `TILLEUL/1/WALK/GARE-2027/FR/1/0012-8`.
    func text(page: Int?) -> String {
        let parts: [String] = ["TILLEUL", "1", "WALK", walk, language.rawValue, String(page ?? 0)]
        return (parts + [sheet?.text].compactMap(\.self)).joined(separator: "/").uppercased()
    }
}

/// What somebody types or scans to say which sheet lies before them.
enum TypedSheet: Sendable, Hashable {
    case sheet(SheetNumber)
    /// A sheet of another walk, by its handle.
    case foreign(String)
    /// A code of a page that has no number.
    case unnumbered
    case unreadable

    /// Reads a number with its check digit, or the whole code as a scanner types it.
    init(_ text: String, walk: String) {
        let parts: [Substring] = text.uppercased().split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 6, parts[0] == "TILLEUL", parts[2] == "WALK" else {
            self = SheetNumber(typed: text).map(Self.sheet) ?? .unreadable
            return
        }
        let handle: String = parts[3].lowercased()
        guard handle == walk else {
            self = .foreign(handle)
            return
        }
        guard parts.count == 7 else {
            self = .unnumbered
            return
        }
        self = SheetNumber(typed: String(parts[6])).map(Self.sheet) ?? .unreadable
    }
}
