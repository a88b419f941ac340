import Participation

/// The public list of proposals, with its filters.
struct ProposalListPage: PageView {
    static let template = "proposals/list"

    let processTitle: String
    let processHref: String
    let here: String
    let demonstration: Bool
    let writeHref: String?
    let search: String
    let states: [OptionGroup]
    let themes: [SelectOption]
    let hasThemes: Bool
    let districts: [SelectOption]
    let hasDistricts: Bool
    let costs: [SelectOption]
    let orders: [SelectOption]
    /// Goes with the form so that the order stays.
    let seed: String?
    let countWords: String
    /// Nothing was written like that, and what is shown is written nearly like it.
    let nearWords: String?
    let cards: [ProposalCardView]
    let isEmpty: Bool
    /// There is no proposal at all, whatever the filters.
    let isFirst: Bool
    /// Supports are counted, and shown when the phase is over.
    let hidesCounts: Bool
    let paging: Paging?
    let map: MapView?
    /// The map was asked for, and there is nothing on it.
    let isMapEmpty: Bool
    /// The address with the map, or without it where it is shown.
    let mapHref: String
    let isMap: Bool
    let csvHref: String
    let jsonHref: String
    let geojsonHref: String

    static let sample = ProposalListPage(
        processTitle: "Diagonales", processHref: "/processes/diagonales", here: "/processes/diagonales/proposals",
        demonstration: true, writeHref: "/processes/diagonales/proposals/new", search: "banc",
        states: [
            OptionGroup(
                label: "Idées", options: [SelectOption(value: "received", label: "Reçue (2)", selected: true)])
        ],
        themes: [SelectOption(value: "nature", label: "Nature (1)", selected: true)], hasThemes: true,
        districts: [SelectOption(value: "nord", label: "Nord (1)", selected: true)], hasDistricts: true,
        costs: [SelectOption(value: "small", label: "Moins de 10 000 € (1)", selected: true)],
        orders: [SelectOption(value: "newest", label: "Les plus récentes", selected: true)], seed: "4",
        countWords: "2 propositions", nearWords: "Rien n’est écrit ainsi.", cards: [.sample], isEmpty: true,
        isFirst: true, hidesCounts: true, paging: Paging(words: "2", previous: "?at=a", next: "?at=b"), map: .sample,
        isMapEmpty: true, mapHref: "?view=map", isMap: true, csvHref: "/processes/diagonales/proposals.csv",
        jsonHref: "/processes/diagonales/proposals.json", geojsonHref: "/processes/diagonales/proposals.geojson")
}

/// Choices under a heading of a list of choices.
struct OptionGroup: Sendable {
    let label: String
    let options: [SelectOption]
}

/// A proposal in a list.
struct ProposalCardView: Sendable {
    let number: String
    let title: String
    let wroteIn: String?
    let href: String
    let excerpt: String
    let status: StatusWord
    let theme: String?
    let district: String?
    let cost: String?
    /// In words; nil while counts are hidden.
    let supports: String?
    let comments: String?
    let published: String

    static let sample = ProposalCardView(
        number: "12", title: "Ein Brunnen", wroteIn: "de", href: "/proposals/12", excerpt: "Ein Brunnen…",
        status: .sample, theme: "Nature",
        district: "Nord", cost: "4 000 €", supports: "12 soutiens", comments: "3 commentaires",
        published: "2 mars 2026")
}

extension ProposalListPage {
    init(_ words: ProposalListWords, process: Participation.Process, rule: ProposalRule, map: MapView?) {
        processTitle = process.title(words.strings.language)
        processHref = "/processes/\(process.slug)"
        here = words.here
        demonstration = process.demonstration
        writeHref = rule.mayWrite ? "\(words.here)/new" : nil
        search = words.query.words
        states = words.states
        themes = words.themes
        hasThemes = !words.call.themes.isEmpty
        districts = words.districtOptions
        hasDistricts = !words.districts.isEmpty
        costs = words.costs
        orders = words.orders(hidesCounts: rule.hidesCounts)
        seed = words.query.order == .shuffled ? words.query.seed.map(String.init) : nil
        countWords = words.strings.plural("proposals.count", words.list.total)
        nearWords = words.list.isNear ? words.strings("proposals.near", ["words": words.query.words]) : nil
        cards = words.cards
        isEmpty = words.list.cards.isEmpty
        isFirst = words.list.cards.isEmpty && !words.search.isFilter
        hidesCounts = rule.hidesCounts && rule.maySupport
        paging = words.paging
        self.map = map
        isMap = words.query.isMap
        isMapEmpty = words.query.isMap && map == nil
        mapHref = words.query.address(words.here, isMap: !words.query.isMap)
        csvHref = "\(words.here).csv"
        jsonHref = "\(words.here).json"
        geojsonHref = "\(words.here).geojson"
    }
}
