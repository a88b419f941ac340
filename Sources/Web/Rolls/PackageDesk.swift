import Foundation
public import Hummingbird
public import Participation

/// Packages of voting codes at the desk: made and printed at once, and what became of them.
public struct PackageDesk: Sendable {
    /// As many letters as one PDF holds; larger packages are a file for the mail merge.
    private static let mostLetters = 300

    private let site: Site
    private let votes: Votes
    private let codes: VotingCodes

    /// The desk over the capabilities it needs.
    public init(site: Site, votes: Votes, codes: VotingCodes) {
        self.site = site
        self.votes = votes
        self.codes = codes
    }

    /// Adds the routes below `/desk/votes/{vote}/packages`.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/votes/{vote}/packages", use: show)
        routes.post("/desk/votes/{vote}/packages", use: issue)
        routes.post("/desk/votes/{vote}/packages/void", use: void)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(Fields(pairs: []), FieldErrors(), request, context)
    }

    /// Answers with the letters themselves: codes are shown once and kept nowhere, so there is nothing to redirect to.
    @Sendable private func issue(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: RollScene = try await .find(context, votes, VotingCodes.makers)
        let form: Fields = try await site.form(request, context)
        let count: Int = Int(form.text("count")) ?? 0
        let isLetters: Bool = form.text("format") == "letters"
        if isLetters, count > Self.mostLetters {
            return try await page(
                form, FieldErrors("count", "rolls.codes.too_many_letters", ["most": String(Self.mostLetters)]), request,
                context)
        }
        let recipients: VotingCodes.Recipients =
            switch form.text("kind") {
            case "roll": .roll(count)
            case "test": .test(count)
            default: .anybody(count)
            }
        do {
            let made: VotingCodes.Issued = try await codes.issue(
                form.text("label"), for: recipients, in: scene.vote.id, by: scene.acting(VotingCodes.makers))
            return isLetters
                ? await pdf(made, scene, request, context) : csv(made, scene.vote, context)
        } catch let refusal as CodeRefusal {
            return try await page(form, refusal.fieldErrors, request, context)
        }
    }

    @Sendable private func void(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: RollScene = try await .find(context, votes, VotingCodes.makers)
        let form: Fields = try await site.form(request, context)
        let number: String = form.text("number")
        guard let package = Int(form.text("package")), number.isEmpty || Int(number) != nil else {
            return try await page(form, FieldErrors("number", "rolls.codes.no_such"), request, context)
        }
        do {
            let count: Int = try await codes.void(
                Int(number), of: package, because: form.text("reason"), in: scene.vote.id,
                by: scene.acting(VotingCodes.makers))
            return site.see(
                "/desk/votes/\(scene.vote.slug)/packages", flash: .done("rolls.codes.voided", ["count": String(count)]))
        } catch let refusal as CodeRefusal {
            return try await page(form, refusal.fieldErrors, request, context)
        }
    }

    // MARK: What is handed out

    /// The file for the mail merge.
    private func csv(_ made: VotingCodes.Issued, _ vote: Vote, _ context: AppContext) -> Response {
        let strings: Strings = site.strings(context)
        let address: String = site.absolute("/votes/\(vote.slug)/code")
        let head: [String] =
            ["package", "number", "code", "link"].map { strings("rolls.codes.column.\($0)") }
            + ["family_name", "given_names", "address", "postcode", "district"].map { strings("rolls.field.\($0)") }
        let rows: [[String]] = made.letters.map { letter in
            let entry: RollEntry? = letter.entry
            return [String(made.package), String(letter.number), letter.code, address]
                + [entry?.familyName, entry?.givenNames, entry?.address, entry?.postcode, entry?.district].map {
                    $0 ?? ""
                }
        }
        return site.download(
            Array(CSVText.write([head] + rows).utf8), name: "\(vote.slug)-codes-\(made.package).csv",
            type: "text/csv; charset=utf-8")
    }

    /// The letters, a page each.
    private func pdf(
        _ made: VotingCodes.Issued, _ scene: RollScene, _ request: Request, _ context: AppContext
    ) async -> Response {
        let job: PrintJob = PrintPack(site: site).letters(
            made.letters.map { letter in
                PrintPack.CodeLetter(
                    recipient: letter.entry.map { entry in
                        [
                            "\(entry.givenNames) \(entry.familyName)", entry.address,
                            "\(entry.postcode) \(site.city.name)",
                        ]
                    } ?? [], package: made.package, number: letter.number, code: letter.code)
            }, of: scene.vote, in: context.language, below: "/desk/votes/\(scene.vote.slug)/packages")
        return await site.printOnce(job, name: "\(scene.vote.slug)-codes-\(made.package).pdf", request, context)
    }

    private func page(
        _ form: Fields, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let scene: RollScene = try await .find(context, votes, VotingCodes.makers)
        let strings: Strings = site.strings(context)
        let packages: [CodePackage] = try await codes.packages(of: scene.vote.id)
        let hasRoll: Bool = scene.vote.settings.eligibility.contains("roll")
        let kind: String = form.text("kind")
        return site.page(
            PackagesPage(
                crumbs: scene.crumbs(strings, withRoll: false), base: "/desk/votes/\(scene.vote.slug)/packages",
                errors: errors.summary(strings), isUnused: !scene.vote.settings.eligibility.contains("code"),
                mayIssue: scene.vote.closedAt == nil,
                kinds: [hasRoll ? "roll" : "anybody", "test"].enumerated().map { index, name in
                    SelectOption(
                        value: name, label: strings("rolls.codes.kind.\(name)"),
                        selected: kind == name || kind.isEmpty && index == 0)
                },
                formats: ["csv", "letters"].map {
                    SelectOption(
                        value: $0, label: strings("rolls.codes.format.\($0)"),
                        selected: form.text("format") == $0 || form.text("format").isEmpty && $0 == "csv")
                },
                label: errors.field(
                    "label", label: strings("rolls.codes.label"), value: form.text("label"),
                    hint: strings("rolls.codes.label.hint"), optional: true, autocomplete: "off", strings),
                count: errors.field(
                    "count", label: strings("rolls.codes.count"), value: form.text("count"),
                    hint: strings("rolls.codes.count.hint"), inputmode: "numeric", size: "short", strings),
                package: errors.field(
                    "package", label: strings("rolls.codes.column.package"), value: form.text("package"),
                    inputmode: "numeric", size: "short", strings),
                number: errors.field(
                    "number", label: strings("rolls.codes.column.number"), value: form.text("number"),
                    hint: strings("rolls.codes.number.hint"), optional: true, inputmode: "numeric", size: "short",
                    strings),
                reason: errors.field(
                    "reason", label: strings("rolls.codes.reason"), value: form.text("reason"), autocomplete: "off",
                    strings),
                packages: packages.map { PackagesPage.Line($0, strings) }, isEmpty: packages.isEmpty),
            title: errors.title(strings("rolls.codes.title"), strings), request, context, status: errors.status)
    }
}

extension CodeRefusal {
    /// The field it concerns, and the key of the sentence.
    var fieldErrors: FieldErrors {
        switch self {
        case .outOfBounds(let most): FieldErrors("count", "rolls.codes.bounds", ["most": String(most)])
        case .needsRoll: FieldErrors("count", "rolls.codes.needs_roll")
        case .nobodyLeft: FieldErrors("count", "rolls.codes.nobody_left")
        case .noSuchCode: FieldErrors("number", "rolls.codes.no_such")
        case .reasonMissing: FieldErrors("reason", "rolls.codes.reason_missing")
        case .voteClosed: FieldErrors("", "rolls.refusal.vote_closed")
        }
    }
}

/// The packages of a vote's codes.
struct PackagesPage: PageView {
    static let template = "rolls/packages"

    struct Line: Sendable {
        let number: String
        let label: String
        let date: String
        let who: String
        let issued: String
        let used: String
        let void: String
        let test: String
    }

    let crumbs: [PlaceLink]
    let base: String
    let errors: ErrorSummary?
    let isUnused: Bool
    let mayIssue: Bool
    let kinds: [SelectOption]
    let formats: [SelectOption]
    let label: Field
    let count: Field
    let package: Field
    let number: Field
    let reason: Field
    let packages: [Line]
    let isEmpty: Bool

    static let sample = PackagesPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], base: "/x",
        errors: ErrorSummary(items: [.init(field: "count", text: "Trop.")]), isUnused: true, mayIssue: true,
        kinds: [SelectOption(value: "roll", label: "Liste", selected: true)],
        formats: [SelectOption(value: "csv", label: "CSV", selected: true)], label: FieldErrors.sampleField,
        count: FieldErrors.sampleField, package: FieldErrors.sampleField, number: FieldErrors.sampleField,
        reason: FieldErrors.sampleField,
        packages: [
            Line(number: "1", label: "Nord", date: "hier", who: "Ada", issued: "3", used: "1", void: "0", test: "0")
        ], isEmpty: true)
}

extension PackagesPage.Line {
    init(_ package: CodePackage, _ strings: Strings) {
        number = String(package.number)
        label = package.label
        date = strings.moment(package.madeAt)
        who = package.madeBy ?? strings("actor.operator")
        issued = strings.number(package.issued)
        used = strings.number(package.used)
        void = strings.number(package.void)
        test = strings.number(package.test)
    }
}
