import ArgumentParser
import Foundation
import Glibc
import Participation

/// Confirms ballots over HTTP, each voter's once, in a closed loop over a few kept-alive connections.
struct CastCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cast", abstract: "Casts prepared ballots and prints how many a second were acknowledged.",
        discussion: """
            Prints four numbers: acknowledged casts per second, how many casts were acknowledged, and how many \
            milliseconds half of them and 99 of 100 took at most. A cast counts when its answer is 303 with the \
            address of its own receipt.
            """)

    @Argument(help: "The port of the service on this machine.") var port: UInt16
    @Argument(help: "The handle of the vote.") var slug: String
    @Argument(help: "The file that `voters` printed.") var voters: String
    @Option(help: "The first voter, from 0.") var first: Int = 0
    @Option(help: "How many voters.") var count: Int
    @Option(help: "Connections.") var connections: Int = 8

    func run() throws {
        let lines: [Substring] = try String(contentsOfFile: voters, encoding: .utf8).split(separator: "\n")
        guard first + count <= lines.count else { throw ValidationError("There are \(lines.count) voters.") }
        let posts: [Post] = lines[first..<first + count].compactMap { Post($0, slug: slug, port: port) }
        let lanes: [Lane] = try (0..<connections).map { place in
            let share: [Post] = stride(from: place, to: posts.count, by: connections).map { posts[$0] }
            return Lane(connection: try HTTPConnection(port: port), posts: share)
        }
        let start = ContinuousClock.now
        try cast(lanes)
        let elapsed: Double = (ContinuousClock.now - start).inSeconds
        if let problem = lanes.lazy.compactMap(\.problem).first {
            FileHandle.standardError.write(Data("A cast that was not acknowledged: \(problem)\n".utf8))
        }
        let times: [Duration] = lanes.flatMap(\.times).sorted()
        func milliseconds(_ share: Double) -> Double {
            times.isEmpty ? 0 : times[Int(Double(times.count - 1) * share)].inSeconds * 1000
        }
        print(Double(times.count) / elapsed, times.count, milliseconds(0.5), milliseconds(0.99))
    }

    /// Keeps all connections busy from one thread, as `pgbench -j 1` does.
    private func cast(_ lanes: [Lane]) throws {
        var watched: [pollfd] = lanes.map { pollfd(fd: $0.connection.socket, events: Int16(POLLIN), revents: 0) }
        var busy = 0
        for (place, lane) in lanes.enumerated() {
            if try lane.sendNext() { busy += 1 } else { watched[place].fd = -1 }
        }
        while busy > 0 {
            // A server that hangs ends the measurement instead of prolonging it.
            guard poll(&watched, nfds_t(watched.count), 10_000) > 0 else { throw HTTPConnection.Failure(call: "poll") }
            for place in watched.indices where watched[place].fd >= 0 && watched[place].revents != 0 {
                guard try lanes[place].receive(), try !lanes[place].sendNext() else { continue }
                watched[place].fd = -1
                busy -= 1
            }
        }
    }
}

/// One connection, what it still has to send, and what came of it.
private final class Lane {
    let connection: HTTPConnection
    private let posts: [Post]
    private var sent = 0
    private var start = ContinuousClock.now
    private(set) var times: [Duration] = []
    private(set) var problem: String?

    init(connection: HTTPConnection, posts: [Post]) {
        self.connection = connection
        self.posts = posts
        times.reserveCapacity(posts.count)
    }

    /// Sends the next request; false when there is none.
    func sendNext() throws -> Bool {
        guard sent < posts.count else { return false }
        start = .now
        try connection.send(posts[sent].bytes)
        sent += 1
        return true
    }

    /// Takes what has come; true once it is an answer.
    func receive() throws -> Bool {
        guard let answer = try connection.receive() else { return false }
        if answer.status == 303, answer.location == posts[sent - 1].receipt {
            times.append(.now - start)
        } else {
            problem = problem ?? "status \(answer.status), location \(answer.location)"
        }
        return true
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
