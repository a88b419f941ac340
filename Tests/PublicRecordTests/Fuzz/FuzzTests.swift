import Foundation
import Testing

/// What libFuzzer starts from, and what it once found: see Scripts/fuzz.
@Suite("Bytes of strangers")
struct FuzzTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fuzz")

    @Test("Every seed and every input that was ever found is read without a crash", arguments: FuzzedReader.allCases)
    func seeds(reader: FuzzedReader) throws {
        var count = 0
        for kind in ["Seeds", "Found"] {
            let folder = Self.folder.appending(path: kind).appending(path: reader.rawValue)
            let files =
                (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
            for file in files {
                reader.read([UInt8](try Data(contentsOf: file)))
                count += 1
            }
        }
        // Election files are seeds where they are: Tests/Fixtures/pabulib.
        #expect(count > 0 || reader == .pabulib)
    }
}
