public import Postgres
internal import Synchronization
public import Testing

/// A database for one test: a clone of the migrated template, dropped afterwards.
///
///     @Test(.database) func `a resident signs up once`() async throws {
///         let pool = TestDatabase.pool
///
/// Without the trait, `withDatabase { pool in … }` does the same for a part of a test.
public struct TestDatabase: Sendable {
    /// The configuration that connects to it, for tests that want a pool of their own.
    public let configuration: Pool.Configuration
    private let pool: Pool

    @TaskLocal private static var current: TestDatabase?
    private static let room = Room(size: 8)

    /// The database of the running test, which must have the trait `.database` or `.emptyDatabase`.
    public static var running: TestDatabase {
        guard let current else { preconditionFailure("the test lacks the trait .database") }
        return current
    }

    /// The pool of the running test's database.
    public static var pool: Pool { running.pool }

    /// Runs a body with a database of its own.
    static func with<T>(template: @Sendable () async throws -> String, _ body: () async throws -> T) async throws -> T {
        await room.enter()
        defer { room.leave() }
        let cluster = try await TestCluster.shared
        let name = "test_\(numbers.wrappingAdd(1, ordering: .relaxed).newValue)"
        try await cluster.maintenance.execute(
            "test.create",
            "CREATE DATABASE \(sql: .identifier(name)) TEMPLATE \(sql: .identifier(try await template()))")
        let configuration = Pool.Configuration(
            url: cluster.cluster.url, database: name, maximumConnections: 8, acquireTimeout: .seconds(30))
        let pool = Pool(configuration, logger: TestCluster.logger)
        let result: Result<T, any Error>
        do {
            let value = try await $current.withValue(TestDatabase(configuration: configuration, pool: pool)) {
                try await body()
            }
            result = .success(value)
        } catch {
            result = .failure(error)
        }
        await pool.close()
        // A cancelled test leaves its database to the end of the process.
        _ = try? await cluster.maintenance.execute(
            "test.drop", "DROP DATABASE \(sql: .identifier(name)) WITH (FORCE)")
        return try result.get()
    }

    private static let numbers = Atomic(0)
}

/// Runs a body with a clone of the migrated database.
public func withDatabase<T>(_ body: (Pool) async throws -> T) async throws -> T {
    try await TestDatabase.with(template: { try await TestCluster.template }) { try await body(TestDatabase.pool) }
}

/// Gives each test, or each case of a parameterised test, a database of its own.
public struct DatabaseTrait: TestTrait, SuiteTrait, TestScoping {
    let template: @Sendable () async throws -> String
    /// Tests of a suite that carries the trait have it too.
    public var isRecursive: Bool { true }

    /// Runs the test inside its database; a suite as a whole has none.
    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        try await TestDatabase.with(template: template) { try await function() }
    }
}

extension Trait where Self == DatabaseTrait {
    /// A clone of the migrated database.
    public static var database: Self { DatabaseTrait { try await TestCluster.template } }
    /// A database without any schema.
    public static var emptyDatabase: Self { DatabaseTrait { "template1" } }
}

/// A room that holds so many at a time: the server's connections are counted, and tests are many.
private final class Room: Sendable {
    private struct State {
        var free: Int
        var line: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(size: Int) {
        state = Mutex(State(free: size))
    }

    func enter() async {
        await withCheckedContinuation { continuation in
            let isIn = state.withLock { state in
                guard state.free == 0 else {
                    state.free -= 1
                    return true
                }
                state.line.append(continuation)
                return false
            }
            if isIn { continuation.resume() }
        }
    }

    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.line.isEmpty else { return state.line.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }
}
