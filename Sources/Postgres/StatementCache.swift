/// The prepared statements of one connection, the least recently used going first when there are too many.
struct StatementCache {
    struct Entry {
        /// What the server calls the statement.
        let name: String
        let types: [PostgresType]
        var lastUse: UInt64
    }

    /// How many statements the connection may hold; none means that nothing is prepared.
    let limit: Int
    private var entries: [String: Entry] = [:]
    private var clock: UInt64 = 0
    private var named: UInt64 = 0

    init(limit: Int) {
        self.limit = limit
        entries.reserveCapacity(limit)
    }

    var count: Int { entries.count }
    var isFull: Bool { entries.count >= limit }

    /// The name of the prepared statement for this text and these parameter types, if there is one.
    mutating func find(_ sql: SQL) -> String? {
        guard let index = entries.index(forKey: sql.text) else { return nil }
        let entry = entries.values[index]
        guard entry.types.count == sql.parameters.count,
            zip(entry.types, sql.parameters).allSatisfy({ $0 == $1.type })
        else { return nil }
        clock += 1
        entries.values[index].lastUse = clock
        return entry.name
    }

    /// A name no statement of this connection has had.
    mutating func newName() -> String {
        named += 1
        return "s\(named)"
    }

    mutating func insert(_ sql: SQL, name: String) {
        clock += 1
        entries[sql.text] = Entry(name: name, types: sql.parameters.map(\.type), lastUse: clock)
    }

    mutating func remove(_ text: String) {
        entries.removeValue(forKey: text)
    }

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
    }

    /// The statement to give up before this one is prepared: the same text prepared for other types, or the least
    /// recently used one when the cache is full.
    func victim(for sql: SQL) -> (text: String, name: String)? {
        if let same = entries[sql.text] { return (sql.text, same.name) }
        guard isFull, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return nil }
        return (oldest.key, oldest.value.name)
    }
}
