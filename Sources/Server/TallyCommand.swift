import ArgumentParser
import Foundation
import PublicRecord

/// `tilleul tally`: counts an election file, without a database.
struct TallyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tally", abstract: "Counts an election in the Pabulib format.",
        discussion: """
            Prints one line of JSON: rule, tie, winners (sorted as text), order, cost (in the file's units), seconds \
            (of the count alone, once the file is read and equal ballots are grouped; of a very short count the \
            median of several). \
            Rules: \(Rule.allCases.map(\.name).joined(separator: ", ")). \
            Tie orders: \(TieOrder.allCases.map(\.name).joined(separator: ", ")), draw:SEED.
            """)

    @Argument(help: "The file.") var file: String
    @Option(help: "The counting rule.") var rule: String
    @Option(help: "The tie order.") var tie: String = "lexico"
    @Option(help: "The step of the add1 rules, in the file's units.") var step: String?
    @OptionGroup var constraints: ConstraintOptions
    @Option(help: "What counts when a ballot names a project twice: once or count.") var doubles: String = "once"

    func run() throws {
        guard let rule = Rule(name: rule) else {
            throw Failure(message: "There is no rule “\(rule)”; see tilleul tally --help.", status: 2)
        }
        guard let tie = TieOrder(name: tie) else {
            throw Failure(message: "There is no tie order “\(tie)”; see tilleul tally --help.", status: 2)
        }
        guard let doubles = PabulibFile.Doubles(rawValue: doubles) else {
            throw Failure(message: "--doubles takes once or count.", status: 2)
        }
        let bytes: [UInt8] = try Console.read(file)
        let clock = ContinuousClock()
        let reading: PabulibReading = PabulibFile.parse(bytes)
        guard var election = reading.file else {
            throw Failure(message: reading.problems.map { "\(file):\($0)" }.joined(separator: "\n"), status: 2)
        }
        for warning in reading.warnings { Console.error("\(file):\(warning)") }
        do {
            var parameters: Parameters = election.parameters
            try constraints.apply(to: &parameters, &election, rule)
            if let step {
                guard let cents = Cents.amount(step) else {
                    throw Failure(message: "--step takes an amount such as 1 or 0.50.", status: 2)
                }
                parameters.step = cents
            }
            let grouped: Election = try election.election(doubles: doubles)
            var times: [Duration] = []
            var outcome: Outcome
            repeat {
                let started = clock.now
                outcome = try tally(grouped, rule: rule, tie: tie, parameters: parameters)
                times.append(started.duration(to: clock.now))
            } while times.count < 25 && times.reduce(.zero, +) < .milliseconds(20)
            print(Self.json(outcome, seconds: times.sorted()[times.count / 2]))
        } catch let error as TallyError {
            throw Failure(message: "\(file): \(Plain.sentence(for: error))", status: 2)
        }
    }

    private static func json(_ outcome: Outcome, seconds: Duration) -> String {
        func texts(_ texts: [String]) -> String {
            String(decoding: CanonicalJSON.array(texts.map(CanonicalJSON.string)).encoded(), as: UTF8.self)
        }
        let (units, cents) = outcome.cost.quotientAndRemainder(dividingBy: 100)
        let cost: String = cents == 0 ? "\(units)" : "\(units).\(cents < 10 ? "0" : "")\(cents)"
        let elapsed: Double =
            Double(seconds.components.seconds) + Double(seconds.components.attoseconds) / 1e18
        return
            "{\"rule\":\"\(outcome.rule.name)\",\"tie\":\(String(decoding: CanonicalJSON.string(outcome.tie.name).encoded(), as: UTF8.self)),"
            + "\"winners\":\(texts(outcome.winners)),\"order\":\(texts(outcome.order)),\"cost\":\(cost),"
            + "\"seconds\":\(String(format: "%.6f", elapsed))}"
    }
}
