internal import CLibPQ

extension PostgresError {
    /// The error that a result of libpq carries. The server's detail, hint and context stay behind: they quote values.
    init(_ result: OpaquePointer, query: StaticString) {
        /// A field, by the letter that the protocol gives it.
        func field(_ letter: Unicode.Scalar) -> String? {
            PQresultErrorField(result, Int32(letter.value)).map { String(cString: $0) }
        }
        let state = field("C") ?? ""
        guard let primary = field("M") else {
            // libpq's own errors have no fields; they speak of the connection and of nothing else.
            self.init(
                kind: .connection, sqlState: "08006", query: "\(query)",
                message: "the connection to the database was lost")
            return
        }
        self.init(
            kind: Self.kind(ofState: state), sqlState: state, constraint: field("n"), table: field("t"),
            query: "\(query)", message: state.hasPrefix("22") ? Self.withoutValues(primary) : primary)
    }

    /// The messages of data exceptions quote the value they object to: what stands in quotes or after a colon goes.
    static func withoutValues(_ message: String) -> String {
        var text = ""
        var isQuoted = false
        for character in message {
            if character == "\"" {
                isQuoted.toggle()
                text += isQuoted ? "“…" : "”"
            } else if !isQuoted {
                if character == ":" { break }
                text.append(character)
            }
        }
        return text
    }
}
