public import HTTPTypes
public import Hummingbird
public import Mustache
import NIOCore
public import Participation

/// The model of one page: stored properties, already formatted for the reader, that a template only places.
///
/// Mustache looks properties up by reflection. It sees stored ones only, prints nothing for a name it does not find,
/// and takes a name missing in an inner object from the outer one: give every element of a list all its properties.
public protocol PageView: Sendable {
    /// The template, as a path below `Templates` without extension: `votes/ballot`.
    static var template: String { get }
    /// A page with something in every property, for the test that renders them all.
    static var sample: Self { get }
}

/// What a template is filled with: the page and the frame around it.
struct Screen: MustacheParent {
    let frame: FrameModel
    let view: any PageView

    func child(named name: String) -> Any? {
        switch name {
        case "frame": frame
        case "view": view
        default: nil
        }
    }
}

/// What the layouts show around every page. A type of its own lookup: it is on every page, and reflection is slow.
public struct FrameModel: MustacheParent {
    /// A language that the page can be read in.
    public struct LanguageLink: MustacheParent {
        let code: String
        let name: String
        let href: String
        let current: Bool

        /// The value of a name of a template.
        public func child(named name: String) -> Any? {
            switch name {
            case "code": code
            case "name": self.name
            case "href": href
            case "current": current
            default: nil
            }
        }
    }

    /// A way to show the colours.
    struct ThemeLink {
        let name: String
        let href: String
        let current: Bool
    }

    /// Who helps in person.
    struct HelpLines {
        let place: String
        let hours: String
        let phone: String
        let phoneHref: String
    }

    /// Who is signed in.
    struct AccountLink {
        let name: String
        let deskHref: String?
    }

    /// The sentence about what has just been done.
    struct FlashLine {
        let isError: Bool
        let text: String
    }

    let language: String
    let title: String
    let city: String
    let help: HelpLines
    let demonstration: Bool
    let development: Bool
    let languages: [LanguageLink]
    /// `contrast`, or nil for the colours of the reader's device.
    let theme: String?
    let themes: [ThemeLink]
    let account: AccountLink?
    /// Somebody is in the middle of voting, without an account.
    let voting: Bool
    /// They vote at a kiosk, which asks whether they are still there.
    let kiosk: Bool
    let flash: FlashLine?
    let stylesheet: String
    let icon: String
    let scripts: [String]
    let here: String
    let focus: Bool
    let helpHref: String
    let signInHref: String
    /// Makes the form token when a template asks for it: pages without a form set no cookie.
    let makeToken: () -> String

    /// The names that templates may use after `frame.`.
    static let names: Set<String> = [
        "language", "title", "city", "help", "demonstration", "development", "languages", "theme", "themes", "account",
        "voting", "kiosk", "flash", "stylesheet", "icon", "scripts", "here", "focus", "helpHref", "signInHref", "token",
    ]

    /// The value of a name after `frame.`.
    public func child(named name: String) -> Any? {
        switch name {
        case "language": language
        case "title": title
        case "city": city
        case "help": help
        case "demonstration": demonstration
        case "development": development
        case "languages": languages
        case "theme": theme
        case "themes": themes
        case "account": account
        case "voting": voting
        case "kiosk": kiosk
        case "flash": flash
        case "stylesheet": stylesheet
        case "icon": icon
        case "scripts": scripts
        case "here": here
        case "focus": focus
        case "helpHref": helpHref
        case "signInHref": signInHref
        case "token": makeToken()
        default: nil
        }
    }
}

extension Site {
    /// The page of `view` in the reader's language, inside its layout.
    ///
    /// - Parameters:
    ///   - title: the heading of the page, first in the title of the window.
    ///   - focus: a task in steps, without menus that could lose it.
    ///   - scripts: names of files of `Public` that enhance the page.
    public func page(
        _ view: some PageView, title: String, _ request: Request, _ context: AppContext,
        status: HTTPResponse.Status = .ok, focus: Bool = false, scripts: [String] = []
    ) -> Response {
        let flash = cookies.value(.flash, of: request)
        let frame = frame(
            title: title, here: ReaderChoice.withoutChoices(request.target), language: context.language,
            session: context.session, theme: cookies.value(.theme, of: request) == "contrast" ? "contrast" : nil,
            focus: focus, scripts: scripts, flash: flash.flatMap(flashes.read),
            makeToken: { formToken(request, context) })
        let html = templates.render(type(of: view).template, Screen(frame: frame, view: view), in: context.language)
        var response = Response(
            status: status,
            headers: [
                .contentType: "text/html; charset=utf-8",
                .contentLanguage: context.language.rawValue,
                .cacheControl: context.session == nil ? "private, no-cache" : "no-store",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
        if let cookie = context.state.secret?.newCookie {
            response.setCookie(cookies.setting(.visit, to: cookie))
        }
        if flash != nil { response.setCookie(cookies.clearing(.flash)) }
        return response
    }

    /// A piece of a page rendered on its own, to keep and to place with `{{{html}}}`: reflection makes long lists slow.
    ///
    /// The piece is the template filled with `view` alone: it knows no frame, so it may hold no form token.
    public func fragment(_ view: some PageView, _ language: Language) -> String {
        templates.render(type(of: view).template, view, in: language)
    }

    /// A letter: the template of `view` inside the layout `mail`, in plain text.
    public func letter(_ view: some PageView, _ language: Language) -> String {
        let frame = frame(title: "", here: "/", language: language, session: nil)
        return templates.render(type(of: view).template, Screen(frame: frame, view: view), in: language)
    }

    func frame(
        title: String, here: String, language: Language, session: Session?, theme: String? = nil, focus: Bool = false,
        scripts: [String] = [], flash: Flash? = nil, makeToken: @escaping () -> String = { "" }
    ) -> FrameModel {
        let strings = strings(language)
        let separator = here.contains("?") ? "&" : "?"
        return FrameModel(
            language: language.rawValue,
            title: title,
            city: city.name,
            help: helpLines,
            demonstration: city.isDemonstration,
            development: city.isDevelopment,
            languages: Language.allCases.map { other in
                .init(
                    code: other.rawValue, name: ReaderChoice.name(of: other),
                    href: "\(here)\(separator)lang=\(other.rawValue)", current: other == language)
            },
            theme: theme,
            themes: [
                .init(name: strings("theme.system"), href: "\(here)\(separator)theme=system", current: theme == nil),
                .init(
                    name: strings("theme.contrast"), href: "\(here)\(separator)theme=contrast", current: theme != nil),
            ],
            account: session?.account.map { .init(name: $0.name, deskHref: $0.hasDesk ? "/desk" : nil) },
            voting: session?.voting != nil,
            kiosk: session?.voting?.kiosk != nil,
            flash: flash.map { .init(isError: $0.isError, text: strings($0.key, $0.arguments)) },
            stylesheet: assets.url("site.css") ?? "/assets/site.css",
            icon: assets.url("icon.svg") ?? "/assets/icon.svg",
            scripts: scripts.map { assets.url($0) ?? "/assets/\($0)" },
            here: here,
            focus: focus,
            helpHref: "/help",
            signInHref: "/sign-in?next=\(PercentDecoding.encode(here))",
            makeToken: makeToken)
    }

    private var helpLines: FrameModel.HelpLines {
        .init(
            place: city.help.place, hours: city.help.hours, phone: city.help.phone,
            phoneHref: "tel:\(city.help.phone.filter { $0.isASCII && ($0.isNumber || $0 == "+") })")
    }

    /// The token of a form of this answer.
    private func formToken(_ request: Request, _ context: AppContext) -> String {
        guard let secret = tokens.secret(of: request, context, jar: cookies, create: true) else { return "" }
        return tokens.token(for: secret.binding)
    }
}
