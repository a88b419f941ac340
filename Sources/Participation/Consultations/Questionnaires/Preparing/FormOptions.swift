extension QuestionnaireForm.Option {
    /// The options or rows that somebody has typed, one per line, in French.
    ///
    /// A line that says what an option said keeps its key and its translations. Of the lines left, each takes the key of
    /// the option that stood in its place between the same neighbours: its title has been reworded. All others are new.
    public static func typed(_ lines: [String], over known: [Self]) -> [Self] {
        let titles: [String] = lines.filter { !$0.isEmpty }
        var matches: [Int?] = titles.map { _ in nil }
        var free: Set<Int> = Set(known.indices)
        for (index, title) in titles.enumerated() {
            guard let match = known.indices.first(where: { free.contains($0) && known[$0].title(.french) == title })
            else { continue }
            matches[index] = match
            free.remove(match)
        }
        for index in titles.indices where matches[index] == nil {
            let candidate: Int = index == 0 ? 0 : (matches[index - 1] ?? known.count) + 1
            guard free.contains(candidate) else { continue }
            matches[index] = candidate
            free.remove(candidate)
        }
        var taken: Set<String> = Set(known.map(\.key))
        return zip(titles, matches).map { title, match in
            guard let match else {
                let key: String = Slug.made(of: title, avoiding: taken, nameless: "option")
                taken.insert(key)
                return Self(key: key, title: Texts(["fr": title]))
            }
            return Self(key: known[match].key, title: known[match].title.replacing(title, in: .french))
        }
    }
}

extension Texts {
    /// The texts with those in one language replaced.
    public func replacing(_ text: String, in language: Language) -> Texts {
        var texts: [String: String] = byLanguage
        texts[language.rawValue] = text
        return Texts(texts)
    }
}
