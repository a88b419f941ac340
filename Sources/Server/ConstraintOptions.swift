import ArgumentParser
import PublicRecord

/// What `tilleul tally` can ask of the count beside the rule, as a definition does.
struct ConstraintOptions: ParsableArguments {
    @Option(help: "The least support, in votes or points; the file's own if left out.") var threshold: Int64?
    @Option(help: "The least support, in per cent of all ballots, such as 5 or 2.5.") var thresholdShare: String?
    @Option(help: "The most projects of any one district.") var perDistrict: Int?
    @Option(help: "Ids of projects of which only one can be funded, such as 3,12; repeatable.") var exclusive:
        [String] = []
    @Option(help: "Money of a district out of the budget, such as North=30000; repeatable.") var envelope: [String] = []
    @Flag(help: "What the districts leave is added to the city-wide envelope.") var leftoversToCity = false
    @Flag(help: "The best-placed project that only lacked money receives what is left.") var inPart = false

    /// Puts the options into the parameters, and takes the envelopes out of the file's budget.
    ///
    /// - Throws: `Failure` with status 2 for what is not understood or not defined together.
    func apply(to parameters: inout Parameters, _ file: inout PabulibFile, _ rule: Rule) throws {
        var counting = Definition.Counting(rule: rule.name, tie: "lexico", threshold: threshold)
        counting.constraints = Definition.Constraints(
            thresholdShare: try share(), perDistrict: perDistrict,
            exclusive: exclusive.map { $0.split(separator: ",").map(String.init) }, envelopes: try envelopes(),
            leftoversToCity: leftoversToCity, fundsOneInPart: inPart)
        guard threshold != nil || !counting.constraints.isEmpty else { return }
        let projects: [Project] = file.projects.map { Project(id: $0.id, cost: $0.cost, district: $0.district) }
        do throws(UnsuitedCounting) {
            try counting.check(
                rule, districts: Set(projects.compactMap(\.district)), projects: Set(projects.map(\.id)),
                budget: file.budget)
        } catch {
            let subject: String = error.subject.map { " (\($0))" } ?? ""
            throw Failure(
                message: "The rule \(rule.name) and the options do not go together: \(error.code)\(subject).", status: 2
            )
        }
        let constraints: Definition.Constraints = counting.constraints
        if let threshold { parameters.threshold = .support(threshold) }
        if let share = constraints.thresholdShare {
            parameters.threshold = .share(Int64(share), of: Definition.Constraints.wholeShare)
        }
        if let perDistrict { parameters.quotas = Quota.perDistrict(perDistrict, of: projects) }
        parameters.exclusive = constraints.exclusive
        parameters.envelopes = constraints.envelopes
        parameters.leftoversToCity = leftoversToCity
        parameters.fundsOneInPart = inPart
        file.budget = constraints.envelopes.values.reduce(file.budget) { $0 - $1 }
    }

    private func share() throws -> Int? {
        guard let thresholdShare else { return nil }
        guard let hundredths = Cents.amount(thresholdShare), hundredths <= Definition.Constraints.wholeShare else {
            throw Failure(message: "--threshold-share takes a share such as 5 or 2.5.", status: 2)
        }
        return Int(hundredths)
    }

    private func envelopes() throws -> [String: Int64] {
        var envelopes: [String: Int64] = [:]
        for text in envelope {
            guard let equals = text.lastIndex(of: "="),
                let money = Cents.amount(String(text[text.index(after: equals)...]))
            else { throw Failure(message: "--envelope takes a district and an amount: North=30000.", status: 2) }
            envelopes[String(text[..<equals])] = money
        }
        return envelopes
    }
}
