import Foundation
import Hummingbird
@testable import Participation
import Postgres
import PublicRecord
import TestSupport
import Testing
@testable import Web

/// Who may post what at the desk. The routes are those that the router lists: a new one is asked for by itself.
@Suite("Pages: rights at the desk") struct DeskRightsTests {
    private static let nothing = "0190b0a0-0000-7000-8000-000000000000"

    /// A path of the router with something that exists for each of its parameters, as far as the city of the tests has
    /// it; elsewhere an identity that nothing has.
    private static func filled(_ pattern: String, _ known: [String: String]) -> String {
        pattern.split(separator: "/").map { part in
            guard part.hasPrefix("{") else { return "/\(part)" }
            return "/\(known[String(part.dropFirst().dropLast())] ?? nothing)"
        }.joined()
    }

    /// Every path below `/desk` that takes a form.
    private static func posts(_ forum: Forum) -> [String] {
        forum.routes.filter { $0.method == "POST" && $0.path.hasPrefix("/desk") }.map(\.path).sorted()
    }

    @Test func `visitors are asked to sign in, and residents find nothing, wherever the desk takes a form`()
        async throws
    {
        try await withForum { forum in
            let bench: Int64 = try await forum.proposal("Un banc")
            try await Votes(pool: forum.pool).create(
                VoteSettings(
                    slug: "square", title: Texts(["fr": "Le square"]), budget: 10_000,
                    ballot: BallotRules(type: .approval, maximum: 2),
                    counting: Definition.Counting(rule: "greedy_votes", tie: "lexico"), smallCell: 3,
                    opens: Date(timeIntervalSinceNow: -3600), closes: Date(timeIntervalSinceNow: 86_400)),
                projects: [], in: forum.process, by: .operator)
            let known: [String: String] = [
                "process": "diagonales", "vote": "square", "number": String(bench), "letter": "a",
            ]
            let (ada, visitor) = (try await forum.signedIn("Ada"), forum.browser())
            // With the token of a form, so that nothing else is amiss.
            for browser in [ada, visitor] { try await browser.get("/sign-in") }
            try await ada.get("/account")
            let posts: [String] = Self.posts(forum)
            #expect(posts.count > 100)
            for pattern in posts {
                let path: String = Self.filled(pattern, known)
                let asked: Client.Answer = try await visitor.submit(path)
                #expect(
                    asked.status == 403 && asked.text.contains("You are no longer signed in."),
                    "a visitor at \(pattern): \(asked.status)")
                let absent: Client.Answer = try await ada.submit(path)
                #expect(absent.status == 404, "a resident at \(pattern): \(absent.status)")
            }
        }
    }

    /// Who asks for a form of an examination.
    private enum Asker: CaseIterable {
        /// An agent of the process, one of another process, an examiner of the service that has the file, one of
        /// another service.
        case agent, otherAgent, examiner, otherExaminer
    }

    /// What may be done by a service that has the file; all else of an examination is the agents'.
    private static let examiners: Set<String> = [
        "/desk/processes/{process}/files/{number}/notes", "/desk/processes/{process}/files/{number}/opinions/{service}",
    ]

    @Test func `each form of an examination is there for those alone who may use it`() async throws {
        try await withForum { forum in
            let agent = Actor.official(try #require(forum.accounts["Agathe"]), .participationAgent)
            let other: ID<Participation.Process> = try await Forum.process(
                "ailleurs", "Ailleurs", rule: ProposalRule(mayWrite: true, mayComment: true, maySupport: true),
                forum.pool)
            try await forum.account("Olga", roles: [HeldRole(.participationAgent, for: .process(other))])
            try await forum.account("Rosa")
            try await forum.account("Paul")
            let settings = ExaminationSettings(pool: forum.pool)
            func service(_ name: String, with member: String) async throws -> ID<ExaminingService> {
                let id: ID<ExaminingService> = try await settings.addService(
                    Texts(["fr": name]), email: nil, to: forum.process, by: agent)
                try await settings.addMember(
                    EmailAddress("\(member)@example.fr")!, to: id, of: forum.process, by: agent)
                return id
            }
            let roads: ID<ExaminingService> = try await service("Voirie", with: "rosa")
            _ = try await service("Parcs", with: "paul")
            let bench: Int64 = try await forum.proposal("Un banc")
            try await Assignments(
                pool: forum.pool, zone: "Europe/Paris", correspondent: Letters(site: Forum.site())
            ).assign([bench], to: [roads], due: Day(year: 2999, month: 1, day: 1)!, of: forum.process, by: agent)
            let known: [String: String] = [
                "process": "diagonales", "number": String(bench), "service": roads.description,
            ]
            let browsers: [Asker: Browser] = [
                .agent: try await forum.signedIn("Agathe"), .otherAgent: try await forum.signedIn("Olga"),
                .examiner: try await forum.signedIn("Rosa"), .otherExaminer: try await forum.signedIn("Paul"),
            ]
            for browser in browsers.values { try await browser.get("/desk") }
            let file: Client.Answer = try await browsers[.examiner]!.get("/desk/processes/diagonales/files/\(bench)")
            #expect(file.status == 200)
            let parts: [String] = ["examination", "files", "assignments", "answers", "letters"]
            let posts: [String] = Self.posts(forum).filter { path in
                parts.contains { path.hasPrefix("/desk/processes/{process}/\($0)") }
            }
            #expect(posts.count >= 15)
            for pattern in posts {
                let path: String = Self.filled(pattern, known)
                for asker in Asker.allCases {
                    let status: Int = try await browsers[asker]!.submit(path, ["list": "criterion"]).status
                    switch asker {
                    case .examiner where Self.examiners.contains(pattern):
                        #expect(status == 422, "an examiner at \(pattern): \(status)")
                    case .agent where !path.contains(Self.nothing):
                        #expect([303, 422].contains(status), "an agent at \(pattern): \(status)")
                    // What the tests have nothing of: there is nothing to find, or nothing to do.
                    case .agent: #expect([303, 404].contains(status), "an agent at \(pattern): \(status)")
                    default: #expect(status == 404, "\(asker) at \(pattern): \(status)")
                    }
                }
            }
        }
    }
}
