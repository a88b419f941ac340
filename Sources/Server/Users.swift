import ArgumentParser
import Foundation
import Participation

/// `tilleul users …`: accounts that the operator opens.
struct Users: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Opens accounts, the first administrator's above all.", subcommands: [Create.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Opens a confirmed account.")

        @OptionGroup var data: DataOptions
        @Option(help: "The e-mail address.") var email: String
        @Option(help: "The name that staff and residents see.") var name: String
        @Option(help: "A role to hold everywhere, as administrator or participation_agent; may be repeated.")
        var role: [String] = []
        @Option(help: "A file with the password; asked for at the terminal if left out.") var passwordFile: String?

        func run() async throws {
            let roles: [HeldRole] = try role.map { name in
                guard let role = Role(rawValue: name) else {
                    throw Failure(
                        message: "There is no role “\(name)”. Roles: "
                            + Role.allCases.map(\.rawValue).joined(separator: ", "), status: 2)
                }
                return HeldRole(role)
            }
            let password: String = try Console.secret(
                file: passwordFile, prompt: "Password: ", option: "--password-file")
            try await House.run(data) { house in
                _ = try await house.accounts.create(
                    email: email, name: name, password: password, roles: roles, by: .operator)
            }
            print("The account \(email) is open.")
        }
    }
}
