public import Foundation
public import Postgres

/// Proposals that come of what was seen: one act takes words, place, theme and photo over into a draft, and the two lead to
/// each other from then on.
///
/// An observation from which a proposal is published has made one; a draft is its authors' alone and stops nobody else.
/// Who began before another one was published may still publish theirs: what says the same is joined, as proposals are.
public struct ObservationProposals: Sendable {
    /// A proposal that came of an observation.
    public struct Made: Sendable {
        /// The proposal, which may be a draft.
        public let proposal: Proposal
        /// Whether the account that asked is one of its authors.
        public let isMine: Bool
    }

    /// What was seen, as the page of its proposal names it.
    public struct Origin: Sendable {
        /// The walk, by its handle and title, and the number of the observation in it.
        public let walkHandle: String, walkTitle: Texts, number: Int
        /// When it was.
        public let at: Date
    }

    private let pool: Pool
    private let drafts: Drafts

    /// The proposals kept in the database of `pool`; `zone` is the city's time zone, such as `Europe/Paris`.
    public init(pool: Pool, zone: String) {
        self.pool = pool
        drafts = Drafts(pool: pool, zone: zone)
    }

    /// Begins the draft of a proposal with what was seen, in the process of the walk.
    ///
    /// - Parameters:
    ///   - fresh: the identity it will have; a form sent twice names the same one and begins one draft.
    ///   - group: in whose name an agent writes, such as those who came to the walk; nil for the person alone.
    /// - Throws: `Refused<DraftRefusal>`: `.absent` unless the observation is published, `.notNow`, `.tooManyDrafts`,
    ///   `.begunElsewhere` when it has made a proposal already, or the account has another draft of it.
    @discardableResult
    public func begin(
        from observation: ID<Observation>, as fresh: ID<Proposal> = ID(), inTheNameOf group: String? = nil,
        by account: ID<Account>
    ) async throws -> ID<Proposal> {
        let row: Row? = try await pool.one(
            "observation.source",
            """
            SELECT \(sql: Observation.columns), walk.process_id, stop.title::text AS stop_title,
                   stop.latitude AS stop_latitude, stop.longitude AS stop_longitude,
                   (SELECT theme.id FROM theme WHERE theme.process_id = walk.process_id AND theme.slug = walk_theme.key)
                       AS call_theme
            FROM observation JOIN walk ON walk.id = observation.walk_id
            LEFT JOIN stop ON stop.id = observation.stop_id
            LEFT JOIN walk_theme ON walk_theme.id = observation.theme_id
            WHERE observation.id = \(observation) AND observation.state = 'published'
              AND walk.published_at IS NOT NULL
            """)
        guard let row else { throw Refused(DraftRefusal.absent) }
        let seen = try Observation(row: row)
        let photo: PreparedMedium? = try await photo(of: observation)
        return try await drafts.begin(
            Self.draft(seen, row, group: group), as: fresh,
            from: ProposalSource(.walk, reference: observation.description), showing: photo,
            in: row.get("process_id"), language: seen.language, by: .resident(account))
    }

    /// What the proposal says of what was seen: the title is its first sentence, and everything can be changed.
    private static func draft(_ seen: Observation, _ row: Row, group: String?) throws -> ProposalDraft {
        let stop: Texts = try row.get("stop_title", as: String?.self).map(Texts.init(json:)) ?? Texts([:])
        var point: MapPoint? = seen.point
        if point == nil, let latitude = try row.get("stop_latitude", as: Double?.self),
            let longitude = try row.get("stop_longitude", as: Double?.self)
        {
            point = MapPoint(latitude: latitude, longitude: longitude)
        }
        return ProposalDraft(
            title: title(of: seen.words), body: seen.words,
            theme: try row.get("call_theme", as: UUID?.self).map { ID($0) },
            place: seen.place.isEmpty ? stop(seen.language) : seen.place, point: point,
            authorKind: group == nil ? .person : .group,
            groupName: String((group ?? "").prefix(ProposalDraft.longestGroupName)))
    }

    /// The first sentence, cut after a word where it is long.
    static func title(of words: String) -> String {
        let line: Substring = words.split(whereSeparator: \.isNewline).first ?? ""
        let end: Substring.Index? = line.firstIndex { ".!?".contains($0) }
        let sentence: String = String(line[..<(end ?? line.endIndex)]).trimmingCharacters(in: .whitespaces)
        let most = 100
        guard sentence.count > most else { return sentence }
        let cut: Substring = sentence.prefix(most)
        return String(cut[..<(cut.lastIndex(of: " ") ?? cut.endIndex)]) + "…"
    }

    /// The first photo that is cleared, to be hung on the proposal too.
    private func photo(of observation: ID<Observation>) async throws -> PreparedMedium? {
        let rows: [Row] = try await pool.query(
            "observation.cleared_photo",
            """
            SELECT medium.name, medium.alt, medium_rendition.rendition, medium_rendition.media_type,
                   medium_rendition.width, medium_rendition.height, medium_rendition.bytes
            FROM medium JOIN medium_rendition ON medium_rendition.medium_id = medium.id
            WHERE medium.id = (
                SELECT medium_id FROM observation_photo
                WHERE observation_id = \(observation) AND purpose = 'seen' AND cleared_at IS NOT NULL
                ORDER BY position LIMIT 1)
            """)
        guard let first = rows.first else { return nil }
        return PreparedMedium(
            kind: .image, name: try first.get("name"), alt: try first.get("alt"),
            renditions: try rows.map { row in
                PreparedMedium.Rendition(
                    // The schema's check leaves no other word.
                    Medium.Rendition(rawValue: try row.get("rendition"))!, type: try row.get("media_type"),
                    size: try Medium.Size(width: row.get("width"), height: row.get("height")),
                    bytes: try row.get("bytes"))
            })
    }

    // MARK: Reading

    /// The proposals that came of an observation: those that everybody may read, and the drafts of whoever asks.
    ///
    /// - Parameter reader: the account that asks; nil for a visitor.
    public func list(of observation: ID<Observation>, for reader: ID<Account>?) async throws -> [Made] {
        try await pool.query(
            "observation.proposals",
            """
            SELECT \(sql: Proposal.columns),
                   EXISTS (SELECT FROM proposal_author WHERE proposal_author.proposal_id = proposal.id
                           AND proposal_author.account_id = \(reader)) AS is_mine
            FROM proposal_source JOIN proposal ON proposal.id = proposal_source.proposal_id
            WHERE proposal_source.kind = 'walk' AND proposal_source.reference = \(observation.description)
              AND (proposal.published_at IS NOT NULL OR EXISTS (
                  SELECT FROM proposal_author WHERE proposal_author.proposal_id = proposal.id
                  AND proposal_author.account_id = \(reader)))
            ORDER BY proposal.number
            """
        ).map { Made(proposal: try Proposal(row: $0), isMine: try $0.get("is_mine")) }
    }

    /// What was seen that a proposal came of; nil for other proposals, and while that is not published.
    public func origin(of proposal: ID<Proposal>) async throws -> Origin? {
        try await pool.one(
            "proposal.origin",
            """
            SELECT walk.handle, walk.title::text AS title, observation.number, gathering.starts_at
            FROM proposal_source JOIN observation ON observation.id::text = proposal_source.reference
            JOIN walk ON walk.id = observation.walk_id JOIN gathering ON gathering.id = walk.gathering_id
            LEFT JOIN observation AS target ON target.id = observation.joined_into
            WHERE proposal_source.proposal_id = \(proposal) AND proposal_source.kind = 'walk'
              AND walk.published_at IS NOT NULL AND observation.number IS NOT NULL
              AND (observation.state = 'published' OR target.state = 'published')
            """
        ).map { row in
            Origin(
                walkHandle: try row.get("handle"), walkTitle: try Texts(json: row.get("title")),
                number: Int(try row.get("number", as: Int32.self)), at: try row.get("starts_at"))
        }
    }
}
