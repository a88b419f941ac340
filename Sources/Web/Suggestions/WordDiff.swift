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
        // What the ends have in common is put aside, and what is left of two long texts goes and comes as a whole: the
        // comparison needs memory by the square of what differs.
        let start: Int = zip(before, after).prefix { $0 == $1 }.count
        let end: Int = zip(before.dropFirst(start).reversed(), after.dropFirst(start).reversed()).prefix { $0 == $1 }
            .count
        let (left, right) = (before[start..<before.count - end], after[start..<after.count - end])
        if left.count + right.count > Self.most {
            removed.formUnion(left.indices)
            added.formUnion(right.indices)
        } else {
            for change in right.difference(from: left) {
                switch change {
                case .remove(let offset, _, _): removed.insert(start + offset)
                case .insert(let offset, _, _): added.insert(start + offset)
                }
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
        var (at, place) = (0, 0)
        while at < before.count || place < after.count {
            if removed.contains(at) {
                add(before[at], isRemoved: true)
                at += 1
            } else if added.contains(place) {
                add(after[place], isAdded: true)
                place += 1
            } else {
                add(after[place])
                at += 1
                place += 1
            }
        }
        self.pieces = pieces
    }

    /// The most words that are compared one by one, of both texts together.
    private static let most = 3_000

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
