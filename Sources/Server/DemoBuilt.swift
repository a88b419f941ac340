import Foundation
import Participation
import PublicRecord

extension Demonstration {
    private static let pastSlug = "idees-2025"

    /// A call that is over: its proposals were examined and voted on, and the selected ones are being built.
    static func past(_ town: DemoTown, _ ideas: [DemoTown.Idea]) async throws {
        let house: House = town.house
        let title = Texts(["fr": "Vos idées de 2025", "en": "Your ideas of 2025", "de": "Ihre Ideen von 2025"])
        let summary = Texts([
            "fr": "Le vote est fini : suivez ce que la ville construit.",
            "en": "The vote is over: follow what the city builds.",
            "de": "Die Abstimmung ist vorbei: Verfolgen Sie, was die Stadt baut.",
        ])
        let process: ID<Participation.Process> = try await town.process(pastSlug, title, summary)
        let numbers: [Int64] = try await town.publish(ideas, in: process, first: 100)
        try await town.examine(
            DemoTown.Round(accepted: Array(numbers.dropLast()), refused: [numbers[numbers.count - 1]]), in: process)
        try await town.nominate(Array(numbers.prefix(10)), to: pastSlug, title, in: process)
        // More than a year has passed since the phase of ideas.
        try await house.processes.edit(
            process, DemoTown.draft(pastSlug, title, summary, ideas: -500), by: .operator)
        let vote: Vote = try await house.vote(pastSlug)
        try await count(ballots(vote), vote, house)
        try await town.build(in: process)
    }

    /// Sixty invented ballots, as a Pabulib file: later projects are chosen less often, so that some are not selected.
    private static func ballots(_ vote: Vote) -> [UInt8] {
        let projects: [String] = vote.projects.map { "\($0.key);\($0.cost / 100);0;\($0.title(.french).prefix(40))" }
        let votes: [String] = (1...60).map { voter in
            let chosen: [String] = vote.projects.enumerated().filter { place, _ in
                (voter * 7 + place * place) % 11 > place
            }
            .prefix(5).map(\.element.key)
            return "\(voter);\((chosen.isEmpty ? [vote.projects[0].key] : chosen).joined(separator: ","))"
        }
        let lines: [String] =
            [
                "META", "key;value", "description;Bulletins inventés pour la démonstration", "country;France",
                "unit;Démonstration", "instance;2025", "num_projects;\(projects.count)", "num_votes;60",
                "budget;\(vote.settings.budget / 100)", "vote_type;approval", "rule;greedy", "date_begin;2025",
                "date_end;2025", "currency;EUR", "language;fr", "max_length;5", "PROJECTS",
                "project_id;cost;votes;name",
            ] + projects + ["VOTES", "voter_id;vote"] + votes
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }
}

extension DemoTown {
    /// Deliveries of what was selected, in every status, and of one proposal accepted without a vote.
    func build(in process: ID<Participation.Process>) async throws {
        let candidates: [DeliveryCandidate] = try await deliveries.candidates(of: process, by: .operator)
        if !candidates.isEmpty {
            try await deliveries.begin(
                candidates.map(\.handle), in: process,
                DeliveryPlan(service: "Espaces verts", plannedStart: Self.day(-200), plannedEnd: Self.day(120)),
                by: .operator)
        }
        let begun: [Delivery] = try await deliveries.list(of: process)
        // In the order of their handles, which no delay changes: a load that goes on takes them as they were.
        for (index, delivery) in begun.sorted(by: { $0.handle < $1.handle }).enumerated() {
            try await plan(delivery, reached: [5, 3, 2, 1, 0][index % 5])
            switch index % 5 {
            case 0: try await finish(delivery)
            case 1: try await workOn(delivery)
            case 2: try await delay(delivery)
            case 3 where index > 4: try await abandon(delivery)
            default: break
            }
        }
        if let first = begun.first {
            try await deliveries.follow(first.id, by: residents[1].account ?? ID())
        }
    }

    /// Four milestones, of which so many are reached.
    private func plan(_ delivery: Delivery, reached: Int) async throws {
        let titles: [Texts] = [
            Texts(["fr": "Étude avec les riverains", "en": "Study with the neighbours", "de": "Planung mit Anwohnern"]),
            Texts(["fr": "Marché signé", "en": "Contract signed", "de": "Auftrag vergeben"]),
            Texts(["fr": "Gros œuvre terminé", "en": "Main works finished", "de": "Rohbau fertig"]),
            Texts(["fr": "Ouverture au public", "en": "Open to the public", "de": "Öffnung"]),
        ]
        for (index, title) in titles.enumerated().dropFirst(delivery.milestones) {
            try await deliveries.add(
                milestone: title, due: Self.day(-150 + 60 * index), to: delivery.id, by: .operator)
        }
        for number in 1...4 where number <= reached && number > delivery.reached {
            try await deliveries.reach(
                milestone: number, of: delivery.id, on: Self.day(-155 + 30 * number),
                evidence: Texts([
                    "fr": "Compte rendu signé et affiché sur place.", "en": "Signed report, posted on the site.",
                    "de": "Unterzeichneter Bericht, vor Ort ausgehängt.",
                ]), by: .operator)
        }
    }

    private func pay(_ delivery: Delivery, _ share: Int64, _ name: String, _ days: Int) async throws {
        try await deliveries.note(
            Spending(
                invoice: "\(name)-\(delivery.handle)", paidOn: Self.day(days), label: name,
                cents: max(1, delivery.budget * share / 100)), for: delivery.id, by: .operator)
    }

    // The turn comes last: as long as it has not been taken, a load that goes on does the rest again.

    private func finish(_ delivery: Delivery) async throws {
        guard delivery.status != .done else { return }
        if delivery.status == .planned {
            try await pay(delivery, 30, "Étude", -120)
            try await pay(delivery, 62, "Travaux", -30)
            try await deliveries.hang(try await picture(.bareGround), by: .before, of: delivery.id, by: .operator)
            try await deliveries.hang(try await picture(.bench), by: .after, of: delivery.id, by: .operator)
            try await deliveries.record(.underWay(since: Self.day(-140)), of: delivery.id, by: .operator)
        }
        try await deliveries.record(.done(on: Self.day(-10)), of: delivery.id, by: .operator)
    }

    private func workOn(_ delivery: Delivery) async throws {
        guard delivery.status == .planned else { return }
        try await pay(delivery, 25, "Étude", -80)
        let update: ID<DeliveryUpdate> = try await deliveries.publish(
            Texts(["fr": "Le chantier a commencé", "en": "The works have begun", "de": "Die Arbeiten haben begonnen"]),
            Texts([
                "fr": "Les barrières sont posées.\nLe passage reste ouvert aux piétons.",
                "en": "The fences are up.\nPedestrians can still pass.",
                "de": "Die Absperrungen stehen.\nZu Fuß kommt man weiter durch.",
            ]), of: delivery.id, by: .operator)
        try await deliveries.hang(try await picture(.works), by: .update(update), of: delivery.id, by: .operator)
        try await deliveries.record(.underWay(since: Self.day(-90)), of: delivery.id, by: .operator)
    }

    private func delay(_ delivery: Delivery) async throws {
        guard delivery.status != .delayed else { return }
        if delivery.status == .planned {
            try await pay(delivery, 110, "Fouilles et travaux", -20)
            try await deliveries.record(.underWay(since: Self.day(-100)), of: delivery.id, by: .operator)
        }
        try await deliveries.record(
            .rescheduled(
                until: Self.day(260),
                because: Texts([
                    "fr": "Des vestiges ont été trouvés : les fouilles durent quatre mois.",
                    "en": "Remains were found: the excavation takes four months.",
                    "de": "Es wurden Funde gemacht: Die Grabung dauert vier Monate.",
                ])), of: delivery.id, by: .operator)
    }

    private func abandon(_ delivery: Delivery) async throws {
        guard delivery.status == .planned else { return }
        try await deliveries.record(
            .abandoned(
                because: Texts([
                    "fr": "Le sol est pollué ; l’argent revient au budget participatif de l’an prochain.",
                    "en": "The soil is polluted; the money goes back to next year’s participatory budget.",
                    "de": "Der Boden ist belastet; das Geld geht an den Bürgerhaushalt des nächsten Jahres zurück.",
                ])), of: delivery.id, by: .operator)
    }
}
