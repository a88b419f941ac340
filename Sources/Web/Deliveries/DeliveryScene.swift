import Hummingbird
import Participation

/// Who works on the deliveries of which process: what every page of them at the desk begins with.
struct DeliveryScene: Sendable {
    let account: SignedInAccount
    let process: Participation.Process
    let strings: Strings
    /// The delivery of the path, where it names one.
    let file: DeliveryFile?

    var actor: Actor { account.acting(as: .participationAgent) }
    var base: String { "/desk/processes/\(process.slug)/deliveries" }
    var delivery: Delivery? { file?.delivery }

    /// The process of the path for its agents; absent for everybody else.
    static func find(_ context: AppContext, _ processes: Processes, _ strings: Strings) async throws -> DeliveryScene {
        let (account, process) = try await processes.ofAgent(context)
        return DeliveryScene(account: account, process: process, strings: strings, file: nil)
    }

    /// The delivery of the path, for the same people.
    static func find(
        _ context: AppContext, _ processes: Processes, _ strings: Strings, _ deliveries: Deliveries
    ) async throws -> DeliveryScene {
        let scene: DeliveryScene = try await find(context, processes, strings)
        guard let file = try await deliveries.file(try context.slug("delivery")),
            file.delivery.process == scene.process.id
        else { throw Absent() }
        return DeliveryScene(account: scene.account, process: scene.process, strings: strings, file: file)
    }

    /// The way back, above the title of each page; to the delivery too, where one is given.
    func crumbs(of delivery: Delivery? = nil) -> [PlaceLink] {
        [
            PlaceLink(label: strings("desk.title"), href: "/desk"),
            PlaceLink(label: process.title(strings.language), href: "/desk/processes/\(process.slug)"),
            PlaceLink(label: strings("deliveries.title"), href: base),
        ]
            + (delivery.map { [PlaceLink(label: $0.title(strings.language), href: "\(base)/\($0.handle)")] } ?? [])
    }
}
