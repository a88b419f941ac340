// Turns the drawing of a map into one that can be moved, when its button is pressed: Leaflet and the data are fetched
// then and not before. Everything the map shows is in the list of the same page, and a point can be typed.

const STYLE = "./leaflet.css";

function style() {
  return new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = STYLE;
    link.addEventListener("load", resolve, { once: true });
    link.addEventListener("error", resolve, { once: true });
    document.head.append(link);
  });
}

async function json(address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

/** A link made of text alone: titles come from residents. What has no page of its own is words. */
function link({ number, title, href, label }) {
  const anchor = document.createElement(label && !href ? "span" : "a");
  if (label) {
    if (href?.startsWith("/")) anchor.href = href;
    anchor.textContent = label;
  } else {
    anchor.href = `/proposals/${Number(number)}`;
    anchor.textContent = `${number}. ${title}`;
  }
  return anchor;
}

async function open(figure) {
  const { outlines, points, line, tiles, attribution, words } = figure.dataset;
  const [L, districts, spots, way] = await Promise.all([
    import("./leaflet.esm.min.js"), json(outlines), points ? json(points) : null, line ? json(line) : null, style()]);
  const drawing = figure.querySelector(".map-drawing");
  const canvas = document.createElement("div");
  canvas.className = "map-canvas";
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", words);
  drawing.replaceWith(canvas);
  const map = L.map(canvas, { attributionControl: Boolean(attribution), zoomSnap: 0.5 });
  if (tiles) {
    const credit = document.createElement("span");
    credit.textContent = attribution ?? "";
    L.tileLayer(tiles, { attribution: credit.innerHTML, maxZoom: 19 }).addTo(map);
  }
  const surfaces = L.geoJSON(districts, { className: "map-surface", interactive: false }).addTo(map);
  const classes = { Point: "map-dot", LineString: "walk-way" };
  const dots = L.geoJSON(spots ?? undefined, {
    style: ({ geometry }) => ({ className: classes[geometry.type] ?? "walk-shade shade-2" }),
    pointToLayer: (feature, place) => L.circleMarker(place, { radius: 9, className: "map-dot" }),
    onEachFeature: (feature, layer) => layer.bindPopup(() => link(feature.properties)),
  }).addTo(map);
  const bounds = way ? route(L, way).addTo(map).getBounds() : surfaces.getBounds().extend(dots.getBounds());
  if ("moving" in figure.dataset && dots.getBounds().isValid()) map.fitBounds(dots.getBounds());
  else if (bounds.isValid()) map.fitBounds(bounds);
  else map.setView([47, 3], 5);
  if ("moving" in figure.dataset) follow(map, dots, points);
  if ("picks" in figure.dataset) pick(L, map, figure);
  canvas.focus();
}

/** A walk's route: its line, and its stops by number, each with its title. */
function route(L, way) {
  const text = (words) => Object.assign(document.createElement("span"), { textContent: words });
  return L.geoJSON(way, {
    style: { className: "map-line" },
    pointToLayer: ({ properties }, place) => L.marker(place, {
      icon: L.divIcon({ className: "map-number", html: text(properties.number), iconSize: [32, 32] }),
      title: properties.title,
    }),
    onEachFeature: ({ properties }, layer) => {
      if (properties.title) layer.bindPopup(() => text(properties.title));
    },
  });
}

/** Where there is too much to be fetched at once, what lies in sight is fetched again whenever the map comes to rest. */
function follow(map, dots, points) {
  let turn = 0;
  map.on("moveend", async () => {
    const mine = ++turn;
    const box = map.getBounds();
    const sides = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((side) => side.toFixed(6));
    try {
      const spots = await json(`${points}${points.includes("?") ? "&" : "?"}bbox=${sides.join(",")}`);
      if (mine !== turn) return;
      dots.clearLayers();
      dots.addData(spots);
    } catch (error) {
      // What is drawn stays.
      console.warn(error);
    }
  });
}

/** A click puts its point into the two fields of the form; what is typed there moves the mark. */
function pick(L, map, figure) {
  const form = figure.closest("[data-place]") ?? figure.closest("form") ?? document;
  const [latitude, longitude] = ["latitude", "longitude"].map((name) => form.querySelector(`[name$="${name}"]`));
  if (!latitude || !longitude) return;
  const number = (field) => (field.value.trim() === "" ? NaN : Number(field.value.replace(",", ".")));
  const mark = L.circleMarker([0, 0], { radius: 11, className: "map-chosen" });
  const show = () => {
    const place = [number(latitude), number(longitude)];
    if (place.some(Number.isNaN)) mark.remove(); else mark.setLatLng(place).addTo(map);
  };
  map.on("click", ({ latlng }) => {
    const place = latlng.wrap();
    latitude.value = place.lat.toFixed(5);
    longitude.value = place.lng.toFixed(5);
    figure.querySelector("[data-map-status]").textContent = figure.dataset.chosen;
    show();
  });
  for (const field of [latitude, longitude]) field.addEventListener("change", show);
  show();
}

for (const figure of document.querySelectorAll("[data-map]")) {
  const button = figure.querySelector("[data-map-open]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.hidden = true;
    try {
      await open(figure);
    } catch (error) {
      // The drawing stays, and the list says everything.
      console.warn(error);
    }
  });
}
