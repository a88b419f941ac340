import Foundation
import Participation
import PublicRecord

/// The vote of the demonstration that is open on every channel: a roll, places with officers, papers and a kiosk.
extension Demonstration {
    static let everywhere = "partout-2026"
    /// Somebody on the roll, for the page that asks who one is.
    static let onTheRoll = "Aubépine, Exemple 1, 1940-01-01"

    private static let trees = [
        "Aubépine", "Aulne", "Bouleau", "Cerisier", "Charme", "Chêne", "Cormier", "Cornouiller", "Cytise", "Érable",
        "Frêne", "Fusain", "Genévrier", "Hêtre", "If", "Marronnier", "Mélèze", "Merisier", "Mûrier", "Noisetier",
        "Noyer", "Orme", "Peuplier", "Pin", "Platane", "Poirier", "Pommier", "Prunellier", "Robinier", "Sapin",
        "Saule", "Sorbier", "Sureau", "Tilleul", "Tremble",
    ]

    /// Opens it, unless it is open.
    static func everywhere(_ bytes: [UInt8], _ process: ID<Participation.Process>, _ house: House) async throws {
        if try await house.votes.find(everywhere) == nil {
            try await house.imports.importVote(
                bytes, into: process,
                options: Imports.Options(
                    slug: everywhere,
                    title: Texts([
                        "fr": "Votez en ligne, sur papier ou au kiosque", "en": "Vote online, on paper or at a kiosk",
                        "de": "Online, auf Papier oder am Kiosk abstimmen",
                    ]), demonstration: true), by: .operator)
        }
        let vote: Vote = try await house.vote(everywhere)
        guard vote.opening == nil else { return }
        var settings: VoteSettings = vote.settings
        settings.channels = ["kiosk", "online", "paper"]
        settings.eligibility = ["code", "desk", "roll"]
        settings.rollFields = ["family_name", "given_names", "birth_date"]
        settings.policy = "paper_prevails"
        try await house.votes.edit(vote.id, settings, projects: vote.projects, by: .operator)
        try await enrol(vote.id, house)
        try await places(vote, house)
        try await house.open(
            try await house.vote(everywhere), keyFile: house.file("custodian/\(everywhere).key"),
            passphrase: try passphrase(house, everywhere))
        try await Sequencer(pool: house.pool, secrets: house.secrets).drain(vote.id)
    }

    /// A roll of invented people, named after trees.
    private static func enrol(_ vote: ID<Vote>, _ house: House) async throws {
        guard try await Rolls(pool: house.pool).commitment(of: vote) == nil else { return }
        let rows: [String] = (1...4).flatMap { number in
            trees.enumerated().map { place, tree in
                "\(tree);Exemple \(number);\(1940 + place + 12 * (number - 1))-01-01;\(place + 1) rue des Tilleuls"
            }
        }
        let file: String = (["nom;prénom;date de naissance;adresse"] + rows).joined(separator: "\n") + "\n"
        let imports = RollImports(pool: house.pool)
        var reception: RollReception = try await imports.receive("demonstration.csv", for: vote, by: .operator)
        try await reception.take(Array(file.utf8))
        try await reception.finish()
        try await imports.choose([.familyName, .givenNames, .birthDate, .address], of: reception.id, by: .operator)
        let read: RollImport = try await imports.read(reception.id, by: .operator)
        guard read.state == .ready else { throw Failure(message: "The demonstration's roll is refused.") }
        try await imports.confirm(read.id, by: .operator)
        _ = try await RollCommitments(pool: house.pool).commit(vote, by: .operator)
    }

    private static func places(_ vote: Vote, _ house: House) async throws {
        let places = Places(pool: house.pool)
        let steps = Texts([
            "fr": "De plain-pied ; une table basse, des sièges et une loupe.",
            "en": "Step-free; a low table, seats and a magnifying glass.",
            "de": "Stufenlos; niedriger Tisch, Sitzplätze und eine Lupe.",
        ])
        let drafts: [PlaceDraft] = [
            PlaceDraft(
                handle: "mairie",
                name: Texts(["fr": "Hôtel de ville", "en": "Town hall", "de": "Rathaus"]),
                address: "1 place de la Démonstration",
                hours: Texts([
                    "fr": "Du lundi au samedi, de 9 h à 18 h", "en": "Monday to Saturday, 9 a.m. to 6 p.m.",
                    "de": "Montag bis Samstag, 9 bis 18 Uhr",
                ]), accessibility: steps, contact: "00 00 00 00 00"),
            PlaceDraft(
                handle: "marche", name: Texts(["fr": "Marché", "en": "Market", "de": "Markt"]),
                address: "Place du Marché",
                hours: Texts([
                    "fr": "Le mardi et le samedi, de 8 h à 13 h", "en": "Tuesdays and Saturdays, 8 a.m. to 1 p.m.",
                    "de": "Dienstags und samstags, 8 bis 13 Uhr",
                ]), accessibility: steps, contact: "00 00 00 00 00", hasNetwork: false),
            PlaceDraft(
                handle: "courrier", kind: .post,
                name: Texts(["fr": "Par courrier", "en": "By post", "de": "Per Post"]),
                address: "1 place de la Démonstration", contact: "00 00 00 00 00"),
        ]
        for draft in drafts where try await places.find(draft.handle, of: vote.id) == nil {
            try await places.add(draft, to: vote.id, by: .operator)
        }
        guard let officer = EmailAddress(officer) else { return }
        for place in try await places.list(of: vote.id) where try await places.shifts(of: place.id).isEmpty {
            try await places.plan(
                officer, at: place, from: Date(), to: vote.settings.closes.addingTimeInterval(86_400), by: .operator)
        }
    }
}
