import Foundation
public import Hummingbird
public import Participation
public import Postgres

/// The capabilities of one city and all their pages: what the server serves and the tests drive.
public struct City: Sendable {
    private let pool: Pool
    private let secrets: Secrets
    private let host: String
    private let mailFolder: String?

    /// The city kept in the database of `pool`.
    ///
    /// - Parameters:
    ///   - host: under which records are published, such as `city.example`.
    ///   - mailFolder: where mails are written while the service is being developed; nil when they are sent.
    public init(pool: Pool, secrets: Secrets, host: String, mailFolder: String?) {
        self.pool = pool
        self.secrets = secrets
        self.host = host
        self.mailFolder = mailFolder
    }

    /// Adds every route.
    public func add(to routes: RouterGroup<AppContext>, site: Site) {
        let votes = Votes(pool: pool)
        let results = Results(pool: pool)
        let processes = Processes(pool: pool)
        let shelf = VoteShelf(votes: votes, site: site)
        Residents(
            site: site, accounts: accounts(site: site), sessions: Sessions(pool: pool, secrets: secrets),
            mail: mailFolder.map { MailFolder(path: $0) }
        ).add(to: routes)
        let calls = ProposalCalls(pool: pool, zone: site.city.timeZone.identifier)
        ProcessController(
            site: site, processes: processes, votes: votes, calls: calls,
            proposals: ProposalLists(pool: pool, calls: calls), deliveries: deliveries(site: site),
            walks: WalkShelf(walks: Walks(pool: pool), gatherings: gatherings(site: site), processes: processes),
            events: eventShelf(site: site),
            consultations: ConsultationShelf(consultations: Consultations(pool: pool), processes: processes)
        ).add(to: routes)
        VoteController(
            site: site, shelf: shelf, votes: votes, results: results, nominations: Nominations(pool: pool),
            deliveries: deliveries(site: site)
        ).add(to: routes)
        BallotController(
            site: site, shelf: shelf,
            ballots: Ballots(pool: pool, secrets: secrets, correspondent: Letters(site: site)),
            baskets: Baskets(pool: pool),
            eligibility: Eligibility(pool: pool, secrets: secrets, correspondent: Letters(site: site)),
            kiosks: Kiosks(pool: pool, secrets: secrets)
        ).add(to: routes)
        ResultController(site: site, shelf: shelf, results: results).add(to: routes)
        CountController(site: site, shelf: shelf, results: results).add(to: routes)
        ComparisonController(site: site, votes: votes, comparisons: RuleComparisons(pool: pool)).add(to: routes)
        RecordController(
            site: site, shelf: shelf, record: Record(pool: pool), results: results, files: RecordFiles(pool: pool)
        ).add(to: routes)
        StoryController(
            site: site, shelf: shelf, record: Record(pool: pool), results: results,
            accounts: ClosingAccounts(pool: pool), discrepancies: Discrepancies(pool: pool),
            certificates: Certificates(pool: pool, secrets: secrets)
        ).add(to: routes)
        DeskController(
            site: site, processes: processes, votes: votes, acts: Acts(pool: pool),
            sheets: QuestionnaireSheets(pool: pool, zone: site.city.timeZone.identifier)
        ).add(to: routes)
        ProcessDesk(site: site, processes: processes, votes: votes).add(to: routes)
        PrintController(site: site, shelf: shelf).add(to: routes)
        PrintDesk(
            site: site, votes: votes, editions: Editions(pool: pool), rolls: Rolls(pool: pool),
            lists: RollLists(pool: pool), places: Places(pool: pool), batches: Batches(pool: pool)
        ).add(to: routes)
        RoleController(site: site, roles: Roles(pool: pool)).add(to: routes)
        addRolls(to: routes, site: site, votes: votes, shelf: shelf)
        // One for all pages: what is brought at the desk is forgotten everywhere at once.
        let map = CityMap(site: site, districts: Districts(pool: pool))
        addReading(to: routes, site: site, processes: processes, map: map)
        addWriting(to: routes, site: site, processes: processes, map: map)
        addTalk(to: routes, site: site, processes: processes)
        addDeliveries(to: routes, site: site, processes: processes, map: map)
        addExaminations(to: routes, site: site, processes: processes, votes: votes)
        addWalkSheets(to: routes, site: site)
        addWalkReports(to: routes, site: site, processes: processes)
        addGatherings(to: routes, site: site, processes: processes, map: map)
        addEvents(to: routes, site: site, processes: processes, map: map)
        addDebates(to: routes, site: site, processes: processes)
        addWalkPreparing(to: routes, site: site, processes: processes, map: map)
        addConsultations(to: routes, site: site, processes: processes)
        addAnalysis(to: routes, site: site, processes: processes, map: map)
        addForms(to: routes, site: site, processes: processes, map: map)
        addAnswering(to: routes, site: site, processes: processes, map: map)
        addConsultationAnswers(to: routes, site: site, processes: processes)
        addPlaces(to: routes, site: site, votes: votes, shelf: shelf)
        addPaper(to: routes, site: site, votes: votes, results: results)
        addMedia(to: routes, site: site)
        addWalkPaper(to: routes, site: site, processes: processes, map: map)
        addWalkAnswers(to: routes, site: site, processes: processes, map: map)
        addQuestionnaireSheets(to: routes, site: site, processes: processes)
        addTexts(to: routes, site: site, processes: processes)
        DestructionDesk(
            site: site, shelf: shelf, votes: votes, destructions: Destructions(pool: pool, secrets: secrets)
        ).add(to: routes)
        VoteDesk(
            site: site, shelf: shelf, processes: processes, votes: votes,
            openings: Openings(pool: pool, secrets: secrets, host: host), readiness: Readiness(pool: pool),
            counts: Counts(pool: pool, secrets: secrets), imports: Imports(pool: pool, secrets: secrets)
        ).add(to: routes)
    }

    /// Rolls, and the ways into a vote.
    private func addRolls(to routes: RouterGroup<AppContext>, site: Site, votes: Votes, shelf: VoteShelf) {
        let letters = Letters(site: site)
        let eligibility = Eligibility(pool: pool, secrets: secrets, correspondent: letters)
        let claims = RollClaims(pool: pool, secrets: secrets, correspondent: letters)
        let codes = VotingCodes(pool: pool, secrets: secrets)
        let imports = RollImports(pool: pool)
        RollDesk(
            site: site, votes: votes, rolls: Rolls(pool: pool), imports: imports,
            commitments: RollCommitments(pool: pool), claims: claims
        ).add(to: routes)
        RollImportDesk(site: site, votes: votes, imports: imports).add(to: routes)
        ClaimDesk(site: site, votes: votes, claims: claims).add(to: routes)
        PackageDesk(site: site, votes: votes, codes: codes).add(to: routes)
        EntranceController(site: site, shelf: shelf, eligibility: eligibility).add(to: routes)
        MyMarkController(
            site: site, shelf: shelf, eligibility: eligibility, claims: claims, codes: codes,
            marks: Marks(pool: pool, correspondent: letters)
        ).add(to: routes)
    }

    /// Proposals as everybody reads them.
    private func addReading(
        to routes: RouterGroup<AppContext>, site: Site, processes: Processes, map: CityMap
    ) {
        let calls = ProposalCalls(pool: pool, zone: site.city.timeZone.identifier)
        let (proposals, followers, districts) = (Proposals(pool: pool), Followers(pool: pool), Districts(pool: pool))
        let lists = ProposalLists(pool: pool, calls: calls)
        FollowController(site: site, proposals: proposals, followers: followers).add(to: routes)
        HistoryController(site: site, proposals: proposals).add(to: routes)
        DuplicatesDesk(site: site, processes: processes, similar: SimilarProposals(pool: pool)).add(to: routes)
        DistrictDesk(site: site, districts: districts, map: map).add(to: routes)
        OpenDataController(
            site: site, processes: processes, calls: calls, lists: lists,
            open: OpenProposals(pool: pool, calls: calls), map: map
        ).add(to: routes)
        ProposalController(
            site: site, proposals: proposals,
            sections: ProposalSections(
                site: site, media: MediaSection(media: ProposalMedia(pool: pool)),
                follow: FollowSection(followers: followers), map: map,
                supports: SupportSection(supports: supports(site: site)),
                comments: CommentSection(comments: comments(site: site)),
                suggestions: SuggestionSection(suggestions: suggestions(site: site)),
                joins: JoinSection(joins: joins(site: site), splits: splits(site: site)),
                examinations: ExaminationSection(
                    examinations: examinations(site: site), answers: AuthorAnswers(pool: pool),
                    nominations: Nominations(pool: pool)),
                deliveries: DeliverySection(deliveries: deliveries(site: site)),
                observations: ObservationSection(
                    proposals: ObservationProposals(pool: pool, zone: site.city.timeZone.identifier)),
                voices: VoiceSection(decisions: decisions(site: site)))
        ).add(to: routes)
        ProposalListController(
            site: site, processes: processes, calls: calls, lists: lists, map: map
        ).add(to: routes)
    }

    /// Examinations of proposals, from the settings to the published answer and to the ballot.
    private func addExaminations(to routes: RouterGroup<AppContext>, site: Site, processes: Processes, votes: Votes) {
        let (letters, zone) = (Letters(site: site), site.city.timeZone.identifier)
        let files = ProposalFiles(pool: pool, zone: zone)
        let settings = ExaminationSettings(pool: pool)
        let verdicts = Verdicts(pool: pool, correspondent: letters)
        let nominations = Nominations(pool: pool)
        ExaminationSettingsDesk(site: site, processes: processes, settings: settings).add(to: routes)
        FilesDesk(
            site: site, processes: processes, files: files,
            assignments: Assignments(pool: pool, zone: zone, correspondent: letters), settings: settings
        ).add(to: routes)
        FileDesk(
            site: site, processes: processes, files: files, examinations: examinations(site: site), verdicts: verdicts,
            settings: settings, nominations: nominations, similar: SimilarProposals(pool: pool)
        ).add(to: routes)
        AnswersDesk(
            site: site, processes: processes, files: files, verdicts: verdicts, letters: PrintedLetters(pool: pool)
        ).add(to: routes)
        NominationDesk(site: site, votes: votes, nominations: nominations).add(to: routes)
        AnswerController(
            site: site, proposals: Proposals(pool: pool), examinations: examinations(site: site),
            answers: AuthorAnswers(pool: pool)
        ).add(to: routes)
    }

    private func examinations(site: Site) -> Examinations {
        Examinations(pool: pool, zone: site.city.timeZone.identifier, correspondent: Letters(site: site))
    }

    /// What residents say about proposals, and what agents join and split.
    private func addTalk(to routes: RouterGroup<AppContext>, site: Site, processes: Processes) {
        let proposals = Proposals(pool: pool)
        let (joins, splits) = (joins(site: site), splits(site: site))
        SupportController(site: site, proposals: proposals, supports: supports(site: site)).add(to: routes)
        CommentController(
            site: site, comments: comments(site: site), at: "/proposals/{number}", scene: proposals.scene
        ).add(to: routes)
        MyCommentsController(site: site, comments: comments(site: site)).add(to: routes)
        SuggestionController(site: site, proposals: proposals, suggestions: suggestions(site: site)).add(to: routes)
        WithdrawalController(
            site: site, proposals: proposals,
            withdrawals: Withdrawals(pool: pool, correspondent: Letters(site: site))
        ).add(to: routes)
        JoinDesk(site: site, processes: processes, joins: joins, splits: splits).add(to: routes)
        SplitDesk(
            site: site, processes: processes, proposals: proposals, suggestions: suggestions(site: site), splits: splits
        ).add(to: routes)
    }

    private func supports(site: Site) -> Supports { Supports(pool: pool, zone: site.city.timeZone.identifier) }

    private func comments(site: Site) -> Comments {
        Comments(pool: pool, secrets: secrets, zone: site.city.timeZone.identifier)
    }

    private func suggestions(site: Site) -> Suggestions {
        Suggestions(
            pool: pool, secrets: secrets, zone: site.city.timeZone.identifier, correspondent: Letters(site: site))
    }

    private func joins(site: Site) -> Joins { Joins(pool: pool, correspondent: Letters(site: site)) }

    private func splits(site: Site) -> Splits { Splits(pool: pool, correspondent: Letters(site: site)) }

    /// Proposals as their authors write them, alone or together, and the calls that they answer.
    private func addWriting(
        to routes: RouterGroup<AppContext>, site: Site, processes: Processes, map: CityMap
    ) {
        let calls = ProposalCalls(pool: pool, zone: site.city.timeZone.identifier)
        let drafts = Drafts(pool: pool, zone: site.city.timeZone.identifier)
        let scenes = WritingScenes(site: site, drafts: drafts, calls: calls, map: map)
        CallDesk(site: site, processes: processes, calls: calls).add(to: routes)
        WritingController(
            site: site, processes: processes, drafts: drafts, scenes: scenes,
            similar: SimilarShelf(SimilarProposals(pool: pool))
        ).add(to: routes)
        EditController(site: site, drafts: drafts, scenes: scenes).add(to: routes)
        MyProposalsController(site: site, drafts: drafts).add(to: routes)
        CoAuthorController(
            site: site, drafts: drafts,
            coAuthors: CoAuthors(pool: pool, secrets: secrets, correspondent: Letters(site: site))
        ).add(to: routes)
        IntakeDesk(
            site: site, processes: processes, scenes: scenes,
            intake: Intake(pool: pool, secrets: secrets, correspondent: Letters(site: site))
        ).add(to: routes)
        SheetController(site: site, processes: processes, scenes: scenes).add(to: routes)
        ProposalImportDesk(
            site: site, processes: processes,
            imports: ProposalImports(pool: pool, zone: site.city.timeZone.identifier)
        ).add(to: routes)
    }

    /// Photos and documents.
    private func addMedia(to routes: RouterGroup<AppContext>, site: Site) {
        MediumController(media: Media(pool: pool)).add(to: routes)
        ProposalMediaController(site: site, media: ProposalMedia(pool: pool)).add(to: routes)
        ProposalPrintController(
            site: site, proposals: Proposals(pool: pool), media: ProposalMedia(pool: pool)
        ).add(to: routes)
    }

    private func deliveries(site: Site) -> Deliveries {
        Deliveries(pool: pool, zone: site.city.timeZone.identifier, correspondent: Letters(site: site))
    }

    /// What becomes of selected projects.
    private func addDeliveries(
        to routes: RouterGroup<AppContext>, site: Site, processes: Processes, map: CityMap
    ) {
        let deliveries: Deliveries = deliveries(site: site)
        DeliveryController(
            site: site, processes: processes, deliveries: deliveries,
            map: map
        ).add(to: routes)
        DeliveryDesk(site: site, processes: processes, deliveries: deliveries).add(to: routes)
        DeliveryActs(site: site, processes: processes, deliveries: deliveries).add(to: routes)
        DeliveryImportDesk(site: site, processes: processes, deliveries: deliveries).add(to: routes)
    }

    /// Walks as residents meet them, and who comes to them.
    private func addGatherings(
        to routes: RouterGroup<AppContext>, site: Site, processes: Processes, map: CityMap
    ) {
        let (walks, gatherings) = (Walks(pool: pool), gatherings(site: site))
        WalkController(
            site: site, processes: processes, walks: walks, gatherings: gatherings, reports: WalkReports(pool: pool),
            map: map
        ).add(to: routes)
        RegistrationController(site: site, gatherings: gatherings).add(to: routes)
        RegistrationDesk(site: site, processes: processes, gatherings: gatherings).add(to: routes)
        DoorController(site: site, gatherings: gatherings).add(to: routes)
    }

    /// Events: as residents meet them, as agents prepare them, and what came of them.
    private func addEvents(to routes: RouterGroup<AppContext>, site: Site, processes: Processes, map: CityMap) {
        let (events, media) = (events(site: site), EventMedia(pool: pool))
        let (consultations, gatherings) = (Consultations(pool: pool), gatherings(site: site))
        let contributions = EventContributions(pool: pool)
        EventController(
            site: site, processes: processes, consultations: consultations, events: events, media: media,
            contributions: contributions, gatherings: gatherings, map: map
        ).add(to: routes)
        EventDesk(
            site: site, processes: processes, events: events, gatherings: gatherings, contributions: contributions
        ).add(to: routes)
        EventActs(
            site: site, processes: processes, consultations: consultations, events: events, gatherings: gatherings,
            map: map
        ).add(to: routes)
        EventMinutesDesk(site: site, processes: processes, events: events, media: media).add(to: routes)
        EventContributionDesk(
            site: site, processes: processes, events: events, contributions: contributions
        ).add(to: routes)
    }

    /// Debates, with the answers to their arguments.
    private func addDebates(to routes: RouterGroup<AppContext>, site: Site, processes: Processes) {
        let (consultations, arguments) = (Consultations(pool: pool), Arguments(pool: pool, secrets: secrets))
        let debates = Debates(pool: pool, correspondent: Letters(site: site))
        DebateController(
            site: site, processes: processes, consultations: consultations, debates: debates, arguments: arguments,
            comments: comments(site: site)
        ).add(to: routes)
        DebateDesk(
            site: site, processes: processes, consultations: consultations, debates: debates, arguments: arguments
        ).add(to: routes)
    }

    private func events(site: Site) -> Events { Events(pool: pool, correspondent: Letters(site: site)) }

    private func eventShelf(site: Site) -> EventShelf {
        EventShelf(
            events: events(site: site), gatherings: gatherings(site: site), processes: Processes(pool: pool))
    }

    /// Walks as their agents prepare them.
    private func addWalkPreparing(
        to routes: RouterGroup<AppContext>, site: Site, processes: Processes, map: CityMap
    ) {
        let (walks, templates) = (Walks(pool: pool), WalkTemplates(pool: pool))
        WalkDesk(site: site, processes: processes, walks: walks, map: map).add(to: routes)
        WalkActs(
            site: site, processes: processes, walks: walks, gatherings: gatherings(site: site), map: map
        ).add(to: routes)
        WalkRouteDesk(site: site, processes: processes, walks: walks, map: map).add(to: routes)
        WalkThemeDesk(site: site, processes: processes, walks: walks, templates: templates).add(to: routes)
        WalkCrewDesk(site: site, processes: processes, walks: walks).add(to: routes)
        WalkTemplateDesk(site: site, templates: templates).add(to: routes)
    }

    /// Gatherings, with the words of this site in their letters.
    public func gatherings(site: Site) -> Gatherings {
        Gatherings(pool: pool, secrets: secrets, correspondent: Letters(site: site))
    }

    /// Walk sheets on site: what people note, and what the crew does.
    private func addWalkSheets(to routes: RouterGroup<AppContext>, site: Site) {
        let (walks, doors) = (Walks(pool: pool), NotingDoors())
        let observations = Observations(pool: pool, secrets: secrets, zone: site.city.timeZone.identifier)
        NotingController(site: site, walks: walks, observations: observations, doors: doors).add(to: routes)
        NotingUploads(site: site, walks: walks, observations: observations, doors: doors).add(to: routes)
        CrewController(
            site: site, walks: walks, heads: HeadCounts(pool: pool), arrived: ArrivedObservations(pool: pool)
        ).add(to: routes)
    }

    /// What the city does with what people saw on walks.
    private func addWalkAnswers(
        to routes: RouterGroup<AppContext>, site: Site, processes: Processes, map: CityMap
    ) {
        let (walks, zone) = (Walks(pool: pool), site.city.timeZone.identifier)
        let files = ObservationFiles(pool: pool, zone: zone)
        let joins = ObservationJoins(pool: pool)
        let answers = ServiceAnswers(pool: pool, zone: zone, correspondent: Letters(site: site))
        let proposals = ObservationProposals(pool: pool, zone: zone)
        let settings = ExaminationSettings(pool: pool)
        ObservationDesk(
            site: site, processes: processes, walks: walks, files: files, publications: Publications(pool: pool),
            batches: ObservationBatches(pool: pool), joins: joins, answers: answers, settings: settings
        ).add(to: routes)
        ObservationFileDesk(
            site: site, processes: processes, walks: walks, files: files, corrections: Corrections(pool: pool),
            joins: joins, answers: answers, proposals: proposals, map: map
        ).add(to: routes)
        PhotoDesk(
            site: site, processes: processes, walks: walks, files: files,
            clearances: PhotoClearances(pool: pool, zone: zone)
        ).add(to: routes)
        ServiceAnswerDesk(site: site, processes: processes, answers: answers, settings: settings).add(to: routes)
        FollowUpController(
            site: site, processes: processes, walks: walks, followUps: FollowUps(pool: pool, zone: zone)
        ).add(to: routes)
        ObservationController(
            site: site, processes: processes, walks: walks, stories: ObservationStories(pool: pool, zone: zone),
            proposals: proposals, calls: ProposalCalls(pool: pool, zone: zone), map: map,
            voices: VoiceSection(decisions: decisions(site: site))
        ).add(to: routes)
    }

    /// What people saw on walks, and the reports of it.
    private func addWalkReports(to routes: RouterGroup<AppContext>, site: Site, processes: Processes) {
        let (walks, lists, reports) = (Walks(pool: pool), ObservationLists(pool: pool), WalkReports(pool: pool))
        ObservationsController(site: site, processes: processes, walks: walks, lists: lists, reports: reports)
            .add(to: routes)
        OpenObservationFiles(site: site, processes: processes, walks: walks, lists: lists).add(to: routes)
        ReportController(site: site, processes: processes, walks: walks, reports: reports).add(to: routes)
        WalkComparisonController(
            site: site, processes: processes, walks: walks, comparisons: WalkComparisons(pool: pool)
        ).add(to: routes)
        ReportDesk(site: site, processes: processes, walks: walks, reports: reports).add(to: routes)
    }

    /// Consultations as residents meet them and as their agents prepare them; what they hold has functions of its own.
    private func addConsultations(to routes: RouterGroup<AppContext>, site: Site, processes: Processes) {
        let (consultations, documents) = (Consultations(pool: pool), ConsultationDocuments(pool: pool))
        let followers = ConsultationFollowers(pool: pool, secrets: secrets, correspondent: Letters(site: site))
        let parts: [any ConsultationPart] = consultationParts(site: site)
        ConsultationController(
            site: site, processes: processes, consultations: consultations, documents: documents,
            followers: followers, parts: parts
        ).add(to: routes)
        ConsultationFollowing(site: site, consultations: consultations, followers: followers).add(to: routes)
        ConsultationDesk(
            site: site, processes: processes, consultations: consultations, documents: documents, parts: parts
        ).add(to: routes)
        ConsultationActs(
            site: site, processes: processes, consultations: consultations, followers: followers
        ).add(to: routes)
        ConsultationDocumentDesk(
            site: site, processes: processes, consultations: consultations, documents: documents
        ).add(to: routes)
    }

    /// Questionnaires as everybody answers them, and how agents let people in.
    private func addAnswering(to routes: RouterGroup<AppContext>, site: Site, processes: Processes, map: CityMap) {
        let consultations = Consultations(pool: pool)
        let kiosks = AnswerKiosks(pool: pool, secrets: secrets)
        let answering = Answering(pool: pool, secrets: secrets, zone: site.city.timeZone.identifier)
        let house = AnsweringHouse(
            site: site, consultations: consultations, answering: answering, kiosks: kiosks,
            districts: Districts(pool: pool), map: map)
        AnsweringController(house: house).add(to: routes)
        AnswerStepController(house: house).add(to: routes)
        SentAnswersController(house: house).add(to: routes)
        AnsweringDesk(
            site: site, processes: processes, consultations: consultations, answering: answering,
            codes: AnswerCodes(pool: pool, secrets: secrets), kiosks: kiosks
        ).add(to: routes)
    }

    /// What consultations hold, in the order in which one works on it: what came of them is shown the other way round.
    private func consultationParts(site: Site) -> [any ConsultationPart] {
        [
            FormPart(consultations: Consultations(pool: pool)),
            AnsweringPart(consultations: Consultations(pool: pool)),
            SheetPart(
                consultations: Consultations(pool: pool),
                sheets: QuestionnaireSheets(pool: pool, zone: site.city.timeZone.identifier)),
            TextsPart(texts: ConsultationTexts(pool: pool)),
            DebatePart(debates: Debates(pool: pool, correspondent: Letters(site: site))),
            EventPart(events: events(site: site), shelf: eventShelf(site: site)),
            AnalysisPart(consultations: Consultations(pool: pool), analyses: Analyses(pool: pool)),
            AnswerPart(today: site.today),
        ]
    }

    /// What the answers to questionnaires come to.
    private func addAnalysis(to routes: RouterGroup<AppContext>, site: Site, processes: Processes, map: CityMap) {
        let desks = AnalysisDesks(
            site: site, processes: processes, consultations: Consultations(pool: pool), analyses: Analyses(pool: pool),
            map: map)
        ResponseDesk(desks: desks, exports: AnswerExports(pool: pool)).add(to: routes)
        TextsDesk(desks: desks).add(to: routes)
        ResultsController(desks: desks).add(to: routes)
    }

    /// Questionnaires as their agents write them.
    private func addForms(to routes: RouterGroup<AppContext>, site: Site, processes: Processes, map: CityMap) {
        let consultations = Consultations(pool: pool)
        QuestionnaireDesk(site: site, processes: processes, consultations: consultations).add(to: routes)
        FormDesk(site: site, processes: processes, consultations: consultations).add(to: routes)
        QuestionDesk(site: site, processes: processes, consultations: consultations).add(to: routes)
        TranslationDesk(site: site, processes: processes, consultations: consultations).add(to: routes)
        VersionDesk(site: site, processes: processes, consultations: consultations).add(to: routes)
        FormFileDesk(site: site, processes: processes, consultations: consultations).add(to: routes)
        FormPreview(
            site: site, processes: processes, consultations: consultations, districts: Districts(pool: pool), map: map
        ).add(to: routes)
    }

    /// Printed questionnaires.
    private func addQuestionnaireSheets(to routes: RouterGroup<AppContext>, site: Site, processes: Processes) {
        let (consultations, districts) = (Consultations(pool: pool), Districts(pool: pool))
        let sheets = QuestionnaireSheets(pool: pool, zone: site.city.timeZone.identifier)
        SheetDesk(
            site: site, processes: processes, consultations: consultations, sheets: sheets,
            press: QuestionnairePress(site: site, consultations: consultations, sheets: sheets, districts: districts)
        ).add(to: routes)
        SheetEntryController(
            site: site, processes: processes, consultations: consultations, sheets: sheets, districts: districts
        ).add(to: routes)
    }

    /// What consultations end in: the synthesis, the city's decisions, the answers as open data.
    private func addConsultationAnswers(to routes: RouterGroup<AppContext>, site: Site, processes: Processes) {
        let (consultations, syntheses) = (Consultations(pool: pool), Syntheses(pool: pool))
        let (decisions, districts) = (decisions(site: site), Districts(pool: pool))
        SynthesisController(
            site: site, processes: processes, consultations: consultations, syntheses: syntheses, districts: districts
        ).add(to: routes)
        CityAnswerController(
            site: site, processes: processes, consultations: consultations, decisions: decisions
        ).add(to: routes)
        OpenAnswerController(
            site: site, processes: processes, consultations: consultations, answers: OpenAnswers(pool: pool)
        ).add(to: routes)
        SynthesisDesk(
            site: site, processes: processes, consultations: consultations, syntheses: syntheses, districts: districts
        ).add(to: routes)
        DecisionDesk(
            site: site, processes: processes, consultations: consultations, decisions: decisions, syntheses: syntheses
        ).add(to: routes)
    }

    /// Decisions after consultations, with the words of this site in their letters.
    public func decisions(site: Site) -> Decisions {
        Decisions(pool: pool, zone: site.city.timeZone.identifier, correspondent: Letters(site: site))
    }

    /// Texts of consultations, read and annotated paragraph by paragraph, and prepared at the desk.
    private func addTexts(to routes: RouterGroup<AppContext>, site: Site, processes: Processes) {
        let (consultations, texts) = (Consultations(pool: pool), ConsultationTexts(pool: pool))
        let drafts = TextDrafts(pool: pool)
        let letters = Letters(site: site)
        let suggestions = TextSuggestions(pool: pool, secrets: secrets, correspondent: letters)
        TextController(site: site, consultations: consultations, texts: texts).add(to: routes)
        ParagraphController(
            site: site, consultations: consultations, texts: texts, comments: comments(site: site),
            suggestions: suggestions
        ).add(to: routes)
        TextSuggestionController(
            site: site, consultations: consultations, texts: texts, suggestions: suggestions
        ).add(to: routes)
        TextDesk(
            site: site, processes: processes, consultations: consultations, texts: texts, drafts: drafts
        ).add(to: routes)
        TextDraftDesk(
            site: site, processes: processes, consultations: consultations, texts: texts, drafts: drafts
        ).add(to: routes)
        TextPublicationDesk(
            site: site, processes: processes, consultations: consultations, texts: texts, drafts: drafts
        ).add(to: routes)
        TextAnswerDesk(
            site: site, processes: processes, consultations: consultations, texts: texts, suggestions: suggestions,
            replies: TextReplies(pool: pool, correspondent: letters)
        ).add(to: routes)
    }

    /// Papers: batches, their entries and settlement, and the account that closes.
    private func addPaper(to routes: RouterGroup<AppContext>, site: Site, votes: Votes, results: Results) {
        let batches = Batches(pool: pool)
        let entries = PaperEntries(pool: pool)
        let settlements = Settlements(pool: pool)
        BatchDesk(
            site: site, votes: votes, places: Places(pool: pool), batches: batches, imports: PaperImports(pool: pool),
            settlements: settlements
        ).add(to: routes)
        EntryController(site: site, votes: votes, batches: batches, entries: entries).add(to: routes)
        SettlementController(site: site, votes: votes, batches: batches, settlements: settlements).add(to: routes)
        AccountDesk(
            site: site, votes: votes, results: results, accounts: ClosingAccounts(pool: pool),
            discrepancies: Discrepancies(pool: pool), certificates: Certificates(pool: pool, secrets: secrets)
        ).add(to: routes)
    }

    /// Places, and all that officers do there.
    private func addPlaces(to routes: RouterGroup<AppContext>, site: Site, votes: Votes, shelf: VoteShelf) {
        let places = Places(pool: pool)
        let marks = Marks(pool: pool, correspondent: Letters(site: site))
        let voters = Voters(pool: pool, marks: marks)
        let devices = Devices(pool: pool, secrets: secrets)
        let assistance = Assistance(pool: pool, secrets: secrets, correspondent: Letters(site: site))
        VotePlacesController(site: site, shelf: shelf, places: places, assistance: assistance).add(to: routes)
        PlacesDesk(site: site, votes: votes, places: places).add(to: routes)
        PlaceDayController(site: site, votes: votes, places: places, devices: devices).add(to: routes)
        IssueController(
            site: site, votes: votes, places: places, marks: marks, voters: voters, devices: devices
        ).add(to: routes)
        DeclarationController(
            site: site, votes: votes, places: places,
            declarations: Declarations(pool: pool, secrets: secrets, correspondent: Letters(site: site))
        ).add(to: routes)
        ListController(
            site: site, votes: votes, places: places, lists: ListImports(pool: pool, marks: marks)
        ).add(to: routes)
        EnvelopeController(
            site: site, votes: votes, places: places, voters: voters,
            envelopes: StubEnvelopes(pool: pool, marks: marks)
        ).add(to: routes)
        KioskController(
            site: site, votes: votes, places: places, voters: voters, devices: devices,
            kiosks: Kiosks(pool: pool, secrets: secrets)
        ).add(to: routes)
        AssistanceController(site: site, votes: votes, assistance: assistance).add(to: routes)
    }

    /// Walk sheets on paper.
    private func addWalkPaper(to routes: RouterGroup<AppContext>, site: Site, processes: Processes, map: CityMap) {
        let walks = Walks(pool: pool)
        let sheets = WalkSheets(pool: pool, zone: site.city.timeZone.identifier)
        let press = WalkPress(site: site, processes: processes, walks: walks, map: map)
        WalkPrintController(site: site, walks: walks, press: press).add(to: routes)
        PaperSheetDesk(
            site: site, processes: processes, walks: walks, sheets: sheets, press: press
        ).add(to: routes)
        PaperEntryController(site: site, processes: processes, walks: walks, sheets: sheets).add(to: routes)
    }

    /// Accounts, with the words of this site in their letters.
    public func accounts(site: Site) -> Accounts {
        Accounts(pool: pool, secrets: secrets, passwords: Passwords(), correspondent: Letters(site: site))
    }
}
