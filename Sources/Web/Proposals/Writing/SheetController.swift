import Hummingbird
import Participation

/// The printed form of a process: a proposal by hand, to be handed in and entered by an agent.
struct SheetController: Sendable {
    private let site: Site
    private let processes: Processes
    private let scenes: WritingScenes

    /// The sheet over the capabilities it needs.
    init(site: Site, processes: Processes, scenes: WritingScenes) {
        self.site = site
        self.processes = processes
        self.scenes = scenes
    }

    /// Adds `/processes/{process}/proposals/paper` and the same as PDF; `?size=large` makes large print.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/processes/{process}/proposals/paper") { request, context in
            site.printPage(try await job(request, context), request, context)
        }
        routes.get("/processes/{process}/proposals/paper.pdf") { request, context in
            try await site.printPDF(
                try await job(request, context), name: "\(try context.slug("process"))-proposal.pdf", context)
        }
    }

    private func job(_ request: Request, _ context: AppContext) async throws -> PrintJob {
        guard let process = try await processes.find(try context.slug("process")) else { throw Absent() }
        let words: WritingWords = try await scenes.words(of: process.id, context)
        let isLarge: Bool = try request.query().text("size") == "large"
        let strings: Strings = words.strings
        let here: String = "/processes/\(process.slug)/proposals/paper"
        let address: String = site.absolute("/processes/\(process.slug)")
        let sheet = ProposalFormSheet(
            processTitle: process.title(context.language),
            classes: isLarge ? "a4 proposal-form large" : "a4 proposal-form",
            themes: words.call.themes.map { $0.title(context.language) }, hasThemes: !words.call.themes.isEmpty,
            districts: words.districts.map { $0.name(context.language) },
            hasDistricts: (1...20).contains(words.districts.count),
            ceiling: words.call.ceiling.map {
                strings(
                    "proposals.sheet.ceiling",
                    ["ceiling": strings.money($0, currency: words.call.currency)])
            }, address: address, picture: QR.svg(address),
            help: [site.city.help.place, site.city.help.hours, site.city.help.phone].filter { !$0.isEmpty },
            backHref: "/processes/\(process.slug)", pdfHref: "\(here).pdf\(isLarge ? "?size=large" : "")",
            largeHref: isLarge ? nil : "\(here)?size=large")
        return PrintJob(
            sheet, title: strings("proposals.sheet.title"), language: context.language, code: nil)
    }
}
