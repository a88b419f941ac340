import Hummingbird
import Participation

/// What a photo or document comes with: words for who does not see it.
struct MediaForm {
    /// What an image shows.
    let alt: String
    /// The image says nothing, and needs no words.
    let isDecorative: Bool
    /// The medium whose description was changed; nil for a new file.
    let medium: ID<Medium>?

    /// What was typed, for a new file or for a medium that is there.
    init(_ fields: Fields = Fields(pairs: []), of medium: ID<Medium>? = nil) {
        alt = fields.text("alt").replacing("\n", with: " ")
        isDecorative = fields.has("decorative")
        self.medium = medium
    }

    /// Reads the form of a new file, which is on disk as it arrives and never in memory as a whole. The token comes
    /// before the file, and is checked before anything of the file is kept.
    static func read(
        _ request: Request, _ context: AppContext, site: Site, limits: MultipartForm.Limits
    ) async throws -> (form: MediaForm, file: UploadedFile) {
        let file = try UploadedFile()
        let form: MultipartForm = try await site.streamedForm(request, context, limits: limits) { name, bytes in
            file.name = name
            try file.append(bytes)
        }
        return (MediaForm(form.fields), file)
    }
}

extension Refused<MediaRefusal> {
    /// The words, each at its field.
    ///
    /// - Parameter medium: whose description was refused; nil for a new file.
    func fieldErrors(_ strings: Strings, of medium: ID<Medium>? = nil) -> FieldErrors {
        var errors = FieldErrors()
        for reason in reasons {
            let alt: String = medium.map { "alt-\($0)" } ?? "alt"
            switch reason {
            case .empty: errors.add("file", "media.refusal.empty")
            case .tooLarge(let limit):
                errors.add("file", "media.refusal.too_large", ["megabytes": strings.number(limit >> 20)])
            case .wrongType(let type): errors.add("file", type.refusalKey)
            case .tooManyPixels(let limit):
                errors.add("file", "media.refusal.pixels", ["megapixels": strings.number(limit / 1_000_000)])
            case .damaged: errors.add("file", "media.refusal.damaged")
            case .encryptedPDF: errors.add("file", "media.refusal.encrypted")
            case .activePDF: errors.add("file", "media.refusal.active")
            case .altMissing: errors.add(alt, "media.refusal.alt_missing")
            case .altTooLong(let limit):
                errors.add(alt, "media.refusal.alt_too_long", ["limit": strings.number(limit)])
            case .tooMany(let limit): errors.add("file", "media.refusal.too_many", ["limit": strings.number(limit)])
            }
        }
        return errors
    }
}

extension FileType {
    /// The key of the sentence that says what to do with a file of this type.
    fileprivate var refusalKey: String {
        switch self {
        case .heic: "media.refusal.heic"
        case .gif: "media.refusal.gif"
        case .svg: "media.refusal.svg"
        case .html: "media.refusal.html"
        case .office: "media.refusal.office"
        case .jpeg, .png, .webp, .pdf, .other: "media.refusal.unknown"
        }
    }
}
