import Foundation
import Participation
import PublicRecord

/// A walk of the demonstration, before it is made.
struct DemoWalk: Sendable {
    var handle: String
    var code: String
    var title: Texts, aim: Texts, audience: Texts, meetingPlace: Texts, accessibility: Texts, imageRights: Texts
    var audiences: [Concerned] = []
    var light: Walk.Light
    /// When it begins and ends, and until when its sheet is open.
    var startsAt: Date, endsAt: Date, sheetClosesAt: Date
    var route: DemoRoute
    /// The handle of the walk before on the same route.
    var previous: String?
}

/// A way of the demonstration with its stops.
struct DemoRoute: Sendable {
    var name: Texts
    var line: [MapPoint]
    var stops: [(title: Texts, prompt: Texts, point: MapPoint)]
}

extension Demonstration {
    /// Who takes notes on walks.
    static let noteTaker = "carnet@demonstration.example"

    /// A walk at night that is noted now, one by day in two weeks, and the one before it, held last year.
    static func walks(_ town: DemoTown, in process: ID<Participation.Process>) async throws {
        let now = Date()
        let hour: Double = 3600, day: Double = 86_400
        func walk(
            _ handle: String, _ code: String, _ title: Texts, _ light: Walk.Light, _ route: DemoRoute, from start: Date,
            hours: Double
        ) -> DemoWalk {
            DemoWalk(
                handle: handle, code: code, title: title,
                aim: aim, audience: audience, meetingPlace: route.stops[0].title,
                accessibility: accessibility, imageRights: imageRights, light: light, startsAt: start,
                endsAt: start.addingTimeInterval(hours * hour), sheetClosesAt: start.addingTimeInterval(3 * day),
                route: route)
        }
        var station: DemoWalk = walk(
            "gare-2027", "gare2027", text("La gare, la nuit", "The station at night", "Der Bahnhof bei Nacht"), .night,
            .station,
            from: now.addingTimeInterval(-hour), hours: 3)
        station.audiences = [.women, .seniors]
        let past: DemoWalk = walk(
            "quais-2026", "quai2026", text("Les quais, de jour", "The quays by day", "Die Ufer am Tag"), .day, .quays,
            from: now.addingTimeInterval(-330 * day), hours: 2)
        var next: DemoWalk = walk(
            "quais-2027", "quai2027",
            text("Les quais, un an après", "The quays, one year later", "Die Ufer, ein Jahr danach"), .day, .quays,
            from: now.addingTimeInterval(14 * day), hours: 2)
        next.previous = past.handle
        for walk in [station, past, next] { try await town.prepare(walk, in: process) }
        for walk in [station, next] { try await town.register(for: walk.handle) }
        try await town.number(station.handle)
        try await town.note(past.handle)
        try await town.read(past.handle, in: process)
        try await town.report(past.handle)
    }

    private static func text(_ french: String, _ english: String, _ german: String) -> Texts {
        Texts(["fr": french, "en": english, "de": german])
    }

    private static let aim: Texts = text(
        "Regarder ensemble ce qui rassure, ce qui gêne et ce qui pourrait changer. Marche de démonstration.",
        "To look together at what reassures, what hinders and what could change. A walk of the demonstration.",
        "Gemeinsam ansehen, was beruhigt, was stört und was anders sein könnte. Ein Rundgang der Vorführung.")
    private static let accessibility: Texts = text(
        "Sol plat et revêtu, sauf un escalier de douze marches avec une rampe à côté ; des bancs à chaque arrêt.",
        "Flat and paved, but for a stair of twelve steps with a ramp beside it; benches at each stop.",
        "Eben und befestigt, bis auf eine Treppe mit zwölf Stufen und einer Rampe daneben; Bänke an jedem Halt.")
    private static let imageRights: Texts = text(
        "Les photos montrent des lieux ; visages et plaques sont recouverts avant toute publication.",
        "Photos show places; faces and plates are covered before anything is published.",
        "Fotos zeigen Orte; Gesichter und Kennzeichen werden vor jeder Veröffentlichung abgedeckt.")
    private static let audience: Texts = text(
        "Tout le monde, du quartier ou de passage.", "Everybody, from the district or passing through.",
        "Alle, aus dem Viertel oder auf der Durchreise.")
}

extension DemoRoute {
    static let station = DemoRoute(
        name: Texts(["fr": "Autour de la gare", "en": "Around the station", "de": "Rund um den Bahnhof"]),
        line: points(
            (1.4532, 43.6112), (1.4521, 43.6104), (1.4507, 43.6101), (1.4494, 43.6093), (1.4489, 43.6081),
            (1.4478, 43.6072), (1.4462, 43.6069), (1.4451, 43.6061), (1.4456, 43.6049), (1.4470, 43.6043),
            (1.4483, 43.6050)),
        stops: [
            stop(
                "Le parvis de la gare", "The station forecourt", "Der Bahnhofsvorplatz",
                "Où iriez-vous si vous arriviez ici pour la première fois ?",
                "Where would you go if you arrived here for the first time?",
                "Wohin gingen Sie, wenn Sie zum ersten Mal hier ankämen?", 1.4532, 43.6112),
            stop(
                "L’arrêt de tram", "The tram stop", "Die Haltestelle",
                "Attendriez-vous ici le dernier tram ?", "Would you wait here for the last tram?",
                "Würden Sie hier auf die letzte Bahn warten?", 1.4507, 43.6101),
            stop(
                "Le passage souterrain", "The underpass", "Die Unterführung",
                "Voyez-vous la sortie dès l’entrée ?", "Can you see the way out from the way in?",
                "Sehen Sie den Ausgang schon vom Eingang aus?", 1.4489, 43.6081),
            stop(
                "Le parking à vélos", "The bicycle park", "Der Fahrradparkplatz",
                "Qu’entendez-vous ?", "What do you hear?", "Was hören Sie?", 1.4462, 43.6069),
            stop(
                "La rue des platanes", "Plane Tree Street", "Die Platanenstraße",
                "Où demanderiez-vous de l’aide ?", "Where would you ask for help?",
                "Wo würden Sie um Hilfe bitten?", 1.4456, 43.6049),
            stop(
                "La place du marché", "The market square", "Der Marktplatz",
                "Qui est là à cette heure, et qui n’y est pas ?", "Who is here at this hour, and who is not?",
                "Wer ist um diese Zeit hier, und wer nicht?", 1.4483, 43.6050),
        ])

    static let quays = DemoRoute(
        name: Texts(["fr": "Le long des quais", "en": "Along the quays", "de": "Am Ufer entlang"]),
        line: points(
            (1.4312, 43.6018), (1.4320, 43.6003), (1.4333, 43.5990), (1.4347, 43.5979), (1.4362, 43.5971),
            (1.4378, 43.5962), (1.4391, 43.5950), (1.4398, 43.5936), (1.4409, 43.5924), (1.4426, 43.5917),
            (1.4441, 43.5925)),
        stops: [
            stop(
                "L’escalier de l’eau", "The water stairs", "Die Wassertreppe",
                "Comment descend-on avec une poussette ?", "How do you get down with a pram?",
                "Wie kommt man mit dem Kinderwagen hinunter?", 1.4312, 43.6018),
            stop(
                "Le ponton", "The jetty", "Der Steg",
                "Que faites-vous ici, que voudriez-vous y faire ?",
                "What do you do here, what would you like to do?",
                "Was tun Sie hier, was würden Sie gern tun?", 1.4333, 43.5990),
            stop(
                "Le square du saule", "Willow Square", "Der Weidenplatz",
                "Où trouve-t-on de l’ombre en été ?", "Where is there shade in summer?",
                "Wo gibt es im Sommer Schatten?", 1.4362, 43.5971),
            stop(
                "La traversée du quai", "The crossing", "Der Überweg",
                "Combien de temps attendez-vous ?", "How long do you wait?", "Wie lange warten Sie?", 1.4391,
                43.5950),
            stop(
                "Le mur des graffitis", "The graffiti wall", "Die Graffitiwand",
                "Que dit ce lieu de la ville ?", "What does this place say about the city?",
                "Was sagt dieser Ort über die Stadt?", 1.4409, 43.5924),
            stop(
                "La halte des péniches", "The barge moorings", "Der Anleger",
                "Que manque-t-il pour rester plus longtemps ?", "What is missing to stay longer?",
                "Was fehlt, um länger zu bleiben?", 1.4441, 43.5925),
        ])

    private static func points(_ pairs: (longitude: Double, latitude: Double)...) -> [MapPoint] {
        pairs.compactMap { MapPoint(latitude: $0.latitude, longitude: $0.longitude) }
    }

    private static func stop(
        _ french: String, _ english: String, _ german: String, _ ask: String, _ askEnglish: String,
        _ askGerman: String, _ longitude: Double, _ latitude: Double
    ) -> (title: Texts, prompt: Texts, point: MapPoint) {
        (
            Texts(["fr": french, "en": english, "de": german]),
            Texts(["fr": ask, "en": askEnglish, "de": askGerman]),
            MapPoint(latitude: latitude, longitude: longitude)!
        )
    }
}
