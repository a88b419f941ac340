import Foundation
import Hummingbird
import Participation

/// The printed sheets of a walk: numbers are given and the sheets printed, and what comes back is picked by its number.
struct PaperSheetDesk: Sendable {
    /// Sheets on a page of the list.
    private static let pageSize = 50

    private let site: Site
    private let processes: Processes
    private let walks: Walks
    private let sheets: WalkSheets
    private let press: WalkPress

    /// The list over the capabilities it needs.
    init(site: Site, processes: Processes, walks: Walks, sheets: WalkSheets, press: WalkPress) {
        self.site = site
        self.processes = processes
        self.walks = walks
        self.sheets = sheets
        self.press = press
    }

    /// Adds `/desk/processes/{process}/walks/{walk}/sheets` and, for the crew, `/walks/{walk}/paper`.
    func add(to routes: RouterGroup<AppContext>) {
        for door in PaperSheetScene.Door.allCases {
            routes.get(RouterPath(door.path)) { try await show(door, $0, $1) }
        }
        let desk: String = PaperSheetScene.Door.desk.path
        routes.post(RouterPath(desk), use: issue)
        routes.post(RouterPath("\(desk)/arrivals"), use: arrive)
        routes.get(RouterPath("\(desk)/print")) { try await print(isPDF: false, $0, $1) }
        routes.get(RouterPath("\(desk)/print.pdf")) { try await print(isPDF: true, $0, $1) }
    }

    private func scene(_ door: PaperSheetScene.Door, _ context: AppContext) async throws -> PaperSheetScene {
        try await .find(door, context, processes, walks, site.strings(context))
    }

    // MARK: The list

    /// The list; with `?number=`, the sheet of that number.
    private func show(
        _ door: PaperSheetScene.Door, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let scene: PaperSheetScene = try await scene(door, context)
        let query: Fields = try request.query()
        guard query.has("number") else {
            return try await page(scene, query, FieldErrors(), request, context)
        }
        do {
            return site.see(scene.href(try await pick(query.text("number"), scene)))
        } catch let errors as FieldErrors {
            return try await page(scene, query, errors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func pick(_ typed: String, _ scene: PaperSheetScene) async throws -> SheetNumber {
        func refused(_ key: String, _ arguments: [String: String] = [:]) -> FieldErrors {
            FieldErrors("number", "walks.paper.pick.\(key)", arguments)
        }
        switch TypedSheet(typed, walk: scene.walk.handle) {
        case .sheet(let number):
            let known: [WalkSheet] = try await sheets.list(
                of: scene.walk.id, numbers: number.number...number.number, by: scene.actor)
            guard !known.isEmpty else { throw refused("unknown", ["number": number.text]) }
            return number
        case .foreign(let walk): throw refused("foreign", ["walk": walk])
        case .unnumbered: throw refused("unnumbered")
        case .unreadable: throw refused(typed.isEmpty ? "missing" : "unreadable")
        }
    }

    // MARK: Issuing

    @Sendable private func issue(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PaperSheetScene = try await scene(.desk, context)
        let form: Fields = try await site.form(request, context)
        do {
            let numbers: ClosedRange<Int> = try await sheets.issue(
                form.integer("copies") ?? 0, of: Self.part(form.text("part")),
                in: Language(rawValue: form.text("language")) ?? context.language,
                WalkSheet.Format(rawValue: form.text("size")) ?? .a4, for: scene.walk.id, by: scene.actor)
            return site.see(
                "\(scene.base)#runs",
                flash: .done("walks.paper.issued", ["count": scene.strings.number(numbers.count)]))
        } catch let refusal as WalkSheetRefusal {
            return try await page(scene, form, Refused(refusal).fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    /// A sheet that came back without a number is given one, and entered at once.
    @Sendable private func arrive(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PaperSheetScene = try await scene(.desk, context)
        let form: Fields = try await site.form(request, context)
        do {
            let numbers: ClosedRange<Int> = try await sheets.issue(
                1, of: Self.part(form.text("arrival")), in: context.language, for: scene.walk.id, by: scene.actor)
            guard let number = SheetNumber(numbers.lowerBound) else { throw Absent() }
            return site.see(
                scene.href(number), flash: .done("walks.paper.arrived", ["number": number.text]))
        } catch let refusal as WalkSheetRefusal {
            return try await page(scene, form, Refused(refusal).fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private static func part(_ text: String) -> WalkSheets.Part {
        text == "between" ? .between : Int(text).map { .stop($0) } ?? .all
    }

    // MARK: Printing

    /// The numbered sheets of `?from=&to=`; without them a cover and one sheet of each kind.
    private func print(isPDF: Bool, _ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PaperSheetScene = try await scene(.desk, context)
        let query: Fields = try request.query()
        let place = WalkPress.Place(here: "\(scene.base)/print", back: scene.base, showsCode: true)
        let choice = WalkPress.Choice(query, reader: context.language)
        let job: PrintJob
        if query.has("from") {
            let first: Int = query.integer("from") ?? 0
            let last: Int = query.integer("to") ?? first
            guard first >= 1, last >= first, last - first < WalkPress.sheetsAtOnce else {
                throw Refusal("walks.paper.error.range", ["most": String(WalkPress.sheetsAtOnce)])
            }
            let chosen: [WalkSheet] = try await sheets.list(
                of: scene.walk.id, numbers: first...last, by: scene.actor)
            guard !chosen.isEmpty else { throw Refusal("walks.paper.error.none") }
            job = try await press.numbered(chosen, of: scene.walk, at: place)
        } else {
            job = try await press.booklet(of: scene.walk, choice, at: place)
        }
        guard isPDF else { return site.printPage(job, request, context) }
        return try await site.printPDF(job, name: press.fileName(of: scene.walk, choice), context)
    }

    // MARK: Page

    private func page(
        _ scene: PaperSheetScene, _ fields: Fields, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = scene.strings
        let state = WalkSheet.State(rawValue: fields.text("state"))
        let after: Int = fields.integer("after") ?? 0
        do {
            let counts: [WalkSheet.State: Int] = try await sheets.counts(of: scene.walk.id, by: scene.actor)
            let found: [WalkSheet] = try await sheets.list(
                of: scene.walk.id, state, after: after, limit: Self.pageSize + 1, by: scene.actor)
            let runs: [WalkSheets.Run] = scene.isAgent ? try await sheets.runs(of: scene.walk.id, by: scene.actor) : []
            let route: Route? = try await walks.route(scene.walk.route)
            let title: String = strings("walks.paper.title")
            return site.page(
                PaperSheetsPage(
                    scene, counts: counts, found: found, size: Self.pageSize, state: state, after: after, runs: runs,
                    stops: route?.stops ?? [], fields, errors),
                title: errors.title(title, strings), request, context, status: errors.status)
        } catch is NotAllowed { throw Absent() }
    }
}

extension PaperSheetsPage {
    init(
        _ scene: PaperSheetScene, counts: [WalkSheet.State: Int], found: [WalkSheet], size: Int,
        state: WalkSheet.State?, after: Int, runs: [WalkSheets.Run], stops: [Stop], _ fields: Fields,
        _ errors: FieldErrors
    ) {
        let strings: Strings = scene.strings
        let language: Language = strings.language
        let shown: [WalkSheet] = Array(found.prefix(size))
        let titles: [ID<Stop>: String] = Dictionary(
            stops.map { stop in
                (stop.id, strings("walks.paper.stop", ["number": String(stop.number), "title": stop.title(language)]))
            }, uniquingKeysWith: { first, _ in first })
        let between: String = strings("walks.paper.between")
        crumbs = scene.crumbs
        title = strings("walks.paper.title")
        base = scene.base
        isAgent = scene.isAgent
        self.errors = errors.summary(strings)
        number = errors.input("number", value: fields.text("number"), strings)
        self.counts = WalkSheet.State.allCases.map {
            PlaceFact(name: $0.word(strings).word, text: strings.number(counts[$0] ?? 0))
        }
        states =
            [SelectOption(value: "", label: strings("walks.paper.state.all"), selected: state == nil)]
            + WalkSheet.State.allCases.map {
                SelectOption(value: $0.rawValue, label: $0.word(strings).word, selected: $0 == state)
            }
        lines = shown.map { sheet in
            Line(
                serial: sheet.number.text, href: scene.href(sheet.number),
                part: sheet.stop.flatMap { titles[$0] } ?? between, status: sheet.state.word(strings),
                entered: sheet.enteredAt.map { at in
                    [strings.date(at), sheet.enteredBy].compactMap(\.self).joined(separator: ", ")
                } ?? "",
                lines: sheet.enteredAt == nil
                    ? "" : sheet.lines == 0 ? strings("walks.paper.blank") : strings.number(sheet.lines),
                scans: sheet.scans == 0 ? "" : strings.number(sheet.scans))
        }
        isEmpty = shown.isEmpty
        let own: String = state.map { "state=\($0.rawValue)&" } ?? ""
        paging =
            after == 0 && found.count <= size
            ? nil
            : Paging(
                words: strings(
                    "walks.paper.paging",
                    ["first": shown.first?.number.text ?? "–", "last": shown.last?.number.text ?? "–"]),
                previous: after > 0 ? "\(scene.base)?\(own)after=0" : nil,
                next: found.count > size ? "\(scene.base)?\(own)after=\(shown.last?.number.number ?? 0)" : nil)
        bookletHref = "\(scene.base)/print"
        bookletPDFs = Language.allCases.flatMap { paper in
            WalkSheet.Format.allCases.map { format in
                PlaceLink(
                    label: "\(ReaderChoice.name(of: paper)), \(strings("walks.paper.size.\(format.rawValue)"))",
                    href: "\(scene.base)/print.pdf\(WalkPress.Choice(paper, format).query)")
            }
        }
        copies = errors.input("copies", value: fields.text("copies").nonEmpty ?? "20", strings)
        let parts: [SelectOption] =
            stops.map { stop in
                SelectOption(
                    value: String(stop.number), label: titles[stop.id] ?? "",
                    selected: fields.text("part") == String(stop.number))
            }
            + [SelectOption(value: "between", label: between, selected: fields.text("part") == "between")]
        self.parts =
            [SelectOption(value: "all", label: strings("walks.paper.part.all"), selected: false)] + parts
        arrivals = parts
        languages = Language.allCases.map {
            SelectOption(value: $0.rawValue, label: ReaderChoice.name(of: $0), selected: $0 == language)
        }
        sizes = WalkSheet.Format.allCases.map {
            SelectOption(
                value: $0.rawValue, label: strings("walks.paper.size.\($0.rawValue)"),
                selected: fields.text("size") == $0.rawValue)
        }
        self.runs = runs.map { Run($0, base: scene.base, strings) }
        hasRuns = !runs.isEmpty
    }
}

extension PaperSheetsPage.Run {
    fileprivate init(_ run: WalkSheets.Run, base: String, _ strings: Strings) {
        func words(_ first: Int, _ last: Int) -> String {
            let texts: [String] = [first, last].map { SheetNumber($0)?.text ?? "" }
            return first == last ? texts[0] : strings("walks.paper.range", ["first": texts[0], "last": texts[1]])
        }
        numbers = words(run.numbers.lowerBound, run.numbers.upperBound)
        self.words = [
            ReaderChoice.name(of: run.language), strings("walks.paper.size.\(run.format.rawValue)"),
            strings.moment(run.issuedAt),
        ].joined(separator: ", ")
        files = stride(from: run.numbers.lowerBound, through: run.numbers.upperBound, by: WalkPress.sheetsAtOnce).map {
            let last: Int = min($0 + WalkPress.sheetsAtOnce - 1, run.numbers.upperBound)
            return PlaceLink(label: words($0, last), href: "\(base)/print.pdf?from=\($0)&to=\(last)")
        }
    }
}
