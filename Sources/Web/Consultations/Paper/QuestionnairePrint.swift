import Foundation
import Participation

/// A questionnaire on paper.
struct QuestionnairePrint: PageView {
    static let template = "consultations/paper-print"

    /// A box with its number and what stands beside it.
    struct Box: Sendable {
        let code: String
        let word: String
    }

    /// A row of a table, with a box for each column.
    struct Row: Sendable {
        let word: String
        let codes: [String]
    }

    /// A table: one answer in each row.
    struct Matrix: Sendable {
        let columns: [String]
        let rows: [Row]
    }

    /// Points from one end to the other.
    struct Scale: Sendable {
        let lowest: String?
        let highest: String?
        let points: [String]
    }

    /// A place in words, and the districts with their numbers.
    struct Place: Sendable {
        let map: String?
        let districts: [Box]
        let hasDistricts: Bool
    }

    /// A question, or words between questions.
    struct Question: Sendable {
        let number: String?
        let title: String
        let explanation: String?
        let rule: String?
        let howTo: String?
        var boxes: [Box] = []
        var hasBoxes = false
        var hasOther = false
        var matrix: Matrix?
        var ranks: [String] = []
        var hasRanks = false
        var scale: Scale?
        /// Lines to write on, as many as this is long.
        var lines: [String] = []
        var isNumber = false
        var unit: String?
        var isDate = false
        var place: Place?
        var photo: String?
    }

    /// A section, with the questions of it.
    struct Section: Sendable {
        let heading: String?
        let about: String?
        let only: String?
        let questions: [Question]
    }

    let classes: String
    let foot: String
    /// What stands across a sheet that nobody hands in, and why; nil on a sheet that counts.
    let across: String?
    let acrossWords: String?
    let consultationTitle: String
    let title: String
    let serial: String?
    let picture: String
    let introduction: String?
    let how: [String]
    let facts: [PlaceFact]
    let privacy: String
    let address: String
    let addressPicture: String
    let sections: [Section]
    let thanks: String?
    let end: String
    let backHref: String
    let pdfHref: String

    static let sample = QuestionnairePrint(
        classes: "a4 questionnaire", foot: "Questionnaire", across: "PROJET", acrossWords: "Ne pas distribuer.",
        consultationTitle: "Place Lambert", title: "Vos usages", serial: "000012-1", picture: "<svg></svg>",
        introduction: "<p>Bonjour</p>", how: ["Cochez."], facts: [PlaceFact(name: "Où", text: "Mairie")],
        privacy: "Anonyme.", address: "https://city.example/x", addressPicture: "<svg></svg>",
        sections: [
            Section(
                heading: "Partie 1", about: "<p>…</p>", only: "Seulement si …",
                questions: [
                    Question(
                        number: "1", title: "Comment ?", explanation: "<p>…</p>", rule: "Seulement si …",
                        howTo: "Une seule réponse.", boxes: [Box(code: "1", word: "À pied")], hasBoxes: true,
                        hasOther: true, matrix: Matrix(columns: ["Bien"], rows: [Row(word: "Bancs", codes: ["1"])]),
                        ranks: ["Arbres"], hasRanks: true,
                        scale: Scale(lowest: "pas du tout", highest: "tout à fait", points: ["1"]), lines: [""],
                        isNumber: true, unit: "ans", isDate: true,
                        place: Place(map: "<svg></svg>", districts: [Box(code: "1", word: "Nord")], hasDistricts: true),
                        photo: "Envoyez-la.")
                ])
        ], thanks: "<p>Merci</p>", end: "Rapportez la feuille.", backHref: "/x", pdfHref: "/x.pdf")
}
