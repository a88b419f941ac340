import Foundation
import Testing

@testable import Participation

/// Which passwords are accepted, and how they are hashed.
@Suite struct PasswordTests {
    @Test(arguments: [
        ("onze lettre", PasswordRules.Weakness.tooShort(minimum: 12)),
        (String(repeating: "ab", count: 129), .tooLong(maximum: 256)),
        ("aaaaaaaaaaaaaa", .common), ("motdepasse123", .common), ("Mot de passe 123!", .common),
        ("123456789012", .common), ("azertyuiopqs", .common), ("abcabcabcabc", .common), ("Qwertzuiopasd", .common),
        ("ada.lovelace@example.fr", .personal), ("ada.lovelace12", .personal), ("Ada Lovelace!!", .personal),
    ])
    func `weak passwords are refused`(password: String, weakness: PasswordRules.Weakness) {
        let email = EmailAddress("ada.lovelace@example.fr")
        #expect(PasswordRules.weakness(of: password, email: email, name: "Ada Lovelace") == weakness)
    }

    @Test(arguments: ["tilleul sous la pluie", "ada aime les ponts de bois", "🌳🌲🌴🌵🌾🌿🍀🍁🍂🍃🍄🌰", "十二文字以上の合言葉です、はい"])
    func `long ones are accepted whatever their characters`(password: String) {
        let email = EmailAddress("ada.lovelace@example.fr")
        #expect(PasswordRules.weakness(of: password, email: email, name: "Ada Lovelace") == nil)
    }

    @Test func `a hash says how it was made and matches its password alone`() async throws {
        let passwords = Passwords()
        let hash = try await passwords.hash("tilleul sous la pluie")
        #expect(hash.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(try await passwords.verify("tilleul sous la pluie", against: hash) == .right)
        #expect(try await passwords.verify("tilleul sous la neige", against: hash) == .wrong)
        #expect(try await passwords.verify("tilleul sous la pluie", against: nil) == .wrong)
        #expect(try await passwords.verify("tilleul sous la pluie", against: "$argon2id$nonsense") == .wrong)
        #expect(try await passwords.hash("tilleul sous la pluie") != hash)
    }

    @Test func `too many at once are refused rather than queued for ever`() async throws {
        let passwords = Passwords(threads: 1, waiting: 2)
        let refused = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<12 {
                group.addTask {
                    do {
                        _ = try await passwords.verify("tilleul sous la pluie", against: nil)
                        return false
                    } catch {
                        return error is Overloaded
                    }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(refused >= 1)
        #expect(refused < 12)
    }

    @Test(arguments: [
        "a@b.fr", "Prénom@example.fr", "ada@example", "ada@@example.fr", "ada@exa mple.fr", "@example.fr",
        "ada@example.fr\nBcc: eve@example.fr", ".ada@example.fr", "ada@-example.fr", "ada\u{0}@example.fr",
        "<ada@example.fr>", "ada@example..fr",
    ])
    func `addresses that cannot stand in a header are refused`(text: String) {
        #expect((EmailAddress(text) != nil) == (text == "a@b.fr"))
    }
}
