import Participation

/// A kiosk that waits, or greets whoever is expected.
struct KioskPage: PageView {
    static let template = "kiosk/kiosk"

    let deviceName: String
    let greeting: String?
    let isBusy: Bool

    static let sample = KioskPage(deviceName: "Borne 1", greeting: "Bonjour Ada", isBusy: true)
}

/// Is anybody there?
struct KioskPausePage: PageView {
    static let template = "kiosk/pause"

    let continueHref: String

    static let sample = KioskPausePage(continueHref: "/votes/x/ballot")
}

/// The officer opens a session for somebody, and sees who is at which device.
struct KioskDeskPage: PageView {
    static let template = "kiosk/desk"

    struct Voter: Sendable {
        let person: String
        let name: String
        let voted: String?
        let devices: [SelectOption]
        let hasDevices: Bool
        let consents: [SelectOption]
        let reference: Field
    }

    struct VisitLine: Sendable {
        let device: String
        let name: String
        let since: String
        let state: String
        let endAction: String
    }

    let title: String
    let crumbs: [PlaceLink]
    let action: String
    let issueHref: String
    let devicesHref: String
    let errors: ErrorSummary?
    let voter: Voter?
    let visits: [VisitLine]
    let hasVisits: Bool

    static let sample = KioskDeskPage(
        title: "Borne", crumbs: [PlaceLink(label: "Bureau", href: "/desk")], action: "/x", issueHref: "/x",
        devicesHref: "/x", errors: ErrorSummary(items: [.init(field: "reference", text: "Manque")]),
        voter: Voter(
            person: "p", name: "MARTIN Ada", voted: "Voté",
            devices: [SelectOption(value: "d", label: "Borne 1", selected: true)], hasDevices: true,
            consents: [SelectOption(value: "read_aloud", label: "Lu", selected: true)],
            reference: FieldErrors.sampleField),
        visits: [VisitLine(device: "Borne 1", name: "Ada", since: "8 h", state: "vote", endAction: "/x")],
        hasVisits: true)
}
