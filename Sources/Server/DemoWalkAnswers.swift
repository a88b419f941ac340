import Foundation
import Participation
import PublicRecord

/// What the city does with what was seen on a walk of the demonstration: read, joined, answered and told.
extension DemoTown {
    private var answers: ServiceAnswers { ServiceAnswers(pool: house.pool, zone: zone, correspondent: letters) }
    private var files: ObservationFiles { ObservationFiles(pool: house.pool, zone: zone) }

    private static func text(_ french: String, _ english: String, _ german: String) -> Texts {
        Texts(["fr": french, "en": english, "de": german])
    }

    /// Reads what arrived: one thing is set aside, two pairs are joined, the rest is published, and the services answer.
    func read(_ handle: String, in process: ID<Participation.Process>) async throws {
        guard let walk = try await Walks(pool: house.pool).find(handle) else { return }
        let publications = Publications(pool: house.pool)
        let waiting: [Observation] = try await files.list(
            ObservationFilter(state: .received), of: walk.id, limit: 200, by: agent
        ).map(\.observation)
        func find(_ words: String) -> ID<Observation>? { waiting.first { $0.words.hasPrefix(words) }?.id }
        if let doubtful = find("Des scooters") {
            try await publications.setAside([doubtful], because: .elsewhere, of: walk.id, by: agent)
        }
        let joins = ObservationJoins(pool: house.pool)
        for (origin, target) in [("Zwei Bretter", "Deux planches"), ("On n’a pas le temps", "Le feu piéton")] {
            guard let origin = find(origin), let target = find(target) else { continue }
            try await joins.join([origin], into: target, of: walk.id, by: agent)
        }
        let rest: [ID<Observation>] = try await files.list(
            ObservationFilter(state: .received), of: walk.id, limit: 200, by: agent
        ).map(\.observation.id)
        if !rest.isEmpty { try await publications.publish(rest, of: walk.id, by: agent) }
        try await answer(waiting, of: walk.id, in: process)
    }

    /// Each service has some of the problems and ideas; most are answered, one with a day that was put off.
    private func answer(
        _ seen: [Observation], of walk: ID<Walk>, in process: ID<Participation.Process>
    ) async throws {
        let services: [ID<ExaminingService>] = try await settings.services(of: process).map(\.id)
        guard services.count > 1, !seen.isEmpty else { return }
        func find(_ words: String) -> ID<Observation>? { seen.first { $0.words.hasPrefix(words) }?.id }
        let asked: [(service: Int, words: [String])] = [
            (0, ["Du verre cassé", "La haie cache", "Une fontaine", "Un compost", "Deux planches"]),
            (1, ["Le feu piéton", "Les voitures garées", "Aucune lampe", "Avancer le trottoir", "Un nid-de-poule"]),
        ]
        for (service, words) in asked {
            try await answers.give(
                words.compactMap(find), to: services[service], due: Self.day(30), of: walk, by: agent)
        }
        let given: [(words: String, draft: ServiceAnswerDraft)] = [
            (
                "Du verre cassé",
                draft(.done, "Nettoyé le lendemain.", "Cleaned the next day.", "Am Tag danach gereinigt.")
            ),
            (
                "La haie cache",
                draft(
                    .planned, "La haie sera taillée à hauteur d’enfant.", "The hedge will be cut to a child’s height.",
                    "Die Hecke wird auf Kinderhöhe geschnitten.", until: 40)
            ),
            (
                "Une fontaine",
                draft(
                    .study, "Nous cherchons où passe l’eau.", "We are looking for where the water runs.",
                    "Wir prüfen, wo die Leitung liegt.", until: 90)
            ),
            (
                "Un compost",
                draft(
                    .refused, "Le sol est remblayé : un compost y est interdit.",
                    "The ground is filled: composting is not allowed there.",
                    "Der Boden ist aufgeschüttet: Kompostieren ist dort nicht erlaubt.")
            ),
            (
                "Le feu piéton",
                draft(
                    .planned, "Le temps de vert passe à douze secondes.", "The green time becomes twelve seconds.",
                    "Die Grünzeit wird auf zwölf Sekunden verlängert.", until: 20)
            ),
            (
                "Aucune lampe",
                draft(
                    .planned, "Deux lampes basses seront posées.", "Two low lamps will be put up.",
                    "Zwei niedrige Leuchten werden aufgestellt.", until: 60)
            ),
        ]
        for (words, draft) in given {
            guard let id = find(words) else { continue }
            try await answers.answer(id, draft, by: agent)
        }
        try await answers.publish(given.compactMap { find($0.words) }, of: walk, by: agent)
        if let light = find("Le feu piéton") {
            try await answers.turn(
                light, to: .done, due: nil,
                words: Self.text("Le feu est réglé.", "The light is set.", "Die Ampel ist umgestellt."), of: walk,
                by: agent)
        }
    }

    private func draft(
        _ decision: ServiceAnswer.Decision, _ french: String, _ english: String, _ german: String,
        until days: Int? = nil
    ) -> ServiceAnswerDraft {
        ServiceAnswerDraft(
            decision: decision, words: Self.text(french, english, german), dueOn: days.map(Self.day))
    }

    // MARK: The report

    /// The report of the walk, published once.
    func report(_ handle: String) async throws {
        let reports = WalkReports(pool: house.pool)
        guard let walk = try await Walks(pool: house.pool).find(handle),
            try await reports.versions(of: walk.id).isEmpty
        else { return }
        let begun: WalkReport = try await reports.report(of: walk.id, by: agent)
        try await reports.write(
            WalkReportFacts(
                commissioner: Self.text("Agence de participation", "Participation agency", "Beteiligungsagentur"),
                weather: Self.text("Couvert, 14 °C", "Overcast, 14 °C", "Bedeckt, 14 °C"),
                absentServices: Self.text("L’éclairage public", "Street lighting", "Die Straßenbeleuchtung"),
                introduction: Self.text(
                    "Nous avons suivi les quais pendant deux heures. Ce rapport est une démonstration.",
                    "We followed the quays for two hours. This report is a demonstration.",
                    "Wir sind zwei Stunden am Ufer entlanggegangen. Dieser Bericht ist eine Vorführung."),
                returnAt: Date(timeIntervalSinceNow: 10 * 86_400),
                returnPlace: Self.text("Maison de la participation", "House of participation", "Haus der Beteiligung")),
            for: walk.id, by: agent)
        if begun.sections.isEmpty {
            try await reports.write(
                ReportSection(
                    kind: .practice, title: Self.text("Ce qui va bien", "What goes well", "Was gut geht"),
                    words: Self.text(
                        "Les mariniers renseignent et veillent ; le square est partagé par toutes les familles.",
                        "The boatmen give directions and keep watch; all families share the square.",
                        "Die Schiffer geben Auskunft und passen auf; den Platz teilen sich alle Familien.")),
                for: walk.id, by: agent)
        }
        if begun.recommendations.isEmpty {
            for recommendation in [
                Recommendation(
                    horizon: .immediate, owner: .town,
                    title: Self.text("Tailler la haie du square", "Cut the hedge of the square", "Die Hecke schneiden")),
                Recommendation(
                    horizon: .planned, owner: .metropolis,
                    title: Self.text("Allonger le feu piéton", "Lengthen the green light", "Grünzeit verlängern")),
                Recommendation(
                    horizon: .study, owner: .town,
                    title: Self.text(
                        "Éclairer le mur des graffitis", "Light the graffiti wall", "Die Graffitiwand beleuchten")),
            ] {
                try await reports.write(recommendation, for: walk.id, by: agent)
            }
        }
        try await reports.publish(walk.id, by: agent)
    }
}
