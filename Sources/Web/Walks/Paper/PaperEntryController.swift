import Foundation
import Hummingbird
import Participation

/// One sheet that came back: its lines are typed, corrected and taken back here, and its picture is kept.
struct PaperEntryController: Sendable {
    /// A file larger than may be is read to its end, up to here, so that the page can say so.
    private static let scanLimits = MultipartForm.Limits(total: 32 << 20, fields: 16 * 1024, parts: 10)

    private let site: Site
    private let processes: Processes
    private let walks: Walks
    private let sheets: WalkSheets
    /// Looking at a file costs seconds of a processor.
    private let buckets = Buckets(burst: 60, perMinute: 30)

    /// The page over the capabilities it needs.
    init(site: Site, processes: Processes, walks: Walks, sheets: WalkSheets) {
        self.site = site
        self.processes = processes
        self.walks = walks
        self.sheets = sheets
    }

    /// Adds the pages of single sheets, at the desk and for the crew.
    func add(to routes: RouterGroup<AppContext>) {
        for door in PaperSheetScene.Door.allCases {
            let base = "\(door.path)/{sheet}"
            routes.get(RouterPath(base)) { try await show(door, $0, $1) }
            routes.post(RouterPath(base)) { try await enter(door, $0, $1) }
            routes.post(RouterPath("\(base)/scans")) { try await scan(door, $0, $1) }
            routes.post(RouterPath("\(base)/scans/{medium}/removal")) { request, context in
                try await change(door, request, context, done: "scan_removed") { sheet in
                    try await sheets.remove(
                        try context.id("medium", of: Medium.self), of: sheet.number, of: sheet.scene.walk.id,
                        by: sheet.scene.actor)
                }
            }
        }
        let desk = "\(PaperSheetScene.Door.desk.path)/{sheet}"
        routes.post(RouterPath("\(desk)/undo")) { request, context in
            try await change(.desk, request, context, done: "undone") { sheet in
                try await sheets.undo(sheet.number, of: sheet.scene.walk.id, by: sheet.scene.actor)
            }
        }
        routes.post(RouterPath("\(desk)/loss")) { request, context in
            try await change(.desk, request, context, done: "lost") { sheet in
                try await sheets.lose(sheet.number, of: sheet.scene.walk.id, by: sheet.scene.actor)
            }
        }
        routes.post(RouterPath("\(desk)/find")) { request, context in
            try await change(.desk, request, context, done: "found") { sheet in
                try await sheets.find(sheet.number, lostBy: sheet.scene.walk.id, by: sheet.scene.actor)
            }
        }
    }

    /// A sheet of the path, for whoever works on its walk.
    private struct Sheet {
        let scene: PaperSheetScene
        let number: SheetNumber
        let file: WalkSheetFile
    }

    private func sheet(_ door: PaperSheetScene.Door, _ context: AppContext) async throws -> Sheet {
        let scene: PaperSheetScene = try await .find(door, context, processes, walks, site.strings(context))
        do {
            guard let number = SheetNumber(typed: try context.parameter("sheet")),
                let file = try await sheets.file(number, of: scene.walk.id, by: scene.actor)
            else { throw Absent() }
            return Sheet(scene: scene, number: number, file: file)
        } catch is NotAllowed { throw Absent() }
    }

    // MARK: Lines

    private func show(
        _ door: PaperSheetScene.Door, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let sheet: Sheet = try await sheet(door, context)
        return try await page(sheet, PaperSheetForm(sheet.file), FieldErrors(), request, context)
    }

    /// What was typed is entered, or corrects what was entered before; `then` says which button was pressed.
    private func enter(
        _ door: PaperSheetScene.Door, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let sheet: Sheet = try await sheet(door, context)
        let fields: Fields = try await site.form(request, context, limit: PaperSheetForm.limit)
        let form = PaperSheetForm(fields)
        let then: String = fields.text("then")
        if then == "more" { return try await page(sheet, form.longer(), FieldErrors(), request, context) }
        do {
            let entry: SheetEntry = try form.entry()
            if form.isCorrection {
                try await sheets.correct(entry, of: sheet.number, of: sheet.scene.walk.id, by: sheet.scene.actor)
                return site.see(
                    sheet.scene.href(sheet.number), flash: .done("walks.paper.corrected", ["number": sheet.number.text])
                )
            }
            if let errors = Self.doubt(entry, isBlank: then == "blank") { throw errors }
            try await sheets.enter(entry, from: sheet.number, of: sheet.scene.walk.id, by: sheet.scene.actor)
            return site.see(
                sheet.scene.base,
                flash: .done(
                    "walks.paper.entered",
                    ["number": sheet.number.text, "lines": sheet.scene.strings.number(entry.lines.count)]))
        } catch let errors as FieldErrors {
            return try await page(sheet, form, errors, request, context)
        } catch let refused as Refused<WalkSheetRefusal> {
            return try await page(sheet, form, refused.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    /// A sheet is blank when somebody says so, not when nothing was typed.
    private static func doubt(_ entry: SheetEntry, isBlank: Bool) -> FieldErrors? {
        if isBlank { return entry.lines.isEmpty ? nil : FieldErrors("words-1", "walks.paper.refusal.not_blank") }
        return entry.lines.isEmpty ? FieldErrors("words-1", "walks.paper.refusal.nothing") : nil
    }

    // MARK: Pictures and the rest

    private func scan(
        _ door: PaperSheetScene.Door, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let sheet: Sheet = try await sheet(door, context)
        try buckets.take(Network(address: context.remoteAddress ?? ""))
        let (_, file) = try await MediaForm.read(request, context, site: site, limits: Self.scanLimits)
        let form = PaperSheetForm(sheet.file)
        do {
            let medium: PreparedMedium = try await Media.prepare(
                file, alt: sheet.scene.strings("walks.paper.scan.alt", ["number": sheet.number.text]))
            try await sheets.add(medium, to: sheet.number, of: sheet.scene.walk.id, by: sheet.scene.actor)
            return site.see("\(sheet.scene.href(sheet.number))#scans", flash: .done("walks.paper.scanned"))
        } catch is Overloaded {
            return try await page(sheet, form, FieldErrors("file", "media.refusal.busy"), request, context)
        } catch let refused as Refused<MediaRefusal> {
            return try await page(sheet, form, refused.fieldErrors(sheet.scene.strings), request, context)
        } catch let refusal as WalkSheetRefusal {
            return try await page(sheet, form, Refused(refusal).fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    /// Does `act`, then shows the sheet again.
    private func change(
        _ door: PaperSheetScene.Door, _ request: Request, _ context: AppContext, done: String,
        _ act: (Sheet) async throws -> Void
    ) async throws -> Response {
        let sheet: Sheet = try await sheet(door, context)
        _ = try await site.form(request, context)
        func refused(_ refusal: Refused<WalkSheetRefusal>) async throws -> Response {
            try await page(sheet, PaperSheetForm(sheet.file), refusal.fieldErrors, request, context)
        }
        do {
            try await act(sheet)
            return site.see(
                sheet.scene.href(sheet.number), flash: .done("walks.paper.\(done)", ["number": sheet.number.text]))
        } catch let refusal as Refused<WalkSheetRefusal> {
            return try await refused(refusal)
        } catch let refusal as WalkSheetRefusal {
            return try await refused(Refused(refusal))
        } catch is NotAllowed { throw Absent() }
    }

    private func page(
        _ sheet: Sheet, _ form: PaperSheetForm, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = sheet.scene.strings
        let page = PaperSheetPage(
            sheet.scene, sheet.file, form, themes: try await walks.themes(of: sheet.scene.walk.id),
            stop: try await walks.route(sheet.scene.walk.route)?.stops.first { $0.id == sheet.file.sheet.stop }, errors)
        return site.page(
            page, title: errors.title(page.title, strings), request, context, status: errors.status,
            scripts: ["walk-entry.js"])
    }
}

extension PaperSheetPage {
    init(
        _ scene: PaperSheetScene, _ file: WalkSheetFile, _ form: PaperSheetForm, themes: [WalkTheme], stop: Stop?,
        _ errors: FieldErrors
    ) {
        let strings: Strings = scene.strings
        let words = WalkWords(strings)
        let sheet: WalkSheet = file.sheet
        // Somebody else entered the sheet while this was typed: what stands is shown, and beside it what was typed.
        let isOvertaken: Bool = sheet.enteredAt != nil && !form.isCorrection
        let shown: PaperSheetForm = isOvertaken ? PaperSheetForm(file) : form
        crumbs = scene.crumbs + [PlaceLink(label: strings("walks.paper.title"), href: scene.base)]
        title = strings("walks.paper.sheet.title", ["number": sheet.number.text])
        part =
            stop.map { stop in
                strings(
                    "walks.paper.stop", ["number": String(stop.number), "title": stop.title(strings.language)])
            } ?? strings("walks.paper.between")
        base = scene.href(sheet.number)
        listHref = scene.base
        isAgent = scene.isAgent
        status = sheet.state.word(strings)
        facts = Self.facts(sheet, strings)
        self.errors = errors.summary(strings)
        isLost = sheet.lostAt != nil
        isCorrection = sheet.enteredAt != nil
        asksPlace = sheet.stop == nil
        count = String(shown.lines.count)
        let read = Set(file.lines.filter { $0.state != .received }.map(\.line.line))
        lines = shown.lines.filter { !read.contains($0.number) }.enumerated().map { index, line in
            Line(line, isFirst: index == 0, themes: themes, errors, strings)
        }
        readLines = file.lines.filter { read.contains($0.line.line) }.map {
            ReadLine(number: String($0.line.line), words: $0.line.words, status: words.state($0.state))
        }
        hasReadLines = !readLines.isEmpty
        typed =
            isOvertaken
            ? form.lines.filter { !$0.isBlank }.map {
                strings("walks.paper.typed.line", ["line": String($0.number), "words": $0.words])
            } : []
        hasTyped = !typed.isEmpty
        concernedCodes = Concerned.allCases.map {
            .init(code: SheetCodes.concerned($0), word: words.concerned($0))
        }
        languages = Language.allCases.map {
            SelectOption(
                value: $0.rawValue, label: ReaderChoice.name(of: $0), selected: $0.rawValue == shown.language)
        }
        manners = Observation.Manner.allCases.map {
            SelectOption(value: $0.rawValue, label: words.manner($0), selected: $0.rawValue == shown.manner)
        }
        people = errors.input("people", value: shown.people, strings)
        changes = file.changes.map { change in
            let before: [String] = [change.kind.map(words.kind), change.words].compactMap(\.self)
            let said: String =
                before.isEmpty ? strings("walks.paper.change.nothing") : before.joined(separator: ", ")
            return strings(
                "walks.paper.change",
                [
                    "line": String(change.line), "date": strings.moment(change.at),
                    "name": change.by ?? strings("walks.paper.change.nobody"), "before": said,
                ])
        }
        hasChanges = !changes.isEmpty
        scans = file.scans.map { scan in
            Scan(
                href: "/media/\(scan.id)/\(scan.kind == .image ? "large" : "document")",
                source: scan.kind == .image ? "/media/\(scan.id)/small" : nil,
                alt: scan.kind == .image ? scan.alt : scan.name,
                removal: "\(scene.href(sheet.number))/scans/\(scan.id)/removal")
        }
        hasScans = !scans.isEmpty
        self.file = errors.input("file", strings)
        canUndo = scene.isAgent && sheet.enteredAt != nil && sheet.readLines == 0
        printHref = "\(scene.base)/print.pdf?from=\(sheet.number.number)&to=\(sheet.number.number)"
    }

    private static func facts(_ sheet: WalkSheet, _ strings: Strings) -> [PlaceFact] {
        var facts: [PlaceFact] = []
        func add(_ key: String, _ text: String) {
            facts.append(PlaceFact(name: strings("walks.paper.sheet.\(key)"), text: text))
        }
        add("issued", strings.date(sheet.issuedAt))
        if let lost = sheet.lostAt { add("lost", strings.date(lost)) }
        if let entered = sheet.enteredAt {
            add("entered", [strings.moment(entered), sheet.enteredBy].compactMap(\.self).joined(separator: ", "))
        }
        return facts
    }
}

extension PaperSheetPage.Line {
    fileprivate init(
        _ line: PaperSheetForm.Line, isFirst: Bool, themes: [WalkTheme], _ errors: FieldErrors, _ strings: Strings
    ) {
        let words = WalkWords(strings)
        func options(_ chosen: String, _ all: [(value: String, code: String, word: String)]) -> [SelectOption] {
            [SelectOption(value: "", label: "–", selected: chosen.isEmpty)]
                + all.map { option in
                    SelectOption(
                        value: option.value, label: "\(option.code) \(option.word)", selected: option.value == chosen)
                }
        }
        number = String(line.number)
        self.isFirst = isFirst
        kinds = options(
            line.kind,
            Observation.Kind.allCases.map { ($0.rawValue, SheetCodes.key($0), words.kind($0)) })
        kindProblem = errors.text(for: "kind-\(line.number)", strings)
        self.themes = options(
            line.theme,
            themes.enumerated().map { index, theme in
                (theme.id.description, SheetCodes.theme(index), theme.title(strings.language))
            })
        themeProblem = errors.text(for: "theme-\(line.number)", strings)
        feelings = options(
            line.feeling,
            Observation.Feeling.allCases.map { (String($0.rawValue), SheetCodes.feeling($0), words.feeling($0)) })
        concerned = errors.input("concerned-\(line.number)", value: line.concerned, strings)
        place = errors.input("place-\(line.number)", value: line.place, strings)
        self.words = errors.input("words-\(line.number)", value: line.words, strings)
    }
}
