import Crypto
public import Foundation
import Postgres

/// Files of deliveries and of spending: handed in, read on trial with a report of every row, then applied whole.
///
/// A row names its delivery by its handle and writes over nothing in silence: the report shows what stands and what
/// the file says, a row older than the delivery is refused by its revision, and another end or status is a turn of the
/// work with its reason, as on the page.
public struct DeliveryImports: Sendable {
    /// What a file is of.
    public enum Kind: String, Sendable, CaseIterable {
        case deliveries, spending
    }

    /// A file that was handed in, and what it would do now.
    public struct Trial: Sendable {
        /// Its identity and its name.
        public let id: UUID, name: String
        /// What it is of.
        public let kind: Kind
        /// Every row.
        public let rows: [DeliveryRowReport]
        /// A digest of the report: to apply is to say yes to this one.
        public let digest: String
        /// When it was applied; nil while it was not.
        public let appliedAt: Date?
    }

    /// The longest file, in bytes.
    public static let longestFile = 2 << 20

    private let deliveries: Deliveries
    private var pool: Pool { deliveries.pool }

    /// Imports into these deliveries.
    public init(_ deliveries: Deliveries) {
        self.deliveries = deliveries
    }

    /// Keeps a file and returns its identity; nothing is changed yet.
    ///
    /// - Throws: `DeliveryFileRefusal`; `NotAllowed` unless the actor is an agent of the process.
    public func receive(
        _ bytes: [UInt8], named name: String, _ kind: Kind, for process: ID<Process>, by actor: Actor
    ) async throws -> UUID {
        guard bytes.count <= Self.longestFile else { throw DeliveryFileRefusal.tooLong }
        _ = try NamedRows(bytes, columns: Self.needed(kind))
        let id: UUID = ID<Trial>().uuid
        try await pool.transaction("delivery_import.receive") { transaction in
            try await Authority.require(Deliveries.planners, of: actor, process: process, in: transaction)
            try await transaction.execute(
                "delivery_import.insert",
                """
                INSERT INTO delivery_import (id, process_id, kind, name, bytes, received_by)
                VALUES (\(id), \(process), \(kind.rawValue), \(String(name.prefix(200))), \(bytes), \(actor.account))
                """)
        }
        return id
    }

    /// What a file would do now, row by row; nil when the process has none of that identity.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func trial(_ id: UUID, of process: ID<Process>, by actor: Actor) async throws -> Trial? {
        try await pool.transaction("delivery_import.trial") { transaction in
            try await Authority.require(Deliveries.planners, of: actor, process: process, in: transaction)
            return try await read(id, of: process, in: transaction)?.trial
        }
    }

    /// Applies a file as its report showed it.
    ///
    /// - Throws: `DeliveryFileRefusal.reportChanged`, `.rowsWrong`, `.appliedAlready`; `NotAllowed` unless the actor is
    ///   an agent of the process.
    public func apply(_ id: UUID, _ digest: String, of process: ID<Process>, by actor: Actor) async throws {
        try await pool.transaction("delivery_import.apply") { transaction in
            try await Authority.require(Deliveries.planners, of: actor, process: process, in: transaction)
            // Two files at once would each have read what the other changes.
            try await transaction.execute(
                "delivery_import.queue", "SELECT 1 FROM delivery WHERE process_id = \(process) ORDER BY id FOR UPDATE")
            guard let file = try await read(id, of: process, in: transaction) else {
                throw NotAllowed(roles: Deliveries.planners)
            }
            guard file.trial.appliedAt == nil else { throw DeliveryFileRefusal.appliedAlready }
            guard file.trial.digest == digest else { throw DeliveryFileRefusal.reportChanged }
            guard file.trial.rows.allSatisfy({ $0.problem == nil }) else { throw DeliveryFileRefusal.rowsWrong }
            switch file.changes {
            case .deliveries(let changes): try await apply(changes, by: actor, in: transaction)
            case .spending(let lines): try await apply(lines, by: actor, in: transaction)
            }
            try await transaction.execute(
                "delivery_import.applied", "UPDATE delivery_import SET applied_at = now() WHERE id = \(id)")
            try await Acts.record(
                "deliveries_imported", by: actor, on: "process", process,
                detail: ["kind": file.trial.kind.rawValue, "rows": String(file.trial.rows.count)], in: transaction)
        }
    }

    /// Each row is an act of its own on the delivery, as if it had been done on its page.
    private func apply(
        _ changes: [DeliveryRow.Change], by actor: Actor, in transaction: some Executor
    ) async throws {
        for change in changes {
            if let turn = change.turn {
                try await deliveries.record(turn, of: change.delivery, by: actor, in: transaction)
            }
            if let settings = change.settings {
                let delivery: Delivery = try await Deliveries.lock(change.delivery.id, by: actor, in: transaction)
                try await Deliveries.write(settings, to: delivery, by: actor, in: transaction)
            }
        }
    }

    private func apply(
        _ lines: [SpendingRow.Line], by actor: Actor, in transaction: some Executor
    ) async throws {
        guard !lines.isEmpty else { return }
        _ = try await transaction.pipeline(
            lines.map {
                ("spending.insert", Deliveries.insertion(of: $0.spending, for: $0.delivery.id, by: actor))
            })
        let touched: [ID<Delivery>] = Array(Set(lines.map(\.delivery.id)))
        try await transaction.execute(
            "delivery.touch_all",
            "UPDATE delivery SET revision = revision + 1, changed_at = now() WHERE id = ANY (\(touched))")
    }

    // MARK: Reading

    private enum Changes {
        case deliveries([DeliveryRow.Change])
        case spending([SpendingRow.Line])
    }

    private static func needed(_ kind: Kind) -> [String] {
        switch kind {
        case .deliveries: ["handle", "revision"]
        case .spending: DeliveryFiles.spending
        }
    }

    private func read(
        _ id: UUID, of process: ID<Process>, in executor: some Executor
    ) async throws -> (trial: Trial, changes: Changes)? {
        let row: Row? = try await executor.one(
            "delivery_import.find",
            """
            SELECT kind, name, bytes, applied_at FROM delivery_import
            WHERE id = \(id) AND process_id = \(process)
            """)
        guard let row else { return nil }
        // The schema's check leaves no other kind.
        let kind = Kind(rawValue: try row.get("kind"))!
        let file = try NamedRows(try row.get("bytes"), columns: Self.needed(kind))
        let today: Day = try await deliveries.today(in: executor)
        let known: [String: Delivery] = Dictionary(
            uniqueKeysWithValues: try await Deliveries.load(
                where: "delivery.process_id = \(process)", in: executor
            ).map { ($0.handle, $0) })
        var seen: Set<String> = []
        let rows: [DeliveryRowReport]
        let changes: Changes
        switch kind {
        case .deliveries:
            let read: [DeliveryRow] = file.rows.map { DeliveryRow($0, of: file, known, &seen, today: today) }
            rows = read.map(\.report)
            changes = .deliveries(read.compactMap(\.change))
        case .spending:
            let paid: [String: Spending] = try await paid(process, in: executor)
            let read: [SpendingRow] = file.rows.map { SpendingRow($0, of: file, known, paid, &seen, today: today) }
            rows = read.map(\.report)
            changes = .spending(read.compactMap(\.new))
        }
        let trial = Trial(
            id: id, name: try row.get("name"), kind: kind, rows: rows, digest: Self.digest(rows),
            appliedAt: try row.get("applied_at"))
        return (trial, changes)
    }

    /// The lines there are, by handle and invoice.
    private func paid(_ process: ID<Process>, in executor: some Executor) async throws -> [String: Spending] {
        let rows: [Row] = try await executor.query(
            "delivery_import.paid",
            """
            SELECT delivery.handle, delivery_spending.invoice, delivery_spending.paid_on::text AS paid_on,
                   delivery_spending.label, delivery_spending.cents
            FROM delivery_spending JOIN delivery ON delivery.id = delivery_spending.delivery_id
            WHERE delivery.process_id = \(process)
            """)
        return Dictionary(
            uniqueKeysWithValues: try rows.map { row in
                let spending = try Spending(row: row)
                return (SpendingRow.key(try row.get("handle"), spending.invoice), spending)
            })
    }

    private static func digest(_ rows: [DeliveryRowReport]) -> String {
        let text: String = rows.map { "\($0)" }.joined(separator: "\n")
        return SHA256.hash(data: Array(text.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
