import Participation

/// An ordered list in a form: the stops of a route, the themes of a walk or of a template. Each entry stands in three
/// languages; buttons move it up, down or away, and an empty one at the end waits for more.
struct WalkItems: Sendable {
    /// One entry as typed.
    struct Item: Sendable {
        /// Which one it is: the identity of a stop, the key of a theme; empty for a new one.
        var id: String
        /// What was typed, by the name of the field: `title-fr`, `prompt-de`, `latitude`.
        var values: [String: String]

        func texts(_ name: String) -> Texts {
            Texts(
                Dictionary(
                    uniqueKeysWithValues: Language.allCases.map {
                        ($0.rawValue, values["\(name)-\($0.rawValue)"] ?? "")
                    }))
        }
    }

    /// What is listed: its words begin so, and a stop has a place.
    enum Kind: String, Sendable {
        case stop, theme

        /// The names of the fields of an entry.
        var names: [String] {
            ["title", "prompt"].flatMap { name in Language.allCases.map { "\(name)-\($0.rawValue)" } }
                + (self == .stop ? ["latitude", "longitude"] : [])
        }
    }

    let kind: Kind
    private(set) var items: [Item]

    init(_ kind: Kind, _ items: [Item]) {
        self.kind = kind
        self.items = items
    }

    /// The stops of a route, to be changed.
    init(_ stops: [StopDraft]) {
        self.init(
            .stop,
            stops.map { stop in
                var values: [String: String] = Self.values(title: stop.title, prompt: stop.prompt)
                values["latitude"] = "\(stop.point.latitude)"
                values["longitude"] = "\(stop.point.longitude)"
                return Item(id: stop.id?.description ?? "", values: values)
            })
    }

    /// Themes, to be changed.
    init(_ themes: [WalkThemeDraft]) {
        self.init(
            .theme, themes.map { Item(id: $0.key ?? "", values: Self.values(title: $0.title, prompt: $0.prompt)) })
    }

    /// What was typed; an entry in which nothing stands is none. The button that was pressed has had its effect.
    init(_ kind: Kind, _ fields: Fields) {
        self.kind = kind
        let values: [String: String] = Dictionary(
            fields.names.map { ($0, fields.text($0)) }, uniquingKeysWith: { first, _ in first })
        let indices: [String] = Array(fields.all("item").filter { Int($0) != nil }.prefix(200))
        var listed: [(index: String, item: Item)] = indices.map { index in
            let typed: [(String, String)] = kind.names.map { ($0, values["item-\(index)-\($0)"] ?? "") }
            return (
                index,
                Item(id: values["item-\(index)-id"] ?? "", values: Dictionary(uniqueKeysWithValues: typed))
            )
        }.filter { !$0.item.id.isEmpty || $0.item.values.values.contains { !$0.isEmpty } }
        let act: [Substring] = fields.text("act").split(separator: "-")
        if act.count == 2, let place = listed.firstIndex(where: { $0.index == act[1] }) {
            switch act[0] {
            case "up" where place > 0: listed.swapAt(place, place - 1)
            case "down" where place < listed.count - 1: listed.swapAt(place, place + 1)
            case "remove": listed.remove(at: place)
            default: break
            }
        }
        items = listed.map(\.item)
    }

    private static func values(title: Texts, prompt: Texts) -> [String: String] {
        var values: [String: String] = [:]
        for (name, texts) in [("title", title), ("prompt", prompt)] {
            for (language, text) in texts.byLanguage { values["\(name)-\(language)"] = text }
        }
        return values
    }

    // MARK: Reading

    /// The themes that were typed, with what is wrong with them.
    func themes(_ errors: inout FieldErrors) -> [WalkThemeDraft] {
        items.enumerated().map { index, item in
            if item.texts("title").isEmpty { errors.add("item-\(index)-title-fr", "walks.prepare.refusal.item") }
            return WalkThemeDraft(
                key: item.id.isEmpty ? nil : item.id, title: item.texts("title"), prompt: item.texts("prompt"))
        }
    }

    /// The stops that were typed, with what is wrong with them.
    func stops(in city: GeoBox?, _ errors: inout FieldErrors) -> [StopDraft] {
        items.enumerated().compactMap { index, item in
            if item.texts("title").isEmpty { errors.add("item-\(index)-title-fr", "walks.prepare.refusal.item") }
            let id: ID<Stop>? = ID(item.id)
            if id == nil, !item.id.isEmpty { errors.add("", "walks.prepare.refusal.changed") }
            do throws(RouteProblem) {
                let point: MapPoint = try RouteDraft.point(
                    latitude: item.values["latitude"] ?? "", longitude: item.values["longitude"] ?? "", city: city)
                return StopDraft(id: id, title: item.texts("title"), prompt: item.texts("prompt"), point: point)
            } catch {
                errors.add("item-\(index)-latitude", RouteWords.pointKey(error))
                return nil
            }
        }
    }
}

/// An entry as `walks/prepare-items` shows it.
struct WalkItemLine: Sendable {
    let index: String
    let heading: String
    let id: String
    let isOpen: Bool
    let place: [Field]
    let titles: [Field]
    let prompts: [WalkFormPage.Area]
    /// The empty entry at the end cannot be moved or removed.
    let isThere: Bool
    let canRise: Bool
    let canSink: Bool

    static let sample = WalkItemLine(
        index: "0", heading: "1. Gare", id: "", isOpen: true, place: [FieldErrors.sampleField],
        titles: [FieldErrors.sampleField], prompts: WalkFormPage.sample.translations[0].areas, isThere: true,
        canRise: true, canSink: true)

    /// The entries of a list, and the empty one that waits for more.
    static func lines(_ items: WalkItems, _ errors: FieldErrors, _ strings: Strings) -> [WalkItemLine] {
        let new = WalkItems.Item(id: "", values: [:])
        return (items.items + [new]).enumerated().map { index, item in
            line(item, String(index), of: items, at: index, errors, strings)
        }
    }

    /// The empty entry that scripts copy.
    static func blank(of items: WalkItems, _ strings: Strings) -> WalkItemLine {
        line(
            WalkItems.Item(id: "", values: [:]), "blank", of: items, at: items.items.count, FieldErrors(), strings)
    }

    private static func line(
        _ item: WalkItems.Item, _ index: String, of items: WalkItems, at place: Int, _ errors: FieldErrors,
        _ strings: Strings
    ) -> WalkItemLine {
        let key = "walks.prepare.\(items.kind.rawValue)"
        let isThere: Bool = place < items.items.count
        func name(_ field: String) -> String { "item-\(index)-\(field)" }
        let isWrong: Bool = items.kind.names.contains { errors.text(for: name($0), strings) != nil }
        return WalkItemLine(
            index: index,
            heading: isThere
                ? "\(place + 1). \(item.texts("title")(strings.language))" : strings("\(key).new"),
            id: item.id, isOpen: isWrong,
            place: items.kind == .theme
                ? []
                : ["latitude", "longitude"].map {
                    errors.field(
                        name($0), label: strings("walks.prepare.field.\($0)"), value: item.values[$0] ?? "",
                        autocomplete: "off", inputmode: "decimal", strings)
                },
            titles: Language.allCases.map { language in
                errors.field(
                    name("title-\(language.rawValue)"),
                    label: strings(
                        "walks.prepare.item.title", ["language": strings("language.\(language.rawValue)")]),
                    value: item.values["title-\(language.rawValue)"] ?? "", optional: language != .french,
                    autocomplete: "off", strings)
            },
            prompts: Language.allCases.map { language in
                WalkFormPage.Area(
                    name: name("prompt-\(language.rawValue)"),
                    label: strings(
                        "\(key).prompt", ["language": strings("language.\(language.rawValue)")]),
                    value: item.values["prompt-\(language.rawValue)"] ?? "", hint: nil, problem: nil, optional: true,
                    language: language.rawValue, described: nil)
            },
            isThere: isThere, canRise: isThere && place > 0, canSink: place < items.items.count - 1)
    }
}
