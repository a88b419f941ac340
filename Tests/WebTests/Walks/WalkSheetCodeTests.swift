import Participation
import Testing

@testable import Web

/// What is typed or scanned to say which sheet lies there, and what its codes mean.
@Suite("Codes of walk sheets")
struct WalkSheetCodeTests {
    @Test("the code of a page is read back as its sheet, whatever page it is")
    func roundTrip() throws {
        let number: SheetNumber = try #require(SheetNumber(12))
        let code = WalkSheetCode(walk: "gare-2027", language: .german, sheet: number)
        #expect(code.text(page: 2) == "TILLEUL/1/WALK/GARE-2027/DE/2/0012-8")
        for page in [nil, 1, 2] {
            #expect(TypedSheet(code.text(page: page), walk: "gare-2027") == .sheet(number))
            #expect(TypedSheet(code.text(page: page).lowercased(), walk: "gare-2027") == .sheet(number))
        }
        #expect(TypedSheet("12-8", walk: "gare-2027") == .sheet(number))
    }

    @Test("another walk, a page without a number and what nobody can read are told apart")
    func others() {
        #expect(TypedSheet("TILLEUL/1/WALK/QUAIS/FR/1/0012-8", walk: "gare") == .foreign("quais"))
        #expect(TypedSheet("TILLEUL/1/WALK/GARE/FR/1", walk: "gare") == .unnumbered)
        for text in [
            "", "0012-9", "TILLEUL/1/WALK/GARE/FR/1/0012-9", "TILLEUL/1/BALLOT/2F9C41D0A7B3/1/FR/2/0000123", "banc",
        ] {
            #expect(TypedSheet(text, walk: "gare") == .unreadable)
        }
    }

    @Test("the signs on paper stand for one word each")
    func signs() {
        #expect(Observation.Kind.allCases.map(SheetCodes.kind) == ["+", "−", "!"])
        #expect(Observation.Feeling.allCases.map(SheetCodes.feeling) == ["1", "2", "3", "4", "5"])
        #expect((0...2).map(SheetCodes.theme) == ["A", "B", "C"])
        for who in Concerned.allCases { #expect(SheetCodes.concerned(SheetCodes.concerned(who)) == who) }
        for code in ["0", "12", "x", ""] { #expect(SheetCodes.concerned(code) == nil) }
    }
}
