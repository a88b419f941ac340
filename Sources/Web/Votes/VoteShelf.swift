import Foundation
import Participation
import Synchronization

/// Votes held for a moment, with the cards of their projects rendered once per language.
///
/// A vote changes seldom and its page is read by everybody at once: a copy no older than a second serves them. Nothing
/// that decides about a ballot is read from here: that is asked of the database in the transaction that casts it.
public final class VoteShelf: Sendable {
    private struct Kept {
        let vote: ShelvedVote
        let until: ContinuousClock.Instant
    }

    private let votes: Votes
    private let site: Site
    private let kept = Mutex<[String: Kept]>([:])

    /// A shelf in front of `votes`.
    init(votes: Votes, site: Site) {
        self.votes = votes
        self.site = site
    }

    /// The vote with the handle in the path.
    ///
    /// - Parameter isFresh: reads it again, whatever the age of the copy.
    /// - Throws: `Absent` when there is none.
    func vote(_ slug: String, isFresh: Bool = false) async throws -> ShelvedVote {
        let now = ContinuousClock.now
        if !isFresh, let known = kept.withLock({ $0[slug] }), known.until > now { return known.vote }
        guard let vote = try await votes.find(slug) else { throw Absent() }
        let shelved: ShelvedVote = kept.withLock { kept in
            if kept.count > 200 { kept.removeAll() }
            // An open vote's projects are frozen: what was rendered from them stays right.
            let shelved: ShelvedVote
            if let before = kept[slug]?.vote, let hash = before.vote.opening?.hash, hash == vote.opening?.hash {
                shelved = before.updated(to: vote)
            } else {
                shelved = ShelvedVote(vote, cards: ProjectCards(vote, site: site))
            }
            kept[slug] = Kept(vote: shelved, until: now + .seconds(1))
            return shelved
        }
        return shelved
    }

    /// Forgets the vote: an act has just changed it.
    func forget(_ slug: String) {
        kept.withLock { $0[slug] = nil }
    }
}

/// A vote from the shelf.
final class ShelvedVote: Sendable {
    let vote: Vote
    let cards: ProjectCards
    /// The vote's page for visitors, as old as this copy of the vote at most.
    let pages = VisitorPages()

    init(_ vote: Vote, cards: ProjectCards) {
        self.vote = vote
        self.cards = cards
    }

    func updated(to vote: Vote) -> ShelvedVote { ShelvedVote(vote, cards: cards) }
}

/// The cards of a vote's projects as HTML, rendered once per language.
final class ProjectCards: Sendable {
    private let vote: Vote
    private let site: Site
    private let html = Mutex<[Language: [Int: String]]>([:])

    init(_ vote: Vote, site: Site) {
        self.vote = vote
        self.site = site
    }

    /// The cards of the projects, one after the other.
    func html(of projects: [VoteProject], _ language: Language) -> String {
        let cards: [Int: String] = html.withLock { html in
            if let known = html[language] { return known }
            let strings: Strings = site.strings(language)
            var cards: [Int: String] = [:]
            for project in vote.projects {
                cards[project.number] = site.fragment(ProjectCard(project, vote: vote, strings), language)
            }
            html[language] = cards
            return cards
        }
        return projects.reduce(into: "") { $0 += cards[$1.number] ?? "" }
    }
}

/// A project in a list.
struct ProjectCard: PageView {
    static let template = "votes/card"
    static let sample = ProjectCard(
        number: "4", title: "Un jardin", titleLanguage: "fr", href: "/votes/x/projects/4", district: "Nord",
        category: "Nature", cost: "45 000 €")

    let number: String
    let title: String
    /// The language of the title where it is not the reader's.
    let titleLanguage: String?
    let href: String
    let district: String?
    let category: String?
    let cost: String
}

extension ProjectCard {
    init(_ project: VoteProject, vote: Vote, _ strings: Strings) {
        number = String(project.number)
        title = project.title(strings.language)
        titleLanguage = project.title.foreign(to: strings.language)
        href = "/votes/\(vote.slug)/projects/\(project.number)"
        district = project.district
        category = project.category
        cost = strings.money(project.cost, currency: vote.settings.currency)
    }
}

extension Texts {
    /// The language in which the text is given when it is not the reader's own; nil when it is.
    func foreign(to language: Language) -> String? {
        let given: String = self.language(for: language)
        return given == language.rawValue ? nil : given
    }
}
