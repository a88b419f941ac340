import ArgumentParser
import Foundation
import PublicRecord

/// Counts one file again and again in one process.
struct CountCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "count", abstract: "Counts an election file many times and prints the winners and the times.",
        discussion: """
            The file is read and equal ballots are grouped before the clock starts, which is that of the processor's \
            time. Printed as JSON: winners, seconds (median of the counts), first (the first count, in a process that \
            has just started), grouping (the grouping of equal ballots), counts.
            """)

    @Argument(help: "The file.") var file: String
    @Option(help: "The counting rule.") var rule: String
    @Option(help: "How long to go on, at least one count.") var seconds: Double = 1

    func run() throws {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: file)))
        guard let rule = Rule(name: rule), let read = PabulibFile.parse(bytes).file else {
            throw ValidationError("There is no such rule, or no such election.")
        }
        let start = Processor.time
        let election = try read.election()
        let grouping = Processor.time - start
        var times: [Double] = []
        var winners: [String] = []
        repeat {
            let start = Processor.time
            winners = try tally(election, rule: rule, tie: .lexico, parameters: read.parameters).winners
            times.append(Processor.time - start)
        } while times.reduce(0, +) < seconds && times.count < 10_000
        let document: CanonicalJSON = ["winners": .array(winners.map { .string($0) })]
        let first = times[0]
        times.sort()
        print(
            String(decoding: document.encoded().dropLast(), as: UTF8.self)
                + ",\"seconds\":\(times[times.count / 2]),\"first\":\(first),\"grouping\":\(grouping)"
                + ",\"counts\":\(times.count)}")
    }
}
