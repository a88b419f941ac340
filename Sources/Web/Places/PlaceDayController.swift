import Foundation
public import Hummingbird
public import Participation

/// The day of a place in writing: devices opened and closed, papers that came, the report at the end.
public struct PlaceDayController: Sendable {
    private let site: Site
    private let votes: Votes
    private let places: Places
    private let devices: Devices

    /// The pages over the capabilities they need.
    public init(site: Site, votes: Votes, places: Places, devices: Devices) {
        self.site = site
        self.votes = votes
        self.places = places
        self.devices = devices
    }

    /// Adds the routes below a place.
    public func add(to routes: RouterGroup<AppContext>) {
        let base = "/desk/votes/{vote}/places/{place}"
        routes.get("\(base)/devices", use: showDevices)
        routes.post("\(base)/devices", use: open)
        routes.post("\(base)/devices/{device}/closing", use: close)
        routes.get("\(base)/report", use: showReport)
        routes.post("\(base)/report", use: report)
        routes.post("\(base)/received", use: receive)
    }

    // MARK: Devices

    @Sendable private func showDevices(_ request: Request, _ context: AppContext) async throws -> Response {
        try await devicesPage(Fields(pairs: []), FieldErrors(), request, context)
    }

    /// Opens this very browser as the device. A kiosk's officer is signed out of it: residents use it next.
    @Sendable private func open(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        let form: Fields = try await site.form(request, context)
        let purpose: PlaceDevice.Purpose = PlaceDevice.Purpose(rawValue: form.text("purpose")) ?? .table
        do {
            let token: Token = try await devices.open(
                purpose, named: form.text("name"), remark: form.text("remark"), at: scene.place.id, by: scene.officer)
            return purpose == .kiosk
                ? site.openingKiosk(token)
                : site.see("\(scene.base)/issue", flash: .done("places.device.opened"))
        } catch let refusal as PlaceRefusal {
            return try await devicesPage(form, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func close(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        let form: Fields = try await site.form(request, context)
        do {
            try await devices.close(
                try context.id("device", of: PlaceDevice.self), remark: form.text("remark"), at: scene.place.id,
                by: scene.officer)
            return site.see("\(scene.base)/devices", flash: .done("places.device.closed"))
        } catch let refusal as PlaceRefusal {
            return try await devicesPage(Fields(pairs: []), refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func devicesPage(
        _ form: Fields, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        let strings: Strings = site.strings(context)
        let list: [PlaceDevice] = try await devices.list(of: scene.place.id)
        func told(_ who: String, _ at: Date, _ count: Int, _ remark: String) -> String {
            let line: String = strings(
                "places.device.told", ["name": who, "date": strings.moment(at), "count": strings.number(count)])
            return remark.isEmpty ? line : "\(line) \(remark)"
        }
        let purposes: [PlaceDevice.Purpose] =
            scene.vote.settings.channels.contains("kiosk") ? PlaceDevice.Purpose.allCases : [.table]
        return site.page(
            DevicesPage(
                title: strings("places.devices"), crumbs: scene.crumbs(strings), action: "\(scene.base)/devices",
                devices: list.map { device in
                    DevicesPage.Line(
                        name: device.name, purpose: strings("places.device.\(device.purpose.rawValue)"),
                        opened: told(device.openedBy, device.opened, device.openingCount, device.openingRemark),
                        closed: device.closing.map { told($0.by, $0.at, $0.count, $0.remark) },
                        closing: device.closing == nil ? "\(scene.base)/devices/\(device.id)/closing" : nil)
                }, isEmpty: list.isEmpty,
                purposes: purposes.map {
                    SelectOption(
                        value: $0.rawValue, label: strings("places.device.\($0.rawValue)"),
                        selected: $0.rawValue == form.text("purpose"))
                },
                fields: [
                    errors.field(
                        "name", label: strings("places.device.name"), value: form.text("name"),
                        hint: strings("places.device.name.hint"), autocomplete: "off", strings),
                    errors.field(
                        "remark", label: strings("places.device.remark"), value: form.text("remark"),
                        hint: strings("places.device.remark.hint"), optional: true, autocomplete: "off", strings),
                ], errors: errors.summary(strings)),
            title: errors.title(strings("places.devices"), strings), request, context, status: errors.status)
    }

    // MARK: The report

    @Sendable private func showReport(_ request: Request, _ context: AppContext) async throws -> Response {
        try await reportPage(nil, FieldErrors(), request, context)
    }

    @Sendable private func report(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        let form: Fields = try await site.form(request, context)
        var errors = FieldErrors()
        func number(_ name: String) -> Int {
            guard let number = form.integer(name) else {
                errors.add(name, "places.refusal.number")
                return 0
            }
            return number
        }
        let (received, issued) = (number("received"), number("issued"))
        let (spoiled, returned) = (number("spoiled"), number("returned"))
        guard errors.isEmpty else { return try await reportPage(form, errors, request, context) }
        do {
            try await places.report(
                received: received, issued: issued, spoiled: spoiled, returned: returned, remark: form.text("remark"),
                at: scene.place.id, by: scene.officer)
            return site.see("\(scene.base)/report", flash: .done("places.report.done"))
        } catch let refusal as PlaceRefusal {
            return try await reportPage(form, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func receive(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        let form: Fields = try await site.form(request, context)
        guard let papers = form.integer("papers") else {
            return try await reportPage(nil, FieldErrors("papers", "places.refusal.number"), request, context)
        }
        do {
            try await places.receive(papers, at: scene.place.id, by: scene.officer)
            return site.see("\(scene.base)/report", flash: .done("places.received.done"))
        } catch let refusal as PlaceRefusal {
            return try await reportPage(nil, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    /// The form holds what was typed, else the last report, else what the service counts.
    private func reportPage(
        _ form: Fields?, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        let strings: Strings = site.strings(context)
        let counts: PlaceCounts = try await places.counts(of: scene.place.id)
        let reports: [PlaceReport] = try await places.reports(of: scene.place.id)
        func field(_ name: String, _ last: Int?, _ counted: Int?) -> Field {
            let known: String = (last ?? counted).map(String.init) ?? ""
            return errors.field(
                name, label: strings("places.report.\(name)"), value: form?.text(name) ?? known,
                hint: counted.map { strings("places.report.counted", ["count": strings.number($0)]) },
                inputmode: "numeric", size: "short", strings)
        }
        let last: PlaceReport? = reports.first
        return site.page(
            PlaceReportPage(
                title: strings("places.report"), crumbs: scene.crumbs(strings), action: "\(scene.base)/report",
                receivedAction: "\(scene.base)/received",
                papers: errors.field(
                    "papers", label: strings("places.received.label"), hint: strings("places.received.hint"),
                    inputmode: "numeric", size: "short", strings),
                fields: [
                    field("received", last?.received, counts.received),
                    field("issued", last?.issued, counts.inTheBox),
                    field("spoiled", last?.spoiled, counts.spoiled), field("returned", last?.returned, nil),
                ],
                remark: errors.field(
                    "remark", label: strings("places.report.remark"), value: form?.text("remark") ?? last?.remark ?? "",
                    optional: true, strings),
                reports: reports.map { report in
                    PlaceReportPage.Line(
                        version: String(report.version), received: strings.number(report.received),
                        issued: strings.number(report.issued), spoiled: strings.number(report.spoiled),
                        returned: strings.number(report.returned), missing: strings.number(report.missing),
                        isClosed: report.missing == 0, remark: report.remark,
                        signed: [report.by ?? strings("actor.operator"), strings.moment(report.at)]
                            .joined(separator: ", "))
                }, hasReports: !reports.isEmpty, errors: errors.summary(strings)),
            title: errors.title(strings("places.report"), strings), request, context, status: errors.status)
    }
}
