public import Postgres

/// A language of the city, French first.
public enum Language: String, CaseIterable, Codable, Hashable, Sendable, PostgresEncodable, PostgresDecodable {
    case french = "fr"
    case english = "en"
    case german = "de"
}
