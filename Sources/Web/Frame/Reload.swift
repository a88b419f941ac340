import HTTPTypes
import Hummingbird

/// A page about work that goes on: the browser is asked to load it again while it does, without JavaScript, and the
/// reader can stop that (WCAG 2.2.1). When the work is over the page stays as it is.
struct Reload: Sendable {
    /// What happens, in a sentence.
    let words: String
    /// The link that stops it, or begins it again.
    let label: String, href: String
    /// Whether the browser is asked.
    let isOn: Bool

    static let sample = Reload(words: "Cette page se recharge.", label: "Arrêter", href: "/x?still=1", isOn: true)

    fileprivate static let seconds = 10

    /// - Parameter address: the path of the page.
    init(at address: String, isStill: Bool, _ strings: Strings) {
        isOn = !isStill
        words = strings(isStill ? "frame.reload.still" : "frame.reload.on", ["seconds": strings.number(Self.seconds)])
        label = strings(isStill ? "frame.reload.begin" : "frame.reload.stop")
        href = isStill ? address : "\(address)?still=1"
    }

    private init(words: String, label: String, href: String, isOn: Bool) {
        self.words = words
        self.label = label
        self.href = href
        self.isOn = isOn
    }

    /// The reload of a page while its work goes on; nil afterwards.
    static func during(_ isWorking: Bool, _ request: Request, _ strings: Strings) throws -> Reload? {
        guard isWorking else { return nil }
        return Reload(at: request.uri.path, isStill: try request.query().has("still"), strings)
    }
}

extension Response {
    /// The same answer, which asks the browser to load the page again.
    func reloading(_ reload: Reload?) -> Response {
        guard let reload, reload.isOn, let name = HTTPField.Name("Refresh") else { return self }
        var response: Response = self
        response.headers[name] = String(Reload.seconds)
        return response
    }
}
