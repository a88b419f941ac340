import Foundation
import Participation
import Web

/// Two consultations of the demonstration: one is collecting now, one is over and answered.
extension Demonstration {
    /// The process of the consultations, the consultation that collects, and the one that is over.
    static let consultationsSlug = "consultations-2027"
    static let collectingHandle = "place-lambert"
    static let overHandle = "jardins-2026"

    /// Both with all that hangs on them. What is over is filled while it collects, and then put in its own weeks; each
    /// act asks first whether it is done, so that a load that was interrupted goes on where it stopped.
    static func consultations(_ town: DemoTown) async throws {
        let process: ID<Participation.Process> = try await town.consultationsProcess(consultationsSlug)
        try await town.hold(.square, in: process)
        try await town.hold(.gardens, in: process)
        for handle in [collectingHandle, overHandle] { try await town.fill(handle) }
        try await town.stage(.square)
        try await town.stage(.gardens)
        try await town.conclude(overHandle)
        // What was published of it only now was published when it was due.
        try await town.stage(.gardens)
    }
}

/// A consultation of the demonstration, before it is made.
struct DemoConsultation: Sendable {
    let handle: String
    let title: Texts, summary: Texts, purpose: Texts, canChange: Texts, cannotChange: Texts
    /// The days from today on which it begins and ends to collect, and on which its promises are due.
    let from: Int, until: Int, synthesis: Int, answer: Int

    var timetable: ConsultationTimetable {
        // On the hour: nobody opens a consultation at seven minutes past.
        let hour: Double = (Date().timeIntervalSinceReferenceDate / 3600).rounded(.down) * 3600
        func moment(_ days: Int) -> Date { Date(timeIntervalSinceReferenceDate: hour + Double(days) * 86_400) }
        return ConsultationTimetable(
            collectsFrom: moment(from), collectsUntil: moment(until), synthesisDue: DemoTown.day(synthesis),
            answerDue: DemoTown.day(answer))
    }

    private static func text(_ french: String, _ english: String, _ german: String) -> Texts {
        Texts(["fr": french, "en": english, "de": german])
    }

    static let contact: Texts = text(
        "Maison de la participation, du mardi au samedi de 10 h à 18 h. Questionnaires sur papier et aide pour répondre.",
        "House of participation, Tuesday to Saturday from 10 am to 6 pm. Questionnaires on paper, and help to answer.",
        "Haus der Beteiligung, Dienstag bis Samstag von 10 bis 18 Uhr. Fragebogen auf Papier und Hilfe beim Ausfüllen.")

    static let square = DemoConsultation(
        handle: Demonstration.collectingHandle,
        title: text(
            "Réaménager la place Lambert", "A new design for place Lambert", "Die Place Lambert neu gestalten"),
        summary: text(
            "La place sera refaite en 2028. Dites comment vous l’utilisez et ce qui doit y trouver place. Démonstration.",
            "The square will be rebuilt in 2028. Say how you use it and what it should have room for. A demonstration.",
            "Der Platz wird 2028 umgebaut. Sagen Sie, wie Sie ihn nutzen und was dort Platz finden soll. Vorführung."),
        purpose: text(
            "Le plan de la place sera dessiné **après** cette consultation, à partir de ce que vous en dites.",
            "The plan of the square will be drawn **after** this consultation, from what you say.",
            "Der Plan des Platzes entsteht **nach** dieser Beteiligung, aus dem, was Sie sagen."),
        canChange: text(
            "- la place des arbres, des bancs et des jeux\n- les heures de livraison\n- le nombre d’arceaux à vélos",
            "- where trees, benches and play areas go\n- the hours of deliveries\n- how many bicycle stands there are",
            "- wo Bäume, Bänke und Spielgeräte stehen\n- die Lieferzeiten\n- die Zahl der Fahrradbügel"),
        cannotChange: text(
            "- l’arrêt de tram reste où il est\n- le marché du jeudi garde ses soixante places\n- le budget : 1,8 M€",
            "- the tram stop stays where it is\n- the Thursday market keeps its sixty stalls\n- the budget: €1.8 million",
            "- die Haltestelle bleibt, wo sie ist\n- der Donnerstagsmarkt behält seine sechzig Stände\n"
                + "- das Budget: 1,8 Mio. €"),
        from: -12, until: 18, synthesis: 48, answer: 90)

    static let gardens = DemoConsultation(
        handle: Demonstration.overHandle,
        title: text("Des jardins partagés au Vallon", "Shared gardens in the Vallon", "Gemeinschaftsgärten im Vallon"),
        summary: text(
            "Où faire de nouveaux jardins partagés, et avec quelles règles ? Consultation de démonstration, terminée.",
            "Where should new shared gardens go, and with which rules? A consultation of the demonstration, now over.",
            "Wo sollen neue Gemeinschaftsgärten entstehen, nach welchen Regeln? Beendete Beteiligung der Vorführung."),
        purpose: text(
            "La ville ouvre trois jardins partagés en 2027. Vous dites où, pour qui, et ce qu’on y fait.",
            "The city opens three shared gardens in 2027. You say where, for whom, and what is done there.",
            "Die Stadt eröffnet 2027 drei Gemeinschaftsgärten. Sie sagen, wo, für wen und was dort geschieht."),
        canChange: text(
            "- les trois terrains, parmi sept\n- la taille des parcelles\n- le règlement",
            "- the three plots, out of seven\n- the size of the beds\n- the rules",
            "- die drei Grundstücke, aus sieben\n- die Größe der Beete\n- die Gartenordnung"),
        cannotChange: text(
            "- le nombre de jardins : trois\n- ni chimie ni barbecue",
            "- the number of gardens: three\n"
                + "- no chemicals, no barbecue", "- die Zahl der Gärten: drei\n- keine Chemie, kein Grill"),
        from: -240, until: -205, synthesis: -170, answer: -140)
}

extension DemoTown {
    private var consultations: Consultations { Consultations(pool: house.pool) }

    /// The process of the consultations; as it was when it is there already.
    func consultationsProcess(_ slug: String) async throws -> ID<Participation.Process> {
        if let known = try await house.processes.find(slug) { return known.id }
        func texts(_ french: String, _ english: String, _ german: String) -> Texts {
            Texts(["fr": french, "en": english, "de": german])
        }
        return try await house.processes.create(
            ProcessDraft(
                slug: slug, title: texts("Consultations 2027", "Consultations 2027", "Beteiligungen 2027"),
                summary: texts(
                    "Des questions précises de la ville, et ce qu’elle répond.",
                    "Precise questions of the city, and what it answers.",
                    "Genaue Fragen der Stadt, und was sie antwortet."),
                description: texts(
                    "Cette démarche est une démonstration : questions, réponses et décisions sont inventées.",
                    "This process is a demonstration: questions, answers and decisions are invented.",
                    "Dieses Verfahren ist eine Vorführung: Fragen, Antworten und Beschlüsse sind erfunden."),
                phases: [
                    PhaseDraft(
                        kind: .consultation, title: texts("Consulter", "Consult", "Befragen"),
                        description: texts(
                            "Une consultation est ouverte : vous pouvez participer.",
                            "A consultation is open: you can take part.",
                            "Eine Beteiligung läuft: Sie können mitmachen."), starts: Self.day(-260),
                        ends: Self.day(18)),
                    PhaseDraft(
                        kind: .followUp, title: texts("Répondre et suivre", "Answer and follow", "Antworten, umsetzen"),
                        description: Texts([:]), starts: Self.day(19), ends: Self.day(900)),
                ]), demonstration: true, by: .operator)
    }

    /// Prepares a consultation by the desk's own acts and publishes it, collecting from now on.
    func hold(_ plan: DemoConsultation, in process: ID<Participation.Process>) async throws {
        if try await consultations.find(plan.handle) == nil {
            try await consultations.plan(
                ConsultationPlan(
                    handle: plan.handle, title: plan.title,
                    timetable: ConsultationTimetable(
                        collectsFrom: Date(timeIntervalSinceNow: -3600),
                        collectsUntil: Date(timeIntervalSinceNow: 30 * 86_400), synthesisDue: Self.day(60),
                        answerDue: Self.day(90))), in: process, by: agent)
        }
        guard let consultation = try await consultations.find(plan.handle), consultation.publishedAt == nil else {
            return
        }
        try await consultations.describe(
            consultation.id,
            ConsultationPurpose(
                title: plan.title, summary: plan.summary, purpose: plan.purpose, canChange: plan.canChange,
                cannotChange: plan.cannotChange, contact: DemoConsultation.contact), revision: consultation.revision,
            by: agent)
        try await consultations.publish(consultation.id, by: agent)
    }

    /// What hangs on a consultation, part by part; each is a function in a file of its own.
    func fill(_ handle: String) async throws {
        guard let consultation = try await consultations.find(handle), consultation.isCollecting else { return }
        try await forms(of: consultation)
        try await answers(to: consultation)
        try await texts(of: consultation)
        try await debates(of: consultation)
        try await events(of: consultation)
    }

    /// What the city made of a consultation whose collection is over; each is a function in a file of its own.
    func conclude(_ handle: String) async throws {
        guard let consultation = try await consultations.find(handle), consultation.stage > .collection else { return }
        try await outcome(of: consultation)
    }

    /// The weeks of a consultation, once all that is collected is there.
    func stage(_ plan: DemoConsultation) async throws {
        guard let consultation = try await consultations.find(plan.handle) else { return }
        try await consultations.stage(consultation.id, plan.timetable, by: .operator)
    }
}
