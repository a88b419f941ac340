import ArgumentParser
import Foundation
import Participation
import Postgres

/// Looks people up on a roll, as the screen for a queue does.
struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Searches a roll for each line of the standard input; prints milliseconds.")

    @Argument(help: "The database.") var url: String
    @Argument(help: "The handle of the vote.") var slug: String

    func run() async throws {
        let pool = Pool.measuring(url, connections: 2)
        guard let vote = try await Votes(pool: pool).find(slug) else {
            throw ValidationError("There is no vote “\(slug)”.")
        }
        let rolls = Rolls(pool: pool)
        while let words = readLine() {
            let clock = ContinuousClock()
            let start = clock.now
            let found: Int = try await rolls.search(words, in: vote.id, limit: 9).count
            print("\((clock.now - start).inSeconds * 1000)\t\(found)\t\(words)")
        }
        await pool.close()
    }
}
