import Participation

/// The form of a call for proposals, at the desk.
struct CallPage: PageView {
    static let template = "proposals/writing-call"

    /// An input with a label of its own.
    struct Labelled: Sendable {
        let label: String
        let code: String
        let input: Input
    }

    /// A theme, or an empty line for another one.
    struct ThemeLine: Sendable {
        let index: String
        let heading: String
        let id: String
        let rank: String
        let titles: [Labelled]
    }

    /// A box to tick in a cell of the table.
    struct Tick: Sendable {
        let name: String
        let label: String
        let isOn: Bool
    }

    /// What may be done while a phase of a kind lasts.
    struct RuleLine: Sendable {
        let phase: String
        let ticks: [Tick]
        let numbers: [Labelled]
    }

    let processTitle: String
    let processHref: String
    let action: String
    let errors: ErrorSummary?
    let guidance: [Labelled]
    let ceiling: Input
    let currency: Input
    let themes: [ThemeLine]
    let rules: [RuleLine]

    static let sample = CallPage(
        processTitle: "Diagonales", processHref: "/desk/processes/d", action: "/desk/processes/d/call",
        errors: ErrorSummary(items: [.init(field: "ceiling", text: "Écrivez un montant.")]),
        guidance: [Labelled(label: "Consigne", code: "fr", input: Input(name: "guidance-fr", value: "Pensez vert."))],
        ceiling: Input(name: "ceiling", value: "x", error: "Écrivez un montant."),
        currency: Input(name: "currency", value: "E", error: "Trois lettres."),
        themes: [
            ThemeLine(
                index: "0", heading: "Thème 1", id: "x", rank: "1",
                titles: [
                    Labelled(label: "Titre", code: "fr", input: Input(name: "theme-0-fr", value: "Eau", error: "—"))
                ])
        ],
        rules: [
            RuleLine(
                phase: "Idées", ticks: [Tick(name: "rule-ideas-write", label: "Proposer", isOn: true)],
                numbers: [Labelled(label: "Limite", code: "", input: Input(name: "rule-ideas-limit", error: "—"))])
        ])
}

extension CallPage {
    init(_ form: CallForm, _ process: Participation.Process, _ errors: FieldErrors, _ strings: Strings) {
        func input(_ name: String) -> Input { errors.input(name, value: form.values[name] ?? "", strings) }
        processTitle = process.title(strings.language)
        processHref = "/desk/processes/\(process.slug)"
        action = "/desk/processes/\(process.slug)/call"
        self.errors = errors.summary(strings)
        ceiling = input("ceiling")
        currency = input("currency")
        guidance = Language.allCases.map { language in
            Labelled(
                label: strings(
                    "proposals.call.guidance_in", ["language": strings("language.\(language.rawValue)")]),
                code: language.rawValue, input: input("guidance-\(language.rawValue)"))
        }
        themes = (0..<form.themeCount).map { index in
            ThemeLine(
                index: String(index),
                heading: strings("proposals.call.theme_line", ["number": strings.number(index + 1)]),
                id: form.values["theme-\(index)-id"] ?? "", rank: form.values["theme-\(index)-rank"] ?? "",
                titles: Language.allCases.map { language in
                    Labelled(
                        label: strings(
                            "proposals.call.theme_title", ["language": strings("language.\(language.rawValue)")]),
                        code: language.rawValue, input: input("theme-\(index)-\(language.rawValue)"))
                })
        }
        rules = Phase.Kind.allCases.map { kind in
            let phase: String = strings("phases.kind.\(kind.rawValue)")
            let own: String = "rule-\(kind.rawValue)"
            func label(_ key: String) -> String {
                strings("proposals.call.in_phase", ["what": strings(key), "phase": phase])
            }
            func tick(_ name: String, _ key: String) -> Tick {
                Tick(name: "\(own)-\(name)", label: label(key), isOn: form.values["\(own)-\(name)"] == "yes")
            }
            func number(_ name: String, _ key: String) -> Labelled {
                Labelled(label: label(key), code: "", input: input("\(own)-\(name)"))
            }
            return RuleLine(
                phase: phase,
                ticks: [
                    tick("write", "proposals.call.may_write"), tick("comment", "proposals.call.may_comment"),
                    tick("support", "proposals.call.may_support"), tick("hides", "proposals.call.hides"),
                ],
                numbers: [
                    number("limit", "proposals.call.limit"), number("threshold", "proposals.call.threshold"),
                ])
        }
    }
}
