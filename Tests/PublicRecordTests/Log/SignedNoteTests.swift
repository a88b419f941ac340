import Testing

@testable import PublicRecord

@Suite("Signed notes and checkpoints")
struct SignedNoteTests {
    let note = MerkleTreeTests.vectors["note"]

    @Test("Other people's key, note and cosignature verify")
    func vectors() throws {
        let key = try #require(NoteKey(vkey: note["vkey"].text))
        #expect(key.description == note["vkey"].text)
        let signed = try SignedNote(parsing: Array(note["signed_note"].text.utf8))
        #expect(signed.text == note["text"].text)
        #expect(signed.verify(key) == .valid(time: nil))
        #expect(signed.bytes == Array(note["signed_note"].text.utf8))

        let witness = try #require(NoteKey(vkey: note["witness_vkey"].text))
        #expect(witness.kind == .cosignature)
        let cosigned = try SignedNote(parsing: Array(note["cosigned_checkpoint"].text.utf8))
        #expect(cosigned.verify(key) == .valid(time: nil))
        #expect(cosigned.verify(witness) == .valid(time: 1_700_000_000))
        #expect(signed.verify(witness) == .missing)
        let checkpoint = try #require(Checkpoint(text: cosigned.text))
        #expect(checkpoint.size == 70)
        #expect(checkpoint.text == cosigned.text)
        #expect(checkpoint.root == MerkleTree.root(of: MerkleTreeTests.leaves))
    }

    @Test("We sign the same bytes as other people")
    func signing() throws {
        let seed = try #require(Hex.decode(note["ed25519_seed_hex"].text))
        let signer = try #require(NoteSigner(name: "vectors.example/pb", seed: seed))
        let signed = try signer.sign(text: note["text"].text)
        #expect(signed.bytes == Array(note["signed_note"].text.utf8))
        let witnessSeed = try #require(Hex.decode(note["witness_seed_hex"].text))
        let witness = try #require(NoteSigner(name: "witness.example/w1", kind: .cosignature, seed: witnessSeed))
        let cosigned = try witness.sign(signed, at: 1_700_000_000)
        #expect(cosigned.bytes == Array(note["cosigned_checkpoint"].text.utf8))
    }

    @Test("One flipped bit anywhere in text or signature is noticed")
    func flips() throws {
        let key = try #require(NoteKey(vkey: note["vkey"].text))
        let bytes = Array(note["signed_note"].text.utf8)
        for position in bytes.indices {
            for bit in 0..<8 {
                var spoiled = bytes
                spoiled[position] ^= 1 << UInt8(bit)
                guard let read = try? SignedNote(parsing: spoiled) else { continue }
                #expect(read.verify(key) != .valid(time: nil), "byte \(position), bit \(bit)")
            }
        }
    }

    @Test("Signatures of unknown keys are kept and ignored; a forged one of a known key is not")
    func unknownKeys() throws {
        let key = try #require(NoteKey(vkey: note["vkey"].text))
        let signed = try SignedNote(parsing: Array(note["signed_note"].text.utf8))
        let other = SignedNote.Signature(name: "other.example", keyID: 1, bytes: [1, 2, 3])
        let more = try SignedNote(parsing: signed.adding(other).bytes)
        #expect(more.signatures.count == 2)
        #expect(more.verify(key) == .valid(time: nil))
        let forged = SignedNote.Signature(name: key.name, keyID: key.keyID, bytes: Array(repeating: 0, count: 64))
        #expect(signed.adding(forged).verify(key) == .forged)
    }

    @Test("A text may contain empty lines; the last one parts it from the signatures")
    func emptyLines() throws {
        let signer = try #require(NoteSigner(name: "a", seed: Array(repeating: 1, count: 32)))
        let signed = try signer.sign(text: "one\n\n— not a signature\n\ntwo\n")
        let read = try SignedNote(parsing: signed.bytes)
        #expect(read == signed)
        #expect(read.verify(signer.key) == .valid(time: nil))
    }

    @Test(
        "What is not a signed note is refused",
        arguments: [
            "", "\n", "\n\n", "a\n", "a\n\n", "a\n\nb\n", "a\n\n— n AAAAAAA=", "a\n\n— n AAAAAAA\n",
            "a\n\n— n  AAAAAAA=\n",
            "a\n\n— n+m AAAAAAA=\n", "a\n\n— AAAAAAA=\n", "a\n\n- n AAAAAAA=\n", "a\n\n— n AAAA\n",
            "a\t\n\n— n AAAAAAA=\n",
            "a\r\n\n— n AAAAAAA=\n", "a\n— n AAAAAAA=\n", "a\n\n— n AAAAAAA= x\n",
        ])
    func malformed(text: String) {
        #expect(throws: SignedNote.Malformed.self) { try SignedNote(parsing: Array(text.utf8)) }
    }

    @Test(
        "What is not a key is refused",
        arguments: [
            "", "a", "a+b", "a+b+c", "+e4d73e45+AYYQWDwWI/+mHReE47TpOFvzvARkm1CLWXEM4K1teerg",
            "vectors.example/pb+e4d73e46+AYYQWDwWI/+mHReE47TpOFvzvARkm1CLWXEM4K1teerg",
            "vectors.example/pc+e4d73e45+AYYQWDwWI/+mHReE47TpOFvzvARkm1CLWXEM4K1teerg",
            "vectors.example/pb+E4D73E45+AYYQWDwWI/+mHReE47TpOFvzvARkm1CLWXEM4K1teerg",
            "vectors.example/pb+e4d73e45+AoYQWDwWI/+mHReE47TpOFvzvARkm1CLWXEM4K1teerg",
            "vectors.example/pb+e4d73e45+AYYQWDwWI/+mHReE47TpOFvzvARkm1CLWXEM4K1teer",
        ])
    func malformedKey(text: String) {
        #expect(NoteKey(vkey: text) == nil)
    }

    @Test("Checkpoints have three lines or more, a plain size and a root of 32 bytes")
    func checkpoints() throws {
        let root = "5uPoRcCqIzZ9j+FJi6lzO03/o98hNi1CQB3Lv7OQnBI="
        #expect(try #require(Checkpoint(text: "o\n0\n\(root)\n")).size == 0)
        let extended = try #require(Checkpoint(text: "o\n7\n\(root)\nmore\n"))
        #expect(extended.extensions == ["more"])
        #expect(extended.text == "o\n7\n\(root)\nmore\n")
        for text in [
            "", "o\n", "o\n7\n", "o\n7\n\(root)", "o\n07\n\(root)\n", "o\n-7\n\(root)\n", "o\n+7\n\(root)\n",
            "o\n7 \n\(root)\n", "\n7\n\(root)\n", "o\n7\nAAAA\n", "o\n7\n\(root)\n\n", "o\n\n\(root)\n",
            "o\n99999999999999999999\n\(root)\n", "o\n9007199254740992\n\(root)\n", "o\n٧\n\(root)\n",
        ] { #expect(Checkpoint(text: text) == nil, "\(text)") }
    }

    @Test("No bytes crash the readers of notes, keys and checkpoints")
    func fuzz() {
        var random = SeededRandom(seed: 9)
        let seed = Array(note["cosigned_checkpoint"].text.utf8)
        for _ in 0..<5000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...5, using: &random) where !bytes.isEmpty {
                let position = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.removeSubrange(position...)
                default: bytes.insert([0x0A, 0x20, 0x2B, 0xE2].randomElement(using: &random) ?? 0, at: position)
                }
            }
            if let read = try? SignedNote(parsing: bytes) { #expect(read.bytes == bytes) }
            let text = String(decoding: bytes, as: UTF8.self)
            if let checkpoint = Checkpoint(text: text) { #expect(checkpoint.text == text) }
            _ = NoteKey(vkey: text)
        }
    }
}
