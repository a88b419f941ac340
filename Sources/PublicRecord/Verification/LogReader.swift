/// Reads a log from its published files: signatures, all entries in their order, tiles and root (V1, V2, V3, V14).
struct LogReader {
    private let source: RecordSource
    /// What is signed.
    let checkpoint: Checkpoint
    /// The log's key.
    let key: NoteKey
    private var frontier = TileFrontier()
    /// The stored hashes above the entries' own.
    private var upper: [[Hash]] = []

    /// Reads key and checkpoint.
    ///
    /// - Returns: nil when one of them cannot be read as what it is; the findings say which.
    /// - Throws: what the source throws; `MissingFile` when key or checkpoint are absent.
    init?(_ source: RecordSource, _ options: VerificationOptions, _ findings: inout Findings) throws {
        self.source = source
        let published = try source.required("key")
        let note = try source.required("checkpoint")
        let vkey = String(validating: published, as: UTF8.self).map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }
        let key = vkey.flatMap { NoteKey(vkey: $0) }
        if key == nil { findings.fail(.keyMalformed) }
        if let known = options.key, let key, known != key { findings.fail(.keyDiffers, "\(key.name)") }
        guard let signed = try? SignedNote(parsing: note), let checkpoint = Checkpoint(text: signed.text) else {
            findings.fail(.checkpointMalformed)
            return nil
        }
        guard let key = options.key ?? key else { return nil }
        self.checkpoint = checkpoint
        self.key = key
        if !checkpoint.origin.isSameBytes(as: key.name) { findings.fail(.checkpointOrigin, checkpoint.origin) }
        switch signed.verify(key) {
        case .valid: break
        case .missing: findings.fail(.checkpointUnsigned)
        case .forged: findings.fail(.checkpointForged)
        }
        var cosignatures = 0
        for witness in options.witnesses {
            switch signed.verify(witness) {
            case .valid: cosignatures += 1
            case .missing: findings.fail(.cosignatureMissing, witness.name)
            case .forged: findings.fail(.cosignatureForged, witness.name)
            }
        }
        findings.figure(.v1, "signatures", signed.signatures.count)
        findings.figure(.v1, "witnesses", cosignatures)
        findings.note(.v1, options.key == nil ? "key as published beside the record: \(key)" : "key as given")
    }

    /// Hands every entry to `visit`, then compares tiles and root.
    ///
    /// - Returns: whether all entries could be read.
    mutating func readEntries(
        _ findings: inout Findings, _ visit: (ArraySlice<UInt8>, Int, inout Findings) throws -> Void
    ) throws -> Bool {
        let size = checkpoint.size
        var tiles = 0
        for index in 0..<(size + Tiles.width - 1) / Tiles.width {
            let width = min(Tiles.width, size - index * Tiles.width)
            guard let entries = try bundle(index, width, &findings) else { return false }
            var leaves: [Hash] = []
            leaves.reserveCapacity(width)
            for (offset, entry) in entries.enumerated() {
                let leaf = MerkleTree.leafHash(entry)
                leaves.append(leaf)
                frontier.append(leaf) { stored in
                    guard stored.level > 0 else { return }
                    if stored.level > upper.count { upper.append([]) }
                    upper[stored.level - 1].append(stored.hash)
                }
                try visit(entry, index * Tiles.width + offset, &findings)
            }
            try compare(leaves, TilePath(.hashes(0), index: index, width: width), &findings)
            tiles += 1
        }
        for (level, hashes) in upper.enumerated() {
            for start in stride(from: 0, to: hashes.count, by: Tiles.width) {
                let part = Array(hashes[start..<min(start + Tiles.width, hashes.count)])
                let path = TilePath(.hashes(level + 1), index: start / Tiles.width, width: part.count)
                try compare(part, path, &findings)
                tiles += 1
            }
        }
        if frontier.root != checkpoint.root { findings.fail(.rootDiffers, "entries give \(frontier.root.base64)") }
        findings.figure(.v2, "entries", size)
        findings.figure(.v2, "tiles", tiles)
        return true
    }

    private func bundle(
        _ index: Int, _ width: Int, _ findings: inout Findings
    ) throws -> ArraySlice<ArraySlice<UInt8>>? {
        let path = TilePath(.entries, index: index, width: width)
        guard let file = try source.tile(path) else {
            findings.fail(.bundleMissing, entry: index * Tiles.width, path.description)
            return nil
        }
        guard let entries = Tiles.entries(file.bytes), entries.count == (file.isFull ? Tiles.width : width) else {
            findings.fail(.bundleMalformed, entry: index * Tiles.width, path.description)
            return nil
        }
        return entries.prefix(width)
    }

    private func compare(_ hashes: [Hash], _ path: TilePath, _ findings: inout Findings) throws {
        guard let file = try source.tile(path) else {
            findings.fail(.tileMissing, path.description)
            return
        }
        let length = hashes.count * Hash.byteCount
        let expected = file.isFull ? Tiles.width * Hash.byteCount : length
        if file.bytes.count != expected || !file.bytes.prefix(length).elementsEqual(Tiles.encode(hashes)) {
            findings.fail(.tileDiffers, path.description)
        }
    }

    /// The root of the first `count` entries of a log that was read.
    func root(ofFirst count: Int) throws -> Hash {
        var levels: [[Hash]] = []
        var findings = Findings()
        let partial = count % Tiles.width
        if partial > 0,
            let entries = try bundle(
                count / Tiles.width, min(Tiles.width, checkpoint.size - count / Tiles.width * Tiles.width), &findings)
        {
            levels.append(entries.prefix(partial).map { MerkleTree.leafHash($0) })
        } else {
            levels.append([])
        }
        levels += upper
        let start = count / Tiles.width * Tiles.width
        return try TileFrontier(size: count) { level, indices in
            let offset = level == 0 ? start : 0
            return Array(levels[level][indices.lowerBound - offset..<indices.upperBound - offset])
        }.root
    }

    /// V3: compares with an earlier checkpoint.
    func compare(earlier: [UInt8], _ findings: inout Findings) throws {
        guard let note = try? SignedNote(parsing: earlier), let old = Checkpoint(text: note.text) else {
            findings.fail(.earlierMalformed)
            return
        }
        if !old.origin.isSameBytes(as: checkpoint.origin) {
            findings.fail(.earlierOrigin, old.origin)
            return
        }
        if case .valid = note.verify(key) {} else { findings.fail(.earlierForged) }
        findings.figure(.v3, "earlier", old.size)
        findings.figure(.v3, "now", checkpoint.size)
        if old.size > checkpoint.size {
            findings.fail(.earlierLarger, "\(old.size) entries then, \(checkpoint.size) now")
        } else if try root(ofFirst: old.size) != old.root {
            findings.fail(.earlierDiffers, "the first \(old.size) entries")
        }
    }
}
