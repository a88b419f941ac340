import Foundation
import Participation
import Synchronization

/// Numbers that look drawn and are the same each time (SplitMix64).
struct DemoRandom: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits: UInt64 = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// Whether a chance of so many of a hundred comes true.
    mutating func happens(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

    /// A place in a list, those before more likely than those behind.
    mutating func early(_ count: Int) -> Int {
        min(Int.random(in: 0..<count, using: &self), Int.random(in: 0..<count, using: &self))
    }
}

/// Draws which sheets are read twice, the same each time.
final class DemoDraw: Sendable {
    private let random = Mutex(DemoRandom(2027))

    @Sendable func next() -> Int { random.withLock { Int.random(in: 0..<100, using: &$0) } }
}

/// Who answers in the demonstration, one after the other: invented, each with a language and answers that go together.
struct DemoPeople {
    let form: QuestionnaireForm
    let districts: [String]
    private var random: DemoRandom

    init(form: QuestionnaireForm, districts: [String]) {
        self.form = form
        self.districts = districts
        random = DemoRandom(UInt64(form.questions.count) &* 7919)
    }

    /// The next one's language and answers. What the form does not let stand is left out.
    mutating func next(in fixed: Language? = nil) -> (Language, Answers) {
        let drawn: Int = Int.random(in: 0..<100, using: &random)
        let language: Language = fixed ?? (drawn < 72 ? .french : drawn < 86 ? .german : .english)
        var answers = Answers()
        for question in form.questions {
            // Questions that come later are left out more often, as people do.
            guard question.isRequired || random.happens(question.kind.isText ? 34 : 86) else { continue }
            guard let value = answer(question, language) else { continue }
            answers[question.key] = value
        }
        answers = form.counted(answers)
        for key in form.problems(in: answers, districts: Set(districts)).keys { answers[key] = nil }
        return (language, form.counted(answers))
    }

    /// What somebody else reads on the same sheet who looks less closely.
    mutating func misread(_ found: PaperAnswers) -> PaperAnswers {
        let answered: [String] = form.questions.filter { !$0.isRequired && found.answers[$0.key] != nil }.map(\.key)
        guard let key = answered.randomElement(using: &random) else { return found }
        var other: PaperAnswers = found
        other.answers[key] = nil
        other.marks[key] = .unreadable
        return other
    }

    private mutating func answer(_ question: QuestionnaireForm.Question, _ language: Language) -> AnswerValue? {
        let options: [String] = question.options.map(\.key)
        switch question.kind {
        case .information, .photo: return nil
        case .single where !options.isEmpty:
            // Ages and districts are even, everything else leans to the middle of the list.
            if question.meaning != nil {
                return .chosen([options[Int.random(in: 0..<options.count, using: &random)]], other: nil)
            }
            return .chosen([options[min(options.count - 1, 1 + random.early(options.count))]], other: nil)
        case .multiple where !options.isEmpty:
            let count: Int = max(question.least ?? 1, 1 + random.early(min(question.most ?? 3, options.count)))
            var chosen: Set<Int> = []
            while chosen.count < min(count, options.count) { chosen.insert(random.early(options.count)) }
            let isFull: Bool = chosen.count == question.most
            let other: String? =
                question.hasOther && !isFull && random.happens(8) ? DemoWords.other[language]?.first : nil
            return .chosen(chosen.sorted().map { options[$0] }, other: other)
        case .matrix where !options.isEmpty:
            var rows: [String: String] = [:]
            for (index, row) in question.rows.enumerated() where question.isRequired || random.happens(92) {
                let lean: Int = (random.early(options.count) + index) % options.count
                rows[row.key] = options[lean]
            }
            return rows.isEmpty ? nil : .rows(rows)
        case .ranking where !options.isEmpty:
            var left: [String] = options
            let count: Int = max(question.least ?? 1, min(question.most ?? options.count, options.count))
            return .ranked((0..<count).map { _ in left.remove(at: random.early(left.count)) })
        case .scale:
            let (low, high) = (Int(question.lowest ?? "") ?? 1, Int(question.highest ?? "") ?? 5)
            return .number(String(high - random.early(high - low + 1)))
        case .number:
            let low: Int = Int(question.lowest ?? "") ?? 0
            let high: Int = min(Int(question.highest ?? "") ?? 60, 60)
            let whole: Int = low + random.early(max(1, high - low))
            return .number(question.decimals > 0 && random.happens(30) && whole < high ? "\(whole).5" : String(whole))
        case .date:
            return Day(year: 2026, month: Int.random(in: 5...10, using: &random), day: 1 + random.early(28))
                .map(AnswerValue.day)
        case .place: return place(language)
        case .shortText: return words(DemoWords.short, language)
        case .longText: return words(DemoWords.long[question.key] ?? DemoWords.short, language)
        case .single, .multiple, .matrix, .ranking: return nil
        }
    }

    private mutating func words(_ all: [Language: [String]], _ language: Language) -> AnswerValue? {
        guard let known = all[language], !known.isEmpty else { return nil }
        return .words(known[Int.random(in: 0..<known.count, using: &random)])
    }

    /// Around the square, mostly with a point; else in words.
    private mutating func place(_ language: Language) -> AnswerValue? {
        let district: String? =
            districts.isEmpty || random.happens(60)
            ? nil : districts[Int.random(in: 0..<districts.count, using: &random)]
        let words: String? = DemoWords.places[language].map { $0[Int.random(in: 0..<$0.count, using: &random)] }
        let point: MapPoint? =
            random.happens(65)
            ? MapPoint(
                latitude: 43.6043 + Double(random.early(80) - 30) * 0.00004,
                longitude: 1.4440 + Double(random.early(80) - 30) * 0.00006) : nil
        if point == nil, district == nil, words == nil { return nil }
        return .place(point, words: point == nil ? words ?? "" : "", district: district)
    }
}

/// What people of the demonstration write in their own words.
enum DemoWords {
    static let other: [Language: [String]] = [
        .french: ["à trottinette"], .english: ["by scooter"], .german: ["mit dem Roller"],
    ]
    static let short: [Language: [String]] = [
        .french: [
            "Minérale", "Bruyante", "Vide le soir", "Vivante", "Trop chaude", "Le marché", "Grise", "Un passage",
        ],
        .english: ["Bare", "Noisy", "The market", "Empty at night", "Too hot"],
        .german: ["Grau", "Laut", "Der Markt", "Leer am Abend", "Zu heiß"],
    ]
    static let places: [Language: [String]] = [
        .french: ["devant la fontaine", "l’angle de la rue du tram", "le côté du marché", "sous les platanes"],
        .english: ["in front of the fountain", "the corner of the tram street", "the market side"],
        .german: ["vor dem Brunnen", "die Ecke der Tramstraße", "auf der Marktseite"],
    ]
    static let long: [String: [Language: [String]]] = [
        "retient": [
            .french: [
                "Il n’y a pas d’ombre, et nulle part où s’asseoir.", "Le soir, la place est vide et mal éclairée.",
                "Je ne peux pas y aller seul : les bordures sont trop hautes.", "Je n’ai rien à y faire.",
            ], .english: ["There is no shade.", "The kerbs are too high for my wheelchair."],
            .german: ["Es gibt keinen Schatten.", "Abends ist es dort zu dunkel."],
        ],
        "craintes": [
            .french: [
                "Que les clients du marché ne puissent plus se garer.", "Le bruit des terrasses jusqu’à minuit.",
                "Les livraisons : comment feront les commerces ?",
                "Que les voitures tournent dans les petites rues d’à côté.",
            ], .english: ["Noise from the terraces at night.", "Where will deliveries stop?"],
            .german: ["Lärm von den Terrassen.", "Wo halten dann die Lieferwagen?"],
        ],
        "dire": [
            .french: [
                "Gardez les platanes.", "Un point d’eau potable, et des toilettes ouvertes.",
                "Pensez aux enfants : une cabane, pas seulement des ressorts.",
                "Des bancs avec dossier, s’il vous plaît, et à l’ombre.",
                "Le marché est trop serré : laissez passer les poussettes.",
                "Merci de demander avant de dessiner.",
            ],
            .english: [
                "Please keep the plane trees.", "Benches with backs, in the shade.", "Public toilets that are open.",
            ],
            .german: ["Bitte lassen Sie die Platanen stehen.", "Bänke mit Lehne im Schatten.", "Ein Trinkbrunnen."],
        ],
        "regle": [
            .french: [
                "Que chaque parcelle soit cultivée dans l’année, sinon elle passe au suivant.", "Pas de pesticides.",
                "Un jour par mois où tout le monde nettoie ensemble.", "Que l’eau de pluie soit récupérée.",
                "Ouvert aux écoles le matin.",
            ], .english: ["No pesticides.", "A plot that is not used goes to the next on the list."],
            .german: ["Keine Pestizide.", "Wer nicht gärtnert, gibt das Beet weiter.", "Regenwasser sammeln."],
        ],
    ]
}
