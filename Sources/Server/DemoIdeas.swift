import Foundation
import Participation
import PublicRecord
import Web

/// Proposals of the demonstration: who writes, talks, examines and follows up, over the capabilities of the house.
struct DemoTown: Sendable {
    let house: House
    let letters: Letters
    let zone: String
    /// Whoever writes proposals; no name stands for anybody.
    let residents: [Actor]
    /// The participation agent, who enters what comes on paper.
    let agent: Actor
    let habitant: Actor
    /// Who takes notes on walks.
    let noteTaker: Actor

    static let examiner = "examen@demonstration.example"
    static let written = "Texte de démonstration, d’après un projet du budget participatif de Toulouse 2019 (Pabulib)."

    init(_ house: House, password: String) async throws {
        self.house = house
        letters = Letters(site: try house.site())
        zone = house.settings.city.timeZone.identifier
        let accounts: Accounts = try house.accounts
        func account(_ address: String, _ name: String) async throws -> ID<Account> {
            if let email = EmailAddress(address), let known = try await accounts.find(email: email) { return known.id }
            return try await accounts.create(email: address, name: name, password: password, by: .operator).id
        }
        var residents: [Actor] = []
        for number in 1...8 {
            let name = "\(number.isMultiple(of: 2) ? "Résidente" : "Résident") de démonstration \(number)"
            residents.append(.resident(try await account("resident-\(number)@demonstration.example", name)))
        }
        self.residents = residents
        agent = .official(
            try await account("agent@demonstration.example", "Agence de participation (démonstration)"),
            .participationAgent)
        habitant = .resident(try await account("habitant@demonstration.example", "Habitant (démonstration)"))
        noteTaker = .resident(try await account(Demonstration.noteTaker, "Prise de notes (démonstration)"))
    }

    var calls: ProposalCalls { ProposalCalls(pool: house.pool, zone: zone) }
    var drafts: Drafts { Drafts(pool: house.pool, zone: zone) }
    var proposals: Proposals { Proposals(pool: house.pool) }
    var settings: ExaminationSettings { ExaminationSettings(pool: house.pool) }
    var assignments: Assignments { Assignments(pool: house.pool, zone: zone, correspondent: letters) }
    var examinations: Examinations { Examinations(pool: house.pool, zone: zone, correspondent: letters) }
    var verdicts: Verdicts { Verdicts(pool: house.pool, correspondent: letters) }
    var deliveries: Deliveries { Deliveries(pool: house.pool, zone: zone, correspondent: letters) }

    /// A day so many days from today.
    static func day(_ offset: Int) -> Day {
        let date = Date(timeIntervalSinceNow: Double(offset) * 86_400)
        return Day(date.formatted(.iso8601.year().month().day())) ?? Day(year: 2026, month: 1, day: 1)!
    }

    // MARK: Processes

    /// A process with a call, in its phase of ideas; the process as it was when it is there already.
    func process(_ slug: String, _ title: Texts, _ summary: Texts) async throws -> ID<Participation.Process> {
        if let known = try await house.processes.find(slug) { return known.id }
        let draft: ProcessDraft = Self.draft(slug, title, summary, ideas: -20)
        let id: ID<Participation.Process> = try await house.processes.create(
            draft, demonstration: true, by: .operator)
        let themes: [Texts] = [
            Texts(["fr": "Nature en ville", "en": "Nature in the city", "de": "Natur in der Stadt"]),
            Texts(["fr": "Se déplacer", "en": "Getting around", "de": "Unterwegs"]),
            Texts(["fr": "Sport et jeux", "en": "Sport and games", "de": "Sport und Spiel"]),
            Texts(["fr": "Vivre ensemble", "en": "Living together", "de": "Zusammenleben"]),
        ]
        try await calls.write(
            ProposalCallDraft(
                guidance: Texts([
                    "fr": "Une idée utile à tous, sur un terrain de la ville, à 400 000 € au plus.",
                    "en": "An idea that is useful to all, on the city’s land, for €400,000 at most.",
                    "de": "Eine Idee, die allen nützt, auf städtischem Grund, für höchstens 400 000 €.",
                ]), ceiling: 40_000_000, themes: themes.map { ThemeDraft(title: $0) },
                rules: [
                    .ideas: ProposalRule(
                        mayWrite: true, mayComment: true, maySupport: true, supportLimit: 10, supportThreshold: 4),
                    .examination: ProposalRule(mayWrite: false, mayComment: true, maySupport: false),
                ]), of: id, by: .operator)
        return id
    }

    /// The phases of a process whose phase of ideas began so many days ago.
    static func draft(_ slug: String, _ title: Texts, _ summary: Texts, ideas: Int) -> ProcessDraft {
        func phase(_ kind: Phase.Kind, _ from: Int, _ to: Int, _ fr: String, _ en: String, _ de: String) -> PhaseDraft {
            PhaseDraft(
                kind: kind, title: Texts(["fr": fr, "en": en, "de": de]), description: Texts([:]),
                starts: day(ideas + from), ends: day(ideas + to))
        }
        return ProcessDraft(
            slug: slug, title: title, summary: summary,
            description: Texts([
                "fr":
                    "Cette démarche est une démonstration. Ses propositions viennent de projets du budget participatif"
                    + " de Toulouse 2019 publiés par Pabulib ; leurs auteurs, leurs avis et leurs chantiers sont inventés.",
                "en": "This process is a demonstration. Its proposals come from projects of the participatory budget of"
                    + " Toulouse 2019 published by Pabulib; their authors, opinions and building sites are invented.",
                "de": "Dieses Verfahren ist eine Vorführung. Seine Vorschläge stammen aus Projekten des Bürgerhaushalts"
                    + " von Toulouse 2019, veröffentlicht von Pabulib; Urheber, Meinungen und Baustellen sind erfunden.",
            ]),
            phases: [
                phase(.ideas, 0, 60, "Proposer", "Ideas", "Ideen"),
                phase(.examination, 61, 120, "Examiner", "Examination", "Prüfung"),
                phase(.vote, 121, 150, "Voter", "Vote", "Abstimmung"),
                phase(.followUp, 151, 900, "Suivre", "Follow-up", "Umsetzung"),
            ])
    }

    // MARK: Proposals

    /// What a proposal is made of.
    struct Idea: Sendable {
        var title: String
        var language: Language = .french
        var place: String
        var cost: Int64
        var body: String?
    }

    /// Ideas after the projects of a file.
    static func ideas(of projects: some Sequence<PabulibProject>) -> [Idea] {
        projects.map { project in
            Idea(
                title: String((project.name ?? project.id).prefix(140)),
                place: project.district.map { $0.capitalized } ?? "Dans le quartier", cost: project.cost)
        }
    }

    /// Publishes the ideas that are not there yet, in turn by the residents, and returns their numbers in order.
    func publish(_ ideas: [Idea], in process: ID<Participation.Process>, first: Int) async throws -> [Int64] {
        guard let call = try await calls.call(of: process) else { throw Failure(message: "The call is missing.") }
        let lists = ProposalLists(pool: house.pool, calls: calls)
        let known: [String: Int64] = Dictionary(
            try await lists.list(ProposalSearch(statuses: Set(Proposal.Status.allCases)), of: process, size: 200).cards
                .map { ($0.title, $0.number) },
            uniquingKeysWith: { first, _ in first })
        let districts: [District] = try await Districts(pool: house.pool).map()
        var numbers: [Int64] = []
        for (index, idea) in ideas.enumerated() {
            if let number = known[idea.title] {
                numbers.append(number)
                continue
            }
            let district: District? = districts.isEmpty ? nil : districts[index % districts.count]
            let author: Actor = residents[(first + index) % residents.count]
            let draft = ProposalDraft(
                title: idea.title, body: idea.body ?? "\(idea.title), près de chez nous.\n\n\(Self.written)",
                theme: call.themes.isEmpty ? nil : call.themes[index % call.themes.count].id, district: district?.code,
                place: idea.place, point: district.flatMap { Self.point(in: $0, index) }, cost: idea.cost,
                authorKind: index % 7 == 3 ? .association : .person,
                groupName: index % 7 == 3 ? "Association de démonstration" : "")
            // The same identity each time: a load that was interrupted finds its draft again.
            let id: ID<Proposal> = try await drafts.begin(
                draft, as: Self.identity(first + index), in: process, language: idea.language, by: author)
            numbers.append(try await drafts.publish(id, by: author))
        }
        return numbers
    }

    /// A point within the box of a district, which differs from one proposal to the next.
    private static func point(in district: District, _ index: Int) -> MapPoint? {
        let points: [MapPoint] = district.outline?.polygons.flatMap { $0.flatMap { $0 } } ?? []
        guard !points.isEmpty else { return nil }
        let count = Double(points.count)
        let shift = Double(index % 5 - 2) * 0.0015
        return MapPoint(
            latitude: points.reduce(0) { $0 + $1.latitude } / count + shift,
            longitude: points.reduce(0) { $0 + $1.longitude } / count + shift * 1.3)
    }

    static func identity(_ index: Int) -> ID<Proposal> {
        ID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0xDE, UInt8(index / 256), UInt8(index % 256))))
    }

    /// The proposal of that number as it is now.
    func proposal(_ number: Int64) async throws -> Proposal {
        guard let proposal = try await proposals.find(number) else { throw Failure(message: "No proposal \(number).") }
        return proposal
    }

    /// A drawing, checked and written anew as everything that people send.
    func picture(_ picture: DemoPicture) async throws -> PreparedMedium {
        try await Media.prepare(
            UploadedFile(name: "\(picture.rawValue).png", bytes: picture.png), alt: picture.alt)
    }
}
