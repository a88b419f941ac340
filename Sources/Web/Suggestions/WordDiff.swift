import Participation

/// What changed from one text to another, word by word.
struct WordDiff: Sendable {
    /// Some words that stayed, came or went.
    struct Piece: Sendable, Equatable {
        let text: String
        let isAdded: Bool
        let isRemoved: Bool
    }

    /// The pieces in the order of reading: what went stands before what came in its place.
    let pieces: [Piece]

    /// Compares words; blanks and line ends belong to the word after them, so that what is added at the end is all that
    /// differs.
    init(from old: String, to new: String) {
        let (before, after): ([Substring], [Substring]) = (Self.words(old), Self.words(new))
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in after.difference(from: before) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var pieces: [Piece] = []
        func add(_ word: Substring, isAdded: Bool = false, isRemoved: Bool = false) {
            if let last = pieces.last, last.isAdded == isAdded, last.isRemoved == isRemoved {
                pieces[pieces.count - 1] = Piece(text: last.text + word, isAdded: isAdded, isRemoved: isRemoved)
            } else {
                pieces.append(Piece(text: String(word), isAdded: isAdded, isRemoved: isRemoved))
            }
        }
        var (left, right) = (0, 0)
        while left < before.count || right < after.count {
            if removed.contains(left) {
                add(before[left], isRemoved: true)
                left += 1
            } else if added.contains(right) {
                add(after[right], isAdded: true)
                right += 1
            } else {
                add(after[right])
                left += 1
                right += 1
            }
        }
        self.pieces = pieces
    }

    private static func words(_ text: String) -> [Substring] {
        var words: [Substring] = []
        var start: String.Index = text.startIndex
        var wasBlank = true
        for index in text.indices {
            let isBlank: Bool = text[index].isWhitespace
            if isBlank, !wasBlank {
                words.append(text[start..<index])
                start = index
            }
            wasBlank = isBlank
        }
        if start < text.endIndex { words.append(text[start...]) }
        return words
    }
}

/// The difference of two wordings, part by part; parts that are the same in both are left out but for the text.
struct WordingDiff: Sendable {
    struct Part: Sendable {
        let name: String
        let pieces: [WordDiff.Piece]
    }

    let parts: [Part]
    let isSame: Bool

    static let sample = WordingDiff(
        parts: [
            Part(
                name: "Titre",
                pieces: [
                    .init(text: "Un ", isAdded: false, isRemoved: false),
                    .init(text: "banc", isAdded: false, isRemoved: true),
                    .init(text: "arbre", isAdded: true, isRemoved: false),
                ])
        ], isSame: false)

    init(parts: [Part], isSame: Bool) {
        self.parts = parts
        self.isSame = isSame
    }

    init(from old: Wording, to new: Wording, _ strings: Strings) {
        let compared: [(key: String, old: String, new: String)] = [
            ("talk.wording.title", old.title, new.title), ("talk.wording.body", old.body, new.body),
            ("talk.wording.place", old.place, new.place),
        ]
        parts = compared.filter { $0.old != $0.new }.map {
            Part(name: strings($0.key), pieces: WordDiff(from: $0.old, to: $0.new).pieces)
        }
        isSame = parts.isEmpty
    }
}

extension Wording {
    /// The present words of a proposal.
    init(of proposal: Proposal) {
        self.init(title: proposal.title, body: proposal.body, place: proposal.place)
    }

    /// What was typed into a form, its fields beginning with `prefix`.
    init(_ form: Fields, prefix: String = "") {
        self.init(
            title: form.text("\(prefix)title"), body: form.text("\(prefix)body"), place: form.text("\(prefix)place"))
    }
}
