import Foundation
public import Postgres

/// Texts as the agents of the process prepare them: described, drafted as a whole, compared, published.
public struct TextDrafts: Sendable {
    private let pool: Pool

    /// The texts kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    // MARK: Describing

    /// Adds a text to a consultation, without words as yet.
    ///
    /// - Returns: its handle, made of the title.
    /// - Throws: `Refused<TextRefusal>`; `NotAllowed` unless the actor is an agent of the process.
    public func add(
        _ title: String, introduction: String, in language: Language, to consultation: ID<Consultation>,
        by actor: Actor
    ) async throws -> String {
        try Self.check(title, introduction)
        return try await pool.transaction("text.add") { transaction in
            // The lock keeps two from taking one handle.
            _ = try await Consultations.lock(consultation, by: actor, in: transaction)
            let known: [ConsultationText] = try await ConsultationTexts.load(
                where: "consultation_text.consultation_id = \(consultation)", in: transaction)
            let handle: String = Slug.made(of: title, avoiding: Set(known.map(\.handle)), nameless: "texte")
            let id = ID<ConsultationText>()
            try await transaction.execute(
                "text.insert",
                """
                INSERT INTO consultation_text (id, consultation_id, handle, position, language, title, introduction)
                VALUES (\(id), \(consultation), \(handle), \(known.count + 1), \(language), \(title), \(introduction))
                """)
            try await Acts.record("text_added", by: actor, on: "consultation_text", id, in: transaction)
            return handle
        }
    }

    /// Names a text otherwise, and says otherwise what readers should know first.
    ///
    /// - Throws: as ``add(_:introduction:in:to:by:)``.
    public func describe(
        _ text: ID<ConsultationText>, as title: String, introduction: String, by actor: Actor
    ) async throws {
        try Self.check(title, introduction)
        try await pool.transaction("text.describe") { transaction in
            _ = try await Self.lock(text, by: actor, in: transaction)
            try await transaction.execute(
                "text.update",
                """
                UPDATE consultation_text SET title = \(title), introduction = \(introduction) WHERE id = \(text)
                """)
            try await Acts.record("text_described", by: actor, on: "consultation_text", text, in: transaction)
        }
    }

    private static func check(_ title: String, _ introduction: String) throws {
        var reasons: [TextRefusal] = []
        if title.isEmpty { reasons.append(.titleMissing) }
        let long: Int = title.unicodeScalars.count - ConsultationText.longestTitle
        if long > 0 { reasons.append(.titleTooLong(by: long)) }
        let longer: Int = introduction.unicodeScalars.count - ConsultationText.longestIntroduction
        if longer > 0 { reasons.append(.introductionTooLong(by: longer)) }
        if !reasons.isEmpty { throw Refused(reasons: reasons) }
    }

    // MARK: Drafting

    /// Saves the draft of the next version as a whole, and compares it with the version read now: what an agent said of
    /// a block that stays as it is, stays said.
    ///
    /// - Parameter revision: the one that was edited; 0 where there was no draft.
    /// - Throws: `Refused<TextRefusal>`, with `.outdated` when another has saved since; `NotAllowed`.
    public func save(
        _ blocks: [TextBlock], note: String, of text: ID<ConsultationText>, over revision: Int, by actor: Actor
    ) async throws {
        try Self.check(blocks, note)
        try await pool.transaction("text.save_draft") { transaction in
            let text: ConsultationText = try await Self.lock(text, by: actor, in: transaction)
            let version: TextVersion = try await Self.draft(of: text, over: revision, in: transaction)
            let known: [TextMatching.Known] = try await Self.known(of: text, in: transaction)
            let before: [TextPassage] = try await ConsultationTexts.passages(
                of: text.id, version: version.number, in: transaction)
            let chosen: [Int: ID<TextParagraph>?] = Self.chosen(in: before, for: blocks)
            try await Self.write(
                blocks, as: TextMatching.match(blocks, with: known, chosen: chosen),
                chosen: blocks.indices.map(chosen.keys.contains), of: text.id, version.number, in: transaction)
            try await transaction.execute(
                "text.note",
                """
                UPDATE text_version SET note = \(note), revision = revision + 1
                WHERE text_id = \(text.id) AND number = \(version.number)
                """)
            try await Acts.record("text_draft_saved", by: actor, on: "consultation_text", text.id, in: transaction)
        }
    }

    /// Says which paragraph of the version read now some places of the draft go on as, whatever the comparison found.
    ///
    /// - Parameter choices: by place, the lasting number of the paragraph; nil for a new one.
    /// - Throws: `Refused<TextRefusal>`: `.unknownParagraph`, `.sameParagraph`, `.outdated`, `.noDraft`; `NotAllowed`.
    public func match(
        _ choices: [Int: Int?], in text: ID<ConsultationText>, over revision: Int, by actor: Actor
    ) async throws {
        try await pool.transaction("text.match") { transaction in
            let text: ConsultationText = try await Self.lock(text, by: actor, in: transaction)
            let version: TextVersion = try await Self.existingDraft(of: text, over: revision, in: transaction)
            let live: [TextPassage] = try await Self.live(of: text, in: transaction)
            let byNumber: [Int: ID<TextParagraph>] = Dictionary(
                uniqueKeysWithValues: live.compactMap { passage in passage.paragraph.map { ($0.number, $0.id) } })
            let passages: [TextPassage] = try await ConsultationTexts.passages(
                of: text.id, version: version.number, in: transaction)
            var paragraphs: [ID<TextParagraph>?] = passages.map { $0.paragraph?.id }
            var chosen: [Bool] = passages.map(\.isChosen)
            for (place, number) in choices where (1...passages.count).contains(place) {
                let paragraph: ID<TextParagraph>? = number.flatMap { byNumber[$0] }
                guard (number == nil) == (paragraph == nil) else {
                    throw Refused(TextRefusal.unknownParagraph(place: place))
                }
                if paragraphs[place - 1] != paragraph { chosen[place - 1] = true }
                paragraphs[place - 1] = paragraph
            }
            var seen: Set<ID<TextParagraph>> = []
            for (index, paragraph) in paragraphs.enumerated() {
                if let paragraph, !seen.insert(paragraph).inserted {
                    throw Refused(TextRefusal.sameParagraph(place: index + 1))
                }
            }
            try await Self.write(
                passages.map(\.block), as: paragraphs, chosen: chosen, of: text.id, version.number, in: transaction)
            try await Self.grow(version, of: text.id, in: transaction)
            try await Acts.record("text_matched", by: actor, on: "consultation_text", text.id, in: transaction)
        }
    }

    // MARK: Publishing

    /// Publishes the draft: it becomes the version that is read and annotated. What was written to paragraphs that it
    /// has is read with them; what was written to others stays with the version that has them.
    ///
    /// - Returns: the number of the version.
    /// - Throws: `Refused<TextRefusal>`: `.noDraft`, `.outdated`, `.unchanged`; `NotAllowed`.
    public func publish(_ text: ID<ConsultationText>, over revision: Int, by actor: Actor) async throws -> Int {
        try await pool.transaction("text.publish") { transaction in
            let text: ConsultationText = try await Self.lock(text, by: actor, in: transaction)
            let version: TextVersion = try await Self.existingDraft(of: text, over: revision, in: transaction)
            let passages: [TextPassage] = try await ConsultationTexts.passages(
                of: text.id, version: version.number, in: transaction)
            let live: [TextPassage] = try await Self.live(of: text, in: transaction)
            guard passages.map(\.block.flattened) != live.map(\.block.flattened) else {
                throw Refused(TextRefusal.unchanged)
            }
            try await Self.number(
                passages.filter { $0.paragraph == nil }.map(\.place), of: text.id, version.number, in: transaction)
            try await transaction.execute(
                "text.publish_version",
                """
                UPDATE text_version SET published_at = clock_timestamp()
                WHERE text_id = \(text.id) AND number = \(version.number)
                """)
            try await transaction.execute(
                "text.live", "UPDATE consultation_text SET live_version = \(version.number) WHERE id = \(text.id)")
            try await Acts.record(
                "text_published", by: actor, on: "consultation_text", text.id,
                detail: ["version": String(version.number)], in: transaction)
            return version.number
        }
    }

    /// Makes paragraphs of the places that are none yet, each with a number and a thread.
    private static func number(
        _ places: [Int], of text: ID<ConsultationText>, _ version: Int, in transaction: Transaction
    ) async throws {
        guard !places.isEmpty else { return }
        let (ids, threads) = (places.map { _ in ID<TextParagraph>() }, places.map { _ in UUID() })
        try await transaction.execute(
            "text.threads", "INSERT INTO thread (id) SELECT unnest(\(threads))")
        try await transaction.execute(
            "text.paragraphs",
            """
            INSERT INTO text_paragraph (id, text_id, number, thread_id)
            SELECT new.id, \(text), new.number + (SELECT coalesce(max(number), 0) FROM text_paragraph
                                                  WHERE text_id = \(text)), new.thread
            FROM unnest(\(ids), \(threads)) WITH ORDINALITY AS new (id, thread, number)
            """)
        try await transaction.execute(
            "text.identify",
            """
            UPDATE text_passage SET paragraph_id = new.id
            FROM unnest(\(ids), \(places)) AS new (id, place)
            WHERE text_passage.text_id = \(text) AND text_passage.version = \(version)
              AND text_passage.place = new.place
            """)
    }
}

/// The steps that the acts on drafts are made of, inside their transactions.
extension TextDrafts {
    /// The text, held by this transaction until its end, for an act of an agent of its process.
    ///
    /// - Throws: `NotAllowed` also when there is none: what is not there and what is not yours look the same.
    static func lock(
        _ id: ID<ConsultationText>, by actor: Actor, in transaction: Transaction
    ) async throws -> ConsultationText {
        try await transaction.execute(
            "text.lock", "SELECT FROM consultation_text WHERE id = \(id) FOR NO KEY UPDATE")
        guard
            let text = try await ConsultationTexts.load(where: "consultation_text.id = \(id)", in: transaction).first
        else { throw NotAllowed(roles: Consultations.planners) }
        try await Consultations.require(text.consultation, by: actor, in: transaction)
        return text
    }

    /// The draft of a locked text, begun where there is none.
    static func draft(
        of text: ConsultationText, over revision: Int?, in transaction: Transaction
    ) async throws -> TextVersion {
        if let found = try await find(text.id, in: transaction) {
            guard revision == nil || found.revision == revision else { throw Refused(TextRefusal.outdated) }
            return found
        }
        guard (revision ?? 0) == 0 else { throw Refused(TextRefusal.outdated) }
        try await transaction.execute(
            "text.begin_draft",
            "INSERT INTO text_version (text_id, number) VALUES (\(text.id), \((text.liveVersion ?? 0) + 1))")
        // A new draft begins as the version that is read now, each passage as what it is.
        try await transaction.execute(
            "text.copy",
            """
            INSERT INTO text_passage (text_id, version, place, paragraph_id, level, body)
            SELECT text_id, version + 1, place, paragraph_id, level, body FROM text_passage
            WHERE text_id = \(text.id) AND version = \(text.liveVersion)
            """)
        guard let begun = try await find(text.id, in: transaction) else { throw Refused(TextRefusal.noDraft) }
        return begun
    }

    private static func existingDraft(
        of text: ConsultationText, over revision: Int, in transaction: Transaction
    ) async throws -> TextVersion {
        guard let found = try await find(text.id, in: transaction) else { throw Refused(TextRefusal.noDraft) }
        guard found.revision == revision else { throw Refused(TextRefusal.outdated) }
        return found
    }

    private static func find(_ text: ID<ConsultationText>, in transaction: Transaction) async throws -> TextVersion? {
        try await transaction.one(
            "text.draft",
            """
            SELECT \(sql: TextVersion.columns) FROM text_version WHERE text_id = \(text) AND published_at IS NULL
            """
        ).map(TextVersion.init(row:))
    }

    static func grow(_ version: TextVersion, of text: ID<ConsultationText>, in transaction: Transaction) async throws {
        try await transaction.execute(
            "text.grow",
            """
            UPDATE text_version SET revision = revision + 1 WHERE text_id = \(text) AND number = \(version.number)
            """)
    }

    /// The passages of the version that is read now; none before there is one.
    private static func live(of text: ConsultationText, in transaction: Transaction) async throws -> [TextPassage] {
        guard let version = text.liveVersion else { return [] }
        return try await ConsultationTexts.passages(of: text.id, version: version, in: transaction)
    }

    private static func known(
        of text: ConsultationText, in transaction: Transaction
    ) async throws -> [TextMatching.Known] {
        try await live(of: text, in: transaction).compactMap { passage in
            passage.paragraph.map { TextMatching.Known(paragraph: $0.id, block: passage.block) }
        }
    }

    /// What an agent said of blocks that stand in the draft as they stood, each said once.
    private static func chosen(
        in before: [TextPassage], for blocks: [TextBlock]
    ) -> [Int: ID<TextParagraph>?] {
        var said: [TextBlock: ID<TextParagraph>?] = [:]
        for passage in before where passage.isChosen { said[passage.block] = .some(passage.paragraph?.id) }
        var chosen: [Int: ID<TextParagraph>?] = [:]
        for (index, block) in blocks.enumerated() {
            if let choice = said.removeValue(forKey: block) { chosen[index] = .some(choice) }
        }
        return chosen
    }

    /// Writes the passages of a draft in place of those that it had.
    private static func write(
        _ blocks: [TextBlock], as paragraphs: [ID<TextParagraph>?], chosen: [Bool], of text: ID<ConsultationText>,
        _ version: Int, in transaction: Transaction
    ) async throws {
        try await transaction.execute(
            "text.clear_draft", "DELETE FROM text_passage WHERE text_id = \(text) AND version = \(version)")
        try await transaction.execute(
            "text.write_draft",
            """
            INSERT INTO text_passage (text_id, version, place, paragraph_id, level, body, is_chosen)
            SELECT \(text), \(version), block.place, nullif(block.paragraph, '')::uuid, block.level, block.body,
                   block.is_chosen
            FROM unnest(\(paragraphs.map { $0.map(\.description) ?? "" }), \(blocks.map(\.level)),
                        \(blocks.map(\.body)), \(chosen))
                 WITH ORDINALITY AS block (paragraph, level, body, is_chosen, place)
            """)
    }

    private static func check(_ blocks: [TextBlock], _ note: String) throws {
        var reasons: [TextRefusal] = []
        if blocks.isEmpty { reasons.append(.empty) }
        if blocks.count > TextBlock.most { reasons.append(.tooManyBlocks(blocks.count)) }
        for (index, block) in blocks.enumerated() {
            let excess: Int = block.body.unicodeScalars.count - TextBlock.longest
            if excess > 0 { reasons.append(.blockTooLong(place: index + 1, by: excess)) }
        }
        let excess: Int = note.unicodeScalars.count - TextVersion.longestNote
        if excess > 0 { reasons.append(.noteTooLong(by: excess)) }
        if !reasons.isEmpty { throw Refused(reasons: Array(reasons.prefix(20))) }
    }
}
