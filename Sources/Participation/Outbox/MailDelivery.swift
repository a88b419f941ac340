import Foundation
public import Logging
public import Postgres
public import ServiceLifecycle

/// Delivers the letters of the outbox, one after the other, until it is cancelled.
///
/// Several processes may deliver at once: each claims a letter for a while by moving its next attempt into the future,
/// and holds no transaction while it sends. A letter whose sender dies is sent again when the claim runs out.
public struct MailDelivery: Service {
    /// After this many attempts, which takes about two days, a letter is given up.
    public static let attempts = 16
    /// After this many, which takes half an hour, a letter that can never arrive: a mail server that is being set up
    /// refuses everybody for a while.
    public static let finalAttempts = 6

    private let pool: Pool
    private let transport: any MailTransport
    private let sender: EmailAddress
    private let logger: Logger

    /// Delivers from the database of `pool` by `transport`, in the name of `sender`.
    public init(pool: Pool, transport: any MailTransport, sender: EmailAddress, logger: Logger) {
        self.pool = pool
        self.transport = transport
        self.sender = sender
        self.logger = logger
    }

    /// Delivers what is due, looks again every two seconds, and returns when the service shuts down.
    public func run() async throws {
        await Rounds.run(every: .seconds(2), logger, "The outbox cannot be read.") {
            try await deliverDue()
        }
    }

    /// Delivers every letter that is due now; returns how many were sent.
    @discardableResult
    public func deliverDue() async throws -> Int {
        var sent = 0
        while !Task.isCancelled, let claimed = try await claim() {
            // A task of its own: a shutdown lets the letter that is being sent go, and be crossed off.
            if try await Task(operation: { try await deliver(claimed) }).value { sent += 1 }
        }
        return sent
    }

    /// Sends one letter and crosses it off, or puts it off until later. Returns whether it was sent.
    private func deliver(_ claimed: Claimed) async throws -> Bool {
        do {
            try await transport.deliver(claimed.message)
        } catch {
            try await postpone(claimed, because: error)
            return false
        }
        try await pool.execute(
            "outbox.sent",
            """
            UPDATE outbox SET sent_at = now(), recipient = '', subject = '', body = '', last_error = NULL
            WHERE id = \(claimed.id)
            """)
        return true
    }

    private struct Claimed: Sendable {
        let id: ID<Letter>
        let kind: String
        let attempt: Int
        let message: MailMessage
    }

    /// Takes the letter that has waited longest. The time until the next attempt doubles from one minute to six hours.
    private func claim() async throws -> Claimed? {
        guard
            let row = try await pool.one(
                "outbox.claim",
                """
                UPDATE outbox
                SET attempts = attempts + 1,
                    next_attempt_at = now() + least(interval '1 minute' * power(2, attempts), interval '6 hours')
                WHERE id = (SELECT id FROM outbox
                            WHERE sent_at IS NULL AND failed_at IS NULL AND next_attempt_at <= now()
                            ORDER BY next_attempt_at LIMIT 1
                            FOR UPDATE SKIP LOCKED)
                RETURNING id, kind, recipient, subject, body, language, created_at, attempts
                """)
        else { return nil }
        let id: ID<Letter> = try row.get("id")
        let message = MailMessage(
            id: id, sender: sender.text, recipient: try row.get("recipient"),
            letter: Letter(subject: try row.get("subject"), body: try row.get("body")),
            language: try row.get("language"), date: try row.get("created_at"))
        return Claimed(id: id, kind: try row.get("kind"), attempt: try row.get("attempts"), message: message)
    }

    private func postpone(_ claimed: Claimed, because error: any Error) async throws {
        let isFinal: Bool = (error as? any MailFailure)?.isFinal == true
        let isLast: Bool = claimed.attempt >= (isFinal ? Self.finalAttempts : Self.attempts)
        logger.warning(
            isLast ? "A letter is given up." : "A letter cannot be delivered yet.",
            metadata: [
                "letter": "\(claimed.id)", "kind": "\(claimed.kind)", "attempt": "\(claimed.attempt)",
                "error": "\(error)",
            ])
        let reason = String("\(error)".prefix(300))
        if isLast {
            try await pool.execute(
                "outbox.fail",
                """
                UPDATE outbox SET failed_at = now(), recipient = '', subject = '', body = '', last_error = \(reason)
                WHERE id = \(claimed.id)
                """)
        } else {
            try await pool.execute(
                "outbox.postpone", "UPDATE outbox SET last_error = \(reason) WHERE id = \(claimed.id)")
        }
    }
}
