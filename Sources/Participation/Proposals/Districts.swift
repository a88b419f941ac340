import Foundation
public import Postgres

/// A district (quartier) of the city.
public struct District: Sendable {
    /// Its handle in addresses.
    public let code: String
    /// Its name.
    public let name: Texts
}

/// The districts of the city: the operator and administrators bring them, everybody reads them.
public struct Districts: Sendable {
    private let pool: Pool

    /// The districts kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// Every district in the order of the city.
    public func list() async throws -> [District] {
        try await pool.query(
            "district.list", "SELECT code, name::text AS name FROM district ORDER BY position, code"
        ).map { District(code: try $0.get("code"), name: try Texts(json: try $0.get("name"))) }
    }
}
