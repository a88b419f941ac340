public import Postgres

/// The ways in which a person shows that they may vote; a definition names those of its vote, and they combine.
///
/// A vote with a roll has one person for each line of it: whoever comes by a code of the roll, by an account, by a
/// declaration or in person votes as the person of their line, so that no two ways give two votes.
public enum EligibilityMethod: String, CaseIterable, Sendable, Hashable {
    /// An account whose address is confirmed; in a vote with a roll, one that was matched to it.
    case account
    /// A one-time code from a letter.
    case code
    /// Name, year of birth, and an address or another tie to the city; confirmed by e-mail or at a desk.
    case declaration
    /// In person before an officer.
    case desk
    /// The fields that the definition names, matched to the roll; confirmed by e-mail, or by a person.
    case roll
}

/// What somebody presents to be let in. A provider of identities (OpenID Connect) has its place here: one more case
/// with what the provider signed, and one more branch of ``Eligibility/present(_:in:from:)``.
public enum EligibilityProof: Sendable {
    /// A code as it was typed.
    case code(String)
    /// What stands on the roll, as it was typed.
    case roll(RollClaim.Draft)
    /// A declaration.
    case declaration(DeclarationDraft)
}

/// What comes of a proof.
public enum Admission: Sendable, Hashable {
    /// The person may vote: the token of a session for this vote alone.
    case admitted(Token)
    /// The account that was signed in votes as the person of the roll from now on.
    case linked
    /// A letter with a link is on its way to the address, of which this much may be said.
    case letterSent(to: String)
    /// A person at the desk will look at it.
    case waiting
}

/// Where a proof comes from.
public struct ProofSource: Sendable {
    /// The account that is signed in, if one is.
    public let account: SignedInAccount?
    /// The network, for the delays that grow.
    public let network: Network
    /// The language of letters.
    public let language: Language

    /// A proof from here.
    public init(account: SignedInAccount?, network: Network, language: Language) {
        self.account = account
        self.network = network
        self.language = language
    }
}

/// The one door to a vote: takes every proof that its definition allows, and says who votes in a session.
public struct Eligibility: Sendable {
    private let pool: Pool
    private let codes: VotingCodes
    private let claims: RollClaims
    private let declarations: Declarations
    private let kiosks: Kiosks

    /// The door to the votes of the database of `pool`; `correspondent` words the letters.
    public init(pool: Pool, secrets: Secrets, correspondent: any EligibilityCorrespondent) {
        self.pool = pool
        codes = VotingCodes(pool: pool, secrets: secrets)
        claims = RollClaims(pool: pool, secrets: secrets, correspondent: correspondent)
        declarations = Declarations(pool: pool, secrets: secrets, correspondent: correspondent)
        kiosks = Kiosks(pool: pool, secrets: secrets)
    }

    /// The methods of a vote, in the order in which a page offers them.
    public static func methods(of vote: Vote) -> [EligibilityMethod] {
        EligibilityMethod.allCases.filter { vote.settings.eligibility.contains($0.rawValue) }
    }

    /// Takes a proof.
    ///
    /// - Throws: `Ballots.Refusal.notEligible` for a method that the vote does not have; `VotingCodes.UnknownCode` and
    ///   `.UnusableCode`; `Refused<RollClaim.Problem>`; `Refused<DeclarationProblem>`; `Throttle.TooMany`.
    public func present(_ proof: EligibilityProof, in vote: Vote, from source: ProofSource) async throws -> Admission {
        switch proof {
        case .code(let text):
            try require(.code, vote)
            return .admitted(try await codes.redeem(text, in: vote.id, device: "", network: source.network))
        case .roll(let draft):
            try require(.roll, vote)
            return try await claims.claim(draft, for: .vote, in: vote, from: source)
        case .declaration(let draft):
            try require(.declaration, vote)
            return try await declarations.declare(draft, in: vote, from: source)
        }
    }

    /// Opens the session that the link of a letter gives.
    ///
    /// - Throws: `LinkExpired`; `Refused<DeclarationProblem>` when somebody else has declared the same person.
    public func confirm(_ token: Token, in vote: Vote) async throws -> Token {
        if let session = try await claims.confirm(token, in: vote) { return session }
        if let session = try await declarations.confirm(token, in: vote) { return session }
        throw LinkExpired()
    }

    /// Who votes in a session; nil when it does not entitle to this vote.
    public func voter(of session: Session?, in vote: Vote) async throws -> Ballots.Voter? {
        guard let session else { return nil }
        if let voting = session.voting {
            if let kiosk = voting.kiosk {
                return try await kiosks.voter(kiosk).map { .kiosk($0.person, at: $0.seat) }
            }
            return voting.vote == vote.id ? Ballots.Voter(person: voting.person, method: voting.method.rawValue) : nil
        }
        guard let account = session.account else { return nil }
        if vote.settings.eligibility.contains("roll") {
            return try await claims.person(of: account.id, in: vote.id).map {
                Ballots.Voter(person: $0, method: "roll")
            }
        }
        return vote.settings.eligibility.contains("account") ? .account(account.person) : nil
    }

    private func require(_ method: EligibilityMethod, _ vote: Vote) throws {
        guard vote.settings.eligibility.contains(method.rawValue) else { throw Ballots.Refusal.notEligible }
    }
}

/// The link of a letter was used, is too old, or never was one.
public struct LinkExpired: Error, Hashable, Sendable {}

/// What people are told by letter on their way to a vote.
public enum EligibilityNotice: Sendable, Hashable {
    /// The link lets the reader vote as the person they said they are.
    case vote(Token)
    /// The link shows whether there is a mark in the reader's name.
    case mark(Token)
    /// A person at the desk could not find the reader on the roll, and says why.
    case refused(reason: String)
    /// The reader's account is matched to the roll: they can vote.
    case linked
}

/// Whoever knows the words: turns a notice into a letter. Web does.
public protocol EligibilityCorrespondent: Sendable {
    /// The letter about a vote.
    func letter(_ notice: EligibilityNotice, about vote: Vote, in language: Language) -> Letter
}
