import Foundation
import Hummingbird
import Participation

/// Makes the printed sheets of a walk.
struct WalkPress: Sendable {
    /// Numbered sheets in one file: the press has a minute.
    static let sheetsAtOnce = 40

    private let site: Site
    private let processes: Processes
    private let walks: Walks
    private let map: CityMap

    /// The press over the capabilities it needs.
    init(site: Site, processes: Processes, walks: Walks, map: CityMap) {
        self.site = site
        self.processes = processes
        self.walks = walks
        self.map = map
    }

    /// How the sheets are asked for: `?size=large&language=de`.
    struct Choice: Sendable {
        let language: Language
        let format: WalkSheet.Format

        init(_ query: Fields, reader: Language) {
            language = Language(rawValue: query.text("language")) ?? reader
            format = WalkSheet.Format(rawValue: query.text("size")) ?? .a4
        }

        init(_ language: Language, _ format: WalkSheet.Format) {
            self.language = language
            self.format = format
        }

        var query: String { "?language=\(language.rawValue)&size=\(format.rawValue)" }
    }

    /// Where the sheets are asked for.
    struct Place: Sendable {
        /// The address of the page, the PDF being the same with its ending, and of where it is left for.
        let here: String, back: String
        /// Whether the code of the walk is printed: not for everybody.
        let showsCode: Bool
    }

    /// A cover and one sheet of each kind, without numbers.
    func booklet(of walk: Walk, _ choice: Choice, at place: Place) async throws -> PrintJob {
        let words: Words = try await words(of: walk, choice)
        let stops: [Stop?] = words.route.stops.map(\.self) + [nil]
        let other: WalkSheet.Format = choice.format == .a4 ? .large : .a4
        let view: WalkPrint = words.view(
            cover: words.cover(address: site.absolute("/walks/\(walk.handle)/sheet"), showsCode: place.showsCode),
            sheets: stops.map { words.sheet(of: $0, number: nil) }, backHref: place.back,
            pdfHref: "\(place.here).pdf\(choice.query)",
            otherSize: PlaceLink(
                label: words.strings("walks.paper.size.\(other.rawValue)"),
                href: "\(place.here)\(Choice(choice.language, other).query)"))
        return PrintJob(
            view, title: words.title, language: choice.language,
            code: WalkSheetCode(walk: walk.handle, language: choice.language))
    }

    /// Sheets with their numbers, each a document of its own.
    func numbered(_ sheets: [WalkSheet], of walk: Walk, at place: Place) async throws -> PrintJob {
        guard let first = sheets.first else { throw Absent() }
        let choice = Choice(first.language, first.format)
        let words: Words = try await words(of: walk, choice)
        return PrintJob(
            title: words.title, language: choice.language,
            parts: sheets.map { sheet in
                let stop: Stop? = words.route.stops.first { $0.id == sheet.stop }
                return PrintJob.Part(
                    view: words.view(
                        cover: nil, sheets: [words.sheet(of: stop, number: sheet.number)], backHref: place.back,
                        pdfHref: "\(place.here).pdf?from=\(first.number.number)&to=\(sheets.last?.number.number ?? 0)",
                        otherSize: nil),
                    code: WalkSheetCode(walk: walk.handle, language: choice.language, sheet: sheet.number))
            })
    }

    /// The name of the file.
    func fileName(of walk: Walk, _ choice: Choice) -> String {
        "\(walk.handle)-\(choice.format.rawValue)-\(choice.language.rawValue).pdf"
    }

    private func words(of walk: Walk, _ choice: Choice) async throws -> Words {
        guard let route = try await walks.route(walk.route) else { throw Absent() }
        let process: Participation.Process? = try await processes.find(walk.process)
        return Words(
            walk: walk, route: route, themes: try await walks.themes(of: walk.id),
            processTitle: process?.title(choice.language) ?? "",
            map: WalkPrintMap(route: route, districts: try await map.districts()), format: choice.format,
            emergency: site.city.emergency, strings: site.strings(choice.language))
    }
}

extension WalkPress {
    /// One walk on paper, in one language and size.
    fileprivate struct Words {
        let walk: Walk
        let route: Route
        let themes: [WalkTheme]
        let processTitle: String
        let map: WalkPrintMap
        let format: WalkSheet.Format
        let emergency: Site.Emergency
        let strings: Strings

        private var language: Language { strings.language }
        var title: String { strings("walks.paper.print.title", ["walk": walk.title(language)]) }

        func view(
            cover: WalkPrint.Cover?, sheets: [WalkPrint.Sheet], backHref: String, pdfHref: String,
            otherSize: PlaceLink?
        ) -> WalkPrint {
            let words = WalkWords(strings)
            return WalkPrint(
                walkTitle: walk.title(language), titleLanguage: walk.title.foreign(to: language),
                processTitle: processTitle, classes: format == .large ? "a4 walk-sheets large" : "a4 walk-sheets",
                foot: strings("walks.paper.sheet"), cover: cover, isAlone: cover == nil, sheets: sheets,
                kinds: Observation.Kind.allCases.map { .init(code: SheetCodes.kind($0), word: words.kind($0)) },
                feelings: Observation.Feeling.allCases.map {
                    .init(code: SheetCodes.feeling($0), word: words.feeling($0))
                },
                themes: themes.enumerated().map {
                    .init(code: SheetCodes.theme($0.offset), word: $0.element.title(language))
                }, hasThemes: !themes.isEmpty,
                concerned: Concerned.allCases.map {
                    .init(code: SheetCodes.concerned($0), word: words.concerned($0))
                }, backHref: backHref, pdfHref: pdfHref, otherSize: otherSize)
        }

        func cover(address: String, showsCode: Bool) -> WalkPrint.Cover {
            let words = WalkWords(strings)
            func fact(_ key: String, _ text: String) -> PlaceFact? {
                text.isEmpty ? nil : PlaceFact(name: strings("walks.paper.fact.\(key)"), text: text)
            }
            let facts: [PlaceFact?] = [
                fact("when", strings.moment(walk.gathering.startsAt)),
                fact("rain", walk.rainStartsAt.map(strings.moment) ?? ""),
                fact("light", words.light(walk.light)),
                fact("meeting", walk.meetingPlace(language)),
                fact("length", route.length.map(words.length) ?? ""),
                fact("accessibility", walk.accessibility(language)),
                fact("image_rights", walk.imageRights(language)),
            ]
            return WalkPrint.Cover(
                aim: walk.aim(language).nonEmpty, aimLanguage: walk.aim.foreign(to: language),
                facts: facts.compactMap(\.self), map: map.overview(),
                stops: route.stops.map {
                    .init(
                        number: String($0.number), title: $0.title(language),
                        titleLanguage: $0.title.foreign(to: language))
                }, danger: danger, address: address,
                picture: QR.svg(showsCode ? "\(address)?code=\(walk.code)" : address),
                code: showsCode ? walk.code : nil)
        }

        private var danger: String {
            let call: String = strings("walks.paper.danger", ["number": emergency.phone])
            let city: String? = emergency.cityPhone.map { strings("walks.paper.danger.city", ["number": $0]) }
            return [call, city].compactMap(\.self).joined(separator: " ")
        }

        func sheet(of stop: Stop?, number: SheetNumber?) -> WalkPrint.Sheet {
            let lines: [String] = (1...WalkSheet.printedLines).map(String.init)
            let picture: String? = number.map {
                QR.svg(WalkSheetCode(walk: walk.handle, language: language, sheet: $0).text(page: nil))
            }
            guard let stop else {
                return WalkPrint.Sheet(
                    serial: number?.text, picture: picture, heading: strings("walks.paper.between"),
                    headingLanguage: nil, prompt: strings("walks.paper.between.words"), promptLanguage: nil,
                    map: map.overview(), isBetween: true, lines: lines)
            }
            return WalkPrint.Sheet(
                serial: number?.text, picture: picture,
                heading: strings(
                    "walks.paper.stop", ["number": String(stop.number), "title": stop.title(language)]),
                headingLanguage: stop.title.foreign(to: language), prompt: stop.prompt(language).nonEmpty,
                promptLanguage: stop.prompt.foreign(to: language), map: map.surroundings(of: stop), isBetween: false,
                lines: lines)
        }
    }
}
