internal import CLibPQ
internal import Glibc

/// How to reach the server, understood and completed once.
struct Address: Sendable {
    private let keywords: [String]
    private let values: [String]
    private let timeout: Duration
    private let settings: String

    /// Understands `postgresql://…` or `key=value …`; what it leaves out comes from libpq's own defaults.
    init(_ configuration: Pool.Configuration) throws {
        var problem: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(configuration.url, &problem) else {
            // libpq would quote the piece it does not understand, which may be the password.
            PQfreemem(problem)
            throw PostgresError(kind: .usage, query: "connect", message: "the database URL cannot be read")
        }
        defer { PQconninfoFree(options) }
        var pairs: [String: String] = ["fallback_application_name": "tilleul"]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { pairs[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        if let database = configuration.database { pairs["dbname"] = database }
        pairs["client_encoding"] = "UTF8"
        keywords = Array(pairs.keys)
        values = keywords.map { pairs[$0]! }
        timeout = configuration.connectTimeout
        settings = configuration.settings.sorted { $0.key < $1.key }
            .map { "SET \(SQL.identifier($0.key).text) TO \(Self.literal($0.value))" }.joined(separator: "; ")
    }

    private static func literal(_ value: String) -> String {
        "'" + value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    /// Why a connection did not come about.
    struct Failure: Error {
        let error: PostgresError
        /// The server is absent, starting or full: it may well be there in a moment.
        let mayPass: Bool
    }

    /// Connects; blocks, so it is called on a thread of our own. The connection is handed over to the caller.
    func connect() throws(Failure) -> OpaquePointer {
        let connection = withCStrings(keywords) { keywords in
            withCStrings(values) { values in PQconnectStartParams(keywords, values, 0) }
        }
        guard let connection else {
            throw Failure(
                error: PostgresError(kind: .connection, sqlState: "08001", query: "connect", message: "out of memory"),
                mayPass: true)
        }
        // Only in the verbose form does the text of a refusal hold its SQLSTATE.
        PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
        let deadline = ContinuousClock.now + timeout
        var next = PGRES_POLLING_WRITING
        while PQstatus(connection) != CONNECTION_BAD {
            if next == PGRES_POLLING_OK { break }
            let left = deadline - ContinuousClock.now
            let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
            guard next != PGRES_POLLING_FAILED, milliseconds > 0 else { break }
            var socket = pollfd(
                fd: PQsocket(connection), events: Int16(next == PGRES_POLLING_READING ? POLLIN : POLLOUT), revents: 0)
            poll(&socket, 1, Int32(clamping: milliseconds))
            guard socket.revents != 0 else { continue }
            next = PQconnectPoll(connection)
        }
        guard next == PGRES_POLLING_OK, PQstatus(connection) == CONNECTION_OK else {
            defer { PQfinish(connection) }
            throw failure(of: connection, timedOut: ContinuousClock.now >= deadline)
        }
        if !settings.isEmpty {
            let result = PQexec(connection, settings)
            defer { PQclear(result) }
            guard let result, PQresultStatus(result) == PGRES_COMMAND_OK else {
                let error = result.map { PostgresError($0, query: "connect") }
                PQfinish(connection)
                throw Failure(
                    error: error ?? PostgresError(kind: .connection, query: "connect", message: "out of memory"),
                    mayPass: error?.kind == .connection)
            }
        }
        return connection
    }

    private func failure(of connection: OpaquePointer, timedOut: Bool) -> Failure {
        let text = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
        let state = sqlState(in: text)
        // The last line that says something; the lines of LOCATION speak of PostgreSQL's own source.
        let line = text.split(separator: "\n").last { !$0.hasPrefix("LOCATION") && !$0.hasPrefix("\t") } ?? ""
        let message = timedOut ? "no answer in time" : String(line)
        let passing: Set<String> = ["", "57P03", "53300", "57P01", "57P02"]
        return Failure(
            error: PostgresError(
                kind: .connection, sqlState: state.isEmpty ? "08001" : state, query: "connect",
                message: "cannot connect to the database: \(message)"),
            mayPass: passing.contains(state))
    }

    /// The first `XXXXX:` of five capitals or digits.
    private func sqlState(in text: String) -> String {
        for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) where word.count == 6 && word.last == ":" {
            let code = word.dropLast()
            if code.utf8.allSatisfy({ (48...57).contains($0) || (65...90).contains($0) }),
                code.utf8.contains(where: { (48...57).contains($0) })
            {
                return String(code)
            }
        }
        return ""
    }

    private func withCStrings<T>(
        _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> T
    ) -> T {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        let pointers = copies.map { UnsafePointer<CChar>($0) } + [nil]
        return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
    }
}
