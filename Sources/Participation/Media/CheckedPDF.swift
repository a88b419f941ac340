import Foundation

/// Checks a PDF and writes it anew: qpdf in a process of its own, with little memory and little time.
///
/// What stands before, after or between the objects of the document is not carried over. A document that is encrypted
/// or that acts by itself is refused: taking its parts out could change what it says.
enum CheckedPDF {
    /// The document of `bytes`, written anew.
    ///
    /// - Throws: `MediaRefusal.damaged`, `.encryptedPDF`, `.activePDF`.
    static func make(from bytes: [UInt8]) async throws -> PreparedMedium.Rendition {
        let objects: [UInt8] = try await qpdf(
            ["--json=2", "--json-key=qpdf", "--json-key=encrypt", "--json-stream-data=none", "/dev/stdin"], bytes)
        let text = String(decoding: objects, as: UTF8.self)
        guard !text.contains("\"encrypted\": true") else { throw MediaRefusal.encryptedPDF }
        // In qpdf's JSON a name is a string with its slash, however the file spells it; a text never looks like one.
        guard !active.contains(where: { text.contains("\"\($0)\"") }) else { throw MediaRefusal.activePDF }
        let clean: [UInt8] = try await qpdf(
            ["--object-streams=generate", "--stream-data=preserve", "/dev/stdin", "-"], bytes)
        guard FileType(clean) == .pdf, clean.count <= Media.byteLimit else { throw MediaRefusal.damaged }
        return PreparedMedium.Rendition(.document, type: "application/pdf", size: nil, bytes: clean)
    }

    /// Names of ISO 32000 that make a document act or hide something: scripts, programs, forms that send, other files,
    /// sounds and films, and the forms of XFA, which are scripts too.
    private static let active = [
        "/JavaScript", "/JS", "/Launch", "/SubmitForm", "/ImportData", "/EmbeddedFile", "/EmbeddedFiles", "/GoToE",
        "/GoToR", "/RichMedia", "/Movie", "/Sound", "/Rendition", "/XFA",
    ]

    private static func qpdf(_ words: [String], _ bytes: [UInt8]) async throws -> [UInt8] {
        let command = Command(
            [
                "prlimit", "--as=\(512 << 20)", "--cpu=20", "--fsize=\(64 << 20)", "--nofile=32", "--core=0", "--",
                "qpdf", "--warning-exit-0",
            ] + words, limit: .seconds(30), environment: ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"])
        do {
            return try await command.run(bytes)
        } catch Command.Failure.ended(_, let words) {
            throw words.contains("invalid password") ? MediaRefusal.encryptedPDF : MediaRefusal.damaged
        } catch Command.Failure.tookTooLong {
            throw MediaRefusal.damaged
        }
    }
}
