/// The groups in which ballots are published, so that nobody's choices are exposed by being alone.
///
/// Ballots fall into cells: online ballots are one, each kiosk place is one, each batch of papers is one. Cells with
/// fewer ballots than the definition's `small_cell` are joined with others before anything is opened. Sealed ballots
/// join sealed ballots, papers join papers. Where all sealed ballots, or all papers, are together fewer than
/// `small_cell`, there is nothing to join: they are published as one group, and the verifier says so.
public struct Groups: Sendable, Equatable {
    /// A cell and how many ballots it has.
    public struct Cell: Sendable, Hashable {
        /// The channel of its ballots.
        public let channel: Channel
        /// The place of a kiosk, the batch of papers; nil online.
        public let unit: String?
        /// How many ballots.
        public let ballots: Int

        /// A cell with its ballots.
        public init(channel: Channel, unit: String?, ballots: Int) {
            self.channel = channel
            self.unit = unit
            self.ballots = ballots
        }

        /// The name of the group that the cell makes alone: `online`, `kiosk:<place>`, `paper:<batch>`.
        public var name: String {
            unit.map { "\(channel.rawValue):\($0)" } ?? channel.rawValue
        }
    }

    /// A published group.
    public struct Group: Sendable, Hashable {
        /// The names of its cells, sorted and joined by `+`.
        public let name: String
        /// The channel of its ballots, nil when they came by several.
        public let channel: Channel?
        /// How many ballots.
        public let ballots: Int
    }

    /// The groups, sorted by name.
    public let groups: [Group]
    private let names: [String: Group]

    /// Joins cells that are too small: again and again the smallest with the next smallest, by name where sizes are
    /// equal. Empty cells are left out.
    public init(_ cells: [Cell], smallCell: Int) {
        var groups: [Group] = []
        var names: [String: Group] = [:]
        for isPaper in [false, true] {
            var parts = cells.filter { ($0.channel == .paper) == isPaper && $0.ballots > 0 }.map { [$0] }
            while parts.count > 1 {
                parts.sort { Self.precedes($0, $1) }
                guard Self.ballots(parts[0]) < smallCell else { break }
                let smallest = parts.removeFirst()
                parts[0] += smallest
            }
            for part in parts {
                let channels = Set(part.map(\.channel))
                let group = Group(
                    name: Self.name(part), channel: channels.count == 1 ? channels.first : nil,
                    ballots: Self.ballots(part))
                groups.append(group)
                for cell in part { names[cell.name] = group }
            }
        }
        self.groups = groups.sorted { $0.name.precedesByCodePoint($1.name) }
        self.names = names
    }

    /// The group in which the ballots of a cell are published; nil for a cell without ballots.
    public func group(of channel: Channel, unit: String?) -> Group? {
        names[Cell(channel: channel, unit: unit, ballots: 0).name]
    }

    private static func ballots(_ part: [Cell]) -> Int { part.reduce(0) { $0 + $1.ballots } }

    private static func name(_ part: [Cell]) -> String {
        part.map(\.name).sorted { $0.precedesByCodePoint($1) }.joined(separator: "+")
    }

    private static func precedes(_ left: [Cell], _ right: [Cell]) -> Bool {
        let (one, other) = (ballots(left), ballots(right))
        return one == other ? name(left).precedesByCodePoint(name(right)) : one < other
    }
}
