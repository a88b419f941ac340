import Participation

/// One question as `consultations/answer-question` shows it; one of the parts that follow ``words`` is there.
struct AnswerQuestion: Sendable {
    /// One line to write in: words, or a number.
    struct Line: Sendable {
        let typed: String, mode: String, longest: Int, size: String?, unit: String?, unitId: String?
    }

    /// Several lines to write in.
    struct Area: Sendable {
        let typed: String, longest: Int, left: String
    }

    /// Something to choose: a radio button or a box.
    struct Choice: Sendable {
        let choiceId: String, choiceName: String, choiceValue: String, choiceLabel: String, choiceLanguage: String?
        let checked: Bool
    }

    /// A set of choices, and what may be written in beside them.
    struct Choices: Sendable {
        let kind: String, style: String
        let choices: [Choice]
        let other: Other?
        /// What the ends of a scale mean.
        let lowestMeans: String?, highestMeans: String?
    }

    /// What is written in beside options.
    struct Other: Sendable {
        let otherName: String, otherTyped: String
        let tick: Choice
    }

    /// One question for several rows, with the same columns.
    struct Matrix: Sendable {
        struct Row: Sendable {
            let rowLabel: String, rowId: String, rowLanguage: String?
            let cells: [Choice]
        }

        let matrixId: String, columns: [String], lines: [Row]
    }

    /// Options to put in an order: a list of ranks for each.
    struct Ranking: Sendable {
        struct Line: Sendable {
            let rankId: String, rankLabel: String, rankLanguage: String?, upWords: String, downWords: String
            let ranks: [SelectOption]
        }

        let ranked: [Line]
        let announced: String, announcedNone: String
    }

    /// A day in three fields.
    struct Day: Sendable {
        let dayId: String, dayTyped: String, monthId: String, monthTyped: String, yearId: String, yearTyped: String
    }

    /// A place: words, a district, and a point where there is a map.
    struct Place: Sendable {
        let wordsId: String, wordsTyped: String, longest: Int
        let districtId: String, districts: [SelectOption], hasDistricts: Bool
        let latitudeId: String, latitude: String, longitudeId: String, longitude: String
        let pickMap: MapView?, isPointOpen: Bool
    }

    /// A photo.
    struct Photo: Sendable {
        let altId: String, altTyped: String, altLongest: Int, photoHint: String, photoHintId: String
        /// The photo that is kept, in words, and the box that takes it out.
        let keptWords: String?, removeId: String
    }

    let questionId: String
    let asked: String, askedLanguage: String?
    /// HTML.
    let helpHTML: String?, helpId: String
    let isOptional: Bool
    let mistake: String?, mistakeId: String
    /// For `aria-describedby`: the ids of what explains the question.
    let explained: String?
    let lineInput: Line?, areaInput: Area?, choiceInput: Choices?, matrixInput: Matrix?, rankingInput: Ranking?
    let dayInput: Day?, placeInput: Place?, photoInput: Photo?
    /// Nothing is asked: HTML to read.
    let reading: String?

    static let sample: AnswerQuestion = {
        let choice = Choice(
            choiceId: "q-a-1", choiceName: "q-a", choiceValue: "1", choiceLabel: "Oui", choiceLanguage: "fr",
            checked: true)
        let option = SelectOption(value: "1", label: "1", selected: true)
        return AnswerQuestion(
            questionId: "q-a", asked: "Qu’en pensez-vous ?", askedLanguage: "fr", helpHTML: "<p>—</p>",
            helpId: "q-a-help",
            isOptional: true, mistake: "Répondez.", mistakeId: "q-a-problem", explained: "q-a-help",
            lineInput: Line(typed: "1", mode: "decimal", longest: 300, size: "short", unit: "m", unitId: "q-a-unit"),
            areaInput: Area(typed: "—", longest: 5_000, left: "—"),
            choiceInput: Choices(
                kind: "radio", style: "scale", choices: [choice],
                other: Other(otherName: "q-a.other", otherTyped: "—", tick: choice), lowestMeans: "—",
                highestMeans: "—"),
            matrixInput: Matrix(
                matrixId: "q-a-table", columns: ["Bien"],
                lines: [.init(rowLabel: "Jour", rowId: "q-a.row.1", rowLanguage: "fr", cells: [choice])]),
            rankingInput: Ranking(
                ranked: [
                    .init(
                        rankId: "q-a.rank.1", rankLabel: "Bancs", rankLanguage: "fr", upWords: "—", downWords: "—",
                        ranks: [option])
                ], announced: "—", announcedNone: "—"),
            dayInput: Day(
                dayId: "q-a.day", dayTyped: "1", monthId: "q-a.month", monthTyped: "2", yearId: "q-a.year",
                yearTyped: "2027"),
            placeInput: Place(
                wordsId: "q-a.words", wordsTyped: "—", longest: 300, districtId: "q-a.district", districts: [option],
                hasDistricts: true, latitudeId: "q-a.latitude", latitude: "47", longitudeId: "q-a.longitude",
                longitude: "7", pickMap: .sample, isPointOpen: true),
            photoInput: Photo(
                altId: "q-a.alt", altTyped: "—", altLongest: 500, photoHint: "—", photoHintId: "q-a-hint",
                keptWords: "—", removeId: "q-a.remove"), reading: "<p>—</p>")
    }()
}

/// What the questions of a page are shown with.
struct AnswerScenery: Sendable {
    /// The city's districts, for places.
    var districts: [District] = []
    /// A map on which a point can be chosen; nil where the city has none.
    var map: MapView?
    let strings: Strings
}

extension AnswerQuestion {
    /// A question with what was typed, and with what is wrong with it.
    ///
    /// - Parameter kept: the answer so far, for what is not typed: a photo.
    init(
        _ question: QuestionnaireForm.Question, _ typed: Fields, kept: AnswerValue? = nil, problem: String?,
        _ scenery: AnswerScenery
    ) {
        let (fields, strings) = (AnswerFields(question), scenery.strings)
        let language: Language = strings.language
        let maker = AnswerParts(fields: fields, typed: typed, scenery: scenery)
        let isInformation: Bool = question.kind == .information
        questionId = fields.name
        asked = question.title(language)
        askedLanguage = question.title.foreign(to: language)
        let hint: String = AnswerParts.hint(of: question, strings)
        let html: String? = question.help(language).nonEmpty.map(Markdown.html)
        helpHTML = isInformation ? nil : ((html ?? "") + (hint.isEmpty ? "" : Markdown.html(hint))).nonEmpty
        helpId = "\(fields.name)-help"
        isOptional = !question.isRequired && !isInformation
        mistake = problem
        mistakeId = "\(fields.name)-problem"
        let unit: String? = question.kind == .number ? question.unit(language).nonEmpty : nil
        explained =
            [
                helpHTML == nil ? nil : "\(fields.name)-help", unit == nil ? nil : "\(fields.name)-unit",
                question.kind == .photo ? "\(fields.name)-hint" : nil, problem == nil ? nil : "\(fields.name)-problem",
            ].compactMap(\.self).joined(separator: " ").nonEmpty
        lineInput = maker.line
        areaInput = maker.area
        choiceInput = maker.choices
        matrixInput = maker.matrix
        rankingInput = maker.ranking
        dayInput = maker.day
        placeInput = maker.place
        photoInput = maker.photo(kept)
        reading = isInformation ? Markdown.html(question.help(language)) : nil
    }
}

/// Makes the parts of a question from what was typed.
private struct AnswerParts {
    let fields: AnswerFields
    let typed: Fields
    let scenery: AnswerScenery

    private var question: QuestionnaireForm.Question { fields.question }
    private var strings: Strings { scenery.strings }
    private var language: Language { strings.language }

    /// What the rules of the question ask, in a sentence: how many, between which numbers or days.
    static func hint(of question: QuestionnaireForm.Question, _ strings: Strings) -> String {
        func words(_ name: String, _ arguments: [String: String] = [:]) -> String {
            strings("consultations.answer.hint.\(name)", arguments)
        }
        let (lowest, highest) = (question.lowest.map(strings.decimal), question.highest.map(strings.decimal))
        let days: [String?] = [question.earliest, question.latest].map { $0.flatMap(Day.init).map(strings.day) }
        switch question.kind {
        case .multiple:
            return switch (question.least, question.most) {
            case (let least?, let most?) where least == most:
                strings.plural("consultations.answer.hint.exactly", least)
            case (let least?, let most?):
                words("between", ["least": strings.number(least), "most": strings.number(most)])
            case (let least?, nil): strings.plural("consultations.answer.hint.least", least)
            case (nil, let most?): strings.plural("consultations.answer.hint.most", most)
            case (nil, nil): words("several")
            }
        case .ranking: return words("ranking")
        case .number:
            return switch (lowest, highest) {
            case (let lowest?, let highest?): words("numbers", ["lowest": lowest, "highest": highest])
            case (let lowest?, nil): words("number_from", ["lowest": lowest])
            case (nil, let highest?): words("number_to", ["highest": highest])
            case (nil, nil): ""
            }
        case .date:
            return switch (days[0], days[1]) {
            case (let first?, let last?): words("days", ["first": first, "last": last])
            case (let first?, nil): words("day_from", ["first": first])
            case (nil, let last?): words("day_to", ["last": last])
            case (nil, nil): words("day")
            }
        case .place: return words("place")
        case .shortText, .longText, .single, .matrix, .scale, .photo, .information: return ""
        }
    }

    var line: AnswerQuestion.Line? {
        switch question.kind {
        case .shortText:
            AnswerQuestion.Line(
                typed: typed.text(fields.name), mode: "text", longest: QuestionnaireForm.Question.longestLine,
                size: nil,
                unit: nil, unitId: nil)
        case .number:
            AnswerQuestion.Line(
                typed: typed.text(fields.name), mode: question.decimals == 0 ? "numeric" : "decimal", longest: 30,
                size: "short", unit: question.unit(language).nonEmpty, unitId: "\(fields.name)-unit")
        default: nil
        }
    }

    var area: AnswerQuestion.Area? {
        guard question.kind == .longText else { return nil }
        let longest: Int = QuestionnaireForm.Question.longestText
        return AnswerQuestion.Area(
            typed: typed.text(fields.name), longest: longest,
            left: strings("consultations.answer.left", ["most": strings.number(longest)]))
    }

    private func choice(_ name: String, _ value: String, _ label: String, language: String? = nil)
        -> AnswerQuestion.Choice
    {
        let chosen: [String] = typed.all(name)
        return AnswerQuestion.Choice(
            choiceId: "\(name)-\(value.isEmpty ? "none" : value)", choiceName: name, choiceValue: value,
            choiceLabel: label, choiceLanguage: language,
            checked: value.isEmpty ? chosen.allSatisfy(\.isEmpty) : chosen.contains(value))
    }

    private var none: AnswerQuestion.Choice? {
        question.isRequired || question.kind == .multiple
            ? nil : choice(fields.name, "", strings("consultations.answer.no_answer"))
    }

    var choices: AnswerQuestion.Choices? {
        switch question.kind {
        case .single, .multiple:
            let name: String = fields.name
            let other = AnswerQuestion.Other(
                otherName: fields.otherName, otherTyped: typed.text(fields.otherName),
                tick: choice(name, AnswerFields.other, strings("consultations.answer.other")))
            return AnswerQuestion.Choices(
                kind: question.kind == .single ? "radio" : "checkbox", style: "choices",
                choices: question.options.map {
                    choice(name, $0.key, $0.title(language), language: $0.title.foreign(to: language))
                } + (none.map { [$0] } ?? []), other: question.hasOther ? other : nil,
                lowestMeans: nil, highestMeans: nil)
        case .scale:
            let lowest: Int = question.lowest.flatMap { Int($0) } ?? 1
            let highest: Int = max(lowest, question.highest.flatMap { Int($0) } ?? 5)
            return AnswerQuestion.Choices(
                kind: "radio", style: "choices scale",
                choices: (lowest...highest).map { choice(fields.name, String($0), strings.number($0)) }
                    + (none.map { [$0] } ?? []), other: nil, lowestMeans: question.lowestMeans(language).nonEmpty,
                highestMeans: question.highestMeans(language).nonEmpty)
        default: return nil
        }
    }

    var matrix: AnswerQuestion.Matrix? {
        guard question.kind == .matrix else { return nil }
        let silence: String = strings("consultations.answer.no_answer")
        return AnswerQuestion.Matrix(
            matrixId: "\(fields.name)-table",
            columns: question.options.map { $0.title(language) } + (question.isRequired ? [] : [silence]),
            lines: question.rows.map { row in
                let name: String = fields.rowName(row.key)
                return AnswerQuestion.Matrix.Row(
                    rowLabel: row.title(language), rowId: name, rowLanguage: row.title.foreign(to: language),
                    cells: question.options.map {
                        choice(name, $0.key, $0.title(language), language: $0.title.foreign(to: language))
                    } + (question.isRequired ? [] : [choice(name, "", silence)]))
            })
    }

    var ranking: AnswerQuestion.Ranking? {
        guard question.kind == .ranking else { return nil }
        return AnswerQuestion.Ranking(
            ranked: question.options.map { option in
                let (name, title) = (fields.rankName(option.key), option.title(language))
                let chosen: String = typed.text(name)
                let none = SelectOption(
                    value: "", label: strings("consultations.answer.no_rank"), selected: chosen.isEmpty)
                return AnswerQuestion.Ranking.Line(
                    rankId: name, rankLabel: title, rankLanguage: option.title.foreign(to: language),
                    upWords: strings("consultations.answer.up", ["option": title]),
                    downWords: strings("consultations.answer.down", ["option": title]),
                    ranks: [none]
                        + (1...question.options.count).map {
                            SelectOption(value: String($0), label: strings.number($0), selected: chosen == String($0))
                        })
            }, announced: strings("consultations.answer.ranked"),
            announcedNone: strings("consultations.answer.unranked"))
    }

    var day: AnswerQuestion.Day? {
        guard question.kind == .date else { return nil }
        func part(_ name: String) -> (String, String) { (fields.partName(name), typed.text(fields.partName(name))) }
        let (day, month, year) = (part("day"), part("month"), part("year"))
        return AnswerQuestion.Day(
            dayId: day.0, dayTyped: day.1, monthId: month.0, monthTyped: month.1, yearId: year.0, yearTyped: year.1)
    }

    var place: AnswerQuestion.Place? {
        guard question.kind == .place else { return nil }
        let chosen: String = typed.text(fields.partName("district"))
        let (latitude, longitude) = (typed.text(fields.partName("latitude")), typed.text(fields.partName("longitude")))
        return AnswerQuestion.Place(
            wordsId: fields.partName("words"), wordsTyped: typed.text(fields.partName("words")),
            longest: QuestionnaireForm.Question.longestPlace, districtId: fields.partName("district"),
            districts: [
                SelectOption(value: "", label: strings("consultations.answer.no_district"), selected: chosen.isEmpty)
            ]
                + scenery.districts.map {
                    SelectOption(value: $0.code, label: $0.name(language), selected: chosen == $0.code)
                }, hasDistricts: !scenery.districts.isEmpty, latitudeId: fields.partName("latitude"),
            latitude: latitude, longitudeId: fields.partName("longitude"), longitude: longitude,
            pickMap: scenery.map, isPointOpen: !latitude.isEmpty || !longitude.isEmpty)
    }

    func photo(_ kept: AnswerValue?) -> AnswerQuestion.Photo? {
        guard question.kind == .photo else { return nil }
        var words: String?
        if case .photo(_, let alt) = kept { words = strings("consultations.answer.photo.kept", ["alt": alt]) }
        return AnswerQuestion.Photo(
            altId: fields.partName("alt"), altTyped: typed.text(fields.partName("alt")),
            altLongest: QuestionnaireForm.Question.longestAlt,
            photoHint: strings(
                "consultations.answer.photo.hint", ["megabytes": strings.number(Media.byteLimit >> 20)]),
            photoHintId: "\(fields.name)-hint", keptWords: words, removeId: fields.partName("remove"))
    }
}
