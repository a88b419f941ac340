import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

@Suite(.database) struct ConsultationPreparingTests {
    private typealias Hall = ConsultationHall

    @Test func `a consultation is prepared, published, taken back and deleted`() async throws {
        let hall: Hall = try await .begin(TestDatabase.pool)
        let id: ID<Consultation> = try await hall.plan()
        await #expect(
            throws: ConsultationRefusal.notReady([.summary, .purpose, .canChange, .cannotChange, .contact])
        ) {
            try await hall.consultations.publish(id, by: hall.agent)
        }
        let texts = Texts(["fr": "Voir"])
        let words = ConsultationPurpose(
            title: texts, summary: texts, purpose: texts, canChange: texts, cannotChange: texts, contact: texts)
        try await hall.consultations.describe(id, words, revision: 1, by: hall.agent)
        await #expect(throws: ConsultationRefusal.changedMeanwhile) {
            try await hall.consultations.describe(id, words, revision: 1, by: hall.agent)
        }
        #expect(try await hall.consultations.published(id) == nil)
        try await hall.consultations.publish(id, by: hall.agent)
        #expect(try await hall.consultations.published(id)?.isCollecting == true)
        await #expect(throws: ConsultationRefusal.published) {
            try await hall.consultations.publish(id, by: hall.agent)
        }
        await #expect(throws: ConsultationRefusal.published) {
            try await hall.consultations.remove(id, by: hall.agent)
        }
        try await hall.consultations.withdraw(id, by: hall.agent)
        await #expect(throws: ConsultationRefusal.notPublished) {
            try await hall.consultations.withdraw(id, by: hall.agent)
        }
        try await hall.consultations.remove(id, by: hall.agent)
        #expect(try await hall.consultations.find("place") == nil)
        #expect(
            try await Acts(pool: hall.pool).list(kinds: ["consultation"]).map(\.act).reversed() == [
                "consultation_planned", "consultation_described", "consultation_published", "consultation_withdrawn",
                "consultation_removed",
            ])
    }

    @Test func `what no calendar can keep is refused, and a handle is one consultation's`() async throws {
        let hall: Hall = try await .begin(TestDatabase.pool)
        _ = try await hall.plan()
        await #expect(throws: ConsultationRefusal.handleTaken) { _ = try await hall.plan() }
        await #expect(throws: ConsultationRefusal.malformedHandle) { _ = try await hall.plan("La place") }
        await #expect(throws: ConsultationRefusal.closesBeforeItOpens) {
            _ = try await hall.plan("a", Hall.timetable(from: 10, until: 10))
        }
        await #expect(throws: ConsultationRefusal.synthesisBeforeClose) {
            _ = try await hall.plan("b", Hall.timetable(until: 10, synthesis: 9))
        }
        await #expect(throws: ConsultationRefusal.answerBeforeSynthesis) {
            _ = try await hall.plan("c", Hall.timetable(synthesis: 40, answer: 39))
        }
        let over: ID<Consultation> = try await hall.complete("over", Hall.timetable(from: -9, until: -2))
        await #expect(throws: ConsultationRefusal.notReady([.timetable])) {
            try await hall.consultations.publish(over, by: hall.agent)
        }
    }

    @Test func `known dates move with a reason alone, and not those that are past`() async throws {
        let hall: Hall = try await .begin(TestDatabase.pool)
        let before: ConsultationTimetable = Hall.timetable()
        let id: ID<Consultation> = try await hall.published("place", before)
        func move(
            _ change: (inout ConsultationTimetable) -> Void, because reason: String = "La neige"
        ) async throws {
            let consultation: Consultation = try await hall.now(id)
            var timetable: ConsultationTimetable = consultation.timetable
            change(&timetable)
            try await hall.consultations.reschedule(
                id, timetable, because: Texts(["fr": reason]), revision: consultation.revision,
                telling: hall.followers, by: hall.agent)
        }
        await #expect(throws: ConsultationRefusal.timetableIsKnown) {
            try await hall.consultations.schedule(
                id, before, revision: try await hall.now(id).revision, by: hall.agent)
        }
        await #expect(throws: ConsultationRefusal.unchanged) { try await move { _ in } }
        await #expect(throws: ConsultationRefusal.unexplained) {
            try await move({ $0.collectsUntil += 86_400 }, because: "")
        }
        await #expect(throws: ConsultationRefusal.hasBegun) { try await move { $0.collectsFrom += 3600 } }
        await #expect(throws: ConsultationRefusal.closesInThePast) {
            try await move { $0.collectsUntil = Date(timeIntervalSinceNow: -60) }
        }
        try await hall.followers.follow(id, by: hall.ada)
        try await move { $0.collectsUntil += 86_400 }
        let changes: [ConsultationChange] = try await hall.consultations.changes(of: id)
        #expect(changes.map { $0.reason(.french) } == ["La neige"])
        #expect(changes.first?.before == before)
        #expect(changes.first?.after.collectsUntil == before.collectsUntil + 86_400)
        #expect(try await hall.letters().count { $0.hasPrefix("La neige") } == 1)
        // Once it is over it is not opened again; a promise may still be put off.
        try await hall.age(id, days: 30)
        await #expect(throws: ConsultationRefusal.isOver) { try await move { $0.collectsUntil += 40 * 86_400 } }
        try await move { $0.answerDue = Day(year: 2999, month: 1, day: 1)! }
        #expect(try await hall.now(id).answerDue.year == 2999)
    }

    @Test func `what people answered keeps a consultation public`() async throws {
        let hall: Hall = try await .begin(TestDatabase.pool)
        let id: ID<Consultation> = try await hall.published()
        try await hall.pool.execute(
            "test.answer",
            """
            WITH asked AS (
                INSERT INTO questionnaire (id, consultation_id, handle, title, ways, is_anonymous, once, may_edit)
                VALUES (gen_random_uuid(), \(id), 'usages', '{"fr": "Usages"}', '{link}', true, false, false)
                RETURNING id),
            version AS (
                INSERT INTO questionnaire_version (questionnaire_id, number, form, frozen_at)
                SELECT id, 1, '{"sections": []}', now() FROM asked RETURNING questionnaire_id)
            INSERT INTO response (id, questionnaire_id, is_anonymous, version, way, language, answers, received_on)
            SELECT gen_random_uuid(), questionnaire_id, true, 1, 'link', 'fr', '{}', current_date FROM version
            """)
        await #expect(throws: ConsultationRefusal.hasContributions) {
            try await hall.consultations.withdraw(id, by: hall.agent)
        }
    }

    @Test func `agents of other processes and residents find nothing to prepare`() async throws {
        let hall: Hall = try await .begin(TestDatabase.pool)
        let id: ID<Consultation> = try await hall.complete()
        let texts = Texts(["fr": "x"])
        let words = ConsultationPurpose(
            title: texts, summary: texts, purpose: texts, canChange: texts, cannotChange: texts, contact: texts)
        for actor in [hall.stranger, hall.ada, .visitor, .code] {
            for consultation in [id, ID<Consultation>()] {
                await #expect(throws: NotAllowed.self) {
                    try await hall.consultations.describe(consultation, words, revision: 2, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await hall.consultations.schedule(consultation, Hall.timetable(), revision: 2, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await hall.consultations.reschedule(
                        consultation, Hall.timetable(), because: texts, revision: 2, telling: hall.followers, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await hall.consultations.publish(consultation, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await hall.consultations.withdraw(consultation, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await hall.consultations.remove(consultation, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await hall.consultations.stage(consultation, Hall.timetable(), by: actor)
                }
            }
            await #expect(throws: NotAllowed.self) {
                _ = try await hall.consultations.all(of: hall.process, by: actor)
            }
        }
        // No consultation of a real process is staged, by nobody.
        await #expect(throws: NotAllowed.self) {
            try await hall.consultations.stage(id, Hall.timetable(), by: .operator)
        }
    }
}
