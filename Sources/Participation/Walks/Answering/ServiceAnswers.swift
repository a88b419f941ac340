import Foundation
public import Postgres

/// From what was seen to what the city does: an agent gives an observation to a service, the service answers, the agent
/// publishes the answer, and writes down what comes of it.
public struct ServiceAnswers: Sendable {
    let pool: Pool
    let zone: String
    let notices: ServiceNotices

    /// The answers kept in the database of `pool`.
    ///
    /// - Parameters:
    ///   - zone: the city's time zone by its IANA name, which decides what day it is.
    ///   - correspondent: words the letters to services.
    public init(pool: Pool, zone: String, correspondent: any ServiceCorrespondent) {
        self.pool = pool
        self.zone = zone
        notices = ServiceNotices(correspondent: correspondent)
    }

    // MARK: Giving

    /// Gives published observations to a service, until the end of a day, and tells the service. What another one has
    /// is taken back from it, and what it wrote without its being published speaks for nobody from then on; what this
    /// one has already is passed over.
    ///
    /// - Throws: `AnswerRefusal.noService`, `.dayOver`, `.nothingChosen`; `NotAllowed` unless the actor is an agent of
    ///   the process.
    @discardableResult
    public func give(
        _ ids: [ID<Observation>], to service: ID<ExaminingService>, due: Day, of walk: ID<Walk>, by actor: Actor
    ) async throws -> ObservationOutcome {
        try await pool.transaction("answer.give") { transaction in
            let place: Walk = try await Walks.lock(walk, by: actor, in: transaction)
            let known: Row? = try await transaction.one(
                "answer.service",
                """
                SELECT \(due.description)::text::date < (clock_timestamp() AT TIME ZONE \(zone))::date AS past
                FROM service WHERE id = \(service) AND process_id = \(place.process) AND retired_at IS NULL
                """)
            guard let known else { throw AnswerRefusal.noService }
            guard try !known.get("past", as: Bool.self) else { throw AnswerRefusal.dayOver }
            let present: [Row] = try await transaction.query(
                "answer.present",
                """
                SELECT observation_id AS id FROM observation_assignment
                WHERE service_id = \(service) AND withdrawn_at IS NULL AND observation_id = ANY (\(ids))
                """)
            let has: Set<ID<Observation>> = Set(try present.map { ID(try $0.get("id")) })
            let chosen: [Observation] = try await ObservationFiles.lock(ids, of: walk, in: transaction)
                .filter { $0.state == .published && !has.contains($0.id) }
            guard !chosen.isEmpty else { throw AnswerRefusal.nothingChosen }
            let batch: ID<ObservationBatch> = try await ObservationBatches.open(
                .give, on: chosen, of: walk, by: actor, in: transaction)
            let assignments: [ID<WalkAssignment>] = chosen.map { _ in ID() }
            _ = try await transaction.pipeline([
                (
                    "answer.take_back",
                    """
                    UPDATE observation_assignment SET withdrawn_at = clock_timestamp(), withdrawn_for = \(batch)
                    WHERE observation_id = ANY (\(chosen.map(\.id))) AND withdrawn_at IS NULL
                    """
                ),
                (
                    "answer.assign",
                    """
                    INSERT INTO observation_assignment (id, observation_id, service_id, batch_id, due_on)
                    SELECT given.id, given.observation, \(service), \(batch), \(due.description)::text::date
                    FROM unnest(\(assignments), \(chosen.map(\.id))) AS given (id, observation)
                    """
                ),
            ])
            try await Acts.recordEach(
                "observation_given", by: actor, on: "observation", chosen.map(\.id),
                detail: ["batch": batch.description, "service": service.description], in: transaction)
            try await notices.tell(.given, of: assignments, in: transaction)
            return ObservationOutcome(batch: batch, count: chosen.count)
        }
    }

    // MARK: Answering

    /// Writes the answer of the service that has the observation. Until it is published it can be written anew.
    ///
    /// - Throws: `Refused<AnswerRefusal>` with everything that is wrong, `.notGiven` included; `NotAllowed` unless the
    ///   actor is an examiner of that service, or an agent of the process who writes for it.
    public func answer(_ id: ID<Observation>, _ draft: ServiceAnswerDraft, by actor: Actor) async throws {
        let misfits: [AnswerRefusal] = draft.misfits()
        try await pool.transaction("answer.give") { transaction in
            let service: ID<ExaminingService>? = try await service(of: id, by: actor, in: transaction)
            guard let service else { throw Refused(AnswerRefusal.notGiven) }
            if !misfits.isEmpty { throw Refused(reasons: misfits) }
            // The check has refused a draft without a decision.
            guard let decision = draft.decision else { throw Refused(AnswerRefusal.decisionMissing) }
            let due: Day? = decision.isDated ? draft.dueOn : nil
            if let due, try await isOver(due, in: transaction) { throw Refused(AnswerRefusal.dayOver) }
            try await transaction.execute(
                "answer.write",
                """
                INSERT INTO observation_answer (id, observation_id, service_id, decision, words, due_on, given_at,
                                                given_by)
                VALUES (\(ID<ServiceAnswer>()), \(id), \(service), \(decision.rawValue), \(draft.words.json)::jsonb,
                        \(due?.description)::text::date, clock_timestamp(), \(actor.account))
                ON CONFLICT (observation_id) WHERE published_at IS NULL DO UPDATE
                SET service_id = excluded.service_id, decision = excluded.decision, words = excluded.words,
                    due_on = excluded.due_on, given_at = excluded.given_at, given_by = excluded.given_by
                """)
            try await Acts.record(
                "observation_answered", by: actor, on: "observation", id, detail: ["decision": decision.rawValue],
                in: transaction)
        }
    }

    /// Publishes the answers that wait for these observations: from then on everybody reads them, and each observation
    /// says what becomes of it.
    ///
    /// - Returns: how many were published.
    /// - Throws: `AnswerRefusal.nothingToPublish`; `NotAllowed` unless the actor is an agent of the process.
    @discardableResult
    public func publish(_ ids: [ID<Observation>], of walk: ID<Walk>, by actor: Actor) async throws -> Int {
        try await pool.transaction("answer.publish") { transaction in
            _ = try await Walks.lock(walk, by: actor, in: transaction)
            let open: [ID<Observation>] = try await ObservationFiles.lock(ids, of: walk, in: transaction)
                .filter { $0.state == .published }.map(\.id)
            let done: [ID<Observation>] = try await transaction.query(
                "answer.published",
                """
                WITH given AS (
                    UPDATE observation_answer SET published_at = clock_timestamp(), published_by = \(actor.account)
                    WHERE observation_id = ANY (\(open)) AND published_at IS NULL AND \(sql: ServiceAnswer.isOfHolder)
                    RETURNING observation_id, decision, due_on, published_at
                )
                UPDATE observation
                SET follow_up = given.decision, due_on = given.due_on, followed_at = given.published_at
                FROM given WHERE given.observation_id = observation.id
                RETURNING observation.id
                """
            ).map { ID(try $0.get("id")) }
            guard !done.isEmpty else { throw AnswerRefusal.nothingToPublish }
            try await Acts.recordEach(
                "observation_answer_published", by: actor, on: "observation", done, in: transaction)
            return done.count
        }
    }

    // MARK: Following up

    /// What can come next: a study ends in a plan, a plan in works, works in something that is done. What was said to
    /// be done and is not goes on. A refusal is taken back by another answer.
    public static func next(after status: FollowUp.Status) -> [FollowUp.Status] {
        switch status {
        case .study: [.study, .planned, .underWay, .done]
        case .planned: [.planned, .underWay, .done]
        case .underWay: [.underWay, .done]
        case .done: [.underWay]
        case .refused, .asked: []
        }
    }

    /// Writes down what has happened since the answer: it has begun, it is done, or another day is promised.
    ///
    /// - Parameters:
    ///   - due: the day that is promised from now on; nil once it is done.
    ///   - words: why another day, or what shows that it is done; both are public.
    /// - Throws: `Refused<AnswerRefusal>`: `.wrongStatus`, `.dayMissing`, `.dayOver`, `.reasonMissing`, `.unchanged`;
    ///   `NotAllowed` unless the actor is an agent of the process.
    public func turn(
        _ id: ID<Observation>, to status: FollowUp.Status, due: Day?, words: Texts, of walk: ID<Walk>, by actor: Actor
    ) async throws {
        try await pool.transaction("answer.turn") { transaction in
            _ = try await Walks.lock(walk, by: actor, in: transaction)
            let row: Row? = try await transaction.one(
                "answer.status",
                """
                SELECT follow_up, due_on::text AS due_on FROM observation
                WHERE id = \(id) AND walk_id = \(walk) AND state = 'published' FOR UPDATE
                """)
            guard let row else { throw NotAllowed(roles: Walks.planners) }
            guard let present = try row.get("follow_up", as: String?.self).flatMap(FollowUp.Status.init),
                Self.next(after: present).contains(status)
            else { throw Refused(AnswerRefusal.wrongStatus) }
            let before: Day? = try row.day("due_on")
            let after: Day? = status == .done ? nil : due
            if status != .done {
                guard let after else { throw Refused(AnswerRefusal.dayMissing) }
                if after != before, try await isOver(after, in: transaction) { throw Refused(AnswerRefusal.dayOver) }
                if present == status, after == before { throw Refused(AnswerRefusal.unchanged) }
            }
            if words.isEmpty, status == .done || after != before { throw Refused(AnswerRefusal.reasonMissing) }
            if words.byLanguage.values.contains(where: { $0.unicodeScalars.count > ServiceAnswerDraft.longestWords }) {
                throw Refused(AnswerRefusal.wordsTooLong)
            }
            try await write(status, before: before, after: after, words, of: id, by: actor, in: transaction)
        }
    }

    private func write(
        _ status: FollowUp.Status, before: Day?, after: Day?, _ words: Texts, of id: ID<Observation>, by actor: Actor,
        in transaction: some Executor
    ) async throws {
        _ = try await transaction.pipeline([
            (
                "answer.turned",
                """
                INSERT INTO observation_turn (id, observation_id, status, due_before, due_on, words, made_at, made_by)
                VALUES (\(ID<FollowUpTurn>()), \(id), \(status.rawValue), \(before?.description)::text::date,
                        \(after?.description)::text::date, \(words.json)::jsonb, clock_timestamp(), \(actor.account))
                """
            ),
            (
                "answer.followed",
                """
                UPDATE observation SET follow_up = \(status.rawValue), due_on = \(after?.description)::text::date,
                                       followed_at = clock_timestamp()
                WHERE id = \(id)
                """
            ),
        ])
        try await Acts.record(
            "observation_followed", by: actor, on: "observation", id, detail: ["status": status.rawValue],
            in: transaction)
    }

    // MARK: Parts

    /// The service that has the observation, which is held, if the actor may answer for it; nil when none has it.
    ///
    /// - Throws: `NotAllowed` also when there is no such observation.
    private func service(
        of id: ID<Observation>, by actor: Actor, in transaction: Transaction
    ) async throws -> ID<ExaminingService>? {
        let row: Row? = try await transaction.one(
            "answer.lock",
            """
            SELECT walk.process_id FROM observation JOIN walk ON walk.id = observation.walk_id
            WHERE observation.id = \(id) AND observation.state = 'published' FOR UPDATE OF observation
            """)
        guard let row else { throw NotAllowed(roles: FileAccess.roles) }
        let mine: [ID<ExaminingService>]? = try await FileAccess.services(
            of: actor, in: row.get("process_id"), transaction)
        let given: Row? = try await transaction.one(
            "answer.given_to",
            """
            SELECT service_id FROM observation_assignment WHERE observation_id = \(id) AND withdrawn_at IS NULL
            """)
        let service: ID<ExaminingService>? = try given.map { ID(try $0.get("service_id")) }
        if let mine, service.map(mine.contains) != true { throw NotAllowed(roles: FileAccess.roles) }
        return service
    }

    private func isOver(_ day: Day, in transaction: some Executor) async throws -> Bool {
        let row: Row? = try await transaction.one(
            "answer.day",
            "SELECT \(day.description)::text::date < (clock_timestamp() AT TIME ZONE \(zone))::date AS past")
        return try row?.get("past") ?? false
    }
}

/// An observation given to a service.
public enum WalkAssignment {}
