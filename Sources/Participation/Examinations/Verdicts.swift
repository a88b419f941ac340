public import Postgres

/// The city's answers to proposals: prepared by asking the authors for another wording, decided, and published alone or
/// with others.
public struct Verdicts: Sendable {
    let pool: Pool
    let notices: ProposalNotices

    /// Answers kept in the database of `pool`.
    public init(pool: Pool, correspondent: any ProposalCorrespondent) {
        self.pool = pool
        notices = ProposalNotices(correspondent: correspondent)
    }

    /// Asks the authors for another wording, once in each round. The words are public; the authors are told.
    ///
    /// - Throws: `ExaminationRefusal.wordless`, `.tooLong`, `.notInExamination`, `.alreadyDecided`, `.alreadyAsked`;
    ///   `NotAllowed` unless the actor is an agent of the process.
    public func ask(_ words: Texts, of number: Int64, in process: ID<Process>, by actor: Actor) async throws {
        guard !words.isEmpty else { throw ExaminationRefusal.wordless(nil) }
        guard words.fits else { throw ExaminationRefusal.tooLong }
        try await Self.refusing {
            try await pool.transaction("adaptation.ask") { transaction in
                let file: LockedFile = try await FileAccess.lock(
                    number, of: process, by: actor, [.participationAgent], in: transaction)
                try await transaction.execute(
                    "adaptation_request.insert",
                    """
                    INSERT INTO adaptation_request (examination_id, words, asked_by)
                    VALUES (\(file.going()), \(words.json)::jsonb, \(actor.account))
                    """)
                try await Acts.record("adaptation_asked", by: actor, on: "proposal", file.proposal.id, in: transaction)
                try await notices.tell(
                    .authors, of: .adaptationWanted, about: file.proposal.id, by: actor, in: transaction)
            }
        }
    }

    /// Writes the answer of the city. Nobody outside learns of it before ``publish(_:of:by:)``.
    ///
    /// - Throws: `ExaminationRefusal`, `.alreadyDecided` where somebody else was quicker; `NotAllowed` unless the actor
    ///   is an agent of the process.
    public func decide(
        _ draft: VerdictDraft, on number: Int64, of process: ID<Process>, by actor: Actor
    ) async throws {
        try draft.check()
        try await Self.refusing {
            try await pool.transaction("verdict.decide") { transaction in
                let file: LockedFile = try await FileAccess.lock(
                    number, of: process, by: actor, [.participationAgent], in: transaction)
                let written: Int = try await transaction.execute(
                    "verdict.insert",
                    """
                    INSERT INTO verdict (examination_id, outcome, reason_id, words, cost, decided_by)
                    SELECT \(file.going()), \(draft.outcome.rawValue), \(draft.reason), \(draft.words.json)::jsonb,
                           \(draft.cost), \(actor.account)
                    WHERE \(draft.reason)::uuid IS NULL OR EXISTS (
                        SELECT FROM refusal_reason WHERE id = \(draft.reason)::uuid AND process_id = \(process))
                    """)
                guard written == 1 else { throw ExaminationRefusal.reasonless }
                try await Acts.record(
                    "verdict_decided", by: actor, on: "proposal", file.proposal.id,
                    detail: ["outcome": draft.outcome.rawValue], in: transaction)
            }
        }
    }

    /// Takes back an answer that has not been published.
    ///
    /// - Throws: `ExaminationRefusal.notDecided`; `NotAllowed` unless the actor is an agent of the process.
    public func takeBack(_ number: Int64, of process: ID<Process>, by actor: Actor) async throws {
        try await pool.transaction("verdict.take_back") { transaction in
            let file: LockedFile = try await FileAccess.lock(
                number, of: process, by: actor, [.participationAgent], in: transaction)
            guard let examination = file.examination, file.isDecided, !file.isPublished else {
                throw ExaminationRefusal.notDecided
            }
            try await transaction.execute(
                "verdict.delete", "DELETE FROM verdict WHERE examination_id = \(examination)")
            try await Acts.record("verdict_taken_back", by: actor, on: "proposal", file.proposal.id, in: transaction)
        }
    }

    /// Publishes the answers to these proposals in one act: their status changes, and authors and followers are told.
    /// Those without an unpublished answer, and those withdrawn or joined meanwhile, are passed over.
    ///
    /// - Returns: how many were published.
    /// - Throws: `ExaminationRefusal.notDecided` when there is none at all; `NotAllowed` unless the actor is an agent of
    ///   the process.
    @discardableResult
    public func publish(_ numbers: [Int64], of process: ID<Process>, by actor: Actor) async throws -> Int {
        try await pool.transaction("verdict.publish") { transaction in
            try await Authority.require([.participationAgent], of: actor, process: process, in: transaction)
            try await transaction.execute(
                "verdict.lock",
                """
                SELECT id FROM proposal
                WHERE process_id = \(process) AND number = ANY (\(numbers)) AND status = 'in_examination'
                ORDER BY id FOR UPDATE
                """)
            let rows: [Row] = try await transaction.query(
                "verdict.update",
                """
                WITH published AS (
                    UPDATE verdict SET published_at = clock_timestamp(), published_by = \(actor.account)
                    FROM examination JOIN proposal ON proposal.id = examination.proposal_id
                    WHERE examination.id = verdict.examination_id AND verdict.published_at IS NULL
                      AND proposal.process_id = \(process) AND proposal.number = ANY (\(numbers))
                      AND proposal.status = 'in_examination'
                    RETURNING proposal.id, verdict.outcome
                )
                UPDATE proposal SET status = published.outcome, changed_at = now()
                FROM published WHERE published.id = proposal.id
                RETURNING proposal.id, proposal.status
                """)
            guard !rows.isEmpty else { throw ExaminationRefusal.notDecided }
            var events: [ID<Proposal>: ProposalNotice.Event] = [:]
            for row in rows {
                let isAccepted: Bool = try row.get("status", as: String.self) == "accepted"
                events[ID(try row.get("id"))] = isAccepted ? .accepted : .refused
            }
            try await Acts.recordEach(
                "verdict_published", by: actor, on: "proposal", Array(events.keys), in: transaction)
            try await notices.tell(.everybody, of: events, by: actor, in: transaction)
            return rows.count
        }
    }

    static func refusing<T>(_ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch let error as PostgresError {
            switch error.constraint {
            case "verdict_once": throw ExaminationRefusal.alreadyDecided
            case "adaptation_request_once": throw ExaminationRefusal.alreadyAsked
            case "author_answer_once": throw ExaminationRefusal.alreadyAnswered
            default: throw error
            }
        }
    }
}

/// What an agent writes as the answer of the city.
public struct VerdictDraft: Sendable {
    /// Whether it can be done.
    public var outcome: Verdict.Outcome
    /// Why not.
    public var reason: ID<ExaminationPoint>?
    /// The public words, in French, English and German.
    public var words: Texts
    /// What it costs to build, in cents.
    public var cost: Int64?

    /// An answer with all it says.
    public init(outcome: Verdict.Outcome, reason: ID<ExaminationPoint>? = nil, words: Texts, cost: Int64? = nil) {
        self.outcome = outcome
        self.reason = reason
        self.words = words
        self.cost = cost
    }

    fileprivate func check() throws(ExaminationRefusal) {
        if let missing = Language.allCases.first(where: { words.byLanguage[$0.rawValue] == nil }) {
            throw .wordless(missing)
        }
        guard words.fits else { throw .tooLong }
        guard (outcome == .refused) == (reason != nil) else { throw .reasonless }
        if let cost, !(0...100_000_000_000_000).contains(cost) { throw .malformedCost(line: 0) }
    }
}
