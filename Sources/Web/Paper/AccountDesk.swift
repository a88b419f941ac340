import Foundation
public import Hummingbird
public import Participation
import PublicRecord

/// The closing account of a vote at the desk: what two officers explain, and the minutes that they sign.
public struct AccountDesk: Sendable {
    private let site: Site
    private let votes: Votes
    private let results: Results
    private let accounts: ClosingAccounts
    private let discrepancies: Discrepancies
    private let certificates: Certificates

    /// The desk over the capabilities it needs.
    public init(
        site: Site, votes: Votes, results: Results, accounts: ClosingAccounts, discrepancies: Discrepancies,
        certificates: Certificates
    ) {
        self.site = site
        self.votes = votes
        self.results = results
        self.accounts = accounts
        self.discrepancies = discrepancies
        self.certificates = certificates
    }

    /// Adds the routes below `/desk/votes/{vote}/account`.
    public func add(to routes: RouterGroup<AppContext>) {
        let path = "/desk/votes/{vote}/account"
        routes.get("\(path)", use: show)
        routes.post("\(path)/discrepancies", use: write)
        routes.post("\(path)/discrepancies/{discrepancy}/confirmation", use: confirm)
        routes.post("\(path)/discrepancies/{discrepancy}/withdrawal", use: withdraw)
        routes.post("\(path)/signature", use: sign)
        routes.post("\(path)/certificate", use: certify)
        routes.get("\(path)/minutes", use: minutes)
        routes.get("\(path)/minutes.pdf", use: minutesPDF)
    }

    private func find(_ context: AppContext) async throws -> PaperScene {
        try await PaperScene.find(context, votes, ClosingAccounts.readers)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(try await find(context), FieldErrors(), Fields(pairs: []), request, context)
    }

    @Sendable private func write(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, done: "account.written") { scene, form in
            try await discrepancies.write(
                form.text("explanation"), place: form.text("place"), in: scene.vote.id,
                by: scene.actor(Discrepancies.officers))
        }
    }

    @Sendable private func confirm(_ request: Request, _ context: AppContext) async throws -> Response {
        let id: ID<Discrepancy> = try context.id("discrepancy", of: Discrepancy.self)
        return try await act(request, context, done: "account.confirmed") { scene, _ in
            try await discrepancies.confirm(id, in: scene.vote.id, by: scene.actor(Discrepancies.officers))
        }
    }

    @Sendable private func withdraw(_ request: Request, _ context: AppContext) async throws -> Response {
        let id: ID<Discrepancy> = try context.id("discrepancy", of: Discrepancy.self)
        return try await act(request, context, done: "account.withdrawn") { scene, _ in
            try await discrepancies.withdraw(id, in: scene.vote.id, by: scene.actor(Discrepancies.officers))
        }
    }

    @Sendable private func sign(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, done: "account.signed") { scene, _ in
            try await certificates.sign(scene.vote.id, by: scene.actor(Certificates.officers))
        }
    }

    @Sendable private func certify(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, done: "account.certified") { scene, _ in
            try await certificates.certify(scene.vote.id, by: scene.actor(Certificates.officers))
        }
    }

    private func act(
        _ request: Request, _ context: AppContext, done: String,
        _ body: (PaperScene, Fields) async throws -> Void
    ) async throws -> Response {
        let scene: PaperScene = try await find(context)
        let form: Fields = try await site.form(request, context)
        do {
            try await body(scene, form)
            return site.see("\(scene.voteHref)/account", flash: .done(done))
        } catch let refusal as ClosingRefusal {
            return try await page(
                scene, PaperWords(site.strings(context)).errors(refusal), form, request, context)
        } catch is NotAllowed {
            throw Refusal("desk.error.not_allowed", status: .forbidden)
        }
    }

    private func page(
        _ scene: PaperScene, _ errors: FieldErrors, _ form: Fields, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = site.strings(context)
        let vote: Vote = scene.vote
        let account: ClosingAccount = try await accounts.account(of: vote.id)
        let written: [Discrepancy] = try await discrepancies.list(of: vote.id)
        let standing: Certificates.Standing = try await certificates.standing(of: vote.id)
        let isOfficer: Bool = scene.holds(Discrepancies.officers)
        let isOpen: Bool = vote.closedAt != nil && vote.publishedAt == nil
        let signs: Bool = scene.holds(Certificates.officers) && vote.publishedAt != nil && standing.certifiedAt == nil
        let hasSigned: Bool = standing.signers.contains(scene.account.id)
        let gaps: [ClosingAccount.Line] = account.lines.filter { $0.place != nil && $0.paperDifference != 0 }
        let title: String = strings("account.title")
        return site.page(
            ClosingAccountPage(
                voteTitle: vote.settings.title(context.language),
                batchesHref: scene.holds(Batches.readers) ? scene.batches : nil, errors: errors.summary(strings),
                state: sentence(account, vote, strings), isClosed: account.isClosed && vote.closedAt != nil,
                table: AccountTable(account, strings),
                places: gaps.map {
                    SelectOption(
                        value: $0.place ?? "",
                        label: strings(
                            "account.gap_of",
                            [
                                "place": $0.name?(context.language) ?? "",
                                "difference": strings.number($0.paperDifference),
                            ]), selected: $0.place == form.text("place"))
                }, canWrite: isOfficer && isOpen && !gaps.isEmpty, base: "\(scene.voteHref)/account",
                explanation: errors.input("explanation", value: form.text("explanation"), strings),
                discrepancies: written.map { one in
                    ClosingAccountPage.Explanation(
                        place: account.lines.first { $0.place == one.place }?.name?(context.language) ?? one.place,
                        difference: strings.number(one.difference), text: one.explanation,
                        state: one.confirmedAt.map { strings("account.confirmed_at", ["date": strings.moment($0)]) }
                            ?? strings("account.waits"), isConfirmed: one.confirmedAt != nil,
                        confirmAction: isOfficer && isOpen && one.confirmedAt == nil && one.writer != scene.account.id
                            ? "\(scene.voteHref)/account/discrepancies/\(one.id)/confirmation" : nil,
                        withdrawAction: isOfficer && isOpen && one.confirmedAt == nil
                            ? "\(scene.voteHref)/account/discrepancies/\(one.id)/withdrawal" : nil)
                }, hasDiscrepancies: !written.isEmpty, isPublished: vote.publishedAt != nil,
                signers: standing.officers, hasSigners: !standing.officers.isEmpty,
                certified: standing.certifiedAt.map { strings("account.certified_at", ["date": strings.moment($0)]) },
                canSign: signs && !hasSigned, canCertify: signs && standing.signers.count >= 2,
                minutesHref: vote.publishedAt == nil ? nil : "\(scene.voteHref)/account/minutes"),
            title: errors.isEmpty ? title : strings("errors.in_title", ["title": title]), request, context,
            status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    private func sentence(_ account: ClosingAccount, _ vote: Vote, _ strings: Strings) -> String {
        if vote.closedAt == nil { return strings("account.state.open") }
        if vote.publishedAt != nil { return strings("account.state.published") }
        if account.isClosed { return strings("account.state.closed") }
        if account.whole.attached > 0 {
            return strings.plural("account.state.attached", account.whole.attached)
        }
        return strings(account.whole.unsettled > 0 ? "account.state.unsettled" : "account.state.gap")
    }

    // MARK: Minutes

    @Sendable private func minutes(_ request: Request, _ context: AppContext) async throws -> Response {
        site.printPage(try await sheet(context), request, context)
    }

    @Sendable private func minutesPDF(_ request: Request, _ context: AppContext) async throws -> Response {
        let name = "\(try context.slug("vote"))-minutes.pdf"
        return try await site.printPDF(try await sheet(context), name: name, context)
    }

    private func sheet(_ context: AppContext) async throws -> PrintJob {
        let scene: PaperScene = try await find(context)
        let account = "\(scene.voteHref)/account"
        let minutes = Minutes(
            site: site, results: results, accounts: accounts, discrepancies: discrepancies, certificates: certificates)
        let sheet: PrintJob? = try await minutes.sheet(
            of: scene.vote, pdfHref: "\(account)/minutes.pdf", backHref: account, context)
        guard let sheet else { throw Absent() }
        return sheet
    }
}
