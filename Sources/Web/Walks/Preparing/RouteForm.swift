import Participation

/// A route as typed: its line, one point to a line, and its stops.
struct RouteForm: Sendable {
    let line: String
    let stops: WalkItems
    let revision: Int

    init(_ fields: Fields) {
        line = fields.text("line")
        stops = WalkItems(.stop, fields)
        revision = fields.integer("revision") ?? 0
    }

    /// The route as it is kept.
    init(_ file: WalkFile) {
        line = RouteDraft.typed(file.route.line)
        stops = WalkItems(file.route.stops.map(StopDraft.init))
        revision = file.routeRevision
    }

    /// The route as a file has it.
    init(_ found: RouteFound, of file: WalkFile) {
        line = RouteDraft.typed(found.file.line)
        stops = WalkItems(found.stops)
        revision = file.routeRevision
    }

    /// The route that the fields make.
    ///
    /// - Throws: `FieldErrors` with every field that is wrong.
    func draft(in city: GeoBox?) throws(FieldErrors) -> RouteDraft {
        var errors = FieldErrors()
        var points: [MapPoint] = []
        do throws(RouteProblem) {
            points = try RouteDraft.line(typed: line, city: city)
        } catch {
            let words: (key: String, arguments: [String: String]) = RouteWords.key(error)
            errors.add("line", words.key, words.arguments)
        }
        let stops: [StopDraft] = stops.stops(in: city, &errors)
        try errors.throwIfAny()
        return RouteDraft(line: points, stops: stops)
    }
}

extension StopDraft {
    /// A stop that is kept already.
    init(_ stop: Stop) {
        self.init(id: stop.id, title: stop.title, prompt: stop.prompt, point: stop.point)
    }
}

/// What a file says about a route that exists: which of its places are stops already, and which are new.
struct RouteFound: Sendable {
    let file: RouteFile
    let stops: [StopDraft]
    /// How many stops are recognised, how many are new, and how many of the route are not in the file.
    let known: Int, new: Int, gone: Int

    /// A place is a stop of the route when it has its name in any language, or else lies within 25 metres of it: the
    /// stop keeps its identity and its words. A file without places leaves the stops as they are.
    init(_ file: RouteFile, over route: Route, _ strings: Strings) {
        self.file = file
        guard !file.places.isEmpty else {
            stops = route.stops.map(StopDraft.init)
            (known, new, gone) = (stops.count, 0, 0)
            return
        }
        var left: [Stop] = route.stops
        func take(_ isIt: (Stop) -> Bool) -> Stop? {
            left.firstIndex(where: isIt).map { left.remove(at: $0) }
        }
        // By name first: a stop that was moved is not taken for its neighbour.
        let named: [Stop?] = file.places.map { place in
            take { $0.title.byLanguage.values.contains { $0.lowercased() == place.name.lowercased() } }
        }
        stops = zip(file.places, named).enumerated().map { index, pair in
            let (place, named) = pair
            let stop: Stop? = named ?? take { RouteMeasure.distance($0.point, place.point) <= 25 }
            let name: String =
                place.name.isEmpty
                ? strings("walks.prepare.stop.unnamed", ["number": strings.number(index + 1)]) : place.name
            return StopDraft(
                id: stop?.id, title: stop?.title ?? Texts([strings.language.rawValue: name]),
                prompt: stop?.prompt ?? Texts([:]), point: place.point)
        }
        known = stops.count { $0.id != nil }
        new = stops.count - known
        gone = left.count
    }
}

/// The route of a walk, to be drawn.
struct RoutePage: PageView {
    static let template = "walks/prepare-route"

    let crumbs: [PlaceLink]
    let action: String
    let importHref: String
    let revision: String
    /// What a file said, sentence by sentence; empty unless one was just read.
    let found: [String]
    let isFound: Bool
    /// People have walked it: only its words change.
    let isFixed: Bool
    /// How long it is; nil without a line.
    let length: String?
    let drawing: RouteDrawing?
    let line: Input
    let items: [WalkItemLine]
    let blank: [WalkItemLine]
    let tiles: String?
    let attribution: String?
    let backHref: String
    let errors: ErrorSummary?

    static let sample = RoutePage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], action: "/x", importHref: "/x/import", revision: "1",
        found: ["12 points."], isFound: true, isFixed: false, length: "1,2 km", drawing: .sample,
        line: Input(name: "line", value: "47, 7", error: "Faux"), items: [.sample], blank: [.sample],
        tiles: "https://tiles.example/{z}/{x}/{y}.png", attribution: "Tiles", backHref: "/x",
        errors: ErrorSummary(items: [.init(field: "line", text: "Faux")]))
}

extension RoutePage {
    init(
        _ form: RouteForm, _ scene: WalkScene, _ file: WalkFile, _ found: RouteFound?, _ drawing: RouteDrawing?,
        length: Double, tiles: MapTiles?, _ errors: FieldErrors
    ) {
        let strings: Strings = scene.strings
        let words = WalkWords(strings)
        let own = "\(scene.base)/\(file.walk.handle)"
        crumbs = scene.crumbs
        action = "\(own)/route"
        importHref = "\(own)/route/import"
        revision = String(form.revision)
        self.found = found.map { Self.sentences($0, words, strings) } ?? []
        isFound = found != nil
        isFixed = file.isRouteWalked
        self.length = length > 0 ? words.length(Int(length.rounded())) : nil
        self.drawing = drawing
        line = errors.input("line", value: form.line, strings)
        let lines: [WalkItemLine] = WalkItemLine.lines(form.stops, errors, strings)
        items = file.isRouteWalked ? Array(lines.dropLast()) : lines
        blank = file.isRouteWalked ? [] : [.blank(of: form.stops, strings)]
        self.tiles = tiles?.template
        attribution = tiles?.attribution
        backHref = own
        self.errors = errors.summary(strings)
    }

    private static func sentences(_ found: RouteFound, _ words: WalkWords, _ strings: Strings) -> [String] {
        let file: RouteFile = found.file
        var sentences: [String] = [
            strings.plural(
                "walks.prepare.found.line", file.points, ["length": words.length(Int(file.length.rounded()))])
        ]
        if let tolerance = file.tolerance {
            let metres: String = tolerance < 1 ? strings("walks.prepare.found.half") : strings.number(Int(tolerance))
            sentences.append(
                strings.plural("walks.prepare.found.simplified", file.line.count, ["metres": metres]))
        }
        if file.lines > 1 { sentences.append(strings.plural("walks.prepare.found.lines", file.lines)) }
        if file.places.isEmpty {
            sentences.append(strings("walks.prepare.found.no_stops"))
        } else {
            if found.known > 0 { sentences.append(strings.plural("walks.prepare.found.known", found.known)) }
            if found.new > 0 { sentences.append(strings.plural("walks.prepare.found.new", found.new)) }
            if found.gone > 0 { sentences.append(strings.plural("walks.prepare.found.gone", found.gone)) }
        }
        return sentences
    }
}
