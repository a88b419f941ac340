import Foundation
import Participation

/// A proposal on paper: to be hung up, handed round at a meeting or kept.
struct ProposalSheet: PageView {
    static let template = "prints/proposal"

    /// A photo inside the page itself: the press fetches nothing.
    struct Picture: Sendable {
        let data: String
        let alt: String
    }

    let number: String
    let title: String
    /// The language of title and text where it is not the reader's.
    let wroteIn: String?
    let processTitle: String
    let demonstration: Bool
    let status: StatusWord
    let authors: String
    let published: String
    let text: String
    let facts: [ProposalFact]
    let pictures: [Picture]
    let hasPictures: Bool
    /// The address of its page, in letters and as a code.
    let address: String
    let code: String
    let printed: String
    let backHref: String
    let pdfHref: String

    static let sample = ProposalSheet(
        number: "12", title: "Ein Brunnen", wroteIn: "de", processTitle: "Diagonales", demonstration: true,
        status: .sample, authors: "Ada Martin", published: "2 mars 2026", text: "<p>Ein Brunnen.</p>",
        facts: [ProposalFact(name: "Coût", text: "4 000 €", money: true)],
        pictures: [Picture(data: "data:image/webp;base64,UklGRg==", alt: "Une place")], hasPictures: true,
        address: "https://city.example/proposals/12", code: "<svg></svg>", printed: "Imprimé le 3 mars 2026",
        backHref: "/proposals/12", pdfHref: "/proposals/12/print.pdf")
}

extension ProposalSheet {
    /// The sheet of the proposal of `scene`, printed today.
    ///
    /// - Parameter address: the whole address of its page.
    init(
        _ scene: ProposalScene, pictures: [(bytes: [UInt8], alt: String)], address: String, today: Date
    ) {
        let page = ProposalPage(scene, address: address)
        number = page.number
        title = page.title
        wroteIn = page.wroteIn
        processTitle = page.processTitle
        demonstration = page.demonstration
        status = page.status
        authors = page.authors
        published = page.published
        text = page.text
        facts = page.facts
        self.pictures = pictures.map { picture in
            Picture(data: "data:image/webp;base64,\(Data(picture.bytes).base64EncodedString())", alt: picture.alt)
        }
        hasPictures = !pictures.isEmpty
        self.address = address
        code = QR.svg(address)
        printed = scene.strings("media.sheet.printed", ["date": scene.strings.date(today)])
        backHref = scene.here
        pdfHref = "\(scene.here)/print.pdf"
    }
}
