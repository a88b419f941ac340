import Foundation
@testable import Participation
@testable import Web

/// The files of the project, as the tests of this folder read them.
enum House {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// A file below the root: its path and its lines.
    struct File {
        let path: String
        let text: String
        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    }

    /// Every file below `folder` whose name ends in `ending`, sorted by path.
    static func files(in folder: String, ending: String) -> [File] {
        let base = root.appending(path: folder)
        guard let paths = FileManager.default.enumerator(atPath: base.path(percentEncoded: false)) else { return [] }
        return paths.compactMap { $0 as? String }.filter { $0.hasSuffix(ending) }.sorted().compactMap { path in
            guard let text = try? String(contentsOf: base.appending(path: path), encoding: .utf8) else { return nil }
            return File(path: "\(folder)/\(path)", text: text)
        }
    }

    /// The folders directly below `folder`.
    static func folders(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(
            at: root.appending(path: folder), includingPropertiesForKeys: [.isDirectoryKey]
        ).filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
            .map(\.lastPathComponent).sorted()
    }

    /// The whole site of the project, which does not start with a template that is broken.
    static func site() throws -> Site { try started.get() }

    private static let started = Result {
        try Site(
            city: Site.City(
                name: "Tilleul-sur-Loire",
                help: .init(place: "Mairie", hours: "9 h – 17 h", phone: "02 00 00 00 00"), isDemonstration: true,
                isDevelopment: true),
            resources: root.path(percentEncoded: false), secrets: Secrets(master: Array(repeating: 1, count: 32)))
    }
}
