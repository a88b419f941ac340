import Testing

@testable import PublicRecord

@Suite("Constraints in a definition")
struct DefinitionConstraintsTests {
    private func definition(
        rule: Rule = .greedyVotes, tie: String = "lexico",
        _ constraints: Definition.Constraints = .init(),
        threshold: Int64? = nil
    ) -> Definition {
        Definition(
            origin: "city.example/votes/square/record", title: ["fr": "Le square"], languages: ["fr"],
            budget: 100,
            currency: "EUR",
            projects: [
                .init(number: 1, id: "bench", title: ["fr": "Un banc"], cost: 30, district: "north"),
                .init(number: 2, id: "tree", title: ["fr": "Un arbre"], cost: 40, district: "north"),
                .init(number: 3, id: "lamp", title: ["fr": "Une lampe"], cost: 50, district: nil),
            ], ballot: BallotRules(type: .approval, maximum: 3),
            counting: .init(rule: rule.name, tie: tie, threshold: threshold, constraints: constraints),
            eligibility: ["account"], channels: ["online"], policy: "first_stands", revote: true,
            minimumAge: 0,
            opens: 0, closes: 60, smallCell: 1)
    }

    private func count(_ definition: Definition, _ ballots: [[String]]) throws -> ResultDocument {
        var count = try BallotCount(definition)
        for ballot in ballots {
            try count.add(.valid(.approval(ballot.sorted())), channel: .online, group: "online")
        }
        return try count.result(definitionHash: Hash(of: definition.json.encoded()))
    }

    @Test(
        "A definition that asks nothing has the bytes it always had, and constraints that ask nothing are refused"
    )
    func bytes() throws {
        let plain = definition().json.encoded()
        let text = String(decoding: plain, as: UTF8.self)
        #expect(
            text.contains(
                #""counting":{"rule":"greedy_votes","step":null,"threshold":null,"tie":"lexico"}"#))
        #expect(try Definition(json: plain) == definition())
        let padded = text.replacing(
            #""counting":{"#,
            with: #""counting":{"constraints":{"envelopes":{},"exclusive":[],"leftovers_to_city":false,"#
                + #""one_in_part":false,"per_district":null,"threshold_share":null},"#)
        #expect(throws: JSONError.self) { try Definition(json: Array(padded.utf8)) }
    }

    @Test("Every constraint survives its own text")
    func roundTrip() throws {
        let full = definition(
            rule: .greedyThreshold,
            Definition.Constraints(
                thresholdShare: 250, perDistrict: 1, exclusive: [["bench", "lamp"]],
                envelopes: ["north": 40],
                leftoversToCity: true, fundsOneInPart: false))
        #expect(try Definition(json: full.json.encoded()) == full)
        let part = definition(Definition.Constraints(fundsOneInPart: true))
        #expect(try Definition(json: part.json.encoded()) == part)
        let text = String(decoding: full.json.encoded(), as: UTF8.self)
        for wrong in [
            text.replacing(#""north":40"#, with: #""north":-1"#),
            text.replacing(#""per_district":1"#, with: #""per_district":"1""#),
            text.replacing(#""one_in_part":false"#, with: #""one_in_part":null"#),
            text.replacing(#"[["bench","lamp"]]"#, with: #"[[1]]"#),
        ] {
            #expect(throws: JSONError.self, "\(wrong)") { try Definition(json: Array(wrong.utf8)) }
        }
    }

    @Test("The result counts by them and names them; the envelopes come out of the budget")
    func result() throws {
        let envelopes = definition(
            Definition.Constraints(envelopes: ["north": 40], leftoversToCity: true))
        #expect(envelopes.cityBudget == 60)
        // North has 40: bench (2 votes, 30) comes first, tree does not fit; 10 go to the city: lamp.
        let result = try count(envelopes, [["bench", "lamp"], ["bench"], ["tree"]])
        #expect(result.outcome.order == ["bench", "lamp"])
        #expect(result.outcome.left == 20)
        let text = String(decoding: result.bytes, as: UTF8.self)
        #expect(text.contains(#""constraints":{"envelopes":{"north":40}"#))
        #expect(
            !String(decoding: try count(definition(), [["bench"]]).bytes, as: UTF8.self).contains(
                "constraints"))

        // 34 % of three ballots are 1.02, rounded up to 2: tree and lamp, with one vote each, are left out.
        let share = definition(rule: .greedyThreshold, Definition.Constraints(thresholdShare: 3400))
        #expect(try count(share, [["bench", "lamp"], ["bench"], ["tree"]]).outcome.order == ["bench"])
        let district = definition(Definition.Constraints(perDistrict: 1))
        #expect(try count(district, [["bench", "tree"], ["tree"]]).outcome.order == ["tree", "lamp"])
    }

    @Test("What is not defined together is refused, and the setting is named")
    func refusals() throws {
        let districts: Set<String> = ["north"]
        let projects: Set<String> = ["bench", "tree", "lamp"]
        func refusal(
            _ rule: Rule, _ constraints: Definition.Constraints = .init(), threshold: Int64? = nil,
            step: Int64? = nil,
            districts: Set<String> = districts
        ) -> UnsuitedCounting? {
            let counting = Definition.Counting(
                rule: rule.name, tie: "lexico", threshold: threshold, step: step, constraints: constraints)
            do throws(UnsuitedCounting) {
                try counting.check(rule, districts: districts, projects: projects, budget: 100)
                return nil
            } catch { return error }
        }
        for rule in Rule.allCases {
            let takesThreshold = [.greedyThreshold, .greedyNoSkip].contains(rule)
            #expect((refusal(rule, threshold: 3) == nil) == takesThreshold, "\(rule.name)")
            #expect((refusal(rule, .init(thresholdShare: 100)) == nil) == takesThreshold, "\(rule.name)")
            #expect((refusal(rule, step: 100) == nil) == rule.name.contains("add1"), "\(rule.name)")
            let limits = Definition.Constraints(
                perDistrict: 1, exclusive: [["bench", "lamp"]], envelopes: ["north": 100],
                leftoversToCity: true)
            #expect(refusal(rule, limits) == nil, "\(rule.name)")
            let isRanked = !rule.name.hasPrefix("mes_") && rule != .phragmen || rule.name.hasSuffix("u")
            #expect((refusal(rule, .init(fundsOneInPart: true)) == nil) == isRanked, "\(rule.name)")
        }
        #expect(refusal(.greedyThreshold, .init(thresholdShare: 100), threshold: 3) == .twoThresholds)
        #expect(refusal(.greedyThreshold, .init(thresholdShare: 10_001)) == .shareOutOfBounds)
        #expect(refusal(.greedyThreshold, .init(thresholdShare: 0)) == .shareOutOfBounds)
        #expect(refusal(.equalSharesCity, step: 0) == .stepOutOfBounds)
        #expect(refusal(.greedyVotes, .init(perDistrict: 0)) == .perDistrictOutOfBounds)
        #expect(refusal(.greedyVotes, .init(perDistrict: 1), districts: []) == .noDistricts)
        #expect(refusal(.greedyVotes, .init(exclusive: [["bench"]])) == .loneExclusive)
        #expect(refusal(.greedyVotes, .init(exclusive: [["bench", "bench"]])) == .loneExclusive)
        #expect(refusal(.greedyVotes, .init(exclusive: [["bench", "z"]])) == .unknownProject("z"))
        #expect(refusal(.greedyVotes, .init(envelopes: ["south": 1])) == .unknownDistrict("south"))
        #expect(refusal(.greedyVotes, .init(envelopes: ["north": 101])) == .envelopesTooLarge)
        #expect(refusal(.greedyVotes, .init(leftoversToCity: true)) == .leftoversWithoutEnvelopes)
        #expect(
            refusal(
                .greedyVotes, .init(envelopes: ["north": 1], leftoversToCity: true, fundsOneInPart: true))
                == .partWithLeftovers)
        #expect(refusal(.phragmen, .init(fundsOneInPart: true))?.setting == "in_part")
    }
}
