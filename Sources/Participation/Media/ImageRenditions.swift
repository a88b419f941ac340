import Foundation

/// Writes an image anew: libvips in a process of its own, which has no files, little memory and little time.
///
/// The image is decoded, turned the way its camera was held, converted to sRGB, made smaller and encoded as WebP. What
/// else the file held is not carried over: place, time, camera, profile, thumbnails, whatever stands after its end.
enum ImageRenditions {
    /// The large and the small rendition of an image whose header has been looked at.
    ///
    /// - Throws: `MediaRefusal.damaged`, `.tooManyPixels`.
    static func make(from bytes: [UInt8]) async throws -> [PreparedMedium.Rendition] {
        let large: [UInt8] = try await shrunk(bytes, to: .large)
        let small: [UInt8] = try await shrunk(large, to: .small)
        return try [(Medium.Rendition.large, large), (.small, small)].map { rendition, bytes in
            guard let size = ImageHeader.size(.webp, bytes) else { throw MediaRefusal.damaged }
            return PreparedMedium.Rendition(rendition, type: "image/webp", size: size, bytes: bytes)
        }
    }

    private static func shrunk(_ bytes: [UInt8], to rendition: Medium.Rendition) async throws -> [UInt8] {
        let side: Int = rendition.longestSide ?? 1
        let command = Command(
            [
                "prlimit", "--as=\(1200 << 20)", "--cpu=20", "--fsize=\(16 << 20)", "--nofile=32", "--core=0", "--",
                // A file that ends too early is refused rather than filled up with grey.
                "vipsthumbnail", "stdin[fail_on=truncated]", "--size", "\(side)x\(side)>", "--export-profile", "srgb",
                "--output", ".webp[Q=80,strip]",
            ], limit: .seconds(30),
            environment: [
                // The loaders that the makers of libvips do not trust with strangers' files stay closed.
                "PATH": "/usr/bin:/bin", "VIPS_BLOCK_UNTRUSTED": "1", "VIPS_CONCURRENCY": "1", "HOME": "/nonexistent",
            ])
        do {
            let output: [UInt8] = try await command.run(bytes)
            guard let picture = WebPPicture.alone(in: output) else { throw MediaRefusal.damaged }
            return picture
        } catch Command.Failure.ended {
            throw MediaRefusal.damaged
        } catch Command.Failure.tookTooLong {
            throw MediaRefusal.tooManyPixels(limit: Media.pixelLimit)
        }
    }
}
