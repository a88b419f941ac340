/// What the verifier checks, as `Documentation/Record.md` explains it.
public enum CheckID: String, Sendable, CaseIterable {
    case v1 = "V1"
    case v2 = "V2"
    case v3 = "V3"
    case v4 = "V4"
    case v5 = "V5"
    case v6 = "V6"
    case v7 = "V7"
    case v8 = "V8"
    case v9 = "V9"
    case v10 = "V10"
    case v11 = "V11"
    case v12 = "V12"
    case v13 = "V13"
    case v14 = "V14"

    /// What holds when the check does.
    public var title: String {
        switch self {
        case .v1: "the checkpoint is signed by the log's key, and by the witnesses asked for"
        case .v2: "the root recomputed from all entries is the checkpoint's, and the tiles agree"
        case .v3: "the log only grew since the earlier checkpoint"
        case .v4: "every entry is canonical, of a known kind, and at its time"
        case .v5: "the definition is the one that was frozen"
        case .v6: "one live mark per credential; replacements and annulments follow the definition"
        case .v7: "every live sealed ballot was opened, once, in the order of trackers"
        case .v8: "every opened ballot is valid or counted as invalid for the right reason"
        case .v9: "every batch of papers adds up"
        case .v10: "marks and ballots balance at every place and in the whole"
        case .v11: "no group of ballots is smaller than the definition allows"
        case .v12: "the result recomputed from the ballots is the published one, byte for byte"
        case .v13: "the receipts' ballots are in the record"
        case .v14: "the certified checkpoint is a prefix of the log"
        }
    }
}

/// Everything that can be wrong with a record, each found by one check.
public enum Fault: String, Sendable, CaseIterable {
    case keyMalformed = "key_malformed"
    case keyDiffers = "key_differs"
    case checkpointMalformed = "checkpoint_malformed"
    case checkpointOrigin = "checkpoint_origin"
    case checkpointUnsigned = "checkpoint_unsigned"
    case checkpointForged = "checkpoint_forged"
    case cosignatureMissing = "cosignature_missing"
    case cosignatureForged = "cosignature_forged"

    case bundleMissing = "bundle_missing"
    case bundleMalformed = "bundle_malformed"
    case tileMissing = "tile_missing"
    case tileDiffers = "tile_differs"
    case rootDiffers = "root_differs"

    case earlierMalformed = "earlier_malformed"
    case earlierForged = "earlier_forged"
    case earlierOrigin = "earlier_origin"
    case earlierLarger = "earlier_larger"
    case earlierDiffers = "earlier_differs"

    case entryNotCanonical = "entry_not_canonical"
    case entryUnknownKind = "entry_unknown_kind"
    case entryMalformed = "entry_malformed"
    case entryBeforeOpening = "entry_before_opening"
    case entryAfterClosing = "entry_after_closing"
    case entryAfterResult = "entry_after_result"
    case entryBeforeClosing = "entry_before_closing"
    case entryBeforeResult = "entry_before_result"
    case entryTwice = "entry_twice"
    case closedTooEarly = "closed_too_early"

    case definitionMissing = "definition_missing"
    case definitionMalformed = "definition_malformed"
    case definitionDiffers = "definition_differs"
    case definitionContradicted = "definition_contradicted"

    case markTwice = "mark_twice"
    case markChannel = "mark_channel"
    case sealedWithoutMark = "sealed_without_mark"
    case sealedOnPaper = "sealed_on_paper"
    case sealedAfterAnnulment = "sealed_after_annulment"
    case replacedWithoutRight = "replaced_without_right"
    case annulledWithoutMark = "annulled_without_mark"
    case annulledTwice = "annulled_twice"
    case annulledReason = "annulled_reason"
    case annulledAgainstPolicy = "annulled_against_policy"
    case closingCounts = "closing_counts"

    case openedCount = "opened_count"
    case trackerTwice = "tracker_twice"
    case trackerOrder = "tracker_order"

    case choicesShape = "choices_shape"
    case choicesNotNormal = "choices_not_normal"
    case paperInvalid = "paper_invalid"

    case batchTwice = "batch_twice"
    case batchUndeclared = "batch_undeclared"
    case batchEntries = "batch_entries"
    case batchRows = "batch_rows"
    case batchSum = "batch_sum"
    case batchReason = "batch_reason"
    case batchReopened = "batch_reopened"
    case batchUnsettled = "batch_unsettled"
    case batchOpened = "batch_opened"
    case batchFileDiffers = "batch_file_differs"
    case batchFileMalformed = "batch_file_malformed"
    case batchFileCounts = "batch_file_counts"
    case batchFileOpened = "batch_file_opened"

    case balanceOfPlace = "balance_of_place"
    case balanceOfWhole = "balance_of_whole"

    case groupTooSmall = "group_too_small"
    case groupDiffers = "group_differs"

    case resultMissing = "result_missing"
    case resultUnannounced = "result_unannounced"
    case resultHash = "result_hash"
    case resultRule = "result_rule"
    case resultUncountable = "result_uncountable"
    case resultDiffers = "result_differs"

    case receiptMalformed = "receipt_malformed"
    case receiptForged = "receipt_forged"
    case receiptOrigin = "receipt_origin"
    case receiptNotIncluded = "receipt_not_included"
    case receiptReplaced = "receipt_replaced"
    case receiptAnnulled = "receipt_annulled"
    case receiptNotOpened = "receipt_not_opened"
    case receiptChoices = "receipt_choices"

    case certifiedTooLarge = "certified_too_large"
    case certifiedDiffers = "certified_differs"

    /// The check that finds it.
    public var check: CheckID {
        switch self {
        case .keyMalformed, .keyDiffers, .checkpointMalformed, .checkpointOrigin, .checkpointUnsigned,
            .checkpointForged, .cosignatureMissing, .cosignatureForged:
            .v1
        case .bundleMissing, .bundleMalformed, .tileMissing, .tileDiffers, .rootDiffers: .v2
        case .earlierMalformed, .earlierForged, .earlierOrigin, .earlierLarger, .earlierDiffers: .v3
        case .entryNotCanonical, .entryUnknownKind, .entryMalformed, .entryBeforeOpening, .entryAfterClosing,
            .entryAfterResult, .entryBeforeClosing, .entryBeforeResult, .entryTwice, .closedTooEarly:
            .v4
        case .definitionMissing, .definitionMalformed, .definitionDiffers, .definitionContradicted: .v5
        case .markTwice, .markChannel, .sealedWithoutMark, .sealedOnPaper, .sealedAfterAnnulment,
            .replacedWithoutRight, .annulledWithoutMark, .annulledTwice, .annulledReason, .annulledAgainstPolicy,
            .closingCounts:
            .v6
        case .openedCount, .trackerTwice, .trackerOrder: .v7
        case .choicesShape, .choicesNotNormal, .paperInvalid: .v8
        case .batchTwice, .batchUndeclared, .batchEntries, .batchRows, .batchSum, .batchReason, .batchReopened,
            .batchUnsettled, .batchOpened, .batchFileDiffers, .batchFileMalformed, .batchFileCounts, .batchFileOpened:
            .v9
        case .balanceOfPlace, .balanceOfWhole: .v10
        case .groupTooSmall, .groupDiffers: .v11
        case .resultMissing, .resultUnannounced, .resultHash, .resultRule, .resultUncountable, .resultDiffers: .v12
        case .receiptMalformed, .receiptForged, .receiptOrigin, .receiptNotIncluded, .receiptReplaced,
            .receiptAnnulled, .receiptNotOpened, .receiptChoices:
            .v13
        case .certifiedTooLarge, .certifiedDiffers: .v14
        }
    }

    /// What is wrong, in English, for the line of a report.
    public var sentence: String {
        switch self {
        case .keyMalformed: "the file “key” is not a verifier key"
        case .keyDiffers: "the published key is not the one asked for"
        case .checkpointMalformed: "the checkpoint is not a signed checkpoint"
        case .checkpointOrigin: "the checkpoint names another log than the key"
        case .checkpointUnsigned: "the checkpoint has no signature of the log's key"
        case .checkpointForged: "the signature of the checkpoint is not the log's"
        case .cosignatureMissing: "a witness has not signed the checkpoint"
        case .cosignatureForged: "the signature of a witness is not the witness's"
        case .bundleMissing: "a file of entries is missing"
        case .bundleMalformed: "a file of entries does not have the entries that the size asks for"
        case .tileMissing: "a tile is missing"
        case .tileDiffers: "a tile does not have the hashes of the entries"
        case .rootDiffers: "the entries do not have the root that is signed"
        case .earlierMalformed: "the earlier checkpoint is not a signed checkpoint"
        case .earlierForged: "the earlier checkpoint is not signed by the log's key"
        case .earlierOrigin: "the earlier checkpoint is that of another log"
        case .earlierLarger: "the log was longer before: entries were taken away"
        case .earlierDiffers: "the log does not begin as it did: entries were changed"
        case .entryNotCanonical: "the entry is not canonical JSON"
        case .entryUnknownKind: "the entry is of no known kind"
        case .entryMalformed: "the entry does not have the fields of its kind"
        case .entryBeforeOpening: "the entry stands before the vote was opened"
        case .entryAfterClosing: "the entry stands after the vote was closed"
        case .entryAfterResult: "the entry stands after the result was published"
        case .entryBeforeClosing: "the entry stands before the vote was closed"
        case .entryBeforeResult: "the entry stands before the result was published"
        case .entryTwice: "the entry may stand only once and stands again"
        case .closedTooEarly: "the vote was closed before its deadline, and nobody is on record for it"
        case .definitionMissing: "there is no definition.json"
        case .definitionMalformed: "definition.json is not a definition"
        case .definitionDiffers: "definition.json is not the one that was frozen"
        case .definitionContradicted: "the entry that opened the vote contradicts the definition"
        case .markTwice: "the credential was marked before"
        case .markChannel: "the definition does not offer this channel"
        case .sealedWithoutMark: "a ballot was sealed for a credential that was never marked"
        case .sealedOnPaper: "a ballot was sealed for a mark on paper"
        case .sealedAfterAnnulment: "a ballot was sealed after its mark was annulled"
        case .replacedWithoutRight: "a ballot was replaced although the definition forbids it"
        case .annulledWithoutMark: "a mark was annulled that was never made"
        case .annulledTwice: "the mark was annulled before"
        case .annulledReason: "the definition has no such reason for annulling a mark"
        case .annulledAgainstPolicy: "the mark was annulled for the other channel against the definition's policy"
        case .closingCounts: "the account at closing is not that of the log"
        case .openedCount: "the opened ballots are not as many as the live sealed ones"
        case .trackerTwice: "the tracker stands at another ballot too"
        case .trackerOrder: "the ballot is not in its place by tracker or serial"
        case .choicesShape: "the choices are not those of this type of ballot"
        case .choicesNotNormal: "the choices are not written in their one form"
        case .paperInvalid: "a paper that is not valid was opened as if it were"
        case .batchTwice: "the batch was declared or settled before"
        case .batchUndeclared: "the batch was never declared"
        case .batchEntries: "the batch was not entered twice independently before it was settled"
        case .batchRows: "the batch was entered with more rows than papers"
        case .batchSum: "papers are not counted + blank + invalid"
        case .batchReason: "there is no such reason for an invalid paper"
        case .batchReopened: "a batch is opened again that was not settled"
        case .batchUnsettled: "the batch was not settled when the result was published"
        case .batchOpened: "the opened papers are not as many as were counted"
        case .batchFileDiffers: "the published file is not the one that the entry names"
        case .batchFileMalformed: "the published file is not this reading of the batch"
        case .batchFileCounts: "the published file does not hold what the entry says"
        case .batchFileOpened: "the opened papers are not those of the published file"
        case .balanceOfPlace: "marks and ballots of the place do not balance"
        case .balanceOfWhole: "marks and ballots do not balance in the whole"
        case .groupTooSmall: "a group could be joined with another and is too small"
        case .groupDiffers: "the groups are not those that the definition makes of the marks"
        case .resultMissing: "there is no result.json"
        case .resultUnannounced: "there is a result.json, but no result stands in the log"
        case .resultHash: "result.json is not the one that the log names"
        case .resultRule: "the log names another rule than the definition"
        case .resultUncountable: "the ballots cannot be counted by the definition's rule"
        case .resultDiffers: "result.json is not what the ballots give"
        case .receiptMalformed: "the file is not a receipt"
        case .receiptForged: "the receipt is not signed by the log's key"
        case .receiptOrigin: "the receipt is of another vote"
        case .receiptNotIncluded: "the receipt's sealed ballot is not in the log"
        case .receiptReplaced: "the receipt's ballot was replaced by a later one of the same person"
        case .receiptAnnulled: "the mark of the receipt's ballot was annulled"
        case .receiptNotOpened: "the receipt's tracker is not among the opened ballots"
        case .receiptChoices: "the receipt's tracker stands beside other choices"
        case .certifiedTooLarge: "the certified checkpoint is longer than the log was"
        case .certifiedDiffers: "the certified checkpoint is not a prefix of the log"
        }
    }
}

/// A place where a check fails.
public struct Failure: Sendable, Equatable {
    /// What is wrong.
    public let fault: Fault
    /// The entry, counted from 0, where it shows; nil where it shows in no single entry.
    public let entry: Int?
    /// Names and figures of the case.
    public let detail: String
}

/// One line of the report.
public struct Check: Sendable, Equatable {
    /// What became of a check.
    public enum Outcome: String, Sendable {
        /// It holds.
        case ok
        /// It fails.
        case failed
        /// There is nothing to check, or nothing yet.
        case notApplicable = "not_applicable"
    }

    /// A figure found on the way.
    public struct Figure: Sendable, Equatable {
        /// What was counted.
        public let name: String
        /// How many.
        public let value: Int
    }

    /// Which check.
    public let id: CheckID
    /// What became of it.
    public let outcome: Outcome
    /// What was counted, in a fixed order.
    public let figures: [Figure]
    /// A sentence that explains the outcome, empty where figures say enough.
    public let note: String
    /// The first failures, at most ``maximumFailures``.
    public let failures: [Failure]
    /// How many failures there are in all.
    public let failureCount: Int

    /// Of one check this many failures are kept.
    public static let maximumFailures = 20
}

/// What the verifier found.
public struct Report: Sendable, Equatable {
    /// The name of the log, empty when the checkpoint cannot be read.
    public let origin: String
    /// How many entries it has.
    public let size: Int
    /// The root that is signed.
    public let root: Hash
    /// Every check, in order.
    public let checks: [Check]

    /// Whether no check fails.
    public var holds: Bool { checks.allSatisfy { $0.outcome != .failed } }

    /// The check with the identifier.
    public subscript(id: CheckID) -> Check? {
        checks.first { $0.id == id }
    }

    /// The report for machines; both verifiers write the same fields.
    public var json: CanonicalJSON {
        [
            "format": "tilleul-verdict-v1",
            "origin": .string(origin),
            "size": .integer(Int64(size)),
            "root": .string(root.hex),
            "holds": .bool(holds),
            "checks": .array(
                checks.map { check in
                    [
                        "id": .string(check.id.rawValue),
                        "title": .string(check.id.title),
                        "outcome": .string(check.outcome.rawValue),
                        "figures": .object(check.figures.map { .init($0.name, .integer(Int64($0.value))) }),
                        "note": .string(check.note),
                        "failure_count": .integer(Int64(check.failureCount)),
                        "failures": .array(
                            check.failures.map { failure in
                                [
                                    "fault": .string(failure.fault.rawValue),
                                    "entry": CanonicalJSON(failure.entry),
                                    "sentence": .string(failure.fault.sentence),
                                    "detail": .string(failure.detail),
                                ]
                            }),
                    ]
                }),
        ]
    }
}

/// What is found while checks run; becomes the report.
struct Findings {
    private var failures: [CheckID: [Failure]] = [:]
    private var counts: [CheckID: Int] = [:]
    private var figures: [CheckID: [Check.Figure]] = [:]
    private var notes: [CheckID: String] = [:]
    private var idle: Set<CheckID> = []

    /// Something is wrong.
    mutating func fail(_ fault: Fault, entry: Int? = nil, _ detail: String = "") {
        let count = counts[fault.check, default: 0]
        counts[fault.check] = count + 1
        if count < Check.maximumFailures {
            failures[fault.check, default: []].append(Failure(fault: fault, entry: entry, detail: detail))
        }
    }

    /// Something was counted.
    mutating func figure(_ check: CheckID, _ name: String, _ value: Int) {
        figures[check, default: []].append(Check.Figure(name: name, value: value))
    }

    /// A sentence for the line of a check.
    mutating func note(_ check: CheckID, _ sentence: String) {
        notes[check] = sentence
    }

    /// There is nothing to check; says why.
    mutating func skip(_ check: CheckID, _ reason: String) {
        idle.insert(check)
        notes[check] = reason
    }

    func fails(_ check: CheckID) -> Bool { failures[check] != nil }

    /// One line for each check.
    var checks: [Check] {
        CheckID.allCases.map { id in
            let outcome: Check.Outcome = fails(id) ? .failed : idle.contains(id) ? .notApplicable : .ok
            return Check(
                id: id, outcome: outcome, figures: figures[id] ?? [], note: notes[id] ?? "",
                failures: failures[id] ?? [], failureCount: counts[id] ?? 0)
        }
    }
}
