import Foundation
import Testing

@testable import Web

/// The press at work: WeasyPrint itself, with limits small enough to be met.
@Suite("Prints", .serialized)
struct PrintsTests {
    private static let resources = FrameSite.project.path(percentEncoded: false)

    private func prints(_ change: (inout Prints.Limits) -> Void = { _ in }) -> Prints {
        var limits = Prints.Limits()
        change(&limits)
        return Prints(resources: Self.resources, limits: limits)
    }

    private func page(_ body: String) -> String {
        "<!DOCTYPE html><html lang=\"de\"><head><title>Blatt</title></head><body>\(body)</body></html>"
    }

    /// More than a press does within a second.
    private var long: String {
        page("<table>" + String(repeating: "<tr><td>1</td><td>2</td></tr>", count: 40_000) + "</table>")
    }

    @Test("a page becomes a tagged PDF in its language")
    func makes() async throws {
        let pdf = String(decoding: try await prints().pdf(html: page("<p>Grüße</p>")), as: UTF8.self)
        #expect(pdf.hasPrefix("%PDF-"))
        #expect(pdf.contains("/Lang (de)"))
        #expect(pdf.contains("/StructTreeRoot"))
    }

    @Test("documents that follow one another are one file")
    func several() async throws {
        let pdf = try await prints().pdf(documents: [
            page("<p>1</p>"), page("<p>2</p>"), page("<p>3</p>"),
        ])
        #expect(String(decoding: pdf, as: UTF8.self).contains("/Count 3"))
    }

    @Test("a page that takes too long is stopped", .timeLimit(.minutes(5)))
    func tooSlow() async throws {
        await #expect(throws: Prints.Failure.tooLarge) {
            try await prints { $0.time = .seconds(1) }.pdf(html: long)
        }
        await #expect(throws: Prints.Failure.tooLarge) {
            try await prints { $0.processor = 1 }.pdf(html: long)
        }
    }

    @Test("a page that wants too much memory is stopped", .timeLimit(.minutes(5)))
    func tooMuch() async throws {
        await #expect(throws: Prints.Failure.tooLarge) {
            try await prints { $0.memory = 250 << 20 }.pdf(html: long)
        }
    }

    @Test(
        "a page that names a file or another machine is not printed",
        arguments: [
            "<img src=\"file:///etc/hostname\">", "<link rel=\"attachment\" href=\"file:///etc/passwd\">",
            "<link rel=\"stylesheet\" href=\"http://127.0.0.1:9/a.css\">",
            "<style>@import url(\"file:///etc/passwd\");</style>",
            "<style>body { background: url(\"http://127.0.0.1:9/\") }</style>",
            "<svg><image href=\"file:///etc/hostname\" width=\"9\" height=\"9\"/></svg>",
        ])
    func foreign(markup: String) async throws {
        await #expect(throws: Prints.Failure.self) { try await prints().pdf(html: page(markup)) }
    }

    @Test("whoever comes when enough wait already is told to come back")
    func busy() async throws {
        let prints = prints {
            $0.atOnce = 1
            $0.waiting = 1
        }
        let html = page("<p>1</p>")
        let answers: [Bool] = await withTaskGroup { group in
            for _ in 0..<3 {
                group.addTask { () -> Bool in
                    do {
                        _ = try await prints.pdf(html: html)
                        return true
                    } catch {
                        #expect(error as? Prints.Failure == .busy)
                        return false
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.filter(\.self).count == 2)
        // Those who came have left: the next one finds a turn.
        _ = try await prints.pdf(html: html)
    }

    @Test("without the program there is a refusal of its own")
    func missing() async throws {
        let prints = Prints(resources: "/nonexistent")
        await #expect(throws: Prints.Failure.missing) { try await prints.pdf(html: page("")) }
    }
}
