import Foundation
import Hummingbird
import Participation

/// Who enters the sheets of which walk, and by which door: an agent at the desk, or the walk's crew.
struct PaperSheetScene: Sendable {
    /// The two doors to the same pages.
    enum Door: CaseIterable, Sendable {
        case desk, crew

        /// The address of the list.
        var path: String {
            switch self {
            case .desk: "/desk/processes/{process}/walks/{walk}/sheets"
            case .crew: "/walks/{walk}/paper"
            }
        }
    }

    let walk: Walk
    let actor: Actor
    /// Whether what agents alone may do is offered.
    let isAgent: Bool
    /// The address of the list.
    let base: String
    let crumbs: [PlaceLink]
    let strings: Strings

    /// The walk of the path for whoever works on it; absent for everybody else.
    static func find(
        _ door: Door, _ context: AppContext, _ processes: Processes, _ walks: Walks, _ strings: Strings
    ) async throws -> PaperSheetScene {
        switch door {
        case .desk:
            let scene: WalkScene = try await .find(context, processes, strings, walks)
            guard let walk = scene.walk else { throw Absent() }
            return PaperSheetScene(
                walk: walk, actor: scene.actor, isAgent: true, base: "\(scene.base)/\(walk.handle)/sheets",
                crumbs: scene.crumbs, strings: strings)
        case .crew:
            let account: SignedInAccount = try context.requireAccount()
            guard let walk = try await walks.find(try context.slug("walk")) else { throw Absent() }
            let here = "/walks/\(walk.handle)"
            return PaperSheetScene(
                walk: walk, actor: .resident(account.id), isAgent: false, base: "\(here)/paper",
                crumbs: [PlaceLink(label: walk.title(strings.language), href: here)], strings: strings)
        }
    }

    /// The address of the page of a sheet.
    func href(_ number: SheetNumber) -> String { "\(base)/\(number.text)" }
}

extension WalkSheet.State {
    /// The word for it, with its colour.
    func word(_ strings: Strings) -> StatusWord {
        let tone: String? =
            switch self {
            case .issued: "wait"
            case .entered: "good"
            case .lost: "bad"
            }
        return StatusWord(
            word: strings("walks.paper.state.\(rawValue)"), tone: tone,
            meaning: strings("walks.paper.state.\(rawValue).words"))
    }
}

extension WalkSheetRefusal {
    /// The field that it concerns, and the key of its sentence.
    func add(to errors: inout FieldErrors) {
        func add(_ field: String, _ key: String, line: Int? = nil) {
            errors.add(field, "walks.paper.refusal.\(key)", line.map { ["line": String($0)] } ?? [:])
        }
        switch self {
        case .copies: add("copies", "copies")
        case .tooManySheets: add("copies", "too_many_sheets")
        case .noSuchStop: add("part", "no_such_stop")
        case .alreadyEntered: add("", "already_entered")
        case .lost: add("", "lost")
        case .notEntered: add("", "not_entered")
        case .lineTwice: add("", "line_twice")
        case .alreadyRead: add("", "already_read")
        case .tooManyLines: add("", "too_many_lines")
        case .people: add("people", "people")
        case .kindMissing(let line): add("kind-\(line)", "kind_missing", line: line)
        case .wordsMissing(let line): add("words-\(line)", "words_missing", line: line)
        case .wordsTooLong(let line): add("words-\(line)", "words_too_long", line: line)
        case .placeMissing(let line): add("place-\(line)", "place_missing", line: line)
        case .placeTooLong(let line): add("place-\(line)", "place_too_long", line: line)
        case .noSuchTheme(let line): add("theme-\(line)", "no_such_theme", line: line)
        case .lineRead(let line): add("", "line_read", line: line)
        case .tooManyScans: add("file", "too_many_scans")
        }
    }
}

extension Refused<WalkSheetRefusal> {
    /// The words, each at its field.
    var fieldErrors: FieldErrors {
        var errors = FieldErrors()
        for reason in reasons { reason.add(to: &errors) }
        return errors
    }
}
