import Participation

/// Who examines the proposals of a process, and by what.
struct ExaminationSettingsPage: PageView {
    static let template = "examinations/settings"

    struct Service: Sendable {
        let name: String
        let href: String
        let members: String
    }

    struct Point: Sendable {
        let title: String
        let retirement: String
    }

    struct PointList: Sendable {
        let id: String
        let heading: String
        let lead: String
        let points: [Point]
        let hasPoints: Bool
        let fields: [Field]
        let submit: String
    }

    let errors: ErrorSummary?
    let crumbs: [PlaceLink]
    let title: String
    let base: String
    let services: [Service]
    let hasServices: Bool
    let fields: [Field]
    let lists: [PointList]

    static let sample = ExaminationSettingsPage(
        errors: ErrorSummary(items: [.init(field: "name-fr", text: "Nommez le service.")]),
        crumbs: [PlaceLink(label: "Dossiers", href: "/x")], title: "Réglages de l’examen", base: "/x",
        services: [Service(name: "Voirie", href: "/x", members: "Ada, Benoît")], hasServices: true,
        fields: [FieldErrors.sampleField],
        lists: [
            PointList(
                id: "criterion", heading: "Questions", lead: "À chaque avis.",
                points: [Point(title: "Terrain ?", retirement: "/x")], hasPoints: true,
                fields: [FieldErrors.sampleField], submit: "Ajouter")
        ])
}

extension ExaminationSettingsPage {
    init(
        _ scene: FileScene, _ all: [ExaminingService],
        lists: [(list: ExaminationSettings.List, points: [ExaminationPoint])], _ form: Fields, _ problems: FieldErrors,
        _ strings: Strings
    ) {
        let base = "\(scene.base)/examination"
        errors = problems.summary(strings)
        crumbs = scene.crumbs(strings)
        title = strings("exam.settings")
        self.base = base
        services = all.map { service in
            let names: [String] = service.members.map(\.name)
            return Service(
                name: service.name(strings.language), href: "\(base)/services/\(service.id)",
                members: names.isEmpty ? strings("exam.service.nobody") : names.joined(separator: ", "))
        }
        hasServices = !all.isEmpty
        fields = ServicePage.fields(form.texts("name"), form.text("email"), problems, strings)
        self.lists = lists.map { list, points in
            PointList(
                id: list.rawValue, heading: strings("exam.list.\(list.rawValue)"),
                lead: strings("exam.list.\(list.rawValue).lead"),
                points: points.map { point in
                    Point(title: point.title(strings.language), retirement: "\(base)/points/\(point.id)/retirement")
                }, hasPoints: !points.isEmpty,
                fields: Language.allCases.map { language in
                    let name = "\(list.rawValue)-\(language.rawValue)"
                    return problems.field(
                        name, label: "\(strings("exam.point.title")) – \(strings("language.\(language.rawValue)"))",
                        value: form.text(name), optional: language != .french, autocomplete: "off", strings)
                }, submit: strings("exam.list.\(list.rawValue).add"))
        }
    }
}

/// A service of a process: its name, its address, and who works there.
struct ServicePage: PageView {
    static let template = "examinations/service"

    struct Member: Sendable {
        let name: String
        let removal: String
    }

    let errors: ErrorSummary?
    let crumbs: [PlaceLink]
    let title: String
    let base: String
    let members: [Member]
    let hasMembers: Bool
    let fields: [Field]
    let member: Field

    static let sample = ServicePage(
        errors: ErrorSummary(items: [.init(field: "member", text: "Aucun compte.")]),
        crumbs: [PlaceLink(label: "Dossiers", href: "/x")], title: "Voirie", base: "/x",
        members: [Member(name: "Ada", removal: "/x")], hasMembers: true, fields: [FieldErrors.sampleField],
        member: FieldErrors.sampleField)

    /// The fields of a service's name and address.
    static func fields(
        _ name: Texts, _ email: String, _ problems: FieldErrors, _ strings: Strings
    ) -> [Field] {
        let names: [Field] = Language.allCases.map { language in
            let code: String = language.rawValue
            return problems.field(
                "name-\(code)", label: "\(strings("exam.service.name")) – \(strings("language.\(code)"))",
                value: name.byLanguage[code] ?? "", optional: language != .french, autocomplete: "off", strings)
        }
        return names + [
            problems.field(
                "email", label: strings("exam.service.email"), value: email, type: "email",
                hint: strings("exam.service.email.hint"), optional: true, autocomplete: "off", strings)
        ]
    }
}

extension ServicePage {
    init(
        _ scene: FileScene, _ service: ExaminingService, _ form: Fields?, _ problems: FieldErrors, _ strings: Strings
    ) {
        let settings = "\(scene.base)/examination"
        let own = "\(settings)/services/\(service.id)"
        errors = problems.summary(strings)
        crumbs = scene.crumbs(strings, PlaceLink(label: strings("exam.settings"), href: settings))
        title = service.name(strings.language)
        base = own
        members = service.members.map { Member(name: $0.name, removal: "\(own)/members/\($0.account)/removal") }
        hasMembers = !service.members.isEmpty
        let isTyped: Bool = form?.has("name-fr") ?? false
        fields = Self.fields(
            isTyped ? form?.texts("name") ?? service.name : service.name,
            isTyped ? form?.text("email") ?? "" : service.email?.text ?? "", problems, strings)
        member = problems.field(
            "member", label: strings("exam.member.email"), value: form?.text("member") ?? "", type: "email",
            hint: strings("exam.member.hint"), autocomplete: "off", strings)
    }
}
