/// A refusal: everything that stands in the way, at once. The words for it are found in Web, in the reader's language.
public struct Refused<Reason: Hashable & Sendable>: Error, Hashable {
    /// The reasons, in the order of the fields they concern; never empty.
    public let reasons: [Reason]

    /// A refusal for these reasons.
    public init(_ reasons: Reason...) {
        self.reasons = reasons
    }

    /// A refusal for these reasons.
    public init(reasons: [Reason]) {
        precondition(!reasons.isEmpty, "a refusal has a reason")
        self.reasons = reasons
    }
}
