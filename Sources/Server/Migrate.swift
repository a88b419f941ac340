import ArgumentParser

/// `tilleul migrate`: brings the schema up to date.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Brings the database's schema up to date.")

    @OptionGroup var data: DataOptions

    func run() async throws {
        try await House.run(data, migrating: true) { _ in }
        print("The schema is up to date.")
    }
}
