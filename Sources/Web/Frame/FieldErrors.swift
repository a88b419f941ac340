/// What is wrong with a form: every field at once, each with the key of its sentence.
public struct FieldErrors: Error, Hashable, Sendable {
    private struct Item: Hashable, Sendable {
        let field: String
        let key: String
        let arguments: [String: String]
    }

    private var items: [Item] = []

    /// Nothing wrong yet.
    public init() {}

    /// One field that is wrong.
    public init(_ field: String, _ key: String, _ arguments: [String: String] = [:]) {
        add(field, key, arguments)
    }

    /// Whether nothing is wrong.
    public var isEmpty: Bool { items.isEmpty }

    /// Says that `field`, whose input has that id, is wrong because of the sentence `key`. In the order of the page;
    /// an empty `field` stands for the form as a whole.
    public mutating func add(_ field: String, _ key: String, _ arguments: [String: String] = [:]) {
        items.append(Item(field: field, key: key, arguments: arguments))
    }

    /// Throws itself unless it is empty.
    public func throwIfAny() throws(FieldErrors) {
        if !isEmpty { throw self }
    }

    /// The box on top of the page that leads to each field; nil when nothing is wrong.
    public func summary(_ strings: Strings) -> ErrorSummary? {
        guard !isEmpty else { return nil }
        return ErrorSummary(
            items: items.map {
                .init(field: $0.field.isEmpty ? nil : $0.field, text: strings($0.key, $0.arguments))
            })
    }

    /// The first sentence about `field`; nil when it is right.
    public func text(for field: String, _ strings: Strings) -> String? {
        items.first { $0.field == field }.map { strings($0.key, $0.arguments) }
    }

    /// A field as `parts/field` shows it: what was typed, and what is wrong with it.
    public func field(
        _ name: String, label: String, value: String = "", type: String = "text", hint: String? = nil,
        optional: Bool = false, autocomplete: String? = nil, inputmode: String? = nil, size: String? = nil,
        _ strings: Strings
    ) -> Field {
        let problem = text(for: name, strings)
        let described = [hint == nil ? nil : "\(name)-hint", problem == nil ? nil : "\(name)-problem"]
            .compactMap(\.self).joined(separator: " ")
        return Field(
            name: name, label: label, type: type, value: value.isEmpty ? nil : value, hint: hint, problem: problem,
            optional: optional, autocomplete: autocomplete, inputmode: inputmode, size: size,
            described: described.isEmpty ? nil : described)
    }
}

/// The box on top of a refused form.
public struct ErrorSummary: Sendable {
    /// One mistake, and the id of the field where it is.
    public struct Item: Sendable {
        /// The id of the field; nil when the form as a whole is wrong.
        public let field: String?
        /// The page on which the field is; empty for this one.
        public let page: String
        /// What is wrong, for the reader.
        public let text: String

        /// A mistake in `field`; without one it concerns the form as a whole.
        public init(field: String?, on page: String = "", text: String) {
            self.field = field
            self.page = page
            self.text = text
        }
    }

    /// The mistakes, in the order of the page.
    public let items: [Item]
    /// What to do when nothing helps; often who can help in person.
    public let next: String?

    /// The mistakes in the order of the page.
    public init(items: [Item], next: String? = nil) {
        self.items = items
        self.next = next
    }
}

/// One field of a form, for `parts/field`. Its id is its name; its hint has the id `NAME-hint`, its problem
/// `NAME-problem`.
public struct Field: Sendable {
    /// Its name and its id.
    public let name: String
    /// What it asks for.
    public let label: String
    /// The type of the `<input>`.
    public let type: String
    /// What was typed; nil for nothing.
    public let value: String?
    /// What helps to fill it in.
    public let hint: String?
    /// What is wrong with it.
    public let problem: String?
    /// It may stay empty.
    public let optional: Bool
    /// What the browser may fill in by itself.
    public let autocomplete: String?
    /// The keyboard a telephone shows.
    public let inputmode: String?
    /// How wide it is: a class of the style sheet.
    public let size: String?
    /// For `aria-describedby`: the ids of what explains the field.
    public let described: String?
}
