public import HTTPTypes

/// The service understood and said no. Data only: the words come from the strings, in the reader's language.
public struct Refusal: Error, Hashable, Sendable {
    /// 400, 403, 409, 410, 413, 415, 422, 429 or 503.
    public let status: HTTPResponse.Status
    /// The key of the sentence that says why, and what to do next.
    public let reason: String
    /// What the sentence mentions, by placeholder.
    public let arguments: [String: String]

    /// A refusal explained by the string `reason`.
    public init(
        _ reason: String, _ arguments: [String: String] = [:], status: HTTPResponse.Status = .unprocessableContent
    ) {
        self.status = status
        self.reason = reason
        self.arguments = arguments
    }
}

/// There is nothing here, or nothing that this visitor may know of: the two look the same.
public struct Absent: Error, Hashable, Sendable {
    /// Nothing here.
    public init() {}
}

/// The page needs somebody signed in. A reader is sent to sign in and comes back; a form is refused.
public struct SignInNeeded: Error, Hashable, Sendable {
    /// Nobody is signed in.
    public init() {}
}

extension Refusal {
    static let malformed = Refusal("error.malformed", status: .badRequest)
    static let tooLarge = Refusal("error.too_large", status: .contentTooLarge)
    static let wrongType = Refusal("error.wrong_type", status: .unsupportedMediaType)
    static let foreignOrigin = Refusal("error.foreign_origin", status: .forbidden)
    static let staleForm = Refusal("error.stale_form", status: .forbidden)
    static let tooMany = Refusal("error.too_many", status: .tooManyRequests)
}
