import Participation

extension AtomFeed.Entry {
    /// An event of a delivery as an entry of a feed.
    init(_ event: DeliveryEvent, _ strings: Strings) {
        let reader: Language = strings.language
        let project: String = event.delivery(reader)
        let title: String
        let words: Texts
        var moved: String?
        switch event.kind {
        case .update(let heading, let text):
            title = strings("deliveries.event.update", ["project": project, "title": heading(reader)])
            words = text
        case .milestone(let heading, let evidence):
            title = strings("deliveries.event.milestone", ["project": project, "title": heading(reader)])
            words = evidence
        case .change(let status, let before, let after, let reason):
            title = strings(
                "deliveries.event.change",
                ["project": project, "status": strings("deliveries.status.\(status.rawValue)")])
            words = reason
            if let before, let after {
                moved = strings(
                    "deliveries.event.moved", ["before": strings.day(before), "after": strings.day(after)])
            }
        }
        let paragraphs: [String] = [moved].compactMap(\.self) + words(reader).paragraphs
        self.init(
            event.id, title: title, path: "/deliveries/\(event.handle)", updated: event.at, published: event.at,
            language: Language(rawValue: words.language(for: reader)).flatMap { $0 == reader ? nil : $0 },
            html: paragraphs.map { "<p>\($0.escapedForHTML)</p>" }.joined())
    }
}
