import ArgumentParser
import Foundation
import Glibc
import Logging
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
            Serve.self, Migrate.self, Demo.self, Users.self, VotesCommand.self, RollCommand.self,
            BatchesCommand.self, CityCommand.self, TallyCommand.self, RoutesCommand.self,
        ])

    /// Runs the command and answers with the exit status that is promised above.
    static func main() async {
        LoggingSystem.bootstrap { _ in LineLog() }
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

    /// Writes a new file that only its owner may read, and sees it on the disk.
    ///
    /// - Throws: `Failure` when the file cannot be written, and when there is one already.
    static func writeSecret(_ text: String, to path: String) throws {
        let folder: String = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        if !FileManager.default.fileExists(atPath: folder) {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        let file: Int32 = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw Failure(
                message: errno == EEXIST
                    ? "\(path) is there already; it is left as it is." : "\(path) cannot be written.")
        }
        defer { close(file) }
        let bytes: [UInt8] = Array(text.utf8)
        guard write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
            unlink(path)
            throw Failure(message: "\(path) cannot be written.")
        }
        let directory: Int32 = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }

    /// A secret from the file given, or asked for at the terminal; its final line end does not count.
    static func secret(file: String?, prompt: String, option: String = "--passphrase-file") throws -> String {
        let text: String
        if let file {
            text = String(decoding: try read(file), as: UTF8.self)
        } else {
            // Without a terminal getpass would read the standard input, and take its end for an empty secret.
            guard access("/dev/tty", R_OK | W_OK) == 0, let terminal = fopen("/dev/tty", "r") else {
                throw Failure(message: "Give the secret with \(option), or at a terminal.", status: 2)
            }
            fclose(terminal)
            guard let typed = getpass(prompt) else {
                throw Failure(message: "The secret could not be read; give it with \(option).", status: 2)
            }
            text = String(cString: typed)
        }
        return text.trimmingCharacters(in: .newlines)
    }
}
