/// The four verbs of an `Executor`, for whoever holds a connection.
extension Wire {
    func query(_ name: StaticString, _ sql: SQL) async throws -> [Row] {
        try await run(Operation(name, .statement(sql))).result?.rows ?? []
    }

    func one(_ name: StaticString, _ sql: SQL) async throws -> Row? {
        guard let result = try await run(Operation(name, .statement(sql))).result, result.rowCount > 0 else {
            return nil
        }
        guard result.rowCount == 1 else { throw result.error("more than one row where at most one was expected") }
        return Row(result: result, index: 0)
    }

    func execute(_ name: StaticString, _ sql: SQL) async throws -> Int {
        try await run(Operation(name, .statement(sql))).result?.affected ?? 0
    }

    func pipeline(_ statements: [(StaticString, SQL)]) async throws -> [[Row]] {
        guard let first = statements.first else { return [] }
        let operation = try await run(Operation(first.0, .pipeline(statements)))
        return operation.results.map { $0?.rows ?? [] }
    }

    /// Runs text by the simple protocol and returns the tag of its last command.
    @discardableResult
    func script(_ name: StaticString, _ text: String, isCancellable: Bool = true) async throws -> String {
        try await run(Operation(name, .script(text), isCancellable: isCancellable)).result?.command ?? ""
    }
}
