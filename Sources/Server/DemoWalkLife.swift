import Foundation
import Participation
import PublicRecord

/// What happens on the walks of the demonstration. Each act asks first whether it is done, so that a load that was
/// interrupted goes on where it stopped.
extension DemoTown {
    private var walks: Walks { Walks(pool: house.pool) }
    private var publications: Publications { Publications(pool: house.pool) }
    private var answers: ServiceAnswers { ServiceAnswers(pool: house.pool, zone: zone, correspondent: letters) }
    private var sheets: WalkSheets { WalkSheets(pool: house.pool, zone: zone) }

    // MARK: Before

    /// Prepares a walk by the desk's own acts and publishes it; then its day comes.
    func prepare(_ plan: DemoWalk, in process: ID<Participation.Process>) async throws {
        let previous: Walk? = if let handle = plan.previous { try await walks.find(handle) } else { nil }
        // Nobody plans a walk for yesterday: it is planned for a day to come, and moved to its own once it is public.
        let ahead: Double = 400 * 86_400
        if try await walks.find(plan.handle) == nil {
            try await walks.plan(
                WalkPlan(
                    handle: plan.handle, title: plan.title,
                    schedule: WalkSchedule(
                        startsAt: plan.startsAt.addingTimeInterval(ahead),
                        endsAt: plan.endsAt.addingTimeInterval(ahead), light: plan.light,
                        sheetClosesAt: plan.sheetClosesAt.addingTimeInterval(ahead), places: 20, mostCompanions: 3),
                    previous: previous?.id), in: process, by: agent)
        }
        guard let walk = try await walks.find(plan.handle) else { return }
        if walk.publishedAt == nil { try await publish(walk.id, plan) }
        if walk.gathering.startsAt > plan.startsAt.addingTimeInterval(ahead / 2) {
            try await walks.stage(walk.id, at: plan.startsAt, code: plan.code, by: .operator)
        }
    }

    private func publish(_ id: ID<Walk>, _ plan: DemoWalk) async throws {
        try await describe(id, plan)
        for (address, role) in [
            ("agent@demonstration.example", CrewRole.guide), (Demonstration.noteTaker, .noteTaker),
        ] {
            let crew: [CrewMember] = try await walks.file(id, by: agent).crew
            guard let email = EmailAddress(address), !crew.contains(where: { $0.role == role }) else { continue }
            try await walks.name(email, role, of: id, by: agent)
        }
        try await walks.publish(id, by: agent)
    }

    private func describe(_ id: ID<Walk>, _ plan: DemoWalk) async throws {
        func revision() async throws -> Int { try await walks.file(id, by: agent).revision }
        try await walks.describe(
            id,
            WalkPurpose(
                title: plan.title, aim: plan.aim, perimeter: Texts([:]), audience: plan.audience,
                audiences: plan.audiences), revision: try await revision(), by: agent)
        try await walks.locate(
            id,
            WalkPlace(
                meetingPlace: plan.meetingPlace, meetingPoint: plan.route.stops[0].point,
                accessibility: plan.accessibility, imageRights: plan.imageRights), revision: try await revision(),
            telling: Gatherings(pool: house.pool, secrets: house.secrets, correspondent: letters), by: agent)
        // A walk on the route of another has its line, its stops and its themes already.
        guard plan.previous == nil else { return }
        try await walks.draw(
            RouteDraft(
                line: plan.route.line,
                stops: plan.route.stops.map { StopDraft(id: nil, title: $0.title, prompt: $0.prompt, point: $0.point) }),
            of: id, revision: try await walks.file(id, by: agent).routeRevision, by: agent)
        let templates: [WalkTemplate] = try await WalkTemplates(pool: house.pool).list()
        guard let principles = templates.first(where: { $0.themes.first?.key == "orientation" }) else {
            throw Failure(message: "The template of the six principles is missing.")
        }
        try await walks.setThemes(principles.themes, of: id, revision: try await revision(), by: agent)
    }

    // MARK: On the way

    /// Sixty observations: forty-eight by telephone, twelve on paper, and who came.
    func note(_ handle: String) async throws {
        guard let walk = try await walks.find(handle), let route = try await walks.route(walk.route) else { return }
        let themes: [WalkTheme] = try await walks.themes(of: walk.id)
        let counts = HeadCounts(pool: house.pool)
        guard try await counts.list(of: walk.id, by: agent).isEmpty else { return }
        for (index, seen) in DemoSeen.all.enumerated() where index % 5 != 4 {
            try await note(seen, index, of: walk, at: route.stops[seen.stop - 1], themes)
        }
        try await enter(walk, route, themes)
        // Last, as the sign that all of it is there.
        try await counts.write(
            [.residents: 14, .women: 9, .men: 8, .seniors: 4, .services: 2, .elected: 1], of: walk.id, by: agent)
    }

    private func note(
        _ seen: DemoSeen, _ index: Int, of walk: Walk, at stop: Stop, _ themes: [WalkTheme]
    ) async throws {
        // The same identity and key each time: sent again, nothing is stored twice.
        var draft = ObservationDraft(
            id: Self.random(index), key: Token(bytes: [UInt8](repeating: UInt8(index), count: 32)) ?? Token(),
            language: seen.language, channel: index % 3 == 1 ? .form : .device)
        draft.stop = index % 6 == 5 ? nil : stop.id
        draft.point = MapPoint(
            latitude: stop.point.latitude + Double(index * 7 % 9 - 4) * 0.00009,
            longitude: stop.point.longitude + Double(index * 5 % 11 - 5) * 0.00011)
        draft.accuracy = Double(4 + index * 13 % 20)
        draft.theme = themes.isEmpty ? nil : themes[seen.theme % themes.count].id
        draft.kind = seen.kind
        draft.feeling = seen.feeling
        draft.concerned = seen.concerned
        draft.words = seen.words
        draft.manner = index % 10 == 3 ? .group : index % 10 == 7 ? .dictated : .alone
        draft.people = index % 10 == 3 ? 4 : 1
        try await Observations(pool: house.pool, secrets: house.secrets, zone: zone)
            .note(draft, of: walk.id, code: walk.code, by: agent)
    }

    /// The paper sheets: two of each stop are printed, one comes back, one is lost, the rest are still to be entered.
    private func enter(_ walk: Walk, _ route: Route, _ themes: [WalkTheme]) async throws {
        if try await sheets.counts(of: walk.id, by: agent)[.issued] ?? 0 == 0 {
            try await sheets.issue(2, in: .french, for: walk.id, by: agent)
        }
        for sheet in try await sheets.list(of: walk.id, by: agent) where sheet.state == .issued {
            guard let stop = sheet.stopNumber, sheet.number.number % 2 == 1 else { continue }
            let lines: [SheetLine] = DemoSeen.all.enumerated().filter { $0.offset % 5 == 4 && $0.element.stop == stop }
                .map(\.element).enumerated().map { line, seen in
                    SheetLine(
                        line: line + 1, theme: themes.isEmpty ? nil : themes[seen.theme % themes.count].id,
                        kind: seen.kind, feeling: seen.feeling, concerned: seen.concerned, words: seen.words)
                }
            try await sheets.enter(
                SheetEntry(lines: lines, language: .french), from: sheet.number, of: walk.id, by: agent)
        }
        if let last = try await sheets.list(of: walk.id, .issued, by: agent).last {
            try await sheets.lose(last.number, of: walk.id, by: agent)
        }
    }

    /// Gives numbers to one sheet of each kind, for those who note on paper.
    func number(_ handle: String) async throws {
        guard let walk = try await walks.find(handle), try await sheets.runs(of: walk.id, by: agent).isEmpty else {
            return
        }
        try await sheets.issue(1, in: .french, for: walk.id, by: agent)
    }

    /// A random identity that is the same in each load.
    private static func random(_ index: Int) -> ID<Observation> {
        func byte(_ place: Int) -> UInt8 { UInt8(truncatingIfNeeded: (index + 3) * (place * 47 + 89) * 167 >> 3) }
        return ID(
            UUID(
                uuid: (
                    byte(0), byte(1), byte(2), byte(3), byte(4), byte(5), 0x40 | byte(6) & 0x0F, byte(7),
                    0x80 | byte(8) & 0x3F, byte(9), byte(10), byte(11), byte(12), byte(13), 0xDE, UInt8(index)
                )))
    }
}
