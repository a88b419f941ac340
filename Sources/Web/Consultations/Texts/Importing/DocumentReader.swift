import Foundation
import Participation

/// Reads the words of a DOCX or ODT file: pandoc in a process of its own, with little memory, little time and no files.
///
/// pandoc is never handed what was sent. The file is opened here, and only the parts that hold words go on, in a new
/// file: macros, pictures, embedded files and whatever else it held are not carried over, and neither are links, notes
/// become words in brackets. Word processors write no document type, so one that has it is refused.
struct DocumentReader: Sendable {
    /// Why a file is not read.
    enum Problem: Error, Hashable {
        /// Neither DOCX nor ODT.
        case notText
        /// It ends too early or contradicts itself.
        case damaged
        case encrypted
        /// More than a text holds, or more than it says.
        case tooLarge
        /// It holds what no word processor writes there.
        case suspicious
        /// There are no words in it.
        case empty
    }

    /// The most bytes of a file.
    static let longestFile = 10 << 20

    private static let turns = Turns(atOnce: 1, waiting: 4)

    /// The words of `bytes` in Markdown.
    ///
    /// - Throws: ``Problem``; `Overloaded` when too many wait.
    func markdown(of bytes: [UInt8]) async throws -> String {
        guard bytes.count <= Self.longestFile else { throw Problem.tooLarge }
        let (kind, file) = try Self.wordsAlone(of: bytes)
        let output: [UInt8] = try await Self.turns.take { try await Self.pandoc(kind, file) }
        let text: String = String(decoding: output, as: UTF8.self).replacing("\u{0}", with: "")
        guard text.contains(where: { !$0.isWhitespace }) else { throw Problem.empty }
        return text
    }

    /// What kind of file it is, and the same with the parts that hold words alone.
    static func wordsAlone(of bytes: [UInt8]) throws -> (kind: String, file: [UInt8]) {
        do {
            let zip = try ZipFile(bytes)
            let names: [String] = zip.names.sorted()
            let kind: String
            if names.contains("[Content_Types].xml"), names.contains("_rels/.rels") {
                kind = "docx"
            } else if try zip.part("mimetype") == Array("application/vnd.oasis.opendocument.text".utf8) {
                kind = "odt"
            } else {
                throw Problem.notText
            }
            var parts: [(name: String, content: [UInt8])] = []
            for name in names where isWanted(name, in: kind) {
                guard let content = try zip.part(name) else { continue }
                if name != "mimetype" { try check(content) }
                parts.append((name, content))
            }
            guard parts.reduce(0, { $0 + $1.content.count }) <= 2 * ZipFile.longestPart else { throw Problem.tooLarge }
            return (kind, ZipFile.make(parts))
        } catch let problem as ZipFile.Problem {
            throw switch problem {
            case .damaged: Problem.damaged
            case .encrypted: Problem.encrypted
            case .tooLarge: Problem.tooLarge
            case .strangeNames: Problem.suspicious
            }
        }
    }

    private static func isWanted(_ name: String, in kind: String) -> Bool {
        guard kind == "docx" else {
            return ["mimetype", "content.xml", "styles.xml", "META-INF/manifest.xml"].contains(name)
        }
        if name == "[Content_Types].xml" || name == "_rels/.rels" { return true }
        let wanted = ["document", "styles", "numbering", "footnotes", "endnotes"]
        let words: [Substring] = name.split(separator: "/")
        let isPart: Bool = words.count == 2 && words[0] == "word" && name.hasSuffix(".xml")
        let isLinks: Bool = words.count == 3 && words[0] == "word" && words[1] == "_rels" && name.hasSuffix(".xml.rels")
        return (isPart || isLinks) && wanted.contains { words.last!.hasPrefix($0) }
    }

    /// XML as word processors write it: UTF-8, beginning with a sign, and without a document type of its own.
    private static func check(_ content: [UInt8]) throws(Problem) {
        let start: UInt8? = content.first { ![0xEF, 0xBB, 0xBF, 0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard start == UInt8(ascii: "<"), !content.contains(0) else { throw .suspicious }
        let text = Data(content)
        for mark in ["<!DOCTYPE", "<!ENTITY"] where text.range(of: Data(mark.utf8)) != nil { throw .suspicious }
    }

    // MARK: pandoc

    private static func pandoc(_ kind: String, _ file: [UInt8]) async throws -> [UInt8] {
        let folder: URL = FileManager.default.temporaryDirectory.appending(component: "tilleul-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let filter: URL = folder.appending(component: "words.lua")
        try Data(self.filter.utf8).write(to: filter)
        let command = Command(
            [
                "prlimit", "--as=\(1 << 30)", "--cpu=20", "--fsize=\(8 << 20)", "--nofile=64", "--core=0", "--",
                "pandoc", "--sandbox", "--from=\(kind)", "--to=gfm-raw_html", "--wrap=none",
                "--markdown-headings=atx", "--lua-filter=\(filter.path)",
            ], limit: .seconds(30),
            environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path, "LANG": "C.UTF-8", "TMPDIR": folder.path])
        do {
            return try await command.run(file)
        } catch Command.Failure.ended(let status, _) {
            // Out of memory (251), or ended by a limit: it is more than a text holds. Anything else: it is no document.
            throw status < 0 || status == 251 || status > 128 ? Problem.tooLarge : Problem.damaged
        } catch Command.Failure.tookTooLong {
            throw Problem.tooLarge
        }
    }

    /// What is done to the document before it is written: pictures and links leave their words, a note stands in
    /// brackets where its sign stood, and a title is the first heading.
    private static let filter = """
        function Image(element) return element.caption end
        function Link(element) return element.content end
        function Span(element) return element.content end
        function Div(element) return element.content end
        function RawInline() return {} end
        function RawBlock() return {} end
        function Note(element)
          local words = pandoc.utils.blocks_to_inlines(element.content)
          words:insert(1, pandoc.Str(' ('))
          words:insert(pandoc.Str(')'))
          return words
        end
        function Pandoc(document)
          if document.meta.title then
            local title = pandoc.utils.stringify(document.meta.title)
            document.blocks:insert(1, pandoc.Header(1, { pandoc.Str(title) }))
          end
          return document
        end
        """
}
