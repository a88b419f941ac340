import Foundation
public import Postgres

/// Photos and documents: checked and written anew before they are stored, and read by whoever may see what they hang on.
///
/// What they hang on is the business of the capability that has it, such as ``ProposalMedia``: it calls
/// ``prepare(_:alt:isDecorative:)``, then stores the result in its own transaction beside a row of its own table, and
/// names itself in ``uses``.
public struct Media: Sendable {
    /// How many bytes a file may have: 10 MB.
    public static let byteLimit = 10 << 20
    /// How many pixels an image may have: those of a camera of 50 million.
    public static let pixelLimit = 50_000_000
    /// How many characters may tell what an image shows.
    public static let altLimit = 500

    /// Everything that media hang on.
    static let uses: [any MediaUse.Type] = [
        ProposalMedia.self, Deliveries.self, Observations.self, WalkSheets.self, PhotoClearances.self,
        AnswerPhotos.self,
        QuestionnaireSheets.self,
        ConsultationDocuments.self, EventMedia.self,
    ]

    /// Decoding takes much memory: two at once, for the whole service.
    static let turns = Turns(atOnce: 2, waiting: 16)

    private let pool: Pool

    /// The media kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    // MARK: Taking

    /// Checks a file and writes it anew. It may take seconds: nothing is locked meanwhile and nothing is stored.
    ///
    /// - Parameters:
    ///   - alt: what an image shows; not asked of a document.
    ///   - isDecorative: the image says nothing, and has no `alt`.
    /// - Throws: `Refused<MediaRefusal>`, with everything that is wrong; ``Overloaded`` when too many files wait.
    public static func prepare(
        _ file: UploadedFile, alt: String, isDecorative: Bool = false
    ) async throws -> PreparedMedium {
        guard file.count > 0 else { throw Refused(MediaRefusal.empty) }
        guard file.count <= byteLimit else { throw Refused(MediaRefusal.tooLarge(limit: byteLimit)) }
        return try await turns.take {
            let bytes: [UInt8] = try file.read()
            let type = FileType(bytes)
            let name = FileName.tidy(file.name)
            do {
                switch type {
                case .pdf:
                    let document: PreparedMedium.Rendition = try await CheckedPDF.make(from: bytes)
                    return PreparedMedium(kind: .document, name: name, alt: "", renditions: [document])
                case .jpeg, .png, .webp:
                    let reasons: [MediaRefusal] =
                        misfits(of: type, bytes) + misfits(of: alt, isDecorative: isDecorative)
                    if !reasons.isEmpty { throw Refused(reasons: reasons) }
                    let renditions: [PreparedMedium.Rendition] = try await ImageRenditions.make(from: bytes)
                    return PreparedMedium(
                        kind: .image, name: name, alt: isDecorative ? "" : alt, renditions: renditions)
                case .heic, .gif, .svg, .html, .office, .other: throw MediaRefusal.wrongType(type)
                }
            } catch let refusal as MediaRefusal {
                throw Refused(refusal)
            }
        }
    }

    private static func misfits(of type: FileType, _ bytes: [UInt8]) -> [MediaRefusal] {
        guard let size = ImageHeader.size(type, bytes) else { return [.damaged] }
        // Each side first: the product of two large ones is no number.
        let isSmall = max(size.width, size.height) <= pixelLimit && size.width * size.height <= pixelLimit
        return isSmall ? [] : [.tooManyPixels(limit: pixelLimit)]
    }

    /// What is wrong with what is said of an image, which can be said anew later.
    static func misfits(of alt: String, isDecorative: Bool) -> [MediaRefusal] {
        if isDecorative { return [] }
        if alt.isEmpty { return [.altMissing] }
        return alt.unicodeScalars.count <= altLimit ? [] : [.altTooLong(limit: altLimit)]
    }

    /// As much of a longer text as may say what an image shows, counted as the database counts: in Unicode scalars.
    public static func alt(from words: String) -> String {
        String(String.UnicodeScalarView(words.unicodeScalars.prefix(altLimit)))
    }

    // MARK: Reading

    /// A form of a medium as it is served.
    public struct Served: Sendable {
        /// Its type, such as `image/webp`.
        public let type: String
        /// What the file was called.
        public let name: String
        /// SHA-256 of its bytes.
        public let hash: [UInt8]
        /// Whether it hangs on something that everybody may see.
        public let isPublic: Bool
        /// Whether everybody may see it for good: nobody takes back what it hangs on.
        public let isLasting: Bool
        /// Its bytes.
        public let bytes: [UInt8]
    }

    /// A form of a medium, if `reader` may see what it hangs on; nil when there is none, or they may not.
    ///
    /// - Parameter known: hashes that the reader has already; when it is one of them the bytes are left out.
    public func find(
        _ id: ID<Medium>, _ rendition: Medium.Rendition, for reader: ID<Account>?, known: [[UInt8]] = []
    ) async throws -> Served? {
        let open: SQL = Self.uses.map { $0.isPublic }.joined(separator: " OR ")
        let lasting: SQL = Self.uses.filter { $0.isLasting }.map { $0.isPublic }.joined(separator: " OR ")
        let own: SQL =
            reader.map { reader in
                Self.uses.map { $0.isOpen(to: reader) }.joined(separator: " OR ")
            } ?? "false"
        return try await pool.one(
            "medium.find",
            """
            SELECT media_type, name, sha256, is_public, is_lasting,
                   CASE WHEN sha256 = ANY (\(known)) THEN ''::bytea ELSE bytes END AS bytes
            FROM (
                SELECT medium_rendition.media_type, medium.name, medium_rendition.sha256, medium_rendition.bytes,
                       (\(sql: open)) AS is_public, (\(sql: lasting)) AS is_lasting
                FROM medium JOIN medium_rendition ON medium_rendition.medium_id = medium.id
                WHERE medium.id = \(id) AND medium_rendition.rendition = \(rendition.rawValue)
                  AND ((\(sql: open)) OR (\(sql: own)))
            ) AS found
            """
        ).map { row in
            Served(
                type: try row.get("media_type"), name: try row.get("name"), hash: try row.get("sha256"),
                isPublic: try row.get("is_public"), isLasting: try row.get("is_lasting"), bytes: try row.get("bytes"))
        }
    }
}

/// A kind of thing that media hang on: it knows who may see them.
protocol MediaUse: Sendable {
    /// A condition on a row of `medium`: it hangs on something of this kind that everybody may see.
    static var isPublic: SQL { get }
    /// A condition on a row of `medium`: it hangs on something of this kind that the account may see.
    static func isOpen(to account: ID<Account>) -> SQL
    /// Whether what everybody saw once may be seen for good, and kept in every cache.
    static var isLasting: Bool { get }
}

extension MediaUse {
    static var isLasting: Bool { true }
}
