import Foundation
import Mustache
import Participation

/// One comment as a page shows it, with the answers below it.
///
/// It looks its names up itself: what an answer lacks must not be taken from the comment around it, and a page has many.
struct CommentLine: MustacheParent {
    /// The id of its element: `comment-…`.
    let anchor: String
    /// Its own address.
    let href: String
    let name: String
    /// « Réponse de la ville », for what was written in a role.
    let role: String?
    /// « Pour », « Contre » or « Sans position », on the first level.
    let position: String?
    let tone: String?
    let date: String
    let edited: String?
    /// The words as HTML, in which language where it is not the reader's; nil once withdrawn.
    let text: String?
    let wroteIn: String?
    /// « Sous la proposition n° 15 », where proposals were joined.
    let origin: String?
    let originHref: String?
    let answerHref: String?
    let editHref: String?
    let withdrawHref: String?
    let hasActs: Bool
    let answers: [CommentLine]
    let hasAnswers: Bool
    /// « Voir les 12 réponses », where a page shows only some.
    let more: String?

    static let sample = CommentLine(
        anchor: "comment-1", href: "/proposals/12/comments/1", name: "Ada", role: "Ville", position: "Pour",
        tone: "good", date: "3 mars 2026", edited: "Modifié", text: "<p>Oui.</p>", wroteIn: "de",
        origin: "Sous la proposition n° 15", originHref: "/proposals/15", answerHref: "/proposals/12/comments/1#answer",
        editHref: "/proposals/12/comments/1/correction", withdrawHref: "/proposals/12/comments/1/withdrawal",
        hasActs: true,
        answers: [
            CommentLine(
                anchor: "comment-2", href: "/proposals/12/comments/2", name: "Bruno", role: nil, position: nil,
                tone: nil, date: "3 mars 2026", edited: nil, text: nil, wroteIn: nil, origin: nil, originHref: nil,
                answerHref: nil, editHref: nil, withdrawHref: nil, hasActs: false, answers: [], hasAnswers: false,
                more: nil)
        ], hasAnswers: true, more: "Voir les 12 réponses")
}

extension CommentLine {
    /// The value of a name of a template; false for what this comment does not have.
    func child(named name: String) -> Any? {
        switch name {
        case "anchor": anchor
        case "href": href
        case "name": self.name
        case "role": role ?? false as Any
        case "position": position ?? false as Any
        case "tone": tone ?? false as Any
        case "date": date
        case "edited": edited ?? false as Any
        case "text": text ?? false as Any
        case "wroteIn": wroteIn ?? false as Any
        case "origin": origin ?? false as Any
        case "originHref": originHref ?? false as Any
        case "answerHref": answerHref ?? false as Any
        case "editHref": editHref ?? false as Any
        case "withdrawHref": withdrawHref ?? false as Any
        case "hasActs": hasActs
        case "answers": answers
        case "hasAnswers": hasAnswers
        case "more": more ?? false as Any
        default: nil
        }
    }
}

/// Turns comments into what pages show.
struct CommentLines {
    let scene: any CommentScene
    /// Whether the reader may say something here.
    let isOpen: Bool
    let now = Date()

    private var strings: Strings { scene.strings }

    /// A conversation as a tree: the schema leaves three levels.
    func line(_ conversation: Conversation) -> CommentLine {
        var below: [ID<Comment>: [Comment]] = [:]
        for answer in conversation.answers {
            below[answer.parent ?? conversation.comment.id, default: []].append(answer)
        }
        func tree(_ comment: Comment, more: String?) -> CommentLine {
            line(comment, answers: (below[comment.id] ?? []).map { tree($0, more: nil) }, more: more)
        }
        let more: String? =
            conversation.hasMore ? strings.plural("talk.comment.more", conversation.comment.answers) : nil
        return tree(conversation.comment, more: more)
    }

    /// One comment without what answers it.
    func line(_ comment: Comment, answers: [CommentLine] = [], more: String? = nil) -> CommentLine {
        let href = "\(scene.here)/comments/\(comment.id)"
        let isWithdrawn: Bool = comment.withdrawnAt != nil
        let origin: Int64? = comment.depth == 1 ? scene.origin(of: comment) : nil
        let mayAnswer: Bool = isOpen && !isWithdrawn && comment.depth < Comment.deepest
        let mayEdit: Bool = comment.mayEdit(scene.account?.id, at: now)
        let mayWithdraw: Bool = comment.mayWithdraw(scene.account?.id)
        let tones: [Comment.Position: String] = [.for: "good", .against: "bad"]
        return CommentLine(
            anchor: "comment-\(comment.id)", href: href,
            name: comment.name.isEmpty ? strings("talk.comment.nobody") : comment.name,
            role: isWithdrawn ? nil : comment.role.map { strings("talk.comment.role.\($0.rawValue)") },
            position: comment.position.map { strings("talk.position.\($0.rawValue)") },
            tone: comment.position.flatMap { tones[$0] }, date: strings.moment(comment.createdAt),
            edited: isWithdrawn
                ? nil : comment.editedAt.map { strings("talk.comment.edited", ["date": strings.moment($0)]) },
            text: isWithdrawn ? nil : Markdown.html(comment.body),
            wroteIn: comment.language == strings.language ? nil : comment.language.rawValue,
            origin: origin.map { strings("talk.comment.origin", ["number": String($0)]) },
            originHref: origin.map { "/proposals/\($0)" },
            answerHref: mayAnswer ? "\(href)#answer" : nil, editHref: mayEdit ? "\(href)/correction" : nil,
            withdrawHref: mayWithdraw ? "\(href)/withdrawal" : nil, hasActs: mayAnswer || mayEdit || mayWithdraw,
            answers: answers, hasAnswers: !answers.isEmpty, more: more)
    }
}

/// The form of a comment or of an answer.
struct CommentForm: Sendable {
    struct Choice: Sendable {
        let value: String
        let label: String
        let isChosen: Bool
    }

    let action: String
    let label: String
    let hint: String
    let body: String
    let problem: String?
    let described: String
    /// The three positions, for the first level.
    let positions: [Choice]
    let asksPosition: Bool
    let positionProblem: String?
    /// The reader may speak for the city.
    let asksRole: Bool
    let asCity: Bool
    let most: String
    let words: String
    let submit: String

    static let sample = CommentForm(
        action: "/proposals/12/comments", label: "Votre commentaire", hint: "2 000 caractères au plus.", body: "Oui.",
        problem: "Écrivez.", described: "body-hint body-problem",
        positions: [Choice(value: "for", label: "Pour", isChosen: true)], asksPosition: true,
        positionProblem: "Choisissez.", asksRole: true, asCity: true, most: "2000", words: "Encore {count}",
        submit: "Publier")
}

extension CommentForm {
    init(
        action: String, label: String, submit: String, _ form: Fields, _ errors: FieldErrors, _ strings: Strings,
        asksPosition: Bool, mayBeCity: Bool
    ) {
        self.action = action
        self.label = strings(label)
        self.submit = strings(submit)
        self.asksPosition = asksPosition
        hint = strings("talk.comment.hint", ["most": strings.number(Comment.longest)])
        body = form.raw("body")
        problem = errors.text(for: "body", strings)
        described = problem == nil ? "body-hint" : "body-hint body-problem"
        positions = Comment.Position.allCases.map {
            Choice(
                value: $0.rawValue, label: strings("talk.position.\($0.rawValue)"),
                isChosen: form.text("position") == $0.rawValue)
        }
        positionProblem = errors.text(for: "position-for", strings)
        asksRole = mayBeCity
        asCity = !form.has("sent") || form.has("city")
        most = String(Comment.longest)
        words = strings("talk.comment.left")
    }
}
