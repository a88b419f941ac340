import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// Photos before anybody sees them: cleared, covered for good, shown to nobody before.
@Suite("Photos of observations")
struct PhotoClearanceTests {
    @Test(
        "what is covered depends on nothing that was below, whatever its shape", arguments: CoveredRegion.Shape.allCases
    )
    func nothingBelow(shape: CoveredRegion.Shape) throws {
        let region: CoveredRegion = try #require(
            CoveredRegion(shape, left: 0.3, top: 0.2, width: 0.2, height: 0.3))
        // Two pictures that differ below the region alone, letter for letter as different as can be.
        func picture(_ below: (Int, Int) -> UInt8) throws -> PictureRaster {
            var bytes: [UInt8] = Array("P6\n200 160\n255\n".utf8)
            for y in 0..<160 {
                for x in 0..<200 {
                    let isBelow: Bool = (60..<100).contains(x) && (32..<80).contains(y)
                    let across: Double = (Double(x) + 0.5 - 80) / 20, down: Double = (Double(y) + 0.5 - 56) / 24
                    let isHit: Bool = isBelow && (shape == .rectangle || across * across + down * down <= 1)
                    bytes += isHit ? [below(x, y), below(y, x), 7] : [UInt8(x), UInt8(y), UInt8((x + y) % 256)]
                }
            }
            return try #require(PictureRaster(ppm: bytes))
        }
        var (one, two) = (try picture { x, y in UInt8((x * y) % 256) }, try picture { _, _ in 255 })
        #expect(one != two)
        one.cover([region])
        two.cover([region])
        #expect(one == two)
        // One colour, and that of the picture around it.
        #expect(one[80, 56] == one[75, 50] && one[80, 56] != [128, 128, 128])
        #expect(one[0, 0] == [0, 0, 0] && one[199, 159] == [199, 159, UInt8((199 + 159) % 256)])
    }

    @Test("regions are numbers within the picture; what reaches over its edge is cut off")
    func regions() throws {
        #expect(CoveredRegion(.ellipse, left: .nan, top: 0, width: 0.1, height: 0.1) == nil)
        #expect(CoveredRegion(.ellipse, left: 0, top: 0, width: .infinity, height: 0.1) == nil)
        #expect(CoveredRegion(.ellipse, left: 0.5, top: 0.5, width: 0, height: 0.1) == nil)
        #expect(CoveredRegion(.ellipse, left: 1.1, top: 0, width: 0.1, height: 0.1) == nil)
        let cut: CoveredRegion = try #require(CoveredRegion(.rectangle, left: -0.5, top: 0.9, width: 2, height: 2))
        #expect(cut.left == 0 && cut.width == 1 && cut.top == 0.9 && abs(cut.height - 0.1) < 1e-9)
        var whole = PictureRaster(width: 4, height: 4, colour: [1, 2, 3])
        whole.cover([try #require(CoveredRegion(.rectangle, left: 0, top: 0, width: 1, height: 1))])
        #expect(whole[2, 2] == [128, 128, 128])
        for broken in ["", "P6", "P6\n2 2\n255\n123", "P3\n1 1\n255\n1 1 1", "P6\n1 1\n65535\n123456"] {
            #expect(PictureRaster(ppm: Array(broken.utf8)) == nil)
        }
    }

    @Test("a covered photo has new renditions without detail there, and the former one is gone for everybody")
    func cover() async throws {
        try await withPavement { place in
            let id: ID<Observation> = try await place.walk.observation("Une rue", state: .published, number: 1)
            let photo: ID<Medium> = try await place.photo(of: id)
            let region: CoveredRegion = try #require(
                CoveredRegion(.rectangle, left: 0.25, top: 0.25, width: 0.5, height: 0.5))
            let media = Media(pool: place.pool)
            let agent: ID<Account>? = place.agent.account
            #expect(try await media.find(photo, .large, for: nil) == nil)
            let former: [Medium.Rendition: PictureRaster] = [
                .large: try await ImageRenditions.pixels(
                    of: try #require(try await media.find(photo, .large, for: agent)).bytes),
                .small: try await ImageRenditions.pixels(
                    of: try #require(try await media.find(photo, .small, for: agent)).bytes),
            ]
            let fresh: ID<Medium> = try await place.clearances.cover(
                [region], of: photo, showing: "Une rue", of: id, on: place.walk.id, by: place.agent)
            #expect(fresh != photo)
            for reader: ID<Account>? in [nil, agent] {
                for rendition: Medium.Rendition in [.large, .small] {
                    #expect(try await media.find(photo, rendition, for: reader) == nil)
                }
            }
            let rows: [Row] = try await place.pool.query("test.media", "SELECT medium_id FROM medium_rendition")
            #expect(try Set(rows.map { try $0.get("medium_id", as: UUID.self) }) == [fresh.uuid])
            for rendition: Medium.Rendition in [.large, .small] {
                let served: Media.Served = try #require(try await media.find(fresh, rendition, for: nil))
                #expect(served.isPublic)
                let raster: PictureRaster = try await ImageRenditions.pixels(of: served.bytes)
                // Compression leaves a few shades at most of one colour, far within the region.
                var shades: [Set<UInt8>] = [[], [], []]
                for y in raster.height * 3 / 10..<raster.height * 7 / 10 {
                    for x in raster.width * 3 / 10..<raster.width * 7 / 10 {
                        for band in 0..<3 { shades[band].insert(raster[x, y][band]) }
                    }
                }
                // What was not covered is as it was, but for what compression does.
                let before: PictureRaster = try #require(former[rendition])
                #expect(before.width == raster.width && before.height == raster.height)
                for (across, down) in [(0.05, 0.05), (0.95, 0.2), (0.1, 0.9), (0.9, 0.95)] {
                    let (x, y) = (Int(across * Double(raster.width)), Int(down * Double(raster.height)))
                    for band in 0..<3 {
                        #expect(abs(Int(before[x, y][band]) - Int(raster[x, y][band])) < 12, "\(rendition) \(x) \(y)")
                    }
                }
                #expect(shades.allSatisfy { ($0.max() ?? 0) - ($0.min() ?? 0) <= 4 }, "\(rendition): \(shades)")
            }
            await #expect(throws: PhotoRefusal.changedMeanwhile) {
                try await place.clearances.cover(
                    [region], of: photo, showing: "Une rue", of: id, on: place.walk.id, by: place.agent)
            }
        }
    }

    @Test("two agents who cover one photo at once leave one covered photo")
    func race() async throws {
        try await withPavement { place in
            let id: ID<Observation> = try await place.walk.observation("Une rue")
            let photo: ID<Medium> = try await place.photo(of: id)
            let region: CoveredRegion = try #require(
                CoveredRegion(.ellipse, left: 0.1, top: 0.1, width: 0.2, height: 0.2))
            let done: Int = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        (try? await place.clearances.cover(
                            [region], of: photo, showing: "Une rue", of: id, on: place.walk.id, by: place.agent)) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(done == 1)
            let count: [Row] = try await place.pool.query("test.media", "SELECT count(*) AS n FROM medium")
            #expect(try count[0].get("n", as: Int.self) == 1)
        }
    }

    @Test("a photo is seen by everybody once it is cleared and its observation is public, and by its service before")
    func readers() async throws {
        try await withPavement { place in
            let walk: ID<Walk> = place.walk.id
            let id: ID<Observation> = try await place.given("Une rue", number: 1)
            let photo: ID<Medium> = try await place.photo(of: id)
            let media = Media(pool: place.pool)
            func sees(_ medium: ID<Medium>, _ account: ID<Account>?) async throws -> Bool {
                try await media.find(medium, .small, for: account) != nil
            }
            #expect(try await !sees(photo, nil))
            #expect(try await sees(photo, place.hall.rosa.account))
            #expect(try await !sees(photo, place.hall.paul.account), "the other service was not asked")
            for (alt, refusal) in [
                ("", PhotoRefusal.altMissing), (String(repeating: "x", count: 501), .altTooLong),
                (String(repeating: "👩‍👩‍👧‍👦", count: 499), .altTooLong),
            ] {
                await #expect(throws: refusal) {
                    try await place.clearances.clear(photo, showing: alt, of: id, on: walk, by: place.agent)
                }
            }
            await #expect(throws: NotAllowed.self) {
                try await place.clearances.clear(photo, showing: "Une rue", of: id, on: walk, by: place.hall.rosa)
            }
            let crew: Account = try await place.hall.square.town.resident("Nora")
            try await place.walk.enlist(crew.id)
            try await place.clearances.clear(photo, showing: "Une rue", of: id, on: walk, by: .resident(crew.id))
            #expect(try await sees(photo, nil))
            #expect(try await place.stories.find(1, of: walk)?.photos.map(\.medium.id) == [photo])
            try await place.clearances.hide(photo, of: id, on: walk, by: place.agent)
            #expect(try await !sees(photo, nil))
            await #expect(throws: NotAllowed.self) {
                try await place.clearances.remove(photo, of: id, on: walk, by: .resident(crew.id))
            }
            try await place.clearances.remove(photo, of: id, on: walk, by: place.agent)
            #expect(try await !sees(photo, place.agent.account))
            // Joined to one that is public, what was cleared is shown there.
            let origin: ID<Observation> = try await place.walk.observation("La même rue")
            let other: ID<Medium> = try await place.photo(of: origin)
            try await place.clearances.clear(other, showing: "La rue", of: origin, on: walk, by: place.agent)
            #expect(try await !sees(other, nil))
            try await place.joins.join([origin], into: id, of: walk, by: place.agent)
            #expect(try await sees(other, nil))
        }
    }
}
