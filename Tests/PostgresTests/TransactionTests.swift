import TestSupport
import Testing

@testable import Postgres

@Suite(.emptyDatabase) struct TransactionTests {
    struct Refusal: Error {}

    init() async throws {
        try await TestDatabase.pool.withConnection { connection in
            try await connection.script(
                "test.schema",
                """
                CREATE TABLE account (id bigint PRIMARY KEY, amount bigint NOT NULL);
                INSERT INTO account VALUES (1, 100), (2, 100);
                CREATE TABLE later (id bigint CONSTRAINT later_known REFERENCES account DEFERRABLE INITIALLY DEFERRED);
                """)
        }
    }

    private func amount(_ id: Int) async throws -> Int {
        try await TestDatabase.pool.one("test.amount", "SELECT amount FROM account WHERE id = \(id)")!.get("amount")
    }

    @Test func `what the body did stays when it returns and goes when it throws`() async throws {
        let pool = TestDatabase.pool
        let answer = try await pool.transaction("test.keep") { transaction in
            try await transaction.execute("test.add", "UPDATE account SET amount = amount + 1 WHERE id = 1")
            return 42
        }
        #expect(answer == 42)
        await #expect(throws: Refusal.self) {
            try await pool.transaction("test.undo") { transaction in
                try await transaction.execute("test.add", "UPDATE account SET amount = amount + 1 WHERE id = 1")
                throw Refusal()
            }
        }
        #expect(try await amount(1) == 101)
    }

    @Test func `a savepoint fails on its own`() async throws {
        try await TestDatabase.pool.transaction("test.outer") { transaction in
            try await transaction.execute("test.add", "UPDATE account SET amount = 1 WHERE id = 1")
            await #expect(throws: PostgresError.self) {
                try await transaction.savepoint("test.inner") {
                    try await transaction.execute("test.add", "UPDATE account SET amount = 2 WHERE id = 1")
                    try await transaction.execute("test.clash", "INSERT INTO account VALUES (2, 0)")
                }
            }
            try await transaction.savepoint("test.inner") {
                try await transaction.savepoint("test.innermost") {
                    try await transaction.execute("test.add", "UPDATE account SET amount = 3 WHERE id = 2")
                }
            }
        }
        #expect(try await amount(1) == 1)
        #expect(try await amount(2) == 3)
    }

    @Test func `an error that the body swallows still undoes the transaction, and it says so`() async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await TestDatabase.pool.transaction("test.swallow") { transaction in
                try await transaction.execute("test.add", "UPDATE account SET amount = 0 WHERE id = 1")
                _ = try? await transaction.execute("test.clash", "INSERT INTO account VALUES (2, 0)")
            }
        }
        #expect(error?.sqlState == "25P02")
        #expect(try await amount(1) == 100)
    }

    @Test func `a constraint that is checked at the end is reported at the end`() async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await TestDatabase.pool.transaction("test.later") { transaction in
                try await transaction.execute("test.add", "INSERT INTO later VALUES (99)")
            }
        }
        #expect(error?.constraint == "later_known")
        #expect(error?.query == "test.later")
    }

    @Test func `a transaction is of no use after its end`() async throws {
        let kept = try await TestDatabase.pool.transaction("test.kept") { $0 }
        let error = await #expect(throws: PostgresError.self) { try await kept.query("test.stray", "SELECT 1") }
        #expect(error?.kind == .usage)
    }

    @Test func `isolation levels are what they say`() async throws {
        for (level, name) in [
            (Isolation.readCommitted, "read committed"), (.repeatableRead, "repeatable read"),
            (.serializable, "serializable"),
        ] {
            let shown: String = try await TestDatabase.pool.transaction("test.level", isolation: level) { transaction in
                try await transaction.one("test.show", "SHOW transaction_isolation")!.get("transaction_isolation")
            }
            #expect(shown == name)
        }
    }

    @Test func `transactions that cannot be serialized are tried again until all have had their effect`() async throws {
        let pool = TestDatabase.pool
        let attempts = Counter()
        let reads = Counter()
        // Each reads what the other writes: only one of two can commit at a time.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<6 {
                group.addTask {
                    try await pool.transaction("test.move", isolation: .serializable) { transaction in
                        attempts.increase()
                        let sum: Int = try await transaction.one(
                            "test.sum", "SELECT sum(amount)::bigint AS sum FROM account")!.get("sum")
                        // Nobody writes before another has read.
                        reads.increase()
                        try await until("a rival") { reads.value >= 2 }
                        try await transaction.execute(
                            "test.add",
                            "UPDATE account SET amount = amount + \(sum) * 0 + 1 WHERE id = \(number % 2 + 1)")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await amount(1) == 103)
        #expect(try await amount(2) == 103)
        #expect(attempts.value > 6, "no rivalry came about, so the test shows nothing")
    }

    @Test func `a deadlock is resolved by another attempt`() async throws {
        let pool = TestDatabase.pool
        let attempts = Counter()
        let held = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (first, second) in [(1, 2), (2, 1)] {
                group.addTask {
                    try await pool.transaction("test.cross") { transaction in
                        attempts.increase()
                        try await transaction.execute(
                            "test.first", "UPDATE account SET amount = amount + 1 WHERE id = \(first)")
                        held.increase()
                        try await until("each holds what the other wants") { held.value >= 2 }
                        try await transaction.execute(
                            "test.second", "UPDATE account SET amount = amount + 1 WHERE id = \(second)")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await amount(1) == 102)
        #expect(try await amount(2) == 102)
        #expect(attempts.value == 3)
    }

    @Test func `attempts are bounded`() async throws {
        let attempts = Counter()
        var configuration = TestDatabase.running.configuration
        configuration.transactionAttempts = 3
        let pool = Pool(configuration, logger: TestCluster.logger)
        let error = await #expect(throws: PostgresError.self) {
            try await pool.transaction("test.hopeless") { transaction in
                attempts.increase()
                try await transaction.execute(
                    "test.fail", "DO $$ BEGIN RAISE SQLSTATE '40001' USING MESSAGE = 'never'; END $$")
            }
        }
        #expect(error?.kind == .serializationFailure)
        #expect(attempts.value == 3)
        await pool.close()
    }

    @Test func `another attempt follows even when the body turns the failure into an error of its own`() async throws {
        let attempts = Counter()
        try await TestDatabase.pool.transaction("test.disguised") { transaction in
            guard attempts.increase() < 3 else { return }
            do {
                try await transaction.execute(
                    "test.fail", "DO $$ BEGIN RAISE SQLSTATE '40P01' USING MESSAGE = 'never'; END $$")
            } catch {
                throw Refusal()
            }
        }
        #expect(attempts.value == 3)
    }
}
