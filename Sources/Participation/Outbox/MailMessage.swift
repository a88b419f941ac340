public import Foundation

/// A letter as it travels: headers and text of RFC 5322, in ASCII.
public struct MailMessage: Sendable {
    /// The identity of the letter, which makes its Message-ID.
    public let id: ID<Letter>
    /// The address it comes from.
    public let sender: String
    /// The address it is for.
    public let recipient: String
    /// Its words.
    public let letter: Letter
    /// The language of its words.
    public let language: Language
    /// When it was written.
    public let date: Date

    /// The message, with lines ended by CR LF and none longer than 78 characters.
    ///
    /// Addresses come from ``EmailAddress``, whose alphabet has no line break; the subject is one line by ``Letter``
    /// and encoded unless it is plain: no value can add a header.
    public var bytes: [UInt8] {
        let domain = sender.split(separator: "@").last ?? "localhost"
        let lines = [
            "From: <\(sender)>",
            "To: <\(recipient)>",
            "Subject: \(Self.encodedWords(letter.subject))",
            "Date: \(Self.date(date))",
            "Message-ID: <\(id)@\(domain)>",
            "Auto-Submitted: auto-generated",
            "Content-Language: \(language.rawValue)",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable",
            "",
            Self.quotedPrintable(letter.body),
        ]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    /// The text, as encoded words on lines of their own, unless it is short plain ASCII (RFC 2047).
    static func encodedWords(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.contains("=?")
        if isPlain && text.utf8.count <= 66 { return text }
        // 39 bytes are 52 characters of base64: with the name of the header a line of at most 76.
        // A word never cuts a character in two.
        var words: [[UInt8]] = [[]]
        for character in text {
            let bytes = Array(String(character).utf8)
            if bytes.count > 39 {
                for scalar in character.unicodeScalars { Self.append(Array(String(scalar).utf8), to: &words) }
            } else {
                Self.append(bytes, to: &words)
            }
        }
        return words.map { "=?utf-8?B?\(Data($0).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }

    private static func append(_ bytes: [UInt8], to words: inout [[UInt8]]) {
        if words[words.count - 1].count + bytes.count > 39 { words.append([]) }
        words[words.count - 1] += bytes
    }

    /// The text in quoted-printable (RFC 2045, section 6.7), its lines ended by CR LF.
    static func quotedPrintable(_ text: String) -> String {
        text.split(omittingEmptySubsequences: false) { $0.isNewline }.map { line in
            var encoded = ""
            var width = 0
            let bytes = Array(String(line).utf8)
            for (index, byte) in bytes.enumerated() {
                let isLast = index == bytes.count - 1
                let isBlank = byte == 0x20 || byte == 0x09
                let isPlain = (0x21...0x7E).contains(byte) && byte != 0x3D || isBlank && !isLast
                let unit = isPlain ? String(UnicodeScalar(byte)) : "=" + hexadecimal(byte)
                if width + unit.utf8.count > (isLast ? 76 : 75) {
                    encoded += "=\r\n"
                    width = 0
                }
                encoded += unit
                width += unit.utf8.count
            }
            return encoded
        }.joined(separator: "\r\n") + "\r\n"
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = Array("0123456789ABCDEF")
        return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
    }

    /// The date in the one form that RFC 5322 knows, in UTC, whatever the locale of the machine.
    static func date(_ date: Date) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss '+0000'"
        return formatter.string(from: date)
    }
}
