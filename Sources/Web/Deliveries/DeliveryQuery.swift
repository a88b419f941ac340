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
    static func options(_ values: [(value: String, label: String)], chosen: String) -> [SelectOption] {
        Dictionary(values, uniquingKeysWith: { first, _ in first }).filter { !$0.key.isEmpty }
            .sorted { ($0.value, $0.key) < ($1.value, $1.key) }
            .map { SelectOption(value: $0.key, label: $0.value, selected: $0.key == chosen) }
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
        districts = DeliveryQuery.options(
            all.map { ($0.district, $0.districtName(strings.language)) }, chosen: query.district)
        hasDistricts = !districts.isEmpty
        themes = DeliveryQuery.options(
            all.map { ($0.theme, $0.themeName(strings.language)) }, chosen: query.theme)
        hasThemes = !themes.isEmpty
        countWords = strings.plural("deliveries.count", shown.count)
        // What goes on comes before what has ended.
        let order: [Delivery.Status] = [.underWay, .delayed, .planned, .done, .abandoned]
        let groups: [Delivery.Status: [Delivery]] = Dictionary(grouping: shown, by: \.status)
        // The numbers of the map, in the order in which it is drawn.
        let markers: [String: Int] = Dictionary(
            uniqueKeysWithValues: map == nil
                ? [] : shown.enumerated().filter { $1.point != nil }.map { ($1.handle, $0 + 1) })
        columns = order.compactMap { status in
            guard let group = groups[status] else { return nil }
            return Column(
                id: "status-\(status.rawValue)", status: words.status(status),
                countWords: strings.plural("deliveries.count", group.count),
                cards: group.map { DeliveryCard($0, marker: markers[$0.handle], words) })
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
