public import Foundation
public import Postgres

/// What a vote still lacks before it opens, point by point, for those who prepare it.
///
/// Opening checks again, in its own transaction, whatever it depends on: this list explains, it decides nothing.
public struct Readiness: Sendable {
    /// What is looked at, in the order in which one works through it.
    public enum Point: String, Sendable, CaseIterable {
        /// The last minute of the vote lies ahead.
        case timetable
        /// There is something to choose from.
        case projects
        /// The vote is titled and described in each of its languages.
        case languages
        /// The roll is imported and committed.
        case roll
        /// There are letters with codes.
        case codes
        /// There is a place where papers are handed out or kiosks stand.
        case places
        /// Two people enter papers, and a third decides where they differ.
        case operators
        /// Two people can sign the minutes.
        case certifiers
        /// The custodian's key is made.
        case seal
        /// Ballots have been printed; they bear the hash of the frozen definition, so that this comes after the opening.
        case ballots
    }

    /// How it stands with a point.
    public enum Standing: Sendable, Hashable {
        case done
        /// Something lacks that can follow the opening.
        case missing
        /// Something lacks without which the vote does not open.
        case blocking
        /// Its time has not come.
        case later
    }

    /// A point that concerns the vote.
    public struct Item: Sendable, Hashable {
        /// What it is about.
        public let point: Point
        /// How it stands.
        public let standing: Standing
    }

    private let pool: Pool

    /// Looks into the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// The points that concern the vote, those about channels that it does not have left out.
    public func items(of vote: Vote, at moment: Date = Date()) async throws -> [Item] {
        let found: Found = try await found(vote)
        return Point.allCases.compactMap { point in
            Self.standing(of: point, vote, found, at: moment).map { Item(point: point, standing: $0) }
        }
    }

    private static func standing(of point: Point, _ vote: Vote, _ found: Found, at moment: Date) -> Standing? {
        let settings: VoteSettings = vote.settings
        func there(_ isThere: Bool, orElse standing: Standing = .missing) -> Standing { isThere ? .done : standing }
        let hasPaper: Bool = settings.channels.contains("paper")
        let isOnSite: Bool = hasPaper || settings.channels.contains("kiosk")
        switch point {
        case .timetable: return there(settings.closes > moment, orElse: .blocking)
        case .projects: return there(!vote.projects.isEmpty, orElse: .blocking)
        case .languages: return there(vote.untranslated.isEmpty)
        case .roll:
            return settings.eligibility.contains("roll") ? there(found.isCommitted, orElse: .blocking) : nil
        case .codes: return settings.eligibility.contains("code") ? there(found.hasCodes) : nil
        case .places: return isOnSite ? there(found.hasPlace) : nil
        case .operators: return hasPaper ? there(found.canCountPapers) : nil
        case .certifiers: return hasPaper ? there(found.canCertify) : nil
        case .seal: return there(vote.sealKey != nil, orElse: .blocking)
        case .ballots:
            return hasPaper ? there(found.hasBallots, orElse: vote.opening == nil ? .later : .missing) : nil
        }
    }

    /// What the database tells of it.
    private struct Found {
        let isCommitted: Bool, hasCodes: Bool, hasPlace: Bool, hasBallots: Bool
        let canCountPapers: Bool, canCertify: Bool
    }

    private func found(_ vote: Vote) async throws -> Found {
        let kiosksAlone: Bool = !vote.settings.channels.contains("paper")
        let row: Row? = try await pool.one(
            "readiness.find",
            """
            WITH held AS (
                SELECT role_grant.account_id, role_grant.role
                FROM role_grant JOIN account ON account.id = role_grant.account_id
                WHERE role_grant.revoked_at IS NULL AND account.closed_at IS NULL
                  AND (num_nonnulls(role_grant.process_id, role_grant.vote_id) = 0
                       OR role_grant.process_id = \(vote.process) OR role_grant.vote_id = \(vote.id))
            ), people AS (
                SELECT count(DISTINCT account_id) FILTER (WHERE role = 'entry_operator') AS operators,
                       count(DISTINCT account_id) FILTER (WHERE role = 'adjudicator') AS adjudicators,
                       count(DISTINCT account_id)
                           FILTER (WHERE role IN ('entry_operator', 'adjudicator')) AS counting,
                       count(DISTINCT account_id)
                           FILTER (WHERE role = ANY (\(Certificates.officers.map(\.rawValue)))) AS certifying
                FROM held
            )
            SELECT EXISTS (SELECT FROM roll_commitment WHERE vote_id = \(vote.id)) AS is_committed,
                   EXISTS (SELECT FROM voting_code
                           WHERE vote_id = \(vote.id) AND NOT is_test AND voided_on IS NULL) AS has_codes,
                   EXISTS (SELECT FROM place
                           WHERE vote_id = \(vote.id) AND (kind = 'table' OR NOT \(kiosksAlone))) AS has_place,
                   EXISTS (SELECT FROM print_run WHERE vote_id = \(vote.id)) AS has_ballots,
                   -- Three different people can be found for the three tasks.
                   operators >= 2 AND adjudicators >= 1 AND counting >= 3 AS can_count_papers,
                   certifying >= 2 AS can_certify
            FROM people
            """)
        return Found(
            isCommitted: try row?.get("is_committed") ?? false, hasCodes: try row?.get("has_codes") ?? false,
            hasPlace: try row?.get("has_place") ?? false, hasBallots: try row?.get("has_ballots") ?? false,
            canCountPapers: try row?.get("can_count_papers") ?? false,
            canCertify: try row?.get("can_certify") ?? false)
    }
}

extension Vote {
    /// The languages of the vote, as codes, in which it has no title or no description.
    public var untranslated: [String] {
        settings.languages.filter { settings.title.byLanguage[$0] == nil || settings.description.byLanguage[$0] == nil }
    }
}
