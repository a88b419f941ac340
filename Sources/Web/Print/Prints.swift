import Foundation
import Participation

/// Makes PDFs of print pages: WeasyPrint in a process of its own, which reads no file and no network, with limits of
/// time and memory, and few at once.
public final class Prints: Sendable {
    /// What the process may take.
    struct Limits: Sendable {
        /// Seconds of a processor.
        var processor = 60
        /// Seconds by the clock.
        var time: Duration = .seconds(90)
        /// Bytes of memory.
        var memory = 1 << 30
        /// How many print at once, and how many wait for them.
        var atOnce = 2, waiting = 8
    }

    /// Why there is no PDF.
    public enum Failure: Error, Equatable {
        /// WeasyPrint is not installed.
        case missing
        /// The page took too long, or more memory than it may have.
        case tooLarge
        /// Too many wait already.
        case busy
        /// WeasyPrint could not print the page; what it said.
        case failed(String)
    }

    private let command: Command
    private let turns: Turns

    /// The program and the fonts in the folder `Press` below `resources`.
    init(resources: String, limits: Limits = Limits()) {
        let folder = URL(filePath: resources, directoryHint: .isDirectory).appending(path: "Press")
        func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }
        turns = Turns(atOnce: limits.atOnce, waiting: limits.waiting)
        // Debian's own Python, whatever else is installed, and nothing of the service's environment.
        command = Command(
            [
                "prlimit", "--as=\(limits.memory)", "--cpu=\(limits.processor)", "--fsize=\(64 << 20)", "--core=0",
                "--", "/usr/bin/python3", "-I", path("press.py"),
            ], limit: limits.time,
            environment: [
                "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "FONTCONFIG_FILE": path("fonts.conf"),
                "HOME": "/nonexistent",
            ])
    }

    /// The PDF of `html`, a whole page that holds its own style and names no address but `data:`.
    ///
    /// - Throws: ``Failure``.
    public func pdf(html: String) async throws -> [UInt8] {
        try await pdf(documents: [html])
    }

    /// One PDF of several documents, each with its own count of pages; the title is that of the first.
    func pdf(documents: [String]) async throws -> [UInt8] {
        // A form feed parts the documents: HTML of ours holds none.
        let input = Array(documents.map { $0.replacing("\u{C}", with: " ") }.joined(separator: "\u{C}").utf8)
        do {
            return try await turns.take { try await command.run(input) }
        } catch is Overloaded {
            throw Failure.busy
        } catch let failure as Command.Failure {
            switch failure {
            case .notFound, .ended(status: 4, _), .ended(status: 2, _): throw Failure.missing
            case .tookTooLong: throw Failure.tooLarge
            case .ended(let status, let words):
                // Stopped by the limit of the processor, or told that there is no more memory.
                let isLimit = status == -SIGXCPU || status == -SIGKILL || status == 5 || words.contains("MemoryError")
                throw isLimit ? Failure.tooLarge : Failure.failed(words)
            }
        }
    }
}
