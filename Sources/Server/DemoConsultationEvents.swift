import Foundation
import Participation
import Web

/// The events of the demonstration: one to come, one that is over and has its minutes.
extension DemoTown {
    /// The events of the consultation that collects; as they are when they are there already.
    func events(of consultation: Consultation) async throws {
        guard consultation.handle == Demonstration.collectingHandle else { return }
        let events = Events(pool: house.pool, correspondent: Letters(site: try house.site()))
        try await hold(Self.workshop, "atelier-place-lambert", on: 9, of: consultation, events)
        guard let past = try await hold(Self.stand, "stand-du-marche", on: -6, of: consultation, events),
            past.minutesPublishedAt == nil
        else { return }
        try await events.count([.residents: 41, .children: 6, .shopkeepers: 5], at: past.id, by: agent)
        try await events.write(Self.minutes, of: past.id, revision: past.revision, by: agent)
        let contributions = EventContributions(pool: house.pool)
        if try await contributions.list(of: past.id).isEmpty {
            let leads: [EventContribution.Lead] = try await contributions.choices(for: past.id, by: agent).map(\.lead)
            let argument: EventContribution.Lead? = leads.first { if case .argument = $0 { true } else { false } }
            for (index, said) in Self.said.enumerated() {
                let id: ID<EventContribution> = try await contributions.add(
                    said.words, in: .french, leadingTo: index == 1 ? argument : nil, to: past.id, by: agent)
                try await contributions.follow(
                    id, of: past.id, leadingTo: nil, keepingLead: true, outcome: said.outcome, by: agent)
            }
        }
        try await events.publishMinutes(of: past.id, by: agent)
    }

    /// An event so many days from today, at six in the evening for two hours, published.
    @discardableResult
    private func hold(
        _ draft: EventDraft, _ handle: String, on day: Int, of consultation: Consultation, _ events: Events
    ) async throws -> Event? {
        if try await events.find(handle) == nil {
            var draft: EventDraft = draft
            draft.consultation = consultation.id
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = TimeZone(identifier: "Europe/Paris") ?? .gmt
            let midnight: Date = calendar.startOfDay(for: Date(timeIntervalSinceNow: Double(day) * 86_400))
            let starts: Date = midnight.addingTimeInterval(18 * 3600)
            let id: ID<Event> = try await events.plan(
                draft, handle: handle, from: starts, until: starts.addingTimeInterval(7200), in: consultation.process,
                by: agent)
            try await events.publish(id, by: agent)
        }
        return try await events.find(handle)
    }

    private static let workshop = EventDraft(
        title: Texts([
            "fr": "Atelier : dessiner la place", "en": "Workshop: drawing the square",
            "de": "Workshop: den Platz zeichnen",
        ]),
        description: Texts([
            "fr":
                "Par tables de six, autour de grandes cartes, vous placez arbres, bancs et jeux. *Démonstration.*",
            "en":
                "In groups of six, around large maps, you place trees, benches and games. *A demonstration.*",
            "de":
                "An großen Plänen setzen Sie zu sechst Bäume, Bänke und Spielgeräte. *Vorführung.*",
        ]),
        agenda: Texts([
            "fr":
                "- 18 h : ce qui est décidé\n- 18 h 20 : travail par tables\n- 19 h 30 : chaque table raconte",
            "en": "- 6 pm: what is decided\n- 6:20 pm: work in groups\n- 7:30 pm: each group reports",
            "de":
                "- 18 Uhr: was entschieden ist\n- 18:20 Uhr: Arbeit an Tischen\n- 19:30 Uhr: jeder Tisch berichtet",
        ]),
        kind: .hybrid,
        place: Texts([
            "fr": "Maison de la participation, grande salle, rez-de-chaussée",
            "en": "House of participation, large hall, ground floor",
            "de": "Haus der Beteiligung, großer Saal, Erdgeschoss",
        ]),
        point: MapPoint(latitude: 43.6046, longitude: 1.4442),
        accessibility: Texts([
            "fr": "Entrée de plain-pied, toilettes adaptées, boucle magnétique.",
            "en": "Level entrance, accessible toilets, hearing loop.",
            "de": "Ebenerdiger Eingang, barrierefreie Toiletten, Induktionsschleife.",
        ]),
        help: Texts([
            "fr": "Français et allemand ; langue des signes et garde d’enfants sur demande.",
            "en": "French and German; sign language and childcare on request.",
            "de": "Französisch und Deutsch; Gebärdensprache und Kinderbetreuung auf Anfrage.",
        ]), onlineAddress: "https://example.org/salle-lambert", places: 36, mostCompanions: 3)

    private static let stand = EventDraft(
        title: Texts([
            "fr": "Stand au marché", "en": "Stand at the market", "de": "Stand am Markt",
        ]),
        description: Texts([
            "fr": "Deux agents au marché, avec le plan et le questionnaire sur papier. *Démonstration.*",
            "en": "Two agents at the market, with the plan and the questionnaire on paper. *A demonstration.*",
            "de": "Zwei Mitarbeitende am Markt, mit Plan und Fragebogen auf Papier. *Vorführung.*",
        ]),
        place: Texts([
            "fr": "Place Lambert, devant la fontaine", "en": "Place Lambert, in front of the fountain",
            "de": "Place Lambert, vor dem Brunnen",
        ]),
        accessibility: Texts([
            "fr": "Sol plat, deux chaises pour s’asseoir.", "en": "Level ground, two chairs to sit down.",
            "de": "Ebener Boden, zwei Stühle zum Sitzen.",
        ]))

    private static let minutes = Texts([
        "fr": """
        Une cinquantaine de personnes se sont arrêtées en deux heures.

        - **Chaleur** : le sujet dont on parle le plus ; l’ombre avant tout.
        - **Livraisons** : les commerces demandent une plage jusqu’à 11 h.
        - **Bancs** : avec dossier et accoudoirs, « pour pouvoir se relever ».
        """,
        "en": """
        Some fifty people stopped in two hours.

        - **Heat**: what people talk about most; shade before all.
        - **Deliveries**: shops ask for a window until 11 am.
        - **Benches**: with backs and armrests, “so that one can get up again”.
        """,
        "de": """
        Rund fünfzig Personen blieben in zwei Stunden stehen.

        - **Hitze**: das häufigste Thema; vor allem Schatten.
        - **Lieferungen**: Geschäfte wünschen ein Zeitfenster bis 11 Uhr.
        - **Bänke**: mit Lehnen, „damit man wieder aufstehen kann“.
        """,
    ])

    private static let said: [(words: String, outcome: Texts)] = [
        (
            "Des bancs avec des accoudoirs, sinon je ne peux pas me relever.",
            Texts([
                "fr": "Repris dans le programme du futur plan.", "en": "Taken into the brief of the coming plan.",
                "de": "In die Vorgaben für den Plan aufgenommen.",
            ])
        ),
        (
            "Les livreurs n’ont nulle part où s’arrêter le matin.",
            Texts([
                "fr": "Versé au débat sur le stationnement.", "en": "Brought into the debate on parking.",
                "de": "In die Debatte über das Parken eingebracht.",
            ])
        ),
        (
            "Il faudrait une fontaine à boire.",
            Texts([
                "fr": "Le service de l’eau chiffre deux emplacements.", "en": "The water service prices two places.",
                "de": "Der Wasserdienst berechnet zwei Standorte.",
            ])
        ),
    ]
}
