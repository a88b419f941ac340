import Postgres

/// Tells an outage from a fault: the service cannot work now, and may in a moment.
public enum Outage {
    /// Whether `error` says so: the database cannot be reached or has no connection to spare, or too much work waits.
    public static func explains(_ error: any Error) -> Bool {
        switch error {
        case let error as PostgresError: error.kind == .connection || error.kind == .pool
        case is Overloaded: true
        default: false
        }
    }
}
