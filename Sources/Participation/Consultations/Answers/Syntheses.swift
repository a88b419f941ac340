import Crypto
import Foundation
public import Postgres

/// The synthesis of a consultation: written by agents of its process, published in editions.
public struct Syntheses: Sendable {
    let pool: Pool

    /// The syntheses kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// How long one text may be, and one line, in characters.
    public static let textLimit = 20_000, lineLimit = 200

    // MARK: Writing

    /// The synthesis as it is being written; an empty one where nobody has begun.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func draft(of consultation: ID<Consultation>, by actor: Actor) async throws -> SynthesisDraft {
        try await Consultations.require(consultation, by: actor, in: pool)
        return try await Self.load(consultation, in: pool)
    }

    /// Writes one part.
    ///
    /// - Parameter revision: the one that the form showed; nil to write whatever stands there.
    /// - Throws: `SynthesisRefusal.tooLong`, `.noSuchFigure`, `.changedMeanwhile`; `NotAllowed` unless the actor is an
    ///   agent of the process.
    public func write(
        _ section: SynthesisSection, _ texts: Texts, of consultation: ID<Consultation>, from revision: Int? = nil,
        by actor: Actor
    ) async throws {
        try Self.check(texts, section.rawValue, limit: Self.textLimit)
        try await pool.transaction("synthesis.write") { transaction in
            let found: Consultation = try await Consultations.lock(consultation, by: actor, in: transaction)
            let catalogue: FigureCatalogue = try await .load(found, in: transaction)
            try catalogue.check(texts, in: section)
            try await Self.begin(consultation, in: transaction)
            let column: SQL = .identifier(section.rawValue)
            let count: Int = try await transaction.execute(
                "synthesis.update",
                """
                UPDATE synthesis
                SET \(sql: column) = \(texts.json)::jsonb, revision = revision + 1, changed_at = clock_timestamp()
                WHERE consultation_id = \(consultation)
                  AND (\(revision)::bigint IS NULL OR revision = \(revision)::bigint)
                """)
            guard count == 1 else { throw SynthesisRefusal.changedMeanwhile }
            try await Acts.record(
                "synthesis_written", by: actor, on: "consultation", consultation,
                detail: ["consultation": found.handle, "section": section.rawValue], in: transaction)
        }
    }

    /// The figures that can be put into the synthesis.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func catalogue(of consultation: ID<Consultation>, by actor: Actor) async throws -> FigureCatalogue {
        let found: Consultation = try await Consultations.require(consultation, by: actor, in: pool)
        return try await .load(found, in: pool)
    }

    // MARK: Publication

    /// The synthesis as it would be published now: its figures follow the answers.
    ///
    /// - Throws: `SynthesisRefusal.noSuchFigure` where a figure that is named has gone since; `NotAllowed` unless the
    ///   actor is an agent of the process.
    public func preview(of consultation: ID<Consultation>, by actor: Actor) async throws -> PublishedSynthesis {
        try await pool.transaction("synthesis.preview") { transaction in
            let found: Consultation = try await Consultations.require(consultation, by: actor, in: transaction)
            let draft: SynthesisDraft = try await Self.load(consultation, in: transaction)
            return PublishedSynthesis(
                content: try await Self.content(of: found, draft, in: transaction), edition: nil,
                editions: draft.editions, withdrawnQuotes: 0)
        }
    }

    /// Publishes the synthesis as it stands: words and figures are frozen, and with the first edition the results of the
    /// questionnaires are published and the answers become open data. This cannot be undone; a later edition says what was changed and why.
    ///
    /// - Throws: `SynthesisRefusal.notPublished`, `.stillCollecting`, `.stillArriving`,
    ///   `.sectionMissing`, `.noSuchFigure`, `.unchanged`,
    ///   `.changeMissing`, `.changedMeanwhile`; `NotAllowed` unless the actor is an agent of the process.
    @discardableResult
    public func publish(
        _ consultation: ID<Consultation>, from revision: Int? = nil, change: Texts = Texts([:]), by actor: Actor
    ) async throws -> Edition {
        try Self.check(change, "change", limit: Self.textLimit)
        return try await pool.transaction("synthesis.publish", isolation: .repeatableRead) { transaction in
            let found: Consultation = try await Consultations.lock(consultation, by: actor, in: transaction)
            guard found.publishedAt != nil else { throw SynthesisRefusal.notPublished }
            guard found.stage > .collection else { throw SynthesisRefusal.stillCollecting }
            guard try await !Answering.isArriving(consultation, in: transaction) else {
                throw SynthesisRefusal.stillArriving
            }
            let draft: SynthesisDraft = try await Self.load(consultation, in: transaction)
            if let revision, revision != draft.revision { throw SynthesisRefusal.changedMeanwhile }
            for section in SynthesisSection.allCases where draft.sections[section]?.isEmpty != false {
                throw SynthesisRefusal.sectionMissing(section)
            }
            if !draft.editions.isEmpty {
                guard draft.isChanged else { throw SynthesisRefusal.unchanged }
                guard !change.isEmpty else { throw SynthesisRefusal.changeMissing }
            }
            var content: SynthesisContent = try await Self.content(of: found, draft, in: transaction)
            try await Self.sealQuotes(in: &content, of: consultation, in: transaction)
            let edition: Edition = try await ConsultationEditions.add(
                content, .synthesis, of: consultation, change: draft.editions.isEmpty ? Texts([:]) : change, by: actor,
                in: transaction)
            if draft.editions.isEmpty {
                try await transaction.execute(
                    "synthesis.stage",
                    """
                    UPDATE consultation SET synthesised_at = clock_timestamp()
                    WHERE id = \(consultation) AND synthesised_at IS NULL
                    """)
                try await Analyses.publish(consultation, by: actor, in: transaction)
                try await OpenAnswers.release(of: found, in: transaction)
            }
            try await Acts.record(
                "synthesis_published", by: actor, on: "consultation", consultation,
                detail: [
                    "consultation": found.handle, "edition": String(edition.number), "sha256": edition.sha256,
                ], in: transaction)
            return edition
        }
    }

    /// Takes a quote out of every edition, for good: the digest that stays says nothing of the words.
    ///
    /// - Returns: whether there was one.
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    @discardableResult
    public func withdraw(
        quote digest: String, of consultation: ID<Consultation>, by actor: Actor
    ) async throws -> Bool {
        try await pool.transaction("synthesis.withdraw_quote") { transaction in
            let found: Consultation = try await Consultations.lock(consultation, by: actor, in: transaction)
            let count: Int = try await transaction.execute(
                "synthesis.quote_delete",
                """
                DELETE FROM synthesis_quote WHERE consultation_id = \(consultation) AND words =
                    (SELECT words FROM synthesis_quote WHERE consultation_id = \(consultation) AND digest = \(digest))
                """)
            guard count > 0 else { return false }
            try await Acts.record(
                "synthesis_quote_withdrawn", by: actor, on: "consultation", consultation,
                detail: ["consultation": found.handle], in: transaction)
            return true
        }
    }

    // MARK: Reading

    /// The editions of the synthesis of a published consultation, the last one first.
    public func editions(of consultation: ID<Consultation>) async throws -> [Edition] {
        try await ConsultationEditions.list(.synthesis, of: consultation, in: pool)
    }

    /// An edition of a synthesis, the last one unless another is named; nil when there is none.
    public func find(_ consultation: ID<Consultation>, edition number: Int? = nil) async throws -> PublishedSynthesis? {
        let editions: [Edition] = try await editions(of: consultation)
        guard let edition = number.map({ number in editions.first { $0.number == number } }) ?? editions.first,
            let json = try await ConsultationEditions.json(
                .synthesis, of: consultation, number: edition.number, in: pool)
        else { return nil }
        var content: SynthesisContent = try ConsultationEditions.decoder.decode(
            SynthesisContent.self, from: Data(json.utf8))
        let rows: [Row] = try await pool.query(
            "synthesis.quotes", "SELECT digest, words FROM synthesis_quote WHERE consultation_id = \(consultation)")
        let words: [String: String] = Dictionary(
            uniqueKeysWithValues: try rows.map { (try $0.get("digest"), try $0.get("words")) })
        var withdrawn = 0
        for (mark, figure) in content.figures {
            for index in figure.quotes.indices {
                let known: String? = words[figure.quotes[index].digest]
                content.figures[mark]?.quotes[index].words = known
                if known == nil { withdrawn += 1 }
            }
        }
        return PublishedSynthesis(
            content: content, edition: edition, editions: editions, withdrawnQuotes: withdrawn)
    }

    /// An edition byte for byte, as its SHA-256 was made of it; nil when there is none.
    public func json(of consultation: ID<Consultation>, edition number: Int? = nil) async throws -> String? {
        let editions: [Edition] = try await editions(of: consultation)
        guard let number = number ?? editions.first?.number else { return nil }
        return try await ConsultationEditions.json(.synthesis, of: consultation, number: number, in: pool)
    }

    // MARK: Parts of acts

    /// Makes sure that the consultation has a synthesis to be written.
    static func begin(_ consultation: ID<Consultation>, in transaction: some Executor) async throws {
        try await transaction.execute(
            "synthesis.begin",
            "INSERT INTO synthesis (consultation_id) VALUES (\(consultation)) ON CONFLICT DO NOTHING")
    }

    static func check(_ texts: Texts, _ field: String, limit: Int) throws(SynthesisRefusal) {
        if texts.byLanguage.values.contains(where: { $0.count > limit }) {
            throw .tooLong(field: field, limit: limit)
        }
    }

    private static func load(_ consultation: ID<Consultation>, in executor: some Executor) async throws
        -> SynthesisDraft
    {
        let row: Row? = try await executor.one(
            "synthesis.find",
            """
            SELECT revision, asked::text AS asked, people::text AS people, said::text AS said, limits::text AS limits,
                   changed_at
            FROM synthesis WHERE consultation_id = \(consultation)
            """)
        let editions: [Edition] = try await ConsultationEditions.list(.synthesis, of: consultation, in: executor)
        let sections: [(SynthesisSection, Texts)] = try SynthesisSection.allCases.compactMap { section in
            guard let row else { return nil }
            return (section, try Texts(json: row.get(section.rawValue)))
        }
        let changed: Date? = try row?.get("changed_at")
        return SynthesisDraft(
            revision: try row.map { Int(try $0.get("revision", as: Int32.self)) } ?? 0,
            sections: Dictionary(uniqueKeysWithValues: sections), editions: editions,
            isChanged: changed.map { changed in editions.first.map { changed > $0.publishedAt } ?? true } ?? false)
    }

    /// All that the synthesis says now.
    private static func content(
        of consultation: Consultation, _ draft: SynthesisDraft, in transaction: some Executor
    ) async throws -> SynthesisContent {
        let catalogue: FigureCatalogue = try await .load(consultation, in: transaction)
        var marks: Set<FigureMark> = []
        for section in SynthesisSection.allCases {
            marks.formUnion(try catalogue.check(draft.sections[section] ?? Texts([:]), in: section))
        }
        let process: Row? = try await transaction.one(
            "synthesis.process",
            "SELECT slug, title::text AS title FROM process WHERE id = \(consultation.process)")
        let figures: [FigureMark: SynthesisFigure] = try await catalogue.figures(marks, in: transaction)
        return SynthesisContent(
            title: consultation.title, consultation: consultation.handle,
            // The schema leaves no consultation without its process.
            processTitle: try Texts(json: process!.get("title")), process: try process!.get("slug"),
            collectedFrom: consultation.collectsFrom, collectedUntil: consultation.collectsUntil,
            sections: SynthesisSection.allCases.compactMap { section in
                draft.sections[section].flatMap { words in
                    words.isEmpty ? nil : SynthesisContent.Section(kind: section, words: words)
                }
            },
            figures: Dictionary(uniqueKeysWithValues: figures.map { ($0.key.description, $0.value) }))
    }

    /// Keeps the words of quotes beside the edition, which gets digests of them.
    private static func sealQuotes(
        in content: inout SynthesisContent, of consultation: ID<Consultation>, in transaction: some Executor
    ) async throws {
        var kept: [(digest: String, words: String)] = []
        for (mark, figure) in content.figures {
            for index in figure.quotes.indices {
                guard let words = figure.quotes[index].words else { continue }
                let salt: [UInt8] = (0..<32).map { _ in UInt8.random(in: 0...255) }
                let digest: String = ConsultationEditions.hexadecimal(SHA256.hash(data: Data(salt) + Data(words.utf8)))
                content.figures[mark]?.quotes[index].digest = digest
                kept.append((digest, words))
            }
        }
        guard !kept.isEmpty else { return }
        try await transaction.execute(
            "synthesis.quotes_keep",
            """
            INSERT INTO synthesis_quote (consultation_id, digest, words)
            SELECT \(consultation), quote.digest, quote.words
            FROM unnest(\(kept.map(\.digest)), \(kept.map(\.words))) AS quote (digest, words)
            """)
    }
}
