import Participation

/// What was seen on the walk along the quays: sixty things, ten at each stop, written for the demonstration.
struct DemoSeen: Sendable {
    /// The number of the stop, and the place of the theme in the list.
    let stop: Int, theme: Int
    let kind: Observation.Kind, feeling: Observation.Feeling
    let concerned: [Concerned]
    let words: String, language: Language

    private init(
        _ stop: Int, _ theme: Int, _ kind: Observation.Kind, _ feeling: Observation.Feeling, _ concerned: [Concerned],
        _ words: String, _ language: Language = .french
    ) {
        self.stop = stop
        self.theme = theme
        self.kind = kind
        self.feeling = feeling
        self.concerned = concerned
        self.words = words
        self.language = language
    }

    static let all: [DemoSeen] = [
        DemoSeen(1, 0, .problem, .bad, [.women], "Aucun panneau ne dit où mène l’escalier."),
        DemoSeen(
            1, 1, .problem, .veryBad, [.seniors, .reducedMobility],
            "Les marches sont usées et la rampe manque d’un côté."),
        DemoSeen(1, 4, .strength, .good, [], "L’eau est propre et les berges sont ramassées."),
        DemoSeen(
            1, 1, .problem, .bad, [.reducedMobility],
            "With a pram there is no way down; the ramp is 400 m away.", .english),
        DemoSeen(1, 3, .idea, .neutral, [.everybody], "Une main courante des deux côtés, éclairée."),
        DemoSeen(1, 2, .strength, .veryGood, [], "On entend l’eau plutôt que les voitures."),
        DemoSeen(1, 1, .problem, .veryBad, [.seniors], "Les marches sont glissantes quand il pleut."),
        DemoSeen(1, 5, .idea, .good, [.young], "Ein Geländer, das Kinder bemalen dürfen.", .german),
        DemoSeen(1, 0, .strength, .good, [.pedestrians], "Le plan du quartier est à jour."),
        DemoSeen(1, 1, .problem, .bad, [.impairedSight], "La première marche n’a pas de bande contrastée."),
        DemoSeen(2, 4, .problem, .bad, [], "Deux planches du ponton sont pourries."),
        DemoSeen(2, 1, .strength, .veryGood, [.everybody], "La vue est dégagée jusqu’au pont."),
        DemoSeen(2, 3, .problem, .veryBad, [.women], "Le soir on ne peut sortir que d’un côté."),
        DemoSeen(2, 5, .strength, .good, [.young], "Le club de canoë accueille les jeunes le mercredi."),
        DemoSeen(2, 2, .idea, .neutral, [], "Un banc où l’on peut parler à deux."),
        DemoSeen(2, 4, .problem, .bad, [], "Zwei Bretter des Stegs sind morsch.", .german),
        DemoSeen(2, 3, .idea, .good, [], "Une bouée et un téléphone de secours."),
        DemoSeen(2, 0, .problem, .neutral, [], "Nobody knows whether swimming is allowed.", .english),
        DemoSeen(2, 5, .idea, .veryGood, [.residents], "Une fête du ponton, une fois par an."),
        DemoSeen(2, 1, .problem, .bad, [.women], "Le dessous du ponton fait un recoin caché."),
        DemoSeen(3, 4, .strength, .veryGood, [.seniors], "Les bancs sont à l’ombre et bien entretenus."),
        DemoSeen(3, 4, .problem, .bad, [.children], "Du verre cassé sous les jeux."),
        DemoSeen(3, 5, .strength, .good, [.children], "Families share the sandpit and keep it tidy.", .english),
        DemoSeen(3, 1, .problem, .veryBad, [.women], "La haie cache l’entrée du square."),
        DemoSeen(3, 4, .idea, .good, [.everybody], "Une fontaine à boire près des jeux."),
        DemoSeen(3, 2, .problem, .bad, [.residents], "Des scooters tournent ici la nuit."),
        DemoSeen(3, 1, .problem, .bad, [.women], "Hohe Hecke: Man sieht nicht, wer im Park ist.", .german),
        DemoSeen(3, 3, .strength, .good, [], "Trois sorties, visibles de partout."),
        DemoSeen(3, 5, .idea, .veryGood, [.residents], "Un compost partagé, tenu par les voisins."),
        DemoSeen(3, 0, .idea, .neutral, [.children], "Des empreintes au sol qui mènent aux jeux."),
        DemoSeen(4, 3, .problem, .veryBad, [.seniors, .children], "Le feu piéton ne dure que sept secondes."),
        DemoSeen(4, 1, .problem, .veryBad, [.pedestrians], "Les voitures garées cachent le passage."),
        DemoSeen(4, 2, .problem, .bad, [.impairedSight], "Le signal sonore du feu ne marche plus."),
        DemoSeen(4, 0, .strength, .good, [.cyclists], "La piste cyclable est bien marquée."),
        DemoSeen(4, 3, .problem, .veryBad, [.seniors], "On n’a pas le temps de traverser avec une canne."),
        DemoSeen(4, 1, .idea, .good, [.pedestrians], "Avancer le trottoir pour que l’on voie les piétons."),
        DemoSeen(4, 3, .idea, .good, [.everybody], "A refuge in the middle of the road.", .english),
        DemoSeen(4, 2, .problem, .bad, [], "Trop de bruit pour se parler."),
        DemoSeen(4, 5, .strength, .good, [.children], "Des parents font traverser les écoliers."),
        DemoSeen(4, 4, .problem, .bad, [.cyclists], "Un nid-de-poule sur la piste."),
        DemoSeen(5, 5, .strength, .veryGood, [.young], "Le mur change chaque mois, tout le monde le regarde."),
        DemoSeen(5, 1, .problem, .veryBad, [.women], "Aucune lampe sur trente mètres."),
        DemoSeen(5, 4, .problem, .bad, [.residents], "Des encombrants au pied du mur."),
        DemoSeen(5, 5, .idea, .veryGood, [.young], "Ein Malkurs für das ganze Viertel.", .german),
        DemoSeen(5, 1, .problem, .veryBad, [.women], "Il fait noir ici dès la fin de l’après-midi."),
        DemoSeen(5, 0, .problem, .bad, [], "Le nom de la rue a disparu sous la peinture."),
        DemoSeen(5, 4, .strength, .good, [], "Le service passe vite quand on l’appelle."),
        DemoSeen(5, 3, .problem, .bad, [.women], "Le couloir n’a qu’une issue."),
        DemoSeen(5, 1, .idea, .good, [.everybody], "Une lampe qui s’allume quand on passe."),
        DemoSeen(5, 2, .strength, .neutral, [], "The café next door hears what happens here.", .english),
        DemoSeen(6, 5, .strength, .veryGood, [.residents], "Les mariniers saluent et renseignent."),
        DemoSeen(6, 4, .problem, .bad, [], "Les poubelles débordent le dimanche soir."),
        DemoSeen(6, 3, .strength, .good, [.everybody], "Il y a toujours quelqu’un à qui demander de l’aide."),
        DemoSeen(6, 0, .idea, .good, [], "Un plan avec les temps de marche."),
        DemoSeen(6, 4, .problem, .bad, [], "Pas de toilettes à moins de dix minutes."),
        DemoSeen(6, 1, .strength, .good, [], "Le quai est large et bien éclairé."),
        DemoSeen(6, 5, .idea, .veryGood, [.shopkeepers], "Un marché du soir sur le quai, l’été."),
        DemoSeen(6, 4, .idea, .good, [.everybody], "Öffentliche Toiletten beim Anleger.", .german),
        DemoSeen(6, 2, .problem, .bad, [.residents], "Les groupes électrogènes des bateaux s’entendent de loin."),
        DemoSeen(6, 3, .idea, .neutral, [.seniors], "Des sièges avec dossier, tous les cent mètres."),
    ]
}
