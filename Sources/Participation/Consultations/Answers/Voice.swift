import Foundation

/// Something that people said, which a decision answers: what kind of thing it is, and its name there.
public struct Voice: Hashable, Sendable, Codable {
    /// What it is.
    public enum Kind: String, Sendable, CaseIterable, Codable {
        /// A question of a questionnaire, one of its options, or a theme that was found in what people wrote:
        /// `usages/besoins`, `usages/besoins/ombre`.
        case question, option, theme
        /// An argument of a debate, by its number: `voitures/12`.
        case argument
        /// A paragraph of a text, or a wording that was suggested for one, by its number: `charte/3`.
        case paragraph, wording
        /// A comment, by its identity.
        case comment
        /// A proposal, by its number.
        case proposal
        /// An observation of a walk, by its number: `quais-2026/3`.
        case observation
        /// What was said at an event, by its number: `atelier/3`.
        case contribution
    }

    /// What it is.
    public let kind: Kind
    /// Its name among those of its kind.
    public let target: String

    /// A thing that was said.
    public init(_ kind: Kind, _ target: String) {
        self.kind = kind
        self.target = target
    }

    /// What stands at an address of the service, as it is copied from the browser; nil where nothing is said there.
    ///
    /// - Parameter consultation: the handle of the consultation whose decision it is: texts and debates of others do not
    ///   count.
    public init?(address: String, in consultation: String) {
        let address: String = address.trimmingCharacters(in: .whitespaces)
        guard let parts = URLComponents(string: address) else { return nil }
        let path: [String] = parts.path.split(separator: "/").map(String.init)
        let place: String = parts.fragment ?? ""
        /// The number behind the last hyphen: of `argument-12`.
        func number(_ text: String) -> String? {
            let digits: Substring = text.split(separator: "-").last ?? ""
            return (1...9).contains(digits.utf8.count) && digits.allSatisfy { $0.isASCII && $0.isNumber }
                ? String(digits) : nil
        }
        let isComment: Bool = place.hasPrefix("comment") || path.dropLast().last == "comments"
        if isComment, let id = UUID(uuidString: String((place.isEmpty ? path.last ?? "" : place).suffix(36))) {
            self.init(.comment, id.uuidString.lowercased())
            return
        }
        switch path.count >= 2 ? path[0] : "" {
        case "proposals":
            guard let number = number(path[1]) else { return nil }
            self.init(.proposal, number)
        case "walks":
            guard path.count >= 4, path[2] == "observations", let number = number(path[3]) else { return nil }
            self.init(.observation, "\(path[1])/\(number)")
        case "events":
            guard let number = number(path.count > 3 ? path[3] : place) else { return nil }
            self.init(.contribution, "\(path[1])/\(number)")
        case "consultations":
            guard path.count >= 4, path[1] == consultation else { return nil }
            let last: String = path.count > 5 ? path[5] : place
            guard let number = number(last) else { return nil }
            let what: String = path.count > 5 ? path[4] : place
            switch path[2] {
            case "debates": self.init(.argument, "\(path[3])/\(number)")
            case "texts" where ["wording", "suggestion"].contains(where: what.hasPrefix):
                self.init(.wording, "\(path[3])/\(number)")
            case "texts": self.init(.paragraph, "\(path[3])/\(number)")
            default: return nil
            }
        default: return nil
        }
    }
}

/// What a voice is called, and where it is read.
public struct VoiceLabel: Sendable, Hashable {
    /// What is called like this.
    public let voice: Voice
    /// What it is a part of: a question, a debate, a walk.
    public let context: Texts
    /// Its own words, or the beginning of them.
    public let words: Texts
    /// Its number, where it has one.
    public let number: String?
    /// The page on which it is read; nil where there is none.
    public let path: String?
}
