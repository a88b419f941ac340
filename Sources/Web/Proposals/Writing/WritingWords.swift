import Participation

/// The parts of a proposal as its authors read them back, and the fields in which they write them.
struct WritingWords {
    let strings: Strings
    let call: ProposalCall
    let districts: [District]
    /// The map on which a point can be chosen; nil while the city has no outlines.
    let map: MapView?

    /// The steps in their order, as the progress names them.
    static let steps: [String] = ["idea", "place", "author", "media", "check"]

    /// « Étape 2 sur 5 : où ».
    func progress(_ step: String) -> String {
        let number: Int = (Self.steps.firstIndex(of: step) ?? 0) + 1
        return strings(
            "proposals.writing.step",
            [
                "number": strings.number(number), "count": strings.number(Self.steps.count),
                "step": strings("proposals.writing.step.\(step)"),
            ])
    }

    /// What the city tells whoever writes, a paragraph a line.
    var guidance: [String] {
        call.guidance(strings.language).split(separator: "\n").map(String.init)
    }

    // MARK: Reading back

    /// One part as it is kept; fields without an answer say so.
    func answers(_ part: ProposalDraft.Part, of draft: ProposalDraft, withBody: Bool = true) -> [WritingAnswer] {
        switch part {
        case .idea:
            var answers: [WritingAnswer] = [answer("proposals.writing.title", draft.title)]
            if withBody { answers.append(answer("proposals.writing.body", draft.body)) }
            if !call.themes.isEmpty { answers.append(answer("proposals.writing.theme", theme(draft.theme))) }
            return answers
        case .place:
            var answers: [WritingAnswer] = []
            if !districts.isEmpty { answers.append(answer("proposals.writing.district", district(draft.district))) }
            answers.append(answer("proposals.writing.place", draft.place))
            if let point = draft.point {
                let words: String =
                    "\(WritingForm.degrees(point.latitude)), \(WritingForm.degrees(point.longitude))"
                answers.append(answer("proposals.writing.point", words))
            }
            return answers
        case .author:
            let kind: String = strings("proposals.writing.kind.\(draft.authorKind.rawValue)")
            var answers: [WritingAnswer] = [answer("proposals.writing.kind", kind)]
            if draft.authorKind == .group || draft.authorKind == .association {
                answers.append(answer("proposals.writing.group", draft.groupName))
            }
            let cost: String = draft.cost.map { strings.money($0, currency: call.currency) } ?? ""
            answers.append(
                WritingAnswer(
                    name: strings("proposals.writing.cost"), value: cost.isEmpty ? nothing : cost,
                    isMoney: !cost.isEmpty))
            return answers
        }
    }

    private var nothing: String { strings("proposals.writing.nothing") }

    private func answer(_ key: String, _ value: String) -> WritingAnswer {
        WritingAnswer(name: strings(key), value: value.isEmpty ? nothing : value)
    }

    private func theme(_ id: ID<Theme>?) -> String {
        call.themes.first { $0.id == id }?.title(strings.language) ?? ""
    }

    private func district(_ code: String?) -> String {
        districts.first { $0.code == code }?.name(strings.language) ?? ""
    }

    // MARK: Fields

    func ideaFields(_ form: WritingForm, _ errors: FieldErrors) -> IdeaFields {
        IdeaFields(
            title: input("title", form, errors), body: input("body", form, errors),
            theme: input("theme", form, errors),
            themes: [
                SelectOption(value: "", label: strings("proposals.writing.choose"), selected: form["theme"].isEmpty)
            ]
                + call.themes.map {
                    SelectOption(
                        value: $0.id.description, label: $0.title(strings.language),
                        selected: form["theme"] == $0.id.description)
                },
            hasThemes: !call.themes.isEmpty)
    }

    func placeFields(_ form: WritingForm, _ errors: FieldErrors) -> PlaceFields {
        let latitude: Input = input("latitude", form, errors)
        return PlaceFields(
            district: input("district", form, errors),
            districts: [
                SelectOption(
                    value: "", label: strings("proposals.writing.no_district"), selected: form["district"].isEmpty)
            ]
                + districts.map {
                    SelectOption(
                        value: $0.code, label: $0.name(strings.language), selected: form["district"] == $0.code)
                },
            hasDistricts: !districts.isEmpty, place: input("place", form, errors), latitude: latitude,
            longitude: input("longitude", form, errors),
            isPointOpen: latitude.error != nil || !form["latitude"].isEmpty || !form["longitude"].isEmpty, map: map)
    }

    func authorFields(_ form: WritingForm, _ errors: FieldErrors, name: String) -> AuthorFields {
        AuthorFields(
            kinds: [Proposal.AuthorKind.person, .group, .association].map { kind in
                SelectOption(
                    value: kind.rawValue, label: strings("proposals.writing.kind.\(kind.rawValue)"),
                    selected: form["author_kind"] == kind.rawValue
                        || (form["author_kind"].isEmpty && kind == .person))
            },
            groupName: input("group_name", form, errors), cost: input("cost", form, errors),
            costHint: call.ceiling.map {
                strings(
                    "proposals.writing.cost.ceiling", ["ceiling": strings.money($0, currency: call.currency)])
            } ?? strings("proposals.writing.cost.hint"),
            named: strings("proposals.writing.named", ["name": name]))
    }

    private func input(_ name: String, _ form: WritingForm, _ errors: FieldErrors) -> Input {
        errors.input(name, value: form[name], strings)
    }
}
