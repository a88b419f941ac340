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
            largest so far, in bytes). The budget is a sixth of all costs.
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
            dice.choices(Int.random(in: 1...10, using: &dice), of: projects).map { Int32($0) }
        }
        let clock = ContinuousClock()
        let start = clock.now
        var builder = try ElectionBuilder(budget: budget, projects: all, ballotType: .approval)
        for ballot in ballots { try builder.add(.approval(ballot.map { all[Int($0)].id })) }
        let election = try builder.election()
        let grouped = clock.now
        let outcome = try tally(election, rule: rule, tie: .lexico)
        let counted = clock.now
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        print(
            "{\"ballots\":\(size),\"distinct\":\(election.distinctBallots)"
                + ",\"grouping\":\(start.duration(to: grouped).inSeconds)"
                + ",\"seconds\":\(grouped.duration(to: counted).inSeconds)"
                + ",\"runs\":\(outcome.shares.first?.runs ?? 1),\"winners\":\(outcome.winners.count)"
                + ",\"memory\":\(usage.ru_maxrss * 1024)}")
        fflush(nil)
    }
}
