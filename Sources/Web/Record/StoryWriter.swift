import Foundation
import Participation
import PublicRecord

/// Writes the claims of a record in the reader's language, each with the means to check it.
struct StoryWriter {
    let vote: Vote
    let opening: VoteOpening
    let story: RecordStory
    let figures: VoteAccount
    /// Nil until the result is public.
    let result: VoteResult?, account: ClosingAccount?
    let certificate: Certificates.Standing
    /// Where the record is, on this site and for everybody.
    let base: String, address: String
    let strings: Strings

    /// Verifies the whole record.
    static func command(_ address: String) -> String { "tilleul-verify \(address)" }

    private var verify: String { Self.command(address) }
    private var hasPaper: Bool { opening.definition.channels.contains("paper") }

    /// The claims in the order of what happened.
    var claims: [RecordPage.Claim] {
        [committed, opened, marks, closed, batches, settlements, counted, balanced, published, certified]
            .compactMap(\.self)
    }

    // MARK: Before and during the vote

    private var opened: RecordPage.Claim? {
        claim(
            "opened", opening.at, ["hash": Hex.encode(opening.hash)],
            check: "curl -s \(address)/definition.json | sha256sum")
    }

    private var committed: RecordPage.Claim? {
        guard let roll = story.roll else { return nil }
        return claim(
            "roll", roll.committedAt,
            ["people": strings.plural("record.people", roll.size), "root": roll.root.hex], check: verify)
    }

    private var marks: RecordPage.Claim? {
        var claim: RecordPage.Claim = claim(
            "marks", nil,
            [
                "marks": strings.plural("record.marks", figures.marks),
                "sealed": strings.plural("votes.ballots", figures.sealed),
            ], check: verify)
        let channels: [Channel] = Channel.allCases.filter { opening.definition.channels.contains($0.rawValue) }
        let days: [(day: Day, marks: [RecordStory.DayMarks])] = Dictionary(grouping: story.marks, by: \.day)
            .sorted { $0.key < $1.key }.map { (day: $0.key, marks: $0.value) }
        func count(_ marks: [RecordStory.DayMarks], _ channel: Channel?) -> Int {
            marks.reduce(0) { $0 + (channel == nil || $1.channel == channel ? $1.count : 0) }
        }
        func row(_ name: String, _ marks: [RecordStory.DayMarks], isSum: Bool = false) -> RecordPage.Figures.Row {
            .init(name: name, cells: (channels + [nil]).map { strings.number(count(marks, $0)) }, isSum: isSum)
        }
        if !days.isEmpty {
            claim.figures = RecordPage.Figures(
                id: "marks-by-day", caption: strings("record.by_day"), first: strings("record.day"),
                columns: channels.map { strings("channel.\($0.rawValue)") } + [strings("account.whole")],
                rows: days.map { row(strings.day($0.day), $0.marks) }
                    + [row(strings("account.whole"), story.marks, isSum: true)])
        }
        claim.lines = .init(story.annulled.map { strings.plural("record.annulled.\($0.reason)", $0.count) })
        return claim
    }

    private var closed: RecordPage.Claim? {
        claim("closed", vote.closedAt, check: verify, isDone: vote.closedAt != nil)
    }

    // MARK: Papers

    private var batches: RecordPage.Claim? {
        guard hasPaper else { return nil }
        var claim: RecordPage.Claim = claim(
            "batches", nil,
            [
                "batches": strings.plural("record.batches", story.piles.count),
                "papers": strings.plural("record.papers", story.piles.reduce(0) { $0 + $1.papers }),
            ], check: verify, isDone: !story.piles.isEmpty)
        guard !story.piles.isEmpty else { return claim }
        claim.figures = RecordPage.Figures(
            id: "batches", caption: strings("record.batches.caption"), first: strings("record.batch"),
            columns: ["declared", "papers", "spoiled", "readings"].map { strings("record.column.\($0)") },
            rows: story.piles.map { pile in
                let readings: String = pile.readings.map { PaperWords(strings).letter($0.letter) }
                    .joined(separator: ", ")
                return .init(
                    name: name(pile),
                    cells: [
                        strings.date(pile.declaredAt), strings.number(pile.papers), strings.number(pile.spoiled),
                        readings.isEmpty ? "–" : readings,
                    ], isSum: false)
            })
        claim.lines = .init(story.piles.filter(\.isLate).map { strings("record.late", ["batch": $0.handle]) })
        claim.files = .init(
            story.piles.flatMap { pile in
                pile.readings.map { reading in
                    file("\(pile.handle), \(PaperWords(strings).letter(reading.letter))", reading.file)
                }
            })
        return claim
    }

    private var settlements: RecordPage.Claim? {
        guard hasPaper, !story.piles.isEmpty else { return nil }
        let settled: [RecordStory.Pile] = story.piles.filter { $0.settlement != nil }
        var claim: RecordPage.Claim = claim(
            "settled", nil, ["count": strings.number(settled.count), "batches": strings.number(story.piles.count)],
            check: verify, isDone: !settled.isEmpty)
        guard !settled.isEmpty else { return claim }
        claim.figures = RecordPage.Figures(
            id: "settlements", caption: strings("record.settled.caption"), first: strings("record.batch"),
            columns: ["papers", "counted", "blank", "invalid", "reasons"].map { strings("record.column.\($0)") },
            rows: settled.compactMap { pile in
                pile.settlement.map { settlement in
                    let invalid: Int = settlement.invalid.reduce(0) { $0 + $1.count }
                    return .init(
                        name: name(pile),
                        cells: [pile.papers, settlement.counted, settlement.blank, invalid].map { strings.number($0) }
                            + [PaperWords(strings).reasons(settlement.invalid)], isSum: false)
                }
            })
        claim.lines = .init(
            story.piles.filter { $0.reopened > 0 }
                .map { strings.plural("record.reopened", $0.reopened, ["batch": $0.handle]) })
        claim.files = .init(settled.compactMap { pile in pile.settled.map { file(pile.handle, $0) } })
        return claim
    }

    private func name(_ pile: RecordStory.Pile) -> String {
        strings("record.batch.of", ["batch": pile.handle, "place": pile.place(strings.language)])
    }

    // MARK: The count and after

    private var counted: RecordPage.Claim? {
        var claim: RecordPage.Claim = claim(
            "counted", vote.countedAt, ["ballots": strings.plural("votes.ballots", figures.opened)], check: verify,
            isDone: vote.countedAt != nil)
        guard let result, !result.counts.isEmpty else { return claim }
        claim.figures = RecordPage.Figures(
            id: "groups", caption: strings("record.groups"), first: strings("record.group"),
            columns: ["ballots", "counted", "blank", "invalid"].map { strings("record.column.\($0)") },
            rows: result.counts.map { group in
                .init(
                    name: groupName(group.group),
                    cells: [group.ballots, group.valid, group.blank, group.invalid].map { strings.number($0) },
                    isSum: false)
            })
        return claim
    }

    /// The cells of a group in words: “online”, “kiosk at ecole”, “batch ecole-1”.
    private func groupName(_ name: String) -> String {
        name.split(separator: "+").map { cell in
            let parts: [String] = cell.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { return strings("channel.online") }
            return strings("record.group.\(parts[0])", ["name": parts[1]])
        }.joined(separator: " + ")
    }

    private var balanced: RecordPage.Claim? {
        var claim: RecordPage.Claim = claim("account", nil, check: verify, isDone: account != nil)
        guard let account else { return claim }
        let explained: Bool = account.lines.contains { $0.explained != 0 }
        claim.lines = .init(
            account.lines.map(identity)
                + [strings(explained ? "record.account.explained" : "record.account.even")])
        claim.table = AccountTable(account, strings)
        claim.quotes = story.explanations.map {
            PaperFact(name: "\($0.place(strings.language)), \(strings.number($0.count))", value: $0.text)
        }
        claim.files = .init(story.explanations.map { file($0.place(strings.language), $0.file) })
        return claim
    }

    /// One line of the account as an equation in words.
    private func identity(_ line: ClosingAccount.Line) -> String {
        var sides: [String] = []
        if line.sealed > 0 || line.papers == 0 { sides.append(strings.plural("record.envelopes", line.sealed)) }
        if line.papers > 0 { sides.append(strings.plural("record.papers", line.papers)) }
        if line.explained != 0 {
            sides.append(strings("record.account.gap", ["difference": strings.number(line.explained)]))
        }
        return strings(
            "record.account.line",
            [
                "place": line.name?(strings.language) ?? strings("account.online"),
                "marks": strings.plural("record.live_marks", line.live), "ballots": sides.joined(separator: " + "),
            ])
    }

    private var published: RecordPage.Claim? {
        var claim: RecordPage.Claim = claim(
            "published", vote.publishedAt,
            ["hash": result.map { Hash(of: $0.bytes).hex } ?? "", "rule": opening.definition.counting.rule],
            check: "curl -s \(address)/result.json | sha256sum", isDone: result != nil)
        if result != nil {
            claim.links = .init([
                PlaceLink(label: strings("results.title"), href: "/votes/\(vote.slug)/result"),
                PlaceLink(label: strings("results.count.title"), href: "/votes/\(vote.slug)/result/count"),
            ])
        }
        return claim
    }

    private var certified: RecordPage.Claim? {
        var claim: RecordPage.Claim = claim(
            "certified", certificate.certifiedAt,
            [
                "officers": certificate.officers.joined(separator: ", "),
                "size": strings.number(certificate.checkpoint?.size ?? 0),
                "root": certificate.checkpoint?.root.hex ?? "",
            ], check: verify, isDone: certificate.certifiedAt != nil)
        if result != nil {
            claim.links = .init([PlaceLink(label: strings("account.minutes"), href: "\(base)/minutes")])
        }
        return claim
    }

    // MARK: Parts

    private func claim(
        _ key: String, _ when: Date?, _ arguments: [String: String] = [:], check: String, isDone: Bool = true
    ) -> RecordPage.Claim {
        RecordPage.Claim(
            title: strings(isDone ? "record.claim.\(key)" : "record.claim.\(key).waiting"),
            date: when.map(strings.moment),
            text: strings(isDone ? "record.claim.\(key).words" : "record.claim.\(key).later", arguments),
            check: strings("record.claim.\(key).check"), command: check, waiting: !isDone)
    }

    private func file(_ name: String, _ file: RecordStory.File) -> RecordPage.NamedFile {
        RecordPage.NamedFile(
            name: name, hash: file.hash.hex, href: file.isShown ? "\(base)/files/\(file.hash.hex)" : nil)
    }
}
