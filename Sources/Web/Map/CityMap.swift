import Foundation
import Participation
import Synchronization

/// Draws maps over the outlines of the city's districts, which are read once a minute at most.
struct CityMap: Sendable {
    /// A point to draw, with its number where it has a marker.
    struct Spot: Sendable {
        let point: MapPoint
        var marker: (number: String, title: String, href: String)?
    }

    private let site: Site
    private let shelf: OutlineShelf

    /// Maps of the districts.
    init(site: Site, districts: Districts) {
        self.site = site
        shelf = OutlineShelf(districts: districts)
    }

    /// The districts with their outlines, no older than a minute.
    func districts() async throws -> [District] { try await shelf.districts() }

    /// The server of tiles that the city has chosen; nil without one.
    var tiles: MapTiles? { site.city.tiles }

    /// Forgets the outlines: others have just been brought.
    func forget() { shelf.forget() }

    /// A map of these spots, in the words of `words`; nil where there is nothing to draw.
    ///
    /// - Parameters:
    ///   - points: the address of a GeoJSON with the points, for the map that can be moved.
    ///   - picks: whether a click chooses the point of the form around the map.
    func view(
        _ spots: [Spot], words: String, points: String? = nil, picks: Bool = false, _ language: Language
    ) async throws -> MapView? {
        let districts: [District] = try await districts()
        let outlines: [MapPoint] = districts.flatMap { $0.outline?.polygons.flatMap { $0.flatMap { $0 } } ?? [] }
        // A point far from the city would make the city a speck: it is in the list alone.
        let near: [Spot] = outlines.isEmpty ? spots : spots.filter { Self.isNear($0.point, outlines) }
        guard let projection = MapProjection(outlines.isEmpty ? near.map(\.point) : outlines + near.map(\.point))
        else { return nil }
        func place(_ point: MapPoint) -> (x: Int, y: Int) {
            let place = projection.place(point)
            return (Int(place.x.rounded()), Int(place.y.rounded()))
        }
        return MapView(
            words: words, width: Int(MapProjection.width), height: Int(projection.height.rounded(.up)),
            surfaces: districts.compactMap { district in
                guard let outline = district.outline else { return nil }
                let path: String = outline.polygons.flatMap { $0.map(projection.path) }.joined()
                return MapView.Surface(name: district.name(language), path: path)
            },
            dots: near.filter { $0.marker == nil }.map { spot in
                let place = place(spot.point)
                return MapView.Dot(x: place.x, y: place.y)
            },
            markers: near.compactMap { spot in
                guard let marker = spot.marker else { return nil }
                let place = place(spot.point)
                return MapView.Marker(
                    x: place.x, y: place.y, number: marker.number, title: marker.title, href: marker.href)
            },
            outlinesHref: "/districts.geojson", pointsHref: points, picks: picks,
            hasList: points != nil,
            tiles: site.city.tiles?.template, attribution: site.city.tiles?.attribution)
    }

    /// Within the box of the outlines, or as far from it as half its size.
    private static func isNear(_ point: MapPoint, _ outlines: [MapPoint]) -> Bool {
        let latitudes: [Double] = outlines.map(\.latitude)
        let longitudes: [Double] = outlines.map(\.longitude)
        guard let south = latitudes.min(), let north = latitudes.max(), let west = longitudes.min(),
            let east = longitudes.max()
        else { return false }
        let (high, wide) = ((north - south) / 2, (east - west) / 2)
        return (south - high...north + high).contains(point.latitude)
            && (west - wide...east + wide).contains(point.longitude)
    }
}

/// The districts with their outlines, held for a minute.
private final class OutlineShelf: Sendable {
    private struct Kept {
        let districts: [District]
        let until: ContinuousClock.Instant
    }

    private let source: Districts
    private let kept = Mutex<Kept?>(nil)

    init(districts: Districts) {
        source = districts
    }

    func districts() async throws -> [District] {
        let now = ContinuousClock.now
        if let known = kept.withLock({ $0 }), known.until > now { return known.districts }
        let districts: [District] = try await source.map()
        kept.withLock { $0 = Kept(districts: districts, until: now + .seconds(60)) }
        return districts
    }

    func forget() {
        kept.withLock { $0 = nil }
    }
}
