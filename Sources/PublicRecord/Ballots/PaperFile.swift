/// A batch of papers as one file: the entry `A` or `B`, or what was settled. The record names it by its hash.
///
/// The first line holds the format, the batch, which reading it is, and 32 hexadecimal digits of chance: without them
/// the hash of a small batch could be guessed. Then come `paper;choices` and a line per paper. No name stands in it.
public struct PaperFile: Sendable, Hashable {
    /// The name of the format.
    public static let format = "tilleul-batch-v1"
    /// What ``reading`` says of the file that a settlement names.
    public static let settled = "settled"

    /// The batch.
    public let batch: String
    /// `A`, `B`, `scan` or `settled`.
    public let reading: String
    /// 16 bytes of chance.
    public let salt: [UInt8]
    /// The papers in order: the first is number 1. Of a scan, the hash of each picture.
    public let lines: [String]

    /// A file of a batch; the texts of the lines hold no line end.
    public init(batch: String, reading: String, salt: [UInt8], lines: [String]) {
        self.batch = batch
        self.reading = reading
        self.salt = salt
        self.lines = lines
    }

    /// The bytes whose hash the record names.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = Array("\(Self.format);\(batch);\(reading);\(Hex.encode(salt))\npaper;choices\n".utf8)
        for (index, line) in lines.enumerated() { bytes += Array("\(index + 1);\(line)\n".utf8) }
        return bytes
    }

    /// The file that these bytes are; nil for bytes that no `PaperFile` gives.
    public init?(bytes: [UInt8]) {
        // Swift takes a carriage return and a line feed for one letter; no line has either.
        guard !bytes.contains(UInt8(ascii: "\r")), let text = String(validating: bytes, as: UTF8.self) else {
            return nil
        }
        var lines: [Substring] = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 3, lines.popLast() == "", lines[1] == "paper;choices" else { return nil }
        let head: [Substring] = lines[0].split(separator: ";", omittingEmptySubsequences: false)
        guard head.count == 4, head[0] == Self.format, let salt = Hex.decode(String(head[3])), salt.count == 16 else {
            return nil
        }
        self.init(
            batch: String(head[1]), reading: String(head[2]), salt: salt,
            lines: lines.dropFirst(2).map { line in
                line.firstIndex(of: ";").map { String(line[line.index(after: $0)...]) } ?? ""
            })
        // One file has one text: numbers in order, digits in lower case.
        guard self.bytes == bytes else { return nil }
    }
}
