import Foundation

/// A `bundle.tar.gz`. It may come from anybody, so another process unpacks it, and only when its list of contents shows
/// nothing but plain files and folders of a bounded size.
struct RecordArchive {
    let path: String

    /// What an archive may unpack to.
    static let maximumLength: Int64 = 16 << 30
    /// How many files and folders it may have.
    static let maximumFiles = 4_000_000

    /// Unpacks into an empty folder.
    ///
    /// - Returns: the folder that holds the checkpoint: this one, or the single one inside it.
    func unpack(into folder: URL) throws -> URL {
        try inspect()
        let status = try tar(
            ["--extract", "--directory", folder.path, "--no-same-owner", "--no-same-permissions", "--keep-old-files"]
        ) { _ in true }
        guard status == 0 else { throw Unreadable("“\(path)” cannot be unpacked") }
        if FileManager.default.fileExists(atPath: folder.appending(path: "checkpoint").path) { return folder }
        let inner = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        guard inner.count == 1, let only = inner.first else { return folder }
        return only
    }

    /// Reads the list of contents and refuses links, devices, paths that lead out, and too much of anything.
    private func inspect() throws {
        var length: Int64 = 0
        var files = 0
        var refusal: String?
        let status = try tar(["--list", "--verbose", "--numeric-owner", "--quoting-style=escape"]) { line in
            // -rw-r--r-- 0/0   1234 2026-11-21 04:02 name
            let parts = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard parts.count == 6, let size = Int64(parts[2]), let type = parts[0].first else {
                refusal = "its contents cannot be listed"
                return false
            }
            let names = parts[5].split(separator: "/", omittingEmptySubsequences: false)
            files += 1
            length += size
            if type != "-" && type != "d" {
                refusal = "it has links or devices"
            } else if parts[5].hasPrefix("/") || names.contains("..") {
                refusal = "it has paths that lead out of it"
            } else if size < 0 || length > Self.maximumLength || files > Self.maximumFiles {
                refusal = "it is larger than any record"
            }
            return refusal == nil
        }
        if let refusal { throw Unreadable("“\(path)” is refused: \(refusal)") }
        guard status == 0 else { throw Unreadable("“\(path)” is not a tar archive compressed by gzip") }
    }

    /// Runs tar and hands over its lines until one is not wanted.
    private func tar(_ arguments: [String], _ line: (Substring) -> Bool) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["tar", "--gzip", "--force-local", "--file=\(path)"] + arguments
        process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        do { try process.run() } catch { throw Unreadable("tar cannot be run") }
        var rest = ""
        var isWanted = true
        while isWanted, let data = try output.fileHandleForReading.read(upToCount: 1 << 16), !data.isEmpty {
            rest += String(decoding: data, as: UTF8.self)
            var lines = rest.split(separator: "\n", omittingEmptySubsequences: false)
            rest = String(lines.removeLast())
            for one in lines where isWanted { isWanted = line(one) }
        }
        if !isWanted { process.terminate() }
        process.waitUntilExit()
        return process.terminationStatus
    }
}
