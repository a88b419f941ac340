import Foundation
import Participation
import Postgres
import PublicRecord
import TestSupport

/// The fixed cast of the tests about rolls: a vote with a roll, and files for it.
struct Electorate: Sendable {
    let polls: Polls
    let vote: Vote

    var rolls: Rolls { Rolls(pool: polls.pool) }
    var imports: RollImports { RollImports(pool: polls.pool) }
    var commitments: RollCommitments { RollCommitments(pool: polls.pool) }
    var claims: RollClaims {
        RollClaims(pool: polls.pool, secrets: polls.secrets, correspondent: PlainEligibility())
    }
    var eligibility: Eligibility {
        Eligibility(pool: polls.pool, secrets: polls.secrets, correspondent: PlainEligibility())
    }
    var declarations: Declarations {
        Declarations(pool: polls.pool, secrets: polls.secrets, correspondent: PlainEligibility())
    }
    let visitor = ProofSource(account: nil, network: Network(address: "192.0.2.7"), language: .french)

    static let list = """
        Nom;Prénoms;Date de naissance;Adresse;Code postal;Courriel
        Dupont;Marie Anne;29/02/1980;1 rue du Tilleul;68100;famille.dupont@example.fr
        Dupont;Jean;03/05/1978;1 rue du Tilleul;68100;famille.dupont@example.fr
        Müller-Lefèvre;Éloïse;12/11/1999;4 quai d’Oran;68200;
        Le Goff;Yann;01/02/1950;;68100;
        Petit;Zoé;30/06/2015;9 rue Basse;68100;
        Martin;Paul;04/07/1990;;68100;
        Martin;Paul;14/07/1990;;68100;
        """

    /// Takes a file as a browser sends it, in pieces.
    func receive(_ file: [UInt8], name: String = "liste.csv") async throws -> ID<RollImport> {
        var reception = try await imports.receive(name, for: vote.id, by: .operator)
        for start in stride(from: 0, to: file.count, by: 50_000) {
            try await reception.take(Array(file[start..<min(start + 50_000, file.count)]))
        }
        try await reception.finish()
        return reception.id
    }

    /// Reads a file with the columns that were guessed.
    func read(_ text: String) async throws -> RollImport {
        let id: ID<RollImport> = try await receive(Array(text.utf8))
        guard let found = try await imports.find(id, of: vote.id) else { throw Polls.Missing() }
        try await imports.choose(found.columns, of: id, by: .operator)
        return try await imports.read(id, by: .operator)
    }

    /// Reads a file and confirms what it changes.
    @discardableResult
    func confirm(_ text: String) async throws -> RollImport {
        let ready: RollImport = try await read(text)
        try await imports.confirm(ready.id, by: .operator)
        return ready
    }

    /// The vote, opened with the list committed.
    func opened(_ list: String = Electorate.list) async throws -> Electorate {
        try await confirm(list)
        try await commitments.commit(vote.id, by: .operator)
        return Electorate(polls: polls, vote: try await polls.open(vote).vote)
    }

    func entry(_ words: String) async throws -> RollEntry? {
        try await rolls.search(words, in: vote.id).first
    }

    /// The token in the last letter to an address.
    func letter(to address: String) async throws -> Token? {
        try await polls.pool.query(
            "test.letter", "SELECT body FROM outbox WHERE recipient = \(address) ORDER BY id DESC LIMIT 1"
        ).first.flatMap { Token(try $0.get("body", as: String.self)) }
    }

    func claim(
        _ family: String, _ given: String, _ birth: String, email: String = "moi@example.fr",
        for purpose: RollClaim.Purpose = .vote, account: SignedInAccount? = nil
    ) async throws -> Admission {
        try await claims.claim(
            RollClaim.Draft([.familyName: family, .givenNames: given, .birthDate: birth], email: email), for: purpose,
            in: vote, from: ProofSource(account: account, network: visitor.network, language: .french))
    }
}

/// Letters whose text is the token they carry.
struct PlainEligibility: EligibilityCorrespondent {
    func letter(_ notice: EligibilityNotice, about vote: Vote, in language: Language) -> Letter {
        switch notice {
        case .vote(let token), .mark(let token): Letter(subject: "To you", body: token.text)
        case .refused(let reason): Letter(subject: "No", body: reason)
        case .linked: Letter(subject: "Yes", body: "-")
        }
    }
}

/// Runs `body` with a vote that finds people by name and day of birth.
func withElectorate(
    _ change: (inout VoteSettings) -> Void = { _ in }, _ body: (Electorate) async throws -> Void
) async throws {
    try await withPolls { polls in
        var settings: VoteSettings = Polls.settings
        settings.eligibility = ["account", "code", "desk", "roll"]
        settings.rollFields = ["family_name", "given_names", "birth_date"]
        settings.channels = ["online", "paper"]
        change(&settings)
        try await body(Electorate(polls: polls, vote: try await polls.draft(settings)))
    }
}
