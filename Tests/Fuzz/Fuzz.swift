import Glibc

/// The reader that is being tried, named by the environment.
private let reader: FuzzedReader = {
    guard let name = getenv("FUZZED_READER"), let reader = FuzzedReader(rawValue: String(cString: name)) else {
        fatalError("FUZZED_READER names no reader")
    }
    return reader
}()

/// What libFuzzer calls, again and again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    reader.read([UInt8](UnsafeBufferPointer(start: start, count: count)))
    return 0
}
