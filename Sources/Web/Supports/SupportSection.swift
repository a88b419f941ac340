import Participation

/// What the page of a proposal says about supports: the button, what the reader gave, and what may be known of others.
struct SupportView: Sendable {
    let action: String
    let takeBackAction: String
    /// The reader may give a support, or take theirs back.
    let mayGive: Bool
    let mayTakeBack: Bool
    /// They support it, or a proposal that it is joined with.
    let isGiven: Bool
    /// Where to sign in, when nobody is and that is all that is missing.
    let signIn: String?
    /// « 12 personnes soutiennent cette proposition. », or that nobody may know.
    let count: String
    /// « La ville examine les propositions à partir de 20 soutiens. »
    let threshold: String?
    /// « Vous soutenez 2 propositions sur 3. »
    let mine: String?
    /// Why the reader cannot support it although others can, and what to do.
    let limit: String?

    static let sample = SupportView(
        action: "/proposals/12/support", takeBackAction: "/proposals/12/support/withdrawal", mayGive: true,
        mayTakeBack: true, isGiven: true, signIn: "/sign-in", count: "12 personnes soutiennent.",
        threshold: "À partir de 20 soutiens.", mine: "Vous soutenez 2 propositions sur 3.",
        limit: "Vous soutenez déjà 3 propositions.")
}

/// Loads that part of the page.
struct SupportSection: Sendable {
    let supports: Supports

    func view(of scene: ProposalScene) async throws -> SupportView? {
        let standing: SupportStanding = try await supports.standing(of: scene.proposal, for: scene.account?.id)
        let strings: Strings = scene.strings
        let rule: ProposalRule = standing.rule
        let isOpen: Bool = rule.maySupport && standing.isOpen
        var mine: String?
        var limit: String?
        if scene.account != nil, isOpen, let most = rule.supportLimit {
            mine = strings.plural("talk.support.mine", standing.given, ["limit": strings.number(most)])
            if !standing.isGiven, standing.given >= most { limit = strings.plural("talk.support.limit", most) }
        }
        return SupportView(
            action: "\(scene.here)/support", takeBackAction: "\(scene.here)/support/withdrawal",
            mayGive: scene.account != nil && standing.mayGive, mayTakeBack: standing.mayTakeBack,
            isGiven: standing.isGiven,
            signIn: scene.account == nil && isOpen ? "/sign-in?next=\(PercentDecoding.encode(scene.here))" : nil,
            count: standing.count.map { strings.plural("talk.support.count", $0) } ?? strings("talk.support.hidden"),
            threshold: isOpen
                ? rule.supportThreshold.map { strings.plural("talk.support.threshold", $0) } : nil,
            mine: mine, limit: limit)
    }
}
