public import Hummingbird
public import Participation

/// Everything a resident does with an account: asking for one, signing in and out, the password, closing it.
public struct Residents: Sendable {
    private let site: Site
    private let accounts: Accounts
    private let sessions: Sessions
    private let mail: MailFolder?

    /// The pages of accounts. `mail` is the folder that letters are written to in development; its page exists only
    /// when the site says that it is being developed.
    public init(site: Site, accounts: Accounts, sessions: Sessions, mail: MailFolder? = nil) {
        self.site = site
        self.accounts = accounts
        self.sessions = sessions
        self.mail = mail
    }

    /// Adds the routes.
    public func add(to routes: RouterGroup<AppContext>) {
        SignUpController(site: site, accounts: accounts).add(to: routes)
        SignInController(site: site, accounts: accounts, sessions: sessions).add(to: routes)
        PasswordResetController(site: site, accounts: accounts).add(to: routes)
        AccountController(site: site, accounts: accounts, sessions: sessions).add(to: routes)
        AddressController(site: site, accounts: accounts).add(to: routes)
        if let mail, site.city.isDevelopment { MailController(site: site, mail: mail).add(to: routes) }
    }
}
