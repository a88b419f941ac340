public import Postgres

/// Examinations: begun, asked about, answered by opinions and notes of staff.
public struct Examinations: Sendable {
    let pool: Pool
    /// The city's time zone by its IANA name: deadlines are days of the city.
    let zone: String
    let notices: ProposalNotices

    /// Examinations kept in the database of `pool`; `zone` is the city's time zone, such as `Europe/Paris`.
    public init(pool: Pool, zone: String, correspondent: any ProposalCorrespondent) {
        self.pool = pool
        self.zone = zone
        notices = ProposalNotices(correspondent: correspondent)
    }

    /// Opens the examination of a proposal: the first of one that was received, the next of one that was refused. Its
    /// authors are told.
    ///
    /// - Throws: `ExaminationRefusal.onBallot`, `.notInExamination` when it can be examined no more; `.alreadyDecided`
    ///   when one is going on; `NotAllowed` unless the actor is an agent of the process.
    public func open(_ number: Int64, of process: ID<Process>, by actor: Actor) async throws {
        try await pool.transaction("examination.open") { transaction in
            let file: LockedFile = try await FileAccess.lock(
                number, of: process, by: actor, [.participationAgent], in: transaction)
            switch file.proposal.status {
            case .received, .refused: break
            case .onBallot: throw ExaminationRefusal.onBallot
            case .inExamination: throw ExaminationRefusal.alreadyDecided
            default: throw ExaminationRefusal.notInExamination
            }
            try await Self.begin([number], of: process, by: actor, in: transaction)
            try await notices.tell(
                .authors, of: .examinationOpened, about: file.proposal.id, by: actor, in: transaction)
        }
    }

    /// Begins the next round of proposals that the transaction holds.
    @discardableResult
    static func begin(
        _ numbers: [Int64], of process: ID<Process>, by actor: Actor, in transaction: some Executor
    ) async throws -> [ID<Proposal>] {
        guard !numbers.isEmpty else { return [] }
        let rows: [Row] = try await transaction.query(
            "examination.insert",
            """
            WITH begun AS (
                UPDATE proposal SET status = 'in_examination', changed_at = now()
                WHERE process_id = \(process) AND number = ANY (\(numbers)) RETURNING id, number
            )
            INSERT INTO examination (id, proposal_id, round, opened_by)
            SELECT fresh.id, begun.id, 1 + (SELECT count(*) FROM examination WHERE proposal_id = begun.id),
                   \(actor.account)
            FROM begun JOIN unnest(\(numbers.map { _ in ID<Examination>() }), \(numbers)) AS fresh (id, number)
              ON fresh.number = begun.number
            RETURNING proposal_id
            """)
        let proposals: [ID<Proposal>] = try rows.map { ID(try $0.get("proposal_id")) }
        try await Acts.recordEach("examination_opened", by: actor, on: "proposal", proposals, in: transaction)
        return proposals
    }

    /// Gives the opinion of a service that was asked. A later one takes the place of the one before.
    ///
    /// - Throws: `ExaminationRefusal`; `NotAllowed` unless the actor is an agent of the process, or an examiner of it in
    ///   that service.
    public func give(
        _ draft: OpinionDraft, for service: ID<ExaminingService>, on number: Int64, of process: ID<Process>,
        by actor: Actor
    ) async throws {
        try draft.check()
        let id = ID<Opinion>()
        try await pool.transaction("opinion.give") { transaction in
            let file: LockedFile = try await FileAccess.lock(number, of: process, by: actor, in: transaction)
            if let mine = file.services, !mine.contains(service) { throw NotAllowed(roles: FileAccess.roles) }
            let examination: ID<Examination> = try file.going()
            let asked: Row? = try await transaction.one(
                "opinion.asked",
                """
                SELECT 1 AS found FROM assignment
                WHERE examination_id = \(examination) AND service_id = \(service) AND withdrawn_at IS NULL
                """)
            guard asked != nil else { throw ExaminationRefusal.notAssigned }
            let answers: [(ID<ExaminationPoint>, Opinion.Answer)] = draft.answers.map { ($0.key, $0.value) }
            _ = try await transaction.pipeline([
                (
                    "opinion.insert",
                    """
                    INSERT INTO opinion (id, examination_id, service_id, account_id, feasibility, words)
                    VALUES (\(id), \(examination), \(service), \(actor.account), \(draft.feasibility.rawValue),
                            \(draft.words.json)::jsonb)
                    """
                ),
                (
                    // A question of another process is no question here.
                    "opinion_answer.insert",
                    """
                    INSERT INTO opinion_answer (opinion_id, criterion_id, answer)
                    SELECT \(id), criterion.id, given.answer
                    FROM unnest(\(answers.map(\.0)), \(answers.map(\.1.rawValue))) AS given (id, answer)
                    JOIN criterion ON criterion.id = given.id AND criterion.process_id = \(process)
                    """
                ),
                (
                    "cost_line.insert",
                    """
                    INSERT INTO cost_line (opinion_id, position, kind, label, cents)
                    SELECT \(id), line.position, line.kind, line.label, line.cents
                    FROM unnest(\(draft.costs.map(\.kind.rawValue)), \(draft.costs.map(\.label)),
                                \(draft.costs.map(\.cents)))
                        WITH ORDINALITY AS line (kind, label, cents, position)
                    """
                ),
            ])
            try await Acts.record(
                "opinion_given", by: actor, on: "proposal", file.proposal.id,
                detail: ["service": service.description, "feasibility": draft.feasibility.rawValue], in: transaction)
        }
    }

    /// Writes a note that only staff who may open the file read.
    ///
    /// - Throws: `ExaminationRefusal.wordless`, `.tooLong`, `.notInExamination` before the first examination;
    ///   `NotAllowed` as ``give(_:for:on:of:by:)``.
    public func note(_ words: String, on number: Int64, of process: ID<Process>, by actor: Actor) async throws {
        guard !words.isEmpty else { throw ExaminationRefusal.wordless(nil) }
        guard words.unicodeScalars.count <= 5000 else { throw ExaminationRefusal.tooLong }
        try await pool.transaction("note.write") { transaction in
            let file: LockedFile = try await FileAccess.lock(number, of: process, by: actor, in: transaction)
            guard let examination = file.examination, let account = actor.account else {
                throw ExaminationRefusal.notInExamination
            }
            try await transaction.execute(
                "internal_note.insert",
                """
                INSERT INTO internal_note (id, examination_id, account_id, words)
                VALUES (\(ID<InternalNote>()), \(examination), \(account), \(words))
                """)
            try await Acts.record("note_written", by: actor, on: "proposal", file.proposal.id, in: transaction)
        }
    }
}

/// What somebody of a service writes.
public struct OpinionDraft: Sendable {
    /// Whether it can be done.
    public var feasibility: Opinion.Feasibility
    /// The public words, in one language at least.
    public var words: Texts
    /// Answers to questions of the check-list.
    public var answers: [ID<ExaminationPoint>: Opinion.Answer]
    /// What it costs.
    public var costs: [CostLine]

    /// An opinion with all it says.
    public init(
        feasibility: Opinion.Feasibility, words: Texts, answers: [ID<ExaminationPoint>: Opinion.Answer] = [:],
        costs: [CostLine] = []
    ) {
        self.feasibility = feasibility
        self.words = words
        self.answers = answers
        self.costs = costs
    }

    fileprivate func check() throws(ExaminationRefusal) {
        guard !words.isEmpty else { throw .wordless(nil) }
        guard words.fits else { throw .tooLong }
        for (index, line) in costs.enumerated() {
            guard (1...200).contains(line.label.unicodeScalars.count), (0...100_000_000_000_000).contains(line.cents)
            else { throw .malformedCost(line: index) }
        }
    }
}

extension Texts {
    /// Whether each text is at most as long as public words of an examination may be.
    var fits: Bool { byLanguage.values.allSatisfy { $0.unicodeScalars.count <= 5000 } }
}
