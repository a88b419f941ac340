import Foundation
import Participation

/// Asking for an account.
struct SignUpPage: PageView {
    static let template = "residents/sign-up"
    static let sample = SignUpPage(
        SignUpForm(name: "Ada", email: "ada@example.fr", password: "", next: "/account"), .sample, .sample)

    let errors: ErrorSummary?
    let name: Field
    let email: Field
    let password: Field
    /// The page that the reader came for.
    let destination: String?
    let signInHref: String

    init(_ form: SignUpForm, _ errors: FieldErrors, _ strings: Strings) {
        self.errors = errors.summary(strings)
        self.name = errors.field(
            "name", label: strings("residents.field.name"), value: form.name,
            hint: strings("residents.field.name_hint"), autocomplete: "name", strings)
        self.email = errors.field(
            "email", label: strings("residents.field.email"), value: form.email, type: "email",
            hint: strings("residents.field.email_hint"), autocomplete: "email", inputmode: "email", strings)
        self.password = errors.newPassword("password", label: strings("residents.field.password"), strings)
        self.destination = form.next
        self.signInHref = SafePath.adding(form.next, to: "/sign-in")
    }
}

/// A letter is on its way.
struct SentPage: PageView {
    static let template = "residents/sent"
    static let sample = SentPage(heading: "Heading", text: "Text", mailHref: "/dev/mail")

    let heading: String
    let text: String
    /// Where a developer finds the letter.
    let mailHref: String?
}

/// The end of signing up: the password once more.
struct ConfirmationPage: PageView {
    static let template = "residents/confirm"
    static let sample = ConfirmationPage(Token(), next: nil, .sample, .sample)

    let errors: ErrorSummary?
    let action: String
    let password: Field

    init(_ token: Token, next: String?, _ errors: FieldErrors, _ strings: Strings) {
        self.errors = errors.summary(strings)
        self.action = SafePath.adding(next, to: "/confirm/\(token.text)")
        self.password = errors.field(
            "password", label: strings("residents.field.password"), type: "password",
            hint: strings("residents.confirm.hint"), autocomplete: "current-password", strings)
    }
}

/// The link of a letter that no longer works.
struct ExpiredPage: PageView {
    static let template = "residents/expired"
    static let sample = ExpiredPage(heading: "Heading", text: "Text", againHref: "/sign-up", again: "Again")

    let heading: String
    let text: String
    let againHref: String
    let again: String
}

/// Signing in.
struct SignInPage: PageView {
    static let template = "residents/sign-in"
    static let sample = SignInPage(
        SignInForm(email: "ada@example.fr", password: "", next: "/account"), .sample, .sample)

    let errors: ErrorSummary?
    let email: Field
    let password: Field
    /// The page that the reader came for.
    let destination: String?
    let signUpHref: String

    init(_ form: SignInForm, _ errors: FieldErrors, _ strings: Strings) {
        self.errors = errors.summary(strings)
        self.email = errors.field(
            "email", label: strings("residents.field.email"), value: form.email, type: "email",
            autocomplete: "username", inputmode: "email", strings)
        self.password = errors.field(
            "password", label: strings("residents.field.password"), type: "password",
            autocomplete: "current-password", strings)
        self.destination = form.next
        self.signUpHref = SafePath.adding(form.next, to: "/sign-up")
    }
}

/// A forgotten password: the address to write to.
struct ResetRequestPage: PageView {
    static let template = "residents/reset-request"
    static let sample = ResetRequestPage(email: "ada@example.fr", .sample, .sample)

    let errors: ErrorSummary?
    let email: Field

    init(email: String, _ errors: FieldErrors, _ strings: Strings) {
        self.errors = errors.summary(strings)
        self.email = errors.field(
            "email", label: strings("residents.field.email"), value: email, type: "email", autocomplete: "username",
            inputmode: "email", strings)
    }
}

/// A new password, by the link of a letter.
struct ResetPage: PageView {
    static let template = "residents/reset"
    static let sample = ResetPage(Token(), .sample, .sample)

    let errors: ErrorSummary?
    let action: String
    let password: Field

    init(_ token: Token, _ errors: FieldErrors, _ strings: Strings) {
        self.errors = errors.summary(strings)
        self.action = "/password-reset/\(token.text)"
        self.password = errors.newPassword("password", label: strings("residents.field.new_password"), strings)
    }
}

/// One's own account.
struct AccountPage: PageView {
    static let template = "residents/account"
    static let sample = AccountPage(
        Account(
            id: ID(), person: ID(), email: EmailAddress("ada@example.fr"), name: "Ada", language: .french,
            createdAt: .distantPast, confirmedAt: nil),
        name: nil,
        [
            SessionSummary(id: ID(), device: "Firefox, Linux", createdAt: .distantPast, lastSeenAt: .distantPast)
        ], current: nil, .sample, .sample)

    /// One session: a device that is signed in.
    struct Line: Sendable {
        let id: String
        let device: String
        let seen: String
        let since: String
        let isCurrent: Bool
    }

    /// A language to choose.
    struct Choice: Sendable {
        let code: String
        let label: String
        let isChosen: Bool
    }

    let errors: ErrorSummary?
    let email: String
    let name: Field
    let languages: [Choice]
    let sessions: [Line]

    init(
        _ account: Account, name: String?, _ sessions: [SessionSummary], current: ID<Session>?,
        _ errors: FieldErrors, _ strings: Strings
    ) {
        self.errors = errors.summary(strings)
        self.email = account.email?.text ?? ""
        self.name = errors.field(
            "name", label: strings("residents.field.name"), value: name ?? account.name, autocomplete: "name", strings)
        self.languages = Language.allCases.map {
            Choice(code: $0.rawValue, label: ReaderChoice.name(of: $0), isChosen: $0 == account.language)
        }
        self.sessions = sessions.map { session in
            Line(
                id: session.id.description,
                device: session.device.isEmpty ? strings("residents.account.unknown_device") : session.device,
                seen: strings("residents.account.last_seen", ["date": strings.moment(session.lastSeenAt)]),
                since: strings("residents.account.signed_in", ["date": strings.moment(session.createdAt)]),
                isCurrent: session.id == current)
        }
    }
}

/// Changing the password.
struct PasswordPage: PageView {
    static let template = "residents/password"
    static let sample = PasswordPage(.sample, .sample)

    let errors: ErrorSummary?
    let password: Field
    let newPassword: Field

    init(_ errors: FieldErrors, _ strings: Strings) {
        self.errors = errors.summary(strings)
        self.password = errors.field(
            "password", label: strings("residents.field.current_password"), type: "password",
            autocomplete: "current-password", strings)
        self.newPassword = errors.newPassword("new-password", label: strings("residents.field.new_password"), strings)
    }
}

/// Another address for the account.
struct AddressPage: PageView {
    static let template = "residents/address"
    static let sample = AddressPage(email: "ada@example.fr", .sample, .sample)

    let errors: ErrorSummary?
    let email: Field
    let password: Field

    init(email: String, _ errors: FieldErrors, _ strings: Strings) {
        self.errors = errors.summary(strings)
        self.email = errors.field(
            "email", label: strings("residents.field.new_email"), value: email, type: "email",
            hint: strings("residents.field.email_hint"), autocomplete: "email", inputmode: "email", strings)
        self.password = errors.field(
            "password", label: strings("residents.field.current_password"), type: "password",
            autocomplete: "current-password", strings)
    }
}

/// The end of changing the address: one button, since some programs follow every link of a letter by themselves.
struct NewAddressPage: PageView {
    static let template = "residents/new-address"
    static let sample = NewAddressPage(Token(), EmailAddress("ada@example.fr")!)

    let action: String
    let email: String

    init(_ token: Token, _ address: EmailAddress) {
        self.action = "/account/address/\(token.text)"
        self.email = address.text
    }
}

/// Closing the account.
struct ClosingPage: PageView {
    static let template = "residents/closing"
    static let sample = ClosingPage(.sample, .sample)

    let errors: ErrorSummary?
    let password: Field

    init(_ errors: FieldErrors, _ strings: Strings) {
        self.errors = errors.summary(strings)
        self.password = errors.field(
            "password", label: strings("residents.field.password"), type: "password",
            autocomplete: "current-password", strings)
    }
}

/// The letters written in development.
struct MailPage: PageView {
    static let template = "residents/mail"
    static let sample = MailPage(
        [
            .init(
                name: "1.eml", recipient: "ada@example.fr", subject: "Subject",
                body: "Hello\nhttp://localhost:8080/sign-in\n", date: .distantPast)
        ], publicURL: "http://localhost:8080", .sample)

    /// One letter.
    struct Line: Sendable {
        let recipient: String
        let subject: String
        let date: String
        let body: String
        /// The paths of this service that the letter leads to.
        let links: [String]
    }

    let letters: [Line]

    init(_ entries: [MailFolder.Entry], publicURL: String, _ strings: Strings) {
        self.letters = entries.map { entry in
            Line(
                recipient: entry.recipient, subject: entry.subject, date: strings.moment(entry.date),
                body: entry.body,
                links: entry.body.split(whereSeparator: \.isWhitespace)
                    .filter { $0.hasPrefix(publicURL + "/") }
                    .map { String($0.dropFirst(publicURL.count)) })
        }
    }
}

extension FieldErrors {
    /// A field for a password that is being chosen.
    fileprivate func newPassword(_ name: String, label: String, _ strings: Strings) -> Field {
        field(
            name, label: label, type: "password",
            hint: strings("residents.field.password_hint", ["minimum": "\(PasswordRules.length.lowerBound)"]),
            autocomplete: "new-password", strings)
    }
}

extension FieldErrors {
    fileprivate static let sample = FieldErrors("password", "residents.error.wrong_password")
}

extension Strings {
    fileprivate static let sample = Strings(language: .french, words: [:], timeZone: .gmt)
}
