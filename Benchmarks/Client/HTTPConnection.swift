import Foundation
import Glibc

/// A blocking connection to a server on this machine that sends one request after the other: as little work as possible
/// beside the server that is being measured.
final class HTTPConnection {
    /// What matters of an answer.
    struct Answer {
        let status: Int
        /// The header `Location`; empty when there is none.
        let location: String
    }

    /// The system call that failed, or what was wrong with an answer.
    struct Failure: Error {
        let call: String
        let code = errno
    }

    private let socket: Int32
    private var buffer: [UInt8] = []

    /// Connects to a port of the loopback address.
    init(port: UInt16) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw Failure(call: "socket") }
        var yes: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        // A server that hangs ends the measurement instead of prolonging it.
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        let status: Int32 = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure(call: "connect") }
    }

    deinit { close(socket) }

    /// Sends a whole request and waits for the whole answer.
    func send(_ request: [UInt8]) throws -> Answer {
        var sent = 0
        while sent < request.count {
            let written: Int = request[sent...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard written > 0 else { throw Failure(call: "send") }
            sent += written
        }
        let end: Int = try readHead()
        let head = String(decoding: buffer[..<end], as: UTF8.self)
        let lines: [Substring] = head.split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw Failure(call: "status")
        }
        func field(_ name: String) -> String? {
            lines.first { $0.lowercased().hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
        }
        guard let length = field("content-length").flatMap({ Int($0) }) else { throw Failure(call: "content-length") }
        while buffer.count < end + length { try receive() }
        buffer.removeFirst(end + length)
        return Answer(status: status, location: field("location") ?? "")
    }

    /// Receives until the empty line after the head is there, and returns where the body begins.
    private func readHead() throws -> Int {
        let emptyLine: [UInt8] = [13, 10, 13, 10]
        var place = 0
        while true {
            while place + 4 <= buffer.count {
                if buffer[place] == 13, buffer[place..<place + 4].elementsEqual(emptyLine) { return place + 4 }
                place += 1
            }
            try receive()
        }
    }

    private func receive() throws {
        let old: Int = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: 8192))
        let room: Int = buffer.count - old
        let count: Int = buffer.withUnsafeMutableBytes { recv(socket, $0.baseAddress! + old, room, 0) }
        buffer.removeLast(room - max(count, 0))
        guard count > 0 else { throw Failure(call: "recv") }
    }
}
