public import Foundation

/// The answer to one question. Its JSON is an object whose key says which kind it is.
public enum AnswerValue: Hashable, Sendable {
    /// What somebody wrote: `{"words": "…"}`.
    case words(String)
    /// The keys of what was chosen, in the form's order, and what was written in beside them:
    /// `{"chosen": ["a"], "other": "…"}`.
    case chosen([String], other: String?)
    /// The key of the column chosen in each row: `{"rows": {"row": "column"}}`.
    case rows([String: String])
    /// The keys of what was ranked, the first first: `{"ranked": ["b", "a"]}`.
    case ranked([String])
    /// A number, or a point of a scale, in plain digits with a point: `{"number": "12.5"}`.
    case number(String)
    /// A day: `{"day": "2026-11-21"}`.
    case day(Day)
    /// A place: a point, words, a district, or several of them:
    /// `{"place": {"latitude": 47.75, "longitude": 7.33, "words": "…", "district": "…"}}`.
    case place(MapPoint?, words: String, district: String?)
    /// A photo, with what it shows: `{"photo": "<medium>", "alt": "…"}`.
    case photo(ID<Medium>, alt: String)

    /// The keys that were chosen or, of a scale, its point; empty for other kinds.
    public var choices: Set<String> {
        switch self {
        case .chosen(let keys, _): Set(keys)
        case .number(let digits): [digits]
        default: []
        }
    }

    /// The number, of a number or a scale.
    public var decimal: Decimal? {
        if case .number(let digits) = self { Decimal(plain: digits) } else { nil }
    }

    /// What somebody wrote in their own words.
    public var words: String? {
        switch self {
        case .words(let words): words
        case .chosen(_, let other): other
        case .place(_, let words, _): words.isEmpty ? nil : words
        default: nil
        }
    }
}

/// The answers to a questionnaire, by the key of the question. A question without an answer has none here.
public struct Answers: Hashable, Sendable {
    /// The answers by the key of the question.
    public private(set) var byQuestion: [String: AnswerValue]

    /// Answers by the key of the question.
    public init(_ byQuestion: [String: AnswerValue] = [:]) {
        self.byQuestion = byQuestion
    }

    /// The answer to the question with the key.
    public subscript(key: String) -> AnswerValue? {
        get { byQuestion[key] }
        set { byQuestion[key] = newValue }
    }

    /// Whether nothing was answered.
    public var isEmpty: Bool { byQuestion.isEmpty }

    /// The JSON object that the database keeps, with its keys in order.
    public var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(byQuestion), as: UTF8.self)
        }
    }

    /// The answers in a JSON object.
    public init(json: String) throws {
        byQuestion = try JSONDecoder().decode([String: AnswerValue].self, from: Data(json.utf8))
    }
}

extension AnswerValue: Codable {
    private enum Key: String, CodingKey {
        case words, chosen, other, rows, ranked, number, day, place, latitude, longitude, district, photo, alt
    }

    /// Writes the JSON object of its kind.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        switch self {
        case .words(let words): try object.encode(words, forKey: .words)
        case .chosen(let keys, let other):
            try object.encode(keys, forKey: .chosen)
            try object.encodeIfPresent(other, forKey: .other)
        case .rows(let rows): try object.encode(rows, forKey: .rows)
        case .ranked(let keys): try object.encode(keys, forKey: .ranked)
        case .number(let digits): try object.encode(digits, forKey: .number)
        case .day(let day): try object.encode(day.description, forKey: .day)
        case .place(let point, let words, let district):
            var place = object.nestedContainer(keyedBy: Key.self, forKey: .place)
            try place.encodeIfPresent(point?.latitude, forKey: .latitude)
            try place.encodeIfPresent(point?.longitude, forKey: .longitude)
            try place.encode(words, forKey: .words)
            try place.encodeIfPresent(district, forKey: .district)
        case .photo(let medium, let alt):
            try object.encode(medium.description, forKey: .photo)
            try object.encode(alt, forKey: .alt)
        }
    }

    /// Reads the JSON object of any kind.
    public init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Key.self)
        func broken(_ key: Key) -> DecodingError {
            .dataCorruptedError(forKey: key, in: object, debugDescription: "not an answer of this kind")
        }
        if object.contains(.words) {
            self = .words(try object.decode(String.self, forKey: .words))
        } else if object.contains(.chosen) {
            self = .chosen(
                try object.decode([String].self, forKey: .chosen),
                other: try object.decodeIfPresent(String.self, forKey: .other))
        } else if object.contains(.rows) {
            self = .rows(try object.decode([String: String].self, forKey: .rows))
        } else if object.contains(.ranked) {
            self = .ranked(try object.decode([String].self, forKey: .ranked))
        } else if object.contains(.number) {
            self = .number(try object.decode(String.self, forKey: .number))
        } else if object.contains(.day) {
            guard let day = Day(try object.decode(String.self, forKey: .day)) else { throw broken(.day) }
            self = .day(day)
        } else if object.contains(.place) {
            let place = try object.nestedContainer(keyedBy: Key.self, forKey: .place)
            let latitude: Double? = try place.decodeIfPresent(Double.self, forKey: .latitude)
            let longitude: Double? = try place.decodeIfPresent(Double.self, forKey: .longitude)
            var point: MapPoint?
            if let latitude, let longitude {
                point = MapPoint(latitude: latitude, longitude: longitude)
                if point == nil { throw broken(.place) }
            }
            self = .place(
                point, words: try place.decode(String.self, forKey: .words),
                district: try place.decodeIfPresent(String.self, forKey: .district))
        } else {
            guard let medium = ID<Medium>(try object.decode(String.self, forKey: .photo)) else { throw broken(.photo) }
            self = .photo(medium, alt: try object.decode(String.self, forKey: .alt))
        }
    }
}

extension Decimal {
    /// The number written in plain digits: an optional minus, digits, and perhaps a point and more digits; nil for
    /// anything else, exponents and other scripts' digits included.
    init?(plain text: String) {
        let digits: Substring = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, text.utf8.count <= 20,
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        self.init(string: text, locale: Locale(identifier: "en_US_POSIX"))
    }
}
