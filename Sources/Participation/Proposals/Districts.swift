import Foundation
public import Postgres

/// A district (quartier) of the city.
public struct District: Sendable {
    /// Its handle in addresses.
    public let code: String
    /// Its name.
    public let name: Texts
    /// Its surfaces; nil when nobody brought a map.
    public let outline: DistrictOutline?
}

/// The districts of the city: its agents bring them from a GeoJSON file, everybody reads them.
public struct Districts: Sendable {
    private let pool: Pool

    /// The districts kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// Who may bring districts: they are the whole city's, so the role has to be held for everything.
    public static let roles: [Role] = [.administrator, .participationAgent]

    /// Every district in the order of the city, without its outline.
    public func list() async throws -> [District] {
        try await pool.query(
            "district.list", "SELECT code, name::text AS name FROM district ORDER BY position, code"
        ).map { District(code: try $0.get("code"), name: try Texts(json: try $0.get("name")), outline: nil) }
    }

    /// Every district in the order of the city, with its outline.
    public func map() async throws -> [District] {
        try await pool.query(
            "district.map",
            "SELECT code, name::text AS name, outline::text AS outline FROM district ORDER BY position, code"
        ).map { row in
            District(
                code: try row.get("code"), name: try Texts(json: try row.get("name")),
                outline: try row.get("outline", as: String?.self).map { try DistrictOutline(json: $0) })
        }
    }

    /// Puts the districts of a file in the place of those there are. A district that proposals lie in stays itself as
    /// long as its code does.
    ///
    /// - Throws: `Refused<DistrictProblem>` with all that is wrong with the file, or naming the districts that are still
    ///   in use; `NotAllowed` unless the actor is an administrator, an agent for every process, or the operator.
    /// - Returns: how many districts there are now.
    @discardableResult
    public func replace(withGeoJSON bytes: [UInt8], by actor: Actor) async throws -> Int {
        let districts: [DistrictDraft] = try DistrictFile.read(bytes)
        let codes: [String] = districts.map(\.code)
        try await pool.transaction("district.replace") { transaction in
            try await Authority.require(Self.roles, of: actor, in: transaction)
            // Nobody may put a proposal into a district that is about to go.
            try await transaction.execute("district.lock", "LOCK TABLE district IN SHARE ROW EXCLUSIVE MODE")
            let used: [Row] = try await transaction.query(
                "district.used",
                """
                SELECT code FROM district WHERE code <> ALL (\(codes))
                AND EXISTS (SELECT FROM proposal WHERE proposal.district_code = district.code) ORDER BY code
                """)
            let reasons: [DistrictProblem] = try used.map { .inUse(code: try $0.get("code")) }
            guard reasons.isEmpty else { throw Refused(reasons: reasons) }
            try await transaction.execute("district.remove", "DELETE FROM district WHERE code <> ALL (\(codes))")
            try await transaction.execute(
                "district.save",
                """
                INSERT INTO district (code, name, position, outline)
                SELECT line.code, line.name::jsonb, line.position, line.outline::jsonb
                FROM unnest(\(codes), \(districts.map(\.name.json)), \(districts.map(\.outline.json)))
                     WITH ORDINALITY AS line (code, name, outline, position)
                ON CONFLICT (code) DO UPDATE
                SET name = excluded.name, position = excluded.position, outline = excluded.outline
                """)
            try await Acts.record(
                "districts_brought", by: actor, on: "district", nil as ID<District>?,
                detail: ["count": String(districts.count)], in: transaction)
        }
        return districts.count
    }
}
