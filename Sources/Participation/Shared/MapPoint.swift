import Postgres

/// A point of the map, in degrees (WGS 84).
public struct MapPoint: Sendable, Hashable {
    /// From −90 (south) to 90 (north).
    public let latitude: Double
    /// From −180 (west) to 180 (east).
    public let longitude: Double

    /// The point; nil unless both are degrees of the earth.
    public init?(latitude: Double, longitude: Double) {
        guard (-90...90).contains(latitude), (-180...180).contains(longitude) else { return nil }
        self.latitude = latitude
        self.longitude = longitude
    }

    /// The point in the columns `latitude` and `longitude`; nil where they are null.
    init?(row: Row) throws {
        guard let latitude = try row.get("latitude", as: Double?.self),
            let longitude = try row.get("longitude", as: Double?.self)
        else { return nil }
        self.init(latitude: latitude, longitude: longitude)
    }
}
