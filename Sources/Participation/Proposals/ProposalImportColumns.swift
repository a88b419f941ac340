/// Which column of a file says what, guessed from its first row: the headers that Decidim exports, and plain words in
/// French, English and German.
enum ProposalImportColumns {
    /// One field, or none, for each header; no field twice. Where a title stands in several languages, the first
    /// column that has the language of the import is taken, else the first of all.
    static func guess(_ headers: [String], language: Language) -> [ProposalImport.Field?] {
        let keys: [String] = headers.map(key)
        var columns: [ProposalImport.Field?] = Array(repeating: nil, count: headers.count)
        for field in ProposalImport.Field.allCases {
            for word in words[field] ?? [] {
                let wanted: [String] = ["\(word)/\(language.rawValue)", word]
                let exact: Int? = wanted.lazy.compactMap { keys.firstIndex(of: $0) }.first
                let found: Int? =
                    exact ?? keys.firstIndex { $0.hasPrefix("\(word)/") && $0.utf8.count == word.utf8.count + 3 }
                guard let found, columns[found] == nil else { continue }
                columns[found] = field
                break
            }
        }
        return columns
    }

    /// Small letters without accents; the stroke between a name and its language stays.
    private static func key(_ header: String) -> String {
        header.split(separator: "/", omittingEmptySubsequences: false).map { NameText.key(String($0)) }
            .joined(separator: "/")
    }

    private static let words: [ProposalImport.Field: [String]] = [
        .reference: ["reference", "id", "identifiant", "numero", "kennung", "nummer"],
        .title: ["title", "titre", "titel"],
        .body: ["body", "description", "texte", "text", "beschreibung"],
        .theme: ["theme", "taxonomies/name", "category/name", "categorie", "category", "thema", "kategorie"],
        .district: ["district", "quartier", "scope/name", "secteur", "stadtteil", "bezirk"],
        .place: ["address", "adresse", "lieu", "place", "ort"],
        .latitude: ["latitude", "lat", "breitengrad"],
        .longitude: ["longitude", "lon", "lng", "langengrad"],
        .cost: ["cost", "cout", "budget", "kosten"],
        .author: ["author/name", "auteur", "author", "nom", "autor", "name"],
        .publishedAt: ["published at", "date", "publie le", "created at", "datum"],
        .state: ["state", "statut", "etat", "status", "withdrawn"],
    ]
}
