import Foundation
import Participation
import PublicRecord

extension Demonstration {
    private static let districts = "Tests/Fixtures/demonstration/districts.geojson"
    private static let callSlug = "idees-2027"

    /// An open call for ideas, with proposals in every state that comes before a vote; then one that is over, whose
    /// projects are being built.
    static func proposals(_ election: [UInt8], _ house: House, password: String) async throws {
        func file(_ path: String) throws -> [UInt8] {
            try Console.read(URL(filePath: house.settings.resources).appending(path: path).path(percentEncoded: false))
        }
        func projects(_ bytes: [UInt8]) -> [PabulibProject] { PabulibFile.parse(bytes).file?.projects ?? [] }
        if try await Districts(pool: house.pool).list().isEmpty {
            try await Districts(pool: house.pool).replace(withGeoJSON: try file(districts), by: .operator)
        }
        let town = try await DemoTown(house, password: password)
        let ideas: [DemoTown.Idea] = DemoTown.ideas(of: projects(election))
        try await past(town, Array(ideas.suffix(12)))
        try await call(town, ideas.dropLast(12) + DemoTown.ideas(of: projects(try file(ballots))) + foreign)
        try await consultations(town)
    }

    private static func call(_ town: DemoTown, _ ideas: [DemoTown.Idea]) async throws {
        let process: ID<Participation.Process> = try await town.process(
            callSlug,
            Texts(["fr": "Vos idées pour 2027", "en": "Your ideas for 2027", "de": "Ihre Ideen für 2027"]),
            Texts([
                "fr": "Déposez une idée, soutenez celles des autres, complétez-les : l’appel est ouvert.",
                "en": "Submit an idea, support those of others, complete them: the call is open.",
                "de": "Reichen Sie eine Idee ein, unterstützen und ergänzen Sie andere: Der Aufruf läuft.",
            ]))
        let numbers: [Int64] = try await town.publish(ideas, in: process, first: 0)
        try await town.support(numbers)
        try await town.talk(about: numbers[0])
        try await town.join(numbers[3], into: numbers[2], in: process)
        try await town.withdraw(numbers[4])
        try await town.illustrate(numbers[0], .trees)
        try await town.illustrate(numbers[9], .bench)
        try await town.writeDrafts(in: process)
        try await town.examine(
            DemoTown.Round(
                far: [numbers[5]], near: [numbers[6]], decided: [numbers[7]], adapting: [numbers[8]],
                accepted: [numbers[9], numbers[10], numbers[13]], refused: [numbers[11], numbers[12]]), in: process)
        try await town.nominate(
            [numbers[13]], to: "idees-2027", Texts(["fr": "Vote 2027", "en": "Vote 2027", "de": "Abstimmung 2027"]),
            in: process)
        try await walks(town, in: process)
    }

    private static let foreign: [DemoTown.Idea] = [
        DemoTown.Idea(
            title: "Drinking fountains along the river", language: .english, place: "By the river", cost: 1_800_000,
            body: "A tap every few hundred metres, open to all.\n\nWritten for the demonstration."),
        DemoTown.Idea(
            title: "A swap shelf in every library", language: .english, place: "The libraries", cost: 250_000,
            body: "Bring a book, take a book.\n\nWritten for the demonstration."),
        DemoTown.Idea(
            title: "Bänke im Schatten am Markt", language: .german, place: "Am Markt", cost: 900_000,
            body: "Wer wartet, sitzt gern im Schatten.\n\nFür die Vorführung geschrieben."),
        DemoTown.Idea(
            title: "Ein Spielplatz für Kinder im Rollstuhl", language: .german, place: "Im Stadtpark",
            cost: 12_000_000,
            body: "Schaukel und Karussell, die man rollend erreicht.\n\nFür die Vorführung geschrieben."),
    ]
}

extension DemoTown {
    /// Everybody supports what stands a few places after their own; the first proposals have the most.
    func support(_ numbers: [Int64]) async throws {
        let supports = Supports(pool: house.pool, zone: zone)
        for (place, resident) in residents.enumerated() {
            for index in stride(from: place % 3, to: numbers.count, by: 3 + place % 2).prefix(9) {
                let proposal: Proposal = try await proposal(numbers[index])
                let standing: SupportStanding = try await supports.standing(of: proposal, for: resident.account)
                if standing.mayGive { try await supports.give(to: proposal.id, by: resident) }
            }
        }
    }

    /// Comments for and against, answers, the agent's too; one suggestion that waits, one accepted, one refused.
    func talk(about number: Int64) async throws {
        let proposal: Proposal = try await proposal(number)
        if proposal.comments == 0 { try await comment(on: proposal) }
        try await suggest(to: proposal)
    }

    private func comment(on proposal: Proposal) async throws {
        let comments = Comments(pool: house.pool, secrets: house.secrets, zone: zone)
        let first: ID<Comment> = try await comments.write(
            "Oui, et des enfants de l’école y passeraient chaque jour.", .for, in: .french, on: .proposal(proposal.id),
            by: residents[2])
        let answer: ID<Comment> = try await comments.answer(
            first, "Le tracé passe-t-il devant l’école ?", in: .french, by: residents[3])
        try await comments.answer(
            answer, "Oui, l’agence l’a vérifié sur le plan.", in: .french, by: agent)
        try await comments.write(
            "Es fehlt noch ein Weg für Kinderwagen.", .neutral, in: .german, on: .proposal(proposal.id),
            by: residents[4])
        try await comments.write(
            "Too expensive for what it brings.", .against, in: .english, on: .proposal(proposal.id), by: residents[5])
    }

    private func suggest(to proposal: Proposal) async throws {
        let suggestions = Suggestions(
            pool: house.pool, secrets: house.secrets, zone: zone, correspondent: letters)
        guard try await suggestions.counts(of: proposal.id).all == 0 else { return }
        for (place, ending) in ["Avec un éclairage doux.", "Avec deux bancs.", "Sans rien changer au reste."]
            .enumerated()
        {
            let now: Proposal = try await self.proposal(proposal.number)
            let wording = Wording(title: now.title, body: "\(now.body)\n\n\(ending)", place: now.place)
            let made: Int = try await suggestions.make(
                wording, because: "Pour que chacun s’y sente bien.", to: now.id,
                against: try await suggestions.version(of: now.id), by: residents[3 + place])
            guard let suggestion = try await suggestions.find(made, to: now.id) else { continue }
            switch place {
            case 0:
                try await suggestions.accept(
                    suggestion, as: wording, to: now.id, over: try await suggestions.version(of: now.id),
                    by: residents[0])
            case 1:
                try await suggestions.refuse(
                    suggestion, because: "Les bancs sont déjà prévus à côté.", to: now.id, by: residents[0])
            default: break
            }
        }
    }

    func join(_ origin: Int64, into target: Int64, in process: ID<Participation.Process>) async throws {
        guard try await proposal(origin).status == .received else { return }
        try await Joins(pool: house.pool, correspondent: letters).join(
            [origin], into: target, because: "Les deux idées portent sur le même lieu.", in: process, by: agent)
    }

    func withdraw(_ number: Int64) async throws {
        let proposal: Proposal = try await proposal(number)
        guard proposal.status == .received else { return }
        try await Withdrawals(pool: house.pool, correspondent: letters).withdraw(
            proposal.id, by: residents[4 % residents.count])
    }

    func illustrate(_ number: Int64, _ drawing: DemoPicture) async throws {
        let media = ProposalMedia(pool: house.pool)
        let proposal: Proposal = try await proposal(number)
        guard try await media.list(of: proposal.id).isEmpty else { return }
        try await media.add(try await picture(drawing), to: proposal.id, by: .operator)
    }

    /// Two drafts of the resident who signs in: one that has just been begun, one that is nearly ready.
    func writeDrafts(in process: ID<Participation.Process>) async throws {
        let call: ProposalCall? = try await calls.call(of: process)
        try await drafts.begin(
            ProposalDraft(title: "Des hôtels à insectes"), as: Self.identity(200), in: process, language: .french,
            by: habitant)
        try await drafts.begin(
            ProposalDraft(
                title: "Une boîte à livres à l’arrêt de bus", body: "Pour lire en attendant.",
                theme: call?.themes.last?.id, place: "Arrêt de la mairie", cost: 60_000),
            as: Self.identity(201), in: process, language: .french, by: habitant)
    }

    // MARK: Examination

    /// Which proposals go how far.
    struct Round: Sendable {
        var far: [Int64] = [], near: [Int64] = [], decided: [Int64] = [], adapting: [Int64] = []
        var accepted: [Int64] = [], refused: [Int64] = []
    }

    /// Each proposal as far as the round says, by the services and the lists of the process.
    func examine(_ round: Round, in process: ID<Participation.Process>) async throws {
        let services: [ID<ExaminingService>] = try await services(of: process)
        let question: ID<ExaminationPoint> = try await point(
            "Le terrain est-il à la ville ?", "Is the land the city’s?", "Gehört der Grund der Stadt?", of: .criterion,
            process)
        let reason: ID<ExaminationPoint> = try await point(
            "Le terrain n’est pas à la ville", "The land is not the city’s", "Der Grund gehört nicht der Stadt",
            of: .reason, process)
        let all: [Int64] = round.decided + round.adapting + round.accepted + round.refused
        try await assign(round.far + all, to: services, Self.day(21), in: process)
        // The last day that can be given: tomorrow the file is overdue.
        try await assign(round.near, to: services, Self.day(0), in: process)
        for number in all where try await proposal(number).status == .inExamination {
            try await unlessDone {
                try await judge(
                    number, isRefused: round.refused.contains(number), services[0], question, in: process)
            }
        }
        for number in round.adapting {
            try await unlessDone {
                try await verdicts.ask(
                    Texts([
                        "fr": "Pouvez-vous garder le passage des secours ?",
                        "en": "Could you keep the way for the fire engines?",
                        "de": "Können Sie die Feuerwehrzufahrt freihalten?",
                    ]), of: number, in: process, by: .operator)
            }
        }
        for number in round.decided + round.accepted + round.refused {
            try await unlessDone {
                try await decide(number, reason: round.refused.contains(number) ? reason : nil, in: process)
            }
        }
        try await unlessDone {
            try await verdicts.publish(round.accepted + round.refused, of: process, by: .operator)
        }
    }

    /// Two services, the examiner who signs in being of the first.
    private func services(of process: ID<Participation.Process>) async throws -> [ID<ExaminingService>] {
        var known: [ID<ExaminingService>] = try await settings.services(of: process).map(\.id)
        guard known.isEmpty else { return known }
        for name in [
            Texts(["fr": "Espaces verts", "en": "Parks", "de": "Grünflächen"]),
            Texts(["fr": "Voirie", "en": "Roads", "de": "Straßen"]),
        ] { known.append(try await settings.addService(name, email: nil, to: process, by: .operator)) }
        if let email = EmailAddress(Self.examiner) {
            try await settings.addMember(email, to: known[0], of: process, by: .operator)
        }
        return known
    }

    private func point(
        _ french: String, _ english: String, _ german: String, of list: ExaminationSettings.List,
        _ process: ID<Participation.Process>
    ) async throws -> ID<ExaminationPoint> {
        if let known = try await settings.points(list, of: process).first { return known.id }
        return try await settings.add(
            Texts(["fr": french, "en": english, "de": german]), to: list, of: process, by: .operator)
    }

    private func assign(
        _ numbers: [Int64], to services: [ID<ExaminingService>], _ due: Day, in process: ID<Participation.Process>
    ) async throws {
        var received: [Int64] = []
        for number in numbers where try await proposal(number).status == .received { received.append(number) }
        guard !received.isEmpty else { return }
        try await assignments.assign(received, to: services, due: due, of: process, by: .operator)
    }

    private func judge(
        _ number: Int64, isRefused: Bool, _ service: ID<ExaminingService>, _ question: ID<ExaminationPoint>,
        in process: ID<Participation.Process>
    ) async throws {
        let cost: Int64 = try await proposal(number).cost ?? 1_000_000
        try await examinations.give(
            OpinionDraft(
                feasibility: isRefused ? .outsidePowers : .feasible,
                words: Texts([
                    "fr": isRefused ? "Le terrain appartient à la région." : "Faisable dans l’année.",
                    "en": isRefused ? "The land belongs to the region." : "Feasible within the year.",
                    "de": isRefused ? "Der Grund gehört der Region." : "Innerhalb eines Jahres machbar.",
                ]), answers: [question: isRefused ? .no : .yes],
                costs: [
                    CostLine(kind: .investment, label: "Travaux", cents: cost),
                    CostLine(kind: .running, label: "Entretien", cents: cost / 40),
                ]), for: service, on: number, of: process, by: .operator)
    }

    private func decide(
        _ number: Int64, reason: ID<ExaminationPoint>?, in process: ID<Participation.Process>
    ) async throws {
        let cost: Int64? = try await proposal(number).cost
        let words =
            reason == nil
            ? Texts([
                "fr": "La ville peut le réaliser.", "en": "The city can build it.", "de": "Die Stadt kann es umsetzen.",
            ])
            : Texts([
                "fr": "Le terrain est à la région : la ville lui a transmis votre idée.",
                "en": "The land is the region’s: the city has passed your idea on.",
                "de": "Der Grund gehört der Region: Die Stadt hat Ihre Idee weitergegeben.",
            ])
        try await verdicts.decide(
            VerdictDraft(
                outcome: reason == nil ? .accepted : .refused, reason: reason, words: words,
                cost: reason == nil ? cost ?? 1_000_000 : nil), on: number, of: process, by: .operator)
    }

    /// Passes over what a load that was interrupted had done already.
    private func unlessDone(_ act: () async throws -> Void) async throws {
        do { try await act() } catch let refusal as ExaminationRefusal {
            let done: [ExaminationRefusal] = [.alreadyDecided, .alreadyAsked, .notDecided, .notInExamination]
            guard done.contains(refusal) else { throw refusal }
        }
    }

    /// A vote with accepted proposals as its projects.
    func nominate(
        _ numbers: [Int64], to slug: String, _ title: Texts, in process: ID<Participation.Process>
    ) async throws {
        if try await house.votes.find(slug) == nil {
            try await house.votes.create(
                VoteSettings(
                    slug: slug, title: title, budget: 60_000_000,
                    ballot: BallotRules(type: .approval, maximum: 5),
                    counting: Definition.Counting(rule: "greedy_votes", tie: "lexico"),
                    opens: Date(timeIntervalSinceNow: -3600), closes: Date(timeIntervalSinceNow: 30 * 86_400)),
                projects: [], in: process, demonstration: true, by: .operator)
        }
        let vote: Vote = try await house.vote(slug)
        var waiting: [Int64] = []
        for number in numbers where try await proposal(number).status == .accepted { waiting.append(number) }
        guard vote.opening == nil, !waiting.isEmpty else { return }
        let nominations = Nominations(pool: house.pool)
        let lines: [Nominations.Line] = try await nominations.plan(waiting, for: vote, by: .operator)
        try await nominations.nominate(
            lines.map { line in
                let title = String(line.project.title(line.language).prefix(90))
                return Nominations.Choice(
                    number: line.number, title: Texts(["fr": title, "en": title, "de": title]),
                    cost: line.project.cost)
            }, for: vote.id, by: .operator)
    }
}
