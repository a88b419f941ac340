import HTTPTypes
public import Hummingbird
import NIOCore
public import Participation

extension AppContext {
    /// A part of the path, percent signs decoded. Throws ``Absent`` when it is not text.
    public func parameter(_ name: String) throws(Absent) -> String {
        guard let raw = parameters.get(name), let text = PercentDecoding.text(raw.utf8, plusIsSpace: false),
            text.utf8.count <= 512
        else { throw Absent() }
        return text
    }

    /// A slug of the path: small letters, digits and hyphens, 80 at most. Throws ``Absent`` for everything else.
    public func slug(_ name: String) throws(Absent) -> String {
        let text = try parameter(name)
        guard (1...80).contains(text.utf8.count), text.utf8.allSatisfy(Self.isSlugByte) else { throw Absent() }
        return text
    }

    /// A whole number of the path. Throws ``Absent`` for everything else.
    public func integer(_ name: String) throws(Absent) -> Int {
        guard let number = Int(try parameter(name)) else { throw Absent() }
        return number
    }

    /// An identity of the path. Throws ``Absent`` for everything else.
    public func id<Owner>(_ name: String, of owner: Owner.Type) throws(Absent) -> ID<Owner> {
        guard let id = ID<Owner>(try parameter(name)) else { throw Absent() }
        return id
    }

    /// The account signed in; nil for visitors and for sessions opened by a voting code.
    public var account: SignedInAccount? { session?.account }

    /// The account signed in. Throws ``SignInNeeded`` when there is none.
    public func requireAccount() throws(SignInNeeded) -> SignedInAccount {
        guard let account else { throw SignInNeeded() }
        return account
    }

    private static func isSlugByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}

extension Request {
    /// The fields of the query. Throws a ``Refusal`` when it cannot be read.
    public func query() throws(Refusal) -> Fields {
        try Fields(urlEncoded: (uri.query ?? "").utf8)
    }

    /// The path with its query, as the browser asked for it.
    var target: String { head.path ?? "/" }
}

/// Where a reader may be sent after something they did: paths of this service only.
public enum SafePath {
    /// `text` when every browser takes it for a path of this service; nil for anything that could lead elsewhere, such
    /// as `//evil.example`, `/\evil.example` or `/` followed by a tab, which browsers drop.
    public static func checked(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.first == UInt8(ascii: "/"), bytes.count <= 2000, bytes.dropFirst().first != UInt8(ascii: "/"),
            bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") })
        else { return nil }
        return text
    }
}
