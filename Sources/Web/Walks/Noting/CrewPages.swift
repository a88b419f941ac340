import Participation

/// What the crew of a walk sees on site.
struct CrewPage: PageView {
    static let template = "walks/sheet-crew"

    /// One observation that has arrived.
    struct Line: Sendable {
        struct Photo: Sendable {
            let source: String, href: String, alt: String
            let width: Int, height: Int
        }

        let kind: String, place: String, words: String, language: String?
        let state: StatusWord
        let photos: [Photo]
        let hasPhotos: Bool
    }

    let walk: String, walkHref: String, sheetHref: String, posterHref: String, action: String
    let errors: ErrorSummary?
    let heads: [Field]
    let total: String
    let lines: [Line]
    let hasLines: Bool
    let more: String?

    static let sample = CrewPage(
        walk: "Autour de la gare", walkHref: "/walks/gare", sheetHref: "/walks/gare/sheet",
        posterHref: "/walks/gare/sheet/poster", action: "/walks/gare/sheet/crew",
        errors: ErrorSummary(items: [.init(field: "women", text: "Tapez un nombre.")]),
        heads: [
            Field(
                name: "women", label: "Femmes", type: "text", value: "3", hint: "—", problem: "—", optional: true,
                autocomplete: "off", inputmode: "numeric", size: "short", described: "women-hint")
        ], total: "3 observations arrivées, 2 photos",
        lines: [
            Line(
                kind: "Problème", place: "Arrêt 1", words: "Un banc cassé", language: "fr", state: .sample,
                photos: [.init(source: "/media/1/small", href: "/media/1/large", alt: "Un banc", width: 1, height: 1)],
                hasPhotos: true)
        ], hasLines: true, more: "?behind=1")
}

extension CrewPage {
    /// What was counted and what has arrived.
    init(
        _ walk: Walk, _ typed: Fields, _ errors: FieldErrors, _ total: ArrivedObservations.Total,
        _ items: [ArrivedObservations.Item], more: String?, _ strings: Strings
    ) {
        let words = WalkWords(strings)
        self.walk = walk.title(strings.language)
        walkHref = "/walks/\(walk.handle)"
        sheetHref = "/walks/\(walk.handle)/sheet"
        posterHref = "/walks/\(walk.handle)/sheet/poster"
        action = "/walks/\(walk.handle)/sheet/crew"
        self.errors = errors.summary(strings)
        heads = HeadCategory.allCases.map { category in
            errors.field(
                category.rawValue, label: words.category(category), value: typed.text(category.rawValue),
                optional: true, autocomplete: "off", inputmode: "numeric", size: "short", strings)
        }
        self.total = strings.plural(
            "walks.sheet.crew.arrived", total.observations,
            ["photos": strings.plural("walks.sheet.crew.photos", total.photos)])
        lines = items.map { item in
            let seen: Observation = item.observation
            let stop: String =
                item.stop.map { strings("walks.sheet.crew.at_stop", ["number": "\($0)"]) }
                ?? strings("walks.sheet.crew.on_the_way")
            return Line(
                kind: words.kind(seen.kind), place: seen.place.isEmpty ? stop : "\(stop), \(seen.place)",
                words: seen.words, language: seen.language == strings.language ? nil : seen.language.rawValue,
                state: words.state(seen.state),
                photos: item.photos.compactMap { photo in
                    photo.small.map { size in
                        Line.Photo(
                            source: "/media/\(photo.id)/small", href: "/media/\(photo.id)/large", alt: photo.alt,
                            width: size.width, height: size.height)
                    }
                }, hasPhotos: !item.photos.isEmpty)
        }
        hasLines = !items.isEmpty
        self.more = more
    }
}

/// The poster of the meeting point: the QR code of the sheet.
struct PosterSheet: PageView {
    static let template = "walks/sheet-poster"
    static let sample = PosterSheet(
        classes: "a4 poster", walk: "Autour de la gare", when: "12 mai 2027 à 18 h", place: "Devant la gare",
        picture: "<svg/>",
        address: "https://city.example/walks/gare/sheet", code: "abcd 2345", backHref: "/walks/gare/sheet/crew",
        pdfHref: "/walks/gare/sheet/poster.pdf")

    let classes: String, walk: String, when: String, place: String?, picture: String, address: String, code: String
    let backHref: String, pdfHref: String
}
