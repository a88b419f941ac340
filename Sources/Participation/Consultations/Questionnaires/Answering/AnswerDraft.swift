import Crypto
import Foundation

/// What somebody has written so far.
public struct AnswerDraft: Sendable {
    /// The code that opens it.
    public let code: ResponseCode
    /// The questionnaire, and the version of it that is answered.
    public let questionnaire: ID<Questionnaire>, version: Int
    /// How it will come, and in which language.
    public let way: AnswerWay, language: Language
    /// What was answered so far, also to questions that are no longer asked.
    public let answers: Answers
    /// Whether it takes the place of answers that were sent.
    public let isChange: Bool
    /// The one-time code that it was begun with: its package, and its number there.
    let oneTime: OneTimeCode?
    let replaces: ID<Response>?

    struct OneTimeCode: Codable, Hashable, Sendable {
        let package: UUID
        let number: Int
    }

    /// What is sealed.
    struct Content: Codable, Sendable {
        var way: AnswerWay
        var language: Language
        var answers: [String: AnswerValue]
        var isChange = false
        var oneTime: OneTimeCode?
        /// The answer with a name that it takes the place of, where an account changes it without its code.
        var replaces: UUID?
        /// Of an answer on its way: the version that was answered, the day, and what it is found by once it has arrived.
        var version: Int?, day: String?, arrivalHash: [UInt8]?

        /// AES-GCM under the key; the label keeps one kind of sealed content from passing for another.
        func sealed(_ key: SymmetricKey, label: String) throws -> [UInt8] {
            let box = try AES.GCM.seal(
                try JSONEncoder().encode(self), using: key, authenticating: Data(label.utf8))
            // A nonce of the usual length has a combined form.
            return Array(box.combined!)
        }

        init(sealed: [UInt8], _ key: SymmetricKey, label: String) throws {
            let box = try AES.GCM.SealedBox(combined: sealed)
            let open = try AES.GCM.open(box, using: key, authenticating: Data(label.utf8))
            self = try JSONDecoder().decode(Self.self, from: open)
        }

        init(
            way: AnswerWay, language: Language, answers: Answers, isChange: Bool = false, oneTime: OneTimeCode? = nil,
            replaces: UUID? = nil, version: Int? = nil, day: String? = nil,
            arrivalHash: [UInt8]? = nil
        ) {
            self.way = way
            self.language = language
            self.answers = answers.byQuestion
            self.isChange = isChange
            self.oneTime = oneTime
            self.replaces = replaces
            self.version = version
            self.day = day
            self.arrivalHash = arrivalHash
        }
    }

    /// The label of the seal.
    static let label = "draft"

    init(code: ResponseCode, questionnaire: ID<Questionnaire>, version: Int, _ content: Content) {
        self.code = code
        self.questionnaire = questionnaire
        self.version = version
        way = content.way
        language = content.language
        answers = Answers(content.answers)
        isChange = content.isChange
        oneTime = content.oneTime
        replaces = content.replaces.map { ID($0) }
    }

    var content: Content {
        Content(
            way: way, language: language, answers: answers, isChange: isChange, oneTime: oneTime,
            replaces: replaces?.uuid)
    }
}

/// Why nothing can be answered, or not like this.
public enum AnsweringRefusal: Error, Hashable, Sendable {
    /// Nothing is asked now: it has not begun, it is over, or the questionnaire is not open.
    case notOpen
    /// It is not answered in this way.
    case otherWay
    /// Somebody who is signed in answers; nobody is.
    case signInNeeded
    /// Who asks has answered, and each answers once.
    case alreadyAnswered
    /// The one-time code is none of this questionnaire, was used, or was made void.
    case unknownCode, usedCode, voidCode
    /// The device was closed, or belongs to another questionnaire.
    case kioskClosed
    /// Nothing is kept under the code, or not any more.
    case gone
    /// More was written than is kept.
    case tooLarge
    /// Something asked is not answered, or not as asked.
    case incomplete([String: AnswerProblem])
    /// Answers to this questionnaire are not changed once they are sent.
    case notChanged
    /// The synthesis has been published: nothing is taken out of it any more.
    case tooLate
}
