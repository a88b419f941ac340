import Foundation
import Postgres

/// The call for proposals of a process: what residents are asked, within which sum, under which themes, and what they
/// may do in each of its phases.
public struct ProposalCall: Sendable {
    /// The process that calls.
    public let process: ID<Process>
    /// What the city tells whoever writes; empty when it says nothing.
    public let guidance: Texts
    /// The currency of costs: three letters of ISO 4217.
    public let currency: String
    /// The most that one proposal may cost, in cents; nil when there is no limit.
    public let ceiling: Int64?
    /// The themes in the order of the city; empty when a proposal has none.
    public let themes: [Theme]
    /// What may be done while a phase of a kind lasts. Read only in phases of a kind that is not here.
    public let rules: [Phase.Kind: ProposalRule]

    /// What an agent would write to have this call.
    public var draft: ProposalCallDraft {
        ProposalCallDraft(
            guidance: guidance, currency: currency, ceiling: ceiling,
            themes: themes.map { ThemeDraft(id: $0.id, title: $0.title) }, rules: rules)
    }
}

/// One of the subjects that the proposals of a call are sorted by.
public struct Theme: Sendable, Hashable {
    /// Its identity.
    public let id: ID<Theme>
    /// Its handle in addresses, unique in its process.
    public let slug: String
    /// As readers see it.
    public let title: Texts
}

/// What residents may do with the proposals of a process at a time.
public struct ProposalRule: Sendable, Hashable {
    /// Whether proposals may be published, and edited by their authors.
    public var mayWrite: Bool
    /// Whether comments may be written.
    public var mayComment: Bool
    /// Whether proposals may be supported.
    public var maySupport: Bool
    /// How many proposals one person may support; nil for any number.
    public var supportLimit: Int?
    /// How many supports a proposal needs for the city to look at it; nil when it looks at all.
    public var supportThreshold: Int?
    /// Whether nobody may know how often a proposal has been supported.
    public var hidesCounts: Bool

    /// A rule with all that it says.
    public init(
        mayWrite: Bool, mayComment: Bool, maySupport: Bool, supportLimit: Int? = nil, supportThreshold: Int? = nil,
        hidesCounts: Bool = false
    ) {
        self.mayWrite = mayWrite
        self.mayComment = mayComment
        self.maySupport = maySupport
        self.supportLimit = supportLimit
        self.supportThreshold = supportThreshold
        self.hidesCounts = hidesCounts
    }

    /// What holds outside the phases of a call: everybody reads, nobody writes, counts are shown.
    public static let readOnly = ProposalRule(mayWrite: false, mayComment: false, maySupport: false)
}

/// What an agent writes in a call.
public struct ProposalCallDraft: Sendable {
    /// What whoever writes is told.
    public var guidance: Texts
    /// Three capital letters.
    public var currency: String
    /// The most that one proposal may cost, in cents.
    public var ceiling: Int64?
    /// The themes in their order. One that is left out is removed, unless proposals have it.
    public var themes: [ThemeDraft]
    /// What may be done while a phase of a kind lasts.
    public var rules: [Phase.Kind: ProposalRule]

    /// A call with all that it says.
    public init(
        guidance: Texts = Texts([:]), currency: String = "EUR", ceiling: Int64? = nil, themes: [ThemeDraft] = [],
        rules: [Phase.Kind: ProposalRule] = [:]
    ) {
        self.guidance = guidance
        self.currency = currency
        self.ceiling = ceiling
        self.themes = themes
        self.rules = rules
    }
}

/// What an agent writes in a theme.
public struct ThemeDraft: Sendable {
    /// The theme that is changed; nil for a new one.
    public var id: ID<Theme>?
    /// As readers will see it.
    public var title: Texts

    /// A new theme, or an existing one under another title.
    public init(id: ID<Theme>? = nil, title: Texts) {
        self.id = id
        self.title = title
    }
}

/// Why a call is not written as it stands.
public enum CallRefusal: Hashable, Sendable {
    /// The currency is not three capital letters.
    case malformedCurrency
    /// The ceiling is not more than nothing.
    case ceilingNotPositive
    /// The theme at this index has no title.
    case themeUntitled(index: Int)
    /// More themes than a form can offer.
    case tooManyThemes(most: Int)
    /// Proposals have a theme that was left out; its title in the city's languages.
    case themeInUse(Texts)
    /// A limit or a threshold of this phase is not more than nothing.
    case numberNotPositive(Phase.Kind)
}
