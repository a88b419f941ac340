public import Participation

extension Letters: GatheringCorrespondent {
    /// The letter that tells `name` what has become of their registration.
    public func letter(_ notice: GatheringNotice, to name: String, in language: Language) -> Letter {
        let strings: Strings = site.strings(language)
        let words = GatheringWords(strings)
        let occasion: Occasion = notice.occasion
        let page: String = occasion.path
        var arguments: [String: String] = [
            "title": occasion.title(language), "when": words.when(occasion.gathering),
            "place": GatheringWords(strings).place(occasion), "party": words.party(notice.party),
            "calendar": site.absolute("\(page).ics"), "page": site.absolute(page),
            "phone": site.city.help.phone,
        ]
        let (key, path, ending): (String, String?, String) =
            switch notice.news {
            case .registered: ("registered", own(notice), "calendar")
            case .waiting(let position):
                (Self.adding(["position": strings.number(position)], to: &arguments, "waiting"), own(notice), "link")
            case .registeredAlready: ("again", own(notice), "link")
            case .changed: ("changed", own(notice), "link")
            case .promoted: ("promoted", own(notice), "calendar")
            case .cancelled: ("cancelled", page, "page")
            case .takenOff(let reason):
                (Self.adding(["reason": reason], to: &arguments, "taken_off"), page, "page")
            case .calledOff(let reason):
                (Self.adding(["reason": reason(language)], to: &arguments, "called_off"), page, "page")
            case .moved(let before):
                (Self.adding(["before": words.moment(before)], to: &arguments, "moved"), own(notice), "calendar")
            case .relocated(let before):
                (
                    Self.adding(
                        ["before": before.isEmpty ? strings("gatherings.online") : before(language)],
                        to: &arguments, "relocated"), own(notice), "calendar"
                )
            case .reminder: ("reminder", own(notice), "link")
            }
        let view = LetterView(
            greeting: strings("residents.letter.greeting", ["name": name]),
            text: text(of: notice, key, arguments, strings), link: path.map(site.absolute),
            ending: strings("gatherings.letter.ending.\(ending)", arguments))
        return Letter(
            subject: strings("gatherings.letter.\(key).subject", arguments), body: site.letter(view, language))
    }

    /// The words, after what who comes by a screen needs: the address, where there is one and places are theirs.
    private func text(
        of notice: GatheringNotice, _ key: String, _ arguments: [String: String], _ strings: Strings
    ) -> String {
        let words: String = strings("gatherings.letter.\(key).text", arguments)
        guard notice.hasPlaces, let address = notice.occasion.onlineAddress else { return words }
        return switch notice.news {
        case .registered, .promoted, .moved, .relocated, .reminder:
            strings("gatherings.letter.online", ["address": address]) + "\n\n" + words
        case .waiting, .registeredAlready, .changed, .cancelled, .takenOff, .calledOff: words
        }
    }

    private func own(_ notice: GatheringNotice) -> String {
        "\(notice.occasion.path)/registration/\(notice.token.text)"
    }

    private static func adding(
        _ more: [String: String], to arguments: inout [String: String], _ key: String
    ) -> String {
        arguments.merge(more) { _, new in new }
        return key
    }
}
