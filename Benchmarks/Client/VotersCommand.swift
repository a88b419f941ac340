import ArgumentParser
import Crypto
import Foundation
import Participation
import Postgres
import PublicRecord

/// Brings everybody who holds a voting code to the last step: a session, choices kept, a form to confirm.
struct VotersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "voters",
        abstract: "Opens a session and fills a basket for every voting code of a vote; prints one line per voter.",
        discussion: "A line holds the session's cookie, the token of the form and the nonce of the form.")

    @Argument(help: "The database.") var url: String
    @Argument(help: "The file of the installation's secret.") var secret: String
    @Argument(help: "The handle of the vote.") var slug: String

    private static let batch = 250

    func run() async throws {
        // What is prepared need not survive a crash; what is measured later runs with the server's own settings.
        let pool = Pool.measuring(url, connections: 8, settings: ["synchronous_commit": "off"])
        let secrets: Secrets = try Secrets.load(file: secret)
        guard let vote = try await Votes(pool: pool).find(slug), let opening = vote.opening else {
            throw ValidationError("There is no open vote “\(slug)”.")
        }
        let people: [ID<Person>] = try await pool.query(
            "bench.people", "SELECT person_id FROM voting_code WHERE vote_id = \(vote.id) ORDER BY id"
        ).map { try $0.get("person_id") }
        for start in stride(from: 0, to: people.count, by: Self.batch) {
            let part: [ID<Person>] = Array(people[start..<min(start + Self.batch, people.count)])
            let lines: [String] = try await withThrowingTaskGroup(of: String.self) { group in
                let sessions = Sessions(pool: pool, secrets: secrets)
                let tokens: [Token] = try await pool.transaction("bench.sessions") { transaction in
                    var tokens: [Token] = []
                    for person in part {
                        tokens.append(
                            try await sessions.beginVoting(
                                person: person, vote: vote.id, device: "", in: transaction))
                    }
                    return tokens
                }
                for token in tokens {
                    group.addTask {
                        guard let session = try await sessions.find(token: token) else { throw ExitCode.failure }
                        try await Baskets(pool: pool).keep(
                            choices(opening.definition), in: vote.id, session: session.id, token: token)
                        return "\(token.text) \(formToken(session.id, secrets)) \(FormNonce().text)"
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            print(lines.joined(separator: "\n"))
        }
        await pool.close()
    }

    /// Some projects within the limits of an approval ballot.
    private func choices(_ definition: Definition) -> [BallotLine] {
        let count: Int = min(max(definition.ballot.minimum, 5), definition.ballot.maximum)
        return definition.projects.shuffled().prefix(count).map { BallotLine($0.id) }
    }

    /// The token of a form bound to a session, as `FormTokens` makes it: a pad and the padded keyed hash. One of zeros
    /// serves a form that no browser shows.
    private func formToken(_ session: ID<Session>, _ secrets: Secrets) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("session \(session)".utf8), using: secrets.derive(label: "form"))
        return Data([UInt8](repeating: 0, count: 32) + Array(code)).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
