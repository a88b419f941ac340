import Participation

/// What the page of a proposal says of its examination and of the votes it went to.
struct ExaminationSection: Sendable {
    let examinations: Examinations
    let answers: AuthorAnswers
    let nominations: Nominations

    /// The part of the page; nil when nothing has been examined yet.
    func view(of scene: ProposalScene) async throws -> ExaminationView? {
        let published: [Examination] = try await examinations.published(of: scene.proposal.id)
        guard !published.isEmpty else { return nil }
        let votes: [Nominations.Candidacy] = try await nominations.candidacies(of: scene.proposal.id)
        var answer: AuthorAnswer.Cause?
        if scene.isAuthor, let account = scene.account {
            answer = try await answers.cause(on: scene.proposal.number, by: account.id)
        }
        return ExaminationView(scene, published, votes.filter(\.isOpened), answer)
    }
}

/// The examinations of a proposal as everybody reads them, for `parts/examination`.
struct ExaminationView: Sendable {
    struct Round: Sendable {
        let heading: String
        let opened: String
        let verdict: VerdictView?
        let opinions: [OpinionView]
        let hasOpinions: Bool
        let costs: CostTable?
        let said: [ExaminationWords.Said]
        /// Its heading where there are several.
        let isNumbered: Bool
        /// The answer is awaited.
        let isGoing: Bool
    }

    let rounds: [Round]
    let votes: [PlaceLink]
    let hasVotes: Bool
    /// Where an author answers, and the words of the link.
    let answerHref: String?
    let answerLabel: String

    static let sample = ExaminationView(
        rounds: [
            Round(
                heading: "Examen 1", opened: "3 mars 2026", verdict: .sample, opinions: [.sample], hasOpinions: true,
                costs: .sample, said: [.sample], isNumbered: true, isGoing: true)
        ], votes: [PlaceLink(label: "Projet 3 du vote Budget", href: "/votes/b/projects/3")], hasVotes: true,
        answerHref: "/proposals/12/answer", answerLabel: "Répondre à la ville")
}

extension ExaminationView {
    init(
        _ scene: ProposalScene, _ examinations: [Examination], _ candidacies: [Nominations.Candidacy],
        _ cause: AuthorAnswer.Cause?
    ) {
        let strings: Strings = scene.strings
        let words = ExaminationWords(strings, currency: scene.published.currency)
        rounds = examinations.enumerated().map { index, examination in
            let opinions: [OpinionView] = examination.standing.map { words.opinion($0) }
            return Round(
                heading: strings("exam.round", ["number": strings.number(examination.round)]),
                opened: strings("exam.opened_on", ["date": strings.date(examination.openedAt)]),
                verdict: examination.verdict.map { words.verdict($0) }, opinions: opinions,
                hasOpinions: !opinions.isEmpty, costs: words.costs(of: examination),
                said: words.said(in: examination), isNumbered: examinations.count > 1,
                isGoing: index == 0 && scene.proposal.status == .inExamination)
        }
        votes = candidacies.map { candidacy in
            PlaceLink(
                label: strings(
                    "exam.project", ["number": String(candidacy.project), "vote": candidacy.vote(strings.language)]),
                href: "/votes/\(candidacy.slug)/projects/\(candidacy.project)")
        }
        hasVotes = !votes.isEmpty
        answerHref = cause.map { _ in "\(scene.here)/answer" }
        answerLabel = strings(cause == .adaptation ? "exam.answer.adaptation" : "exam.answer.verdict")
    }
}
