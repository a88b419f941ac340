import Foundation
@testable import Participation
import Postgres
import TestSupport
import Testing
@testable import Web

/// What is said of proposals, through the pages that residents and agents use.
@Suite struct TalkPagesTests {
    // MARK: Supports

    @Test func `the button leads back to the proposal, gives once, and takes back`() async throws {
        try await withForum { forum in
            let ada: Browser = try await forum.signedIn("Ada")
            let bench: Int64 = try await forum.proposal("Un banc")
            try await ada.get("/proposals/\(bench)")
            let given: Client.Answer = try await ada.submit("/proposals/\(bench)/support")
            #expect(given.status == 303 && given.header("location") == "/proposals/\(bench)#support")
            try await ada.submit("/proposals/\(bench)/support")
            #expect(try await forum.proposals.find(bench)?.supports == 1)
            let page: Client.Answer = try await ada.get("/proposals/\(bench)")
            #expect(page.text.contains("1 person supports this proposal."))
            #expect(page.text.contains("Take my support back"))
            try await ada.submit("/proposals/\(bench)/support/withdrawal")
            #expect(try await forum.proposals.find(bench)?.supports == 0)
            let stranger: Client.Answer = try await forum.browser().get("/proposals/\(bench)")
            #expect(stranger.text.contains("Sign in to support"))
            #expect(!stranger.text.contains("/support\""))
        }
    }

    @Test(arguments: [true, false])
    func `hidden counts are in no byte of what anybody can read; shown ones are`(_ hides: Bool) async throws {
        var rule = ProposalRule(mayWrite: true, mayComment: true, maySupport: true)
        rule.hidesCounts = hides
        rule.supportThreshold = 2
        try await withForum(rule: rule) { forum in
            let bench: Int64 = try await forum.proposal("Un banc")
            let tree: Int64 = try await forum.proposal("Un arbre")
            let ada: Browser = try await forum.signedIn("Ada")
            let list = "/processes/diagonales/proposals"
            // What is drawn on a map is in its page.
            try await forum.pool.execute(
                "test.point",
                """
                UPDATE proposal SET latitude = 47.75, longitude = 7.33 + 0.01 * (number - \(bench))
                WHERE number IN (\(bench), \(tree))
                """)
            // Every public page about the process or one of its proposals that the router lists, and the ways to ask
            // for a list: a new page is read by itself.
            let listed: [String] = forum.routes.filter { $0.method == "GET" && !$0.path.hasPrefix("/desk") }
                .map { $0.path.replacing("{process}", with: "diagonales").replacing("{number}", with: "\(bench)") }
                .filter { !$0.contains("{") && ($0.contains("/diagonales") || $0.hasPrefix("/proposals/")) }
                // Made by WeasyPrint from the pages of the same name, with its clock in them.
                .filter { !$0.hasSuffix(".pdf") }
            #expect(listed.contains("/proposals/\(bench)/print") && listed.count > 15)
            let paths: [String] =
                [
                    list, "/", "/processes", "\(list)?view=map", "\(list)?sort=supports", "\(list)?q=banc",
                    "\(list)?q=bnac", "/account/followed", "/account/proposals", "/districts.geojson",
                    "\(list)?order=supported", "\(list)?order=newest", "\(list).csv", "\(list).json",
                    "\(list).geojson", "/proposals/\(bench)", "/proposals/\(tree)", "/proposals/\(bench)/comments",
                    "/proposals/\(bench)/suggestions", "/proposals/\(bench)/history", "/processes/diagonales",
                ] + listed
            func read() async throws -> [String: String] {
                var read: [String: String] = [:]
                for path in paths {
                    for (name, browser) in [("nobody", forum.browser()), ("Ada", ada)] {
                        let answer: Client.Answer = try await browser.get(path)
                        #expect([200, 303, 404].contains(answer.status), "\(path)")
                        // New in every form: its token, and the identity that a draft will have.
                        let text: String = answer.text.replacing(/name="[a-z]+" value="[^"]{20,}"/, with: "")
                        read["\(name) \(path)"] = "\(answer.header("etag") ?? "") \(text)"
                    }
                }
                return read
            }
            let before: [String: String] = try await read()
            for person in try await forum.crowd(3) {
                try await forum.supports.give(to: forum.id(bench), by: person)
            }
            let after: [String: String] = try await read()
            let changed: Set<String> = Set(before.keys.filter { before[$0] != after[$0] })
            if hides {
                #expect(changed.sorted() == [])
            } else {
                #expect(
                    changed.isSuperset(
                        of: ["/proposals/\(bench)", "\(list).csv", "\(list).json", list].map {
                            "nobody \($0)"
                        }))
            }
            let letters: [Row] = try await forum.pool.query("test.letters", "SELECT id FROM outbox")
            #expect(letters.isEmpty)
        }
    }

    // MARK: Comments

    @Test func `a comment is written, answered by the city, mended and withdrawn, and nothing in it is run`()
        async throws
    {
        try await withForum { forum in
            let bench: Int64 = try await forum.proposal("Un banc")
            let ada: Browser = try await forum.signedIn("Ada")
            let base = "/proposals/\(bench)/comments"
            try await ada.get(base)
            let empty: Client.Answer = try await ada.submit(base, ["body": " ", "position": "for"])
            #expect(empty.status == 422 && empty.text.contains("Write your comment."))
            let undecided: Client.Answer = try await ada.submit(base, ["body": "**oui** <script>x</script>"])
            #expect(undecided.status == 422 && undecided.text.contains("**oui** &lt;script&gt;x&lt;/script&gt;"))
            let written: Client.Answer = try await ada.submit(
                base, ["body": "**oui** <script>x</script>", "position": "for"])
            let location: String = try #require(written.header("location"))
            #expect(written.status == 303 && location.hasPrefix("/proposals/\(bench)#comment-"))
            let id = String(location.split(separator: "#comment-")[1])
            let page: Client.Answer = try await forum.browser().get("/proposals/\(bench)")
            #expect(page.text.contains("id=\"comment-\(id)\"") && page.text.contains("<strong>oui</strong>"))
            #expect(!page.text.contains("<script>x"))

            let agent: Browser = try await forum.signedIn("Agathe")
            try await agent.get("\(base)/\(id)")
            let answered: Client.Answer = try await agent.submit(
                "\(base)/\(id)/answers", ["body": "Merci.", "sent": "1", "city": "1"])
            #expect(answered.status == 303)
            let conversation: Client.Answer = try await forum.browser().get("\(base)/\(id)")
            #expect(conversation.text.contains("Answer of the city"))
            // What a resident says is not the city's, whatever the form says.
            try await ada.get("\(base)/\(id)")
            try await ada.submit("\(base)/\(id)/answers", ["body": "De rien.", "sent": "1", "city": "1"])
            let again: Client.Answer = try await forum.browser().get("\(base)/\(id)")
            #expect(again.text.matches(of: /Answer of the city/).count == 1)

            #expect(try await agent.get("\(base)/\(id)/correction").status == 404)
            try await ada.get("\(base)/\(id)/correction")
            #expect(try await ada.submit("\(base)/\(id)/correction", ["body": "Oui !"]).status == 303)
            #expect(try await ada.get("\(base)/\(id)").text.contains("Changed on"))
            #expect(try await agent.submit("\(base)/\(id)/withdrawal").status == 404)
            try await ada.get("\(base)/\(id)/withdrawal")
            #expect(try await ada.submit("\(base)/\(id)/withdrawal").status == 303)
            let left: Client.Answer = try await forum.browser().get("\(base)/\(id)")
            #expect(left.text.contains("This comment was withdrawn") && left.text.contains("De rien."))
            #expect(!left.text.contains("Oui !"))
        }
    }

    // MARK: Suggestions

    @Test func `a suggestion is made, compared word by word, and accepted by the author alone`() async throws {
        try await withForum { forum in
            let bench: Int64 = try await forum.proposal("Un banc", by: "Ada")
            let bruno: Browser = try await forum.signedIn("Bruno")
            let base = "/proposals/\(bench)/suggestions"
            #expect(try await bruno.get("\(base)/new").text.contains("value=\"Un banc\""))
            let same: Client.Answer = try await bruno.submit(
                base, ["version": "1", "title": "Un banc", "body": "Un banc, et voilà.", "place": "ici"])
            #expect(same.status == 422)
            let made: Client.Answer = try await bruno.submit(
                base, ["version": "1", "title": "Un banc vert", "body": "Un banc, et voilà.", "place": "ici"])
            #expect(made.status == 303 && made.header("location") == "\(base)/1")
            let page: Client.Answer = try await bruno.get("\(base)/1")
            #expect(page.text.contains("<ins>") && !page.text.contains("\(base)/1/acceptance"))
            let fields: KeyValuePairs<String, String> = [
                "version": "1", "title": "Un banc vert", "body": "Un banc, et voilà.", "place": "ici",
            ]
            #expect(try await bruno.submit("\(base)/1/acceptance", fields).status == 404)
            let ada: Browser = try await forum.signedIn("Ada")
            #expect(try await ada.get("/proposals/\(bench)").text.contains("1 suggestion awaits your answer."))
            try await ada.get("\(base)/1")
            #expect(try await ada.submit("\(base)/1/acceptance", fields).status == 303)
            #expect(try await forum.proposals.find(bench)?.title == "Un banc vert")
        }
    }

    // MARK: Joins

    @Test func `an agent joins with a preview and a public reason, and undoes it; nobody else finds the desk`()
        async throws
    {
        try await withForum { forum in
            let bench: Int64 = try await forum.proposal("Un banc", by: "Ada")
            let seat: Int64 = try await forum.proposal("Un siège", by: "Bruno")
            let desk = "/desk/processes/diagonales"
            let ada: Browser = try await forum.signedIn("Ada")
            #expect(try await ada.get("\(desk)/proposals/join").status == 404)
            let agent: Browser = try await forum.signedIn("Agathe")
            let preview: Client.Answer = try await agent.get("\(desk)/proposals/join?origins=\(seat)&into=\(bench)")
            #expect(preview.status == 200 && preview.text.contains("Together, each person once"))
            let fields: KeyValuePairs<String, String> = ["origins": "\(seat)", "into": "\(bench)", "reason": ""]
            #expect(try await agent.submit("\(desk)/proposals/join", fields).status == 422)
            let joined: Client.Answer = try await agent.submit(
                "\(desk)/proposals/join",
                ["origins": "\(seat)", "into": "\(bench)", "reason": "La même idée."])
            #expect(joined.status == 303 && joined.header("location") == "/proposals/\(bench)")
            let origin: Client.Answer = try await forum.browser().get("/proposals/\(seat)")
            #expect(origin.text.contains("La même idée.") && origin.text.contains("/proposals/\(bench)"))
            let again: Client.Answer = try await agent.get("\(desk)/proposals/join?origins=\(bench)&into=\(seat)")
            #expect(again.text.contains("has already been joined"))
            let list: Client.Answer = try await agent.get("\(desk)/joins")
            let undo: String = try #require(list.text.firstMatch(of: /href="([^"]*\/undo)"/).map { String($0.1) })
            try await agent.get(undo)
            #expect(try await agent.submit(undo, ["reason": "Deux idées."]).status == 303)
            #expect(try await forum.proposals.find(seat)?.status == .received)
            let letter: String = try #require(
                try await forum.pool.query(
                    "test.letter", "SELECT body FROM outbox WHERE kind = 'proposal_joined' ORDER BY id LIMIT 1"
                ).first?.get("body"))
            #expect(letter.contains("La même idée.") && letter.contains("no. \(bench)"))
        }
    }
}

/// The words that differ between two texts.
@Suite struct WordDiffTests {
    private func marks(_ old: String, _ new: String) -> String {
        WordDiff(from: old, to: new).pieces.map {
            $0.isAdded ? "+\($0.text)+" : $0.isRemoved ? "-\($0.text)-" : $0.text
        }
        .joined()
    }

    @Test func `what went stands before what came, and nothing is lost`() {
        #expect(marks("un banc vert", "un arbre vert") == "un- banc-+ arbre+ vert")
        #expect(marks("un banc.", "un banc.\n\nVert.") == "un banc.+\n\nVert.+")
        #expect(marks("", "un arbre") == "+un arbre+")
        #expect(marks("un arbre", "") == "-un arbre-")
        #expect(marks("un  arbre\n", "un  arbre\n") == "un  arbre\n")
        var generator = SystemRandomNumberGenerator()
        let words: [String] = ["un ", "deux\n", "trois  ", "é ", "!"]
        for _ in 0..<200 {
            func text() -> String {
                (0..<Int.random(in: 0...12)).map { _ in words.randomElement(using: &generator)! }.joined()
            }
            let (old, new) = (text(), text())
            let pieces: [WordDiff.Piece] = WordDiff(from: old, to: new).pieces
            #expect(pieces.filter { !$0.isAdded }.map(\.text).joined() == old)
            #expect(pieces.filter { !$0.isRemoved }.map(\.text).joined() == new)
        }
    }
}
