public import Postgres

/// A file that has been checked and written anew, ready to be stored by the act that it belongs to.
public struct PreparedMedium: Sendable {
    /// One form of it.
    struct Rendition: Sendable {
        let rendition: Medium.Rendition
        let type: String
        let size: Medium.Size?
        let bytes: [UInt8]

        init(_ rendition: Medium.Rendition, type: String, size: Medium.Size?, bytes: [UInt8]) {
            self.rendition = rendition
            self.type = type
            self.size = size
            self.bytes = bytes
        }
    }

    /// What it is.
    public let kind: Medium.Kind
    let name: String
    let alt: String
    let renditions: [Rendition]

    /// Stores it, in the transaction of the act, which hangs it on something there: a medium that hangs on nothing is
    /// seen by nobody.
    public func store(by actor: Actor, in transaction: some Executor) async throws -> ID<Medium> {
        let id = ID<Medium>()
        let medium: SQL = """
            INSERT INTO medium (id, kind, name, alt, uploaded_by)
            VALUES (\(id), \(kind.rawValue), \(name), \(alt), \(actor.account))
            """
        let inserts: [(StaticString, SQL)] = renditions.map { rendition in
            (
                "medium.rendition",
                """
                INSERT INTO medium_rendition (medium_id, kind, rendition, media_type, width, height, bytes)
                VALUES (\(id), \(kind.rawValue), \(rendition.rendition.rawValue), \(rendition.type),
                        \(rendition.size?.width)::integer, \(rendition.size?.height)::integer, \(rendition.bytes))
                """
            )
        }
        _ = try await transaction.pipeline([("medium.insert", medium)] + inserts)
        return id
    }
}
