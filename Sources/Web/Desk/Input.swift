/// One input of a form that a page writes out itself: its name and id, what was typed, and what is wrong with it.
struct Input: Sendable {
    let name: String
    let value: String
    let error: String?

    init(name: String, value: String = "", error: String? = nil) {
        self.name = name
        self.value = value
        self.error = error
    }
}

extension FieldErrors {
    /// An input as a template shows it.
    func input(_ name: String, value: String = "", _ strings: Strings) -> Input {
        Input(name: name, value: value, error: text(for: name, strings))
    }
}
