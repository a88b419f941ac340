import Crypto

/// A text with signatures, in the form of c2sp.org/signed-note.
public struct SignedNote: Sendable, Equatable {
    /// A signature line, known or not.
    public struct Signature: Sendable, Equatable {
        /// The name of the key.
        public let name: String
        /// The first four bytes of the key's identifying hash.
        public let keyID: UInt32
        /// The bytes after the key's identifier: an Ed25519 signature, or whatever another type writes.
        public let bytes: [UInt8]

        /// A signature made elsewhere.
        public init(name: String, keyID: UInt32, bytes: [UInt8]) {
            self.name = name
            self.keyID = keyID
            self.bytes = bytes
        }
    }

    /// Why a text is not a signed note.
    public enum Malformed: Error, Equatable, Sendable {
        case tooLong
        case notUTF8
        case controlCharacter
        case noSignatures
        case signatureLine
    }

    /// Notes beyond this length are refused before anything is read.
    public static let maximumLength = 1_000_000
    /// A note has at most this many signatures.
    public static let maximumSignatures = 100

    /// What is signed, with its final newline.
    public let text: String
    /// All signature lines in their order, those of unknown keys too.
    public private(set) var signatures: [Signature]

    private static let dash = "— "

    /// A text that nobody has signed yet; it must end with a newline.
    public init(text: String) {
        self.text = text
        signatures = []
    }

    /// Reads a signed note.
    public init(parsing bytes: [UInt8]) throws(Malformed) {
        guard bytes.count <= Self.maximumLength else { throw .tooLong }
        guard let string = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        guard !bytes.contains(where: { $0 < 0x20 && $0 != 0x0A }) else { throw .controlCharacter }
        // The last empty line parts the text from its signatures.
        let newline = UInt8(ascii: "\n")
        guard bytes.last == newline,
            let gap = bytes.indices.dropLast().last(where: { bytes[$0] == newline && bytes[$0 + 1] == newline })
        else { throw .noSignatures }
        text = String(decoding: bytes[...gap], as: UTF8.self)
        let lines = bytes[(gap + 2)...].dropLast().split(separator: newline, omittingEmptySubsequences: false)
        guard lines.count <= Self.maximumSignatures, string.utf8.count == bytes.count else { throw .tooLong }
        guard !lines.isEmpty else { throw .noSignatures }
        var signatures: [Signature] = []
        for line in lines {
            let dash = Array(Self.dash.utf8)
            guard line.starts(with: dash) else { throw .signatureLine }
            let parts = line.dropFirst(dash.count).split(
                separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw .signatureLine }
            let name = String(decoding: parts[0], as: UTF8.self)
            guard NoteKey.isValid(name: name),
                let raw = Base64.decode(String(decoding: parts[1], as: UTF8.self)), raw.count > 4
            else { throw .signatureLine }
            let keyID = raw.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            signatures.append(Signature(name: name, keyID: keyID, bytes: Array(raw.dropFirst(4))))
        }
        self.signatures = signatures
    }

    /// The note with one more signature line.
    public func adding(_ signature: Signature) -> SignedNote {
        var note = self
        note.signatures.append(signature)
        return note
    }

    /// The note as it is published.
    public var bytes: [UInt8] {
        let lines = signatures.map { signature in
            let keyID = (0..<4).map { UInt8(truncatingIfNeeded: signature.keyID >> UInt32(24 - 8 * $0)) }
            return "\(Self.dash)\(signature.name) \(Base64.encode(keyID + signature.bytes))\n"
        }
        return Array((text + "\n" + lines.joined()).utf8)
    }

    /// What became of looking for a key's signature.
    public enum Verdict: Sendable, Equatable {
        /// The key signed the text; a witness also says when, in Unix seconds.
        case valid(time: Int64?)
        /// A line bears the key's name and identifier, but the signature is not the key's.
        case forged
        /// No line bears the key's name and identifier.
        case missing
    }

    /// Whether `key` signed this note.
    public func verify(_ key: NoteKey) -> Verdict {
        let own = signatures.filter { $0.name.isSameBytes(as: key.name) && $0.keyID == key.keyID }
        guard !own.isEmpty else { return .missing }
        var time: Int64?
        for signature in own {
            guard let signed = key.verify(signature.bytes, over: text) else { return .forged }
            time = signed.time
        }
        return .valid(time: time)
    }
}

/// A public key that signs notes, in the `vkey` form `<name>+<key id>+<base64 of type and key>`.
public struct NoteKey: Sendable, Hashable, CustomStringConvertible {
    /// What the key signs.
    public enum Kind: UInt8, Sendable {
        /// The text of the note.
        case ed25519 = 0x01
        /// A witness's `cosignature/v1`: the text and the time (c2sp.org/tlog-cosignature).
        case cosignature = 0x04
    }

    /// The name of the key.
    public let name: String
    /// What the key signs.
    public let kind: Kind
    /// The 32 bytes of the Ed25519 public key.
    public let publicKey: [UInt8]

    /// A key by its parts; nil for an impossible name or a key that is not 32 bytes long.
    public init?(name: String, kind: Kind = .ed25519, publicKey: [UInt8]) {
        guard Self.isValid(name: name), publicKey.count == 32 else { return nil }
        self.name = name
        self.kind = kind
        self.publicKey = publicKey
    }

    /// Reads the `vkey` form; nil for a key of another type or whose identifier does not match.
    public init?(vkey: String) {
        let parts = vkey.utf8.split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let raw = Base64.decode(String(Substring(parts[2]))), let type = raw.first,
            let kind = Kind(rawValue: type)
        else { return nil }
        self.init(name: String(Substring(parts[0])), kind: kind, publicKey: Array(raw.dropFirst()))
        guard Self.hex(keyID) == String(Substring(parts[1])) else { return nil }
    }

    /// The first four bytes of SHA-256(name ‖ newline ‖ type ‖ key).
    public var keyID: UInt32 {
        let hash = Hash(of: Array(name.utf8) + [0x0A, kind.rawValue] + publicKey)
        return hash.bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The `vkey` form.
    public var description: String {
        "\(name)+\(Self.hex(keyID))+\(Base64.encode([kind.rawValue] + publicKey))"
    }

    private static func hex(_ keyID: UInt32) -> String {
        Hex.encode((0..<4).map { UInt8(truncatingIfNeeded: keyID >> UInt32(24 - 8 * $0)) })
    }

    /// Names are not empty and have neither blanks nor `+`.
    static func isValid(name: String) -> Bool {
        !name.isEmpty && !name.unicodeScalars.contains { $0 == "+" || $0.properties.isWhitespace || $0.value < 0x20 }
    }

    /// The signed time, if any, when `signature` is this key's over `text`; nil otherwise.
    fileprivate func verify(_ signature: [UInt8], over text: String) -> (time: Int64?, Void)? {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return nil }
        switch kind {
        case .ed25519:
            return key.isValidSignature(signature, for: Array(text.utf8)) ? (nil, ()) : nil
        case .cosignature:
            guard signature.count == 72 else { return nil }
            let time = signature.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard let time = Int64(exactly: time) else { return nil }
            let message = Array(Self.cosigned(text, at: time).utf8)
            return key.isValidSignature(signature.dropFirst(8), for: message) ? (time, ()) : nil
        }
    }

    static func cosigned(_ text: String, at time: Int64) -> String {
        "cosignature/v1\ntime \(time)\n\(text)"
    }
}

/// A private key that signs notes.
public struct NoteSigner: Sendable {
    /// The public half.
    public let key: NoteKey
    private let secret: Curve25519.Signing.PrivateKey

    /// The signer called `name` with the 32 bytes of an Ed25519 private key.
    ///
    /// Nil for an impossible name or a seed of another length.
    public init?(name: String, kind: NoteKey.Kind = .ed25519, seed: [UInt8]) {
        guard let secret = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed),
            let key = NoteKey(name: name, kind: kind, publicKey: Array(secret.publicKey.rawRepresentation))
        else { return nil }
        self.key = key
        self.secret = secret
    }

    /// The note with this key's signature.
    ///
    /// - Parameter time: when a witness signs, in Unix seconds; other keys do not say.
    public func sign(_ note: SignedNote, at time: Int64 = 0) throws -> SignedNote {
        let bytes: [UInt8]
        switch key.kind {
        case .ed25519:
            bytes = Array(try secret.signature(for: Array(note.text.utf8)))
        case .cosignature:
            let stamp = (0..<8).map { UInt8(truncatingIfNeeded: time >> Int64(56 - 8 * $0)) }
            bytes = stamp + Array(try secret.signature(for: Array(NoteKey.cosigned(note.text, at: time).utf8)))
        }
        return note.adding(SignedNote.Signature(name: key.name, keyID: key.keyID, bytes: bytes))
    }

    /// A signed note over `text`, which must end with a newline.
    public func sign(text: String) throws -> SignedNote {
        try sign(SignedNote(text: text))
    }
}
