import Foundation
import Testing

/// The rooms of the house and who may enter which: the table of the architecture, read from every import line.
@Suite("Rooms")
struct ImportsTests {
    /// What the toolchain brings, open to every room that has no stricter rule.
    private static let toolchain: Set = [
        "Foundation", "FoundationEssentials", "Synchronization", "Glibc", "Darwin", "Musl", "Dispatch", "SystemPackage",
    ]

    private static let rooms: [String: Set<String>] = [
        "Postgres": toolchain.union(["CLibPQ", "Logging", "ServiceLifecycle"]),
        "PublicRecord": ["Crypto", "BigInt", "Foundation"],
        "Participation": toolchain.union([
            "PublicRecord", "Postgres", "CArgon2", "CCurl", "Crypto", "FoundationXML", "Logging", "ServiceLifecycle",
        ]),
        "Web": toolchain.union([
            "Participation", "PublicRecord", "CCMark", "CQREncode", "CZlib", "Crypto", "Hummingbird", "HummingbirdCore",
            "HTTPTypes",
            "Logging",
            "Mustache", "NIOCore", "NIOHTTP1", "NIOHTTPTypes",
        ]),
        "Server": toolchain.union([
            "Web", "Participation", "PublicRecord", "Postgres", "ArgumentParser", "Configuration",
            "Hummingbird",
            "Logging", "NIOCore", "ServiceLifecycle", "UnixSignals",
        ]),
        "Verifier": toolchain.union(["PublicRecord", "ArgumentParser", "AsyncHTTPClient", "NIOCore", "NIOHTTP1"]),
    ]

    /// The one file of `Web` that puts the capabilities together over a pool: server and tests share it.
    private static let exceptions = ["Sources/Web/City.swift": "Postgres"]

    @Test("the folders of Sources are the rooms and the C libraries, and nothing else")
    func folders() throws {
        let folders = try House.folders(in: "Sources")
        #expect(Set(folders.filter { !$0.hasPrefix("C") }) == Set(Self.rooms.keys))
        for library in folders where library.hasPrefix("C") {
            let files = House.files(in: "Sources/\(library)", ending: "").map(\.path)
            #expect(
                files.allSatisfy { $0.hasSuffix(".h") || $0.hasSuffix("module.modulemap") },
                "\(library) holds more than a module map and a shim: \(files)")
        }
    }

    @Test("a room imports only what its line of the table allows", arguments: rooms.keys.sorted())
    func imports(room: String) throws {
        let allowed = try #require(Self.rooms[room])
        let files = House.files(in: "Sources/\(room)", ending: ".swift")
        #expect(!files.isEmpty)
        for file in files {
            for module in file.lines.compactMap(Self.module) {
                if Self.exceptions[file.path] == module { continue }
                #expect(allowed.contains(module), "\(file.path) imports \(module)")
                #expect(module != room)
            }
        }
    }

    @Test("the reader of import lines sees every way to write one")
    func reader() {
        for line in [
            "import Web", "public import Web", "  internal import Web", "@testable import Web",
            "@preconcurrency public import Web", "import struct Web.Site", "@_exported import Web // all of it",
        ] {
            #expect(Self.module(line[...]) == "Web", "\(line)")
        }
        for line in ["// import Web", "let important = 1", "/// import Web", "importer.run()", "import file: ID?"] {
            #expect(Self.module(line[...]) == nil, "\(line)")
        }
    }

    @Test("SQL is written in Participation and Postgres alone")
    func sql() {
        for room in ["Web", "PublicRecord", "Server", "Verifier"] {
            for file in House.files(in: "Sources/\(room)", ending: ".swift") {
                let statement = file.text.firstMatch(
                    of: /\b(SELECT\s+[\w*"(]|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE)/)
                #expect(statement == nil, "\(file.path) holds SQL")
            }
        }
    }

    @Test("the public record knows no clock, no chance and no disk")
    func pure() {
        for file in House.files(in: "Sources/PublicRecord", ending: ".swift") {
            for word in [
                "Date()", "Date.now", ".random(", "RandomNumberGenerator()", "FileManager", "ContinuousClock", "getenv",
                "ProcessInfo",
            ] {
                #expect(!file.text.contains(word), "\(file.path) uses \(word)")
            }
        }
    }

    @Test("participation writes no HTML and speaks no HTTP")
    func noMarkup() {
        for file in House.files(in: "Sources/Participation", ending: ".swift") {
            #expect(file.text.firstMatch(of: /"<\/?(p|a|div|html|h1|li|ul|br)\b/) == nil, "\(file.path)")
            #expect(file.text.firstMatch(of: /\bHTTP(Request|Response|Fields)\b/) == nil, "\(file.path)")
        }
    }

    /// A route whose handler returns an optional answers 204 to nil, and a text is no page.
    @Test("handlers return a response")
    func handlers() {
        for file in House.files(in: "Sources/Web", ending: "Controller.swift") {
            #expect(
                file.text.firstMatch(of: /AppContext\)[\w\s]*-> (Response\?|String\b|HTTPResponse)/) == nil,
                "\(file.path)")
        }
    }

    private static func module(_ line: Substring) -> String? {
        let pattern =
            /^\s*(?:@\w+\s+)*(?:(?:public|internal|package|private|fileprivate)\s+)?import\s+(?:(?:struct|class|enum|func|protocol|typealias|var|let)\s+)?(\w+)(?=[\s.;]|$)/
        return line.firstMatch(of: pattern).map { String($0.1) }
    }
}
