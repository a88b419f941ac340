import Foundation
import Mustache
@testable import Participation
import Testing
@testable import Web

/// Mustache never fails: a misspelt name prints nothing. These tests fail instead.
@Suite("Templates")
struct TemplatesTests {
    private static let layouts = ["page", "bare", "mail", "print"]

    private let sources: [String: String]

    init() throws {
        sources = try Templates.sources(directory: House.root.appending(path: "Templates").path(percentEncoded: false))
    }

    @Test("every template parses in every language, and names only words, files and templates that exist")
    func parse() throws {
        _ = try House.site()
    }

    @Test("a template that does not parse, or names what is not there, stops the start and says all that is wrong")
    func refusals() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tilleul-rooms-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let strings = House.root.appending(path: "Templates/strings").path(percentEncoded: false)
        let table = try StringTable(directory: strings, timeZone: .gmt)
        let assets = try Assets(directory: House.root.appending(path: "Public").path(percentEncoded: false))
        for (name, text) in [
            ("open", "{{#a}}"), ("crossed", "{{#a}}{{#b}}{{/a}}{{/b}}"), ("words", "[[no.such.words]]"),
            ("file", "[[asset:no-such.css]]"), ("part", "{{>parts/no-such}}"), ("good", "{{a}}"),
        ] {
            try Data(text.utf8).write(to: folder.appending(path: "\(name).mustache"))
        }
        let fault = try #require(throws: TemplateFault.self) {
            try Templates(directory: folder.path(percentEncoded: false), strings: table, assets: assets)
        }
        for name in ["open", "crossed", "words", "file", "part"] {
            #expect(fault.problems.contains { $0.hasPrefix(name) }, "\(name)")
        }
        #expect(!fault.problems.contains { $0.hasPrefix("good") })
    }

    @Test("only the layouts at the root are inherited")
    func layoutsAtTheRoot() {
        for (name, source) in sources {
            for partial in Templates.partials(of: source) where partial.isLayout {
                #expect(Self.layouts.contains(partial.name), "\(name) inherits \(partial.name)")
            }
        }
        #expect(Self.layouts.allSatisfy { sources[$0] != nil })
    }

    @Test("nothing inline, and nothing from elsewhere: the content security policy would block it")
    func nothingInline() {
        for (name, source) in sources where !name.hasSuffix("letter") && name != "mail" {
            #expect(source.firstMatch(of: /\sstyle\s*=/) == nil, "\(name) has an inline style")
            #expect(source.firstMatch(of: /\son[a-z]+\s*=\s*["']/) == nil, "\(name) has an inline script")
            #expect(source.firstMatch(of: /<script(?![^>]*\ssrc=)/) == nil, "\(name) has an inline script")
            #expect(source.firstMatch(of: /<style/) == nil, "\(name) has a style element")
            #expect(source.firstMatch(of: /(src|href)\s*=\s*"(https?:)?\/\//) == nil, "\(name) points elsewhere")
        }
    }

    @Test("every form that changes something carries the token")
    func tokens() {
        for (name, source) in sources {
            for form in source.matches(of: /<form\b[^>]*method="post"[\s\S]*?<\/form>/.ignoresCase()) {
                #expect(form.output.contains("{{frame.token}}") || form.output.contains("{{>parts/token}}"), "\(name)")
            }
        }
    }

    @Test("words go between double brackets or into the model: the templates themselves hold none")
    func noWords() {
        for (name, source) in sources where name != "mail" {
            let text = source.replacing(/\[\[[^\]]*\]\]/, with: "").replacing(/\{\{[^}]*\}\}\}?/, with: "")
                .replacing(/<!--[\s\S]*?-->/, with: "").replacing(/<svg[\s\S]*?<\/svg>/, with: "")
                .replacing(/<[^>]*>/, with: "")
            let words = text.matches(of: /\p{L}{3,}/).map { String($0.output) }.filter { $0 != "Tilleul" }
            #expect(words == [], "\(name)")
        }
    }

    // MARK: Pages

    /// Every type of the source that is a page, found by the runtime under its name.
    private static let pages: [(name: String, type: (any PageView.Type)?)] = {
        House.files(in: "Sources/Web", ending: ".swift").flatMap { file in
            file.text.matches(of: /(?:struct|enum|class|extension)\s+(\w+)(?:<[^>]*>)?\s*:\s*[\w\s,.&]*\bPageView\b/)
                .map { match in
                    let name = String(match.1)
                    return (name, _typeByName("3Web\(name.utf8.count)\(name)V") as? any PageView.Type)
                }
        }
    }()

    @Test("every page is rendered from its sample, in every language")
    func render() throws {
        let site = try House.site()
        #expect(Self.pages.count > 5)
        for (name, type) in Self.pages {
            let type = try #require(type, "\(name) is not a struct of its own at the top of a file")
            #expect(site.templates.names.contains(type.template), "\(name)")
            for language in Language.allCases {
                let html = site.render(sample: type, language)
                #expect(html.count > 20, "\(name) in \(language) is empty")
                for trace in ["{{", "}}", "Optional("] {
                    #expect(!html.contains(trace), "\(name) in \(language) shows \(trace)")
                }
            }
        }
    }

    /// The layouts and parts are a kit for all pages, and may hold more than today's pages take from it.
    @Test("every template belongs to a page")
    func noneIdle() throws {
        var used: Set<String> = []
        func use(_ name: String) {
            guard used.insert(name).inserted, let source = sources[name] else { return }
            for partial in Templates.partials(of: source) { use(partial.name) }
        }
        for (_, type) in Self.pages { if let type { use(type.template) } }
        let idle = sources.keys.filter { !used.contains($0) && $0.contains("/") && !$0.hasPrefix("parts/") }
        #expect(idle.sorted() == [])
    }

    @Test("every name in a template is a stored property of its page, and every section is one that can be empty")
    func names() throws {
        let site = try House.site()
        var empty: Set<String> = []
        var filled: Set<String> = []
        for (name, type) in Self.pages {
            guard let type else { continue }
            let source = try #require(sources[type.template])
            let root: Any = source.contains("{{<") ? site.sampleScreen(type) : type.sample
            var walk = Walk(sources: sources)
            try walk.tags(TagReader.read(source), stack: [root], blocks: [:], at: type.template)
            for problem in Set(walk.problems).sorted() { Issue.record("\(name): \(problem)") }
            empty.formUnion(walk.empty)
            filled.formUnion(walk.filled)
        }
        // What is inside a section can be checked only if some sample has something in it.
        let unseen = empty.subtracting(filled).filter { !$0.hasPrefix("parts/") }
        #expect(unseen.sorted() == [])
    }
}

extension Site {
    fileprivate func sampleScreen(_ type: any PageView.Type, _ language: Language = .french) -> Screen {
        let session = Session(
            id: ID(),
            account: SignedInAccount(
                id: ID(), person: ID(), name: "Odile Tilleul", language: .french, roles: [HeldRole(.auditor)]),
            voting: nil, createdAt: .now, expiresAt: .now, renewalDue: false)
        let frame = frame(
            title: "Title", here: "/here", language: language, session: session, theme: "contrast", focus: true,
            scripts: ["script.js"], flash: .done("calendar.moment", ["date": "D", "time": "T"]), makeToken: { "token" })
        return Screen(frame: frame, view: type.sample)
    }

    fileprivate func render(sample type: any PageView.Type, _ language: Language) -> String {
        let isFragment = !((try? templateSource(type.template)) ?? "").contains("{{<")
        return isFragment
            ? templates.render(type.template, type.sample, in: language)
            : templates.render(type.template, sampleScreen(type, language), in: language)
    }

    private func templateSource(_ name: String) throws -> String {
        try String(contentsOf: House.root.appending(path: "Templates/\(name).mustache"), encoding: .utf8)
    }
}

/// Goes through a template as the library does, but insists that every name is there.
private struct Walk {
    private enum Found {
        case missing
        case none
        case value(Any)
    }

    let sources: [String: String]
    var problems: [String] = []
    /// Sections, with their template, in which a sample has nothing or something.
    var empty: Set<String> = []
    var filled: Set<String> = []

    mutating func tags(_ tags: [Tag], stack: [Any], blocks: [String: [Tag]], at place: String) throws {
        for tag in tags {
            switch tag {
            case .value(let name, _):
                if case .missing = look(name, stack, place) { problems.append("\(place): no property \(name)") }
            case .section(let name, let isInverted, let content):
                try section(name, isInverted, content, stack: stack, blocks: blocks, at: place)
            case .partial(let name):
                try self.tags(TagReader.read(sources[name] ?? ""), stack: stack, blocks: blocks, at: name)
            case .layout(let name, let own):
                try self.tags(
                    TagReader.read(sources[name] ?? ""), stack: stack,
                    blocks: blocks.merging(own) { outer, _ in outer },
                    at: place)
            case .block(let name, let content):
                try self.tags(blocks[name] ?? content, stack: stack, blocks: blocks, at: place)
            }
        }
    }

    private mutating func section(
        _ name: String, _ isInverted: Bool, _ content: [Tag], stack: [Any], blocks: [String: [Tag]], at place: String
    ) throws {
        switch look(name, stack, place) {
        case .missing:
            problems.append("\(place): no property \(name)")
        case .none:
            if isInverted {
                try tags(content, stack: stack, blocks: blocks, at: place)
            } else {
                empty.insert("\(place): \(name)")
            }
        case .value(let value) where isInverted || value is Bool:
            try tags(content, stack: stack, blocks: blocks, at: place)
        case .value(let value as [Any]):
            if let first = value.first {
                filled.insert("\(place): \(name)")
                try tags(content, stack: stack + [first], blocks: blocks, at: place)
            } else {
                empty.insert("\(place): \(name)")
            }
        case .value(let value):
            filled.insert("\(place): \(name)")
            if value is String || value is any BinaryInteger, !isOptional(name, stack) {
                problems.append("\(place): the section \(name) is always there")
            }
            try tags(content, stack: stack + [value], blocks: blocks, at: place)
        }
    }

    /// The value of a name. A name that is missing in the innermost object is looked for further out, as the library
    /// does; one that is there and nil is not looked for, although the library would: that is reported.
    private mutating func look(_ name: String, _ stack: [Any], _ place: String) -> Found {
        if name == "." { return .value(stack.last as Any) }
        let path = name.split(separator: ".").map(String.init)
        let isLocal = name.hasPrefix(".")
        for (depth, object) in stack.enumerated().reversed() {
            switch child(path[0], of: object, place) {
            case .missing:
                if isLocal { return .missing }
            case .none:
                if !isLocal, stack[..<depth].contains(where: { isThere(path[0], in: $0) }) {
                    problems.append("\(place): \(name) is nil and would be taken from further out")
                }
                return .none
            case .value(let value):
                return path.dropFirst().reduce(.value(value)) { found, part in
                    if case .value(let value) = found { child(part, of: value, place) } else { found }
                }
            }
        }
        return .missing
    }

    /// Whether the property behind a name can be nil: a text or a number that cannot be makes no section.
    private func isOptional(_ name: String, _ stack: [Any]) -> Bool {
        guard name != ".", let label = name.split(separator: ".").last.map(String.init) else { return true }
        let objects = name.contains(".") ? [] : stack.reversed()
        let property = objects.lazy.compactMap { object in
            Mirror(reflecting: object).children.first { $0.label == label }
        }.first
        return property.map { Mirror(reflecting: $0.value).displayStyle == .optional } ?? true
    }

    private func isThere(_ name: String, in object: Any) -> Bool {
        if let parent = object as? any MustacheParent { return parent.child(named: name) != nil }
        return Mirror(reflecting: object).children.contains { $0.label == name }
    }

    private mutating func child(_ name: String, of object: Any, _ place: String) -> Found {
        if object is FrameModel, !FrameModel.names.contains(name) { return .missing }
        if let parent = object as? any MustacheParent {
            return parent.child(named: name).map { .value($0) } ?? .missing
        }
        guard let property = Mirror(reflecting: object).children.first(where: { $0.label == name }) else {
            return .missing
        }
        let mirror = Mirror(reflecting: property.value)
        switch mirror.displayStyle {
        case .optional: return mirror.children.first.map { .value($0.value) } ?? .none
        case .dictionary, .set: problems.append("\(place): \(name) is a \(mirror.subjectType)")
        default: break
        }
        if property.value is Substring { problems.append("\(place): \(name) is a Substring") }
        return .value(property.value)
    }
}
