/// How the text of a file of separated values is written.
public struct CSVFormat: Hashable, Sendable {
    /// How bytes stand for letters.
    public enum Encoding: String, Sendable {
        case utf8
        /// What spreadsheets on Windows write; Latin-1 is a part of it.
        case windows1252
    }

    /// The separators that are recognised.
    public static let separators: [UInt8] = Array(",;\t|".utf8)

    /// One of ``separators``.
    public var separator: UInt8
    /// UTF-8, unless the file cannot be.
    public var encoding: Encoding

    /// A format by its two properties.
    public init(separator: UInt8 = UInt8(ascii: ","), encoding: Encoding = .utf8) {
        self.separator = separator
        self.encoding = encoding
    }

    /// The format of a file held in memory.
    public init(of file: [UInt8]) {
        var check = UTF8Check()
        check.read(file)
        self.init(separator: Self.separator(in: file.prefix(1 << 16)), encoding: check.finish() ? .utf8 : .windows1252)
    }

    /// The separator that cuts the first rows of a file into equally many fields, and into the most.
    public static func separator(in start: some Collection<UInt8>) -> UInt8 {
        var counts: [[Int]] = [Array(repeating: 0, count: separators.count)]
        var isQuoted = false
        for byte in start {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if isQuoted { continue }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                if counts.last?.contains(where: { $0 > 0 }) == true {
                    counts.append(Array(repeating: 0, count: separators.count))
                }
                if counts.count > 20 { break }
            } else if let place = separators.firstIndex(of: byte) {
                counts[counts.count - 1][place] += 1
            }
        }
        // The last row may have been cut short by the end of the sample.
        let rows: [[Int]] = counts.count > 2 ? counts.dropLast() : counts
        let score: [Int] = separators.indices.map { place in
            let first: Int = rows[0][place]
            let steady: Int = rows.count { $0[place] == first }
            return first == 0 ? 0 : steady * 1000 + min(first, 999)
        }
        return separators[score.indices.max { score[$0] < score[$1] } ?? 0]
    }
}

/// Finds out, piece by piece, whether bytes are UTF-8 (Unicode 15, table 3-7).
public struct UTF8Check: Sendable {
    private var isValid = true
    private var awaited = 0
    private var next: ClosedRange<UInt8> = 0x80...0xBF

    /// Nothing read yet.
    public init() {}

    /// Reads on.
    public mutating func read(_ piece: [UInt8]) {
        guard isValid else { return }
        for byte in piece where byte >= 0x80 || awaited > 0 {
            if awaited > 0 {
                guard next.contains(byte) else {
                    isValid = false
                    return
                }
                awaited -= 1
                next = 0x80...0xBF
                continue
            }
            switch byte {
            case 0xC2...0xDF: awaited = 1
            case 0xE0: (awaited, next) = (2, 0xA0...0xBF)
            case 0xED: (awaited, next) = (2, 0x80...0x9F)
            case 0xE1...0xEF: awaited = 2
            case 0xF0: (awaited, next) = (3, 0x90...0xBF)
            case 0xF4: (awaited, next) = (3, 0x80...0x8F)
            case 0xF1...0xF3: awaited = 3
            default:
                isValid = false
                return
            }
        }
    }

    /// Whether all that was read is UTF-8.
    public func finish() -> Bool { isValid && awaited == 0 }
}

/// What is wrong with one row; the others can still be read.
public enum CSVProblem: Hashable, Sendable {
    /// It has another number of fields than the first row.
    case fieldCount(expected: Int, found: Int)
    /// Text follows the quotation mark that ends a field.
    case textAfterQuote(field: Int)
    /// A byte that no text has: NUL or another control character.
    case control(field: Int)
    /// Bytes that are not letters in the encoding of the file.
    case notText(field: Int)
}

/// Why a file cannot be read on. Nothing after that line was looked at.
public enum CSVFault: Error, Hashable, Sendable {
    /// A row has more bytes than the limit.
    case rowTooLong(line: Int, limit: Int)
    /// A row has more fields than the limit.
    case tooManyFields(line: Int, limit: Int)
    /// The quotation mark opened on this line is never closed.
    case unclosedQuote(line: Int)
    /// The file has more bytes than the limit.
    case fileTooLong(limit: Int)
    /// The file is UTF-16, which spreadsheets call “Unicode text”.
    case utf16
}

/// One row: its fields as UTF-8, and where it stands.
public struct CSVRow: Sendable {
    /// The line of the file on which it begins, from 1.
    public let line: Int
    /// What is wrong with it, if anything.
    public let problem: CSVProblem?
    /// The fields, one after the other, without separators and quotation marks.
    private let bytes: [UInt8]
    /// Where each field ends.
    private let ends: [Int]

    fileprivate init(line: Int, problem: CSVProblem?, bytes: [UInt8], ends: [Int]) {
        self.line = line
        self.problem = problem
        self.bytes = bytes
        self.ends = ends
    }

    /// How many fields it has.
    public var count: Int { ends.count }

    /// The bytes of a field; none for a field that the row does not have.
    public func bytes(_ field: Int) -> ArraySlice<UInt8> {
        guard ends.indices.contains(field) else { return [] }
        return bytes[(field == 0 ? 0 : ends[field - 1])..<ends[field]]
    }

    /// The text of a field, without blanks at its ends; empty for a field that the row does not have.
    public func text(_ field: Int) -> String {
        var slice: ArraySlice<UInt8> = bytes(field)
        while let last = slice.last, last == 0x20 || last == 0x09 || last == 0x0A || last == 0x0D { slice.removeLast() }
        while let first = slice.first, first == 0x20 || first == 0x09 || first == 0x0A || first == 0x0D {
            slice.removeFirst()
        }
        return String(decoding: slice, as: UTF8.self)
    }

    /// The texts of all fields.
    public var texts: [String] { ends.indices.map(text) }
}

/// Cuts a file of separated values (RFC 4180, with any of four separators and any line end) into rows, however the
/// file comes in pieces, and holds no more than one row.
///
/// Empty lines are passed over. A quotation mark inside a field that did not begin with one is a letter like any other.
public struct CSVParser: Sendable {
    /// What a file may hold at most.
    public struct Limits: Sendable {
        /// Bytes of the file and of one row, and fields of one row.
        public var file: Int, row: Int, fields: Int

        /// By default 1 GiB, 1 MiB and 200 fields.
        public init(file: Int = 1 << 30, row: Int = 1 << 20, fields: Int = 200) {
            self.file = file
            self.row = row
            self.fields = fields
        }
    }

    private enum State {
        case fieldStart, plain, quoted
        /// After a quotation mark inside quotation marks: the end of the field, or one half of a doubled mark.
        case quote
    }

    private let format: CSVFormat
    private let limits: Limits
    private var state = State.fieldStart
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var problem: CSVProblem?
    private var hasHighBytes = false
    private var line = 1
    private var rowLine = 1
    private var read = 0
    private var width: Int?
    private var wasReturn = false
    /// The first bytes, held back until they are known to be no byte order mark.
    private var start: [UInt8]? = []

    /// A parser at the beginning of a file.
    public init(_ format: CSVFormat, limits: Limits = Limits()) {
        self.format = format
        self.limits = limits
    }

    /// Reads the next piece and adds the rows that end in it.
    public mutating func read(_ piece: [UInt8], into rows: inout [CSVRow]) throws(CSVFault) {
        read += piece.count
        guard read <= limits.file else { throw .fileTooLong(limit: limits.file) }
        guard var held = start else { return try scan(piece, into: &rows) }
        held += piece
        guard held.count >= 3 else {
            start = held
            return
        }
        start = nil
        try scan(try Self.withoutMark(held), into: &rows)
    }

    /// Adds the last row, when the file does not end with a line end.
    public mutating func finish(into rows: inout [CSVRow]) throws(CSVFault) {
        if let held = start {
            start = nil
            try scan(try Self.withoutMark(held), into: &rows)
        }
        if state == .quoted { throw .unclosedQuote(line: rowLine) }
        if state != .fieldStart || !ends.isEmpty { try endRow(into: &rows) }
    }

    /// All rows of a file held in memory.
    public static func rows(
        of file: [UInt8], format: CSVFormat? = nil, limits: Limits = Limits()
    ) throws(CSVFault) -> [CSVRow] {
        guard file.count <= limits.file else { throw .fileTooLong(limit: limits.file) }
        var parser = CSVParser(format ?? CSVFormat(of: file), limits: limits)
        var rows: [CSVRow] = []
        try parser.read(file, into: &rows)
        try parser.finish(into: &rows)
        return rows
    }

    private static func withoutMark(_ bytes: [UInt8]) throws(CSVFault) -> [UInt8] {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { throw .utf16 }
        return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    }

    private mutating func scan(_ piece: [UInt8], into rows: inout [CSVRow]) throws(CSVFault) {
        for byte in piece {
            // The second half of a line end of Windows.
            if wasReturn {
                wasReturn = false
                if byte == UInt8(ascii: "\n") {
                    if state == .quoted { bytes.append(byte) }
                    continue
                }
            }
            if byte >= 0x80 { hasHighBytes = true }
            switch (state, byte) {
            case (.quoted, UInt8(ascii: "\"")):
                state = .quote
            case (.quoted, _):
                try keep(byte)
                if byte == UInt8(ascii: "\n") { line += 1 }
                if byte == UInt8(ascii: "\r") {
                    line += 1
                    wasReturn = true
                }
            case (.quote, UInt8(ascii: "\"")):
                try keep(byte)
                state = .quoted
            case (_, format.separator):
                try endField()
            case (_, UInt8(ascii: "\n")), (_, UInt8(ascii: "\r")):
                if state == .fieldStart, ends.isEmpty {
                    // An empty line.
                } else {
                    try endRow(into: &rows)
                }
                line += 1
                rowLine = line
                wasReturn = byte == UInt8(ascii: "\r")
            case (.fieldStart, UInt8(ascii: "\"")):
                state = .quoted
            case (.quote, _):
                if byte != 0x20 { problem = problem ?? .textAfterQuote(field: ends.count) }
            default:
                state = .plain
                try keep(byte)
            }
        }
    }

    private mutating func keep(_ byte: UInt8) throws(CSVFault) {
        guard bytes.count < limits.row else {
            // A quotation mark that is never closed swallows the rest of the file: that is what the agent must find.
            throw state == .quoted
                ? .unclosedQuote(line: rowLine) : .rowTooLong(line: rowLine, limit: limits.row)
        }
        if byte < 0x20, byte != 0x09, byte != 0x0A, byte != 0x0D { problem = problem ?? .control(field: ends.count) }
        bytes.append(byte)
    }

    private mutating func endField() throws(CSVFault) {
        guard ends.count < limits.fields else { throw .tooManyFields(line: rowLine, limit: limits.fields) }
        ends.append(bytes.count)
        state = .fieldStart
    }

    private mutating func endRow(into rows: inout [CSVRow]) throws(CSVFault) {
        try endField()
        if hasHighBytes { decode() }
        if let width {
            if width != ends.count { problem = problem ?? .fieldCount(expected: width, found: ends.count) }
        } else {
            width = ends.count
        }
        rows.append(CSVRow(line: rowLine, problem: problem, bytes: bytes, ends: ends))
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        problem = nil
        hasHighBytes = false
    }

    /// Turns the bytes of a row into UTF-8, field by field.
    private mutating func decode() {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count + 16)
        var newEnds: [Int] = []
        var begin = 0
        for (field, end) in ends.enumerated() {
            let slice: ArraySlice<UInt8> = bytes[begin..<end]
            begin = end
            switch format.encoding {
            case .utf8:
                var check = UTF8Check()
                check.read(Array(slice))
                if check.finish() {
                    decoded += slice
                } else {
                    problem = problem ?? .notText(field: field)
                }
            case .windows1252:
                for byte in slice {
                    let scalar: UInt16 = Self.scalar(ofWindows1252: byte)
                    if (0x80...0x9F).contains(scalar) { problem = problem ?? .notText(field: field) }
                    decoded.append(contentsOf: UTF8.encode(Unicode.Scalar(scalar) ?? "?")!)
                }
            }
            newEnds.append(decoded.count)
        }
        bytes = decoded
        ends = newEnds
    }

    /// The letters of Windows-1252 that differ from Latin-1, from 0x80; zero for the five bytes that stand for none.
    private static let windows1252: [UInt16] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
        0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
        0x0178,
    ]

    private static func scalar(ofWindows1252 byte: UInt8) -> UInt16 {
        guard (0x80...0x9F).contains(byte) else { return UInt16(byte) }
        let scalar: UInt16 = windows1252[Int(byte - 0x80)]
        return scalar == 0 ? UInt16(byte) : scalar
    }
}

/// The rows of a file that comes in pieces, as many at a time as end in one piece.
public struct CSVReader<Pieces: AsyncSequence>: AsyncSequence where Pieces.Element == [UInt8] {
    private let pieces: Pieces
    private let parser: CSVParser

    /// Reads `pieces` as they are asked for. Throws a ``CSVFault`` where the file cannot be read on.
    public init(_ pieces: Pieces, format: CSVFormat, limits: CSVParser.Limits = CSVParser.Limits()) {
        self.pieces = pieces
        parser = CSVParser(format, limits: limits)
    }

    /// Begins at the first piece.
    public func makeAsyncIterator() -> Iterator {
        Iterator(pieces: pieces.makeAsyncIterator(), parser: parser)
    }

    /// Reads piece after piece.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate var pieces: Pieces.AsyncIterator
        fileprivate var parser: CSVParser
        fileprivate var isAtEnd = false

        /// The next rows, at least one; nil after the last.
        public mutating func next() async throws -> [CSVRow]? {
            var rows: [CSVRow] = []
            while rows.isEmpty, !isAtEnd {
                if let piece = try await pieces.next() {
                    try parser.read(piece, into: &rows)
                } else {
                    isAtEnd = true
                    try parser.finish(into: &rows)
                }
            }
            return rows.isEmpty ? nil : rows
        }
    }
}
