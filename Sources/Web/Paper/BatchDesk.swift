import Foundation
public import Hummingbird
public import Participation
import PublicRecord

/// The batches of a vote at the desk: declared, entered from files, opened again.
public struct BatchDesk: Sendable {
    private let site: Site
    private let votes: Votes
    private let places: Places
    private let batches: Batches
    private let imports: PaperImports
    private let settlements: Settlements

    /// The desk over the capabilities it needs.
    public init(
        site: Site, votes: Votes, places: Places, batches: Batches, imports: PaperImports,
        settlements: Settlements
    ) {
        self.site = site
        self.votes = votes
        self.places = places
        self.batches = batches
        self.imports = imports
        self.settlements = settlements
    }

    /// Adds the routes below `/desk/votes/{vote}/batches`.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/votes/{vote}/batches", use: list)
        routes.post("/desk/votes/{vote}/batches", use: declare)
        routes.get("/desk/votes/{vote}/batches/{batch}", use: show)
        routes.get("/desk/votes/{vote}/batches/{batch}/entries/{letter}/sheet.csv", use: sheet)
        routes.post("/desk/votes/{vote}/batches/{batch}/entries/{letter}/file", use: load)
        routes.post("/desk/votes/{vote}/batches/{batch}/reopening", use: reopen)
    }

    // MARK: The list and the manifest

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(
            try await PaperScene.find(context, votes, Batches.readers), FieldErrors(), Fields(pairs: []), request,
            context)
    }

    /// A manifest cannot be taken back: the first time it is shown again, the second time it is declared.
    @Sendable private func declare(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PaperScene = try await PaperScene.find(context, votes, Batches.declarers)
        let form: Fields = try await site.form(request, context)
        var errors = FieldErrors()
        let papers: Int? = form.integer("papers")
        let spoiled: Int? = form.text("spoiled").isEmpty ? 0 : form.integer("spoiled")
        if !Slug.isValid(form.text("handle")) { errors.add("handle", "paper.error.handle") }
        if !(1...100_000).contains(papers ?? 0) { errors.add("papers", "paper.error.bounds") }
        if !(0...100_000).contains(spoiled ?? -1) { errors.add("spoiled", "paper.error.bounds") }
        guard errors.isEmpty, let papers, let spoiled else {
            return try await page(scene, errors, form, request, context)
        }
        let manifest = Batches.Manifest(
            handle: form.text("handle"), place: form.text("place"), papers: papers, spoiled: spoiled,
            mixedWith: form.all("mixed"))
        guard form.has("confirmed") else { return try await confirmation(scene, manifest, request, context) }
        do {
            try await batches.declare(manifest, in: scene.vote.id, by: scene.actor(Batches.declarers))
            return site.see("\(scene.batches)/\(manifest.handle)", flash: .done("paper.declared"))
        } catch let refusal as BatchRefusal {
            return try await page(
                scene, PaperWords(site.strings(context)).errors(refusal), form, request, context)
        }
    }

    private func confirmation(
        _ scene: PaperScene, _ manifest: Batches.Manifest, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = site.strings(context)
        let known: [Place] = try await places.list(of: scene.vote.id)
        func name(_ handle: String) -> String { known.first { $0.handle == handle }?.name(context.language) ?? handle }
        var facts: [PaperFact] = [
            PaperFact(name: strings("paper.handle"), value: manifest.handle),
            PaperFact(name: strings("paper.place"), value: name(manifest.place)),
            PaperFact(name: strings("paper.papers"), value: strings.number(manifest.papers)),
            PaperFact(name: strings("paper.spoiled"), value: strings.number(manifest.spoiled)),
        ]
        if !manifest.mixedWith.isEmpty {
            facts.append(
                PaperFact(
                    name: strings("paper.mixed"), value: manifest.mixedWith.map(name).joined(separator: ", ")))
        }
        var fields: [PaperHidden] = [
            PaperHidden(name: "handle", value: manifest.handle), PaperHidden(name: "place", value: manifest.place),
            PaperHidden(name: "papers", value: String(manifest.papers)),
            PaperHidden(name: "spoiled", value: String(manifest.spoiled)),
        ]
        fields += manifest.mixedWith.map { PaperHidden(name: "mixed", value: $0) }
        return site.page(
            PaperConfirmPage(
                heading: strings("paper.declare.confirm"), words: strings("paper.declare.confirm.words"), facts: facts,
                fields: fields + [PaperHidden(name: "confirmed", value: "1")], action: scene.batches,
                submit: strings("paper.declare.submit"), backHref: scene.batches),
            title: strings("paper.declare.confirm"),
            request, context)
    }

    private func page(
        _ scene: PaperScene, _ errors: FieldErrors, _ form: Fields, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = site.strings(context)
        let words = PaperWords(strings)
        let known: [Batch] = try await batches.list(of: scene.vote.id)
        let places: [Place] = try await self.places.list(of: scene.vote.id)
        let isOnPaper: Bool = scene.vote.opening?.definition.channels.contains(Channel.paper.rawValue) ?? false
        let title: String = strings("paper.title")
        return site.page(
            BatchesPage(
                voteTitle: scene.vote.settings.title(context.language),
                voteHref: scene.account.preparing(scene.vote) ? scene.voteHref : nil,
                accountHref: scene.holds(ClosingAccounts.readers) ? "\(scene.voteHref)/account" : nil,
                errors: errors.summary(strings),
                batches: known.map { batch in
                    BatchesPage.Line(
                        handle: batch.handle, href: scene.href(batch), place: batch.placeName(context.language),
                        papers: strings.number(batch.papers), spoiled: strings.number(batch.spoiled),
                        state: words.state(batch), isSettled: batch.state == .settled, isLate: batch.isLate,
                        isMixed: !batch.mixedWith.isEmpty)
                }, isEmpty: known.isEmpty, isOnPaper: isOnPaper,
                total: strings(
                    "paper.total",
                    [
                        "batches": strings.plural("paper.batches", known.count),
                        "papers": strings.number(known.reduce(0) { $0 + $1.papers }),
                        "settled": strings.number(known.count { $0.state == .settled }),
                    ]),
                canDeclare: isOnPaper && scene.vote.countedAt == nil && scene.holds(Batches.declarers)
                    && !places.isEmpty, isLate: scene.vote.closedAt != nil, action: scene.batches,
                handle: errors.input("handle", value: form.text("handle"), strings),
                papers: errors.input("papers", value: form.text("papers"), strings),
                spoiled: errors.input("spoiled", value: form.text("spoiled"), strings),
                places: places.map {
                    SelectOption(
                        value: $0.handle, label: $0.name(context.language), selected: $0.handle == form.text("place"))
                },
                others: places.map {
                    SelectOption(
                        value: $0.handle, label: $0.name(context.language),
                        selected: form.all("mixed").contains($0.handle))
                }), title: errors.isEmpty ? title : strings("errors.in_title", ["title": title]), request, context,
            status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    // MARK: One batch

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, batch) = try await find(context, Batches.readers)
        return try await page(scene, batch, FieldErrors(), [], more: 0, request, context)
    }

    /// An empty sheet for one entry: with it a file says what it belongs to.
    @Sendable private func sheet(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, batch) = try await find(context, PaperEntries.operators)
        let letter: PaperEntry.Letter = try context.letter()
        guard let opening = scene.vote.opening else { throw Absent() }
        let content: String = letter == .scan ? "sha256" : "choices"
        let rest = ";\(batch.handle);\(letter.rawValue);\(Hex.encode(opening.hash.prefix(6)))\r\n"
        let rows: String = (1...batch.papers).map { "\($0);\(rest)" }.joined()
        return site.download(
            Array("paper;\(content);batch;entry;definition\r\n\(rows)".utf8),
            name: "\(batch.handle)-\(letter.rawValue).csv", type: "text/csv; charset=utf-8")
    }

    /// The file is read whole and refused row by row, or kept: a worker stores its papers, and the page shows how far
    /// it is.
    @Sendable private func load(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, batch) = try await find(context, PaperEntries.operators)
        let letter: PaperEntry.Letter = try context.letter()
        let form: MultipartForm = try await site.multipartForm(request, context)
        guard let file = form.file("file"), file.bytes.readableBytes > 0 else {
            return try await page(
                scene, batch, FieldErrors("file", "paper.error.no_file"), [], more: 0, request, context)
        }
        do {
            _ = try await imports.begin(
                Array(file.bytes.readableBytesView), as: letter, of: batch, in: scene.vote,
                by: scene.actor(PaperEntries.operators))
            return site.see(scene.href(batch), flash: .done("paper.loaded"))
        } catch BatchRefusal.file(let problems, let more) {
            return try await page(
                scene, batch, FieldErrors("file", "paper.error.file"), problems, more: more, request, context)
        } catch let refusal as BatchRefusal {
            return try await page(
                scene, batch, PaperWords(site.strings(context)).errors(refusal), [], more: 0, request, context)
        }
    }

    @Sendable private func reopen(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, batch) = try await find(context, Settlements.reopeners)
        let form: Fields = try await site.form(request, context)
        do {
            try await settlements.reopen(
                batch.id, because: form.text("reason"), by: scene.actor(Settlements.reopeners))
            return site.see(scene.href(batch), flash: .done("paper.reopened"))
        } catch let refusal as BatchRefusal {
            return try await page(
                scene, batch, PaperWords(site.strings(context)).errors(refusal), [], more: 0, request, context)
        }
    }

    private func find(_ context: AppContext, _ roles: [Role]) async throws -> (PaperScene, Batch) {
        let scene: PaperScene = try await PaperScene.find(context, votes, roles)
        guard let batch = try await batches.find(try context.slug("batch"), in: scene.vote.id) else { throw Absent() }
        return (scene, batch)
    }

    private func page(
        _ scene: PaperScene, _ batch: Batch, _ errors: FieldErrors, _ problems: [PaperRowProblem], more: Int,
        _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = site.strings(context)
        let words = PaperWords(strings)
        let base: String = scene.href(batch)
        let own: PaperEntry? = batch.entry(of: scene.account.id)
        let canEnter: Bool =
            scene.holds(PaperEntries.operators) && scene.vote.closedAt != nil && scene.vote.countedAt == nil
            && batch.settlement == nil
        let title: String = strings("paper.batch", ["handle": batch.handle])
        let entries: [BatchPage.EntryLine] = PaperEntry.Letter.allCases.map { letter in
            entryLine(letter, batch, own: own, canEnter: canEnter, base, words)
        }
        let canReopen: Bool =
            batch.settlement != nil && scene.vote.countedAt == nil && scene.holds(Settlements.reopeners)
        // Whoever is filling in a form on this page must not lose it.
        let goesOn: Bool =
            errors.isEmpty && batch.settlement == nil && batch.entries.contains { $0.submittedAt == nil }
            && !entries.contains { $0.beginAction != nil || $0.fileAction != nil }
        let reload: Reload? = try .during(goesOn, request, strings)
        return site.page(
            BatchPage(
                title: title, voteTitle: scene.vote.settings.title(context.language), batchesHref: scene.batches,
                state: words.state(batch), isSettled: batch.settlement != nil, errors: errors.summary(strings),
                facts: facts(batch, strings, context.language),
                problems: problems.map {
                    BatchPage.Problem(
                        line: $0.line.map { String($0) } ?? "–", column: $0.column ?? "–", text: words.sentence($0))
                }, hasProblems: !problems.isEmpty,
                more: more > 0 ? strings.plural("paper.row.more_problems", more) : nil,
                entries: entries, isWaiting: scene.vote.closedAt == nil, file: errors.input("file", strings),
                isImporting: batch.entries.contains { $0.isImporting }, here: base, reload: reload,
                comparisonHref: batch.isComparable && scene.holds(Settlements.adjudicators + Settlements.reopeners)
                    ? "\(base)/comparison" : nil,
                printHref: "\(scene.voteHref)/print/batch?batch=\(batch.handle)",
                canReopen: canReopen,
                reopenAction: "\(base)/reopening", reason: errors.input("reason", strings)),
            title: errors.isEmpty ? title : strings("errors.in_title", ["title": title]), request, context,
            status: errors.isEmpty ? .ok : .unprocessableContent
        ).reloading(reload)
    }

    private func facts(_ batch: Batch, _ strings: Strings, _ language: Language) -> [PaperFact] {
        var facts: [PaperFact] = [
            PaperFact(name: strings("paper.place"), value: batch.placeName(language)),
            PaperFact(name: strings("paper.papers"), value: strings.number(batch.papers)),
            PaperFact(name: strings("paper.spoiled"), value: strings.number(batch.spoiled)),
            PaperFact(
                name: strings("paper.declared_at"),
                value: strings.moment(batch.declaredAt) + (batch.isLate ? " (\(strings("paper.late")))" : "")),
        ]
        if !batch.mixedWith.isEmpty {
            facts.append(PaperFact(name: strings("paper.mixed"), value: batch.mixedWith.joined(separator: ", ")))
        }
        guard let settlement = batch.settlement else { return facts }
        return facts + [
            PaperFact(name: strings("paper.counted"), value: strings.number(settlement.counted)),
            PaperFact(name: strings("paper.blank"), value: strings.number(settlement.blank)),
            PaperFact(name: strings("paper.invalid.heading"), value: PaperWords(strings).reasons(settlement.invalid)),
        ]
    }

    private func entryLine(
        _ letter: PaperEntry.Letter, _ batch: Batch, own: PaperEntry?, canEnter: Bool, _ base: String,
        _ words: PaperWords
    ) -> BatchPage.EntryLine {
        let strings: Strings = words.strings
        let entry: PaperEntry? = batch.entry(letter)
        let isMine: Bool = entry != nil && own?.id == entry?.id
        let state: String =
            if let at = entry?.submittedAt {
                strings("paper.entry.submitted", ["date": strings.moment(at)])
            } else if let entry {
                strings(
                    entry.isImporting ? "paper.entry.importing" : "paper.entry.under_way",
                    ["lines": strings.number(entry.lines), "papers": strings.number(batch.papers)])
            } else {
                strings("paper.entry.none")
            }
        let path = "\(base)/entries/\(letter.rawValue.lowercased())"
        let isFree: Bool = canEnter && entry == nil && own == nil
        let goesOn: Bool = canEnter && isMine && entry?.submittedAt == nil && entry?.isImporting == false
        return BatchPage.EntryLine(
            name: words.letter(letter), letter: letter.rawValue, state: state, isDone: entry?.submittedAt != nil,
            beginAction: isFree && letter != .scan ? path : nil,
            continueHref: goesOn && letter != .scan ? path : nil,
            fileAction: isFree || (goesOn && entry?.lines == 0) ? "\(path)/file" : nil, sheetHref: "\(path)/sheet.csv",
            fileID: isFree || goesOn ? "file-\(letter.rawValue.lowercased())" : "file",
            fileLabel: strings(letter == .scan ? "paper.file.scan" : "paper.file", ["letter": letter.rawValue]))
    }
}

extension AppContext {
    /// The entry that the path names: `a`, `b` or `scan`.
    func letter() throws(Absent) -> PaperEntry.Letter {
        let name: String = try parameter("letter")
        guard let letter = PaperEntry.Letter.allCases.first(where: { $0.rawValue.lowercased() == name }) else {
            throw Absent()
        }
        return letter
    }
}
