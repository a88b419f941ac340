import Hummingbird
import Participation

/// Who works on the walks of which process: what every page of them at the desk begins with.
struct WalkScene: Sendable {
    let account: SignedInAccount
    let process: Participation.Process
    let strings: Strings
    /// The walk of the path, where it names one.
    let walk: Walk?

    var actor: Actor { account.acting(as: .participationAgent) }
    var base: String { "/desk/processes/\(process.slug)/walks" }

    /// The process of the path for its agents; absent for everybody else.
    static func find(_ context: AppContext, _ processes: Processes, _ strings: Strings) async throws -> WalkScene {
        let (account, process) = try await processes.ofAgent(context)
        return WalkScene(account: account, process: process, strings: strings, walk: nil)
    }

    /// The walk of the path, for the same people.
    static func find(
        _ context: AppContext, _ processes: Processes, _ strings: Strings, _ walks: Walks
    ) async throws -> WalkScene {
        let scene: WalkScene = try await find(context, processes, strings)
        guard let walk = try await walks.find(try context.slug("walk")), walk.process == scene.process.id else {
            throw Absent()
        }
        return WalkScene(account: scene.account, process: scene.process, strings: strings, walk: walk)
    }

    /// The way back, above the title of each page; to the walk too, where the path names one.
    var crumbs: [PlaceLink] {
        [
            PlaceLink(label: strings("desk.title"), href: "/desk"),
            PlaceLink(label: process.title(strings.language), href: "/desk/processes/\(process.slug)"),
            PlaceLink(label: strings("walks.title"), href: base),
        ]
            + (walk.map { [PlaceLink(label: $0.title(strings.language), href: "\(base)/\($0.handle)")] } ?? [])
    }
}

extension Walks {
    /// The published walk of the path; absent when there is none.
    func published(_ context: AppContext) async throws -> Walk {
        guard let walk = try await find(try context.slug("walk")), walk.publishedAt != nil else { throw Absent() }
        return walk
    }
}
