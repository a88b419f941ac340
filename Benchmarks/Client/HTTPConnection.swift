import Foundation
import Glibc

/// A connection to a server on this machine that carries one request at a time: as little work as possible beside the
/// server that is being measured.
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

    /// What to watch for an answer.
    let socket: Int32
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    private var filled = 0

    /// Connects to a port of the loopback address.
    init(port: UInt16) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw Failure(call: "socket") }
        var yes: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
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

    /// Sends a whole request.
    func send(_ request: [UInt8]) throws {
        var sent = 0
        while sent < request.count {
            let written: Int = request[sent...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard written > 0 else { throw Failure(call: "send") }
            sent += written
        }
    }

    /// Takes what has come; gives the answer once it is whole.
    func receive() throws -> Answer? {
        let count: Int = buffer.withUnsafeMutableBytes { recv(socket, $0.baseAddress! + filled, $0.count - filled, 0) }
        guard count > 0 else { throw Failure(call: "recv") }
        filled += count
        let answer: Answer? = try buffer.withUnsafeBytes { bytes in
            guard let length = Self.emptyLine(in: bytes[..<filled]) else { return nil }
            let head = UnsafeRawBufferPointer(rebasing: bytes[..<(length + 2)])
            guard let body = Self.field("Content-Length: ", of: head).flatMap({ Int($0) }),
                let status = Int(String(decoding: head.dropFirst(9).prefix(3), as: UTF8.self))
            else { throw Failure(call: "head") }
            guard filled == length + 4 + body else { return nil }
            return Answer(status: status, location: Self.field("Location: ", of: head) ?? "")
        }
        if answer != nil { filled = 0 }
        return answer
    }

    /// Where the empty line begins that ends the head.
    private static func emptyLine(in bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
        var place = 0
        while place + 4 <= bytes.count {
            if bytes[place] == 13, bytes[place + 1] == 10, bytes[place + 2] == 13, bytes[place + 3] == 10 {
                return place
            }
            place += 1
        }
        return nil
    }

    private static func field(_ name: String, of head: UnsafeRawBufferPointer) -> String? {
        var line = head.baseAddress!
        let end = line + head.count
        while line < end, let next = memchr(line, 10, line.distance(to: end)) {
            if strncasecmp(line.assumingMemoryBound(to: CChar.self), name, name.utf8.count) == 0 {
                let value = UnsafeRawBufferPointer(
                    start: line + name.utf8.count, count: line.distance(to: next) - name.utf8.count - 1)
                return String(decoding: value, as: UTF8.self)
            }
            line = UnsafeRawPointer(next) + 1
        }
        return nil
    }
}
