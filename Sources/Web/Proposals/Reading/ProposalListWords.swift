import Participation

/// A list of proposals in the reader's language: the cards, and the choices with how many proposals each would leave.
struct ProposalListWords {
    let call: ProposalCall
    let districts: [District]
    let query: ProposalListQuery
    let list: ProposalList
    let here: String
    let strings: Strings

    var search: ProposalSearch { query.search(themes: call.themes, districts: districts) }

    var cards: [ProposalCardView] {
        let words = ProposalWords(strings)
        let themes: [ID<Theme>: String] = Dictionary(
            uniqueKeysWithValues: call.themes.map { ($0.id, $0.title(strings.language)) })
        let names: [String: String] = Dictionary(
            uniqueKeysWithValues: districts.map { ($0.code, $0.name(strings.language)) })
        return list.cards.map { card in
            ProposalCardView(
                number: String(card.number), title: card.title, wroteIn: card.language.foreign(to: strings.language),
                href: "/proposals/\(card.number)", excerpt: Markdown.excerpt(card.beginning, characters: 160),
                status: words.status(card.status),
                theme: card.theme.flatMap { themes[$0] }, district: card.district.flatMap { names[$0] },
                cost: card.cost.map { strings.money($0, currency: call.currency) },
                supports: card.supports.map { strings.plural("proposals.supports", $0) },
                comments: card.comments == 0 ? nil : strings.plural("proposals.comments", card.comments),
                published: strings.date(card.published))
        }
    }

    // MARK: Choices

    var states: [OptionGroup] {
        ProposalStateGroup.allCases.map { group in
            let present: [Proposal.Status] = group.statuses.filter {
                list.facets.statuses[$0] != nil || query.state == $0.rawValue
            }
            let sum: Int = group.statuses.reduce(0) { $0 + (list.facets.statuses[$1] ?? 0) }
            let whole: SelectOption = option(
                group.rawValue, strings("proposals.states.\(group.rawValue)"), sum, chosen: query.state)
            let single: [SelectOption] = present.map {
                option(
                    $0.rawValue, strings("proposals.status.\($0.rawValue)"), list.facets.statuses[$0] ?? 0,
                    chosen: query.state)
            }
            let isAlone: Bool = group.statuses.count == 1
            return OptionGroup(
                label: strings("proposals.group.\(group.rawValue)"), options: (isAlone ? [] : [whole]) + single)
        }.filter { !$0.options.isEmpty }
    }

    var themes: [SelectOption] {
        call.themes.map {
            option($0.slug, $0.title(strings.language), list.facets.themes[$0.id] ?? 0, chosen: query.theme)
        }
    }

    var districtOptions: [SelectOption] {
        districts.map {
            option($0.code, $0.name(strings.language), list.facets.districts[$0.code] ?? 0, chosen: query.district)
        }
    }

    var costs: [SelectOption] {
        let bands: [CostBand] = CostBand.allCases
        return bands.indices.map { index in
            let band: CostBand = bands[index]
            let next: Int64? = index + 1 < bands.count ? bands[index + 1].least : nil
            return option(
                band.rawValue, name(of: band, below: next), list.facets.costs[band] ?? 0,
                chosen: query.cost?.rawValue ?? "")
        }
    }

    func orders(hidesCounts: Bool) -> [SelectOption] {
        ProposalListQuery.Order.allCases.filter { order in
            switch order {
            case .best: !query.words.isEmpty
            case .supports: !hidesCounts
            case .newest, .shuffled: true
            }
        }.map {
            SelectOption(
                value: $0.rawValue, label: strings("proposals.sort.\($0.rawValue)"), selected: $0 == query.order)
        }
    }

    private func name(of band: CostBand, below: Int64?) -> String {
        func money(_ cents: Int64) -> String { strings.money(cents, currency: call.currency) }
        guard let least = band.least else { return strings("proposals.cost.unknown") }
        guard let below else { return strings("proposals.cost.from", ["least": money(least)]) }
        return least == 0
            ? strings("proposals.cost.below", ["most": money(below)])
            : strings("proposals.cost.between", ["least": money(least), "most": money(below)])
    }

    private func option(_ value: String, _ name: String, _ count: Int, chosen: String) -> SelectOption {
        SelectOption(value: value, label: "\(name) (\(strings.number(count)))", selected: value == chosen)
    }

    // MARK: Pages

    var paging: Paging? {
        guard list.previous != nil || list.next != nil else { return nil }
        return Paging(
            words: strings.plural("proposals.count", list.total),
            previous: list.previous.map { query.address(here, at: $0) },
            next: list.next.map { query.address(here, at: $0) })
    }
}
