import Participation

/// What was typed of a sheet, line by line.
struct PaperSheetForm: Sendable {
    /// The most bytes of a form: 99 lines of 2,000 letters.
    static let limit = 512 * 1024

    /// The fields of one line.
    struct Line: Sendable {
        let number: Int
        var theme = "", kind = "", feeling = "", concerned = "", place = "", words = ""

        var isBlank: Bool { [theme, kind, feeling, concerned, place, words].allSatisfy(\.isEmpty) }
    }

    var lines: [Line]
    var language: String
    var manner: String
    var people: String
    /// Whether the page that was filled in was that of a sheet already entered.
    var isCorrection: Bool

    /// What the form sends.
    init(_ fields: Fields) {
        let count: Int = min(max(fields.integer("lines") ?? 0, 0), WalkSheet.mostLines)
        lines = (0..<count).map { index in
            func text(_ name: String) -> String { fields.text("\(name)-\(index + 1)") }
            return Line(
                number: index + 1, theme: text("theme"), kind: text("kind"), feeling: text("feeling"),
                concerned: text("concerned"), place: text("place"), words: text("words"))
        }
        language = fields.text("language")
        manner = fields.text("manner")
        people = fields.text("people")
        isCorrection = fields.has("correction")
    }

    /// The form of a sheet as it stands, with room for the lines that are printed.
    init(_ file: WalkSheetFile) {
        let known: [Int: SheetLine] = Dictionary(
            file.lines.map { ($0.line.line, $0.line) }, uniquingKeysWith: { first, _ in first })
        lines = (1...max(WalkSheet.printedLines, known.keys.max() ?? 0)).map { number in
            guard let line = known[number] else { return Line(number: number) }
            return Line(
                number: number, theme: line.theme?.description ?? "", kind: line.kind?.rawValue ?? "",
                feeling: line.feeling.map { String($0.rawValue) } ?? "",
                concerned: line.concerned.map(SheetCodes.concerned).joined(separator: " "), place: line.place,
                words: line.words)
        }
        language = file.language.rawValue
        manner = file.manner.rawValue
        people = String(file.people)
        isCorrection = file.sheet.enteredAt != nil
    }

    /// The same with room for three more lines.
    func longer() -> PaperSheetForm {
        var form: PaperSheetForm = self
        let next: Int = lines.count + 1
        if next <= WalkSheet.mostLines {
            form.lines += (next...min(next + 2, WalkSheet.mostLines)).map { Line(number: $0) }
        }
        return form
    }

    /// What is entered: the lines in which anything is written.
    ///
    /// - Throws: `FieldErrors` with every code that nobody can read.
    func entry() throws(FieldErrors) -> SheetEntry {
        var errors = FieldErrors()
        var read: [SheetLine] = []
        for line in lines where !line.isBlank {
            var concerned: [Concerned] = []
            for code in line.concerned.split(whereSeparator: { " ,;+".contains($0) }) {
                if let who = SheetCodes.concerned(code) {
                    if !concerned.contains(who) { concerned.append(who) }
                } else {
                    errors.add(
                        "concerned-\(line.number)", "walks.paper.refusal.concerned",
                        ["line": String(line.number), "code": String(code)])
                }
            }
            read.append(
                SheetLine(
                    line: line.number, theme: ID(line.theme), kind: Observation.Kind(rawValue: line.kind),
                    feeling: Int(line.feeling).flatMap(Observation.Feeling.init(rawValue:)), concerned: concerned,
                    place: line.place, words: line.words))
        }
        try errors.throwIfAny()
        let manner: Observation.Manner = .init(rawValue: manner) ?? .alone
        return SheetEntry(
            lines: read, language: Language(rawValue: language) ?? .french, manner: manner,
            people: manner == .group ? Int(people) ?? 0 : 1)
    }
}
