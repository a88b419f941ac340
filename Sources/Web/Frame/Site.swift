import Crypto
public import Foundation
public import Participation

/// What every controller gets: the city, its templates and words, and how answers are made from them.
public struct Site: Sendable {
    /// What the operator sets.
    public struct City: Sendable {
        /// As the pages name it: `Tilleul-sur-Loire`.
        public var name: String
        /// Who helps in person. Shown on every page.
        public var help: Help
        /// Said on every page: nothing here is a real vote.
        public var isDemonstration: Bool
        /// Formats every date and hour.
        public var timeZone: TimeZone
        /// Where residents reach the service, without a slash at the end: `https://participer.example`.
        public var publicURL: String
        /// A proxy of ours speaks for the visitors and tells their addresses. When nothing else is said this follows
        /// from https, which the service itself does not speak.
        public var isBehindProxy: Bool
        /// Shows what only developers may see, such as the mails sent.
        public var isDevelopment: Bool
        /// Where maps get their tiles; nil for maps that show the districts alone.
        public var tiles: MapTiles?
        /// Whom to call where somebody is in danger.
        public var emergency: Emergency

        /// The settings of one city.
        public init(
            name: String, help: Help, isDemonstration: Bool = false,
            timeZone: TimeZone = TimeZone(identifier: "Europe/Paris") ?? .gmt,
            publicURL: String = "http://localhost:8080", isBehindProxy: Bool? = nil,
            isDevelopment: Bool = false, tiles: MapTiles? = nil, emergency: Emergency = Emergency()
        ) {
            self.name = name
            self.help = help
            self.isDemonstration = isDemonstration
            self.timeZone = timeZone
            self.publicURL = publicURL
            self.isBehindProxy = isBehindProxy ?? publicURL.hasPrefix("https://")
            self.isDevelopment = isDevelopment
            self.tiles = tiles
            self.emergency = emergency
        }
    }

    /// Numbers to call from the street, as people write them. Shown first where people note what they see outside.
    public struct Emergency: Sendable {
        /// Where somebody is in danger.
        public var phone: String
        /// The city's own, for what cannot wait though nobody is in danger; nil where it has none.
        public var cityPhone: String?

        /// The European emergency number unless another is set.
        public init(phone: String = "112", cityPhone: String? = nil) {
            self.phone = phone
            self.cityPhone = cityPhone
        }
    }

    /// Where a person helps, in words of the city.
    public struct Help: Sendable {
        /// Where to go.
        public var place: String
        /// When somebody is there.
        public var hours: String
        /// The number to call, as people write it.
        public var phone: String

        /// Help at `place`, during `hours`, or by `phone`.
        public init(place: String, hours: String, phone: String) {
            self.place = place
            self.hours = hours
            self.phone = phone
        }
    }

    /// What the operator has set.
    public let city: City
    /// The pages, compiled per language.
    public let templates: Templates
    /// The files of `Public` and their addresses.
    public let assets: Assets
    /// Makes PDFs of print pages.
    public let prints: Prints
    let table: StringTable
    let tokens: FormTokens
    let flashes: Flashes
    let cookies: CookieJar

    /// Reads `Templates` and `Public` below `resources`. Refuses to start with a template that does not parse, a
    /// string that is missing, or a file that is named and not there.
    public init(city: City, resources: String, secrets: Secrets) throws {
        let root = URL(filePath: resources, directoryHint: .isDirectory)
        func path(_ name: String) -> String { root.appending(path: name).path(percentEncoded: false) }
        self.city = city
        self.assets = try Assets(directory: path("Public"), packages: Leaflet.files)
        self.table = try StringTable(directory: path("Templates/strings"), timeZone: city.timeZone)
        self.templates = try Templates(directory: path("Templates"), strings: table, assets: assets)
        self.prints = Prints(resources: resources)
        self.tokens = FormTokens(secrets: secrets)
        self.flashes = Flashes(secrets: secrets)
        self.cookies = CookieJar(secure: city.publicURL.hasPrefix("https://"))
    }

    /// The words of one language.
    public func strings(_ language: Language) -> Strings { table[language] }

    /// The words in which this request is answered.
    public func strings(_ context: AppContext) -> Strings { table[context.language] }

    /// An address of the service to put into a letter or on paper.
    public func absolute(_ path: String) -> String { city.publicURL + path }
}
