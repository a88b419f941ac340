/// Which column of a file says what, guessed from the words of its first row in French, English or German.
public enum RollColumns {
    /// One field, or none, for each header; no field twice.
    public static func guess(_ headers: [String]) -> [RollField?] {
        var taken: Set<RollField> = []
        return headers.map { header in
            guard let field = field(NameText.key(header)), taken.insert(field).inserted else { return nil }
            return field
        }
    }

    private static func field(_ header: String) -> RollField? {
        RollField.allCases.first { words[$0]!.contains(header) }
    }

    private static let words: [RollField: Set<String>] = [
        .familyName: [
            "nom", "nom de famille", "nom de naissance", "nom d usage", "nom patronymique", "family name", "last name",
            "lastname", "surname", "name", "nachname", "familienname", "geburtsname",
        ],
        .givenNames: [
            "prenom", "prenoms", "prenom s", "given name", "given names", "first name", "firstname", "first names",
            "forename", "forenames", "vorname", "vornamen", "rufname",
        ],
        .birthDate: [
            "date de naissance", "naissance", "ne e le", "ne le", "birth date", "birthdate", "date of birth", "dob",
            "geburtsdatum", "geboren am",
        ],
        .birthYear: [
            "annee de naissance", "annee naissance", "birth year", "year of birth", "geburtsjahr", "jahrgang",
        ],
        .address: [
            "adresse", "adresse postale", "voie", "rue", "address", "street", "street address", "anschrift", "strasse",
            "wohnanschrift",
        ],
        .postcode: [
            "code postal", "cp", "postcode", "post code", "postal code", "zip", "zip code", "plz", "postleitzahl",
        ],
        .rollNumber: [
            "numero", "n", "no", "numero d ordre", "numero electeur", "numero d electeur", "n electeur",
            "numero national d electeur", "identifiant", "id", "number", "roll number", "voter number", "voter id",
            "nummer", "wahlernummer", "waehlernummer", "lfd nr", "laufende nummer",
        ],
        .district: [
            "quartier", "secteur", "canton", "district", "ward", "neighbourhood", "bezirk", "stadtteil", "ortsteil",
        ],
        .email: [
            "courriel", "mail", "e mail", "email", "adresse e mail", "adresse mail", "adresse electronique",
            "email address", "e mail address", "e mail adresse", "mailadresse",
        ],
    ]
}
