// Draws the parts of a photo that are to be covered: with a pointer, a finger or the arrow keys. What is drawn stands in
// the fields below, in hundredths of the photo's width and height, so that everything can be typed as well.
const figure = document.querySelector("[data-cover]");
if (figure) begin(figure, figure.closest("form"));

function begin(figure, form) {
  const svg = (name) => document.createElementNS("http://www.w3.org/2000/svg", name);
  const photo = figure.querySelector("img");
  const drawing = svg("svg");
  const status = figure.querySelector("[data-cover-status]");
  const count = form.querySelector("[data-cover-rows]");
  const [width, height] = [photo.width || 1, photo.height || 1].map(Number);
  const ratio = photo.getAttribute("height") / photo.getAttribute("width") || height / width;
  const tall = 100 * ratio;
  drawing.setAttribute("class", "cover-drawing");
  drawing.setAttribute("viewBox", `0 0 100 ${tall}`);
  drawing.setAttribute("preserveAspectRatio", "none");
  const frame = document.createElement("div");
  frame.className = "cover-frame";
  photo.replaceWith(frame);
  frame.append(photo, drawing);

  const rows = () => [...form.querySelectorAll("[data-cover-region]")];
  const field = (row, name) => row.querySelector(`[name^="${name}-"]`);
  const number = (row) => rows().indexOf(row) + 1;
  const marks = new Map();
  const rounded = (value) => Math.round(value * 10) / 10;
  const within = (value, least, most) => Math.min(Math.max(value, least), most);

  function box(row) {
    const [left, top, width, height] = ["left", "top", "width", "height"].map((name) => parseFloat(field(row, name).value));
    return width > 0 && height > 0 && left >= 0 && top >= 0 ? { left, top, width, height } : null;
  }

  function write(row, { left, top, width, height }) {
    width = within(width, 0.5, 100);
    height = within(height, 0.5, 100);
    left = within(left, 0, 100 - width);
    top = within(top, 0, 100 - height);
    for (const [name, value] of Object.entries({ left, top, width, height })) field(row, name).value = rounded(value);
    draw(row);
  }

  function clear(row) {
    const gone = number(row);
    for (const name of ["left", "top", "width", "height"]) field(row, name).value = "";
    draw(row);
    say(figure.dataset.gone, gone);
    field(row, "left").focus();
  }

  function say(sentence, number) {
    status.textContent = sentence.replace("{number}", number);
  }

  /** The mark of a row on the photo: made, moved, or taken away. */
  function draw(row) {
    const place = box(row);
    const kind = field(row, "shape").value === "rectangle" ? "rect" : "ellipse";
    let mark = marks.get(row);
    if (mark && (!place || mark.tagName !== kind)) {
      const focused = document.activeElement === mark;
      mark.remove();
      marks.delete(row);
      mark = undefined;
      if (focused && !place) field(row, "left").focus();
    }
    if (!place) return;
    if (!mark) {
      mark = svg(kind);
      mark.setAttribute("class", "cover-mark");
      mark.setAttribute("tabindex", "0");
      mark.setAttribute("role", "button");
      mark.addEventListener("keydown", (event) => press(event, row));
      mark.addEventListener("pointerdown", (event) => drag(event, row));
      mark.addEventListener("click", () => field(row, "shape").focus({ preventScroll: true }));
      drawing.append(mark);
      marks.set(row, mark);
    }
    const [x, y, w, h] = [place.left, (place.top * tall) / 100, place.width, (place.height * tall) / 100];
    const shape = kind === "rect" ? { x, y, width: w, height: h } : { cx: x + w / 2, cy: y + h / 2, rx: w / 2, ry: h / 2 };
    for (const [name, value] of Object.entries(shape)) mark.setAttribute(name, value);
    mark.setAttribute("aria-label", figure.dataset.words.replace("{number}", number(row))
      .replace(/\{(left|top|width|height)\}/g, (_, name) => field(row, name).value));
  }

  function press(event, row) {
    const step = event.altKey ? 0.2 : 1;
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    const place = box(row);
    if (event.key === "Delete" || event.key === "Backspace") clear(row);
    else if (event.key === "Enter" || event.key === " ") field(row, "shape").focus();
    else if (by && event.shiftKey) write(row, { ...place, width: place.width + by[0], height: place.height + by[1] });
    else if (by) write(row, { ...place, left: place.left + by[0], top: place.top + by[1] });
    else return;
    event.preventDefault();
  }

  /** Where on the photo, in hundredths. */
  function at(event) {
    const frame = drawing.getBoundingClientRect();
    return [
      within(((event.clientX - frame.left) / frame.width) * 100, 0, 100),
      within(((event.clientY - frame.top) / frame.height) * 100, 0, 100),
    ];
  }

  function follow(event, move, end = () => {}) {
    event.preventDefault();
    drawing.setPointerCapture(event.pointerId);
    const stop = () => {
      drawing.removeEventListener("pointermove", move);
      end();
    };
    drawing.addEventListener("pointermove", move);
    drawing.addEventListener("pointerup", stop, { once: true });
    drawing.addEventListener("pointercancel", stop, { once: true });
  }

  function drag(event, row) {
    event.stopPropagation();
    const place = box(row);
    const [x, y] = at(event);
    marks.get(row).focus({ preventScroll: true });
    follow(event, (moved) => {
      const [toX, toY] = at(moved);
      write(row, { ...place, left: place.left + toX - x, top: place.top + toY - y });
    });
  }

  drawing.addEventListener("pointerdown", (event) => {
    const [x, y] = at(event);
    let row;
    follow(event, (moved) => {
      const [toX, toY] = at(moved);
      if (Math.abs(toX - x) < 1 && Math.abs(toY - y) < 1) return;
      row ??= free();
      if (!row) return;
      write(row, { left: Math.min(x, toX), top: Math.min(y, toY), width: Math.abs(toX - x), height: Math.abs(toY - y) });
    }, () => {
      if (row) say(figure.dataset.drawn, number(row));
    });
  });

  /** A row that says nothing yet; made where all are used, up to forty. */
  function free() {
    const known = rows().find((row) => ["left", "top", "width", "height"].every((name) => field(row, name).value === ""));
    if (known) return known;
    const all = rows();
    if (all.length >= 40) return undefined;
    const row = all.at(-1).cloneNode(true);
    const [before, after] = [all.length, all.length + 1];
    for (const part of row.querySelectorAll("[name], [id], [for]")) {
      for (const name of ["name", "id", "for"]) {
        const known = part.getAttribute(name);
        if (known) part.setAttribute(name, known.replace(new RegExp(`-${before}$`), `-${after}`));
      }
      if (part.tagName === "INPUT") part.value = "";
    }
    const legend = row.querySelector("legend");
    legend.textContent = legend.textContent.replace(String(before), String(after));
    all.at(-1).after(row);
    count.value = after;
    prepare(row);
    return row;
  }

  function prepare(row) {
    row.addEventListener("input", () => draw(row));
    const remove = row.querySelector("[data-cover-remove]");
    remove.hidden = false;
    remove.addEventListener("click", () => clear(row));
    draw(row);
  }

  for (const row of rows()) prepare(row);
  const add = figure.querySelector("[data-cover-add]");
  add.hidden = false;
  add.addEventListener("click", () => {
    const row = free();
    if (!row) return;
    write(row, { left: 45, top: 45, width: 10, height: 10 / ratio });
    say(figure.dataset.drawn, number(row));
    marks.get(row).focus();
  });
  figure.querySelector("[data-cover-help]").hidden = false;
  form.querySelector("[data-cover-more]").hidden = true;
}
