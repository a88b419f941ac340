import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// Districts from GeoJSON, and the files that are refused.
@Suite struct DistrictTests {
    private static let square = "[[1.40,43.60],[1.45,43.60],[1.45,43.65],[1.40,43.65],[1.40,43.60]]"

    private static func feature(
        _ code: String = "\"nord\"", name: String = "\"Nord\"", type: String = "Polygon",
        coordinates: String = "[\(square)]"
    ) -> String {
        """
        {"type":"Feature","properties":{"code":\(code),"name":\(name)},
         "geometry":{"type":"\(type)","coordinates":\(coordinates)}}
        """
    }

    private static func file(_ features: String...) -> [UInt8] {
        Array("{\"type\":\"FeatureCollection\",\"features\":[\(features.joined(separator: ","))]}".utf8)
    }

    @Test func `districts are brought, named in three languages, and replaced`() async throws {
        try await withSquare { square in
            let districts = Districts(pool: square.pool)
            let names = #"{"fr":"Nord","de":"Norden","xx":"?"}"#
            let count: Int = try await districts.replace(
                withGeoJSON: Self.file(
                    Self.feature("\"Quartier 1.1\"", name: names),
                    Self.feature(
                        "12", name: "\"Sud\"", type: "MultiPolygon", coordinates: "[[\(Self.square)]]")),
                by: .operator)
            #expect(count == 2)
            let known: [District] = try await districts.map()
            #expect(known.map(\.code) == ["quartier-1-1", "12"])
            #expect(known[0].name == Texts(["fr": "Nord", "de": "Norden"]))
            #expect(known[0].outline?.polygons[0][0].count == 5)
            #expect(known[0].outline?.polygons[0][0][0] == MapPoint(latitude: 43.6, longitude: 1.4))

            let ada: Actor = try await square.resident("Ada")
            let bench: Proposal = try await square.proposal("Un banc", by: ada)
            try await square.pool.execute(
                "test.district", "UPDATE proposal SET district_code = '12' WHERE id = \(bench.id)")
            await #expect(throws: Refused(DistrictProblem.inUse(code: "12"))) {
                try await districts.replace(withGeoJSON: Self.file(Self.feature()), by: .operator)
            }
            try await districts.replace(withGeoJSON: Self.file(Self.feature("\"12\"")), by: .operator)
            #expect(try await districts.list().map(\.code) == ["12"])
        }
    }

    @Test func `only who is there for the whole city may bring them`() async throws {
        try await withSquare { square in
            let districts = Districts(pool: square.pool)
            try await districts.replace(withGeoJSON: Self.file(Self.feature()), by: square.agent)
            let agent: Account = try await square.town.resident(
                "Aline", roles: [HeldRole(.participationAgent, for: .process(square.process))])
            for actor in [
                Actor.visitor, try await square.resident("Ada"), .official(agent.id, .participationAgent),
            ] {
                await #expect(throws: NotAllowed.self) {
                    try await districts.replace(withGeoJSON: Self.file(Self.feature()), by: actor)
                }
            }
            #expect(
                try await square.pool.query(
                    "test.acts", "SELECT FROM act WHERE act = \'districts_brought\'"
                ).count == 1)
        }
    }

    @Test func `every hostile file is refused by its reason`() {
        func problems(_ bytes: [UInt8]) -> [DistrictProblem] {
            do {
                _ = try DistrictFile.read(bytes)
                return []
            } catch { return error.reasons }
        }
        func ring(_ points: String) -> [DistrictProblem] {
            problems(Self.file(Self.feature(coordinates: "[[\(points)]]")))
        }
        #expect(problems(Self.file(Self.feature())) == [])
        #expect(ring("[0,0],[1,0],[1,1],[0,0]") == [])
        for text in ["", "not json", "{\"type\":", "[NaN]", "{\"type\":NaN}"] {
            #expect(problems(Array(text.utf8)) == [.notJSON], "\(text)")
        }
        #expect(problems([0xFF, 0xFE, 0x00]) == [.notJSON])
        #expect(problems(Array(String(repeating: "[", count: 500_000).utf8)) == [.notJSON])
        let nested: String = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(problems(Self.file(Self.feature(coordinates: nested))) == [.notJSON])
        for text in [
            "{}", "[]", "12", "{\"type\":\"Feature\"}",
            "{\"type\":\"FeatureCollection\",\"features\":[]}",
        ] {
            #expect([[.notACollection], [.notJSON]].contains(problems(Array(text.utf8))), "\(text)")
        }
        #expect(ring("[NaN,43],[1,43],[1,44],[NaN,43]") == [.notJSON])
        #expect(ring("[1e999,43],[1,43],[1,44],[1e999,43]").count == 1)
        #expect(ring("[\"1\",43],[1,43],[1,44],[1,43]") == [.notACoordinate(feature: 1)])
        #expect(ring("[true,false],[1,43],[1,44],[1,43]") == [.notACoordinate(feature: 1)])
        #expect(ring("[1],[1,43],[1,44],[1]") == [.notACoordinate(feature: 1)])
        #expect(ring("[181,43],[1,43],[1,44],[181,43]") == [.notOnEarth(feature: 1)])
        #expect(ring("[651000,6862000],[1,43],[1,44],[1,43]") == [.notOnEarth(feature: 1)])
        #expect(ring("[43.6,1.4],[43.6,1.5],[43.7,1.5],[43.6,1.4]") == [.axesSwapped(feature: 1)])
        #expect(ring("[55.4,-20.8],[55.6,-20.8],[55.6,-21],[55.4,-20.8]") == [])
        #expect(ring("[1.4,43.6],[1.5,43.6],[1.5,43.7]") == [.openRing(feature: 1)])
        #expect(ring("[1.4,43.6],[1.4,43.6]") == [.openRing(feature: 1)])
        for type in ["Point", "GeometryCollection", ""] {
            #expect(problems(Self.file(Self.feature(type: type))) == [.notASurface(feature: 1)])
        }
        #expect(problems(Self.file(Self.feature(coordinates: "{}"))) == [.notASurface(feature: 1)])
        #expect(problems(Self.file(Self.feature(coordinates: "[1,2]"))) == [.notASurface(feature: 1)])
        #expect(problems(Self.file(Self.feature("null"))) == [.noCode(feature: 1)])
        #expect(problems(Self.file(Self.feature("\"--\""))) == [.noCode(feature: 1)])
        #expect(problems(Self.file(Self.feature(name: "[1]"))) == [.noName(feature: 1)])
        #expect(problems(Self.file(Self.feature(name: "\"  \""))) == [.noName(feature: 1)])
        #expect(
            problems(Self.file(Self.feature(), "7", Self.feature("\"NORD\"")))
                == [.noCode(feature: 2), .codeTwice(feature: 3, code: "nord")])
        let many: String = String(repeating: "[1.4,43.6],", count: DistrictFile.mostPoints)
        #expect(ring(many + "[1.4,43.6]") == [.tooManyPoints])
        let million: String = String(repeating: "[1.4,43.6],", count: 1_000_000)
        #expect(ring(million + "[1.4,43.6]") == [.tooLarge])
        let crowd: String = (0...DistrictFile.mostDistricts).map { Self.feature("\($0)") }.joined(
            separator: ",")
        #expect(problems(Self.file(crowd)) == [.tooManyDistricts])
    }
}
