import Participation

/// How a proposal speaks of itself in the reader's language, on its page, in lists and in files.
struct ProposalWords {
    let strings: Strings

    init(_ strings: Strings) {
        self.strings = strings
    }

    /// A status as a word with its colour, and the sentence that says what it means.
    func status(_ status: Proposal.Status) -> StatusWord {
        StatusWord(
            word: strings("proposals.status.\(status.rawValue)"), tone: Self.tone(status),
            meaning: strings("proposals.meaning.\(status.rawValue)"))
    }

    /// Who speaks: the group or association, else the authors; people without an account of theirs any more are named
    /// as such.
    func authors(_ published: PublishedProposal) -> String {
        authors(published.authors, kind: published.proposal.authorKind, group: published.proposal.groupName)
    }

    /// The same, from its parts.
    func authors(_ names: [String], kind: Proposal.AuthorKind, group: String) -> String {
        switch kind {
        case .city: return strings("proposals.author.city")
        case .group, .association:
            return names.isEmpty
                ? group : strings("proposals.author.for_group", ["group": group, "names": list(names)])
        case .person: return list(names)
        }
    }

    private func list(_ names: [String]) -> String {
        let known: [String] = names.map { $0.isEmpty ? strings("proposals.author.gone") : $0 }
        guard let last = known.last else { return strings("proposals.author.gone") }
        guard known.count > 1 else { return last }
        return strings(
            "proposals.author.several", ["names": known.dropLast().joined(separator: ", "), "last": last])
    }

    private static func tone(_ status: Proposal.Status) -> String? {
        switch status {
        case .accepted, .selected, .done: "good"
        case .received, .inExamination, .onBallot, .underWay: "now"
        case .refused, .abandoned: "bad"
        case .draft, .withdrawn, .joined, .notSelected: nil
        }
    }
}

/// A status for the eye and for the ear.
struct StatusWord: Sendable {
    let word: String
    /// The class that colours it beside its word.
    let tone: String?
    let meaning: String

    static let sample = StatusWord(word: "Reçue", tone: "now", meaning: "Elle attend son examen.")
}

extension Language {
    /// The code for a `lang` attribute where it differs from the reader's language; nil where it is the same.
    func foreign(to reader: Language) -> String? { self == reader ? nil : rawValue }
}
