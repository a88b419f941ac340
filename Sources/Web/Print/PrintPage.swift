import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Participation

/// A sheet, or several of one kind, ready to be shown in a browser or made into a PDF.
struct PrintJob: Sendable {
    /// One document, with its own count of pages.
    struct Part: Sendable {
        let view: any PageView
        /// What the code of each page holds; nil for sheets without one.
        let code: (any PageCode)?
    }

    let title: String
    let language: Language
    let parts: [Part]

    /// One document.
    init(_ view: any PageView, title: String, language: Language, code: (any PageCode)?) {
        self.init(title: title, language: language, parts: [Part(view: view, code: code)])
    }

    /// Documents that follow one another in one file.
    init(title: String, language: Language, parts: [Part]) {
        self.title = title
        self.language = language
        self.parts = parts
    }
}

extension Site {
    /// The first document of the job as a page, printed by the reader's browser.
    ///
    /// The words are in the language of the sheet, not in the reader's.
    func printPage(_ job: PrintJob, _ request: Request, _ context: AppContext) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .contentLanguage: job.language.rawValue,
                .cacheControl: context.session == nil ? "private, no-cache" : "no-store",
            ],
            body: .init(byteBuffer: ByteBuffer(string: job.parts.first.map { html($0, of: job) } ?? "")))
    }

    /// The job as one PDF, to be saved or looked at under `name`.
    ///
    /// - Throws: ``Refusal`` when it cannot be made now, with what to do instead.
    func printPDF(_ job: PrintJob, name: String, _ context: AppContext) async throws -> Response {
        pdfAnswer(try await pdf(of: job, context), of: job, name: name, context)
    }

    /// The job as PDF, or, where none can be made now, as the page itself: for what cannot be made a second time.
    func printOnce(_ job: PrintJob, name: String, _ request: Request, _ context: AppContext) async -> Response {
        do {
            return try await printPDF(job, name: name, context)
        } catch {
            context.logger.warning("A page was handed out instead of its PDF.", metadata: ["error": "\(error)"])
            return printPage(job, request, context)
        }
    }

    /// The bytes of the job as one PDF.
    func pdf(of job: PrintJob, _ context: AppContext) async throws -> [UInt8] {
        do {
            return try await prints.pdf(documents: job.parts.map { standalone($0, of: job) })
        } catch let failure as Prints.Failure {
            switch failure {
            case .busy: throw Refusal("prints.error.busy", status: .serviceUnavailable)
            case .missing:
                context.logger.error("There is no WeasyPrint to make a PDF with.")
                throw Refusal("prints.error.missing", status: .serviceUnavailable)
            case .tooLarge: throw Refusal("prints.error.too_large")
            case .failed: throw failure
            }
        }
    }

    /// An answer that shows a PDF of the job.
    func pdfAnswer(_ pdf: [UInt8], of job: PrintJob, name: String, _ context: AppContext) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "application/pdf", .contentLanguage: job.language.rawValue,
                .contentDisposition: "inline; filename=\"\(name)\"",
                .cacheControl: context.session == nil ? "private, no-cache" : "no-store",
            ],
            body: .init(byteBuffer: ByteBuffer(bytes: pdf)))
    }

    private func html(_ part: PrintJob.Part, of job: PrintJob) -> String {
        let frame = frame(
            title: job.title, here: "/", language: job.language, session: nil, scripts: ["print.js"])
        return templates.render(type(of: part.view).template, Screen(frame: frame, view: part.view), in: job.language)
    }

    /// The page with its style inside, and the code of each page in its margin: the press fetches nothing.
    private func standalone(_ part: PrintJob.Part, of job: PrintJob) -> String {
        let html: String = html(part, of: job)
        guard let address = assets.url("print.css"), let file = assets.file(at: address) else { return html }
        var style = String(buffer: file.body)
        if let code = part.code {
            // No page holds less than 1,500 bytes of HTML, but for the last ones; a rule too many does nothing.
            for page in 1...(4 + html.utf8.count / 1500) {
                let picture: String = QR.dataURL(code.text(page: page), millimetres: 20)
                style += "@page :nth(\(page)) { @bottom-right { content: url(\"\(picture)\") } }\n"
            }
        }
        return html.replacing("<link rel=\"stylesheet\" href=\"\(address)\">", with: "<style>\(style)</style>")
    }
}
