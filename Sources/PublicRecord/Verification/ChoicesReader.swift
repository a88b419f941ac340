/// Reads the choices of opened ballots under the definition's rules.
struct ChoicesReader {
    /// What choices turn out to be.
    enum Reading {
        /// A valid ballot in its one form.
        case valid(Ballot)
        /// A ballot of the right shape that breaks a rule; the first reason's code.
        case invalid(String)
        /// Valid, but not in the one form in which the ballot is written.
        case notNormal
        /// Not the shape of this type of ballot.
        case wrongShape
        /// There is no definition to read it by.
        case unknown
    }

    /// Ballots that many people cast are read once; beyond so many different ones the memory is given back.
    private static let maximumRemembered = 50_000

    private let checker: BallotChecker?
    private var remembered: [[UInt8]: Reading] = [:]

    /// A reader of the ballots of a vote.
    init(_ definition: Definition?) {
        checker = definition.map { BallotChecker($0) }
    }

    /// The choices in these bytes; nil when they are not canonical JSON.
    mutating func read(_ bytes: ArraySlice<UInt8>) -> Reading? {
        let key = Array(bytes)
        if let known = remembered[key] { return known }
        guard let choices = try? CanonicalJSON(parsing: key), choices != .null else { return nil }
        let reading = read(choices)
        if remembered.count == Self.maximumRemembered { remembered.removeAll(keepingCapacity: true) }
        remembered[key] = reading
        return reading
    }

    /// The choices of an entry; `null` stands for an envelope that could not be opened.
    func read(_ choices: CanonicalJSON) -> Reading {
        if choices == .null { return .invalid(BallotCount.unreadable) }
        guard let checker else { return .unknown }
        guard let lines = try? Ballot.lines(choices, type: checker.rules.type) else { return .wrongShape }
        do throws(InvalidBallot) {
            let ballot = try checker.ballot(lines)
            return ballot.json(grades: checker.rules.grades) == choices ? .valid(ballot) : .notNormal
        } catch {
            return .invalid(error.reasons.first?.code ?? "")
        }
    }
}
