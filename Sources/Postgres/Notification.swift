/// What `NOTIFY` sent to a channel.
public struct Notification: Sendable, Hashable {
    /// The channel.
    public let channel: String
    /// The text sent along, perhaps empty.
    public let payload: String
    /// The server process that sent it.
    public let process: Int32
}
