/// An error of the database or of the client, fit for a log: it never holds a value, neither bound nor stored.
public struct PostgresError: Error, Sendable, Hashable {
    /// What kind of failure it is, for the cases a caller may want to tell apart.
    public enum Kind: Sendable, Hashable {
        /// 23505
        case uniqueViolation
        /// 23503
        case foreignKeyViolation
        /// 23514
        case checkViolation
        /// 23502
        case notNullViolation
        /// 23P01
        case exclusionViolation
        /// 40001: the transaction can be tried again.
        case serializationFailure
        /// 40P01: the transaction can be tried again.
        case deadlock
        /// 55P03
        case lockNotAvailable
        /// 57014: a time-out of the server, or somebody else's cancellation; a cancelled task throws
        /// `CancellationError` instead.
        case statementCancelled
        /// The server cannot be reached or the connection was lost.
        case connection
        /// No connection came free: too many callers wait, or one waited too long, or the pool is closed.
        case pool
        /// A column that is absent or does not read as the type asked for, or more rows than the caller allowed.
        case result
        /// The client was used in a way it does not support, such as a transaction after its end.
        case usage
        /// Everything else; `sqlState` says what.
        case other
    }

    /// What kind of failure it is.
    public let kind: Kind
    /// The five characters of the SQLSTATE; empty when the error did not come from the server.
    public let sqlState: String
    /// The constraint that refused, when one did.
    public let constraint: String?
    /// The table concerned, when the server names it.
    public let table: String?
    /// The name of the query.
    public let query: String
    /// The server's primary message, or the client's, without any value.
    public let message: String
    /// A plan went stale because the schema changed under it; a second attempt plans afresh.
    var isStalePlan = false
    /// The connection was known to be lost before anything was sent: the statement can safely go another way.
    var wasNotSent = false

    init(
        kind: Kind, sqlState: String = "", constraint: String? = nil, table: String? = nil, query: String,
        message: String
    ) {
        self.kind = kind
        self.sqlState = sqlState
        self.constraint = constraint
        self.table = table
        self.query = query
        self.message = message
    }

    /// The kind that a SQLSTATE stands for.
    static func kind(ofState state: String) -> Kind {
        switch state {
        case "23505": .uniqueViolation
        case "23503": .foreignKeyViolation
        case "23514": .checkViolation
        case "23502": .notNullViolation
        case "23P01": .exclusionViolation
        case "40001": .serializationFailure
        case "40P01": .deadlock
        case "55P03": .lockNotAvailable
        case "57014": .statementCancelled
        case "57P01", "57P02", "57P03", "57P05": .connection
        default: state.hasPrefix("08") ? .connection : .other
        }
    }
}

extension PostgresError: CustomStringConvertible {
    /// One line: query, message, SQLSTATE and constraint.
    public var description: String {
        var text = query.isEmpty ? message : "\(query): \(message)"
        if !sqlState.isEmpty { text += " [\(sqlState)]" }
        if let constraint, !message.contains(constraint) { text += " (constraint \(constraint))" }
        return text
    }
}
