import CQREncode
import Foundation

/// QR codes, drawn as SVG of our own.
public enum QR {
    /// The code that holds `text` (1 to 1,000 bytes) with a quarter of its area to spare for dirt, in its quiet zone.
    ///
    /// Capital letters, digits and ` $%*+-./:` make the smallest code. The picture is as large as its place; it has no
    /// words for those who do not see it: what it holds stands beside it as text.
    public static func svg(_ text: String) -> String {
        precondition((1...1000).contains(text.utf8.count), "a code holds 1 to 1,000 bytes")
        // Medium correction; the library finds the smallest version, and the shortest way to write the text.
        guard let code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1) else {
            preconditionFailure("there is no memory for a code")
        }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        let side = width + 2 * quiet
        var path = ""
        for y in 0..<width {
            var x = 0
            while x < width {
                let start = x
                while x < width, code.pointee.data[y * width + x] & 1 == 1 { x += 1 }
                if x > start { path += "M\(start + quiet) \(y + quiet)h\(x - start)v1h-\(x - start)z" }
                x += 1
            }
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(side) \(side)" aria-hidden="true" \
            focusable="false" shape-rendering="crispEdges"><path d="\(path)"/></svg>
            """
    }

    /// The code as an address that a style sheet can name.
    static func dataURL(_ text: String) -> String {
        "data:image/svg+xml;base64,\(Data(svg(text).utf8).base64EncodedString())"
    }

    /// The light margin that readers need, in modules.
    private static let quiet = 4
}
