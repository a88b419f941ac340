import Participation

/// What the pages of comments need to know of what is commented on.
///
/// A new thing with a thread makes its own scene one, and adds a ``CommentController`` at the address of its page.
protocol CommentScene: Sendable {
    /// What is commented on.
    var host: CommentHost { get }
    /// The address of its page; the comments are below.
    var here: String { get }
    /// What it is called, and in which language where that is not the reader's.
    var title: String { get }
    var wroteIn: String? { get }
    /// How many comments there are.
    var commentCount: Int { get }
    /// Whether a comment of the first level takes a position.
    var takesPositions: Bool { get }
    /// The key of the words for a time when nobody comments.
    var closedWords: String { get }
    /// Whether nobody writes here any more, those who speak for the city neither.
    var isOver: Bool { get }
    /// The account that reads, if one is signed in.
    var account: SignedInAccount? { get }
    /// The role in which the reader may speak for the city here.
    var cityRole: Role? { get }
    var strings: Strings { get }

    /// Whether residents may comment now.
    func isOpen(_ comments: Comments) async throws -> Bool
    /// The number of the proposal that a comment was written under, where that is not the one of the page.
    func origin(of comment: Comment) -> Int64?
}

extension CommentScene {
    /// Comments on anything but proposals were written where they are read.
    func origin(of comment: Comment) -> Int64? { nil }

    /// The reader as the author of a comment: for the city when they may and say so.
    func speaker(_ form: Fields) throws(SignInNeeded) -> Actor {
        guard let account else { throw SignInNeeded() }
        if form.has("city"), let cityRole { return account.acting(as: cityRole) }
        return .resident(account.id)
    }
}
