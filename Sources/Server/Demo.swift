import ArgumentParser
import Foundation
import Participation
import PublicRecord
import Web

/// `tilleul demo`: the demonstration city.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Loads the demonstration city, once: Toulouse 2019 replayed and counted, and open votes.",
        discussion: "Everything it makes is marked as demonstration data on every page.")

    @OptionGroup var data: DataOptions

    func run() async throws {
        try await House.run(data, migrating: true) { house in
            try await Demonstration.load(into: house)
            print((try? String(contentsOfFile: house.file(Demonstration.file), encoding: .utf8)) ?? "")
        }
    }
}

/// The demonstration city: a real election replayed from its published ballots, and the same projects open to a vote.
enum Demonstration {
    /// The file of the data directory with the sign-ins.
    static let file = "demonstration.txt"

    private static let processSlug = "budget-participatif"
    private static let election = "Tests/Fixtures/pabulib/France_Toulouse_2019.pb"

    /// Loads it unless it is there already; a load that was interrupted goes on where it stopped.
    static func load(into house: House) async throws {
        let path: String = house.file(file)
        guard !FileManager.default.fileExists(atPath: path) else { return }
        Console.error("Loading the demonstration city …")
        let bytes: [UInt8] = try Console.read(
            URL(filePath: house.settings.resources).appending(path: election).path(percentEncoded: false))
        let password: String = try await accounts(house)
        // The latest stand first in every list: the vote of this year, and its process.
        try await proposals(bytes, house, password: password)
        let process: ID<Participation.Process> = try await process(house)
        try await graded(process, house)
        try await replayed(bytes, process, house)
        let codes: [String] = try await open(bytes, process, house)
        try await everywhere(bytes, process, house)
        try Console.writeSecret(signIns(house, password: password, codes: codes), to: path)
    }

    private static func process(_ house: House) async throws -> ID<Participation.Process> {
        if let known = try await house.processes.find(processSlug) { return known.id }
        func day(_ offset: Int) -> Day {
            let date = Date(timeIntervalSinceNow: Double(offset) * 86_400)
            return Day(date.formatted(.iso8601.year().month().day())) ?? Day(year: 2026, month: 1, day: 1)!
        }
        func phase(
            _ kind: Phase.Kind, _ starts: Int, _ ends: Int, _ title: [String: String], _ words: [String: String]
        ) -> PhaseDraft {
            PhaseDraft(
                kind: kind, title: Texts(title), description: Texts(words), starts: day(starts), ends: day(ends))
        }
        return try await house.processes.create(
            ProcessDraft(
                slug: processSlug,
                title: Texts([
                    "fr": "Budget participatif", "en": "Participatory budget", "de": "Bürgerhaushalt",
                ]),
                summary: Texts([
                    "fr":
                        "Un million d’euros pour les projets des habitants : vous proposez, vous votez, la ville construit.",
                    "en": "One million euros for residents’ projects: you propose, you vote, the city builds.",
                    "de":
                        "Eine Million Euro für Projekte der Einwohner: Sie schlagen vor, Sie stimmen ab, die Stadt baut.",
                ]),
                description: Texts([
                    "fr": """
                    Cette démarche est une démonstration. Ses projets et ses bulletins sont ceux du budget participatif de Toulouse en 2019, publiés par Pabulib (pabulib.org).
                    Un scrutin a été rejoué bulletin par bulletin, clos et dépouillé : chacun peut refaire le compte. Un autre porte sur les mêmes projets et il est ouvert. Un troisième, aux bulletins inventés, montre le jugement majoritaire.
                    """,
                    "en": """
                    This process is a demonstration. Its projects and ballots are those of the participatory budget of Toulouse in 2019, published by Pabulib (pabulib.org).
                    One vote was replayed ballot by ballot, closed and counted: anyone can recount it. Another is about the same projects and is open. A third, with invented ballots, shows majority judgment.
                    """,
                    "de": """
                    Dieses Verfahren ist eine Vorführung. Projekte und Stimmzettel stammen aus dem Bürgerhaushalt von Toulouse 2019, veröffentlicht von Pabulib (pabulib.org).
                    Eine Abstimmung wurde Stimmzettel für Stimmzettel nachgespielt, geschlossen und ausgezählt: Jeder kann nachzählen. Eine andere betrifft dieselben Projekte und ist offen. Eine dritte, mit erfundenen Stimmzetteln, zeigt das Mehrheitsurteil.
                    """,
                ]),
                phases: [
                    phase(
                        .information, -120, -91,
                        ["fr": "S’informer", "en": "Information", "de": "Information"],
                        [
                            "fr": "Des marches et des stands présentent les lieux.",
                            "en": "Walks and stands present the places.",
                            "de": "Rundgänge und Stände stellen die Orte vor.",
                        ]),
                    phase(
                        .ideas, -90, -51, ["fr": "Proposer", "en": "Ideas", "de": "Ideen"],
                        [
                            "fr": "Chacun dépose une idée, en ligne ou au stand.",
                            "en": "Everyone can submit an idea, online or at a stand.",
                            "de": "Jeder kann eine Idee einreichen, online oder am Stand.",
                        ]),
                    phase(
                        .examination, -50, -6, ["fr": "Examiner", "en": "Examination", "de": "Prüfung"],
                        [
                            "fr": "Les services chiffrent chaque idée avec ses auteurs.",
                            "en": "The services price each idea with its authors.",
                            "de": "Die Ämter berechnen jede Idee mit ihren Urhebern.",
                        ]),
                    phase(
                        .vote, -5, 30, ["fr": "Voter", "en": "Vote", "de": "Abstimmung"],
                        [
                            "fr": "Vous pouvez voter maintenant.", "en": "You can vote now.",
                            "de": "Sie können jetzt abstimmen.",
                        ]),
                    phase(
                        .followUp, 31, 400, ["fr": "Suivre", "en": "Follow-up", "de": "Umsetzung"],
                        [
                            "fr": "La ville rend compte de chaque chantier.",
                            "en": "The city reports on each building site.",
                            "de": "Die Stadt berichtet über jede Baustelle.",
                        ]),
                ]), demonstration: true, by: .operator)
    }

    /// Toulouse 2019, from its ballots to its result.
    private static func replayed(_ bytes: [UInt8], _ process: ID<Participation.Process>, _ house: House) async throws {
        let slug = "toulouse-2019"
        if try await house.votes.find(slug) == nil {
            try await house.imports.importVote(
                bytes, into: process,
                options: Imports.Options(
                    slug: slug,
                    title: Texts([
                        "fr": "Toulouse 2019, rejoué", "en": "Toulouse 2019, replayed",
                        "de": "Toulouse 2019, nachgespielt",
                    ]), demonstration: true), by: .operator)
        }
        try await count(bytes, try await house.vote(slug), house)
    }

    /// Opens a vote, casts the ballots of the file, closes, counts and publishes: whatever of it has not been done.
    static func count(_ bytes: [UInt8], _ draft: Vote, _ house: House) async throws {
        var vote: Vote = draft
        let slug: String = vote.slug
        let keyPath: String = house.file("custodian/\(slug).key")
        let passphrase: String = try passphrase(house, slug)
        if vote.opening == nil {
            try await house.open(vote, keyFile: keyPath, passphrase: passphrase)
            vote = try await house.vote(slug)
        }
        if vote.closedAt == nil {
            _ = try await house.imports.replay(bytes, in: vote)
            try await house.openings.close(vote.id, early: true, by: .operator)
        }
        let key = String(decoding: try Console.read(keyPath), as: UTF8.self)
        try await house.counts.count(vote.id, keyFile: key, passphrase: passphrase, by: .operator)
        try await house.counts.publish(vote.id, by: .operator)
    }

    /// The same projects, open now. Returns some voting codes.
    private static func open(
        _ bytes: [UInt8], _ process: ID<Participation.Process>, _ house: House
    ) async throws -> [String] {
        let slug = "budget-2026"
        if try await house.votes.find(slug) == nil {
            try await house.imports.importVote(
                bytes, into: process,
                options: Imports.Options(
                    slug: slug,
                    title: Texts([
                        "fr": "Votez pour vos projets", "en": "Vote for your projects",
                        "de": "Stimmen Sie für Ihre Projekte",
                    ]), demonstration: true), by: .operator)
        }
        let vote: Vote = try await house.vote(slug)
        if vote.opening == nil {
            try await house.open(
                vote, keyFile: house.file("custodian/\(slug).key"), passphrase: try passphrase(house, slug))
        }
        try await Sequencer(pool: house.pool, secrets: house.secrets).drain(vote.id)
        return try await house.codes.issue(20, for: vote.id, by: .operator)
    }

    static let officer = "bureau@demonstration.example"
    private static let people: [(email: String, name: String, roles: [Role])] = [
        ("administration@demonstration.example", "Administration (démonstration)", [.administrator]),
        ("agent@demonstration.example", "Agence de participation (démonstration)", [.participationAgent]),
        (
            "responsable@demonstration.example", "Responsable du scrutin (démonstration)",
            [.returningOfficer, .custodian]
        ),
        (
            "responsable2@demonstration.example", "Second responsable du scrutin (démonstration)", [.returningOfficer]
        ),
        (officer, "Bureau de vote (démonstration)", [.pollingOfficer]),
        ("saisie-a@demonstration.example", "Saisie A (démonstration)", [.entryOperator]),
        ("saisie-b@demonstration.example", "Saisie B (démonstration)", [.entryOperator]),
        ("arbitrage@demonstration.example", "Arbitrage (démonstration)", [.adjudicator]),
        ("audit@demonstration.example", "Audit (démonstration)", [.auditor]),
        (DemoTown.examiner, "Service examinateur (démonstration)", []),
        ("habitant@demonstration.example", "Habitant (démonstration)", []),
        (noteTaker, "Prise de notes (démonstration)", []),
    ]

    private static func accounts(_ house: House) async throws -> String {
        let password: String = try secret(house.file("demonstration.password"), groups: 4)
        let accounts: Accounts = try house.accounts
        for person in people {
            guard let email = EmailAddress(person.email), try await accounts.find(email: email) == nil else { continue }
            _ = try await accounts.create(
                email: person.email, name: person.name, password: password, roles: person.roles.map { HeldRole($0) },
                by: .operator)
        }
        return password
    }

    static func passphrase(_ house: House, _ slug: String) throws -> String {
        try secret(house.file("custodian/\(slug).passphrase"), groups: 5)
    }

    /// The secret in a file, which is drawn the first time: a load that goes on after a crash finds the same one.
    private static func secret(_ path: String, groups: Int) throws -> String {
        if let known = FileManager.default.contents(atPath: path) {
            if !known.isEmpty { return String(decoding: known, as: UTF8.self) }
            try FileManager.default.removeItem(atPath: path)
        }
        let drawn: String = words(groups)
        try Console.writeSecret(drawn, to: path)
        return drawn
    }

    /// Random groups of letters that are easy to type, 20 bits each.
    private static func words(_ count: Int) -> String {
        let letters: [Character] = Array("abcdefghjkmnpqrstuvwxyz23456789")
        return (0..<count).map { _ in String((0..<4).map { _ in letters.randomElement()! }) }.joined(separator: "-")
    }

    private static func signIns(_ house: House, password: String, codes: [String]) -> String {
        let url: String = house.settings.publicURL
        let accounts: String = people.map { "  \($0.email)" }.joined(separator: "\n")
        return """
            Demonstration city (everything in it is demonstration data)
            Open vote:       \(url)/votes/budget-2026
            Replayed result: \(url)/votes/toulouse-2019/result
            Sign in at \(url)/sign-in with the password \(password) as
            \(accounts)
            or vote with one of these codes at \(url)/votes/budget-2026/code
            \(codes.map { "  \($0)" }.joined(separator: "\n"))
            Open on every channel: \(url)/votes/\(everywhere), with a roll of invented people
            (\(onTheRoll); …), places, papers and a kiosk.
            Open call for ideas: \(url)/processes/idees-2027/proposals (\(DemoTown.examiner) examines,
            habitant@demonstration.example has drafts); being built: \(url)/processes/idees-2025/deliveries
            Walk that is noted now: \(url)/walks/gare-2027, with the code gare2027 (\(noteTaker) takes notes);
            walked last year: \(url)/walks/quais-2026

            """
    }
}
