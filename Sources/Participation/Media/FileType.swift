/// What a file is, by its first bytes; its name and what the browser says of it are not asked.
public enum FileType: String, Sendable, Hashable, CaseIterable {
    case jpeg, png, webp, pdf
    /// Not taken, but known, so that the refusal can say what to do.
    case heic, gif, svg, html, office, other

    /// The type of a file that begins with `bytes`; a few hundred are enough.
    init(_ bytes: some Collection<UInt8>) {
        let head = Array(bytes.prefix(512))
        func holds(_ text: String, at offset: Int = 0) -> Bool {
            head.dropFirst(offset).starts(with: text.utf8)
        }
        if head.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if holds("RIFF"), holds("WEBP", at: 8) {
            self = .webp
        } else if holds("%PDF-") {
            self = .pdf
        } else if holds("ftyp", at: 4), ["heic", "heix", "mif1", "msf1", "hevc"].contains(where: { holds($0, at: 8) }) {
            self = .heic
        } else if holds("GIF8") {
            self = .gif
        } else if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) || head.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) {
            self = .office
        } else {
            let text = String(decoding: head, as: UTF8.self).lowercased()
            let isMarkup = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }.hasPrefix("<")
            self = isMarkup && text.contains("<svg") ? .svg : isMarkup ? .html : .other
        }
    }
}
