import Foundation
import Participation

/// A debate: the question, what one has to know, and the arguments in a column for each side.
struct DebatePage: PageView {
    static let template = "consultations/debate-page"

    /// A text of its agents as HTML, in which language where it is not the reader's.
    struct Passage: Sendable {
        let html: String
        let language: String?
    }

    /// One side with its arguments.
    struct Side: Sendable {
        let anchor: String
        let title: String
        let titleLanguage: String?
        let count: String
        let heard: Passage?
        let arguments: [ArgumentView]
        let isEmpty: Bool
        /// Where the others are; nil where all are here.
        let more: PlaceLink?
        /// Where one argues for it; nil where one cannot.
        let writeHref: String?
    }

    /// An order to read in.
    struct Order: Sendable {
        let label: String
        let href: String
        let isCurrent: Bool
    }

    let crumbs: [PlaceLink]
    let title: String
    let titleLanguage: String?
    let status: StatusWord
    let context: Passage?
    let conclusions: Passage?
    let concluded: String?
    let primary: PlaceLink?
    let standHref: String?
    let deskHref: String?
    let orders: [Order]
    let orderWords: String
    let hidden: String?
    let sides: [Side]

    static let sample = DebatePage(
        crumbs: [PlaceLink(label: "Consultations", href: "/consultations")], title: "Des voitures ?",
        titleLanguage: "fr", status: .sample, context: Passage(html: "<p>Savoir.</p>", language: "fr"),
        conclusions: Passage(html: "<p>Conclu.</p>", language: "fr"), concluded: "Conclu le 3 mars",
        primary: PlaceLink(label: "Argumenter", href: "/x/arguments/new"), standHref: "/x/arguments/new?stand=1",
        deskHref: "/desk/x", orders: [Order(label: "Au hasard", href: "?order=shuffled", isCurrent: true)],
        orderWords: "Au hasard.", hidden: "Après la clôture.",
        sides: [
            Side(
                anchor: "side-1", title: "Pour", titleLanguage: "fr", count: "3 arguments",
                heard: Passage(html: "<p>Entendu.</p>", language: "fr"), arguments: [.sample], isEmpty: true,
                more: PlaceLink(label: "Voir les autres", href: "?side=1"), writeHref: "/x/arguments/new?side=1")
        ])
}

extension DebatePage.Passage {
    /// Nil where the agents wrote nothing.
    init?(_ texts: Texts, _ reader: Language) {
        let text: String = texts(reader)
        guard !text.isEmpty else { return nil }
        self.init(html: Markdown.html(text), language: texts.foreign(to: reader))
    }
}

extension DebatePage {
    /// How many arguments of a side stand beside the others, and on a page of their own.
    static let beside = 8, alone = 30

    /// What is asked of the page by its address.
    struct Choice: Sendable {
        let order: ArgumentOrder
        /// One side alone; nil for all.
        let side: Int?
        let isContinued: Bool
    }

    init(_ scene: DebateScene, _ choice: Choice, _ found: [DebateArgument], _ counts: [Int: Int], deskHref: String?) {
        let (debate, strings): (Debate, Strings) = (scene.debate, scene.strings)
        let reader: Language = strings.language
        let here: String = scene.here
        let limit: Int = choice.side == nil ? Self.beside : Self.alone
        let write = "\(here)/arguments/new"
        crumbs = scene.crumbs
        title = scene.question
        titleLanguage = debate.question.foreign(to: reader)
        status = scene.status
        context = Passage(debate.context, reader)
        conclusions = debate.concludedAt == nil ? nil : Passage(debate.conclusions, reader)
        concluded = debate.concludedAt.map {
            strings("consultations.debate.concluded_on", ["date": strings.date($0)])
        }
        primary =
            debate.isOpen ? PlaceLink(label: strings("consultations.debate.write"), href: write) : nil
        standHref = debate.isOpen && scene.isAgent ? "\(write)?stand=1" : nil
        self.deskHref = deskHref
        let side: String = choice.side.map { "&side=\($0)" } ?? ""
        orders = ArgumentOrder.allCases.map {
            Order(
                label: strings("consultations.debate.order.\($0.rawValue)"),
                href: "\(here)?order=\($0.rawValue)\(side)", isCurrent: $0 == choice.order)
        }
        orderWords = strings("consultations.debate.order.\(choice.order.rawValue).words")
        hidden = debate.showsCounts ? nil : strings("consultations.debate.hidden")
        let shown: [Debate.Side] = debate.sides.filter { choice.side == nil || choice.side == $0.number }
        sides = shown.map { side in
            let own: [DebateArgument] = found.filter { $0.side == side.number }
            let page: [DebateArgument] = Array(own.prefix(limit))
            var more: PlaceLink?
            if own.count > limit, let last = page.last {
                let onward =
                    choice.side == nil
                    ? "?order=\(choice.order.rawValue)&side=\(side.number)"
                    : "?order=\(choice.order.rawValue)&side=\(side.number)&after=\(last.number)"
                more = PlaceLink(label: strings("consultations.debate.more"), href: here + onward)
            }
            return Side(
                anchor: "side-\(side.number)", title: side.title(reader),
                titleLanguage: side.title.foreign(to: reader),
                count: strings.plural("consultations.debate.arguments", counts[side.number] ?? 0),
                heard: debate.concludedAt == nil ? nil : Passage(side.heard, reader),
                arguments: page.map { ArgumentView($0, in: scene) }, isEmpty: page.isEmpty, more: more,
                writeHref: debate.isOpen ? "\(write)?side=\(side.number)" : nil)
        }
    }
}

/// One argument: what was joined into it, and the answers.
struct ArgumentPage: PageView {
    static let template = "consultations/debate-argument"

    let crumbs: [PlaceLink]
    let question: String
    let side: String
    let argument: ArgumentView
    /// What it was joined into.
    let joinedInto: PlaceLink?
    let joined: [ArgumentView]
    let hasJoined: Bool
    let comments: CommentView

    static let sample = ArgumentPage(
        crumbs: [PlaceLink(label: "Débat", href: "/x")], question: "Des voitures ?", side: "Pour", argument: .sample,
        joinedInto: PlaceLink(label: "Des arbres", href: "/x/arguments/2"), joined: [.sample], hasJoined: true,
        comments: .sample)
}

/// The form of an argument.
struct ArgumentFormPage: PageView {
    static let template = "consultations/debate-form"

    /// A side to choose.
    struct Choice: Sendable {
        let value: String
        let label: String
        let isChosen: Bool
    }

    let crumbs: [PlaceLink]
    let heading: String
    let lead: String
    let errors: ErrorSummary?
    let action: String
    /// Written down for somebody at a stand.
    let isForStand: Bool
    let asksSide: Bool
    let choices: [Choice]
    let sideProblem: String?
    let title: Field
    let body: StaffFormPage.Area
    let sources: [Field]
    let submit: String
    let backHref: String

    static let sample = ArgumentFormPage(
        crumbs: [PlaceLink(label: "Débat", href: "/x")], heading: "Argumenter", lead: "Dites pourquoi.",
        errors: ErrorSummary(items: [.init(field: "title", text: "Manque")]), action: "/x/arguments",
        isForStand: true, asksSide: true, choices: [Choice(value: "1", label: "Pour", isChosen: true)],
        sideProblem: "Choisissez.", title: FieldErrors.sampleField, body: .sample, sources: [FieldErrors.sampleField],
        submit: "Publier", backHref: "/x")
}

/// Asks whether an argument is to be withdrawn.
struct ArgumentWithdrawalPage: PageView {
    static let template = "consultations/debate-withdrawal"

    let crumbs: [PlaceLink]
    let argument: ArgumentView
    let action: String
    let backHref: String

    static let sample = ArgumentWithdrawalPage(
        crumbs: [PlaceLink(label: "Débat", href: "/x")], argument: .sample, action: "/x/withdrawal", backHref: "/x")
}
