/// A part of a picture that is to be covered, such as a face or a number plate: in shares of its width and height, from
/// its upper left corner.
public struct CoveredRegion: Sendable, Hashable {
    /// Its outline.
    public enum Shape: String, Sendable, CaseIterable {
        /// What fits into the box without its corners: a face.
        case ellipse
        /// The whole box: a number plate.
        case rectangle
    }

    /// How many may be covered at once.
    public static let limit = 40

    /// Its outline.
    public let shape: Shape
    /// Where its box begins, and how large that is.
    public let left: Double, top: Double, width: Double, height: Double

    /// A part of the picture; what reaches over its edge is cut off. Nil unless something of it lies within.
    public init?(_ shape: Shape, left: Double, top: Double, width: Double, height: Double) {
        guard [left, top, width, height].allSatisfy(\.isFinite), width > 0, height > 0 else { return nil }
        let (right, bottom) = (min(1, left + width), min(1, top + height))
        let (start, upper) = (max(0, left), max(0, top))
        guard right > start, bottom > upper else { return nil }
        self.shape = shape
        self.left = start
        self.top = upper
        self.width = right - start
        self.height = bottom - upper
    }
}

extension Media {
    /// The image of a large rendition with regions covered for good, written anew: it takes a second, and nothing is
    /// locked meanwhile.
    ///
    /// - Throws: `MediaRefusal.damaged`, `.tooManyPixels`; ``Overloaded`` when too many files wait.
    static func covered(_ image: [UInt8], _ regions: [CoveredRegion], alt: String) async throws -> PreparedMedium {
        try await turns.take {
            var raster: PictureRaster = try await ImageRenditions.pixels(of: image)
            raster.cover(regions)
            let renditions: [PreparedMedium.Rendition] = try await ImageRenditions.make(from: raster.ppm, isOurs: true)
            return PreparedMedium(kind: .image, name: "image", alt: alt, renditions: renditions)
        }
    }
}
