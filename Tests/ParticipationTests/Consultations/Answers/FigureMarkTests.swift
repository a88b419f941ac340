import Participation
import Testing

/// The marks by which figures stand in a synthesis.
@Suite struct FigureMarkTests {
    @Test(arguments: [
        "{figure answers}", "{people usages}", "{figure usages/age}", "{figure usages/age/transport}",
        "{quotes usages/besoins}", "{paper usages}", "{arguments voitures}", "{wordings charte}",
    ])
    func `a mark is read as it is written`(text: String) throws {
        #expect(try #require(FigureMark(text)).description == text)
    }

    @Test(arguments: [
        "{figure}", "{figure usages}", "{graph usages/age}", "figure answers", "{figure a/b/c/d}", "{}",
    ])
    func `what is no mark is none`(text: String) {
        #expect(FigureMark(text) == nil)
    }

    @Test func `a text is cut at lines in braces, which keep their number`() {
        let text = "Un.\n\n  {figure answers}  \nDeux {figure answers} trois.\n{nothing}"
        #expect(
            FigurePassage.passages(of: text) == [
                .words("Un.\n"), .mark("{figure answers}", line: 3), .words("Deux {figure answers} trois."),
                .mark("{nothing}", line: 5),
            ])
    }

    @Test func `a voice is found in the address of its page`() {
        let found: [(String, Voice?)] = [
            ("https://city.example/proposals/12", Voice(.proposal, "12")),
            (
                "/proposals/12/comments#comment-0199f7c2-0000-7000-8000-000000000001",
                Voice(.comment, "0199f7c2-0000-7000-8000-000000000001")
            ),
            ("/walks/quais-2026/observations/3", Voice(.observation, "quais-2026/3")),
            ("/consultations/place/debates/voitures/arguments/4", Voice(.argument, "voitures/4")),
            (
                "/proposals/12/comments/0199f7c2-0000-7000-8000-000000000001",
                Voice(.comment, "0199f7c2-0000-7000-8000-000000000001")
            ),
            ("/consultations/place/texts/charte/paragraphs/7", Voice(.paragraph, "charte/7")),
            ("/consultations/place/texts/charte/suggestions/2", Voice(.wording, "charte/2")),
            ("/consultations/autre/debates/voitures#argument-4", nil),
            ("/consultations/place/texts/charte#paragraph-7", Voice(.paragraph, "charte/7")),
            ("/events/atelier#contribution-2", Voice(.contribution, "atelier/2")),
            ("/votes/3", nil), ("bonjour", nil), ("/proposals/x", nil),
        ]
        for (address, voice) in found {
            #expect(Voice(address: address, in: "place") == voice, "\(address)")
        }
    }
}
