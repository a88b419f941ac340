import Participation
import Web

/// The debate of the demonstration, with arguments that were taken at a stand.
extension DemoTown {
    /// The debate of the consultation that collects, published, with arguments on each side; nothing when it is there.
    func debates(of consultation: Consultation) async throws {
        guard consultation.handle == Demonstration.collectingHandle else { return }
        let debates = Debates(pool: house.pool, correspondent: Letters(site: try house.site()))
        let handle = "voitures"
        if try await debates.find(handle, of: consultation.id) == nil {
            try await debates.plan(Self.cars, handle: handle, in: consultation.id, by: agent)
        }
        guard let debate = try await debates.find(handle, of: consultation.id), debate.publishedAt == nil else {
            return
        }
        try await debates.publish(debate.id, by: agent)
        let arguments = Arguments(pool: house.pool, secrets: house.secrets)
        for (side, title, body, sources) in Self.said {
            try await arguments.write(
                ArgumentDraft(side: side, title: title, body: body, sources: sources, language: .french),
                in: debate.id, by: agent)
        }
    }

    private static let cars = DebateDraft(
        question: Texts([
            "fr": "Faut-il garder des places de stationnement sur la place Lambert ?",
            "en": "Should place Lambert keep parking spaces?",
            "de": "Soll die Place Lambert Parkplätze behalten?",
        ]),
        context: Texts([
            "fr": """
            La place a **46 places** de stationnement ; le parking souterrain de la gare, à 250 m, en a 600, dont un \
            tiers reste libre en semaine. Les livraisons et les places réservées aux personnes handicapées restent \
            dans tous les cas. *Chiffres de démonstration.*
            """,
            "en": """
            The square has **46 spaces**; the underground car park of the station, 250 m away, has 600, a third of \
            which are free on weekdays. Deliveries and spaces for disabled people stay in any case. *Figures of a \
            demonstration.*
            """,
            "de": """
            Der Platz hat **46 Stellplätze**; die Tiefgarage am Bahnhof, 250 m entfernt, hat 600, davon ist werktags \
            ein Drittel frei. Lieferungen und Behindertenparkplätze bleiben in jedem Fall. *Zahlen der Vorführung.*
            """,
        ]),
        sides: [
            Texts(["fr": "Oui, les garder", "en": "Yes, keep them", "de": "Ja, behalten"]),
            Texts([
                "fr": "Quelques-unes, à durée courte", "en": "Some, for a short time", "de": "Einige, für kurze Zeit",
            ]),
            Texts(["fr": "Non, aucune", "en": "No, none", "de": "Nein, keine"]),
        ])

    private static let said: [(side: Int, title: String, body: String, sources: [String])] = [
        (
            1, "Les commerces vivent aussi de ceux qui viennent en voiture",
            "Le samedi, la moitié de ma clientèle vient de l’extérieur. Sans place devant la boutique, elle va ailleurs.",
            []
        ),
        (1, "Pour les soignants à domicile", "Ils passent dix fois par jour et n’ont pas le temps de chercher.", []),
        (
            2, "Vingt minutes suffisent pour une course",
            "Des places limitées à vingt minutes tournent dix fois plus. Personne n’y laisse sa voiture la journée.",
            ["https://www.cerema.fr/fr/actualites/stationnement"]
        ),
        (
            3, "De l’ombre plutôt que des carrosseries",
            "Une place de stationnement, c’est 12 m² : un arbre et deux bancs. En août la place est un four.",
            ["https://www.ademe.fr/"]
        ),
        (3, "Les enfants traversent entre les voitures", "L’école est à cent mètres. On ne les voit pas arriver.", []),
    ]
}
