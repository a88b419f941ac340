public import Foundation
public import Postgres

/// One page of a list of proposals.
public struct ProposalList: Sendable {
    /// How many proposals have a value of a facet, everything else of the search holding.
    public struct Facets: Sendable {
        /// By status, by the identity of the theme, by the code of the district, by cost.
        public var statuses: [Proposal.Status: Int] = [:], themes: [ID<Theme>: Int] = [:]
        /// By the code of the district, by cost.
        public var districts: [String: Int] = [:], costs: [CostBand: Int] = [:]
    }

    /// The proposals of the page.
    public let cards: [ProposalCard]
    /// How many the search finds in all.
    public let total: Int
    /// What there would be with another choice in one facet.
    public let facets: Facets
    /// Whether nothing had the words, and titles written nearly like them are shown instead.
    public let isNear: Bool
    /// Where the pages before and after begin; nil when there is none.
    public let previous: ProposalCursor?, next: ProposalCursor?
}

/// A proposal in a list.
public struct ProposalCard: Sendable {
    /// Its number in addresses.
    public let number: Int64
    /// Its title, and the language of the title.
    public let title: String, language: Language
    /// The first 600 characters of its text, in Markdown.
    public let beginning: String
    /// What became of it.
    public let status: Proposal.Status
    /// Its theme and the code of its district.
    public let theme: ID<Theme>?, district: String?
    /// Where it is on the map.
    public let point: MapPoint?
    /// What it may cost, in cents of the call's currency.
    public let cost: Int64?
    /// Distinct supporters; nil while counts are hidden.
    public let supports: Int?
    /// Visible comments.
    public let comments: Int
    /// When it was published.
    public let published: Date
    /// What the list is sorted by.
    let key: Int64
}

/// A place between two proposals of a list, for the page after or before it.
public struct ProposalCursor: Sendable, Hashable, CustomStringConvertible {
    /// The key and the number of the proposal at its edge.
    let key: Int64, number: Int64
    /// Whether the page lies before that proposal.
    let isBackwards: Bool

    init(_ card: ProposalCard, isBackwards: Bool) {
        key = card.key
        number = card.number
        self.isBackwards = isBackwards
    }

    /// The cursor in an address; nil for everything that ``description`` does not write.
    public init?(_ text: String) {
        let parts: [Substring] = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, ["after", "before"].contains(parts[0]), let key = Int64(parts[1]),
            let number = Int64(parts[2])
        else { return nil }
        self.key = key
        self.number = number
        isBackwards = parts[0] == "before"
    }

    /// The cursor as an address carries it: `after.1763721234567890.12`.
    public var description: String { "\(isBackwards ? "before" : "after").\(key).\(number)" }
}

/// The published proposals of a process, filtered and in order.
public struct ProposalLists: Sendable {
    private let pool: Pool
    private let calls: ProposalCalls

    /// The lists of the database of `pool`; `calls` says whether counts are hidden today.
    public init(pool: Pool, calls: ProposalCalls) {
        self.pool = pool
        self.calls = calls
    }

    /// The most proposals of one page.
    public static let pageSize = 24

    /// The page of a search that begins at the cursor; its first page without one.
    public func list(
        _ search: ProposalSearch, of process: ID<Process>, at cursor: ProposalCursor? = nil, size: Int = pageSize
    ) async throws -> ProposalList {
        let hidesCounts: Bool = try await calls.rule(of: process).hidesCounts
        let page = ProposalListPage(
            search: search, process: process, cursor: cursor, size: size, hidesCounts: hidesCounts)
        let found: ProposalList = try await page.load(.exact, from: pool)
        guard found.total == 0, !search.words.isEmpty else { return found }
        let rows: [Row] = try await pool.query(
            "proposal.near", "SELECT near_query(\(search.words))::text AS query")
        guard let near: String = try rows.first?.get("query") else { return found }
        return try await page.load(.near(near), from: pool)
    }

    /// Every proposal of a search that has a point, for the map; the newest `limit` of them.
    public func points(
        _ search: ProposalSearch, of process: ID<Process>, limit: Int
    ) async throws -> [ProposalCard] {
        let page = ProposalListPage(search: search, process: process, cursor: nil, size: limit, hidesCounts: true)
        return try await page.cards(.exact, where: "proposal.latitude IS NOT NULL", from: pool)
    }
}

/// The statements of one page of a list.
private struct ProposalListPage {
    let search: ProposalSearch
    let process: ID<Process>
    let cursor: ProposalCursor?
    let size: Int
    let hidesCounts: Bool

    func load(_ match: SearchMatch, from executor: some Executor) async throws -> ProposalList {
        let rows: [[Row]] = try await executor.pipeline([
            ("proposal.facets", facets(match)), ("proposal.list", list(match, where: "true", limit: size + 1)),
        ])
        var facets = ProposalList.Facets()
        var total = 0
        for row in rows[0] {
            let count = Int(try row.get("count", as: Int64.self))
            switch try row.get("facet", as: Int32.self) {
            case 7: if let status = Proposal.Status(rawValue: try row.get("status")) { facets.statuses[status] = count }
            case 11: if let theme: UUID = try row.get("theme_id") { facets.themes[ID(theme)] = count }
            case 13: if let district: String = try row.get("district_code") { facets.districts[district] = count }
            case 14: if let band = CostBand(rawValue: try row.get("band")) { facets.costs[band] = count }
            default: total = count
            }
        }
        let found: [ProposalCard] = try rows[1].map { try ProposalCard(row: $0, hidesCounts: hidesCounts) }
        let isNear: Bool = if case .near = match { total > 0 } else { false }
        let isBackwards: Bool = cursor?.isBackwards == true
        let cards: [ProposalCard] = isBackwards ? found.prefix(size).reversed() : Array(found.prefix(size))
        let hasMore: Bool = found.count > size
        let hasPrevious: Bool = isBackwards ? hasMore : cursor != nil
        let hasNext: Bool = isBackwards || hasMore
        return ProposalList(
            cards: cards, total: total, facets: facets, isNear: isNear,
            previous: hasPrevious ? cards.first.map { ProposalCursor($0, isBackwards: true) } : nil,
            next: hasNext ? cards.last.map { ProposalCursor($0, isBackwards: false) } : nil)
    }

    func cards(
        _ match: SearchMatch, where condition: SQL, from executor: some Executor
    ) async throws -> [ProposalCard] {
        try await executor.query("proposal.cards", list(match, where: condition, limit: size)).map {
            try ProposalCard(row: $0, hidesCounts: hidesCounts)
        }
    }

    /// The theme, the district and the cost that are looked for, each as a condition.
    private var theme: SQL { search.theme.map { "proposal.theme_id = \($0)" } ?? "true" }
    private var district: SQL { search.district.map { "proposal.district_code = \($0)" } ?? "true" }
    private var cost: SQL { search.cost.map { "\(sql: CostBand.column) = \($0.rawValue)" } ?? "true" }

    private func published(_ match: SearchMatch) -> SQL {
        """
        proposal.process_id = \(process) AND proposal.published_at IS NOT NULL
        AND \(sql: match.condition(search.words))
        """
    }

    private func list(_ match: SearchMatch, where condition: SQL, limit: Int) -> SQL {
        let key: SQL = search.key(match, hidesCounts: hidesCounts)
        let isBackwards: Bool = cursor?.isBackwards == true
        let from: SQL =
            switch cursor {
            case nil: "true"
            case .some(let cursor) where cursor.isBackwards: "(key, number) > (\(cursor.key), \(cursor.number))"
            case .some(let cursor): "(key, number) < (\(cursor.key), \(cursor.number))"
            }
        let order: SQL = isBackwards ? "key, number" : "key DESC, number DESC"
        // Chosen first from what an index holds, read afterwards: the rows are wide.
        return """
            SELECT proposal.number, proposal.title, left(proposal.body, 600) AS beginning, proposal.language,
                   proposal.status, proposal.theme_id, proposal.district_code, proposal.latitude, proposal.longitude,
                   proposal.cost, proposal.support_count, proposal.comment_count, proposal.published_at, chosen.key
            FROM (
                SELECT listed.number, listed.key FROM (
                    SELECT proposal.number, \(sql: key) AS key FROM proposal
                    WHERE \(sql: published(match)) AND proposal.status = ANY (\(search.wanted))
                      AND \(sql: theme) AND \(sql: district) AND \(sql: cost) AND \(sql: condition)) AS listed
                WHERE \(sql: from) ORDER BY \(sql: order) LIMIT \(limit)) AS chosen
            JOIN proposal ON proposal.number = chosen.number
            ORDER BY chosen.\(sql: isBackwards ? "key, chosen.number" : "key DESC, chosen.number DESC")
            """
    }

    /// One pass over what the words find: each facet counts what the other facets let through. The number that
    /// GROUPING gives has a bit for each column that is not grouped by, the first column being the highest.
    private func facets(_ match: SearchMatch) -> SQL {
        """
        SELECT GROUPING(status, theme_id, district_code, band) AS facet, status, theme_id, district_code, band,
               CASE GROUPING(status, theme_id, district_code, band)
                   WHEN 7 THEN count(*) FILTER (WHERE of_theme AND of_district AND of_cost)
                   WHEN 11 THEN count(*) FILTER (WHERE of_status AND of_district AND of_cost)
                   WHEN 13 THEN count(*) FILTER (WHERE of_status AND of_theme AND of_cost)
                   WHEN 14 THEN count(*) FILTER (WHERE of_status AND of_theme AND of_district)
                   ELSE count(*) FILTER (WHERE of_status AND of_theme AND of_district AND of_cost) END AS count
        FROM (
            SELECT proposal.status, proposal.theme_id, proposal.district_code, \(sql: CostBand.column) AS band,
                   proposal.status = ANY (\(search.wanted)) AS of_status, \(sql: theme) AS of_theme,
                   \(sql: district) AS of_district, \(sql: cost) AS of_cost
            FROM proposal WHERE \(sql: published(match))) AS found
        GROUP BY GROUPING SETS ((status), (theme_id), (district_code), (band), ())
        """
    }
}

extension ProposalCard {
    init(row: Row, hidesCounts: Bool) throws {
        number = try row.get("number")
        title = try row.get("title")
        // The schema's checks leave no other languages and words.
        language = Language(rawValue: try row.get("language"))!
        status = Proposal.Status(rawValue: try row.get("status"))!
        beginning = try row.get("beginning")
        theme = try row.get("theme_id", as: UUID?.self).map { ID($0) }
        district = try row.get("district_code")
        point = try MapPoint(row: row)
        cost = try row.get("cost")
        supports = hidesCounts ? nil : Int(try row.get("support_count", as: Int32.self))
        comments = Int(try row.get("comment_count", as: Int32.self))
        published = try row.get("published_at")
        key = try row.get("key")
    }
}
