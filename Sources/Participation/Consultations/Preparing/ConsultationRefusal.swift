/// Why an act of preparing a consultation is refused.
public enum ConsultationRefusal: Error, Hashable, Sendable {
    /// Without a title; or a handle that is malformed or another consultation's.
    case untitled, malformedHandle, handleTaken
    /// It ends before it begins; a promise is due before what it waits for.
    case closesBeforeItOpens, synthesisBeforeClose, answerBeforeSynthesis
    /// Somebody else has changed it since the form was shown.
    case changedMeanwhile
    /// Residents know its timetable: it is changed with a reason that they can read.
    case timetableIsKnown
    /// A change of a known timetable says no reason; or changes nothing.
    case unexplained, unchanged
    /// Answers are being taken, or have been: their beginning is no longer moved.
    case hasBegun
    /// What is over by now would be reopened, or closed in the past.
    case closesInThePast
    /// The city has published what it made of it: the collection is not opened again.
    case isSynthesised
    /// What has to be there before it is published is not.
    case notReady([ConsultationReadiness.Point])
    /// It is published already; or not yet.
    case published, notPublished
    /// People have taken part; or something hangs on it that keeps it.
    case hasContributions, inUse
    /// More documents than one can find one's way in.
    case tooManyDocuments
}
