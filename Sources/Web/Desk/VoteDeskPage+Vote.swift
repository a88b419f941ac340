import Foundation
import Participation
import PublicRecord

extension VoteDeskPage {
    /// A vote as the account finds it at its desk, with what it may do there now.
    init(
        _ vote: Vote, _ account: SignedInAccount, readiness: [Readiness.Item]?, _ errors: FieldErrors, key: String,
        at moment: Date, _ strings: Strings
    ) {
        let words = VoteWords(vote, strings)
        let state: Vote.State = vote.state(at: moment)
        let status: (word: String, sentence: String) = words.state(at: moment)
        func holds(_ role: Role) -> Bool { account.holds(role, process: vote.process, vote: vote.id) }
        let (isOfficer, isCustodian) = (holds(.returningOfficer), holds(.custodian))
        self.init(
            title: vote.settings.title(strings.language), base: "/desk/votes/\(vote.slug)",
            publicHref: "/votes/\(vote.slug)",
            recordHref: vote.opening == nil ? nil : "/votes/\(vote.slug)/record/",
            resultHref: state == .published ? "/votes/\(vote.slug)/result" : nil, compares: account.comparing,
            state: status.word, stateWords: status.sentence, errors: errors.summary(strings),
            readiness: readiness.map { ReadinessList($0, of: vote, for: account, strings) },
            facts: Self.facts(vote, words, strings), projects: Self.lines(vote, words),
            canEdit: state == .draft && (holds(.participationAgent) || isOfficer),
            canSeal: state == .draft && (isOfficer || isCustodian), hasSeal: vote.sealKey != nil,
            canOpen: state == .draft && isOfficer,
            canClose: isOfficer && [.scheduled, .open, .ended].contains(state), isEarly: state != .ended,
            canCount: state == .closed && (isOfficer || isCustodian), canPublish: state == .counted && isOfficer,
            canDestroy: state == .published && isOfficer,
            passphrase: errors.input("passphrase", strings), key: errors.input("key", value: key, strings))
    }

    /// What is frozen at the opening, in words.
    private static func facts(_ vote: Vote, _ words: VoteWords, _ strings: Strings) -> [Fact] {
        let settings: VoteSettings = vote.settings
        let tie: String = settings.counting.tie.hasPrefix("draw:") ? VoteForm.draw : settings.counting.tie
        func listed(_ names: [String], _ key: (String) -> String) -> String { names.map(key).joined(separator: ", ") }
        func fact(_ key: String, _ value: String) -> Fact { Fact(name: strings("desk.fact.\(key)"), value: value) }
        return [
            fact("dates", words.dates), fact("budget", words.money(settings.budget)), fact("ballot", words.rule),
            fact("counting", words.counting), fact("tie", strings("results.tie.\(tie)")),
            fact("eligibility", listed(settings.eligibility) { strings("eligibility.\($0)") }),
            fact("minimum_age", settings.minimumAge == 0 ? "–" : strings.number(settings.minimumAge)),
            fact("channels", listed(settings.channels) { strings("channel.\($0)") }),
            fact("policy", strings("desk.form.policy.\(settings.policy)")),
            fact("revote", strings(settings.revote ? "word.yes" : "word.no")),
            fact("definition", vote.opening.map { Hex.encode($0.hash) } ?? "–"),
        ]
    }

    private static func lines(_ vote: Vote, _ words: VoteWords) -> [Line] {
        vote.projects.map { project in
            Line(
                number: String(project.number), key: project.key, title: project.title(words.strings.language),
                cost: words.money(project.cost), district: project.district ?? "–")
        }
    }
}
