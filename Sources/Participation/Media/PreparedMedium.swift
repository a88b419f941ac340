import Foundation
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
    ///
    /// - Parameter zone: a time zone by its IANA name, for what must not tell who brought it, when, or with what else: its
    ///   identity is random then, the name of its file is not kept, and of the moment only the day.
    public func store(
        by actor: Actor, unlinkedIn zone: String? = nil, in transaction: some Executor
    ) async throws -> ID<Medium> {
        let id: ID<Medium> = zone == nil ? ID() : ID(UUID())
        let medium: SQL =
            if let zone {
                """
                INSERT INTO medium (id, kind, name, alt, created_at)
                VALUES (\(id), \(kind.rawValue), \(kind.rawValue), \(alt),
                        date_trunc('day', clock_timestamp(), \(zone)))
                """
            } else {
                """
                INSERT INTO medium (id, kind, name, alt, uploaded_by)
                VALUES (\(id), \(kind.rawValue), \(name), \(alt), \(actor.account))
                """
            }
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
