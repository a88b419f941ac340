/// Why an act of preparing a consultation is refused.
public enum ConsultationRefusal: Error, Hashable, Sendable {
    /// Without a title; or a handle that is malformed or another consultation's.
    case untitled, malformedHandle, handleTaken
    /// It ends before it begins; a promise is due before what it waits for.
    case closesBeforeItOpens, synthesisBeforeClose, answerBeforeSynthesis
    /// Somebody else has changed it since the form was shown.
    case changedMeanwhile
    /// Residents know its dates: they are moved with a reason, and not merely rewritten.
    case timetableIsKnown
    /// A change of known dates without a reason, or that changes nothing.
    case unexplained, unchanged
    /// Answers are taken already, so it does not begin at another time; or no longer, so it does not end at another.
    case hasBegun, isOver
    /// It would end in the past.
    case closesInThePast
    /// What has to be there before it is published is not.
    case notReady([ConsultationReadiness.Point])
    /// It is published already; or not yet.
    case published, notPublished
    /// People have taken part; or something that is kept hangs on it.
    case hasContributions, inUse
    /// A document without a title.
    case documentUntitled
}
