import Crypto
import Foundation
import Testing

@testable import Participation

/// Identities, tokens and the master secret.
@Suite struct SharedTests {
    @Test func `identities sort by the time they were made`() {
        let early = UUID(version7At: Date(timeIntervalSince1970: 1_700_000_000), using: SystemRandomNumberGenerator())
        let late = UUID(version7At: Date(timeIntervalSince1970: 1_700_000_001), using: SystemRandomNumberGenerator())
        #expect(early.uuidString < late.uuidString)
        // The example of RFC 9562, appendix A.6: 2022-02-22T19:22:22.000Z.
        let example = UUID(version7At: Date(timeIntervalSince1970: 1_645_557_742), using: SystemRandomNumberGenerator())
        #expect(example.uuidString.hasPrefix("017F22E2-79B0-7"))
        #expect(
            "89AB".contains(example.uuidString[example.uuidString.index(example.uuidString.startIndex, offsetBy: 19)]))
    }

    @Test func `an identity is read back from its text`() {
        let id = ID<Account>()
        #expect(ID<Account>(id.description) == id)
        #expect(ID<Account>(id.description.uppercased()) == id)
        #expect(ID<Account>("") == nil)
        #expect(ID<Account>("not-an-id") == nil)
    }

    @Test func `a token is read back from its text and from nothing else`() {
        let token = Token()
        #expect(token.text.utf8.count == 43)
        #expect(Token(token.text) == token)
        for text in [
            "", "é", token.text + "A", String(token.text.dropLast()), token.text + "=", "../../etc/passwd",
            String(repeating: "é", count: 43), String(repeating: "+", count: 43),
        ] {
            #expect(Token(text) == nil)
        }
    }

    @Test func `the secret is made once and readable by its owner alone`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(component: "secret-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(component: "secret").path
        let hashes = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<8 { group.addTask { try Secrets.load(file: file).keyedHash([1], label: "x") } }
            return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
        }
        #expect(hashes.count == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["secret"])
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)

        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        #expect(throws: SecretsFault.readableByOthers(file: file)) { try Secrets.load(file: file) }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        try Data([1, 2, 3]).write(to: URL(filePath: file))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        #expect(throws: SecretsFault.wrongLength(file: file)) { try Secrets.load(file: file) }
    }

    @Test func `keys for different purposes differ`() {
        let secrets = Secrets(master: [UInt8](repeating: 1, count: 32))
        #expect(secrets.derive(label: "a") == secrets.derive(label: "a"))
        #expect(secrets.derive(label: "a") != secrets.derive(label: "b"))
        #expect(secrets.keyedHash([1], label: "a") != secrets.keyedHash([1], label: "b"))
    }
}
