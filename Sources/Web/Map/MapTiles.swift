import Foundation

/// A server of map tiles that the city has chosen. Without one a map shows the districts alone, and no browser asks
/// anybody but this service for anything.
public struct MapTiles: Sendable {
    /// The address of a tile with `{z}`, `{x}` and `{y}` in it.
    public let template: String
    /// Whom the tiles come from, in plain text: their licence asks for it.
    public let attribution: String
    /// Scheme, host and port, for the content security policy.
    let origin: String

    /// The server of that address; nil unless it is https, has the three placeholders after its host, and nothing that
    /// could add a word to a policy.
    public init?(template: String, attribution: String) {
        guard ["{z}", "{x}", "{y}"].allSatisfy({ template.contains($0) }),
            let url = URL(
                string: template.replacing("{z}", with: "0").replacing("{x}", with: "0").replacing("{y}", with: "0")),
            url.scheme == "https", let host = url.host(),
            host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") }),
            !host.isEmpty, template.hasPrefix("https://\(host)")
        else { return nil }
        self.template = template
        self.attribution = attribution
        origin = "https://\(host)" + (url.port.map { ":\($0)" } ?? "")
    }
}
