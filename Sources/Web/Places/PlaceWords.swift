import Foundation
import Participation

/// The words of a place's figures, the same on all its pages.
enum PlaceWords {
    static func counts(_ counts: PlaceCounts, _ strings: Strings) -> [PlaceFact] {
        var facts: [PlaceFact] = []
        func add(_ name: String, _ number: Int, always: Bool = true) {
            guard always || number != 0 else { return }
            facts.append(PlaceFact(name: strings("places.count.\(name)"), text: strings.number(number)))
        }
        add("issued", counts.issued)
        add("spoiled", counts.spoiled)
        add("received", counts.received)
        add("without_mark", counts.withoutMark, always: false)
        add("kiosk", counts.kiosk, always: false)
        add("waiting", counts.waiting, always: false)
        add("conflicts", counts.conflicts, always: false)
        return facts
    }

    /// Consents as the options of a form. None is chosen beforehand: a consent is what somebody said, not a default.
    static func consents(_ chosen: String, _ strings: Strings) -> [SelectOption] {
        Consent.words.map {
            SelectOption(
                value: $0, label: strings("assistance.consent.\($0)"), selected: $0 == chosen)
        }
    }
}
