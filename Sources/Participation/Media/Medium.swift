public import Foundation
import Postgres

/// A photo or a document that hangs on something, such as a proposal.
public struct Medium: Sendable {
    /// What it is.
    public enum Kind: String, Sendable, CaseIterable {
        case image, document
    }

    /// A form in which it is kept: an image in two sizes, a document as it is.
    public enum Rendition: String, Sendable, CaseIterable {
        /// An image of at most 1,600 pixels a side.
        case large
        /// An image of at most 480 pixels a side.
        case small
        case document

        /// The longest side in pixels; nil for a document.
        public var longestSide: Int? {
            switch self {
            case .large: 1600
            case .small: 480
            case .document: nil
            }
        }
    }

    /// Width and height of an image in pixels.
    public struct Size: Sendable, Hashable {
        /// From one side to the other, and from top to bottom.
        public let width: Int, height: Int

        /// A size in pixels.
        public init(width: Int, height: Int) {
            self.width = width
            self.height = height
        }
    }

    /// Its identity, part of its address.
    public let id: ID<Medium>
    /// What it is.
    public let kind: Kind
    /// What its file was called, without path and without letters that deceive; the name of a download.
    public let name: String
    /// What an image shows, for who does not see it; empty for a decorative one and for a document.
    public let alt: String
    /// Of the large and of the small rendition; nil for a document.
    public let large: Size?, small: Size?
    /// How many bytes the large rendition or the document has.
    public let byteCount: Int
    /// When it was uploaded.
    public let createdAt: Date

    /// What `init(row:)` reads, of `medium` and of what ``renditions`` joins.
    static let columns: SQL = """
        medium.id, medium.kind, medium.name, medium.alt, medium.created_at, main.width, main.height, main.byte_count,
        lesser.width AS small_width, lesser.height AS small_height
        """

    /// Joins the renditions to `medium`, without their bytes.
    static let renditions: SQL = """
        JOIN medium_rendition AS main ON main.medium_id = medium.id AND main.rendition IN ('large', 'document')
        LEFT JOIN medium_rendition AS lesser ON lesser.medium_id = medium.id AND lesser.rendition = 'small'
        """

    init(row: Row) throws {
        id = ID(try row.get("id"))
        // The schema's check leaves no other word.
        kind = Kind(rawValue: try row.get("kind"))!
        name = try row.get("name")
        alt = try row.get("alt")
        large = try Size(width: row.get("width"), height: row.get("height"))
        small = try Size(width: row.get("small_width"), height: row.get("small_height"))
        byteCount = Int(try row.get("byte_count", as: Int32.self))
        createdAt = try row.get("created_at")
    }
}

extension Medium.Size {
    init?(width: Int32?, height: Int32?) {
        guard let width, let height else { return nil }
        self.init(width: Int(width), height: Int(height))
    }
}
