import Crypto
import Foundation
import HTTPTypes
import NIOCore

/// The files of `Public`, read into memory when the service starts.
///
/// Each is served at `/assets/NAME.HASH.EXT`, where HASH comes from what is in it: browsers may keep it for a year,
/// since a changed file has another address. Inside CSS and JavaScript, the names of other files between quotation
/// marks or in `url(…)` become these addresses as well. Nothing is looked up on disk while serving, so there is no path
/// to escape from the folder.
public struct Assets: Sendable {
    struct File: Sendable {
        let body: ByteBuffer
        /// The same, compressed; nil when that is not smaller.
        let gzip: ByteBuffer?
        let type: String
        let etag: String
        let isForever: Bool
    }

    private let files: [String: File]
    private let urls: [String: String]

    /// Reads every file below `directory`; those whose name begins with a dot are left out.
    ///
    /// - Parameter packages: paths of files that come from packages of the system, each served under its last part like
    ///   the files of `directory`. One that is not installed is left out.
    public init(directory: String, packages: [String] = []) throws {
        let root = URL(filePath: directory, directoryHint: .isDirectory)
        guard let paths = FileManager.default.enumerator(atPath: root.path(percentEncoded: false)) else {
            throw TemplateFault(problems: ["\(directory) cannot be read"])
        }
        var sources: [String: [UInt8]] = [:]
        for case let path as String in paths where !path.split(separator: "/").contains(where: { $0.hasPrefix(".") }) {
            let file = root.appending(path: path)
            guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
            sources[path] = try Array(Data(contentsOf: file))
        }
        for path in packages {
            guard let content = FileManager.default.contents(atPath: path) else { continue }
            sources[URL(filePath: path).lastPathComponent] = Array(content)
        }
        var linker = Linker(sources: sources)
        var files: [String: File] = [:]
        for name in sources.keys.sorted() {
            let bytes = linker.linked(name)
            let etag = "\"\(Linker.hash(bytes))\""
            files[linker.url(name)] = Self.file(name, bytes, etag: etag, isForever: true)
            let plain = Self.atRoot.contains(name) ? "/\(name)" : "/assets/\(name)"
            files[plain] = Self.file(name, bytes, etag: etag, isForever: false)
        }
        self.files = files
        self.urls = linker.urls
    }

    /// The address of the file `name` of `Public`; nil when there is none.
    public func url(_ name: String) -> String? { urls[name] }

    func file(at path: String) -> File? { files[path] }

    /// Files that browsers and robots ask for by fixed names.
    private static let atRoot: Set<String> = ["favicon.ico", "robots.txt", "apple-touch-icon.png", "verify.py"]

    private static func file(_ name: String, _ bytes: [UInt8], etag: String, isForever: Bool) -> File {
        let type = contentType(of: name)
        let isText = type.hasPrefix("text/") || type.contains("json") || type.contains("svg")
        let gzip = isText && bytes.count > 256 ? bytes.withUnsafeBytes { Gzip.compress($0, level: 9) } : nil
        return File(
            body: ByteBuffer(bytes: bytes), gzip: gzip.flatMap { $0.readableBytes < bytes.count ? $0 : nil },
            type: type, etag: etag, isForever: isForever)
    }

    private static func contentType(of name: String) -> String {
        switch name.split(separator: ".").last ?? "" {
        case "css": "text/css; charset=utf-8"
        case "js", "mjs": "text/javascript; charset=utf-8"
        case "json": "application/json"
        case "webmanifest": "application/manifest+json"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "jpg", "jpeg": "image/jpeg"
        case "webp": "image/webp"
        case "ico": "image/x-icon"
        case "woff2": "font/woff2"
        case "txt": "text/plain; charset=utf-8"
        case "py": "text/x-python; charset=utf-8"
        case "pdf": "application/pdf"
        default: "application/octet-stream"
        }
    }
}

/// Puts the addresses of files into the files that name them, the innermost first.
private struct Linker {
    let sources: [String: [UInt8]]
    private(set) var urls: [String: String] = [:]
    private var contents: [String: [UInt8]] = [:]
    private var open: Set<String> = []

    init(sources: [String: [UInt8]]) {
        self.sources = sources
    }

    mutating func url(_ name: String) -> String {
        _ = linked(name)
        return urls[name]!
    }

    /// The content of a file with the addresses of those it names. Files that name each other in a circle keep the
    /// plain name of the one already being read.
    mutating func linked(_ name: String) -> [UInt8] {
        if let known = contents[name] { return known }
        open.insert(name)
        var bytes = sources[name]!
        if name.hasSuffix(".css") || name.hasSuffix(".js") {
            var text = String(decoding: bytes, as: UTF8.self)
            for other in sources.keys.sorted() where other != name && !open.contains(other) {
                for (before, after) in [("\"./", "\""), ("'./", "'"), ("url(", ")"), ("url(\"", "\""), ("url('", "'")]
                where text.contains("\(before)\(other)\(after)") {
                    let address = url(other)
                    let start = before.replacing("./", with: "")
                    text = text.replacing("\(before)\(other)\(after)", with: "\(start)\(address)\(after)")
                }
            }
            bytes = Array(text.utf8)
        }
        open.remove(name)
        contents[name] = bytes
        urls[name] = Self.address(name, hash: Self.hash(bytes))
        return bytes
    }

    static func hash(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).prefix(8).map { $0 < 16 ? "0\(String($0, radix: 16))" : String($0, radix: 16) }
            .joined()
    }

    private static func address(_ name: String, hash: String) -> String {
        guard let dot = name.lastIndex(of: ".") else { return "/assets/\(name).\(hash)" }
        return "/assets/\(name[..<dot]).\(hash)\(name[dot...])"
    }
}
