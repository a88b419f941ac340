import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes connections whose other end holds a place without using it.
///
/// The time-out of the server below counts from one piece of a request to the next, so a body of one byte a second
/// would never be cut off. This handler counts only the time in which we wait for the other end: a body must come, and
/// an answer must be taken, at a minimum rate after a period of grace. After an answer that says `Connection: close`,
/// or that came before the body had ended, the rest of the body gets a moment, then the connection ends.
final class SlowClients: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How slow is too slow.
    struct Limits: Sendable {
        var bytesPerSecond: Int64 = 1024
        var grace: TimeAmount = .seconds(15)
        /// How long the rest of an unwanted body may take.
        var linger: TimeAmount = .seconds(3)
    }

    private let limits: Limits
    private var isReceiving = false
    private var received: Int64 = 0
    private var waited: TimeAmount = .zero
    private var waitingSince: NIODeadline?
    private var blockedSince: NIODeadline?
    private var endsAfterAnswer = false
    private var lingerUntil: NIODeadline?
    private var check: Scheduled<Void>?

    init(limits: Limits) {
        self.limits = limits
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        stopWaiting()
        switch unwrapInboundIn(data) {
        case .head:
            isReceiving = true
            received = 0
            waited = .zero
            schedule(context)
        case .body(let bytes):
            received += Int64(bytes.readableBytes)
        case .end:
            isReceiving = false
            if lingerUntil != nil, endsAfterAnswer {
                context.close(promise: nil)
                return
            }
            lingerUntil = nil
        }
        context.fireChannelRead(data)
    }

    func read(context: ChannelHandlerContext) {
        if isReceiving, waitingSince == nil { waitingSince = .now() }
        context.read()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            endsAfterAnswer = head.headerFields[.connection] == "close"
        case .body:
            break
        case .end:
            if isReceiving || endsAfterAnswer {
                lingerUntil = .now() + limits.linger
                schedule(context)
            }
        }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        blockedSince = context.channel.isWritable ? nil : .now()
        if blockedSince != nil { schedule(context) }
        context.fireChannelWritabilityChanged()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        check?.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        check?.cancel()
        context.fireChannelInactive()
    }

    private func stopWaiting() {
        if let waitingSince { waited = waited + (.now() - waitingSince) }
        waitingSince = nil
    }

    private var isTooSlow: Bool {
        let now = NIODeadline.now()
        if let lingerUntil, now >= lingerUntil { return true }
        // The buffer between us and the kernel has not emptied for as long as a minimum rate would need for it.
        if let blockedSince, now - blockedSince > limits.grace * 4 { return true }
        guard isReceiving else { return false }
        let total = waited + (waitingSince.map { now - $0 } ?? .zero) - limits.grace
        return total > .zero && received < total.nanoseconds / 1_000_000_000 * limits.bytesPerSecond
    }

    private func schedule(_ context: ChannelHandlerContext) {
        guard check == nil else { return }
        let loopBound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        check = context.eventLoop.scheduleTask(in: .milliseconds(500)) {
            let (handler, context) = loopBound.value
            handler.check = nil
            if handler.isTooSlow {
                context.close(promise: nil)
            } else if handler.isReceiving || handler.lingerUntil != nil || handler.blockedSince != nil {
                handler.schedule(context)
            }
        }
    }
}
