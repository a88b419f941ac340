import Foundation
import Participation
import PublicRecord

/// Which projects of a vote a reader wants to see, and in which order; it stands in the address.
struct ProjectQuery: Sendable {
    /// The orders of a list.
    enum Order: String, Sendable, CaseIterable {
        case shuffled, number, cost, title
    }

    let words: String
    let district: String
    let order: Order

    /// The query of an address or of a form; unknown values are the default ones.
    init(_ fields: Fields, default order: Order) {
        words = String(fields.text("q").prefix(100))
        district = fields.text("district")
        self.order = Order(rawValue: fields.text("sort")) ?? order
    }

    /// Whether some projects may be hidden.
    var isFilter: Bool { !words.isEmpty || !district.isEmpty }

    /// The query as an address carries it, with its question mark; empty for the default query.
    func address(default standard: Order) -> String {
        var parts: [String] = []
        if !words.isEmpty { parts.append("q=\(PercentDecoding.encode(words))") }
        if !district.isEmpty { parts.append("district=\(PercentDecoding.encode(district))") }
        if order != standard { parts.append("sort=\(order.rawValue)") }
        return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
    }

    /// The projects that match, in order.
    ///
    /// - Parameter seed: shuffles the same way for the same person, so that nobody's list jumps and no project is
    ///   always first.
    func apply(to projects: [VoteProject], _ language: Language, seed: String) -> [VoteProject] {
        let wanted: [String] = Self.fold(words).split(separator: " ").map(String.init)
        let matching: [VoteProject] = projects.filter { project in
            guard district.isEmpty || project.district == district else { return false }
            guard !wanted.isEmpty else { return true }
            let text: String = Self.fold(
                "\(project.number) \(project.title(language)) \(project.description(language)) \(project.district ?? "")"
            )
            return wanted.allSatisfy { text.contains($0) }
        }
        switch order {
        case .number: return matching.sorted { $0.number < $1.number }
        case .cost: return matching.sorted { ($0.cost, $0.number) < ($1.cost, $1.number) }
        case .title:
            return matching.map { (Self.fold($0.title(language)), $0) }
                .sorted { ($0.0, $0.1.number) < ($1.0, $1.1.number) }.map(\.1)
        case .shuffled:
            return matching.map { (Hash(of: Array("\(seed) \($0.key)".utf8)).bytes, $0) }
                .sorted { $0.0.lexicographicallyPrecedes($1.0) }.map(\.1)
        }
    }

    /// The choices of a list of districts.
    static func districts(of projects: [VoteProject], chosen: String) -> [SelectOption] {
        let names: [String] = Set(projects.compactMap(\.district)).sorted()
        return names.map { SelectOption(value: $0, label: $0, selected: $0 == chosen) }
    }

    /// The choices of the order of a list.
    func orders(_ strings: Strings, offering orders: [Order]) -> [SelectOption] {
        orders.map {
            SelectOption(value: $0.rawValue, label: strings("votes.sort.\($0.rawValue)"), selected: $0 == order)
        }
    }

    private static func fold(_ text: String) -> String {
        text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
    }
}

/// One choice of a list of choices.
struct SelectOption: Sendable {
    let value: String
    let label: String
    let selected: Bool
}
