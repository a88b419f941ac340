/// Who is marked, under which credential, and with which sealed ballot (V6), and what the log holds at closing.
struct MarkBook {
    private struct Mark {
        var place: UInt16
        var isAnnulled = false
        var isSealed = false
    }

    private let definition: Definition?
    private var marks: [CredentialKey: Mark] = [:]
    private var places: [Place] = []
    private var numbers: [Place: UInt16] = [:]
    private var counts: [Entry.ClosingCounts] = []
    private(set) var made = 0
    private(set) var annulled = 0
    private(set) var envelopes = 0

    init(_ definition: Definition?) {
        self.definition = definition
    }

    /// What the log holds of each channel and place, in the order of the account at closing.
    var account: [Entry.ClosingLine] {
        zip(places, counts)
            .map { Entry.ClosingLine(channel: $0.channel, place: $0.name, counts: $1) }
            .sorted { $0.precedes($1) }
    }

    /// Envelopes of online and kiosk marks that stand.
    var liveEnvelopes: Int { counts.reduce(0) { $0 + $1.sealed } }

    private mutating func number(of place: Place) -> UInt16 {
        if let known = numbers[place] { return known }
        // More places than a number can hold share the last one: no city has them, and nothing may crash.
        let number = UInt16(clamping: places.count)
        if Int(number) == places.count {
            places.append(place)
            counts.append(Entry.ClosingCounts(marks: 0, annulled: 0, sealed: 0))
            numbers[place] = number
        }
        return min(number, UInt16(clamping: places.count - 1))
    }

    mutating func mark(_ credential: CredentialKey, _ place: Place, _ index: Int, _ findings: inout Findings) {
        made += 1
        let number = number(of: place)
        counts[Int(number)].marks += 1
        if let definition, !definition.channels.contains(place.channel.rawValue) {
            findings.fail(.markChannel, entry: index, place.channel.rawValue)
        }
        guard marks[credential] == nil else {
            findings.fail(.markTwice, entry: index)
            return
        }
        marks[credential] = Mark(place: number)
    }

    mutating func seal(_ credential: CredentialKey, _ index: Int, _ findings: inout Findings) {
        envelopes += 1
        guard let slot = marks.index(forKey: credential) else {
            findings.fail(.sealedWithoutMark, entry: index)
            return
        }
        let mark = marks.values[slot]
        if places[Int(mark.place)].channel == .paper { findings.fail(.sealedOnPaper, entry: index) }
        if mark.isAnnulled {
            findings.fail(.sealedAfterAnnulment, entry: index)
        } else if mark.isSealed {
            if let definition, !definition.revote { findings.fail(.replacedWithoutRight, entry: index) }
        } else {
            marks.values[slot].isSealed = true
            counts[Int(mark.place)].sealed += 1
        }
    }

    mutating func annul(_ credential: CredentialKey, _ reason: String, _ index: Int, _ findings: inout Findings) {
        guard let slot = marks.index(forKey: credential) else {
            findings.fail(.annulledWithoutMark, entry: index)
            return
        }
        let mark = marks.values[slot]
        guard !mark.isAnnulled else {
            findings.fail(.annulledTwice, entry: index)
            return
        }
        annulled += 1
        marks.values[slot].isAnnulled = true
        counts[Int(mark.place)].annulled += 1
        if mark.isSealed { counts[Int(mark.place)].sealed -= 1 }
        guard let definition else { return }
        if !Definition.annulmentReasons.contains(reason) {
            findings.fail(.annulledReason, entry: index, reason)
        } else if reason == "other_channel" {
            let isPaper = places[Int(mark.place)].channel == .paper
            let isAllowed =
                switch definition.policy {
                case "paper_prevails": !isPaper
                case "online_prevails": isPaper
                default: false
                }
            if !isAllowed { findings.fail(.annulledAgainstPolicy, entry: index, definition.policy) }
        }
    }

    func close(_ account: [Entry.ClosingLine], _ index: Int, _ findings: inout Findings) {
        // Lines of zeros say nothing: a place where nobody came may be listed or not.
        let zero = Entry.ClosingCounts(marks: 0, annulled: 0, sealed: 0)
        let (stated, own) = (account.filter { $0.counts != zero }, self.account.filter { $0.counts != zero })
        if stated != own {
            let first = zip(own, stated).first { $0 != $1 }?.0 ?? own.dropFirst(stated.count).first
            let place = first.map { Place(channel: $0.channel, name: $0.place).text } ?? "a place without marks"
            findings.fail(.closingCounts, entry: index, place)
        }
    }

    func report(_ findings: inout Findings) {
        findings.figure(.v6, "marks", made)
        findings.figure(.v6, "annulled", annulled)
        findings.figure(.v6, "envelopes", envelopes)
        findings.figure(.v6, "replaced", envelopes - marks.values.reduce(0) { $0 + ($1.isSealed ? 1 : 0) })
    }
}
