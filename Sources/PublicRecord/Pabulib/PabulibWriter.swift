extension PabulibFile {
    /// The file as bytes. What was read and is written again says the same.
    public func bytes() -> [UInt8] {
        let lead = ["", "voter_id", "vote"] + (votes.hasPoints ? ["points"] : [])
        return Self.bytes(
            meta: meta, projects: projects, votes: votes, hasPoints: votes.hasPoints,
            voteColumns: votes.header.filter { !lead.contains($0) })
    }

    /// A `.pb` file: UTF-8, LF, quotes where needed, columns that nobody fills left out.
    ///
    /// - Parameters:
    ///   - meta: keys and values in the order in which they should stand.
    ///   - projects: in the order in which they should stand, usually by result.
    ///   - votes: the ballots.
    ///   - hasPoints: whether the ballots have points.
    ///   - voteColumns: the columns to write beside `voter_id`, `vote` and `points`.
    public static func bytes(
        meta: [(key: String, value: String)], projects: [PabulibProject], votes: some Sequence<PabulibVote>,
        hasPoints: Bool, voteColumns: [String] = ["voting_method"]
    ) -> [UInt8] {
        var writer = PabulibWriter()
        writer.row(["META"])
        writer.row(["key", "value"])
        for (key, value) in meta { writer.row([key, value]) }

        writer.row(["PROJECTS"])
        let columns = projectColumns(projects)
        writer.row(columns)
        for project in projects { writer.row(columns.map { project.columns[$0] ?? "" }) }

        writer.row(["VOTES"])
        writer.row(["voter_id", "vote"] + (hasPoints ? ["points"] : []) + voteColumns)
        for vote in votes {
            var fields = [vote.voter, vote.choices.joined(separator: ",")]
            if hasPoints { fields.append((vote.points ?? []).map { "\($0)" }.joined(separator: ",")) }
            fields += voteColumns.map { ($0 == "voting_method" ? vote.method : vote.columns[$0]) ?? "" }
            writer.row(fields)
        }
        return writer.bytes
    }

    /// The columns that have text somewhere: the needed ones, the usual ones, the others by name.
    private static func projectColumns(_ projects: [PabulibProject]) -> [String] {
        let names = projects.reduce(into: Set<String>()) { $0.formUnion($1.columns.keys) }
        let needed = ["project_id", "cost"]
        let usual = ["votes", "score", "name", "selected", "category", "district", "latitude", "longitude"]
        let known = needed + usual.filter { names.contains($0) }
        return known + names.subtracting(known).sorted(by: precedesAsText)
    }
}

extension PabulibProject {
    /// A line of PROJECTS to be written; columns that are `nil` stay empty.
    public init(
        id: String, cost: Int64, name: String? = nil, votes: Int64? = nil, score: Int64? = nil, selected: Int? = nil,
        district: String? = nil, categories: [String] = [], description: String? = nil, latitude: String? = nil,
        longitude: String? = nil, publicID: String? = nil, isWithdrawn: Bool = false
    ) {
        var columns = ["project_id": id, "cost": isWithdrawn ? "999999999" : Cents.units(cost)]
        columns["name"] = name
        columns["votes"] = votes.map { "\($0)" }
        columns["score"] = score.map { "\($0)" }
        columns["selected"] = selected.map { "\($0)" }
        columns["district"] = district
        columns["category"] = categories.isEmpty ? nil : categories.joined(separator: ",")
        columns["description"] = description
        columns["latitude"] = latitude
        columns["longitude"] = longitude
        columns["public_id"] = publicID
        self.init(
            id: id, cost: cost, name: name, votes: votes, score: score, selected: selected, district: district,
            categories: categories, description: description, latitude: latitude, longitude: longitude,
            publicID: publicID, columns: columns, isWithdrawn: isWithdrawn, line: 0)
    }
}

extension PabulibVote {
    /// A line of VOTES to be written.
    public init(voter: String, choices: [String], points: [Int64]? = nil, method: String? = nil) {
        self.init(voter: voter, choices: choices, points: points, method: method, columns: [:], line: 0)
    }
}

/// Writes separated values.
struct PabulibWriter {
    private(set) var bytes: [UInt8] = []

    mutating func row(_ fields: [String]) {
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ";")) }
            write(field)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Line breaks inside a field are legal, but many readers split the file at them first, so they become spaces.
    private mutating func write(_ field: String) {
        var needsQuotes = field.utf8.first == UInt8(ascii: "\"")
        let first = bytes.count
        for scalar in field.unicodeScalars {
            switch scalar {
            case "\u{0A}"..."\u{0D}", "\u{1C}"..."\u{1E}", "\u{85}", "\u{2028}", "\u{2029}":
                bytes.append(UInt8(ascii: " "))
            case "\"":
                needsQuotes = true
                bytes.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: "\"")])
            case ";":
                needsQuotes = true
                bytes.append(UInt8(ascii: ";"))
            default:
                bytes.append(contentsOf: String(scalar).utf8)
            }
        }
        guard needsQuotes else { return }
        bytes.insert(UInt8(ascii: "\""), at: first)
        bytes.append(UInt8(ascii: "\""))
    }
}
