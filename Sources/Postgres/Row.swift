internal import CLibPQ

/// One row of a result. Columns are decoded when they are asked for, on the task that asks.
public struct Row: Sendable {
    let result: ResultSet
    let index: Int32

    /// The value of a column, by its name in the result (the first one of that name).
    ///
    /// Throws a `PostgresError` of kind `.result`, naming query and column, when there is no such column, when its type
    /// does not read as `T`, or when it is NULL and `T` is not optional.
    public func get<T: PostgresDecodable>(_ column: String, as: T.Type = T.self) throws -> T {
        guard let number = result.column(named: column) else {
            throw result.error("there is no column “\(column)” in the result")
        }
        do {
            return try T(postgres: result.cell(row: index, column: number))
        } catch {
            let reason = (error as? CellMismatch)?.reason ?? "does not read as \(T.self)"
            throw result.error("the column “\(column)” \(reason)")
        }
    }

    /// The names of the columns, in the order of the statement.
    public var columns: [String] {
        (0..<result.columnCount).map { result.name(ofColumn: $0) }
    }
}

/// A result as libpq parsed it, read-only from then on, and freed with the last of its rows.
final class ResultSet: Sendable {
    // Only read after it was made: libpq allows that from any number of threads.
    nonisolated(unsafe) private let pointer: OpaquePointer
    private let query: StaticString

    /// Takes over a result of libpq.
    init(owning pointer: OpaquePointer, query: StaticString) {
        self.pointer = pointer
        self.query = query
    }

    deinit {
        PQclear(pointer)
    }

    var rowCount: Int32 { PQntuples(pointer) }
    var columnCount: Int32 { PQnfields(pointer) }

    var rows: [Row] {
        let count = rowCount
        guard count != 1 else { return [Row(result: self, index: 0)] }
        return (0..<count).map { Row(result: self, index: $0) }
    }

    /// The number of rows that the statement inserted, changed, deleted or returned.
    var affected: Int {
        guard let text = PQcmdTuples(pointer) else { return 0 }
        return Int(String(cString: text)) ?? 0
    }

    /// The command tag, such as `COMMIT` or `INSERT 0 1`.
    var command: String {
        PQcmdStatus(pointer).map { String(cString: $0) } ?? ""
    }

    func name(ofColumn column: Int32) -> String {
        PQfname(pointer, column).map { String(cString: $0) } ?? ""
    }

    func column(named name: String) -> Int32? {
        name.withCString { wanted in
            for column in 0..<columnCount {
                if let found = PQfname(pointer, column), equal(found, wanted) { return column }
            }
            return nil
        }
    }

    func cell(row: Int32, column: Int32) -> Cell {
        let type = PostgresType(rawValue: PQftype(pointer, column))
        guard PQgetisnull(pointer, row, column) == 0, let start = PQgetvalue(pointer, row, column) else {
            return Cell(type: type, content: nil)
        }
        let length = Int(PQgetlength(pointer, row, column))
        return Cell(type: type, content: UnsafeRawBufferPointer(start: start, count: length))
    }

    func error(_ message: String) -> PostgresError {
        PostgresError(kind: .result, query: "\(query)", message: message)
    }

    private func equal(_ left: UnsafePointer<CChar>, _ right: UnsafePointer<CChar>) -> Bool {
        var offset = 0
        while left[offset] == right[offset] {
            if left[offset] == 0 { return true }
            offset += 1
        }
        return false
    }
}
