import Hummingbird
import Participation

/// The letters that a service under development wrote to its folder instead of sending them.
struct MailController: Sendable {
    let site: Site
    let mail: MailFolder

    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/dev/mail", use: list)
    }

    @Sendable
    func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let strings = site.strings(context)
        return site.page(
            MailPage(try mail.list(), publicURL: site.city.publicURL, strings), title: strings("residents.mail.title"),
            request, context)
    }
}
