public import Crypto
import Foundation

/// The seal of a vote: an HPKE key pair (RFC 9180: X25519, HKDF-SHA256, ChaCha20-Poly1305) whose public half is in the
/// entry `vote.opened` and whose private half only the custodian holds until the vote has closed.
///
/// A sealed ballot is the encapsulated key (32 bytes) followed by the ciphertext. Its plaintext is the canonical JSON of
/// `choices` and `tracker`, filled up with zero bytes to the one size of the definition's largest ballot, so that the
/// length of an envelope says nothing. `info` is the origin followed by the 32 bytes of the definition's hash; `aad` is
/// the credential, so that an envelope cannot be moved to another person's mark.
public struct Seal: Sendable {
    private static let ciphersuite = HPKE.Ciphersuite.Curve25519_SHA256_ChachaPoly
    private static let encapsulatedSize = 32

    private let info: [UInt8]
    private let size: Int
    private let rules: BallotRules

    /// The seal of a definition, whose hash is the SHA-256 of the published `definition.json`.
    public init(_ definition: Definition, hash: [UInt8]) {
        info = Array(definition.origin.utf8) + hash
        size = Self.plaintextSize(definition)
        rules = definition.ballot
    }

    /// A ballot with its tracker, sealed for the custodian and tied to the credential.
    ///
    /// - Parameter credential: 16 bytes, given to a person at the mark.
    /// - Returns: the envelope, of the same length for every ballot of the vote.
    public func seal(
        _ ballot: Ballot, tracker: Tracker, credential: [UInt8],
        for key: Curve25519.KeyAgreement.PublicKey
    ) throws -> [UInt8] {
        var plaintext: [UInt8] = SealedContent.encode(ballot, tracker, rules)
        precondition(plaintext.count <= size, "a valid ballot fits its envelope")
        plaintext.append(contentsOf: repeatElement(0, count: size - plaintext.count))
        var sender = try HPKE.Sender(recipientKey: key, ciphersuite: Self.ciphersuite, info: .init(info))
        let ciphertext = try sender.seal(plaintext, authenticating: credential)
        return Array(sender.encapsulatedKey) + Array(ciphertext)
    }

    /// The ballot and tracker in an envelope.
    ///
    /// - Throws: `UnreadableEnvelope` when the key, the credential or the envelope is not the right one, or when what
    ///   was sealed is not a ballot of this vote.
    public func open(
        _ envelope: [UInt8], credential: [UInt8], with key: Curve25519.KeyAgreement.PrivateKey, checker: BallotChecker
    ) throws -> (ballot: Ballot, tracker: Tracker) {
        guard envelope.count > Self.encapsulatedSize else { throw UnreadableEnvelope() }
        do {
            var recipient = try HPKE.Recipient(
                privateKey: key, ciphersuite: Self.ciphersuite, info: .init(info),
                encapsulatedKey: .init(envelope.prefix(Self.encapsulatedSize)))
            let plaintext = try recipient.open(
                Array(envelope.dropFirst(Self.encapsulatedSize)), authenticating: credential)
            let end: Int = plaintext.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
            return try SealedContent.decode(Array(plaintext.prefix(end)), checker)
        } catch {
            throw UnreadableEnvelope()
        }
    }

    /// An upper bound of the plaintext of any valid ballot, rounded up to 32 bytes.
    static func plaintextSize(_ definition: Definition) -> Int {
        let rules: BallotRules = definition.ballot
        let value: Int =
            switch rules.type {
            case .approval, .ranking: 0
            case .points: String(rules.pointsPerProject).utf8.count
            case .grades: rules.grades.map { CanonicalJSON.string($0).encoded().count }.max() ?? 0
            }
        let most: Int = rules.type == .points ? min(rules.maximum, rules.pointsInTotal) : rules.maximum
        let names: [Int] = definition.projects.map { CanonicalJSON.string($0.id).encoded().count }.sorted(by: >)
        // Each choice needs its name, a comma and, where there is a value, a colon and the value.
        let choices: Int = names.prefix(most).reduce(0) { $0 + $1 + 1 + (value == 0 ? 0 : value + 1) }
        let frame: Int = #"{"choices":[],"tracker":"XXXX-XXXX-XXXX-XXXX"}"#.utf8.count
        return (frame + choices + 31) / 32 * 32
    }
}

/// What an envelope contains: `{"choices":…,"tracker":"XXXX-XXXX-XXXX-XXXX"}`.
private enum SealedContent {
    static func encode(_ ballot: Ballot, _ tracker: Tracker, _ rules: BallotRules) -> [UInt8] {
        let content: CanonicalJSON = ["choices": ballot.json(grades: rules.grades), "tracker": .string(tracker.text)]
        return content.encoded()
    }

    static func decode(_ bytes: [UInt8], _ checker: BallotChecker) throws -> (ballot: Ballot, tracker: Tracker) {
        var fields = try CanonicalJSON.Fields(try CanonicalJSON(parsing: bytes))
        let choices: CanonicalJSON = try fields.value("choices")
        guard let tracker = Tracker(try fields.string("tracker")) else { throw UnreadableEnvelope() }
        try fields.end()
        return (try checker.ballot(try Ballot.lines(choices, type: checker.rules.type)), tracker)
    }
}

/// An envelope that cannot be opened, whatever the cause: wrong key, wrong credential, altered bytes or no ballot.
public struct UnreadableEnvelope: Error, Sendable {}
