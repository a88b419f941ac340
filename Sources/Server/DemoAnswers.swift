import Foundation
import Participation

/// Invented answers to the questionnaires of the demonstration: the same on every machine, in the three languages, and
/// by each way; nobody is behind them.
extension DemoTown {
    /// How many answers come by each way.
    private struct Ways {
        let link: Int, code: Int, kiosk: Int, agent: Int, paper: Int
    }

    /// Answers the questionnaires of a consultation that collects.
    func answers(to consultation: Consultation) async throws {
        let consultations = Consultations(pool: house.pool)
        for questionnaire in try await consultations.questionnaires(of: consultation.id) {
            guard let version = questionnaire.liveVersion,
                let form = try await consultations.form(of: questionnaire.id, version: version)
            else { continue }
            let isOpen: Bool = questionnaire.ways.contains(.link)
            let ways =
                isOpen
                ? Ways(link: 34, code: 0, kiosk: 0, agent: 12, paper: 14)
                : Ways(link: 0, code: 54, kiosk: 28, agent: 14, paper: 24)
            try await answer(questionnaire, form, ways)
        }
    }

    /// Paper is first: that sheets were issued is the sign that all this was begun, so that nothing is invented twice.
    private func answer(_ questionnaire: Questionnaire, _ form: QuestionnaireForm, _ ways: Ways) async throws {
        let sheets = QuestionnaireSheets(pool: house.pool, zone: zone, draw: DemoDraw().next)
        guard try await sheets.editions(of: questionnaire.id, by: agent).isEmpty else { return }
        let districts: [String] = try await Districts(pool: house.pool).list().map(\.code)
        let answering = Answering(pool: house.pool, secrets: house.secrets, zone: zone)
        var people = DemoPeople(form: form, districts: districts)
        try await paper(questionnaire, form, sheets, ways.paper, &people)
        func send(_ entrance: Answering.Entrance, by actor: Actor) async throws {
            let (language, answers) = people.next()
            let code: ResponseCode = try await answering.begin(
                questionnaire.id, by: entrance, in: language, actor: actor)
            try await answering.keep(answers, under: code, of: questionnaire.id)
            try await answering.send(code, of: questionnaire.id, by: actor)
        }
        for _ in 0..<ways.link { try await send(.link, by: .visitor) }
        for _ in 0..<ways.agent { try await send(.agent, by: agent) }
        if ways.code > 0 {
            let package: AnswerCodePackage.Made = try await AnswerCodes(pool: house.pool, secrets: house.secrets)
                .issue(ways.code + 26, label: "Démonstration", for: questionnaire, by: agent)
            for (index, code) in package.codes.prefix(ways.code).enumerated() {
                let network = Network(address: "192.0.2.\(index + 1)")
                try await send(.code(code, network), by: .code)
            }
        }
        if ways.kiosk > 0 {
            let kiosk: Token = try await AnswerKiosks(pool: house.pool, secrets: house.secrets)
                .open("Stand de démonstration", for: questionnaire, by: agent)
            for _ in 0..<ways.kiosk { try await send(.kiosk(kiosk), by: .visitor) }
        }
        try await answering.moveBatches()
    }

    /// Sheets for two places: some come back, some blank, one soaked; every fourth is read twice, and one of these
    /// still waits for its second reader.
    private func paper(
        _ questionnaire: Questionnaire, _ form: QuestionnaireForm, _ sheets: QuestionnaireSheets, _ count: Int,
        _ people: inout DemoPeople
    ) async throws {
        let id: ID<Questionnaire> = questionnaire.id
        let readers: [Actor] = try await operators()
        try await sheets.set(
            PaperSettings(
                samplePercent: 25,
                handIn: Texts([
                    "fr": "Maison de la participation, ou l’urne du marché du jeudi",
                    "en": "House of participation, or the box at the Thursday market",
                    "de": "Haus der Beteiligung oder die Urne auf dem Donnerstagsmarkt",
                ])), of: id, by: agent)
        let market: ClosedRange<Int> = try await sheets.issue(
            count + 16, in: .french, for: "Marché du jeudi (démonstration)", of: id, by: agent)
        try await sheets.issue(20, in: .german, .large, for: "Mairie (démonstration)", of: id, by: agent)
        var readTwice = 0
        for (index, number) in market.prefix(count).enumerated() {
            guard let sheet = PaperNumber(number) else { continue }
            let (_, answers) = people.next(in: .french)
            var found = PaperAnswers(answers: answers.withoutPhotos)
            if index % 9 == 4, let question = form.questions.first(where: { $0.kind == .matrix }) {
                found.answers[question.key] = nil
                found.marks[question.key] = .contradictory
            }
            let isDrawn: Bool = try await sheets.enter(found, from: sheet, of: id, by: readers[0])
            guard isDrawn else { continue }
            readTwice += 1
            // The first of them stays for whoever tries the second reading.
            guard readTwice > 1 else { continue }
            let differing: Int = try await sheets.enterAgain(
                readTwice.isMultiple(of: 3) ? people.misread(found) : found, from: sheet, of: id, by: readers[1])
            if differing > 0, readTwice == 3, let file = try await sheets.file(sheet, of: id, by: agent) {
                try await sheets.settle(
                    Dictionary(uniqueKeysWithValues: file.differing.map { ($0, .first) }),
                    because: "Feuille relue : la première lecture est la bonne. Démonstration.", of: sheet, of: id,
                    by: agent)
            }
        }
        let blank: Int = market.lowerBound + count
        try await sheets.setAside(
            blank...blank + 4, asSpoiled: false, because: "Restées sur le stand. Démonstration.", of: id, by: agent)
        try await sheets.setAside(
            blank + 5...blank + 5, asSpoiled: true, because: "Trempée par la pluie. Démonstration.", of: id, by: agent)
        if let edition = try await sheets.editions(of: id, by: agent).first(where: { $0.numbers == market }) {
            try await sheets.count(count + 9, backOf: edition.id, of: id, by: agent)
        }
    }

    /// The two accounts that enter paper.
    private func operators() async throws -> [Actor] {
        let accounts: Accounts = try house.accounts
        var found: [Actor] = []
        for address in ["saisie-a@demonstration.example", "saisie-b@demonstration.example"] {
            guard let email = EmailAddress(address), let account = try await accounts.find(email: email) else {
                throw Failure(message: "The account \(address) of the demonstration is missing.")
            }
            found.append(.official(account.id, .entryOperator))
        }
        return found
    }
}

extension Answers {
    fileprivate var withoutPhotos: Answers {
        Answers(byQuestion.filter { if case .photo = $0.value { false } else { true } })
    }
}
