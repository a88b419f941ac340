import Foundation
import Participation

/// An argument as pages show it.
struct ArgumentView: Sendable {
    /// A page of the web on which it rests.
    struct Source: Sendable {
        let href: String
        /// The address without its scheme, which says where the link leads.
        let label: String
    }

    let anchor: String
    let href: String
    let title: String
    let wroteIn: String?
    /// The words as HTML; nil once withdrawn.
    let html: String?
    let who: String
    /// « Recueilli à un stand », for what somebody said to an agent.
    let isFromStand: Bool
    let date: String
    let edited: String?
    let sources: [Source]
    let hasSources: Bool
    /// « 3 personnes le trouvent convaincant »; nil while nobody may know.
    let supports: String?
    /// Where one says that it convinces; nil where one cannot.
    let supportHref: String?
    let isSupported: Bool
    /// « 4 réponses »
    let answers: String
    let answersHref: String
    let editHref: String?
    let withdrawHref: String?

    static let sample = ArgumentView(
        anchor: "argument-1", href: "/x/arguments/1", title: "Des arbres", wroteIn: "fr", html: "<p>De l’ombre.</p>",
        who: "Ada", isFromStand: true, date: "3 mars", edited: "Modifié",
        sources: [Source(href: "https://example.org/a", label: "example.org/a")], hasSources: true,
        supports: "3 personnes", supportHref: "/x/arguments/1/support", isSupported: true, answers: "4 réponses",
        answersHref: "/x/arguments/1#comments", editHref: "/x/arguments/1/correction",
        withdrawHref: "/x/arguments/1/withdrawal")
}

extension ArgumentView {
    init(_ argument: DebateArgument, in scene: DebateScene, now: Date = Date()) {
        let strings: Strings = scene.strings
        let here = "\(scene.here)/arguments/\(argument.number)"
        let isGone: Bool = argument.withdrawnAt != nil
        let reader: ID<Account>? = scene.account?.id
        anchor = "argument-\(argument.number)"
        href = here
        title = isGone ? strings("consultations.debate.withdrawn") : argument.title
        wroteIn = isGone ? nil : argument.language.foreign(to: strings.language)
        html = isGone ? nil : Markdown.html(argument.body)
        isFromStand = argument.isFromStand
        let name: String = isGone || argument.name.isEmpty ? strings("talk.comment.nobody") : argument.name
        who = argument.isFromStand ? strings("consultations.debate.at_stand") : name
        date = strings.date(argument.createdAt)
        edited =
            isGone ? nil : argument.editedAt.map { strings("talk.comment.edited", ["date": strings.moment($0)]) }
        sources = argument.sources.map { address in
            Source(href: address, label: String(address.trimmingPrefix(/https?:\/\//).prefix(60)))
        }
        hasSources = !argument.sources.isEmpty
        supports =
            scene.debate.showsCounts && !isGone
            ? strings.plural("consultations.debate.supports", argument.supports) : nil
        let isOwn: Bool = argument.account != nil && argument.account == reader
        supportHref =
            scene.debate.isOpen && !isGone && !isOwn && argument.joinedInto == nil ? "\(here)/support" : nil
        isSupported = argument.isSupported
        answers = strings.plural("consultations.debate.answers", argument.comments)
        answersHref = "\(here)#comments"
        editHref = scene.debate.isOpen && argument.mayEdit(reader, at: now) ? "\(here)/correction" : nil
        withdrawHref = argument.mayWithdraw(reader) ? "\(here)/withdrawal" : nil
    }
}
