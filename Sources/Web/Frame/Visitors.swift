import HTTPTypes
public import Hummingbird
public import Participation

extension Site {
    /// Where a request comes from and what it comes with, for slowing down guesses and for the list of sessions.
    public func visitor(_ request: Request, _ context: AppContext) -> Visitor {
        Visitor(network: network(request, context), device: Device.name(request.headers[.userAgent] ?? ""))
    }

    /// The network a request comes from. Behind a proxy it is the last address of `X-Forwarded-For`, the one that the
    /// proxy itself has added: anything before it is the visitor's own claim.
    public func network(_ request: Request, _ context: AppContext) -> Network {
        var address = context.remoteAddress ?? ""
        if city.isBehindProxy, let last = request.headers[values: HTTPField.Name("X-Forwarded-For")!].last?.split(separator: ",").last {
            address = String(last.trimming(while: \.isWhitespace))
        }
        return Network(address: address)
    }
}

/// Browser and system, as coarsely as their owner recognises them.
enum Device {
    static func name(_ agent: String) -> String {
        let parts = [first(of: browsers, in: agent), first(of: systems, in: agent)].compactMap(\.self)
        return parts.joined(separator: ", ")
    }

    /// The order matters: every browser claims to be several others.
    private static let browsers = [
        ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrom", "Chrome"), ("Safari", "Safari"),
    ]
    private static let systems = [
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"),
        ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    ]

    private static func first(of names: [(String, String)], in agent: String) -> String? {
        names.first { agent.contains($0.0) }?.1
    }
}
