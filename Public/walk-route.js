// Draws a walk's route on a map, in the form that holds it: a click adds a point of the line or a stop, dragging moves
// one, and each step can be undone. The text of the points and the list of the stops remain what is sent; whoever types
// there sees the map follow.

const STYLE = "./leaflet.css";
/** Beyond this many points of the line, single ones have no handles: a telephone would stand still. */
const MOST_HANDLES = 300;

const form = document.querySelector("[data-route]");
const find = (name) => form.querySelector(`[data-route-${name}]`);

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

const degrees = (text) => (text.trim() === "" ? NaN : Number(text.trim().replace(",", ".")));
const sentence = (words, count) => words.replace("{count}", count);

/** The points of the text; lines that are none are left where they are until the form is sent. */
function readLine() {
  return form.elements.line.value.split("\n")
    .map((line) => line.trim().split(/[\s,;]+/).map(Number))
    .filter((point) => point.length === 2 && point.every(Number.isFinite));
}

function writeLine(points) {
  form.elements.line.value = points.map((point) => point.map((degree) => Number(degree.toFixed(6))).join(", ")).join("\n");
}

const items = () => [...find("stops").querySelectorAll("[data-item]")];
const field = (item, name) => item.querySelector(`[name$="-${name}"]`);

function place(item) {
  const point = ["latitude", "longitude"].map((name) => degrees(field(item, name).value));
  return point.some(Number.isNaN) ? null : point;
}

function setPlace(item, point) {
  ["latitude", "longitude"].forEach((name, index) => {
    field(item, name).value = point ? point[index].toFixed(6) : "";
  });
}

/** One more empty entry at the end of the list. */
function addItem() {
  const index = Math.max(-1, ...items().map((item) => Number(item.id.replace("item-", "")))) + 1;
  const copy = find("blank").content.firstElementChild.cloneNode(true);
  for (const element of [copy, ...copy.querySelectorAll("*")]) {
    for (const { name, value } of [...element.attributes]) {
      element.setAttribute(name, value.replaceAll("item-blank", `item-${index}`));
    }
  }
  copy.querySelector('[name="item"]').value = index;
  find("stops").append(copy);
}

async function open() {
  const [L, districts] = await Promise.all([
    import("./leaflet.esm.min.js"),
    fetch(form.dataset.outlines, { credentials: "same-origin" }).then((answer) => answer.json()),
    style(),
  ]);
  const canvas = document.createElement("div");
  canvas.className = "map-canvas";
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", form.dataset.words);
  const figure = document.createElement("figure");
  figure.className = "map";
  figure.append(canvas);
  find("map").replaceChildren(figure);
  find("acts").hidden = false;
  const { tiles, attribution, pointWords, stopWords } = form.dataset;
  const map = L.map(canvas, { attributionControl: Boolean(attribution), zoomSnap: 0.5 });
  if (tiles) {
    const credit = document.createElement("span");
    credit.textContent = attribution ?? "";
    L.tileLayer(tiles, { attribution: credit.innerHTML, maxZoom: 19 }).addTo(map);
  }
  const surfaces = L.geoJSON(districts, { className: "map-surface", interactive: false });
  const known = L.latLngBounds([...readLine(), ...items().map(place).filter(Boolean)]);
  // A view first: layers that are added before it have nowhere to be drawn.
  if (known.isValid()) map.fitBounds(known.pad(0.2));
  else if (surfaces.getBounds().isValid()) map.fitBounds(surfaces.getBounds());
  else map.setView([47, 3], 5);
  surfaces.addTo(map);
  const line = L.polyline([], { className: "map-line", weight: 6 }).addTo(map);
  const handles = L.layerGroup().addTo(map);
  const past = [];

  const state = () => ({ line: form.elements.line.value, stops: items().map((item) => place(item)) });
  const remember = () => past.push(state());
  const say = (words, count) => { find("status").textContent = sentence(words, count); };

  function marker(point, className, words, moved) {
    const label = document.createElement("span");
    label.textContent = words;
    const handle = L.marker(point, {
      draggable: true, autoPan: true, keyboard: false,
      icon: L.divIcon({ className, html: label, iconSize: words ? [32, 32] : [16, 16] }),
    });
    handle.on("dragstart", remember);
    handle.on("dragend", () => {
      const { lat, lng } = handle.getLatLng().wrap();
      moved([lat, lng]);
      show();
    });
    return handle.addTo(handles);
  }

  function show() {
    const points = readLine();
    line.setLatLngs(points);
    handles.clearLayers();
    if (points.length <= MOST_HANDLES) {
      points.forEach((point, index) => marker(point, "map-handle", "", (moved) => {
        writeLine(points.with(index, moved));
      }));
    }
    let number = 0;
    for (const item of items()) {
      const point = place(item);
      if (!point) continue;
      number += 1;
      marker(point, "map-number", String(number), (moved) => setPlace(item, moved));
    }
    return { points: points.length, stops: number };
  }

  /** Between which points of the line a place lies. */
  function stretch(latlng) {
    const here = map.latLngToLayerPoint(latlng);
    const points = readLine().map((point) => map.latLngToLayerPoint(point));
    let [best, least] = [points.length, Infinity];
    for (let index = 1; index < points.length; index += 1) {
      const distance = L.LineUtil.pointToSegmentDistance(here, points[index - 1], points[index]);
      if (distance < least) [best, least] = [index, distance];
    }
    return best;
  }

  map.on("click", ({ latlng }) => {
    const { lat, lng } = latlng.wrap();
    remember();
    if (form.elements["route-mode"].value === "stop") {
      const free = items().find((item) => !item.querySelector('[name$="-id"]').value && !place(item)
        && !field(item, "title-fr").value);
      const item = free ?? (addItem(), items().at(-1));
      setPlace(item, [lat, lng]);
      item.open = true;
      item.querySelector("summary").textContent = sentence(form.dataset.stopName, items().filter(place).length);
      // An empty entry always waits at the end.
      if (items().at(-1) === item) addItem();
      say(stopWords, show().stops);
    } else {
      writeLine([...readLine(), [lat, lng]]);
      say(pointWords, show().points);
    }
  });
  line.on("click", (event) => {
    if (form.elements["route-mode"].value === "stop") return;
    L.DomEvent.stop(event);
    const { lat, lng } = event.latlng.wrap();
    remember();
    writeLine(readLine().toSpliced(stretch(event.latlng), 0, [lat, lng]));
    say(pointWords, show().points);
  });
  find("undo").addEventListener("click", () => {
    const before = past.pop();
    if (!before) return;
    form.elements.line.value = before.line;
    items().forEach((item, index) => {
      if (index >= before.stops.length || String(place(item)) !== String(before.stops[index])) {
        setPlace(item, before.stops[index] ?? null);
      }
    });
    say(pointWords, show().points);
  });
  find("last").addEventListener("click", () => {
    const points = readLine();
    if (points.length === 0) return;
    remember();
    writeLine(points.slice(0, -1));
    say(pointWords, show().points);
  });
  // While it is typed, not when the field is left: a handle that is being taken hold of would be drawn anew.
  form.addEventListener("input", ({ target }) => {
    if (target.matches("#line, [name$='-latitude'], [name$='-longitude']")) show();
  });
  show();
  canvas.focus();
}

if (form) {
  find("tools").hidden = false;
  const button = find("open");
  button.addEventListener("click", async () => {
    button.hidden = true;
    try {
      await open();
    } catch (error) {
      // What is typed says everything that the map would.
      console.warn(error);
    }
  });
}
