import Foundation

/// The name of a file as it is shown and offered for saving; never a path to open.
enum FileName {
    /// `name` without folders and without letters that deceive or cannot be seen, at most 150 characters.
    static func tidy(_ name: String) -> String {
        let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        let seen = String(String.UnicodeScalarView(last.unicodeScalars.filter { !isHidden($0) }))
        let tidy = seen.trimmingCharacters(in: CharacterSet(charactersIn: ". ").union(.whitespacesAndNewlines))
        return tidy.isEmpty ? "-" : String(tidy.precomposedStringWithCanonicalMapping.prefix(150))
    }

    /// Control characters, those that turn the direction of writing, and others without a form.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
