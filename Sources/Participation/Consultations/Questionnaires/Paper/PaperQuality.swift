import Postgres

/// How well sheets are entered: a sample is read by two people, and what differs is counted.
public struct PaperQuality: Sendable, Hashable {
    /// How many of the compared fields differ.
    public struct Rate: Sendable, Hashable {
        /// In how many fields one of the two found something, and in how many of these they differ.
        public let compared: Int, differing: Int

        /// So many of so many.
        public init(compared: Int, differing: Int) {
            self.compared = compared
            self.differing = differing
        }

        /// The share of fields that differ; nil while none is compared.
        public var share: Double? { compared == 0 ? nil : Double(differing) / Double(compared) }

        /// Where the share of all sheets lies with 95 % confidence: the score interval of E. B. Wilson, "Probable
        /// Inference, the Law of Succession, and Statistical Inference", Journal of the American Statistical
        /// Association 22 (1927), 209–212. Unlike share ± 1.96 standard errors it is right for few fields and for shares
        /// near 0, and is never below 0. It takes fields as independent.
        public var interval: ClosedRange<Double>? {
            guard let share else { return nil }
            let z = 1.959963984540054
            let count = Double(compared)
            let middle: Double = share + z * z / (2 * count)
            let spread: Double = z * (share * (1 - share) / count + z * z / (4 * count * count)).squareRoot()
            let below: Double = 1 + z * z / count
            return max(0, (middle - spread) / below)...min(1, (middle + spread) / below)
        }
    }

    /// How many sheets are entered, how many of these were drawn to be read twice, and how many were.
    public let entered: Int, drawn: Int, readTwice: Int
    /// Over all questions.
    public let whole: Rate
    /// By the key of the question, over all versions.
    public let byQuestion: [String: Rate]
}

extension QuestionnaireSheets {
    /// How well the sheets of a questionnaire are entered, for everybody; nil while none is.
    public func quality(of questionnaire: ID<Questionnaire>) async throws -> PaperQuality? {
        try await Self.quality(of: questionnaire, in: pool)
    }

    static func quality(
        of questionnaire: ID<Questionnaire>, in executor: some Executor
    ) async throws -> PaperQuality? {
        let answers: [[Row]] = try await executor.pipeline([
            (
                "questionnaire_sheet.quality",
                """
                SELECT count(*) AS entered, count(*) FILTER (WHERE is_sampled) AS drawn, count(second.reading) AS twice
                FROM questionnaire_sheet
                LEFT JOIN questionnaire_reading AS second
                     ON second.sheet_number = questionnaire_sheet.number AND second.reading = 2
                WHERE questionnaire_sheet.questionnaire_id = \(questionnaire) AND state = 'entered'
                """
            ),
            (
                "questionnaire_sheet.differences",
                """
                SELECT question, sum(compared) AS compared, sum(differing) AS differing
                FROM questionnaire_comparison
                JOIN questionnaire_sheet ON questionnaire_sheet.number = questionnaire_comparison.sheet_number
                WHERE questionnaire_sheet.questionnaire_id = \(questionnaire) GROUP BY question
                """
            ),
        ])
        guard let row = answers[0].first, try row.get("entered", as: Int64.self) > 0 else { return nil }
        let byQuestion: [String: PaperQuality.Rate] = Dictionary(
            uniqueKeysWithValues: try answers[1].map { row in
                (
                    try row.get("question"),
                    PaperQuality.Rate(
                        compared: Int(try row.get("compared", as: Int64.self)),
                        differing: Int(try row.get("differing", as: Int64.self)))
                )
            })
        return PaperQuality(
            entered: Int(try row.get("entered", as: Int64.self)), drawn: Int(try row.get("drawn", as: Int64.self)),
            readTwice: Int(try row.get("twice", as: Int64.self)),
            whole: PaperQuality.Rate(
                compared: byQuestion.values.reduce(0) { $0 + $1.compared },
                differing: byQuestion.values.reduce(0) { $0 + $1.differing }), byQuestion: byQuestion)
    }
}
