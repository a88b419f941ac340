import Hummingbird
import Participation

extension AppContext {
    /// Whoever sends `request`, as the throttle and the list of sessions see them.
    func visitor(_ request: Request) -> Visitor {
        Visitor(
            network: Network(address: remoteAddress ?? ""),
            device: Device.describe(request.headers[.userAgent] ?? ""))
    }
}

/// A browser and its system as their owner recognises them in a list, and no finer: `Firefox, Windows`.
enum Device {
    /// The description of a `User-Agent` header; empty when it names nothing we know.
    static func describe(_ userAgent: String) -> String {
        [name(in: userAgent, of: browsers), name(in: userAgent, of: systems)].compactMap(\.self).joined(separator: ", ")
    }

    /// The order matters: most browsers also name the ones they descend from.
    private static let browsers = [
        ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("Edg", "Edge"), ("OPR/", "Opera"), ("Vivaldi/", "Vivaldi"),
        ("SamsungBrowser/", "Samsung Internet"), ("Chromium/", "Chromium"), ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ]

    private static let systems = [
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"), ("Linux", "Linux"),
    ]

    private static func name(in text: String, of marks: [(mark: String, name: String)]) -> String? {
        marks.first { text.contains($0.mark) }?.name
    }
}
