import PublicRecord

/// Sealed ballots and papers in one count.
struct MixedCount {
    /// The groups in which the ballots are opened.
    let groups: Groups
    /// The ballots in the order of the record: those that could not be opened, then by tracker, then papers.
    let opened: [OpenedBallot]
    /// What each project has in sealed ballots and on paper.
    let columns: ResultColumns

    private let definition: Definition
    private let papers: [SettledBatch]

    /// Puts the ballots of a vote into their groups and in their order.
    init(_ definition: Definition, envelopes: [OpenedEnvelope], papers: [SettledBatch]) throws {
        self.definition = definition
        self.papers = papers
        groups = Groups(Self.cells(envelopes, papers), smallCell: definition.smallCell)
        opened =
            Self.sealed(envelopes, in: groups)
            + SettledBatch.opened(papers, in: groups, grades: definition.ballot.grades)
        columns = ResultColumns(opened, scale: definition.ballot.grades.count)
    }

    /// The bytes of `result.json`.
    func result(definitionHash: Hash) throws -> [UInt8] {
        var count = try BallotCount(definition)
        for ballot in opened {
            let content: BallotCount.Content = ballot.ballot.map { .valid($0) } ?? .invalid(BallotCount.unreadable)
            try count.add(content, channel: ballot.channel, group: ballot.group)
        }
        // Blank and invalid papers are not opened one by one: they count in the group of their batch.
        for batch in papers {
            let name: String = Groups.Cell(channel: .paper, unit: batch.handle, ballots: 0).name
            let group: String = groups.group(of: .paper, unit: batch.handle)?.name ?? name
            if batch.blank > 0 {
                try count.add(.valid(definition.ballot.blank), channel: .paper, group: group, times: batch.blank)
            }
            for reason in batch.invalid {
                try count.add(.invalid(reason.reason), channel: .paper, group: group, times: reason.count)
            }
        }
        return try count.result(definitionHash: definitionHash).bytes
    }

    private static func cells(_ envelopes: [OpenedEnvelope], _ papers: [SettledBatch]) -> [Groups.Cell] {
        var sealed: [Groups.Cell: Int] = [:]
        for envelope in envelopes {
            sealed[Groups.Cell(channel: envelope.channel, unit: envelope.place, ballots: 0), default: 0] += 1
        }
        return sealed.map { Groups.Cell(channel: $0.key.channel, unit: $0.key.unit, ballots: $0.value) }
            + papers.map { Groups.Cell(channel: .paper, unit: $0.handle, ballots: $0.ballots.count) }
    }

    private static func sealed(_ envelopes: [OpenedEnvelope], in groups: Groups) -> [OpenedBallot] {
        var unreadable: [OpenedBallot] = []
        var readable: [(text: String, ballot: OpenedBallot)] = []
        for envelope in envelopes {
            guard let group = groups.group(of: envelope.channel, unit: envelope.place) else { continue }
            if let (tracker, ballot) = envelope.content {
                readable.append(
                    (
                        tracker.text,
                        OpenedBallot(channel: group.channel, group: group.name, ballot: ballot, tracker: tracker)
                    ))
            } else {
                unreadable.append(OpenedBallot(unreadableIn: group.name, channel: group.channel))
            }
        }
        // Those without a tracker come first, as the record wants them.
        return unreadable.sorted { $0.group < $1.group } + readable.sorted { $0.text < $1.text }.map(\.ballot)
    }
}
