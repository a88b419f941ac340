import Participation

/// What a reader of the board asked for; it stays in the address.
struct DeliveryQuery: Sendable {
    let status: Delivery.Status?
    let district: String
    let theme: String

    init(_ fields: Fields) {
        status = Delivery.Status(rawValue: fields.text("status"))
        district = fields.text("district")
        theme = fields.text("theme")
    }

    func apply(to deliveries: [Delivery]) -> [Delivery] {
        deliveries.filter { delivery in
            (status == nil || delivery.status == status) && (district.isEmpty || delivery.district == district)
                && (theme.isEmpty || delivery.theme == theme)
        }
    }

    /// The values that there are, in the order of the alphabet.
    static func options(_ values: [String], chosen: String) -> [SelectOption] {
        Set(values).filter { !$0.isEmpty }.sorted().map {
            SelectOption(value: $0, label: $0, selected: $0 == chosen)
        }
    }
}

extension DeliveriesPage {
    init(
        _ process: Participation.Process, _ all: [Delivery], _ query: DeliveryQuery, map: MapView? = nil,
        _ strings: Strings
    ) {
        let words = DeliveryWords(strings)
        let shown: [Delivery] = query.apply(to: all)
        processTitle = process.title(strings.language)
        processHref = "/processes/\(process.slug)"
        demonstration = process.demonstration
        here = "/processes/\(process.slug)/deliveries"
        figures = shown.isEmpty ? nil : Figures(shown, strings)
        statuses = Delivery.Status.allCases.map {
            SelectOption(value: $0.rawValue, label: words.status($0).word, selected: $0 == query.status)
        }
        districts = DeliveryQuery.options(all.map(\.district), chosen: query.district)
        hasDistricts = !districts.isEmpty
        themes = DeliveryQuery.options(all.map(\.theme), chosen: query.theme)
        hasThemes = !themes.isEmpty
        countWords = strings.plural("deliveries.count", shown.count)
        // What goes on comes before what has ended.
        let order: [Delivery.Status] = [.underWay, .delayed, .planned, .done, .abandoned]
        let groups: [Delivery.Status: [Delivery]] = Dictionary(grouping: shown, by: \.status)
        columns = order.compactMap { status in
            guard let group = groups[status] else { return nil }
            return Column(
                id: "status-\(status.rawValue)", status: words.status(status),
                countWords: strings.plural("deliveries.count", group.count),
                cards: group.map { DeliveryCard($0, words) })
        }
        self.map = map
        isEmpty = shown.isEmpty
        isFirst = all.isEmpty
        sums = order.compactMap { status in
            groups[status].map { Sum(words.status(status).word, $0, strings) }
        }
        total = Sum(strings("deliveries.total"), shown, strings)
        files = [
            ("deliveries.csv", "deliveries"), ("deliveries/milestones.csv", "milestones"),
            ("deliveries/spending.csv", "spending"),
        ].map { path, name in
            DeliveryLink(
                href: "/processes/\(process.slug)/\(path)", label: strings("deliveries.file.\(name)"), language: nil)
        }
        feedHref = "/processes/\(process.slug)/deliveries.atom"
    }
}

extension DeliveriesPage.Sum {
    fileprivate init(_ name: String, _ deliveries: [Delivery], _ strings: Strings) {
        let figures = Figures(deliveries, strings)
        self.name = name
        count = strings.number(deliveries.count)
        planned = figures.planned
        spent = figures.spent
    }
}
