/// What a resident takes home after casting: with it anyone can check that the sealed ballot stands in the log and,
/// once the ballots are opened, that the tracker stands among them.
///
/// Its text, four lines, is signed by the log's key as a promise that the entry is in the log before closing. It can
/// never be taken for a checkpoint, whose second line is a number and whose third is 44 characters long.
public struct Receipt: Sendable, Hashable {
    /// The origin of the log.
    public let origin: String
    /// The 16 bytes of the credential.
    public let credential: [UInt8]
    /// The SHA-256 of the sealed ballot.
    public let envelope: Hash
    /// The tracker.
    public let tracker: Tracker

    /// A receipt from its four parts.
    public init(origin: String, credential: [UInt8], envelope: Hash, tracker: Tracker) {
        self.origin = origin
        self.credential = credential
        self.envelope = envelope
        self.tracker = tracker
    }

    /// The receipt in the text of a note; nil when it is not one.
    public init?(text: String) {
        let lines: [Substring] = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 5, lines[4].isEmpty, let credential = Hex.decode(String(lines[1])), credential.count == 16,
            let envelope = Hash(hex: String(lines[2])), let tracker = Tracker(String(lines[3]))
        else { return nil }
        self.init(origin: String(lines[0]), credential: credential, envelope: envelope, tracker: tracker)
        guard self.text == text else { return nil }
    }

    /// Origin, credential, envelope hash and tracker, a line each.
    public var text: String {
        "\(origin)\n\(Hex.encode(credential))\n\(envelope.hex)\n\(tracker.text)\n"
    }
}
