/// What somebody who follows a consultation is told by letter.
public struct ConsultationNotice: Sendable {
    /// What happened.
    public enum News: Sendable {
        /// A stage has begun.
        case began(Consultation.Stage)
        /// Dates that were known have been moved.
        case rescheduled(from: ConsultationTimetable, to: ConsultationTimetable, because: Texts)
    }

    /// What it is about.
    public let consultation: Consultation
    /// What happened.
    public let news: News
    /// What opens the page on which they follow it no longer, without signing in.
    public let token: Token
}

/// Whoever knows the words. Web does.
public protocol ConsultationCorrespondent: Sendable {
    /// The letter that tells `name` of `notice`.
    func letter(_ notice: ConsultationNotice, to name: String, in language: Language) -> Letter
}
