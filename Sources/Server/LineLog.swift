import Foundation
import Glibc
import Logging
import Synchronization

/// The log of the service: one line an event on standard error, in one call of the system.
///
/// The moment is UTC to the second; it is put into words once a second. swift-log's own handler asks the system for the
/// time zone with every line, which a busy service notices.
struct LineLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line: String = "\(Moment.now) \(event.level) \(event.message)"
        let all: Logger.Metadata = event.metadata.map { metadata.merging($0) { _, given in given } } ?? metadata
        for (key, value) in all.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(value)" }
        // A value that brings a line end along must not look like another event.
        var bytes: [UInt8] = line.utf8.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
        bytes.append(0x0A)
        // A log that cannot be written stops nothing.
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// The present second in words.
    private enum Moment {
        private static let known = Mutex<(second: Int, words: String)>((0, ""))

        static var now: String {
            var clock = timespec()
            clock_gettime(CLOCK_REALTIME, &clock)
            let second: Int = clock.tv_sec
            return known.withLock { known in
                if known.second != second {
                    known = (second, Date(timeIntervalSince1970: Double(second)).formatted(.iso8601))
                }
                return known.words
            }
        }
    }
}
