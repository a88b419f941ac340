import Foundation
import Postgres

/// What somebody has who has just registered.
public struct Registered: Sendable {
    /// What opens the page of their registration. Nil for visitors without an account: the letter to their address has
    /// it, so that nobody learns of a registration by writing somebody else's address.
    public let token: Token?
    /// Whether they have places or wait for them.
    public let state: Registration.State
    /// Whether they had registered before: nothing was changed then.
    public let isOld: Bool
}

extension Gatherings {
    // MARK: Registering

    /// Registers a resident with their account, under its name and address.
    ///
    /// Whoever registered before, with the account or only with its address, keeps that registration.
    ///
    /// - Throws: `Refused<RegistrationRefusal>` with everything that is wrong; `NotAllowed` when there is nothing to
    ///   register for, or nobody's account.
    public func register(
        _ draft: RegistrationDraft, for gathering: ID<Gathering>, by actor: Actor
    ) async throws -> Registered {
        guard case .resident(let account) = actor else { throw NotAllowed(roles: []) }
        try await counting(.saying(account))
        return try await pool.transaction("registration.register_account") { transaction in
            let occasion: Occasion = try await Self.openForResidents(gathering, in: transaction)
            let row: Row? = try await transaction.one(
                "registration.account",
                "SELECT name, email, language FROM account WHERE id = \(account) AND closed_at IS NULL")
            guard let row else { throw NotAllowed(roles: []) }
            var draft: RegistrationDraft = draft
            draft.name = try row.get("name")
            draft.email = try row.get("email", as: String?.self) ?? ""
            let language: Language = Language(rawValue: try row.get("language")) ?? .french
            if let own = try await adopt(account, draft.email, for: gathering, in: transaction) {
                return Registered(token: token(of: own), state: own.state, isOld: true)
            }
            try Self.check(draft, for: occasion, person: false, needsAddress: false)
            let new: Registration = try await insert(
                draft, account: account, for: occasion, language, by: actor, in: transaction)
            return Registered(token: token(of: new), state: new.state, isOld: false)
        }
    }

    /// Registers somebody without an account by name and address. The letter that goes there has the link on which they
    /// cancel, so that nobody stays registered by somebody else's doing.
    ///
    /// For an address that has registered already the answer is the same, and only the letter differs.
    ///
    /// - Throws: `Refused<RegistrationRefusal>` with everything that is wrong; `NotAllowed` when there is nothing to
    ///   register for.
    public func register(
        _ draft: RegistrationDraft, for gathering: ID<Gathering>, language: Language, from network: Network
    ) async throws -> Registered {
        let occasion: Occasion? = try await occasion(of: gathering)
        guard let occasion, occasion.isPublished else { throw NotAllowed(roles: []) }
        try Self.check(draft, for: occasion, person: true, needsAddress: true)
        // The check has refused what is no address.
        guard let address = EmailAddress(draft.email) else { throw Refused(RegistrationRefusal.email) }
        try await counting(.registration(address, network, places: 1 + (draft.companions ?? 0)))
        return try await pool.transaction("registration.register_visitor") { transaction in
            let occasion: Occasion = try await Self.openForResidents(gathering, in: transaction)
            try Self.check(draft, for: occasion, person: true, needsAddress: true)
            guard let old = try await Self.known(address.text, for: gathering, in: transaction) else {
                let new: Registration = try await insert(
                    draft, account: nil, for: occasion, language, by: .visitor, in: transaction)
                return Registered(token: nil, state: new.state, isOld: false)
            }
            try await notices.tell(.registeredAlready, of: occasion, to: [old], in: transaction)
            let turnout: Turnout = try await Self.turnout(of: gathering, in: transaction)
            let hasRoom: Bool = turnout.hasRoom(for: 1 + (draft.companions ?? 0))
            return Registered(token: nil, state: hasRoom ? .registered : .waiting, isOld: false)
        }
    }

    /// Registers somebody who calls or comes by. They need no address; the receipt has the link. Agents may do so after
    /// registration has closed, until the gathering ends.
    ///
    /// - Throws: `Refused<RegistrationRefusal>` with everything that is wrong; `NotAllowed` unless the actor is an
    ///   agent of the process.
    public func enter(
        _ draft: RegistrationDraft, for gathering: ID<Gathering>, language: Language, by actor: Actor
    ) async throws -> ID<Registration> {
        try await pool.transaction("registration.enter") { transaction in
            let occasion: Occasion = try await Self.lock(gathering, by: actor, in: transaction)
            // The links of the letters would lead nowhere.
            guard occasion.isPublished else { throw Refused(RegistrationRefusal.notPublished) }
            try await Self.checkDay(of: occasion, in: transaction)
            try Self.check(draft, for: occasion, person: true, needsAddress: false)
            if let address = EmailAddress(draft.email),
                try await Self.known(address.text, for: gathering, in: transaction) != nil
            {
                throw Refused(RegistrationRefusal.registeredAlready)
            }
            return try await insert(
                draft, account: nil, for: occasion, language, by: actor, in: transaction
            ).id
        }
    }

    // MARK: Changing one's mind

    /// Writes another number of companions, other needs or another telephone number. A smaller party frees places at
    /// once; a larger one needs as many as are left. Who waits keeps their place in the list.
    ///
    /// - Throws: `Refused<RegistrationRefusal>`; `NotAllowed` when the link opens nothing.
    public func change(_ token: Token, to draft: RegistrationDraft, by actor: Actor) async throws {
        try await changing(token) { own, occasion, transaction in
            try Self.check(draft, for: occasion, person: false, needsAddress: false)
            let party: Int = 1 + (draft.companions ?? 0)
            let turnout: Turnout = try await Self.turnout(of: occasion.gathering.id, in: transaction)
            if own.state == .registered, let free = turnout.free, party - own.party > free {
                throw Refused(RegistrationRefusal.notEnoughPlaces(free: free))
            }
            let isNew: Bool =
                own.party != party || own.needs != draft.needs || (own.phone ?? "") != draft.phone
            guard isNew else { return }
            try await transaction.execute(
                "registration.change",
                """
                UPDATE registration SET companions = \(party - 1), needs = nullif(\(draft.needs), ''),
                    phone = nullif(\(draft.phone), '')
                WHERE id = \(own.id)
                """)
            try await Acts.record(
                "registration_changed", by: Self.unnamed(actor), on: "registration", own.id, in: transaction)
            let changed: [Registration] = try await Self.registrations(
                where: "registration.id = \(own.id)", in: transaction)
            try await notices.tell(.changed, of: occasion, to: changed, in: transaction)
            try await promote(in: occasion, in: transaction)
        }
    }

    /// Cancels. What the registration says of a person is erased at once, and who waits gets the places.
    ///
    /// - Throws: `Refused<RegistrationRefusal>`, with `.over` once the gathering has begun; `NotAllowed` when the link
    ///   opens nothing.
    public func cancel(_ token: Token, by actor: Actor) async throws {
        try await changing(token) { own, occasion, transaction in
            try await Self.erase(own.id, in: transaction)
            try await Acts.record(
                "registration_cancelled", by: Self.unnamed(actor), on: "registration", own.id, in: transaction)
            try await notices.tell(.cancelled, of: occasion, to: [own], in: transaction)
            try await promote(in: occasion, in: transaction)
        }
    }

    /// Cancels for somebody, who is told why.
    ///
    /// - Throws: `Refused<RegistrationRefusal>`; `NotAllowed` unless the actor is an agent of the process.
    public func cancel(
        _ registration: ID<Registration>, of gathering: ID<Gathering>, because reason: String, by actor: Actor
    ) async throws {
        try await pool.transaction("registration.cancel_for") { transaction in
            let occasion: Occasion = try await Self.lock(gathering, by: actor, in: transaction)
            let own: [Registration] = try await Self.registrations(
                where: """
                    registration.id = \(registration) AND registration.gathering_id = \(gathering)
                    AND registration.state <> 'cancelled'
                    """, in: transaction)
            guard !own.isEmpty else { throw NotAllowed(roles: Walks.planners) }
            try await Self.checkDay(of: occasion, in: transaction)
            guard !reason.isEmpty else { throw Refused(RegistrationRefusal.reasonMissing) }
            try await Self.erase(registration, in: transaction)
            try await Acts.record(
                "registration_cancelled", by: actor, on: "registration", registration, in: transaction)
            try await notices.tell(.takenOff(reason: reason), of: occasion, to: own, in: transaction)
            try await promote(in: occasion, in: transaction)
        }
    }

    // MARK: Parts

    /// The live registration behind a link, while its gathering is held and has not begun.
    private func changing(
        _ token: Token, _ body: (Registration, Occasion, Transaction) async throws -> Void
    ) async throws {
        guard let found = try await find(token) else { throw NotAllowed(roles: []) }
        try await pool.transaction("registration.change") { transaction in
            guard let occasion = try await Self.lock(found.registration.gathering, in: transaction),
                let own = try await Self.registrations(
                    where: "registration.id = \(found.registration.id)", in: transaction
                ).first, own.state != .cancelled, own.erasedAt == nil
            else { throw NotAllowed(roles: []) }
            if occasion.gathering.cancelledAt != nil { throw Refused(RegistrationRefusal.calledOff) }
            guard try await Self.now(in: transaction) < occasion.gathering.startsAt else {
                throw Refused(RegistrationRefusal.over)
            }
            try await body(own, occasion, transaction)
        }
    }

    /// The gathering, held, for somebody who registers by themselves.
    private static func openForResidents(
        _ gathering: ID<Gathering>, in transaction: some Executor
    ) async throws -> Occasion {
        guard let occasion = try await lock(gathering, in: transaction), occasion.isPublished else {
            throw NotAllowed(roles: [])
        }
        try await checkDay(of: occasion, in: transaction)
        guard try await now(in: transaction) < occasion.closesAt else { throw Refused(RegistrationRefusal.closed) }
        return occasion
    }

    /// The gathering, held, for an agent of its process. What is not there and what is not theirs look the same.
    static func lock(
        _ gathering: ID<Gathering>, by actor: Actor, in transaction: some Executor
    ) async throws -> Occasion {
        guard let occasion = try await lock(gathering, in: transaction) else { throw NotAllowed(roles: Walks.planners) }
        try await Authority.require(Walks.planners, of: actor, process: occasion.process, in: transaction)
        return occasion
    }

    private static func checkDay(of occasion: Occasion, in transaction: some Executor) async throws {
        if occasion.gathering.cancelledAt != nil { throw Refused(RegistrationRefusal.calledOff) }
        guard try await now(in: transaction) < occasion.gathering.endsAt else {
            throw Refused(RegistrationRefusal.over)
        }
    }

    private static func check(
        _ draft: RegistrationDraft, for occasion: Occasion, person: Bool, needsAddress: Bool
    ) throws {
        var reasons: [RegistrationRefusal] = person ? draft.personProblems(needsAddress: needsAddress) : []
        reasons += draft.changeProblems(most: occasion.gathering.mostCompanions)
        if let places = occasion.gathering.places, let companions = draft.companions, companions >= places {
            reasons.append(.partyTooLarge(places: places))
        }
        if !reasons.isEmpty { throw Refused(reasons: reasons) }
    }

    private func counting(_ attempt: Throttle.Attempt) async throws {
        do {
            try await throttle.count(attempt)
        } catch let wait as Throttle.TooMany {
            throw Refused(RegistrationRefusal.tooFast(seconds: wait.seconds))
        }
    }

    /// The live registration of an address.
    private static func known(
        _ address: String, for gathering: ID<Gathering>, in transaction: some Executor
    ) async throws -> Registration? {
        try await registrations(
            where: """
                registration.gathering_id = \(gathering) AND registration.state <> 'cancelled'
                AND (lower(registration.email) = lower(\(address)) OR lower(account.email) = lower(\(address)))
                """, in: transaction
        ).first
    }

    /// The registration that an account has, or that was made with its proven address and becomes its own.
    private func adopt(
        _ account: ID<Account>, _ address: String, for gathering: ID<Gathering>, in transaction: some Executor
    ) async throws -> Registration? {
        let own: [Registration] = try await Self.registrations(
            where: """
                registration.gathering_id = \(gathering) AND registration.state <> 'cancelled'
                AND (registration.account_id = \(account)
                     OR (registration.account_id IS NULL AND lower(registration.email) = lower(\(address))))
                """, in: transaction)
        if let mine = own.first(where: { $0.account == account }) { return mine }
        guard let found = own.first else { return nil }
        try await transaction.execute(
            "registration.adopt", "UPDATE registration SET account_id = \(account) WHERE id = \(found.id)")
        return found
    }

    /// Writes the registration, with places where there are any and at the end of the waiting list where not. The
    /// gathering is held: the clock read here gives the order of the list.
    private func insert(
        _ draft: RegistrationDraft, account: ID<Account>?, for occasion: Occasion, _ language: Language,
        by actor: Actor, in transaction: some Executor
    ) async throws -> Registration {
        let id = ID<Registration>()
        let gathering: ID<Gathering> = occasion.gathering.id
        let turnout: Turnout = try await Self.turnout(of: gathering, in: transaction)
        let companions: Int = draft.companions ?? 0
        let state: Registration.State = turnout.hasRoom(for: 1 + companions) ? .registered : .waiting
        var agent: ID<Account>?
        if case .official(let account, _) = actor { agent = account }
        let hash: [UInt8] = GatheringNotices.hash(of: GatheringNotices.token(of: id, secrets), secrets)
        try await transaction.execute(
            "registration.insert",
            """
            INSERT INTO registration (id, gathering_id, account_id, name, email, phone, needs, language, companions,
                                      state, token_hash, registered_at, registered_by)
            VALUES (\(id), \(gathering), \(account), \(draft.name), nullif(\(draft.email), ''),
                    nullif(\(draft.phone), ''), nullif(\(draft.needs), ''), \(language), \(companions),
                    \(state.rawValue), \(hash), clock_timestamp(), \(agent))
            """)
        try await Acts.record("registration_made", by: Self.unnamed(actor), on: "registration", id, in: transaction)
        guard let new = try await Self.registrations(where: "registration.id = \(id)", in: transaction).first else {
            throw NotAllowed(roles: [])
        }
        let position: Int? = try await Self.position(of: new, in: transaction)
        try await notices.tell(
            position.map { .waiting(position: $0) } ?? .registered, of: occasion, to: [new], in: transaction)
        return new
    }

    /// Cancels, and erases what is personal with it.
    private static func erase(_ id: ID<Registration>, in transaction: some Executor) async throws {
        try await transaction.execute(
            "registration.cancel",
            """
            UPDATE registration SET state = 'cancelled', came = NULL, \(sql: Gatherings.erasing)
            WHERE id = \(id)
            """)
    }
}
