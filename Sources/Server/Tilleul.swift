import ArgumentParser
import Foundation
import Participation

/// The one program of the service.
@main
struct Tilleul: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tilleul",
        abstract: "Runs a city's participation service, and the acts of its operator.",
        discussion: """
            Every command that needs the database uses a private PostgreSQL in the data directory, or the server that \
            DATABASE_URL names. Settings are read from flags, then from the environment (TILLEUL_PUBLIC_URL, \
            TILLEUL_CITY_NAME …), then from tilleul.json in the data directory; see Documentation/Configuration.md.

            Exit status: 0 done, 1 refused or failed, 2 not understood or not readable.
            """,
        version: Software.version,
        subcommands: [
            Serve.self, Migrate.self, Demo.self, Users.self, VotesCommand.self, TallyCommand.self, RoutesCommand.self,
        ])

    /// Runs the command and answers with the exit status that is promised above.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as Failure {
            Console.error(error.message)
            Foundation.exit(error.status)
        } catch {
            let code: ExitCode = exitCode(for: error)
            if code.isSuccess {
                print(fullMessage(for: error))
                Foundation.exit(0)
            }
            if code == .validationFailure {
                Console.error(fullMessage(for: error))
                Foundation.exit(2)
            }
            Console.error(Plain.sentence(for: error))
            Foundation.exit(1)
        }
    }
}

/// A command that ends with a sentence and a status.
struct Failure: Error {
    let message: String
    var status: Int32 = 1
}

/// What commands write beside their results.
enum Console {
    /// A line on the standard error.
    static func error(_ line: String) {
        FileHandle.standardError.write(Data((line.hasSuffix("\n") ? line : line + "\n").utf8))
    }

    /// The bytes of a file.
    ///
    /// - Throws: `Failure` with status 2.
    static func read(_ path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(message: "\(path) cannot be read.", status: 2)
        }
        return Array(data)
    }

    /// Writes a file that only its owner may read.
    static func writeSecret(_ text: String, to path: String) throws {
        let folder: String = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw Failure(message: "\(path) cannot be written.") }
    }

    /// A secret from the file given, or asked for at the terminal; its final line end does not count.
    static func secret(file: String?, prompt: String) throws -> String {
        let text: String
        if let file {
            text = String(decoding: try read(file), as: UTF8.self)
        } else {
            guard let typed = getpass(prompt) else {
                throw Failure(message: "Give the secret with --passphrase-file, or at a terminal.", status: 2)
            }
            text = String(cString: typed)
        }
        return text.trimmingCharacters(in: .newlines)
    }
}
