#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The network a request comes from, as coarse as an operator hands them out: /24 of IPv4, /56 of IPv6.
///
/// It is used to slow down guessing, and only its keyed hash is stored.
public struct Network: Hashable, Sendable {
    let bytes: [UInt8]

    /// The network of an address in text; every text that is not an address is one and the same network.
    public init(address: String) {
        // A zone, as in fe80::1%eth0, is no part of the address.
        let plain = String(address.prefix { $0 != "%" })
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, plain, &four) == 1 {
            self.bytes = withUnsafeBytes(of: &four) { [4] + $0.prefix(3) }
        } else if inet_pton(AF_INET6, plain, &six) == 1 {
            let all = withUnsafeBytes(of: &six) { Array($0) }
            let isMapped = all.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
            self.bytes = isMapped ? [4] + all[12..<15] : [6] + all.prefix(7)
        } else {
            self.bytes = []
        }
    }
}
