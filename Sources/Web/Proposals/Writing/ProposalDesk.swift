import Participation

/// Where agents of a process find what they do with its proposals.
enum ProposalDesk {
    /// The pages, in the order in which they are needed.
    static func links(of process: Participation.Process, _ strings: Strings) -> [PlaceLink] {
        [
            ("proposals.call.link", "call"), ("proposals.intake.link", "intake"), ("proposals.import.link", "imports"),
            ("proposals.duplicates.title", "proposals/duplicates"), ("talk.joins.list", "joins"),
            ("exam.files", "files"), ("exam.settings", "examination"), ("deliveries.title", "deliveries"),
        ].map { PlaceLink(label: strings($0.0), href: "/desk/processes/\(process.slug)/\($0.1)") }
    }

    /// The way back from one of them.
    static func crumbs(of process: Participation.Process, _ strings: Strings) -> [PlaceLink] {
        [
            PlaceLink(label: strings("desk.title"), href: "/desk"),
            PlaceLink(label: process.title(strings.language), href: "/desk/processes/\(process.slug)"),
        ]
    }
}
