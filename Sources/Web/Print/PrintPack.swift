import Foundation
import Participation

/// Makes the documents of a vote's print pack.
struct PrintPack: Sendable {
    let site: Site

    /// A letter with a voting code, before it is laid out.
    struct CodeLetter: Sendable {
        /// Name and address, a line each; empty for letters that are handed out.
        let recipient: [String]
        /// The number of the package and of the letter in it.
        let package: Int, number: Int
        let code: String
    }

    /// A ballot paper, a sample of one, or the catalogue.
    ///
    /// - Parameter serials: the numbers of as many papers, which follow one another; nil for papers without.
    func job(
        _ document: PrintDocument, of vote: Vote, as choice: PrintChoice, serials: ClosedRange<Int>? = nil,
        below base: String
    ) -> PrintJob {
        let strings: Strings = site.strings(choice.language)
        let href = "\(base)/\(document.rawValue).pdf\(choice.query)"
        let numbers: [String?] = serials?.map { Self.serial($0) } ?? [nil]
        let parts: [PrintJob.Part] = numbers.map { serial in
            let code: SheetCode = code(document, of: vote, as: choice, serial: serial)
            let marks = SheetMarks(code, vote: vote, size: choice.size, pdfHref: href, backHref: base, strings)
            let view: any PageView =
                document == .catalogue
                ? CatalogueSheet(vote, marks: marks, strings)
                : BallotSheet(vote, marks: marks, document: document, strings)
            return PrintJob.Part(view: view, code: code)
        }
        return PrintJob(title: title(document, of: vote, strings), language: choice.language, parts: parts)
    }

    /// A part of the roll.
    func roll(
        _ entries: [RollEntry], lines: ClosedRange<Int>, of vote: Vote, as choice: PrintChoice, below base: String
    ) -> PrintJob {
        let strings: Strings = site.strings(choice.language)
        let code: SheetCode = code(.roll, of: vote, as: choice, serial: "\(lines.lowerBound)-\(lines.upperBound)")
        let href = "\(base)/roll.pdf\(choice.query)&from=\(lines.lowerBound)&to=\(lines.upperBound)"
        let marks = SheetMarks(code, vote: vote, size: choice.size, pdfHref: href, backHref: base, strings)
        return PrintJob(
            RollSheet(entries, lines: lines, marks: marks, strings), title: title(.roll, of: vote, strings),
            language: choice.language, code: code)
    }

    /// The report of a place; nil for one to be filled in with its name as well.
    func report(of place: Place?, in vote: Vote, as choice: PrintChoice, below base: String) -> PrintJob {
        let strings: Strings = site.strings(choice.language)
        let code: SheetCode = code(.placeReport, of: vote, as: choice, serial: place?.handle)
        let href = "\(base)/place-report.pdf\(choice.query)&place=\(place?.handle ?? "")"
        let marks = SheetMarks(code, vote: vote, size: choice.size, pdfHref: href, backHref: base, strings)
        return PrintJob(
            ReportSheet(
                marks: marks, heading: marks.document, place: place?.name(choice.language), handle: place?.handle,
                address: place?.draft.address.nonEmpty), title: title(.placeReport, of: vote, strings),
            language: choice.language, code: code)
    }

    /// The sheet that lies on a batch.
    func sheet(of batch: Batch, in vote: Vote, as choice: PrintChoice, below base: String) -> PrintJob {
        let strings: Strings = site.strings(choice.language)
        let code: SheetCode = code(.batch, of: vote, as: choice, serial: batch.handle)
        let href = "\(base)/batch.pdf\(choice.query)&batch=\(batch.handle)"
        let marks = SheetMarks(code, vote: vote, size: choice.size, pdfHref: href, backHref: base, strings)
        return PrintJob(
            BatchSheet(
                marks: marks, heading: marks.document, handle: batch.handle, place: batch.placeName(choice.language),
                papers: strings.number(batch.papers), spoiled: strings.number(batch.spoiled),
                declared: strings.moment(batch.declaredAt)), title: title(.batch, of: vote, strings),
            language: choice.language, code: code)
    }

    /// Letters with voting codes, a page each. Made when the codes are issued: nobody can print them again.
    func letters(_ letters: [CodeLetter], of vote: Vote, in language: Language, below base: String) -> PrintJob {
        let strings: Strings = site.strings(language)
        let code = SheetCode(
            document: .letter, definition: vote.opening?.hash, edition: 1, language: language, serial: nil)
        let marks = SheetMarks(code, vote: vote, size: .a4, pdfHref: base, backHref: base, strings)
        let address: String = site.absolute("/votes/\(vote.slug)/code")
        let picture: String = QR.svg(address)
        let help: Site.Help = site.city.help
        return PrintJob(
            LetterSheet(
                marks: marks, sender: site.city.name,
                lead: strings("prints.letter.lead", ["vote": vote.settings.title(language)]),
                dates: VoteWords(vote, strings).dates, address: address, help: [help.place, help.hours, help.phone],
                letters: letters.map { letter in
                    LetterSheet.Letter(
                        recipient: letter.recipient,
                        serial: "\(letter.package)-\(Self.padded(letter.number, to: 5))", code: letter.code,
                        picture: picture)
                }), title: title(.letter, of: vote, strings), language: language, code: nil)
    }

    /// The name under which a PDF is saved.
    func fileName(_ document: PrintDocument, of vote: Vote, as choice: PrintChoice) -> String {
        "\(vote.slug)-\(document.rawValue)-\(choice.language.rawValue)-\(choice.size.rawValue).pdf"
    }

    private func code(
        _ document: PrintDocument, of vote: Vote, as choice: PrintChoice, serial: String?
    ) -> SheetCode {
        SheetCode(
            document: document, definition: vote.opening?.hash, edition: choice.edition, language: choice.language,
            serial: serial)
    }

    private func title(_ document: PrintDocument, of vote: Vote, _ strings: Strings) -> String {
        "\(strings("prints.document.\(document.rawValue)")) – \(vote.settings.title(strings.language))"
    }

    /// A serial number as it is printed: `0000123`.
    static func serial(_ number: Int) -> String { padded(number, to: 7) }

    private static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
