import Participation

/// Photos and documents as pages show them: the partial `media/gallery`.
struct MediaView: Sendable {
    let photos: [Photo]
    let hasPhotos: Bool
    let downloads: Downloads?

    /// A photo: small on the page, large when it is opened.
    struct Photo: Sendable {
        let href: String
        let source: String
        let alt: String
        let width: Int
        let height: Int
        /// It says nothing: shown, and no link, which would have no name.
        let isDecorative: Bool
    }

    /// Documents, for `parts/downloads`.
    struct Downloads: Sendable {
        let files: [File]
    }

    /// A document to save.
    struct File: Sendable {
        let href: String
        let name: String
        let kind: String
    }

    static let sample = MediaView(
        photos: [
            Photo(
                href: "/media/x/large", source: "/media/x/small", alt: "Une rue", width: 480, height: 360,
                isDecorative: false)
        ], hasPhotos: true,
        downloads: Downloads(files: [File(href: "/media/y/document", name: "plan.pdf", kind: "PDF, 12 Ko")]))
}

extension MediaView {
    /// Nil when there is nothing to show.
    init?(_ media: [Medium], _ strings: Strings) {
        guard !media.isEmpty else { return nil }
        photos = media.compactMap { Photo($0) }
        hasPhotos = !photos.isEmpty
        let files: [File] = media.filter { $0.kind == .document }.map { medium in
            File(href: medium.address(.document), name: medium.name, kind: medium.kindWords(strings))
        }
        downloads = files.isEmpty ? nil : Downloads(files: files)
    }
}

extension MediaView.Photo {
    /// Nil for a document.
    init?(_ medium: Medium) {
        guard medium.kind == .image, let size = medium.small else { return nil }
        self.init(
            href: medium.address(.large), source: medium.address(.small), alt: medium.alt, width: size.width,
            height: size.height, isDecorative: medium.alt.isEmpty)
    }
}

extension Medium {
    /// What kind of file a document is, and how long: `PDF, 120 Ko`.
    func kindWords(_ strings: Strings) -> String {
        strings("media.kind.pdf", ["size": strings.size(of: byteCount)])
    }
}

extension Strings {
    /// A number of bytes as people read it: `120 Ko`, `2,4 Mo`.
    func size(of bytes: Int) -> String {
        let kilobytes = max(1, (bytes + 512) / 1024)
        guard kilobytes >= 1000 else { return self("media.size.kilobytes", ["number": number(kilobytes)]) }
        let hundredths = ((bytes * 10 + (1 << 19)) >> 20) * 10
        return self("media.size.megabytes", ["number": percent(hundredths: hundredths)])
    }
}
