/// The library that moves maps, from Debian's package `libjs-leaflet`. `map.js` fetches it when a map is opened; where
/// the package is missing the drawings remain.
enum Leaflet {
    /// The files of the package that the service hands out.
    static let files = ["leaflet.esm.min.js", "leaflet.css"].map { "/usr/share/javascript/leaflet/\($0)" }
}
