import ArgumentParser
import Foundation
import PublicRecord

/// Times the count of made-up elections of several sizes.
struct CurveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "curve",
        abstract: "Counts made-up approval elections of several sizes; prints one line of JSON each.",
        discussion: """
            Nearly all ballots differ, each naming one to ten projects. Printed for each size: ballots, distinct, \
            grouping (seconds to group equal ballots), seconds (the count alone), runs (of equal shares), memory (the \
            largest so far, in bytes, with the ballots themselves). Seconds are of the processor's time. The budget \
            is a sixth of all costs.
            """)

    @Argument(help: "The counting rule.") var rule: String
    @Argument(help: "How many ballots.") var sizes: [Int]
    @Option(help: "Projects.") var projects: Int = 300
    @Option(help: "The budget in units of currency for each ballot; costs are in proportion.") var share: Int = 50

    func run() throws {
        guard let rule = Rule(name: rule) else { throw ValidationError("There is no such rule.") }
        for size in sizes { try measure(size, rule) }
    }

    private func measure(_ size: Int, _ rule: Rule) throws {
        var dice = Dice(UInt64(size))
        let budget = Int64(size) * Int64(share) * 100
        let mean = budget * 6 / Int64(projects)
        let all = (1...projects).map { number in
            Project(id: "\(number)", cost: mean / 4 + Int64.random(in: 0...mean * 3 / 2, using: &dice) / 100 * 100)
        }
        let ballots = (0..<size).map { _ in
            Choices.approval(dice.choices(Int.random(in: 1...10, using: &dice), of: projects).map { all[$0].id })
        }
        let start = Processor.time
        var builder = try ElectionBuilder(budget: budget, projects: all, ballotType: .approval)
        for ballot in ballots { try builder.add(ballot) }
        let election = try builder.election()
        let grouped = Processor.time
        let outcome = try tally(election, rule: rule, tie: .lexico)
        let counted = Processor.time
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        print(
            "{\"ballots\":\(size),\"distinct\":\(election.distinctBallots)"
                + ",\"grouping\":\(grouped - start),\"seconds\":\(counted - grouped)"
                + ",\"runs\":\(outcome.shares.first?.runs ?? 1),\"winners\":\(outcome.winners.count)"
                + ",\"memory\":\(usage.ru_maxrss * 1024)}")
        fflush(nil)
    }
}
