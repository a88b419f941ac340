import Foundation
import Participation
import Postgres
import TestSupport
import Testing

/// Files of deliveries: read on trial, applied whole, written over nothing.
@Suite struct DeliveryImportTests {
    private func file(_ yard: Yard, _ change: (inout [String: String]) -> Void) async throws
        -> [UInt8]
    {
        let rows: [[String]] = DeliveryFiles.rows(of: try await yard.deliveries.list(of: yard.process))
        let head: [String] = rows[0]
        let changed: [[String]] = rows.dropFirst().map { row in
            var values: [String: String] = Dictionary(uniqueKeysWithValues: zip(head, row))
            change(&values)
            return head.map { values[$0] ?? "" }
        }
        return Array(([head] + changed).map { $0.joined(separator: ";") }.joined(separator: "\n").utf8)
    }

    private func trial(
        _ bytes: [UInt8], of kind: DeliveryImports.Kind = .deliveries, _ yard: Yard
    ) async throws -> DeliveryImports.Trial {
        let imports = DeliveryImports(yard.deliveries)
        let id: UUID = try await imports.receive(
            bytes, named: "a.csv", kind, for: yard.process, by: .operator)
        return try #require(try await imports.trial(id, of: yard.process, by: .operator))
    }

    private func apply(_ trial: DeliveryImports.Trial, _ yard: Yard) async throws {
        try await DeliveryImports(yard.deliveries).apply(
            trial.id, trial.digest, of: yard.process, by: .operator)
    }

    @Test func `the file that was written changes nothing when it is read`() async throws {
        try await withYard { yard in
            try await yard.begin()
            let trial = try await trial(try await file(yard) { _ in }, yard)
            #expect(trial.rows.map(\.differences) == [[]])
            #expect(trial.rows.map(\.problem) == [nil])
        }
    }

    @Test func `a trial changes nothing, and its application does what it showed`() async throws {
        try await withYard { yard in
            try await yard.begin()
            let bytes: [UInt8] = try await file(yard) {
                $0["service"] = "Voirie"
                $0["budget"] = "1 234,5"
                $0["planned_end"] = yard.later.description
                $0["reason_fr"] = "Pluie"
            }
            let trial = try await trial(bytes, yard)
            #expect(trial.rows[0].differences.map(\.column) == ["service", "budget", "planned_end"])
            #expect(trial.rows[0].differences[1].before == "60.00")
            #expect(try await yard.file().delivery.service == "Espaces verts")
            try await apply(trial, yard)
            let file = try await yard.file()
            #expect(file.delivery.service == "Voirie")
            #expect(file.delivery.budget == 123_450)
            #expect(file.delivery.status == .delayed)
            #expect(file.changes.map(\.before) == [yard.plan.plannedEnd])
            await #expect(throws: DeliveryFileRefusal.appliedAlready) { try await apply(trial, yard) }
        }
    }

    @Test func `a row without a reason, of nobody or twice stops the whole file`() async throws {
        try await withYard { yard in
            try await yard.begin()
            let late = try await trial(
                try await file(yard) { $0["planned_end"] = yard.later.description }, yard)
            #expect(late.rows[0].problem == .refused(.reasonMissing))
            await #expect(throws: DeliveryFileRefusal.rowsWrong) { try await apply(late, yard) }
            let twice: String = "handle,revision,service\nsquare-2,1,Voirie\nsquare-2,1,Eau\nnobody,1,x\n"
            let trial = try await trial(Array(twice.utf8), yard)
            #expect(trial.rows.map(\.problem) == [nil, .twice, .unknownHandle])
            #expect(try await yard.file().delivery.service == "Espaces verts")
        }
    }

    @Test func `a file older than the delivery does not undo what came after it`() async throws {
        try await withYard { yard in
            try await yard.begin()
            let bytes: [UInt8] = try await file(yard) { $0["service"] = "Voirie" }
            let trial = try await trial(bytes, yard)
            try await yard.turn(.underWay(since: yard.today))
            await #expect(throws: DeliveryFileRefusal.reportChanged) { try await apply(trial, yard) }
            let again = try #require(
                try await DeliveryImports(yard.deliveries).trial(trial.id, of: yard.process, by: .operator))
            #expect(again.rows[0].problem == .changedSince(revision: 2))
        }
    }

    @Test func `invoices handed in again are the same invoices`() async throws {
        try await withYard { yard in
            try await yard.begin()
            func text(_ amount: String) -> [UInt8] {
                Array(
                    "handle,invoice,paid_on,label,amount\nsquare-2,F-1,2020-01-02,Étude,\(amount)\n".utf8)
            }
            let first = try await trial(text("1200.50"), of: .spending, yard)
            try await apply(first, yard)
            #expect(try await yard.file().delivery.spent == 120_050)
            #expect(try await trial(text("1200.5"), of: .spending, yard).rows[0].differences == [])
            #expect(
                try await trial(text("1200.51"), of: .spending, yard).rows[0].problem == .refused(.invoiceTaken)
            )
            #expect(
                try await trial(text("beaucoup"), of: .spending, yard).rows[0].problem
                    == .malformed(column: "amount"))
        }
    }

    @Test(arguments: [
        ("1234.50", 123_450), ("1 234,5", 123_450), ("-12", -1_200), ("'-12.00", -1_200), ("", nil),
        ("1.234,50", nil),
        ("12.345", nil), ("1e3", nil),
    ])
    func `amounts are read as people write them`(text: String, cents: Int64?) {
        #expect(DeliveryFiles.cents(text) == cents)
    }
}
