import Foundation
import PublicRecord

/// Why a file is not the form of a questionnaire.
public enum FormFileProblem: Error, Hashable, Sendable {
    /// Nothing in it; more bytes than a form has.
    case empty, tooLarge(most: Int)
    /// Not JSON, from that byte on; nested too deep; a name that stands twice in one object.
    case notJSON(byte: Int?), tooDeep, repeatedName(String)
    /// The value at that place, such as `sections.2.questions.1.kind`, is missing or of another type; one that no form
    /// has is there.
    case missing(String), wrongType(String), unknownName(String)
}

/// A questionnaire's form as a file, to keep it, to send it and to write it elsewhere.
public enum FormFile {
    /// The most bytes that are read.
    public static let largest = 1_000_000

    /// The file of a form: JSON (RFC 8259), indented, its names in order.
    public static func write(_ form: QuestionnaireForm) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return Array(try encoder.encode(form)) + [UInt8(ascii: "\n")]
    }

    /// The form in a file, whatever its bytes. Whether it makes sense is asked afterwards; see
    /// ``QuestionnaireForm/problems(districts:)``.
    public static func read(_ bytes: [UInt8]) throws(FormFileProblem) -> QuestionnaireForm {
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= largest else { throw .tooLarge(most: largest) }
        let body: ArraySlice<UInt8> = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        let value: CanonicalJSON
        do throws(JSONError) {
            value = try CanonicalJSON(parsing: body, canonical: false)
        } catch {
            switch error.problem {
            case .tooDeep: throw .tooDeep
            case .duplicateName(let name): throw .repeatedName(String(name.prefix(60)))
            default: throw .notJSON(byte: error.offset)
            }
        }
        try FormShape.form.check(value, at: "")
        do {
            let form: QuestionnaireForm = try JSONDecoder().decode(QuestionnaireForm.self, from: Data(body))
            return form.tidied
        } catch DecodingError.keyNotFound(let key, let context) {
            throw .missing(place(context.codingPath + [key]))
        } catch DecodingError.valueNotFound(_, let context), DecodingError.typeMismatch(_, let context),
            DecodingError.dataCorrupted(let context)
        {
            throw .wrongType(place(context.codingPath))
        } catch { throw .notJSON(byte: nil) }
    }

    /// A place in the file as people count: the first element is 1.
    private static func place(_ path: [any CodingKey]) -> String {
        path.map { key in key.intValue.map { String($0 + 1) } ?? String(key.stringValue.prefix(60)) }
            .joined(separator: ".")
    }
}

/// Which names the objects of a form may have: one that nobody reads would be lost without a word.
private indirect enum FormShape: Sendable {
    case object([String: FormShape])
    case list(FormShape)
    /// Texts by language, a word, a number: what reading it checks.
    case value

    func check(_ value: CanonicalJSON, at place: String) throws(FormFileProblem) {
        func inside(_ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }
        switch (self, value) {
        case (.object(let names), .object(let members)):
            for member in members {
                let name: String = inside(String(member.name.prefix(60)))
                guard let shape = names[member.name] else { throw .unknownName(name) }
                try shape.check(member.value, at: name)
            }
        case (.list(let shape), .array(let values)):
            for (index, each) in values.enumerated() { try shape.check(each, at: inside(String(index + 1))) }
        case (.value, _), (_, .null): break
        default: throw .wrongType(place)
        }
    }

    static let form = FormShape.object(["sections": .list(section)])

    private static let section = FormShape.object([
        "key": .value, "title": .value, "introduction": .value, "condition": condition, "questions": .list(question),
    ])
    private static let question = FormShape.object(
        [
            "condition": condition, "options": .list(option), "rows": .list(option),
        ].merging(
            [
                "key", "kind", "title", "help", "isRequired", "hasOther", "least", "most", "lowest", "highest",
                "lowestMeans", "highestMeans", "decimals", "unit", "earliest", "latest", "meaning",
            ].map { ($0, FormShape.value) }, uniquingKeysWith: { first, _ in first }))
    private static let option = FormShape.object(["key": .value, "title": .value])
    private static let condition = FormShape.object([
        "join": .value, "tests": .list(.object(["question": .value, "comparison": .value, "values": .value])),
    ])
}

extension QuestionnaireForm {
    /// The form without what its questions have no use for.
    fileprivate var tidied: Self {
        Self(
            sections: sections.map { section in
                var section: Section = section
                section.questions = section.questions.map(\.tidied)
                return section
            })
    }
}
