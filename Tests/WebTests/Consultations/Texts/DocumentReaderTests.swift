import Foundation
import NIOCore
import Participation
import TestSupport
import Testing

@testable import Web

/// Files of word processors: what is taken out of them, and what is refused before anything reads it.
@Suite struct DocumentReaderTests {
    private static let types = Array(
        """
        <?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
        <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
        <Override PartName="/word/document.xml" ContentType=\
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>
        """.utf8)
    private static let links = Array(
        """
        <?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">\
        <Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" \
        Target="word/document.xml"/></Relationships>
        """.utf8)

    private static func document(_ body: String, prologue: String = "") -> [UInt8] {
        Array(
            """
            <?xml version="1.0" encoding="UTF-8"?>\(prologue)\
            <w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>\(body)</w:body>\
            </w:document>
            """.utf8)
    }

    private static func paragraph(_ words: String, style: String? = nil) -> String {
        let properties: String = style.map { "<w:pPr><w:pStyle w:val=\"\($0)\"/></w:pPr>" } ?? ""
        return "<w:p>\(properties)<w:r><w:t>\(words)</w:t></w:r></w:p>"
    }

    /// A DOCX file of that document and whatever else.
    private static func docx(_ document: [UInt8], and others: [(name: String, content: [UInt8])] = []) -> [UInt8] {
        ZipFile.make(
            [("[Content_Types].xml", types), ("_rels/.rels", links), ("word/document.xml", document)] + others)
    }

    @Test func `the words of a DOCX come as Markdown, without macros, pictures and links`() async throws {
        let body: String =
            Self.paragraph("Charte", style: "Heading1") + Self.paragraph("La place est à tous.")
            + "<w:p><w:hyperlink w:anchor=\"x\"><w:r><w:t>Un lien</w:t></w:r></w:hyperlink></w:p>"
            + Self.paragraph("&lt;script&gt;alert(1)&lt;/script&gt; *étoiles*")
        let file: [UInt8] = Self.docx(
            Self.document(body),
            and: [("word/vbaProject.bin", Array("Sub AutoOpen".utf8)), ("word/media/image1.png", [1, 2, 3])])
        let (kind, kept) = try DocumentReader.wordsAlone(of: file)
        #expect(kind == "docx")
        #expect(Set(try ZipFile(kept).names) == ["[Content_Types].xml", "_rels/.rels", "word/document.xml"])
        let text: String = try await DocumentReader().markdown(of: file)
        let blocks: [TextBlock] = try #require(TextSplitting.blocks(of: text))
        #expect(blocks.map(\.level).first == 1 || text.contains("Charte"))
        #expect(blocks.contains { $0.body == "La place est à tous." })
        #expect(text.contains("Un lien") && !text.contains("](") && !text.contains("AutoOpen"))
        let html: String = blocks.map { Markdown.html($0.body) }.joined()
        #expect(!html.contains("<script") && html.contains("alert(1)") && html.contains("*étoiles*"))
    }

    @Test func `a file that pandoc wrote is read again, DOCX and ODT`() async throws {
        let source = "# Charte\n\nLa place est *à tous*, dit la note.[^1]\n\n- un\n- deux\n\n[^1]: Vraiment.\n"
        for kind in ["docx", "odt"] {
            let made: [UInt8] = try await Command(
                ["pandoc", "--from=markdown", "--to=\(kind)", "--output=-"], limit: .seconds(20)
            ).run(Array(source.utf8))
            let text: String = try await DocumentReader().markdown(of: made)
            let blocks: [TextBlock] = try #require(TextSplitting.blocks(of: text))
            #expect(blocks.first == TextBlock(level: 1, body: "Charte"), "\(kind)")
            #expect(blocks.dropFirst().first?.body == "La place est *à tous*, dit la note. (Vraiment.)", "\(kind)")
            #expect(blocks.count == 4, "\(kind)")
        }
    }

    /// What somebody might send, and what is said of it.
    enum Hostile: CaseIterable {
        case notZip, truncated, wrongSum, bomb, declaredBomb, overlapping, nested, doctype, entity, utf16, climbing,
            absolute
        case twice, encrypted, manyParts, other, empty, hundredThousand, deep

        var problem: DocumentReader.Problem {
            switch self {
            case .notZip, .truncated, .wrongSum, .overlapping, .deep: .damaged
            case .bomb, .declaredBomb, .manyParts, .hundredThousand: .tooLarge
            case .nested, .doctype, .entity, .utf16, .climbing, .absolute, .twice: .suspicious
            case .encrypted: .encrypted
            case .other: .notText
            case .empty: .empty
            }
        }

        var file: [UInt8] {
            let plain: [UInt8] = docx(document(paragraph("Bonjour")))
            switch self {
            case .notZip: return Array("%PDF-1.7 bonjour".utf8)
            case .truncated: return Array(plain.dropLast(40))
            case .wrongSum:
                // A letter changed where it stands.
                var changed: [UInt8] = plain
                let place: Range<Int> = changed.firstRange(of: Array("Bonjour".utf8))!
                changed[place.lowerBound] = UInt8(ascii: "X")
                return changed
            case .bomb:
                // 64 MB of blanks, deflated, which say that they are 100 bytes.
                return deflated(length: 64 << 20, declared: 100)
            case .declaredBomb: return deflated(length: 64 << 20, declared: 64 << 20)
            case .overlapping:
                // The directory says twice where one part lies.
                return renamed(docx(document(paragraph("a")), and: [("word/footnotes.xml", document(""))])) { bytes in
                    let mark: [UInt8] = [0x50, 0x4B, 0x01, 0x02]
                    let places: [Int] = bytes.indices.filter { bytes[$0...].starts(with: mark) }
                    for byte in 0..<4 { bytes[places[3] + 42 + byte] = bytes[places[2] + 42 + byte] }
                }
            case .nested: return docx(plain)
            case .doctype:
                return docx(
                    document(paragraph("&x;"), prologue: "<!DOCTYPE x [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"))
            case .entity: return docx(document(paragraph("a"), prologue: "<!ENTITY % a \"b\">"))
            case .utf16: return docx(document(paragraph("a")).flatMap { [$0, 0] })
            case .climbing: return docx(document(paragraph("a")), and: [("word/../../etc/passwd", [1])])
            case .absolute: return docx(document(paragraph("a")), and: [("/etc/passwd", [1])])
            case .twice: return docx(document(paragraph("a")), and: [("word/document.xml", document(paragraph("b")))])
            case .encrypted:
                return renamed(plain) { bytes in
                    let place: Range<Int> = bytes.lastRange(of: [0x50, 0x4B, 0x01, 0x02])!
                    bytes[place.lowerBound + 8] |= 1
                }
            case .manyParts:
                return docx(document(paragraph("a")), and: (0...ZipFile.parts).map { ("word/media/\($0).png", [1]) })
            case .other: return ZipFile.make([("hello.txt", Array("Bonjour".utf8))])
            case .empty: return docx(document(""))
            case .hundredThousand:
                return docx(document(String(repeating: paragraph("Un paragraphe de plus."), count: 400_000)))
            case .deep: return docx(document(String(repeating: "<w:p>", count: 5_000)))
            }
        }

        private func document(_ body: String, prologue: String = "") -> [UInt8] {
            DocumentReaderTests.document(body, prologue: prologue)
        }
        private func paragraph(_ words: String) -> String { DocumentReaderTests.paragraph(words) }
        private func docx(_ document: [UInt8], and others: [(name: String, content: [UInt8])] = []) -> [UInt8] {
            DocumentReaderTests.docx(document, and: others)
        }
        private func renamed(_ file: [UInt8], _ change: (inout [UInt8]) -> Void) -> [UInt8] {
            var file: [UInt8] = file
            change(&file)
            return file
        }

        /// A DOCX whose document is `length` blanks deflated into little, and says that it is `declared` long.
        private func deflated(length: Int, declared: Int) -> [UInt8] {
            let packed: [UInt8] =
                Gzip.compress(.init(repeating: 0x20, count: length), level: 9)
                .map { Array($0.readableBytesView.dropFirst(10).dropLast(8)) } ?? []
            var file: [UInt8] = docx(packed)
            for (mark, offset) in [([0x50, 0x4B, 0x03, 0x04] as [UInt8], 8), ([0x50, 0x4B, 0x01, 0x02], 10)] {
                let place: Int = file.lastRange(of: mark)!.lowerBound
                file[place + offset] = 8
                for byte in 0..<4 { file[place + offset + 14 + byte] = UInt8(declared >> (8 * byte) & 0xFF) }
            }
            return file
        }
    }

    @Test(arguments: Hostile.allCases) func `what no text needs is refused, with a reason`(_ hostile: Hostile)
        async throws
    {
        let clock = ContinuousClock()
        let time: Duration = await clock.measure {
            await #expect(throws: hostile.problem) { try await DocumentReader().markdown(of: hostile.file) }
        }
        #expect(time < .seconds(60))
    }
}

/// Texts taken apart into what is annotated, and put together again.
@Suite struct TextSplittingTests {
    private static let text = """
        # La charte

        La place est à tous.
        Elle est belle.

        Titre souligné
        ==============

        - un
        - deux
          sur deux lignes

          et un autre paragraphe
        3. trois
        4. quatre

        ---

        | a | b |
        |---|---|
        | 1 | 2 |

        > Une citation

        ```
        # du code
        ```

        <b>pas du HTML</b>

        ## Fin ##
        """

    @Test func `headings keep their level, items stand alone, and nothing else is changed`() throws {
        let blocks: [TextBlock] = try #require(TextSplitting.blocks(of: Self.text))
        #expect(
            blocks.map(\.level) == [1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2]
                && blocks.map(\.body) == [
                    "La charte", "La place est à tous.\nElle est belle.", "Titre souligné", "- un",
                    "- deux\n  sur deux lignes\n\n  et un autre paragraphe", "3. trois", "4. quatre",
                    "| a | b |\n|---|---|\n| 1 | 2 |", "> Une citation", "```\n# du code\n```", "<b>pas du HTML</b>",
                    "Fin",
                ])
    }

    @Test func `a text that is put together is taken apart into the same blocks`() throws {
        let blocks: [TextBlock] = try #require(TextSplitting.blocks(of: Self.text))
        #expect(TextSplitting.blocks(of: TextSplitting.markdown(of: blocks)) == blocks)
    }

    @Test func `what is too long or too deep is not read, and blanks are no text`() {
        #expect(TextSplitting.blocks(of: String(repeating: "a", count: TextSplitting.bytes + 1)) == nil)
        #expect(TextSplitting.blocks(of: String(repeating: "> ", count: 400) + "a") == nil)
        #expect(TextSplitting.blocks(of: " \n\n \t\n") == [])
    }
}
