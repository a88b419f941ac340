import Foundation
import Logging
import Postgres
import Synchronization
import Testing

@testable import Participation

/// Letters: written with the act they tell of, delivered later, and then forgotten.
@Suite struct OutboxTests {
    private static let letter = Letter(subject: "Bonjour", body: "Un texte.\nDeux lignes.")

    private func enqueue(_ town: Town, _ letter: Letter = Self.letter) async throws {
        let address = try #require(EmailAddress("ada@example.fr"))
        try await Outbox.enqueue(letter, kind: "test", to: address, in: .french, within: town.pool)
    }

    private func delivery(_ town: Town, _ transport: any MailTransport) throws -> MailDelivery {
        let sender = try #require(EmailAddress("tilleul@example.fr"))
        return MailDelivery(pool: town.pool, transport: transport, sender: sender, logger: Logger(label: "test"))
    }

    @Test func `a letter of an act that failed is never sent`() async throws {
        try await withTown { town in
            let address = try #require(EmailAddress("ada@example.fr"))
            struct Fault: Error {}
            await #expect(throws: Fault.self) {
                try await town.pool.transaction("test.act") { transaction in
                    try await Outbox.enqueue(
                        Self.letter, kind: "test", to: address, in: .french, within: transaction)
                    throw Fault()
                }
            }
            #expect(try await town.count("outbox") == 0)
        }
    }

    @Test func `several senders deliver every letter once and keep no word`() async throws {
        try await withTown { town in
            for number in 0..<20 { try await enqueue(town, Letter(subject: "Letter \(number)", body: "Text")) }
            let box = Pillarbox()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    let delivery = try delivery(town, box)
                    group.addTask { try await delivery.deliverDue() }
                }
                try await group.waitForAll()
            }
            #expect(Set(box.letters).count == 20)
            #expect(box.letters.count == 20)
            let rows = try await town.pool.query(
                "test.left",
                "SELECT count(*) AS n FROM outbox WHERE sent_at IS NOT NULL AND concat(recipient, subject, body) = ''")
            #expect(try rows[0].get("n", as: Int.self) == 20)
        }
    }

    @Test func `a letter that is not taken is tried again later and given up in the end`() async throws {
        try await withTown { town in
            try await enqueue(town)
            let box = Pillarbox(isBlocked: true)
            let delivery = try delivery(town, box)
            #expect(try await delivery.deliverDue() == 0)
            #expect(try await delivery.deliverDue() == 0)
            #expect(box.attempts == 1)

            for _ in 1..<MailDelivery.attempts {
                try await town.pool.execute("test.later", "UPDATE outbox SET next_attempt_at = now()")
                try await delivery.deliverDue()
            }
            #expect(box.attempts == MailDelivery.attempts)
            let rows = try await town.pool.query("test.failed", "SELECT failed_at, body, last_error FROM outbox")
            #expect(try rows[0].get("failed_at", as: Date?.self) != nil)
            #expect(try rows[0].get("body", as: String.self) == "")
            #expect(try rows[0].get("last_error", as: String?.self) != nil)
        }
    }

    @Test func `the folder of development shows what was written`() async throws {
        try await withTown { town in
            let path = FileManager.default.temporaryDirectory.appending(component: "mail-\(UUID().uuidString)").path
            defer { try? FileManager.default.removeItem(atPath: path) }
            let letter = Letter(subject: "Vérifiez votre adresse — étape 2", body: "Bonjour Ada,\n\nÀ bientôt = oui.\n")
            try await enqueue(town, letter)
            let folder = MailFolder(path: path)
            #expect(try folder.list().isEmpty)
            #expect(try await delivery(town, folder).deliverDue() == 1)
            let entry = try #require(try folder.list().first)
            #expect(entry.recipient == "ada@example.fr")
            #expect(entry.subject == letter.subject)
            #expect(entry.body.trimmingCharacters(in: .newlines) == letter.body.trimmingCharacters(in: .newlines))
        }
    }

    @Test func `a command gets the message and is stopped when it hangs`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(component: "sendmail-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let message = MailMessage(
            id: ID(), sender: "tilleul@example.fr", recipient: "ada@example.fr", letter: Self.letter,
            language: .french, date: Date())
        let copy = folder.appending(component: "copy").path
        try await #require(Sendmail(command: "tee \(copy)")).deliver(message)
        #expect(try Data(contentsOf: URL(filePath: copy)) == Data(message.bytes))

        await #expect(throws: Sendmail.Failure.refused(status: 1)) {
            try await #require(Sendmail(command: "false")).deliver(message)
        }
        await #expect(throws: Sendmail.Failure.notFound(command: "no-such-command")) {
            try await #require(Sendmail(command: "no-such-command -t")).deliver(message)
        }
        await #expect(throws: Sendmail.Failure.tookTooLong) {
            try await #require(Sendmail(command: "sleep 3600", limit: .milliseconds(200))).deliver(message)
        }
        #expect(Sendmail(command: " ") == nil)
    }

    @Test func `no value can add a header`() {
        let message = MailMessage(
            id: ID(), sender: "tilleul@example.fr", recipient: "ada@example.fr",
            letter: Letter(subject: "Hello\r\nBcc: eve@example.fr\u{2028}x\u{0}", body: "Text\r\n.\r\nMore"),
            language: .english, date: Date(timeIntervalSince1970: 0))
        let text = String(decoding: message.bytes, as: UTF8.self)
        let head = text.components(separatedBy: "\r\n\r\n")[0].components(separatedBy: "\r\n")
        #expect(!head.contains { $0.hasPrefix("Bcc") })
        #expect(head.contains("Date: Thu, 01 Jan 1970 00:00:00 +0000"))
        #expect(head.contains("Auto-Submitted: auto-generated"))
        #expect(head.count == 10)
    }

    @Test func `long and foreign text travels in short lines of ASCII`() {
        let subject = String(repeating: "Été à Mulhouse 👩‍👩‍👧‍👦 ", count: 12)
        let message = MailMessage(
            id: ID(), sender: "tilleul@example.fr", recipient: "ada@example.fr",
            letter: Letter(subject: subject, body: String(repeating: "très long ", count: 60) + "\nfin \n"),
            language: .french, date: Date())
        let text = String(decoding: message.bytes, as: UTF8.self)
        for line in text.components(separatedBy: "\r\n") {
            #expect(line.utf8.count <= 78)
            #expect(line.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
            #expect(!line.hasSuffix(" "))
        }
        let entry = MailFolder.Entry(name: "x", message: text)
        #expect(entry?.subject == subject)
        #expect(entry?.body == message.letter.body + "\n")
    }
}

/// A transport that keeps what it is given, or takes nothing.
private final class Pillarbox: MailTransport {
    private let state = Mutex((letters: [String](), attempts: 0))
    private let isBlocked: Bool

    init(isBlocked: Bool = false) {
        self.isBlocked = isBlocked
    }

    var letters: [String] { state.withLock { $0.letters } }
    var attempts: Int { state.withLock { $0.attempts } }

    func deliver(_ message: MailMessage) async throws {
        state.withLock { $0.attempts += 1 }
        if isBlocked { throw Sendmail.Failure.refused(status: 75) }
        state.withLock { $0.letters.append(message.letter.subject) }
    }
}
