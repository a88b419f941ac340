extension Definition {
    /// The name of the format, the first thing a reader checks.
    public static let format = "tilleul-definition-v1"

    /// The definition as it is published in `definition.json`.
    public var json: CanonicalJSON {
        let json: CanonicalJSON = [
            "format": .string(Self.format),
            "origin": .string(origin),
            "title": .texts(title),
            "languages": .array(languages.map(CanonicalJSON.string)),
            "budget": .integer(budget),
            "currency": .string(currency),
            "projects": .array(
                projects.map { project in
                    [
                        "number": .integer(Int64(project.number)),
                        "id": .string(project.id),
                        "title": .texts(project.title),
                        "cost": .integer(project.cost),
                        "district": CanonicalJSON(project.district),
                    ]
                }),
            "ballot": [
                "type": .string(ballot.type.rawValue),
                "minimum": .integer(Int64(ballot.minimum)),
                "maximum": .integer(Int64(ballot.maximum)),
                "budget_limit": .integerOrNull(ballot.budgetLimit),
                "points_per_project": .integer(Int64(ballot.pointsPerProject)),
                "points_in_total": .integer(Int64(ballot.pointsInTotal)),
                "grades": .array(ballot.grades.map(CanonicalJSON.string)),
            ],
            "counting": counting.json,
            "eligibility": .array(eligibility.map(CanonicalJSON.string)),
            "channels": .array(channels.map(CanonicalJSON.string)),
            "policy": .string(policy),
            "revote": .bool(revote),
            "minimum_age": .integer(Int64(minimumAge)),
            "opens": .integer(opens),
            "closes": .integer(closes),
            "small_cell": .integer(Int64(smallCell)),
            "invalid_reasons": .array(Self.invalidReasons.map(CanonicalJSON.string)),
            "annulment_reasons": .array(Self.annulmentReasons.map(CanonicalJSON.string)),
        ]
        // A definition without a roll has the bytes it always had.
        guard !rollFields.isEmpty, case .object(let members) = json else { return json }
        return .object(members + [.init("roll_fields", .array(rollFields.map(CanonicalJSON.string)))])
    }

    /// The definition in the bytes of a `definition.json`.
    ///
    /// - Throws: `JSONError` naming the first field that is absent, of the wrong kind or unknown, or that contradicts
    ///   another.
    public init(json bytes: [UInt8]) throws(JSONError) {
        var fields = try CanonicalJSON.Fields(try CanonicalJSON(parsing: bytes))
        guard try fields.string("format") == Self.format else { throw JSONError(.wrongType("format")) }
        var projects: [Project] = []
        for item in try fields.array("projects") {
            var project = try CanonicalJSON.Fields(item)
            projects.append(
                Project(
                    number: try project.count("number"), id: try project.string("id"),
                    title: try project.texts("title"), cost: try project.amount("cost"),
                    district: try project.stringOrNull("district")))
            try project.end()
        }
        var rules = try CanonicalJSON.Fields(try fields.value("ballot"))
        guard let type = BallotKind(rawValue: try rules.string("type")) else { throw JSONError(.wrongType("type")) }
        let ballot = BallotRules(
            type: type, minimum: try rules.count("minimum"), maximum: try rules.count("maximum"),
            budgetLimit: try rules.amountOrNull("budget_limit"),
            pointsPerProject: try rules.count("points_per_project"),
            pointsInTotal: try rules.count("points_in_total"), grades: try rules.strings("grades"))
        try rules.end()
        var count = try CanonicalJSON.Fields(try fields.value("counting"))
        var counting = Counting(
            rule: try count.string("rule"), tie: try count.string("tie"),
            threshold: try count.amountOrNull("threshold"), step: try count.amountOrNull("step"))
        if let constraints = count.optional("constraints") { counting.constraints = try Constraints(json: constraints) }
        try count.end()
        guard try fields.strings("invalid_reasons") == Self.invalidReasons else {
            throw JSONError(.wrongType("invalid_reasons"))
        }
        guard try fields.strings("annulment_reasons") == Self.annulmentReasons else {
            throw JSONError(.wrongType("annulment_reasons"))
        }
        self.init(
            origin: try fields.string("origin"), title: try fields.texts("title"),
            languages: try fields.strings("languages"), budget: try fields.amount("budget"),
            currency: try fields.string("currency"), projects: projects, ballot: ballot, counting: counting,
            eligibility: try fields.strings("eligibility"), rollFields: try fields.stringsIfAny("roll_fields"),
            channels: try fields.strings("channels"), policy: try fields.string("policy"),
            revote: try fields.bool("revote"),
            minimumAge: try fields.count("minimum_age"), opens: try fields.integer("opens"),
            closes: try fields.integer("closes"), smallCell: try fields.count("small_cell"))
        try fields.end()
        guard Set(projects.map(\.id)).count == projects.count else { throw JSONError(.duplicateName("id")) }
        guard Set(projects.map(\.number)).count == projects.count else { throw JSONError(.duplicateName("number")) }
        // The lists that the initialiser sorts must have been sorted: one definition has one text.
        guard json.encoded() == bytes else { throw JSONError(.notCanonical) }
    }
}

extension Definition.Counting {
    /// The member `counting`. Constraints stand in it only where something is asked, so that a definition without any
    /// has the bytes it always had.
    fileprivate var json: CanonicalJSON {
        let members: [CanonicalJSON.Member] = [
            .init("rule", .string(rule)), .init("tie", .string(tie)), .init("threshold", .integerOrNull(threshold)),
            .init("step", .integerOrNull(step)),
        ]
        return .object(members + (constraints.isEmpty ? [] : [.init("constraints", constraints.json)]))
    }
}

extension CanonicalJSON {
    fileprivate static func texts(_ texts: [String: String]) -> CanonicalJSON {
        .object(texts.map { Member($0.key, .string($0.value)) })
    }

    fileprivate static func integerOrNull(_ number: Int64?) -> CanonicalJSON {
        number.map { .integer($0) } ?? .null
    }
}

extension CanonicalJSON.Fields {
    /// An array of texts, or none when the field is not there.
    fileprivate mutating func stringsIfAny(_ name: String) throws(JSONError) -> [String] {
        guard let value = optional(name) else { return [] }
        guard case .array(let items) = value else { throw JSONError(.wrongType(name)) }
        var texts: [String] = []
        for item in items {
            guard case .string(let text) = item else { throw JSONError(.wrongType(name)) }
            texts.append(text)
        }
        return texts
    }

    fileprivate mutating func amount(_ name: String) throws(JSONError) -> Int64 {
        try integer(name, in: 0...CanonicalJSON.safeIntegers.upperBound)
    }

    fileprivate mutating func amountOrNull(_ name: String) throws(JSONError) -> Int64? {
        switch try value(name) {
        case .null: nil
        case .integer(let number) where number >= 0: number
        default: throw JSONError(.wrongType(name))
        }
    }

    fileprivate mutating func texts(_ name: String) throws(JSONError) -> [String: String] {
        var texts: [String: String] = [:]
        for member in try members(name) {
            guard case .string(let text) = member.value else { throw JSONError(.wrongType(name)) }
            texts[member.name] = text
        }
        return texts
    }
}

extension Ballot {
    /// The ballot as it is published in `ballot.opened`.
    ///
    /// Approval: an array of identifiers, sorted. Points: an object from identifier to points. Ranking: an array of
    /// identifiers, best first. Grades: an object from identifier to the label of the grade.
    public func json(grades labels: [String]) -> CanonicalJSON {
        switch self {
        case .approval(let projects), .ranking(let projects):
            .array(projects.map(CanonicalJSON.string))
        case .points(let scores):
            .object(scores.map { CanonicalJSON.Member($0.project, .integer(Int64($0.value))) })
        case .grades(let scores):
            .object(scores.map { CanonicalJSON.Member($0.project, .string(labels[$0.value])) })
        }
    }

    /// The lines of published choices, to be checked again by `BallotChecker`.
    ///
    /// - Throws: `UnreadableChoices` when the JSON does not have the shape of the type.
    public static func lines(_ choices: CanonicalJSON, type: BallotKind) throws(UnreadableChoices) -> [BallotLine] {
        switch (type, choices) {
        case (.approval, .array(let items)), (.ranking, .array(let items)):
            var lines: [BallotLine] = []
            for (position, item) in items.enumerated() {
                guard case .string(let project) = item else { throw UnreadableChoices() }
                lines.append(BallotLine(project, type == .ranking ? String(position + 1) : ""))
            }
            return lines
        case (.points, .object(let members)), (.grades, .object(let members)):
            var lines: [BallotLine] = []
            for member in members {
                switch (type, member.value) {
                case (.points, .integer(let points)): lines.append(BallotLine(member.name, String(points)))
                case (.grades, .string(let grade)): lines.append(BallotLine(member.name, grade))
                default: throw UnreadableChoices()
                }
            }
            return lines
        default: throw UnreadableChoices()
        }
    }
}

/// Choices that do not have the shape of the vote's type of ballot.
public struct UnreadableChoices: Error, Sendable {}
