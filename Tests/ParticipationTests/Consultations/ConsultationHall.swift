import Foundation
import Postgres
import TestSupport

@testable import Participation

/// The fixed cast of the tests about consultations: a process with Alma, its agent, another process with Basile, and
/// Ada, who lives there.
struct ConsultationHall: Sendable {
    let pool: Pool
    let process: ID<Participation.Process>
    let agent: Actor
    let stranger: Actor
    let ada: Actor

    var consultations: Consultations { Consultations(pool: pool) }
    var followers: ConsultationFollowers {
        ConsultationFollowers(
            pool: pool, secrets: Town(pool: pool).secrets, correspondent: BareConsultationLetters())
    }

    static func begin(_ pool: Pool) async throws -> ConsultationHall {
        let town = Town(pool: pool)
        func process(_ slug: String) async throws -> ID<Participation.Process> {
            try await Processes(pool: pool).create(
                ProcessDraft(
                    slug: slug, title: Texts(["fr": slug]), summary: Texts([:]), description: Texts([:]), phases: []),
                by: .operator)
        }
        func agent(_ name: String, of process: ID<Participation.Process>) async throws -> Actor {
            let role = HeldRole(.participationAgent, for: .process(process))
            return .official(try await town.resident(name, roles: [role]).id, .participationAgent)
        }
        let home: ID<Participation.Process> = try await process("square")
        return ConsultationHall(
            pool: pool, process: home, agent: try await agent("Alma", of: home),
            stranger: try await agent("Basile", of: process("elsewhere")),
            ada: .resident(try await town.resident("Ada").id))
    }

    /// Dates so many days from now.
    static func timetable(
        from: Double = -1, until: Double = 10, synthesis: Int = 40, answer: Int = 60
    ) -> ConsultationTimetable {
        // Whole seconds: the database keeps microseconds, and a date is compared with what was written.
        let now = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded())
        func day(_ offset: Int) -> Day {
            Day(now.addingTimeInterval(Double(offset) * 86_400).formatted(.iso8601.year().month().day()))!
        }
        return ConsultationTimetable(
            collectsFrom: now.addingTimeInterval(from * 86_400), collectsUntil: now.addingTimeInterval(until * 86_400),
            synthesisDue: day(synthesis), answerDue: day(answer))
    }

    /// A consultation in preparation, without words but its title.
    func plan(
        _ handle: String = "place", _ timetable: ConsultationTimetable = timetable()
    ) async throws -> ID<Consultation> {
        try await consultations.plan(
            ConsultationPlan(handle: handle, title: Texts(["fr": "La place"]), timetable: timetable), in: process,
            by: agent)
    }

    /// One with all its words.
    func complete(
        _ handle: String = "place", _ timetable: ConsultationTimetable = timetable()
    ) async throws -> ID<Consultation> {
        let id: ID<Consultation> = try await plan(handle, timetable)
        let texts = Texts(["fr": "Voir"])
        try await consultations.describe(
            id,
            ConsultationPurpose(
                title: texts, summary: texts, purpose: texts, canChange: texts, cannotChange: texts, contact: texts),
            revision: 1, by: agent)
        return id
    }

    /// One that everybody sees.
    func published(
        _ handle: String = "place", _ timetable: ConsultationTimetable = timetable()
    ) async throws -> ID<Consultation> {
        let id: ID<Consultation> = try await complete(handle, timetable)
        try await consultations.publish(id, by: agent)
        return id
    }

    /// The consultation as it stands.
    func now(_ id: ID<Consultation>) async throws -> Consultation {
        guard let found = try await Consultations.load(where: "consultation.id = \(id)", in: pool).first else {
            throw NotAllowed(roles: [])
        }
        return found
    }

    /// Moves the dates in the database, as if time had passed: nobody waits for weeks.
    func age(_ id: ID<Consultation>, days: Int) async throws {
        try await pool.execute(
            "test.age",
            """
            UPDATE consultation SET collects_from = collects_from - make_interval(days => \(Int32(days))),
                   collects_until = collects_until - make_interval(days => \(Int32(days)))
            WHERE id = \(id)
            """)
    }

    /// The bodies of the letters about consultations, in the order in which they were written.
    func letters() async throws -> [String] {
        try await pool.query("test.letters", "SELECT body FROM outbox WHERE kind = 'consultation' ORDER BY id")
            .map { try $0.get("body") }
    }
}

/// Letters that say no more than what they are about, and the token that ends them.
struct BareConsultationLetters: ConsultationCorrespondent {
    func letter(_ notice: ConsultationNotice, to name: String, in language: Language) -> Letter {
        let what: String =
            switch notice.news {
            case .began(let stage): "\(stage)"
            case .rescheduled(_, _, let reason): reason(language)
            }
        return Letter(subject: notice.consultation.handle, body: "\(what) \(notice.token.text)")
    }
}
