/// Why an act of preparing a questionnaire is refused.
public enum QuestionnaireRefusal: Error, Hashable, Sendable {
    /// Without a title; or a handle that is malformed or another questionnaire's of the consultation.
    case untitled, malformedHandle, handleTaken
    /// No way to answer; once for each person, and a way in which nobody is somebody.
    case noWay, onceNeedsSomebody
    /// People have answered: what they were told about it stays. The way in which some have answered stays too.
    case answered, wayUsed([AnswerWay])
    /// Somebody else has changed it since the form was shown.
    case changedMeanwhile
    /// There is no draft to be changed or opened; there is one already.
    case noDraft, draftThere
    /// The draft asks what is asked already.
    case unchanged
    /// The form cannot be kept so; or it cannot be opened so.
    case broken([FormProblem]), notReady([FormProblem])
    /// The form is larger than a version may be.
    case tooLarge
    /// The consultation takes no more answers.
    case over
    /// Nothing can be undone: something else has been changed since.
    case nothingToUndo
    /// There is no questionnaire to copy, or not one that this agent may read.
    case nothingToCopy
}
