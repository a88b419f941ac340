import Foundation
import Participation

/// The file of a proposal, everything on one page.
struct FilePage: PageView {
    static let template = "examinations/file"

    /// A note, an answer of the authors, or the wish for another wording.
    struct Said: Sendable {
        let heading: String
        let date: String
        let text: String
        let code: String?
    }

    struct Asked: Sendable {
        let service: String
        let due: String
        let isLate: Bool
        let isAnswered: Bool
        let opinionHref: String?
        let withdrawAction: String?
    }

    struct Round: Sendable {
        let heading: String
        let opened: String
        let asked: [Asked]
        let hasAsked: Bool
        let opinions: [OpinionView]
        let hasOpinions: Bool
        let costs: CostTable?
        let said: [Said]
        let notes: [Said]
        let hasNotes: Bool
        let verdict: VerdictView?
        /// Whether the answer waits to be published.
        let isUnpublished: Bool
    }

    struct ActLine: Sendable {
        let at: String
        let who: String
        let act: String
    }

    let errors: ErrorSummary?
    let crumbs: [PlaceLink]
    let number: String
    let title: String
    let wroteIn: String?
    let status: StatusWord
    let base: String
    let publicHref: String
    let facts: [PlaceFact]
    let text: String
    let votes: [PlaceLink]
    let similar: [LikeProposal]
    let hasSimilar: Bool
    let rounds: [Round]
    let isAgent: Bool
    let assignHref: String?
    let openAction: String?
    let openLabel: String
    let verdictHref: String?
    let takeBackAction: String?
    let answersHref: String?
    let note: TextArea?
    let request: [TextArea]
    let canAsk: Bool
    let acts: [ActLine]

    static let sample = FilePage(
        errors: ErrorSummary(items: [.init(field: "note", text: "Écrivez une note.")]),
        crumbs: [PlaceLink(label: "Dossiers", href: "/x")], number: "12", title: "Ein Brunnen", wroteIn: "de",
        status: .sample, base: "/desk/processes/d/files/12", publicHref: "/proposals/12",
        facts: [PlaceFact(name: "Quartier", text: "Centre")], text: "<p>Ein Brunnen.</p>",
        votes: [PlaceLink(label: "Budget", href: "/desk/votes/b")], similar: [.sample], hasSimilar: true,
        rounds: [
            Round(
                heading: "Examen 1", opened: "3 mars 2026",
                asked: [
                    Asked(
                        service: "Voirie", due: "4 mars 2026", isLate: true, isAnswered: true, opinionHref: "/x",
                        withdrawAction: "/x")
                ], hasAsked: true, opinions: [.sample], hasOpinions: true, costs: .sample,
                said: [Said(heading: "Réponse", date: "3 mars 2026", text: "<p>Oui.</p>", code: "fr")],
                notes: [Said(heading: "Ada", date: "3 mars 2026", text: "<p>À voir.</p>", code: nil)], hasNotes: true,
                verdict: .sample, isUnpublished: true)
        ], isAgent: true, assignHref: "/x", openAction: "/x", openLabel: "Examiner", verdictHref: "/x",
        takeBackAction: "/x", answersHref: "/x", note: .sample, request: [.sample], canAsk: true,
        acts: [ActLine(at: "hier", who: "Ada", act: "a donné un avis")])
}

extension FilePage {
    init(
        _ scene: FileScene, _ file: ProposalFile, _ candidacies: [Nominations.Candidacy],
        similar alike: [SimilarProposal], _ form: Fields, _ problems: FieldErrors, _ strings: Strings
    ) {
        let proposal: Proposal = file.proposal
        let base = "\(scene.base)/files/\(proposal.number)"
        let latest: Examination? = file.examinations.first
        let isGoing: Bool = proposal.status == .inExamination && latest != nil && latest?.verdict == nil
        let isWritten: Bool = latest?.verdict != nil && latest?.verdict?.publishedAt == nil
        errors = problems.summary(strings)
        crumbs = scene.crumbs(strings)
        number = String(proposal.number)
        title = proposal.title
        wroteIn = proposal.language.foreign(to: strings.language)
        status = ProposalWords(strings).status(proposal.status)
        self.base = base
        publicHref = "/proposals/\(proposal.number)"
        facts = Self.facts(of: file, scene, strings)
        text = Markdown.html(proposal.body)
        votes = candidacies.map { PlaceLink(label: $0.vote(strings.language), href: "/desk/votes/\($0.slug)") }
        let isJoinable: Bool = scene.isAgent && [.received, .inExamination].contains(proposal.status)
        similar = alike.map {
            LikeProposal($0, to: proposal.number, desk: isJoinable ? scene.base : nil, strings)
        }
        hasSimilar = !similar.isEmpty
        rounds = file.examinations.map { examination in
            Round(
                examination, file, base: base, scene, isGoing: isGoing && examination.id == latest?.id, strings)
        }
        isAgent = scene.isAgent
        let canAssign: Bool = isGoing || proposal.status == .received
        assignHref = scene.isAgent && canAssign ? "\(scene.base)/assignments/new?proposal=\(proposal.number)" : nil
        let canOpen: Bool = [.received, .refused].contains(proposal.status)
        openAction = scene.isAgent && canOpen ? "\(base)/examinations" : nil
        openLabel = strings(latest == nil ? "exam.open.first" : "exam.open.again")
        verdictHref = scene.isAgent && isGoing ? "\(base)/verdict" : nil
        takeBackAction = scene.isAgent && isWritten ? "\(base)/verdict/removal" : nil
        answersHref = scene.isAgent && isWritten ? "\(scene.base)/answers" : nil
        note =
            latest == nil
            ? nil
            : problems.area(
                "note", label: strings("exam.note.write"), text: form.text("note"), rows: 3,
                advice: strings("exam.note.hint"), strings)
        canAsk = scene.isAgent && isGoing && latest?.request == nil
        request = canAsk ? problems.areas("request", label: strings("exam.ask.words"), rows: 3, form, strings) : []
        acts = file.acts.map { act in
            ActLine(
                at: strings.moment(act.at), who: act.name ?? strings("actor.\(act.actor)"),
                act: strings.contains("act.\(act.act)") ? strings("act.\(act.act)") : act.act)
        }
    }

    private static func facts(of file: ProposalFile, _ scene: FileScene, _ strings: Strings) -> [PlaceFact] {
        let proposal: Proposal = file.proposal
        let authors: String = ProposalWords(strings).authors(
            file.authors, kind: proposal.authorKind, group: proposal.groupName)
        return [
            PlaceFact(name: strings("exam.fact.authors"), text: authors),
            PlaceFact(
                name: strings("exam.fact.supports"), text: scene.isAgent ? strings.number(proposal.supports) : ""),
            PlaceFact(name: strings("proposals.fact.theme"), text: file.theme?(strings.language) ?? ""),
            PlaceFact(name: strings("proposals.fact.district"), text: file.district?(strings.language) ?? ""),
            PlaceFact(name: strings("proposals.fact.place"), text: proposal.place),
            PlaceFact(
                name: strings("proposals.fact.cost"),
                text: proposal.cost.map { strings.money($0, currency: file.currency) } ?? ""),
        ].filter { !$0.text.isEmpty }
    }
}

extension FilePage.Round {
    init(
        _ examination: Examination, _ file: ProposalFile, base: String, _ scene: FileScene, isGoing: Bool,
        _ strings: Strings
    ) {
        let words = ExaminationWords(strings, currency: file.currency)
        let answered: Set<ID<ExaminingService>> = Set(examination.opinions.map(\.service))
        heading = strings("exam.round", ["number": strings.number(examination.round)])
        opened = strings.date(examination.openedAt)
        asked = examination.assignments.map { assignment in
            let isAnswered: Bool = answered.contains(assignment.service)
            let isMine: Bool = file.services?.contains(assignment.service) ?? true
            return FilePage.Asked(
                service: assignment.serviceName(strings.language), due: strings.day(assignment.due),
                isLate: assignment.isOverdue && !isAnswered && isGoing, isAnswered: isAnswered,
                opinionHref: isGoing && isMine ? "\(base)/opinions/\(assignment.service)" : nil,
                withdrawAction: isGoing && scene.isAgent && !isAnswered
                    ? "\(scene.base)/assignments/\(assignment.id)/withdrawal" : nil)
        }
        hasAsked = !asked.isEmpty
        opinions = examination.opinions.map { opinion in
            words.opinion(opinion, isStanding: examination.standing.contains { $0.id == opinion.id }, forStaff: true)
        }
        hasOpinions = !opinions.isEmpty
        costs = words.costs(of: examination)
        said = words.said(in: examination).map {
            FilePage.Said(heading: $0.heading, date: $0.date, text: $0.text, code: $0.code)
        }
        notes = (file.notes[examination.id] ?? []).map { note in
            FilePage.Said(
                heading: note.author.isEmpty ? strings("proposals.author.gone") : note.author,
                date: strings.moment(note.at), text: Markdown.html(note.words), code: nil)
        }
        hasNotes = !notes.isEmpty
        verdict = examination.verdict.map { words.verdict($0) }
        isUnpublished = examination.verdict != nil && examination.verdict?.publishedAt == nil
    }
}
