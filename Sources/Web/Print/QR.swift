import CQREncode
import Foundation

/// QR codes, drawn as SVG of our own.
public enum QR {
    /// The code that holds `text` (1 to 1,000 bytes) in its quiet zone, readable with a seventh of it spoiled.
    ///
    /// Capital letters, digits and ` $%*+-./:` make the smallest code. The picture is as large as its place; it has no
    /// words for those who do not see it: what it holds stands beside it as text.
    public static func svg(_ text: String) -> String {
        svg(text, attributes: "aria-hidden=\"true\" focusable=\"false\"")
    }

    /// The code as an address that a style sheet can name, of this height and width.
    static func dataURL(_ text: String, millimetres side: Int) -> String {
        let picture: String = svg(text, attributes: "width=\"\(side)mm\" height=\"\(side)mm\"")
        return "data:image/svg+xml;base64,\(Data(picture.utf8).base64EncodedString())"
    }

    private static func svg(_ text: String, attributes: String) -> String {
        precondition((1...1000).contains(text.utf8.count), "a code holds 1 to 1,000 bytes")
        // Medium correction; the library finds the smallest version, and the shortest way to write the text.
        guard let code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1) else {
            preconditionFailure("there is no memory for a code")
        }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        let side = width + 2 * quiet
        // One line per row of modules, drawn along its middle.
        var path = ""
        for y in 0..<width {
            var x = 0
            while x < width {
                let start = x
                while x < width, code.pointee.data[y * width + x] & 1 == 1 { x += 1 }
                if x > start { path += "M\(start + quiet) \(y + quiet).5h\(x - start)" }
                x += 1
            }
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(side) \(side)" \(attributes)>\
            <path d="\(path)" stroke="#000" fill="none"/></svg>
            """
    }

    /// The light margin that readers need, in modules.
    private static let quiet = 4
}
