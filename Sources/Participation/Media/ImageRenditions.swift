import Foundation

/// Writes an image anew: libvips in a process of its own, which has no files, little memory and little time.
///
/// The image is decoded, turned the way its camera was held, converted to sRGB, made smaller and encoded as WebP. What
/// else the file held is not carried over: place, time, camera, profile, thumbnails, whatever stands after its end.
enum ImageRenditions {
    /// The large and the small rendition of an image whose header has been looked at.
    ///
    /// - Parameter isOurs: the bytes are pixels that this service has just written, in a form that nobody may send.
    /// - Throws: `MediaRefusal.damaged`, `.tooManyPixels`.
    static func make(from bytes: [UInt8], isOurs: Bool = false) async throws -> [PreparedMedium.Rendition] {
        let large: [UInt8] = try await shrunk(bytes, to: .large, isOurs: isOurs)
        let small: [UInt8] = try await shrunk(large, to: .small)
        return try [(Medium.Rendition.large, large), (.small, small)].map { rendition, bytes in
            guard let size = ImageHeader.size(.webp, bytes) else { throw MediaRefusal.damaged }
            return PreparedMedium.Rendition(rendition, type: "image/webp", size: size, bytes: bytes)
        }
    }

    /// The pixels of a rendition.
    ///
    /// - Throws: `MediaRefusal.damaged`, `.tooManyPixels`.
    static func pixels(of rendition: [UInt8]) async throws -> PictureRaster {
        // The writer of PPM leaves out what transparency a picture has. (`vips flatten` takes the last band for
        // transparency, of a picture that has none as well.)
        let output: [UInt8] = try await run(["vips", "copy", "stdin[fail_on=truncated]", ".ppm"], rendition)
        guard let raster = PictureRaster(ppm: output) else { throw MediaRefusal.damaged }
        return raster
    }

    private static func shrunk(
        _ bytes: [UInt8], to rendition: Medium.Rendition, isOurs: Bool = false
    ) async throws -> [UInt8] {
        let side: Int = rendition.longestSide ?? 1
        let output: [UInt8] = try await run(
            [
                // A file that ends too early is refused rather than filled up with grey.
                "vipsthumbnail", "stdin[fail_on=truncated]", "--size", "\(side)x\(side)>", "--export-profile", "srgb",
                "--output", ".webp[Q=80,strip]",
            ], bytes, isOurs: isOurs)
        guard let picture = WebPPicture.alone(in: output) else { throw MediaRefusal.damaged }
        return picture
    }

    private static func run(_ words: [String], _ bytes: [UInt8], isOurs: Bool = false) async throws -> [UInt8] {
        var environment: [String: String] = [
            "PATH": "/usr/bin:/bin", "VIPS_CONCURRENCY": "1", "HOME": "/nonexistent",
        ]
        // The loaders that the makers of libvips do not trust with strangers' files stay closed.
        if !isOurs { environment["VIPS_BLOCK_UNTRUSTED"] = "1" }
        let limits: [String] = [
            "prlimit", "--as=\(1200 << 20)", "--cpu=20", "--fsize=\(16 << 20)", "--nofile=32", "--core=0", "--",
        ]
        do {
            return try await Command(limits + words, limit: .seconds(30), environment: environment).run(bytes)
        } catch Command.Failure.ended {
            throw MediaRefusal.damaged
        } catch Command.Failure.tookTooLong {
            throw MediaRefusal.tooManyPixels(limit: Media.pixelLimit)
        }
    }
}
