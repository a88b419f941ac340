import Foundation
import Postgres

/// Turns a row of a file into a line of `COPY roll_row`, or says everything that is wrong with it.
struct RollRowReader: Sendable {
    /// The columns of `COPY`, in the order of ``read(_:into:_:)``.
    static let copyColumns: SQL =
        """
        import_id, id, person_id, source_line, identity, family_name, given_names, birth_date, birth_year, address,
        postcode, district, roll_number, email, family_key, given_key
        """

    private static let fields: [RollField] = RollField.allCases

    private let columns: [RollField?]
    private let place: [RollField: Int]
    private let required: [RollField]
    private let thisYear: Int
    private let head: [UInt8]

    /// - Parameters:
    ///   - columns: what each column of the file says.
    ///   - required: the fields that no line may lack.
    init(columns: [RollField?], required: [RollField], thisYear: Int, importing id: ID<RollImport>) {
        self.columns = columns
        var place: [RollField: Int] = [:]
        for (index, field) in columns.enumerated() { if let field { place[field] = index } }
        self.place = place
        self.required = required
        self.thisYear = thisYear
        head = Array("\(id)\t".utf8)
    }

    /// Adds the line, or the problems. A row of empty fields is passed over.
    func read(_ row: CSVRow, into copy: inout [UInt8], _ problems: inout [RollProblem]) -> Bool {
        if let problem = row.problem {
            problems.append(RollProblem(row.line, problem, columns: columns))
            return false
        }
        var texts: [RollField: String] = [:]
        for (field, index) in place {
            let text: String = row.text(index)
            if !text.isEmpty { texts[field] = text }
        }
        if texts.isEmpty { return false }
        let before: Int = problems.count
        for field in Self.fields {
            guard let text = texts[field] else {
                if required.contains(field) { problems.append(RollProblem(row.line, field, .missing)) }
                continue
            }
            if let reason = Self.fault(in: text, of: field) {
                problems.append(RollProblem(row.line, field, reason, text))
            }
        }
        let date: Day? = texts[.birthDate].flatMap { read(date: $0, line: row.line, &problems) }
        let year: Int? = year(texts[.birthYear], date, line: row.line, &problems)
        guard problems.count == before else { return false }
        write(texts, date: date, year: year, line: row.line, into: &copy)
        return true
    }

    // MARK: Values

    private static func fault(in text: String, of field: RollField) -> RollProblem.Reason? {
        if text.utf8.count > 200, text.utf8.count > 800 || text.count > 200 { return .tooLong }
        if text.utf8.contains(where: { $0 >= 0x80 }), isMangled(text) { return .mangledText }
        switch field {
        case .rollNumber:
            let hasLetter: Bool = text.utf8.contains { $0 | 0x20 == UInt8(ascii: "e") }
            if hasLetter, text.wholeMatch(of: /[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+/) != nil { return .mangledNumber }
            if text.utf8.allSatisfy({ $0 == UInt8(ascii: "#") }) { return .mangledNumber }
        case .email:
            if EmailAddress(text) == nil { return .badEmail }
        case .familyName where NameText.key(text).isEmpty: return .missing
        default: break
        }
        return nil
    }

    /// Whether UTF-8 was once taken for Latin-1 (“Ã©”), or letters were lost.
    private static func isMangled(_ text: String) -> Bool {
        var last: UInt32 = 0
        for scalar in text.unicodeScalars {
            if scalar.value == 0xFFFD { return true }
            let wasLead: Bool = last == 0xC3 || last == 0xC2 || last == 0xC5
            let isTail: Bool =
                (0x80...0xBF).contains(scalar.value) || scalar.value == 0x201A || scalar.value == 0x20AC
                || scalar.value == 0x2030 || scalar.value == 0x0153
            if wasLead, isTail { return true }
            last = scalar.value
        }
        return false
    }

    private func read(date text: String, line: Int, _ problems: inout [RollProblem]) -> Day? {
        switch BirthDate.read(text) {
        case .success(let day) where (1880...thisYear).contains(day.year): return day
        case .success: problems.append(RollProblem(line, .birthDate, .badYear, text))
        case .failure(let reason): problems.append(RollProblem(line, .birthDate, reason.reason, text))
        }
        return nil
    }

    private func year(_ text: String?, _ date: Day?, line: Int, _ problems: inout [RollProblem]) -> Int? {
        guard let text else { return date?.year }
        guard text.utf8.count == 4, let year = Int(text), (1880...thisYear).contains(year) else {
            problems.append(RollProblem(line, .birthYear, text.utf8.count == 2 ? .shortYear : .badYear, text))
            return nil
        }
        if let date, date.year != year { problems.append(RollProblem(line, .birthYear, .yearDiffers, text)) }
        return year
    }

    // MARK: The line

    private func write(
        _ texts: [RollField: String], date: Day?, year: Int?, line: Int, into copy: inout [UInt8]
    ) {
        func text(_ field: RollField) -> String { texts[field] ?? "" }
        let family: String = NameText.key(text(.familyName))
        let given: String = NameText.key(text(.givenNames))
        let birth: String? = date?.description
        let identity: [UInt8] =
            texts[.rollNumber].map(RollIdentity.ofNumber)
            ?? RollIdentity.of(
                family: family, given: given, birth: birth ?? year.map { String($0) } ?? "",
                address: text(.address), postcode: text(.postcode))
        copy += head
        copy += ID<RollEntry>().uuid.uuidString.utf8
        copy.append(Self.tab)
        copy += ID<Person>().uuid.uuidString.utf8
        copy.append(Self.tab)
        copy += String(line).utf8
        copy += "\t\\\\x".utf8
        for byte in identity {
            copy.append(Self.digits[Int(byte >> 4)])
            copy.append(Self.digits[Int(byte & 15)])
        }
        for value in [text(.familyName), text(.givenNames)] { Self.append(value, to: &copy) }
        copy.append(Self.tab)
        copy += (birth ?? "\\N").utf8
        copy.append(Self.tab)
        copy += (year.map { String($0) } ?? "\\N").utf8
        for value in [
            text(.address), text(.postcode), text(.district), text(.rollNumber), text(.email).lowercased(), family,
            given,
        ] { Self.append(value, to: &copy) }
        copy.append(UInt8(ascii: "\n"))
    }

    private static let tab = UInt8(ascii: "\t")
    private static let digits: [UInt8] = Array("0123456789abcdef".utf8)

    /// A tab and the value, with what the text format of COPY gives a meaning to written as it asks; blanks of every
    /// kind become one blank.
    private static func append(_ value: String, to copy: inout [UInt8]) {
        copy.append(tab)
        var wasBlank = false
        for byte in value.utf8 {
            if byte == UInt8(ascii: "\\") { copy.append(byte) }
            let isBlank: Bool = byte <= 0x20
            if !isBlank { copy.append(byte) } else if !wasBlank { copy.append(0x20) }
            wasBlank = isBlank
        }
    }
}

/// A date of birth as people and spreadsheets write it.
enum BirthDate {
    struct Unreadable: Error {
        let reason: RollProblem.Reason
    }

    /// Day, month and year in this order with `/`, `.`, `-` or blanks between them, or year, month and day.
    static func read(_ text: String) -> Result<Day, Unreadable> {
        var numbers: [(value: Int, digits: Int)] = []
        var value = 0
        var digits = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9") where digits < 9:
                value = value * 10 + Int(byte - UInt8(ascii: "0"))
                digits += 1
            case UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: " "):
                if digits > 0 { numbers.append((value, digits)) }
                (value, digits) = (0, 0)
            case UInt8(ascii: "#"): return .failure(Unreadable(reason: .mangledDate))
            default: return .failure(Unreadable(reason: .badDate))
            }
        }
        if digits > 0 { numbers.append((value, digits)) }
        if numbers.count == 1 {
            if numbers[0].digits == 8 {
                let all: Int = numbers[0].value
                if let day = Day(year: all / 10_000, month: all / 100 % 100, day: all % 100) { return .success(day) }
            }
            return .failure(Unreadable(reason: numbers[0].digits == 5 ? .mangledDate : .badDate))
        }
        guard numbers.count == 3 else { return .failure(Unreadable(reason: .badDate)) }
        let day: Day?
        if numbers[0].digits == 4 {
            day = Day(year: numbers[0].value, month: numbers[1].value, day: numbers[2].value)
        } else if numbers[2].digits == 4 {
            day = Day(year: numbers[2].value, month: numbers[1].value, day: numbers[0].value)
        } else {
            return .failure(Unreadable(reason: numbers[2].digits == 2 ? .shortYear : .badDate))
        }
        return day.map { .success($0) } ?? .failure(Unreadable(reason: .badDate))
    }
}
