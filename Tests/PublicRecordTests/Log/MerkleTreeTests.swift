import Testing

@testable import PublicRecord

@Suite("Merkle trees of RFC 6962")
struct MerkleTreeTests {
    static let vectors = Vectors.load()
    static let leaves = (0..<70).map { MerkleTree.leafHash(Array("entry \($0)".utf8)) }

    static func lookup(_ leaves: [Hash]) -> MerkleTree.Lookup {
        { subtree in
            MerkleTree.root(of: Array(leaves[subtree.index << subtree.level..<(subtree.index + 1) << subtree.level]))
        }
    }

    @Test("The empty tree is SHA-256 of nothing")
    func emptyTree() {
        #expect(
            MerkleTree.emptyRoot.hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(CompactRange().root == MerkleTree.emptyRoot)
        #expect(TileFrontier().root == MerkleTree.emptyRoot)
    }

    @Test("Leaves and roots are those that implementations of RFC 6962 test themselves with")
    func certificateTransparency() throws {
        var leaves: [Hash] = []
        for step in Self.vectors["rfc6962_ct_leaves"].elements {
            if let hex = step.optional("leaf_hex") {
                let leaf = MerkleTree.leafHash(try #require(Hex.decode(hex.text)))
                #expect(leaf.hex == step["leaf_hash_hex"].text)
                leaves.append(leaf)
            }
            #expect(String(leaves.count) == step["size"].text)
            #expect(MerkleTree.root(of: leaves).hex == step["root_hex"].text)
        }
        #expect(leaves.count == 8)
    }

    @Test("Roots of sizes 1 to 70 are those that other people's code computed")
    func roots() throws {
        let roots = Self.vectors["roots_of_sizes_1_to_70_base64"].elements
        var range = CompactRange()
        var frontier = TileFrontier()
        for (index, root) in roots.enumerated() {
            range.append(Self.leaves[index])
            frontier.append(Self.leaves[index])
            #expect(range.root.base64 == root.text)
            #expect(frontier.root.base64 == root.text)
            let read = try MerkleTree.root(size: index + 1, lookup: Self.lookup(Self.leaves))
            #expect(read.base64 == root.text)
        }
        #expect(roots.count == 70)
    }

    @Test("Inclusion proofs are those that other people's code made, and verify")
    func inclusion() throws {
        let roots = Self.vectors["roots_of_sizes_1_to_70_base64"].elements
        for vector in Self.vectors["inclusion"].elements {
            let (index, size) = (vector["index"].number, vector["size"].number)
            let proof = try MerkleTree.inclusionProof(index: index, size: size, lookup: Self.lookup(Self.leaves))
            #expect(proof.map(\.base64) == vector["proof"].elements.map(\.text))
            let root = try #require(Hash(base64: roots[size - 1].text))
            let isIncluded = MerkleTree.verifyInclusion(
                proof, leaf: Self.leaves[index], index: index, size: size, root: root)
            #expect(isIncluded)
        }
    }

    @Test("Consistency proofs are those that other people's code made, and verify")
    func consistency() throws {
        let roots = Self.vectors["roots_of_sizes_1_to_70_base64"].elements
        for vector in Self.vectors["consistency"].elements {
            let (old, new) = (vector["old"].number, vector["new"].number)
            let proof = try MerkleTree.consistencyProof(old: old, new: new, lookup: Self.lookup(Self.leaves))
            #expect(proof.map(\.base64) == vector["proof"].elements.map(\.text))
            let oldRoot = try #require(Hash(base64: roots[old - 1].text))
            let newRoot = try #require(Hash(base64: roots[new - 1].text))
            #expect(MerkleTree.verifyConsistency(proof, old: old, new: new, oldRoot: oldRoot, newRoot: newRoot))
        }
    }

    @Test("At random sizes proofs verify, and one flipped bit anywhere spoils them", arguments: 0..<40)
    func properties(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let size = Int.random(in: 1...1200, using: &random)
        let leaves = (0..<size).map { MerkleTree.leafHash(Array("\(seed)/\($0)".utf8)) }
        let root = MerkleTree.root(of: leaves)
        let lookup = Self.lookup(leaves)

        let index = Int.random(in: 0..<size, using: &random)
        let proof = try MerkleTree.inclusionProof(index: index, size: size, lookup: lookup)
        #expect(MerkleTree.verifyInclusion(proof, leaf: leaves[index], index: index, size: size, root: root))
        let spoiledLeaf = Self.flip(leaves[index], &random)
        #expect(!MerkleTree.verifyInclusion(proof, leaf: spoiledLeaf, index: index, size: size, root: root))
        #expect(!MerkleTree.verifyInclusion(proof, leaf: leaves[index], index: index + 1, size: size, root: root))
        for position in proof.indices {
            var spoiled = proof
            spoiled[position] = Self.flip(spoiled[position], &random)
            #expect(!MerkleTree.verifyInclusion(spoiled, leaf: leaves[index], index: index, size: size, root: root))
        }
        #expect(
            !MerkleTree.verifyInclusion(
                proof + [root], leaf: leaves[index], index: index, size: size, root: root))

        let old = Int.random(in: 1...size, using: &random)
        let oldRoot = MerkleTree.root(of: Array(leaves[..<old]))
        let growth = try MerkleTree.consistencyProof(old: old, new: size, lookup: lookup)
        #expect(MerkleTree.verifyConsistency(growth, old: old, new: size, oldRoot: oldRoot, newRoot: root))
        for position in growth.indices {
            var spoiled = growth
            spoiled[position] = Self.flip(spoiled[position], &random)
            #expect(!MerkleTree.verifyConsistency(spoiled, old: old, new: size, oldRoot: oldRoot, newRoot: root))
        }
        #expect(
            !MerkleTree.verifyConsistency(
                growth, old: old, new: size, oldRoot: Self.flip(oldRoot, &random), newRoot: root))
    }

    static func flip(_ hash: Hash, _ random: inout SeededRandom) -> Hash {
        var bytes = hash.bytes
        bytes[Int.random(in: 0..<32, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        return Hash(bytes: bytes) ?? hash
    }
}

@Suite("Tiles")
struct TilesTests {
    @Test("Names of tiles are those of the specification")
    func names() {
        guard case .object(let members) = MerkleTreeTests.vectors["tile_paths"] else {
            Issue.record("no tile paths among the vectors")
            return
        }
        for member in members {
            guard let index = Int(member.name) else { continue }
            #expect(TilePath.name(of: index) == member.value.text)
            let path = TilePath(.hashes(3), index: index, width: 17)
            #expect(TilePath(path.description) == path)
            #expect(path.description == "tile/3/\(member.value.text).p/17")
        }
        #expect(TilePath("tile/entries/x001/x234/067") == TilePath(.entries, index: 1_234_067))
    }

    @Test(
        "Other spellings of a path are refused",
        arguments: [
            "", "tile", "tile/0", "tile/0/", "tile/00/000", "tile/64/000", "tile/-1/000", "tile/0/1", "tile/0/0000",
            "tile/0/001/000", "tile/0/x001", "tile/0/x000/001", "tile/0/x001/001.p/0", "tile/0/000.p/256",
            "tile/0/000.p/01", "tile/0/000.p/", "tile/0/000.p", "tile/0/000/", "tile/0/../000", "tile//000",
            "tile/entries/00a", "tile/Entries/000", "/tile/0/000", "tile/0/x001/x000/x000/x000/x000/x000/000",
            "tile/0/１23",
        ])
    func otherSpellings(path: String) {
        #expect(TilePath(path) == nil)
    }

    @Test("A size of 256 has a full tile of level 0 and 000.p/1 of level 1")
    func fullTile() {
        let paths = Tiles.paths(size: 256).map(\.description)
        #expect(paths == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"])
        #expect(Tiles.paths(size: 0).isEmpty)
        #expect(Tiles.paths(size: 70).map(\.description) == ["tile/entries/000.p/70", "tile/0/000.p/70"])
    }

    @Test("Appending in batches from stored hashes gives every hash once and the right root")
    func frontier() throws {
        let size = 66_000
        var stored: [Int: [Hash]] = [:]
        var range = CompactRange()
        var frontier = TileFrontier()
        var random = SeededRandom(seed: 6)
        while frontier.size < size {
            // As the server does: the frontier is read anew before each batch.
            frontier = try TileFrontier(size: frontier.size) { level, indices in
                Array(try #require(stored[level])[indices])
            }
            for index in frontier.size..<min(size, frontier.size + Int.random(in: 1...900, using: &random)) {
                let leaf = MerkleTree.leafHash(Array(String(index).utf8))
                range.append(leaf)
                for new in frontier.append(leaf) {
                    #expect(stored[new.level, default: []].count == new.index)
                    stored[new.level, default: []].append(new.hash)
                }
            }
            #expect(frontier.root == range.root)
        }
        #expect(stored[1]?.count == size / 256)
        #expect(stored[2]?.count == size / 65_536)
        let proof = try MerkleTree.inclusionProof(index: 40_000, size: size) { subtree in
            let (level, indices) = Tiles.storedHashes(for: subtree)
            return MerkleTree.root(of: Array(try #require(stored[level])[indices]))
        }
        let leaf = MerkleTree.leafHash(Array("40000".utf8))
        #expect(MerkleTree.verifyInclusion(proof, leaf: leaf, index: 40_000, size: size, root: range.root))
    }

    @Test("Bundles come back as they went in")
    func bundles() throws {
        let entries: [[UInt8]] = [[], [1], Array(repeating: 7, count: 65_535), Array("é".utf8)]
        let bytes = Tiles.bundle(entries)
        #expect(try #require(Tiles.entries(bytes)).map(Array.init) == entries)
        #expect(Tiles.entries(Array(bytes.dropLast())) == nil)
        #expect(Tiles.entries(Tiles.bundle(Array(repeating: [], count: 257))) == nil)
        #expect(Tiles.hashes([]) == nil)
        #expect(Tiles.hashes(Array(repeating: 0, count: 33)) == nil)
        #expect(Tiles.hashes(Array(repeating: 0, count: 257 * 32)) == nil)
    }

    @Test("No bytes crash the readers of bundles, tiles and paths")
    func fuzz() {
        var random = SeededRandom(seed: 12)
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            _ = Tiles.entries(bytes)
            _ = Tiles.hashes(bytes)
            var path = Array("tile/0/x001/x234/067.p/5".utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                path[Int.random(in: 0..<path.count, using: &random)] = UInt8.random(in: 0x2E...0x7A, using: &random)
            }
            let text = String(decoding: path, as: UTF8.self)
            if let read = TilePath(text) { #expect(read.description == text) }
        }
    }
}
