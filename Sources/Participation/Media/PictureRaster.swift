/// The pixels of a picture: three bytes each, red, green and blue, line by line from the top.
struct PictureRaster: Sendable, Equatable {
    let width: Int, height: Int
    private(set) var bytes: [UInt8]

    /// A picture of one colour.
    init(width: Int, height: Int, colour: [UInt8]) {
        self.width = width
        self.height = height
        bytes = (0..<width * height).flatMap { _ in colour }
    }

    /// The picture of a binary PPM or PGM file (P6, P5) of eight bits; nil for anything else.
    init?(ppm file: [UInt8]) {
        var position = 2
        func number() -> Int? {
            while position < file.count {
                // A comment goes to the end of its line.
                if file[position] == UInt8(ascii: "#") {
                    while position < file.count, file[position] != 0x0A { position += 1 }
                } else if (0x30...0x39).contains(file[position]) {
                    break
                } else {
                    position += 1
                }
            }
            var value = 0
            var digits = 0
            while position < file.count, (0x30...0x39).contains(file[position]), digits < 6 {
                value = value * 10 + Int(file[position] - 0x30)
                (position, digits) = (position + 1, digits + 1)
            }
            return digits == 0 ? nil : value
        }
        guard file.count > 2, file[0] == UInt8(ascii: "P"), let width = number(), let height = number(),
            let depth = number(), depth == 255, width > 0, height > 0
        else { return nil }
        let bands: Int = file[1] == UInt8(ascii: "6") ? 3 : file[1] == UInt8(ascii: "5") ? 1 : 0
        // One blank parts the header from the pixels.
        let start: Int = position + 1
        guard bands > 0, file.count == start + width * height * bands else { return nil }
        self.width = width
        self.height = height
        bytes = bands == 3 ? Array(file[start...]) : file[start...].flatMap { [$0, $0, $0] }
    }

    /// The same as a binary PPM file.
    var ppm: [UInt8] { Array("P6\n\(width) \(height)\n255\n".utf8) + bytes }

    /// The colour of a pixel.
    subscript(x: Int, y: Int) -> [UInt8] {
        let at: Int = 3 * (y * width + x)
        return Array(bytes[at..<at + 3])
    }

    /// Covers regions with one colour each: that of the picture around it.
    ///
    /// Nothing that was under a region is left, not even its average: what is painted depends on what lies outside all
    /// regions alone. A blur is a sum that can be undone, and of a mosaic the letters of a number plate can be guessed.
    mutating func cover(_ regions: [CoveredRegion]) {
        let places: [Place] = regions.map { Place($0, width: width, height: height) }
        var isCovered = [Bool](repeating: false, count: width * height)
        for place in places {
            place.forEach { isCovered[$0] = true }
        }
        let colours: [[UInt8]] = places.map { colour(around: $0, isCovered) }
        for (place, colour) in zip(places, colours) {
            place.forEach { pixel in
                for band in 0..<3 { bytes[3 * pixel + band] = colour[band] }
            }
        }
    }

    /// The average of the pixels around a place that no region covers; grey where there are none.
    private func colour(around place: Place, _ isCovered: [Bool]) -> [UInt8] {
        var sums = [0, 0, 0]
        var count = 0
        for y in max(0, place.top - Place.rim)..<min(height, place.bottom + Place.rim) {
            for x in max(0, place.left - Place.rim)..<min(width, place.right + Place.rim)
            where !isCovered[y * width + x] {
                for band in 0..<3 { sums[band] += Int(bytes[3 * (y * width + x) + band]) }
                count += 1
            }
        }
        return count == 0 ? [128, 128, 128] : sums.map { UInt8($0 / count) }
    }

    /// A region in pixels, a little larger than it was drawn: near an edge, compression smears what lies on either side.
    private struct Place {
        /// How much larger on each side, and how far around it its colour is taken from.
        static let margin = 8, rim = 12

        let left: Int, top: Int, right: Int, bottom: Int
        private let isRound: Bool
        private let middle: (x: Double, y: Double), radius: (x: Double, y: Double)
        private let width: Int

        init(_ region: CoveredRegion, width: Int, height: Int) {
            let (wide, high) = (Double(width), Double(height))
            let margin = Double(Self.margin)
            left = max(0, Int(region.left * wide - margin))
            top = max(0, Int(region.top * high - margin))
            right = min(width, Int((region.left + region.width) * wide + margin) + 1)
            bottom = min(height, Int((region.top + region.height) * high + margin) + 1)
            isRound = region.shape == .ellipse
            middle = ((region.left + region.width / 2) * wide, (region.top + region.height / 2) * high)
            radius = (region.width * wide / 2 + margin, region.height * high / 2 + margin)
            self.width = width
        }

        func forEach(_ body: (Int) -> Void) {
            for y in top..<max(top, bottom) {
                for x in left..<max(left, right) where contains(x, y) { body(y * width + x) }
            }
        }

        private func contains(_ x: Int, _ y: Int) -> Bool {
            guard isRound else { return true }
            let across: Double = (Double(x) + 0.5 - middle.x) / radius.x
            let down: Double = (Double(y) + 0.5 - middle.y) / radius.y
            return across * across + down * down <= 1
        }
    }
}
