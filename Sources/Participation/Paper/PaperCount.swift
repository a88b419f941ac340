import Foundation
import Postgres
import PublicRecord

/// A settled batch as the count reads it: from the very file that the record names.
struct SettledBatch {
    /// The batch, and the file that the record names.
    let handle: String, file: Hash
    /// Its counted papers by their numbers, in order.
    let ballots: [(paper: Int, ballot: Ballot)]
    /// Its blank papers, and its invalid ones by reason.
    let blank: Int, invalid: [Entry.ReasonCount]

    /// What the record promises of a batch.
    struct Promise {
        /// The file, and what it holds.
        let file: Hash, counted: Int, blank: Int, invalid: [Entry.ReasonCount]
        /// The place of the entry in the record.
        let index: Int64
    }

    /// The settled batches of a vote, each compared with what the record promises of it.
    ///
    /// - Throws: `VoteRefusal.batchesUnsettled` while one is not settled, `.swappedBatch` where a file is not the one
    ///   that the record names, or does not hold what it says.
    static func load(
        _ promised: [String: Promise], of vote: Vote, opening: VoteOpening, in executor: some Executor
    ) async throws -> [SettledBatch] {
        let batches: [Batch] = try await Batches.load(where: "batch.vote_id = \(vote.id)", in: executor)
        let open: [String] = batches.filter { $0.settlement == nil || promised[$0.handle] == nil }.map(\.handle)
        guard open.isEmpty else { throw VoteRefusal.batchesUnsettled(open) }
        let reader = PaperReader(opening.definition)
        var settled: [SettledBatch] = []
        for (handle, promise) in promised.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            let row: Row? = try await executor.one(
                "record_file.settled",
                "SELECT bytes FROM record_file WHERE vote_id = \(vote.id) AND hash = \(promise.file.bytes)")
            let bytes: [UInt8] = try row?.get("bytes") ?? []
            guard Hash(of: bytes) == promise.file, let file = PaperFile(bytes: bytes),
                let batch = SettledBatch(handle, file, reader), batch.holds(promise)
            else { throw VoteRefusal.swappedBatch(entry: promise.index) }
            settled.append(batch)
        }
        return settled
    }

    /// Refuses when the settled batches of a vote are no longer these.
    static func confirm(_ batches: [SettledBatch], of vote: ID<Vote>, _ transaction: Transaction) async throws {
        let now: [Batch] = try await Batches.load(where: "batch.vote_id = \(vote)", in: transaction)
        let files: [String: Hash] = Dictionary(batches.map { ($0.handle, $0.file) }) { first, _ in first }
        let changed: [String] = now.filter { $0.settlement == nil || $0.settlement?.file != files[$0.handle] }
            .map(\.handle)
        guard changed.isEmpty else { throw VoteRefusal.batchesUnsettled(changed) }
    }

    /// Nil when a line is not what a paper can say.
    private init?(_ handle: String, _ file: PaperFile, _ reader: PaperReader) {
        var ballots: [(Int, Ballot)] = []
        var blank = 0
        var invalid: [String: Int] = [:]
        for (index, line) in file.lines.enumerated() {
            guard let content = try? reader.read(line) else { return nil }
            switch content.outcome {
            case .counted(let ballot): ballots.append((index + 1, ballot))
            case .blank: blank += 1
            case .invalid(let reason): invalid[reason, default: 0] += 1
            }
        }
        self.handle = handle
        self.file = Hash(of: file.bytes)
        self.ballots = ballots
        self.blank = blank
        self.invalid = invalid.map { Entry.ReasonCount($0.key, $0.value) }.sorted { $0.reason < $1.reason }
    }

    private func holds(_ promise: Promise) -> Bool {
        ballots.count == promise.counted && blank == promise.blank && Set(invalid) == Set(promise.invalid)
    }

    /// The papers of batches as they are opened, by group and serial.
    ///
    /// In a group of one batch the serial is the number of the paper in it. Where batches were joined because one is
    /// too small, the papers are put in the order of their choices and numbered anew: nothing tells which batch a paper
    /// lay in.
    static func opened(_ batches: [SettledBatch], in groups: Groups, grades labels: [String]) -> [OpenedBallot] {
        var members: [String: [SettledBatch]] = [:]
        for batch in batches {
            guard let group = groups.group(of: .paper, unit: batch.handle) else { continue }
            members[group.name, default: []].append(batch)
        }
        return members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.flatMap { name, batches in
            if batches.count == 1 {
                return batches[0].ballots.map { OpenedBallot(group: name, ballot: $0.ballot, paper: $0.paper) }
            }
            let all: [(key: [UInt8], ballot: Ballot)] = batches.flatMap(\.ballots)
                .map { ($0.ballot.json(grades: labels).encoded(), $0.ballot) }
            return all.sorted { $0.key.lexicographicallyPrecedes($1.key) }.enumerated()
                .map { OpenedBallot(group: name, ballot: $1.ballot, paper: $0 + 1) }
        }
    }

    /// Shows the files of the batches that stand alone in their group, with their entries. Those of a batch that was
    /// joined with another stay closed: they would tell what joining hides.
    static func publishFiles(
        of vote: ID<Vote>, _ batches: [SettledBatch], in groups: Groups, smallCell: Int, _ transaction: Transaction
    ) async throws {
        let alone: [String] = batches.filter { batch in
            let name: String = Groups.Cell(channel: .paper, unit: batch.handle, ballots: 0).name
            guard let group = groups.group(of: .paper, unit: batch.handle) else { return false }
            return group.name == name && group.ballots >= smallCell
        }.map(\.handle)
        try await transaction.execute(
            "record_file.publish",
            """
            UPDATE record_file SET published_at = now()
            WHERE vote_id = \(vote) AND published_at IS NULL AND hash IN (
                SELECT batch_entry.file_hash FROM batch_entry JOIN batch ON batch.id = batch_entry.batch_id
                WHERE batch.vote_id = \(vote) AND batch.handle = ANY (\(alone))
                UNION ALL
                SELECT settlement.file_hash FROM settlement JOIN batch ON batch.id = settlement.batch_id
                WHERE batch.vote_id = \(vote) AND batch.handle = ANY (\(alone)))
            """)
    }
}
