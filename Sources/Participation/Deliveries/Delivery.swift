public import Foundation
import Postgres

/// The follow-up of a selected project, or of a proposal that was accepted without a vote.
public struct Delivery: Sendable {
    /// Where the work stands.
    public enum Status: String, Sendable, CaseIterable {
        case planned
        case underWay = "under_way"
        case delayed, done, abandoned
    }

    /// What it follows up.
    public enum Source: Sendable, Hashable {
        /// A project of a published vote, by the vote's handle and the project's number.
        case project(vote: String, title: Texts, number: Int)
        /// A proposal that was accepted without a vote, by its number.
        case proposal(Int64)
    }

    /// Its identity.
    public let id: ID<Delivery>
    /// The process it belongs to.
    public let process: ID<Process>, processSlug: String, processTitle: Texts
    /// Its handle in addresses and files.
    public let handle: String
    /// What it follows up.
    public let source: Source
    /// What is being done.
    public let title: Texts
    /// The service that answers for it.
    public let service: String
    /// Where it is and what it is about, as the vote says it: a code of the city's districts and the handle of a theme
    /// of the process, or other words; empty when nobody said.
    public let district: String, theme: String
    /// The same for readers.
    public let districtName: Texts, themeName: Texts
    /// Where it is on the map.
    public let point: MapPoint?
    /// The planned budget and what was paid so far, in cents of the currency.
    public let budget: Int64, spent: Int64, currency: String
    /// When it is to begin and to be ready.
    public let plannedStart: Day?, plannedEnd: Day
    /// The day that was promised first.
    public let firstEnd: Day
    /// When it began and when it was ready.
    public let startedOn: Day?, finishedOn: Day?
    /// Where the work stands, and why when that had to be explained.
    public let status: Status, reason: Texts
    /// All its milestones, and those reached.
    public let milestones: Int, reached: Int
    /// Counts its changes.
    public let revision: Int
    /// When anything of it changed last.
    public let changedAt: Date
    /// Whether its process is demonstration data.
    public let demonstration: Bool

    /// The share of milestones reached, in thousandths: progress is counted, never typed. Nil without milestones.
    public var progress: Int? { milestones == 0 ? nil : reached * 1000 / milestones }

    /// What `init(row:)` reads, from `Delivery.tables`.
    static let columns: SQL = """
        delivery.id, delivery.process_id, process.slug AS process_slug, process.title::text AS process_title,
        process.demonstration, delivery.handle, vote.slug AS vote_slug, vote.title::text AS vote_title,
        project.number AS project_number, proposal.number AS proposal_number, delivery.title::text AS title,
        delivery.service, delivery.district, delivery.theme, district.name::text AS district_name,
        theme.title::text AS theme_name, delivery.latitude, delivery.longitude, delivery.budget,
        delivery.currency, delivery.planned_start::text AS planned_start, delivery.planned_end::text AS planned_end,
        coalesce(promise.due_before, delivery.planned_end)::text AS first_end,
        delivery.started_on::text AS started_on, delivery.finished_on::text AS finished_on, delivery.status,
        delivery.revision, delivery.changed_at, coalesce(spending.cents, 0) AS spent,
        coalesce(turn.reason, '{}')::text AS reason, step.total, step.reached
        """

    static let tables: SQL = """
        delivery
        JOIN process ON process.id = delivery.process_id
        LEFT JOIN project ON project.id = delivery.project_id
        LEFT JOIN vote ON vote.id = project.vote_id
        LEFT JOIN proposal ON proposal.id = delivery.proposal_id
        LEFT JOIN district ON district.code = delivery.district
        LEFT JOIN theme ON theme.process_id = delivery.process_id AND theme.slug = delivery.theme
        LEFT JOIN LATERAL (
            SELECT sum(cents)::bigint AS cents FROM delivery_spending WHERE delivery_id = delivery.id
        ) AS spending ON true
        LEFT JOIN LATERAL (
            SELECT due_before FROM delivery_change
            WHERE delivery_id = delivery.id AND milestone_id IS NULL AND due_before IS NOT NULL
            ORDER BY number LIMIT 1
        ) AS promise ON true
        LEFT JOIN LATERAL (
            SELECT reason FROM delivery_change
            WHERE delivery_id = delivery.id AND milestone_id IS NULL ORDER BY number DESC LIMIT 1
        ) AS turn ON true
        CROSS JOIN LATERAL (
            SELECT count(*) AS total, count(reached_on) AS reached
            FROM delivery_milestone WHERE delivery_id = delivery.id
        ) AS step
        """

    init(row: Row) throws {
        id = ID(try row.get("id"))
        process = ID(try row.get("process_id"))
        processSlug = try row.get("process_slug")
        processTitle = try Texts(json: row.get("process_title"))
        demonstration = try row.get("demonstration")
        handle = try row.get("handle")
        if let vote: String = try row.get("vote_slug") {
            source = .project(
                vote: vote, title: try Texts(json: row.get("vote_title")), number: try row.get("project_number"))
        } else {
            source = .proposal(try row.get("proposal_number"))
        }
        title = try Texts(json: row.get("title"))
        service = try row.get("service")
        district = try row.get("district")
        theme = try row.get("theme")
        districtName =
            try row.get("district_name", as: String?.self).map(Texts.init(json:)) ?? Texts(["fr": district])
        themeName = try row.get("theme_name", as: String?.self).map(Texts.init(json:)) ?? Texts(["fr": theme])
        point = try MapPoint(row: row)
        budget = try row.get("budget")
        spent = try row.get("spent")
        currency = try row.get("currency")
        plannedStart = try row.day("planned_start")
        // The schema leaves no row without it, and no other word.
        plannedEnd = try row.day("planned_end")!
        firstEnd = try row.day("first_end")!
        startedOn = try row.day("started_on")
        finishedOn = try row.day("finished_on")
        status = Status(rawValue: try row.get("status"))!
        reason = try Texts(json: row.get("reason"))
        milestones = Int(try row.get("total", as: Int64.self))
        reached = Int(try row.get("reached", as: Int64.self))
        revision = try row.get("revision")
        changedAt = try row.get("changed_at")
    }
}

extension Row {
    /// A day that the statement gave as text; nil for NULL.
    func day(_ column: String) throws -> Day? {
        try get(column, as: String?.self).flatMap { Day($0) }
    }
}

/// Why an act on a delivery is not done.
public enum DeliveryRefusal: Error, Hashable, Sendable {
    /// There is nothing chosen, or what is chosen is followed up already or was not selected.
    case nothingChosen, notSelected
    case untitled
    case serviceMissing
    /// The budget is below zero.
    case budgetMissing
    /// A day is missing, or no day of the calendar; the argument names the field.
    case dayMissing(String)
    /// It ends before it begins.
    case endsBeforeItBegins
    /// What has happened did not happen in the future.
    case inTheFuture
    /// A delay, another date and an end without a result are explained in public.
    case reasonMissing
    /// The date is the one that stands already.
    case sameDate
    /// The work is not where this turn begins.
    case wrongStatus
    /// The milestone was reached already, or there is none of that number.
    case noSuchMilestone
    /// A milestone is reached with words or a link that show it.
    case evidenceMissing
    /// A link begins with http:// or https://.
    case malformedLink
    /// The update has no title or no words.
    case updateMissing
    /// The invoice is there already with another date, label or amount.
    case invoiceTaken
    /// A line of spending lacks its reference, its label or its amount.
    case spendingMissing
    /// Somebody changed the delivery after this form was shown.
    case changedMeanwhile
}
