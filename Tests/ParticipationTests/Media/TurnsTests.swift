import Participation
import Synchronization
import Testing

/// Turns at work that takes much of the machine.
@Suite struct TurnsTests {
    /// Work that goes on until it is let go, and how much of it there was at the same time.
    private final class Kitchen: Sendable {
        private struct State {
            var running = 0, most = 0
            var order: [Int] = []
            var doors: [CheckedContinuation<Void, Never>] = []
        }

        private let state = Mutex(State())

        var running: Int { state.withLock(\.running) }
        var most: Int { state.withLock(\.most) }
        var order: [Int] { state.withLock(\.order) }

        func work(_ name: Int) async {
            await withCheckedContinuation { door in
                state.withLock { state in
                    state.running += 1
                    state.most = max(state.most, state.running)
                    state.order.append(name)
                    state.doors.append(door)
                }
            }
            state.withLock { $0.running -= 1 }
        }

        /// Lets the one go who has worked longest.
        func letGo() {
            let door: CheckedContinuation<Void, Never>? = state.withLock {
                $0.doors.isEmpty ? nil : $0.doors.removeFirst()
            }
            door?.resume()
        }
    }

    /// Waits for what other tasks bring about.
    private func until(_ isSo: () -> Bool) async throws {
        for _ in 0..<2000 where !isSo() { try await Task.sleep(for: .milliseconds(5)) }
        try #require(isSo())
    }

    @Test func `some work at once, some wait in the order of coming, and the next is sent away at once`() async throws {
        let (turns, kitchen) = (Turns(atOnce: 2, waiting: 2), Kitchen())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in 1...4 {
                group.addTask { try await turns.take { await kitchen.work(name) } }
                // One after the other, so that the order of coming is known.
                if name <= 2 { try await until { kitchen.running == name } }
                if name > 2 { try await Task.sleep(for: .milliseconds(200)) }
            }
            #expect(kitchen.running == 2)
            await #expect(throws: Overloaded.self) { try await turns.take { await kitchen.work(5) } }
            for count in 3...4 {
                kitchen.letGo()
                try await until { kitchen.order.count == count }
                #expect(kitchen.running <= 2)
            }
            for _ in 1...2 { kitchen.letGo() }
            try await group.waitForAll()
        }
        #expect(kitchen.order == [1, 2, 3, 4] && kitchen.most == 2)
    }

    @Test func `a turn whose work fails is given on`() async throws {
        struct Failure: Error {}
        let turns = Turns(atOnce: 1, waiting: 0)
        for _ in 1...3 {
            await #expect(throws: Failure.self) { try await turns.take { throw Failure() } }
        }
        #expect(try await turns.take { 7 } == 7)
    }
}
