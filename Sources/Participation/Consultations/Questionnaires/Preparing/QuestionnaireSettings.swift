/// How a questionnaire is answered and what is said around its questions.
public struct QuestionnaireSettings: Hashable, Sendable {
    /// What it is called, what is said before the first question and after the last (Markdown).
    public var title: Texts, introduction: Texts, thanks: Texts
    /// The ways in which it is answered.
    public var ways: Set<AnswerWay>
    /// Whether nothing that is kept leads from a person to an answer.
    public var isAnonymous: Bool
    /// Whether each account, each code and each sheet answers once; whether answers may be changed until the end.
    public var once: Bool, mayEdit: Bool

    /// Settings of a questionnaire.
    public init(
        title: Texts, introduction: Texts = Texts([:]), thanks: Texts = Texts([:]), ways: Set<AnswerWay> = [.account],
        isAnonymous: Bool = true, once: Bool = true, mayEdit: Bool = true
    ) {
        self.title = title
        self.introduction = introduction
        self.thanks = thanks
        self.ways = ways
        self.isAnonymous = isAnonymous
        self.once = once
        self.mayEdit = mayEdit
    }

    /// - Throws: `QuestionnaireRefusal.untitled`, `.noWay`, `.onceNeedsSomebody`.
    func check() throws(QuestionnaireRefusal) {
        if title.byLanguage["fr"] == nil { throw .untitled }
        if ways.isEmpty { throw .noWay }
        if once && ways.contains(.link) { throw .onceNeedsSomebody }
    }

    /// The words of the database, in one order.
    var wayWords: [String] { AnswerWay.allCases.filter(ways.contains).map(\.rawValue) }
}

extension Questionnaire {
    /// How it is answered and what is said around its questions.
    public var settings: QuestionnaireSettings {
        QuestionnaireSettings(
            title: title, introduction: introduction, thanks: thanks, ways: ways, isAnonymous: isAnonymous, once: once,
            mayEdit: mayEdit)
    }
}
