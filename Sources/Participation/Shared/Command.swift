import Foundation

/// A program of the machine that is handed bytes and answers with bytes: run without a shell, stopped when it takes
/// too long.
public struct Command: Sendable {
    /// Why a program gave no answer.
    public enum Failure: Error, Equatable {
        /// It cannot be started.
        case notFound
        /// It ended with a status other than 0, or by a signal, which is given as a negative number; with what it said.
        case ended(status: Int32, words: String)
        /// It did not end in time and was stopped.
        case tookTooLong
    }

    private let words: [String]
    private let limit: Duration
    private let environment: [String: String]?

    /// The program and its arguments, each a word; it is found as a shell would find it.
    ///
    /// - Parameters:
    ///   - limit: after which it is stopped.
    ///   - environment: all that it inherits; nil for everything that the service has.
    public init(_ words: [String], limit: Duration, environment: [String: String]? = nil) {
        self.words = words
        self.limit = limit
        self.environment = environment
    }

    /// Runs the program once with `input` as its standard input, and returns what it wrote to its standard output.
    public func run(_ input: some Collection<UInt8> & Sendable) async throws -> [UInt8] {
        // Files without a name rather than pipes: a program that stops reading or writing cannot then stop the server.
        let source = try Self.unnamedFile(), answer = try Self.unnamedFile(), complaint = try Self.unnamedFile()
        defer { for file in [source, answer, complaint] { try? file.close() } }
        try source.write(contentsOf: Data(input))
        try source.seek(toOffset: 0)
        let status: Int32 = try await status(of: try start(source, answer, complaint))
        guard status != 127 else { throw Failure.notFound }
        guard status == 0 else {
            throw Failure.ended(status: status, words: try Self.lastWords(in: complaint))
        }
        try answer.seek(toOffset: 0)
        return Array(try answer.readToEnd() ?? Data())
    }

    private struct Started {
        let identifier: Int32
        let ends: AsyncStream<Int32>
    }

    private func start(_ input: FileHandle, _ output: FileHandle, _ errors: FileHandle) throws -> Started {
        let process = Foundation.Process()
        // env finds the program as a shell would.
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["--"] + words
        if let environment { process.environment = environment }
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        let (ends, end) = AsyncStream<Int32>.makeStream()
        process.terminationHandler = { ended in
            end.yield(ended.terminationReason == .exit ? ended.terminationStatus : -ended.terminationStatus)
            end.finish()
        }
        do {
            try process.run()
        } catch {
            throw Failure.notFound
        }
        return Started(identifier: process.processIdentifier, ends: ends)
    }

    private func status(of started: Started) async throws -> Int32 {
        let status = await withTaskGroup(of: Int32?.self) { group in
            group.addTask { await started.ends.first { _ in true } }
            group.addTask {
                try? await Task.sleep(for: limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        guard let status else {
            kill(started.identifier, SIGKILL)
            throw Failure.tookTooLong
        }
        return status
    }

    /// The end of what the program complained of: the reason stands there.
    private static func lastWords(in file: FileHandle) throws -> String {
        let length: UInt64 = try file.seekToEnd()
        try file.seek(toOffset: length - min(length, 500))
        return String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
    }

    private static func unnamedFile() throws -> FileHandle {
        let url = FileManager.default.temporaryDirectory.appending(component: "tilleul-\(UUID().uuidString)")
        let descriptor = open(url.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        unlink(url.path)
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }
}
