/// One thing a connection does: a statement, a script, a pipeline or a copy, from the moment a task asks for it until
/// the server is ready for the next one.
///
/// Its variables belong to the connection's lock until it is finished, and to nobody else afterwards.
final class Operation: @unchecked Sendable {
    /// What is asked for.
    enum Work {
        /// One prepared statement.
        case statement(SQL)
        /// Text without parameters, perhaps several statements, by the simple protocol.
        case script(String)
        /// Several prepared statements in one round trip.
        case pipeline([(StaticString, SQL)])
        /// `COPY … FROM STDIN`
        case copyIn(String)
        /// `COPY … TO STDOUT`
        case copyOut(String)
    }

    /// What the server is doing for it now.
    enum Step {
        /// Not sent yet.
        case queued
        /// Giving up a prepared statement, named by its text, to make room.
        case evicting(text: String)
        /// Preparing the statement under this name.
        case preparing(name: String)
        /// Running; whether the plan came from the cache.
        case executing(cached: Bool)
        /// Taking the rows of a copy in.
        case copyingIn
        /// Sending the rows of a copy out.
        case copyingOut
        /// Done; the outcome is settled.
        case finished
    }

    /// One command of a pipeline, in the order in which it was sent.
    enum PipelineItem {
        case prepare(statement: Int, name: String)
        case execute(statement: Int)
    }

    let name: StaticString
    let work: Work
    /// False for what must not be left half done, such as a rollback.
    let isCancellable: Bool

    var step = Step.queued
    var result: ResultSet?
    var failure: (any Error)?
    var isCancelled = false
    var wasRetried = false
    var continuation: UnsafeContinuation<Void, any Error>?

    // Pipelines
    var items: [PipelineItem] = []
    var nextItem = 0
    var results: [ResultSet?] = []
    var usedCachedPlan = false

    // Copies
    /// The server is ready for rows, or about to send them.
    var wasOpened = false
    /// The task that waits for rows.
    var demand: UnsafeContinuation<[[UInt8]], any Error>?
    /// Nobody reads the rows any more.
    var isAbandoned = false

    init(_ name: StaticString, _ work: Work, isCancellable: Bool = true) {
        self.name = name
        self.work = work
        self.isCancellable = isCancellable
    }
}

/// A task to resume once the connection's lock is released.
enum Wake: Sendable {
    case done(UnsafeContinuation<Void, any Error>, (any Error)?)
    case rows(UnsafeContinuation<[[UInt8]], any Error>, Result<[[UInt8]], any Error>)

    func call() {
        switch self {
        case .done(let continuation, nil): continuation.resume()
        case .done(let continuation, let error?): continuation.resume(throwing: error)
        case .rows(let continuation, let rows): continuation.resume(with: rows)
        }
    }
}

/// The tasks to resume: nearly always none or one, which then needs no array.
struct Wakes: Sendable {
    private var first: Wake?
    private var others: [Wake] = []
    /// The connection was found lost.
    var isLost = false

    mutating func add(_ wake: Wake) {
        if first == nil { first = wake } else { others.append(wake) }
    }

    func call() {
        first?.call()
        for wake in others { wake.call() }
    }
}
