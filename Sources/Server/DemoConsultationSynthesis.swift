import Foundation
import Participation

/// What the consultation of the demonstration that is over ended in: a synthesis, and decisions in several states.
extension DemoTown {
    private func text(_ french: String, _ english: String, _ german: String) -> Texts {
        Texts(["fr": french, "en": english, "de": german])
    }

    /// Publishes the synthesis and the answer of a consultation whose collection is over; each once.
    func outcome(of consultation: Consultation) async throws {
        if consultation.synthesisedAt == nil { try await synthesise(consultation) }
        if consultation.answeredAt == nil { try await answer(consultation) }
    }

    private func synthesise(_ consultation: Consultation) async throws {
        let syntheses = Syntheses(pool: house.pool)
        let sections: [(SynthesisSection, Texts)] = [
            (
                .asked,
                text(
                    "La ville ouvre trois jardins partagés. Nous avons demandé **où**, et **avec quelles règles**. "
                        + "Le nombre de jardins n’était pas en question. *Démonstration : tout est inventé.*",
                    "The city opens three shared gardens. We asked **where**, and **with which rules**. The number of "
                        + "gardens was not in question. *A demonstration: all of it is invented.*",
                    "Die Stadt eröffnet drei Gemeinschaftsgärten. Wir haben gefragt, **wo** und **nach welchen Regeln**. "
                        + "Die Zahl der Gärten stand nicht zur Frage. *Vorführung: Alles ist erfunden.*")
            ),
            (
                .people,
                text(
                    "On pouvait répondre en ligne, sur papier ou auprès d’un agent.\n\n{people jardins}\n\n"
                        + "Une partie des feuilles a été lue par deux personnes.\n\n{paper jardins}",
                    "One could answer online, on paper or with an agent.\n\n{people jardins}\n\n"
                        + "A part of the sheets was read by two people.\n\n{paper jardins}",
                    "Antworten konnte man online, auf Papier oder bei einer Mitarbeiterin.\n\n{people jardins}\n\n"
                        + "Ein Teil der Bogen wurde von zwei Personen gelesen.\n\n{paper jardins}")
            ),
            (
                .said,
                text(
                    "## Les terrains\n\n{figure jardins/terrains}\n\n## Les règles\n\nLes poules divisent, "
                        + "les fêtes beaucoup moins.\n\n{figure jardins/avis}\n\n{figure jardins/ouverture}\n\n"
                        + "## Avec vos mots\n\n{quotes jardins/regle}",
                    "## The plots\n\n{figure jardins/terrains}\n\n## The rules\n\nHens divide, parties much less.\n\n"
                        + "{figure jardins/avis}\n\n{figure jardins/ouverture}\n\n"
                        + "## In your words\n\n{quotes jardins/regle}",
                    "## Die Grundstücke\n\n{figure jardins/terrains}\n\n## Die Regeln\n\nHühner sind umstritten, "
                        + "Feste viel weniger.\n\n{figure jardins/avis}\n\n{figure jardins/ouverture}\n\n"
                        + "## In Ihren Worten\n\n{quotes jardins/regle}")
            ),
            (
                .limits,
                text(
                    "Ces personnes ont choisi de répondre : elles ne représentent pas la ville. Qui jardine déjà a sans "
                        + "doute répondu plus souvent. Les écarts de quelques points ne disent rien.",
                    "These people chose to answer: they do not represent the city. Whoever gardens already has probably "
                        + "answered more often. Differences of a few points say nothing.",
                    "Diese Menschen haben sich entschieden zu antworten: Sie stehen nicht für die Stadt. Wer schon gärtnert, "
                        + "hat wohl öfter geantwortet. Unterschiede von wenigen Punkten sagen nichts.")
            ),
        ]
        for (section, words) in sections {
            try await syntheses.write(section, words, of: consultation.id, by: agent)
        }
        try await syntheses.publish(consultation.id, by: agent)
    }

    private func answer(_ consultation: Consultation) async throws {
        let decisions = Decisions(
            pool: house.pool, zone: zone, correspondent: letters)
        let known: [Decision] = try await decisions.file(of: consultation.id, by: agent).decisions
        for (draft, voices) in gardenDecisions where !known.contains(where: { $0.draft.title == draft.title }) {
            let id: ID<Decision> = try await decisions.write(draft, of: consultation.id, by: agent)
            for voice in voices { try await decisions.link(voice, to: id, of: consultation.id, by: agent) }
        }
        try await decisions.publish(consultation.id, by: agent)
        let canal: Decision? = try await decisions.file(of: consultation.id, by: agent).decisions.first {
            $0.draft.title == gardenDecisions[0].0.title
        }
        guard let canal else { return }
        try await decisions.turn(
            canal.id, of: consultation.id, to: .underWay, due: Self.day(75),
            words: text(
                "La clôture est posée, l’eau arrive en mars : un mois de plus que prévu, le tuyau passait ailleurs.",
                "The fence stands, the water comes in March: a month later than planned, the pipe ran elsewhere.",
                "Der Zaun steht, das Wasser kommt im März: einen Monat später als geplant, die Leitung lag anderswo."),
            by: agent)
    }

    private var gardenDecisions: [(DecisionDraft, [Voice])] {
        [
            (
                DecisionDraft(
                    title: text("Un jardin au bord du canal", "A garden by the canal", "Ein Garten am Kanal"),
                    said: text(
                        "Le terrain du canal est celui que vous choisissez le plus souvent.",
                        "The plot by the canal is the one you chose most often.",
                        "Das Grundstück am Kanal wählten Sie am häufigsten."),
                    decided: text(
                        "Le premier jardin ouvre au bord du canal, avec quarante parcelles et un point d’eau.",
                        "The first garden opens by the canal, with forty plots and a water point.",
                        "Der erste Garten eröffnet am Kanal, mit vierzig Parzellen und Wasseranschluss."),
                    reason: text(
                        "Le sol est sain, et le tram s’arrête à deux cents mètres.",
                        "The ground is sound, and the tram stops two hundred metres away.",
                        "Der Boden ist gesund, und die Tram hält zweihundert Meter entfernt."),
                    kind: .planned, service: "Espaces verts", due: Self.day(45)),
                [Voice(.option, "jardins/terrains/canal")]
            ),
            (
                DecisionDraft(
                    title: text("Des ruches, plus tard", "Beehives, later", "Bienenstöcke, später"),
                    said: text(
                        "Beaucoup veulent des ruches, d’autres craignent les piqûres.",
                        "Many want beehives, others fear the stings.",
                        "Viele wünschen Bienenstöcke, andere fürchten Stiche."),
                    decided: text(
                        "Nous étudions deux emplacements à l’écart, avec le syndicat apicole.",
                        "We are looking at two places apart, with the beekeepers’ union.",
                        "Wir prüfen mit dem Imkerverein zwei abgelegene Standorte."),
                    reason: text(
                        "La règle impose vingt mètres jusqu’aux allées : tous les terrains ne le permettent pas.",
                        "The rule asks for twenty metres to the paths: not every plot allows that.",
                        "Vorgeschrieben sind zwanzig Meter bis zu den Wegen: Nicht jedes Grundstück lässt das zu."),
                    kind: .study, service: "Environnement", due: Self.day(1)),
                [Voice(.option, "jardins/avis/ruches")]
            ),
            (
                DecisionDraft(
                    title: text("Ouverts à tous, en journée", "Open to all by day", "Tagsüber offen für alle"),
                    said: text(
                        "Vous êtes partagés entre un jardin ouvert et un jardin fermé.",
                        "You are divided between an open garden and a closed one.",
                        "Sie sind geteilter Meinung: offener oder geschlossener Garten."),
                    decided: text(
                        "Les allées sont ouvertes jusqu’à 20 heures, les parcelles ont une clôture basse.",
                        "The paths are open until 8 pm, the plots have a low fence.",
                        "Die Wege sind bis 20 Uhr offen, die Parzellen haben einen niedrigen Zaun."),
                    reason: text(
                        "Un terrain public reste public ; une clôture basse suffit à dire où l’on cultive.",
                        "Public ground stays public; a low fence is enough to say where things grow.",
                        "Öffentlicher Grund bleibt öffentlich; ein niedriger Zaun zeigt, wo angebaut wird."),
                    kind: .partly, service: "Espaces verts", due: Self.day(90)),
                [Voice(.question, "jardins/ouverture")]
            ),
            (
                DecisionDraft(
                    title: text("Un composteur par jardin", "A composter in each garden", "Ein Komposter je Garten"),
                    said: text(
                        "Vous demandez où mettre les déchets verts.", "You ask where green waste should go.",
                        "Sie fragen, wohin mit dem Grünschnitt."),
                    decided: text(
                        "Trois composteurs sont installés.", "Three composters have been set up.",
                        "Drei Komposter stehen."),
                    reason: text(
                        "Ils étaient en stock : rien n’obligeait à attendre.",
                        "They were in stock: there was no need to wait.",
                        "Sie waren auf Lager: Es gab keinen Grund zu warten."),
                    kind: .done, service: "Propreté"), [Voice(.question, "jardins/regle")]
            ),
            (
                DecisionDraft(
                    title: text("Pas de poules", "No hens", "Keine Hühner"),
                    said: text(
                        "Une partie d’entre vous voudrait des poules.", "Some of you would like hens.",
                        "Ein Teil von Ihnen wünscht Hühner."),
                    decided: text(
                        "Il n’y aura pas de poulailler.", "There will be no hen house.",
                        "Es wird keinen Hühnerstall geben."),
                    reason: text(
                        "Il faut quelqu’un chaque jour, week-ends compris : aucune association ne s’y engage.",
                        "Somebody is needed every day, weekends too: no association commits itself to that.",
                        "Es braucht jeden Tag jemanden, auch am Wochenende: Kein Verein sagt das zu."),
                    kind: .refused, service: "Espaces verts"), [Voice(.option, "jardins/avis/poules")]
            ),
        ]
    }
}
