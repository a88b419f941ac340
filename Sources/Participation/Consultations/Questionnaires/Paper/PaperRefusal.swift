/// Why something about printed questionnaires is not done.
public enum PaperRefusal: Error, Hashable, Sendable {
    /// The questionnaire is not answered on paper, or nobody has opened it.
    case notOnPaper
    /// The synthesis is published: what it counts stays.
    case over
    /// A percentage is from 0 to 100.
    case percent
    /// Sheets are issued 1 to so many at once.
    case copies(most: Int)
    /// Where sheets are handed out was not said, or in too many characters.
    case placeMissing, placeTooLong
    /// All numbers of the city are given.
    case numbersUsed
    /// The form lacks words in this language.
    case notInLanguage
    /// More came back than were issued, or fewer than were had in hand.
    case counted(least: Int, most: Int)
    /// The numbers are not those of sheets of this questionnaire, the first before the last.
    case range
    /// Some of the sheets are entered.
    case entered(count: Int)
    /// The sheet is entered already.
    case alreadyEntered
    /// The sheet was set aside.
    case setAside
    /// The sheet is not entered, so there is nothing to correct, to read again or to take back.
    case notEntered
    /// It was not drawn, or was read twice already.
    case notAwaited
    /// Whoever read it first does not read it again.
    case samePerson
    /// Somebody else has to read it before it is corrected.
    case awaited
    /// Nothing is typed: a sheet with nothing on it is set aside.
    case nothing
    /// Why was not said, or in too many characters.
    case reasonMissing, reasonTooLong
    /// The readings do not differ, or somebody has settled it.
    case nothingToSettle
    /// The decision for this question is missing.
    case choiceMissing(question: String)
    /// Whoever read the sheet does not settle it.
    case reader
    /// What is wrong with the answer to a question.
    case answer(question: String, AnswerProblem)
    /// So many pictures are enough.
    case tooManyScans
}
