import Foundation

/// What the columns of a file of answers are: one or several for each question, without anything that says who answered.
public struct AnswerColumns: Sendable {
    /// One column.
    public struct Column: Sendable {
        /// What stands in it.
        public enum Part: Sendable, Hashable {
            /// How, when and in which language the answers came, and to which version.
            case way, day, language, version
            /// A text, a number, a point, a day, the key of what was chosen.
            case value
            /// 1 where the option was chosen, 0 where it was not.
            case option(String)
            /// What was written in beside the options.
            case other
            /// The key of what was chosen in the row.
            case row(String)
            /// The rank of the option, 1 for the first.
            case rank(String)
            /// A place; a photo's description, and whether there is one.
            case latitude, longitude, words, district, photo, alt
        }

        /// Its name in the first line of the file.
        public let name: String
        /// The question; nil for what is no question's.
        public let question: QuestionnaireForm.Question?
        /// What stands in it.
        public let part: Part
    }

    /// The columns in their order.
    public let columns: [Column]

    /// The columns of a questionnaire.
    public init(_ form: JoinedForm) {
        var columns: [Column] = [
            Column(name: "way", question: nil, part: .way), Column(name: "day", question: nil, part: .day),
            Column(name: "language", question: nil, part: .language),
            Column(name: "version", question: nil, part: .version),
        ]
        // What is no question's cannot have the name of a question: those have no underscore before them.
        for place in columns.indices {
            columns[place] = Column(name: "_\(columns[place].name)", question: nil, part: columns[place].part)
        }
        for question in form.questions { columns += Self.columns(of: question) }
        self.columns = columns
    }

    private static func columns(of question: QuestionnaireForm.Question) -> [Column] {
        func column(_ end: String?, _ part: Column.Part) -> Column {
            Column(name: end.map { "\(question.key).\($0)" } ?? question.key, question: question, part: part)
        }
        let other: [Column] = question.hasOther ? [column("_other", .other)] : []
        return switch question.kind {
        case .information: []
        case .shortText, .longText, .scale, .number, .date: [column(nil, .value)]
        case .single: [column(nil, .value)] + other
        case .multiple: question.options.map { column($0.key, .option($0.key)) } + other
        case .matrix: question.rows.map { column($0.key, .row($0.key)) }
        case .ranking: question.options.map { column($0.key, .rank($0.key)) }
        case .place:
            [
                column("_latitude", .latitude), column("_longitude", .longitude), column("_district", .district),
                column("_words", .words),
            ]
        case .photo: [column("_photo", .photo), column("_alt", .alt)]
        }
    }

    /// Appends a line of the file: one person's answers.
    func append(_ response: Response, to bytes: inout [UInt8]) {
        for (place, column) in columns.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            SafeCSV.append(cell(column, response), to: &bytes)
        }
        bytes.append(contentsOf: [0x0D, 0x0A])
    }

    /// Appends the first line of the file.
    func appendHead(to bytes: inout [UInt8]) {
        for (place, column) in columns.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            SafeCSV.append(column.name, to: &bytes)
        }
        bytes.append(contentsOf: [0x0D, 0x0A])
    }

    private func cell(_ column: Column, _ response: Response) -> String {
        switch column.part {
        case .way: return response.way.rawValue
        case .day: return response.receivedOn.description
        case .language: return response.language.rawValue
        case .version: return String(response.version)
        default:
            guard let question = column.question, let answer = response.answers[question.key] else { return "" }
            return cell(column.part, answer)
        }
    }

    private func cell(_ part: Column.Part, _ answer: AnswerValue) -> String {
        switch (part, answer) {
        case (.value, .words(let words)): words
        case (.value, .number(let digits)): digits
        case (.value, .day(let day)): day.description
        case (.value, .chosen(let keys, _)): keys.joined(separator: " ")
        case (.other, .chosen(_, let written)): written ?? ""
        case (.option(let key), .chosen(let keys, _)): keys.contains(key) ? "1" : "0"
        case (.row(let key), .rows(let rows)): rows[key] ?? ""
        case (.rank(let key), .ranked(let keys)): keys.firstIndex(of: key).map { String($0 + 1) } ?? ""
        case (.latitude, .place(let point, _, _)): point.map { "\($0.latitude)" } ?? ""
        case (.longitude, .place(let point, _, _)): point.map { "\($0.longitude)" } ?? ""
        case (.words, .place(_, let words, _)): words
        case (.district, .place(_, _, let district)): district ?? ""
        case (.photo, .photo): "1"
        case (.alt, .photo(_, let alt)): alt
        default: ""
        }
    }
}

/// Separated values that no spreadsheet takes for a formula (OWASP, CSV Injection) and every reader of RFC 4180 reads.
enum SafeCSV {
    /// The mark of UTF-8 that some spreadsheets want before the first letter.
    static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Appends a cell: with an apostrophe before it where it begins like a formula and is no number, in quotation marks
    /// where it holds a separator, a quotation mark or a line end.
    static func append(_ cell: String, to bytes: inout [UInt8]) {
        var cell: String = cell
        cell.withUTF8 { letters in
            let isFormula: Bool = letters.first.map { starts.contains($0) } == true && !isNumber(letters)
            let isQuoted: Bool = letters.contains { quoted.contains($0) }
            if isQuoted { bytes.append(UInt8(ascii: "\"")) }
            if isFormula { bytes.append(UInt8(ascii: "'")) }
            if isQuoted {
                for letter in letters {
                    if letter == UInt8(ascii: "\"") { bytes.append(letter) }
                    bytes.append(letter)
                }
                bytes.append(UInt8(ascii: "\""))
            } else {
                bytes.append(contentsOf: letters)
            }
        }
    }

    private static let starts: [UInt8] = Array("=+-@\t\r\n".utf8)
    private static let quoted: [UInt8] = Array(",;\"\r\n\t".utf8)

    /// A number below zero computes nothing: programs that read a longitude want it as it is.
    private static func isNumber(_ letters: UnsafeBufferPointer<UInt8>) -> Bool {
        guard letters.count > 1, letters[0] == UInt8(ascii: "-") else { return false }
        let digits = letters.dropFirst().split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return digits.count <= 2 && digits.allSatisfy { !$0.isEmpty && $0.allSatisfy { (48...57).contains($0) } }
    }
}
