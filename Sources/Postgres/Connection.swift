internal import Synchronization

/// One connection, lent by the pool for the length of `withConnection`; of no use afterwards.
///
/// Statements asked for at the same time run one after the other.
public final class Connection: Executor {
    private let wire: Wire
    private let isLent = Atomic(true)

    init(_ wire: Wire) {
        self.wire = wire
    }

    /// The loan is over.
    func giveBack() {
        isLent.store(false, ordering: .releasing)
    }

    private func lent(_ name: StaticString) throws -> Wire {
        guard isLent.load(ordering: .acquiring) else {
            throw PostgresError(
                kind: .usage, query: "\(name)", message: "the connection was used after it went back to the pool")
        }
        return wire
    }

    /// Runs one statement and returns its rows.
    public func query(_ name: StaticString, _ sql: SQL) async throws -> [Row] {
        try await lent(name).query(name, sql)
    }

    /// Runs one statement and returns its row, or nil when there is none; more than one row is an error.
    public func one(_ name: StaticString, _ sql: SQL) async throws -> Row? {
        try await lent(name).one(name, sql)
    }

    /// Runs one statement and returns how many rows it affected.
    @discardableResult
    public func execute(_ name: StaticString, _ sql: SQL) async throws -> Int {
        try await lent(name).execute(name, sql)
    }

    /// Runs several statements in one round trip; outside a transaction they form one.
    public func pipeline(_ statements: [(StaticString, SQL)]) async throws -> [[Row]] {
        try await lent(name(of: statements)).pipeline(statements)
    }

    private func name(of statements: [(StaticString, SQL)]) -> StaticString {
        statements.first?.0 ?? "pipeline"
    }

    /// Runs text that may hold several statements; for the migrator.
    @discardableResult
    func script(_ name: StaticString, _ text: String, isCancellable: Bool = true) async throws -> String {
        try await lent(name).script(name, text, isCancellable: isCancellable)
    }

    // MARK: - Transactions

    /// Runs a body in a transaction on this connection: committed when the body returns, undone when it throws.
    ///
    /// The body runs once; `Pool.transaction` is the one that tries again after a serialization failure.
    @discardableResult
    public func transaction<T: Sendable>(
        _ name: StaticString, isolation: Isolation = .readCommitted, on actor: isolated (any Actor)? = #isolation,
        _ body: (Transaction) async throws -> T
    ) async throws -> T {
        try await Transaction.run(name, isolation: isolation, on: lent(name), body)
    }

    // MARK: - Copy

    /// Streams rows into `COPY … FROM STDIN` and returns how many the server took.
    ///
    /// The elements are pieces of the stream in the format the statement names; they need not be whole rows. When the
    /// server does not keep up the sequence is not asked for more. An error of the sequence undoes the copy and is
    /// thrown on; so is cancellation. The statement cannot have parameters.
    @discardableResult
    public func copyIn<Rows: AsyncSequence>(_ name: StaticString, _ sql: SQL, rows: Rows) async throws -> Int
    where Rows.Element == [UInt8] {
        let copy = try await openCopy(name, sql, .copyIn(sql.text))
        let wire = try lent(name)
        do {
            var batch: [UInt8] = []
            for try await row in rows {
                batch += row
                if batch.count >= 1 << 16 {
                    try Task.checkCancellation()
                    try await wire.put(batch, copy)
                    batch.removeAll(keepingCapacity: true)
                }
            }
            try Task.checkCancellation()
            if !batch.isEmpty { try await wire.put(batch, copy) }
        } catch {
            // The verdict on a copy that we give up ourselves is known beforehand.
            try? await wire.endPut(copy, reason: "given up by the client")
            throw error
        }
        try await wire.endPut(copy, reason: nil)
        return copy.result?.affected ?? 0
    }

    /// Streams rows that are at hand into `COPY … FROM STDIN` and returns how many the server took.
    @discardableResult
    public func copyIn(_ name: StaticString, _ sql: SQL, rows: some Sequence<[UInt8]>) async throws -> Int {
        try await copyIn(name, sql, rows: AtHand(base: rows))
    }

    /// The rows of `COPY … TO STDOUT`, each with its line end, in the format the statement names.
    ///
    /// Rows are fetched while they are being read and no faster; leaving the loop early stops the server. The statement
    /// cannot have parameters.
    public func copyOut(_ name: StaticString, _ sql: SQL) async throws -> CopyOut {
        let copy = try await openCopy(name, sql, .copyOut(sql.text))
        return CopyOut(reader: CopyOut.Reader(wire: try lent(name), copy: copy))
    }

    private func openCopy(_ name: StaticString, _ sql: SQL, _ work: Operation.Work) async throws -> Operation {
        guard sql.parameters.isEmpty else {
            throw PostgresError(kind: .usage, query: "\(name)", message: "COPY takes no parameters")
        }
        let copy = try await lent(name).run(Operation(name, work))
        guard copy.wasOpened else {
            throw PostgresError(kind: .usage, query: "\(name)", message: "the statement is not the COPY expected")
        }
        return copy
    }

    // MARK: - Notifications

    /// The notifications of a channel from now on, until the stream is dropped, the connection goes back to the pool or
    /// is lost; the stream then ends. A reader that falls far behind (4,096) misses the oldest.
    public func listen(_ channel: String) async throws -> AsyncStream<Notification> {
        let wire = try lent("listen")
        let (stream, continuation) = AsyncStream.makeStream(
            of: Notification.self, bufferingPolicy: .bufferingNewest(4096))
        guard let id = wire.addListener(channel, continuation) else {
            throw PostgresError(
                kind: .connection, sqlState: "08006", query: "listen",
                message: "the connection to the database was lost")
        }
        let name = SQL.identifier(channel).text
        do {
            try await wire.script("listen", "LISTEN \(name)")
        } catch {
            _ = wire.removeListener(channel, id)
            throw error
        }
        continuation.onTermination = { [weak wire] _ in
            guard let wire, wire.removeListener(channel, id) else { return }
            wire.post(Operation("unlisten", .script("UNLISTEN \(name)"), isCancellable: false))
        }
        return stream
    }
}

/// A sequence in the clothes of an asynchronous one.
private struct AtHand<Base: Sequence>: AsyncSequence {
    let base: Base

    struct AsyncIterator: AsyncIteratorProtocol {
        var base: Base.Iterator

        mutating func next() async -> Base.Element? { base.next() }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeIterator())
    }
}

/// The rows of a `COPY … TO STDOUT`, to be read once.
public struct CopyOut: AsyncSequence, Sendable {
    let reader: Reader

    /// The one iterator there is.
    public func makeAsyncIterator() -> Iterator {
        Iterator(reader: reader)
    }

    /// Reads the rows in their order.
    public struct Iterator: AsyncIteratorProtocol {
        let reader: Reader
        private var batch: ArraySlice<[UInt8]> = []

        init(reader: Reader) {
            self.reader = reader
        }

        /// The next row, or nil at the end.
        public mutating func next() async throws -> [UInt8]? {
            if batch.isEmpty { batch = try await reader.next()[...] }
            return batch.popFirst()
        }
    }

    /// Stops the server when the last who could read is gone.
    final class Reader: Sendable {
        private let wire: Wire
        private let copy: Operation

        init(wire: Wire, copy: Operation) {
            self.wire = wire
            self.copy = copy
        }

        deinit {
            wire.abandon(copy)
        }

        func next() async throws -> [[UInt8]] {
            try await wire.take(copy)
        }
    }
}
