import Participation

/// The forms in which people say who they are.
enum RollForm {
    /// What was typed of the fields by which a vote finds people.
    static func draft(_ form: Fields, of vote: Vote) -> RollClaim.Draft {
        var typed: [RollField: String] = [:]
        for field in fields(of: vote) { typed[field] = form.text(field.rawValue) }
        return RollClaim.Draft(typed, email: form.text("email"))
    }

    private static func fields(of vote: Vote) -> [RollField] {
        RollField.matching.filter { vote.settings.rollFields.contains($0.rawValue) }
    }

    static func fields(
        of vote: Vote, _ form: Fields, _ errors: FieldErrors, needsEmail: Bool, _ strings: Strings
    ) -> [Field] {
        fields(of: vote).map { field in
            let name: String = field.rawValue
            let isNumber: Bool = field == .birthYear || field == .postcode
            return errors.field(
                name, label: strings("rolls.field.\(name)"), value: form.text(name), hint: hint(field, strings),
                autocomplete: autocomplete(field), inputmode: isNumber ? "numeric" : nil,
                size: isNumber || field == .birthDate ? "short" : nil, strings)
        } + (needsEmail ? [email(form, errors, strings)] : [])
    }

    static func declarationFields(_ form: Fields, _ errors: FieldErrors, _ strings: Strings) -> [Field] {
        [
            errors.field(
                "family_name", label: strings("rolls.field.family_name"), value: form.text("family_name"),
                autocomplete: "family-name", strings),
            errors.field(
                "given_names", label: strings("rolls.field.given_names"), value: form.text("given_names"),
                autocomplete: "given-name", strings),
            errors.field(
                "birth_year", label: strings("rolls.field.birth_year"), value: form.text("birth_year"),
                hint: strings("rolls.hint.birth_year"), autocomplete: "bday-year", inputmode: "numeric", size: "short",
                strings),
            errors.field(
                "tie", label: strings("rolls.field.tie"), value: form.text("tie"), hint: strings("rolls.hint.tie"),
                autocomplete: "street-address", strings),
            email(form, errors, strings),
        ]
    }

    private static func email(_ form: Fields, _ errors: FieldErrors, _ strings: Strings) -> Field {
        errors.field(
            "email", label: strings("rolls.field.email"), value: form.text("email"), type: "email",
            hint: strings("rolls.hint.email"), autocomplete: "email", strings)
    }

    private static func hint(_ field: RollField, _ strings: Strings) -> String? {
        switch field {
        case .givenNames, .birthDate, .birthYear, .rollNumber: strings("rolls.hint.\(field.rawValue)")
        case .familyName, .address, .postcode, .district, .email: nil
        }
    }

    private static func autocomplete(_ field: RollField) -> String? {
        switch field {
        case .familyName: "family-name"
        case .givenNames: "given-name"
        case .birthDate: "bday"
        case .birthYear: "bday-year"
        case .address: "street-address"
        case .postcode: "postal-code"
        case .rollNumber, .district, .email: nil
        }
    }

    /// The sentences about a claim, each at its field.
    static func errors(_ problems: [RollClaim.Problem]) -> FieldErrors {
        var errors = FieldErrors()
        for problem in problems {
            switch problem {
            case .missing(let field): errors.add(field.rawValue, "rolls.problem.missing.\(field.rawValue)")
            case .tooLong(let field): errors.add(field.rawValue, "rolls.problem.too_long")
            case .badDate: errors.add("birth_date", "rolls.problem.bad_date")
            case .badYear: errors.add("birth_year", "rolls.problem.bad_year")
            case .noEmail: errors.add("email", "rolls.problem.no_email")
            case .badEmail: errors.add("email", "rolls.problem.bad_email")
            case .tooYoung(let least): errors.add("", "rolls.problem.too_young", ["least": String(least)])
            }
        }
        return errors
    }

    /// The sentences about a declaration, each at its field.
    static func errors(_ problems: [DeclarationProblem]) -> FieldErrors {
        var errors = FieldErrors()
        for problem in problems {
            switch problem {
            case .missing(.email): errors.add("email", "rolls.problem.no_email")
            case .missing(let field): errors.add(field.rawValue, "rolls.problem.missing.\(field.rawValue)")
            case .tooLong(let field): errors.add(field.rawValue, "rolls.problem.too_long")
            case .badYear: errors.add("birth_year", "rolls.problem.bad_year")
            case .badEmail: errors.add("email", "rolls.problem.bad_email")
            case .tooYoung(let least): errors.add("birth_year", "rolls.problem.too_young", ["least": String(least)])
            case .alreadyDeclared: errors.add("", "rolls.already_declared")
            }
        }
        return errors
    }
}
