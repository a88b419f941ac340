/// What a roll says of a person; a column of a file is mapped to one of these or to none.
public enum RollField: String, CaseIterable, Sendable, Hashable {
    case familyName = "family_name"
    case givenNames = "given_names"
    case birthDate = "birth_date"
    case birthYear = "birth_year"
    case address
    case postcode
    case rollNumber = "roll_number"
    case district
    case email

    /// The fields by which a definition may have people found on the roll. An e-mail address is none of them: families
    /// share one. Nor is a district, which half a city shares.
    public static let matching: [RollField] = [
        .familyName, .givenNames, .birthDate, .birthYear, .address, .postcode, .rollNumber,
    ]
}
