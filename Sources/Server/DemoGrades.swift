import Foundation
import Participation
import PublicRecord

extension Demonstration {
    static let ballots = "Tests/Fixtures/demonstration/mentions.pb"
    private static let slug = "mentions"

    /// Sixty invented ballots with grades, counted by majority judgment.
    static func graded(_ process: ID<Participation.Process>, _ house: House) async throws {
        let bytes: [UInt8] = try Console.read(
            URL(filePath: house.settings.resources).appending(path: ballots).path(percentEncoded: false))
        if try await house.votes.find(slug) == nil {
            try await house.imports.importVote(
                bytes, into: process,
                options: Imports.Options(
                    slug: slug,
                    title: Texts([
                        "fr": "Des mentions pour six projets", "en": "Grades for six projects",
                        "de": "Noten für sechs Projekte",
                    ]), demonstration: true), by: .operator)
        }
        let vote: Vote = try await house.vote(slug)
        if vote.opening == nil {
            try await house.votes.edit(vote.id, settings(vote.settings), projects: vote.projects, by: .operator)
        }
        try await count(bytes, vote, house)
    }

    /// The settings that a file of points cannot say.
    private static func settings(_ imported: VoteSettings) -> VoteSettings {
        var settings: VoteSettings = imported
        settings.description = Texts([
            "fr": "Ces bulletins sont inventés : ils montrent le jugement majoritaire.",
            "en": "These ballots are invented: they show majority judgment.",
            "de": "Diese Stimmzettel sind erfunden: Sie zeigen das Mehrheitsurteil.",
        ])
        settings.ballot = BallotRules(
            type: .grades, maximum: 6,
            grades: ["Excellent", "Très bien", "Bien", "Assez bien", "Passable", "Insuffisant", "À rejeter"])
        settings.counting = Definition.Counting(
            rule: Rule.majorityJudgment.name, tie: "min_cost",
            constraints: Definition.Constraints(fundsOneInPart: true))
        return settings
    }
}
