import Participation
import Web

extension DemoTown {
    /// People who come to a walk, as an agent wrote them down at a stand; nothing when somebody has registered already.
    ///
    /// They have no addresses: nobody is written to.
    func register(for handle: String) async throws {
        guard let walk = try await Walks(pool: house.pool).find(handle) else { return }
        let gatherings = Gatherings(
            pool: house.pool, secrets: house.secrets, correspondent: Letters(site: try house.site()))
        let turnouts: [ID<Gathering>: Turnout] = try await gatherings.turnouts(of: [walk.gathering.id])
        guard turnouts[walk.gathering.id]?.parties == 0 else { return }
        for (name, phone, needs, companions) in Self.walkers {
            _ = try await gatherings.enter(
                RegistrationDraft(name: name, phone: phone, needs: needs, companions: companions),
                for: walk.gathering.id, language: .french, by: agent)
        }
    }

    private static let walkers: [(name: String, phone: String, needs: String, companions: Int)] = [
        ("Yasmina Belkacem", "06 39 98 10 01", "", 1), ("Gérard Lutz", "03 53 01 10 02", "Des pauses assises", 0),
        ("Famille Okoye", "06 39 98 10 03", "Une poussette : un parcours sans marches", 3),
        ("Sabine Vogel", "06 39 98 10 04", "Langue des signes", 1), ("Tom Le Goff", "", "", 0),
    ]
}
