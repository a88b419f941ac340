import ArgumentParser
import Foundation
import Participation
import Synchronization

/// Confirms ballots over HTTP, each voter's once, in a closed loop over a few kept-alive connections.
struct CastCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cast", abstract: "Casts prepared ballots and prints how many a second were acknowledged.",
        discussion: """
            Prints two numbers: acknowledged casts per second, and how many casts were acknowledged. A cast counts when \
            its answer is 303 with the address of its own receipt.
            """)

    @Argument(help: "The port of the service on this machine.") var port: UInt16
    @Argument(help: "The handle of the vote.") var slug: String
    @Argument(help: "The file that `voters` printed.") var voters: String
    @Option(help: "The first voter, from 0.") var first: Int = 0
    @Option(help: "How many voters.") var count: Int
    @Option(help: "Connections.") var connections: Int = 8

    func run() async throws {
        let lines: [Substring] = try String(contentsOfFile: voters, encoding: .utf8).split(separator: "\n")
        guard first + count <= lines.count else { throw ValidationError("There are \(lines.count) voters.") }
        let posts: [Post] = lines[first..<first + count].compactMap { Post($0, slug: slug, port: port) }
        let results = Tallies()
        let start = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            for place in 0..<connections {
                let share: [Post] = stride(from: place, to: posts.count, by: connections).map { posts[$0] }
                group.addTask { await cast(share, results) }
            }
        }
        let elapsed: Double = (ContinuousClock.now - start).inSeconds
        let accepted: Int = results.accepted.load(ordering: .relaxed)
        if let problem = results.problem.withLock({ $0 }) {
            FileHandle.standardError.write(Data("The first cast that was not acknowledged: \(problem)\n".utf8))
        }
        print(Double(accepted) / elapsed, accepted)
    }

    /// Sends the posts over one connection, on a thread of its own: sockets block.
    private func cast(_ posts: [Post], _ results: Tallies) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                do {
                    let connection = try HTTPConnection(port: port)
                    for post in posts {
                        let answer: HTTPConnection.Answer = try connection.send(post.bytes)
                        if answer.status == 303, answer.location == post.receipt {
                            results.accepted.add(1, ordering: .relaxed)
                        } else {
                            results.note("status \(answer.status), location \(answer.location)")
                        }
                    }
                } catch {
                    results.note("\(error)")
                }
                continuation.resume()
            }
        }
    }
}

/// What the connections found, together.
private final class Tallies: Sendable {
    let accepted = Atomic(0)
    let problem = Mutex<String?>(nil)

    func note(_ words: String) {
        problem.withLock { $0 = $0 ?? words }
    }
}

/// One prepared request, and the address its answer has to lead to.
private struct Post: Sendable {
    let bytes: [UInt8]
    let receipt: String

    init?(_ line: Substring, slug: String, port: UInt16) {
        let fields: [Substring] = line.split(separator: " ")
        guard fields.count == 3, let nonce = FormNonce(String(fields[2])) else { return nil }
        receipt = "/votes/\(slug)/receipts/\(ReceiptToken(nonce).text)"
        let body = "token=\(fields[1])&nonce=\(nonce.text)&word=&half="
        bytes = Array(
            """
            POST /votes/\(slug)/ballot HTTP/1.1\r
            Host: localhost:\(port)\r
            Origin: http://localhost:\(port)\r
            Cookie: session=\(fields[0])\r
            Accept-Encoding: gzip\r
            Content-Type: application/x-www-form-urlencoded\r
            Content-Length: \(body.utf8.count)\r
            \r
            \(body)
            """.utf8)
    }
}
