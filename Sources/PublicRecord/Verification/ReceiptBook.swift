/// The receipts that residents hand in, looked for while the log is read (V13).
struct ReceiptBook {
    private struct Case {
        let receipt: Receipt
        let choices: CanonicalJSON?
        var sealedAt: Int?
        var replacedAt: Int?
        var annulledAt: Int?
        var openedAt: Int?
        var opened: ChoicesReader.Reading?
    }

    private let claims: Int
    private var cases: [Case] = []
    private var byCredential: [CredentialKey: [Int]] = [:]
    private var byTracker: [UInt64: [Int]] = [:]

    init(_ claims: [ReceiptClaim], _ checkpoint: Checkpoint, _ key: NoteKey, _ findings: inout Findings) {
        self.claims = claims.count
        for (number, claim) in claims.enumerated() {
            guard let note = try? SignedNote(parsing: claim.note), let receipt = Receipt(text: note.text) else {
                findings.fail(.receiptMalformed, "receipt \(number + 1)")
                continue
            }
            guard receipt.origin.isSameBytes(as: checkpoint.origin) else {
                findings.fail(.receiptOrigin, receipt.origin)
                continue
            }
            guard case .valid = note.verify(key) else {
                findings.fail(.receiptForged, receipt.tracker.text)
                continue
            }
            byCredential[CredentialKey(receipt.credential), default: []].append(cases.count)
            byTracker[TrackerKey(receipt.tracker).high, default: []].append(cases.count)
            cases.append(Case(receipt: receipt, choices: claim.choices))
        }
    }

    mutating func sealed(_ credential: CredentialKey, _ envelope: Hash, _ index: Int) {
        guard !byCredential.isEmpty, let numbers = byCredential[credential] else { return }
        for number in numbers {
            if cases[number].receipt.envelope == envelope {
                cases[number].sealedAt = index
                cases[number].replacedAt = nil
            } else if cases[number].sealedAt != nil {
                cases[number].replacedAt = index
            }
        }
    }

    mutating func annulled(_ credential: CredentialKey, _ index: Int) {
        for number in byCredential[credential] ?? [] { cases[number].annulledAt = index }
    }

    mutating func opened(_ entry: ScannedEntry.OpenedEntry, _ index: Int) {
        guard !byTracker.isEmpty, case .tracker(let tracker) = entry.mark else { return }
        for number in byTracker[tracker.high] ?? [] where TrackerKey(cases[number].receipt.tracker) == tracker {
            cases[number].openedAt = index
            cases[number].opened = entry.choices
        }
    }

    func report(isPublished: Bool, grades: [String], _ findings: inout Findings) {
        guard claims > 0 else {
            findings.skip(.v13, "no receipt was given")
            return
        }
        var opened: [String] = []
        for one in cases {
            let tracker = one.receipt.tracker.text
            guard let sealedAt = one.sealedAt else {
                findings.fail(.receiptNotIncluded, tracker)
                continue
            }
            if let replacedAt = one.replacedAt {
                findings.fail(.receiptReplaced, entry: replacedAt, "\(tracker), sealed at entry \(sealedAt)")
                continue
            }
            if let annulledAt = one.annulledAt {
                findings.fail(.receiptAnnulled, entry: annulledAt, tracker)
                continue
            }
            guard let openedAt = one.openedAt, case .valid(let ballot)? = one.opened else {
                if isPublished { findings.fail(.receiptNotOpened, tracker) }
                continue
            }
            let choices = ballot.json(grades: grades)
            if let own = one.choices, own != choices { findings.fail(.receiptChoices, entry: openedAt, tracker) }
            opened.append("\(tracker) at entry \(openedAt): \(String(decoding: choices.encoded(), as: UTF8.self))")
        }
        findings.figure(.v13, "receipts", claims)
        findings.figure(.v13, "included", cases.count { $0.sealedAt != nil })
        findings.figure(.v13, "opened", opened.count)
        findings.note(.v13, opened.joined(separator: "; "))
    }
}
