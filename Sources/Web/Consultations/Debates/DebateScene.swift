import Foundation
import Hummingbird
import Participation

/// A published debate as somebody looks at it: what every public page of it begins with.
struct DebateScene: Sendable {
    let consultation: Consultation
    let debate: Debate
    /// Who looks; nil for whoever has not signed in.
    let account: SignedInAccount?
    let strings: Strings

    /// The address of the debate.
    var here: String { "/consultations/\(consultation.handle)/debates/\(debate.handle)" }
    var question: String { debate.question(strings.language) }
    /// Whether the reader may write down what somebody says at a stand, and join.
    var isAgent: Bool { account?.holds(.participationAgent, process: consultation.process) == true }

    /// The debate of the path; absent unless it and its consultation are published.
    static func find(
        _ context: AppContext, _ consultations: Consultations, _ debates: Debates, _ strings: Strings
    ) async throws -> DebateScene {
        let consultation: Consultation = try await consultations.published(context)
        guard let debate = try await debates.find(try context.slug("debate"), of: consultation.id),
            debate.publishedAt != nil
        else { throw Absent() }
        return DebateScene(
            consultation: consultation, debate: debate, account: context.account, strings: strings)
    }

    /// The way back, above the title.
    var crumbs: [PlaceLink] {
        [
            PlaceLink(label: strings("consultations.title"), href: "/consultations"),
            PlaceLink(
                label: consultation.title(strings.language), href: "/consultations/\(consultation.handle)"),
        ]
    }

    /// How the debate stands.
    var status: StatusWord { Self.status(of: debate, in: consultation, strings) }

    static func status(of debate: Debate, in consultation: Consultation, _ strings: Strings) -> StatusWord {
        let (key, tone): (String, String?) =
            if debate.concludedAt != nil {
                ("concluded", "good")
            } else if debate.isOpen {
                ("open", "now")
            } else {
                consultation.stage == .announcement ? ("coming", "wait") : ("closed", nil)
            }
        return StatusWord(
            word: strings("consultations.debate.state.\(key)"), tone: tone,
            meaning: strings(
                "consultations.debate.state.\(key).words",
                [
                    "from": strings.moment(consultation.collectsFrom),
                    "until": strings.moment(consultation.collectsUntil),
                ]))
    }
}

/// One argument of it, which people answer.
struct ArgumentScene: CommentScene {
    let scene: DebateScene
    let argument: DebateArgument

    var host: CommentHost { .argument(argument.id) }
    var here: String { "\(scene.here)/arguments/\(argument.number)" }
    var title: String {
        argument.withdrawnAt == nil ? argument.title : scene.strings("consultations.debate.withdrawn")
    }
    var wroteIn: String? { argument.withdrawnAt == nil ? argument.language.foreign(to: scene.strings.language) : nil }
    var commentCount: Int { argument.comments }
    var takesPositions: Bool { false }
    var closedWords: String { "consultations.debate.answers.closed" }
    var isOver: Bool { scene.debate.concludedAt != nil || argument.withdrawnAt != nil }
    var account: SignedInAccount? { scene.account }
    var cityRole: Role? { scene.isAgent ? .participationAgent : nil }
    var strings: Strings { scene.strings }

    func isOpen(_ comments: Comments) async throws -> Bool { scene.debate.isOpen && argument.withdrawnAt == nil }

    /// The argument that the path names.
    static func find(
        _ context: AppContext, _ consultations: Consultations, _ debates: Debates, _ arguments: Arguments,
        _ strings: Strings
    ) async throws -> ArgumentScene {
        let scene: DebateScene = try await .find(context, consultations, debates, strings)
        guard
            let argument = try await arguments.find(
                try context.integer("argument"), of: scene.debate.id, for: scene.account?.id)
        else { throw Absent() }
        return ArgumentScene(scene: scene, argument: argument)
    }
}
