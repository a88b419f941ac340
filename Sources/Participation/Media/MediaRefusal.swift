/// Why a file is not taken.
public enum MediaRefusal: Error, Hashable, Sendable {
    /// No file was chosen, or there is nothing in it.
    case empty
    /// It has more bytes than this.
    case tooLarge(limit: Int)
    /// It is none of the kinds that are taken, but this.
    case wrongType(FileType)
    /// It has more pixels than this.
    case tooManyPixels(limit: Int)
    /// It is cut off or broken.
    case damaged
    /// It opens with a password only, or forbids something to whoever opens it.
    case encryptedPDF
    /// It holds programs, other files, or things that act by themselves.
    case activePDF
    /// Nobody said what the image shows, nor that it is decorative.
    case altMissing
    /// What the image shows is told in more characters than this.
    case altTooLong(limit: Int)
    /// What it is to hang on has so many already.
    case tooMany(limit: Int)
}
