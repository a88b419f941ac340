import ArgumentParser
import Foundation
import Participation

/// `tilleul city …`: what belongs to the city as a whole.
struct CityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "city", abstract: "Brings what belongs to the city as a whole.",
        subcommands: [BringDistricts.self])

    struct BringDistricts: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "districts", abstract: "Reads the city's districts from a GeoJSON file.",
            discussion: """
                The file is a FeatureCollection (RFC 7946) of polygons, each with the properties code and name; name is \
                a text, or an object with texts for fr, en and de. It takes the place of the districts there are. A \
                file with problems is refused with all of them.
                """)

        @OptionGroup var data: DataOptions
        @Argument(help: "The file.") var file: String

        func run() async throws {
            guard let handle = try? FileHandle(forReadingFrom: URL(filePath: file)),
                let bytes = try? handle.read(upToCount: DistrictFile.longest + 1)
            else { throw Failure(message: "\(file) cannot be read.", status: 2) }
            try await House.run(data) { house in
                do {
                    let count: Int = try await Districts(pool: house.pool)
                        .replace(withGeoJSON: Array(bytes), by: .operator)
                    print("There are \(count) districts now.")
                } catch let refused as Refused<DistrictProblem> {
                    throw Failure(
                        message: refused.reasons.map { "\(file): \(Self.sentence($0))" }.joined(separator: "\n"))
                }
            }
        }

        private static func sentence(_ problem: DistrictProblem) -> String {
            switch problem {
            case .tooLarge: "the file is longer than \(DistrictFile.longest >> 20) MiB."
            case .tooManyPoints: "the outlines have more than \(DistrictFile.mostPoints) points; simplify them."
            case .notJSON: "this is not JSON."
            case .notACollection: "this is not a FeatureCollection with districts in it."
            case .tooManyDistricts: "there are more than \(DistrictFile.mostDistricts) districts."
            case .noCode(let feature): "feature \(feature) has no property code."
            case .codeTwice(let feature, let code): "feature \(feature) has the code \(code) of another one."
            case .noName(let feature): "feature \(feature) has no property name."
            case .notASurface(let feature): "the geometry of feature \(feature) is no Polygon or MultiPolygon."
            case .openRing(let feature): "a ring of feature \(feature) does not end where it begins."
            case .notACoordinate(let feature): "feature \(feature) has a point that is not two numbers."
            case .notOnEarth(let feature):
                "feature \(feature) has a point that is not in degrees: longitude comes first, then latitude."
            case .axesSwapped(let feature):
                "the coordinates of feature \(feature) look swapped: longitude comes first, then latitude."
            case .inUse(let code): "proposals lie in the district \(code), which the file does not have."
            }
        }
    }
}
