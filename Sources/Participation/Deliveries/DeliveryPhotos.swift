import Postgres

/// Photos of deliveries, hung up and taken down by agents.
extension Deliveries {
    /// What a photo is hung beside.
    public enum PhotoPlace: Sendable, Hashable {
        /// What was there before the works, the works themselves, and what is there since.
        case before, during, after
        /// A milestone by its number, and an update.
        case milestone(Int)
        case update(ID<DeliveryUpdate>)
    }

    /// Photos that one delivery may have.
    public static let mostPhotos = 40

    /// Hangs up a photo.
    ///
    /// - Throws: `MediaRefusal.tooMany`; `DeliveryRefusal.noSuchMilestone` for a place that the delivery does not have;
    ///   `NotAllowed` unless the actor is an agent of the process.
    @discardableResult
    public func hang(
        _ photo: PreparedMedium, by place: PhotoPlace, of id: ID<Delivery>, by actor: Actor
    ) async throws -> ID<Medium> {
        do {
            return try await pool.transaction("delivery.hang") { transaction in
                let delivery: Delivery = try await Self.lock(id, by: actor, in: transaction)
                let count: Row? = try await transaction.one(
                    "delivery.photo_count", "SELECT count(*) AS count FROM delivery_medium WHERE delivery_id = \(id)")
                guard try count?.get("count", as: Int.self) ?? 0 < Self.mostPhotos else {
                    throw MediaRefusal.tooMany(limit: Self.mostPhotos)
                }
                let medium: ID<Medium> = try await photo.store(by: actor, in: transaction)
                var milestone: ID<Milestone>?
                var update: ID<DeliveryUpdate>?
                switch place {
                case .before, .during, .after: break
                case .milestone(let number): milestone = try await Self.milestone(number, of: id, in: transaction)
                case .update(let known): update = known
                }
                try await transaction.execute(
                    "delivery.hang",
                    """
                    INSERT INTO delivery_medium (delivery_id, medium_id, purpose, milestone_id, update_id)
                    VALUES (\(id), \(medium), \(place.purpose.rawValue), \(milestone), \(update))
                    """)
                try await Self.touch(id, in: transaction)
                try await Acts.record(
                    "delivery_photo_hung", by: actor, on: "delivery", id,
                    detail: ["delivery": delivery.handle, "purpose": place.purpose.rawValue], in: transaction)
                return medium
            }
        } catch let error as PostgresError where error.constraint == "delivery_medium_update" {
            throw DeliveryRefusal.noSuchMilestone
        }
    }

    /// Takes a photo down, for good.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func takeDown(_ photo: ID<Medium>, of id: ID<Delivery>, by actor: Actor) async throws {
        try await pool.transaction("delivery.take_down") { transaction in
            let delivery: Delivery = try await Self.lock(id, by: actor, in: transaction)
            let count: Int = try await transaction.execute(
                "delivery.photo_delete",
                "DELETE FROM delivery_medium WHERE delivery_id = \(id) AND medium_id = \(photo)")
            guard count > 0 else { return }
            try await Self.touch(id, in: transaction)
            try await Acts.record(
                "delivery_photo_taken_down", by: actor, on: "delivery", id, detail: ["delivery": delivery.handle],
                in: transaction)
        }
    }

    private static func milestone(
        _ number: Int, of id: ID<Delivery>, in transaction: some Executor
    ) async throws -> ID<Milestone> {
        let row: Row? = try await transaction.one(
            "milestone.find", milestones(where: "delivery_id = \(id) AND number = \(number)"))
        guard let row else { throw DeliveryRefusal.noSuchMilestone }
        return try Milestone(row: row).id
    }
}

extension Deliveries.PhotoPlace {
    var purpose: DeliveryPhoto.Purpose {
        switch self {
        case .before: .before
        case .during: .during
        case .after: .after
        case .milestone: .milestone
        case .update: .update
        }
    }
}

extension Deliveries: MediaUse {
    /// A delivery is everybody's to read, and so are its photos.
    static let isPublic: SQL = "EXISTS (SELECT FROM delivery_medium WHERE delivery_medium.medium_id = medium.id)"

    static func isOpen(to account: ID<Account>) -> SQL { "false" }
}
