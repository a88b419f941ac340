import ArgumentParser
import Hummingbird
import Postgres
import Web

/// `tilleul routes`: every route of the service.
struct RoutesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes", abstract: "Lists every route: method and path.")

    @OptionGroup var data: DataOptions

    func run() async throws {
        let house: House = try await House.plan(data)
        let router = Router(context: AppContext.self)
        addProbes(to: router, ready: {})
        house.add(to: router.group(), site: try house.site())
        for line in router.routes.map({ "\($0.method.rawValue)\t\($0.path)" }).sorted() { print(line) }
        await house.pool.close()
    }
}
