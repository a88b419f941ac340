// The walk sheet as a task in steps that works without a network. Without this module, or where the browser keeps
// nothing, the same page is a plain form.

import "./walk-queue.js";
import { list } from "./walk-list.js";
import { reduced } from "./walk-photos.js";

const queue = self.walkQueue;
const form = document.querySelector("form[data-sheet]");
const shut = document.querySelector("[data-sheet-shut]");

if (form) start(form);
if (shut) closed(shut);

/** The sheet is closed: what the phone still holds can be saved; the copy that it kept goes. */
async function closed(shut) {
  const walk = shut.dataset.sheetShut;
  try {
    await queue.open();
  } catch {
    return;
  }
  await list({ walk }, shut.dataset, {});
  const registration = await navigator.serviceWorker?.getRegistration(`/walks/${walk}/sheet`);
  if (!("over" in shut.dataset) || !registration) return;
  for (const name of await caches.keys()) if (name.startsWith(`/walks/${walk}/sheet `)) await caches.delete(name);
  await registration.unregister();
}

async function start(form) {
  const words = form.dataset;
  const walk = words.sheet;
  const place = { walk, code: words.code, uploads: words.uploads };
  const one = (selector) => document.querySelector(selector);
  const field = (name) => form.elements.namedItem(name);
  const value = (name) => new FormData(form).get(name) ?? "";

  try {
    await queue.open();
  } catch {
    one("[data-sheet-storage]").hidden = false;
    return; // the plain form sends at once
  }
  colours();

  // ---- What the reader hears ----

  const plain = new Intl.NumberFormat(document.documentElement.lang);
  const plural = new Intl.PluralRules(document.documentElement.lang);
  const sentence = (template, values) => template.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  const counted = (name, count) =>
    sentence(words[`${name}${plural.select(count) === "one" ? "One" : "Other"}`], { count: plain.format(count) });

  let shown = "";
  function count(notes) {
    const sent = notes.filter((note) => note.state === "sent").length;
    const waiting = notes.length - sent;
    let text = sentence(words.counter, { waiting: counted("waiting", waiting), sent: counted("sent", sent) });
    if (waiting && !navigator.onLine) text += `. ${words.offline}`;
    const counter = one("[data-sheet-counter]");
    counter.hidden = notes.length === 0;
    if (text !== shown) counter.textContent = shown = text; // each change is read aloud
  }

  const say = (text) => { one("[data-sheet-status]").textContent = text; };

  function complain(text) {
    const problem = one("[data-sheet-problem]");
    problem.textContent = text ?? "";
    problem.hidden = !text;
  }

  // ---- Steps ----

  const steps = [...form.querySelectorAll("[data-step]")];
  let step = 0;

  /** What is missing before the step can be left; undefined when nothing is. */
  const missing = {
    stop: () => (value("stop") || value("place").trim() || value("latitude") ? undefined : words.placeMissing),
    kind: () => (value("kind") ? undefined : words.kindMissing),
    words: () => (value("words").trim() ? undefined : words.wordsMissing),
  };
  const problemOf = (number) => missing[steps[number].dataset.needs]?.();

  function show(number, isMoving = true) {
    step = Math.min(Math.max(number, 0), steps.length - 1);
    steps.forEach((part, place) => { part.hidden = place !== step; });
    const line = one("[data-step-line]");
    line.hidden = false;
    line.textContent = sentence(words.stepWords, {
      step: plain.format(step + 1), steps: plain.format(steps.length), name: steps[step].dataset.step,
    });
    one("[data-step-back]").hidden = step === 0;
    one("[data-step-next]").hidden = step >= 2;
    one("[data-step-more]").hidden = step !== 2;
    one("[data-sheet-keep]").hidden = step < 2;
    one("[data-sheet-person]").hidden = value("manner") !== "dictated" || step === 0;
    complain();
    if (!isMoving) return;
    const legend = steps[step].querySelector("legend");
    legend.tabIndex = -1;
    legend.focus({ preventScroll: true });
    one("h1").scrollIntoView({ block: "start" });
  }

  one("[data-step-back]").addEventListener("click", () => show(step - 1));
  for (const name of ["next", "more"]) {
    one(`[data-step-${name}]`).addEventListener("click", () => {
      const problem = problemOf(step);
      if (problem) complain(problem); else show(step + 1);
    });
  }

  // ---- The draft: saved at each change, so that a tab that dies loses nothing ----

  const random = () => {
    const bytes = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)));
    return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };
  /** Another identity and another key for each observation, so that nothing ties two together. */
  const fresh = (pairs = []) => ({ walk, id: crypto.randomUUID(), key: random(), pairs });
  const AS_IS = new Set(["token", "code", "id", "key", "count", "photo", "alt"]);
  let draft = fresh();

  const pairs = () => [...new FormData(form)].filter(([name, text]) => !AS_IS.has(name) && typeof text === "string");

  function fill(pairs) {
    const given = new Map();
    for (const [name, text] of pairs) given.set(name, [...(given.get(name) ?? []), text]);
    for (const input of form.elements) {
      if (!input.name || AS_IS.has(input.name) || input.name === "language") continue;
      const texts = given.get(input.name) ?? [];
      if (["radio", "checkbox"].includes(input.type)) input.checked = texts.includes(input.value);
      else input.value = texts[0] ?? "";
    }
    if (!given.has("manner")) form.querySelector('[name="manner"][value="alone"]').checked = true;
    if (!given.has("feeling")) form.querySelector('[name="feeling"][value=""]').checked = true;
    located();
  }

  const saved = () => queue.saveDraft({ ...draft, pairs: pairs(), alt: value("alt"), step }).catch(full);
  for (const name of ["input", "change"]) form.addEventListener(name, saved);
  form.addEventListener("change", () => show(step, false));

  function full() {
    one("[data-sheet-storage]").hidden = false;
    one("[data-sheet-storage]").textContent = words.storageFull;
  }

  async function take(next, at = 0) {
    draft = next;
    fill(next.pairs);
    field("alt").value = next.alt ?? "";
    show(at, false);
    await pictures();
  }

  // ---- Photos ----

  const photo = field("photo");
  photo.multiple = true;

  async function pictures() {
    const shelf = one("[data-sheet-photos]");
    const kept = await queue.photos(draft.id);
    shelf.hidden = kept.length === 0;
    photo.disabled = kept.length >= Number(words.photos);
    shelf.replaceChildren(...kept.map((picture) => {
      const item = document.createElement("li");
      const image = document.createElement("img");
      const button = document.createElement("button");
      image.src = picture.thumb;
      image.alt = "";
      button.type = "button";
      button.className = "as-link";
      button.textContent = words.photoRemove;
      button.addEventListener("click", async () => {
        await queue.removePhoto(picture.id);
        await pictures();
        photo.focus();
      });
      item.append(image, button);
      return item;
    }));
    return kept.length;
  }

  photo.addEventListener("change", async () => {
    const chosen = [...photo.files];
    photo.value = "";
    complain();
    const room = Number(words.photos) - (await queue.photos(draft.id)).length;
    for (const file of chosen.slice(0, room)) {
      try {
        const made = await reduced(file);
        try {
          await queue.addPhoto({ id: crypto.randomUUID(), note: draft.id, alt: "", ...made });
        } catch {
          full();
        }
      } catch {
        complain(words.photoUnreadable);
      }
    }
    await saved();
    await pictures();
  });

  // ---- The position: asked for once, when its button is pressed; nobody is followed ----

  function located() {
    const metres = Number(value("accuracy"));
    const isThere = value("latitude") !== "";
    one("[data-locate-drop]").hidden = !isThere;
    one("[data-locate-words]").textContent =
      isThere ? sentence(words.located, { metres: plain.format(Math.ceil(metres)) }) : "";
  }

  if (navigator.geolocation) one("[data-locate]").hidden = false;
  one("[data-locate-take]").addEventListener("click", () => {
    one("[data-locate-words]").textContent = words.locating;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      field("latitude").value = coords.latitude.toFixed(6);
      field("longitude").value = coords.longitude.toFixed(6);
      field("accuracy").value = coords.accuracy.toFixed(1);
      located();
      saved();
    }, () => {
      one("[data-locate-words]").textContent = words.locateFailed;
    }, { enableHighAccuracy: true, timeout: 20_000, maximumAge: 0 });
  });
  one("[data-locate-drop]").addEventListener("click", () => {
    for (const name of ["latitude", "longitude", "accuracy"]) field(name).value = "";
    located();
    saved();
  });

  // ---- Noting ----

  /** What goes on from one observation to the next: where one stands, and who writes for whom. */
  const carried = (names) => pairs().filter(([name]) => names.has(name));

  const keep = one("[data-sheet-keep]");
  keep.textContent = keep.dataset.words;

  async function note() {
    for (let number = 0; number < steps.length; number += 1) {
      const problem = problemOf(number);
      if (!problem) continue;
      show(number);
      complain(problem);
      return false;
    }
    for (const picture of await queue.photos(draft.id)) await queue.addPhoto({ ...picture, alt: value("alt").trim() });
    const next = fresh(carried(new Set(["stop", "manner", "people"])));
    try {
      await queue.keep({
        id: draft.id, key: draft.key, ...place, fields: pairs(), state: "waiting", isTried: false, isNoted: false,
        problem: null,
      }, next);
    } catch {
      full();
      return false;
    }
    navigator.storage?.persist?.().catch(() => undefined); // the browser may ask, or decide by itself
    await take(next);
    say(words.noted);
    one("[data-sheet-sent]")?.remove();
    one("h1").scrollIntoView({ block: "start" });
    steps[0].querySelector("legend").tabIndex = -1;
    steps[0].querySelector("legend").focus({ preventScroll: true });
    send();
    return true;
  }

  let isNoting = false;
  /** Pressed twice, it is noted once. */
  async function once(act) {
    if (isNoting) return;
    isNoting = true;
    try {
      await act();
    } finally {
      isNoting = false;
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    // The key Enter in a field of an early step goes on to the next one.
    if (step < 2) return void one("[data-step-next]").click();
    once(note);
  });

  one("[data-sheet-person]").addEventListener("click", () => once(async () => {
    if (value("words").trim() && !(await note())) return;
    // The list of what was said before is folded away: it is the other person's.
    one("[data-sheet-mine]").open = false;
    for (const picture of await queue.photos(draft.id)) await queue.removePhoto(picture.id);
    await take(fresh(carried(new Set(["stop", "manner"]))));
    await saved();
    say(words.nextPerson);
  }));

  // ---- Changing what waits ----

  async function edit(noted) {
    // What is being written comes first: it is kept, or the reader sees what it lacks.
    if (value("words").trim() && !(await note())) return;
    // What may have left is taken back, and what is written anew is another observation.
    const pictures = await queue.photos(noted.id);
    const next = { ...fresh(noted.fields), alt: pictures[0]?.alt ?? "" };
    for (const picture of pictures.filter(({ blob }) => blob)) {
      await queue.addPhoto({ ...picture, id: crypto.randomUUID(), note: next.id, isSent: false });
    }
    await queue.saveDraft(next);
    await queue.takeBack(noted.id);
    await take(next, 2);
    field("words").focus();
    send();
  }

  // ---- Sending: at once, when the network is back, when the page is looked at again, and in between ----

  const SHORTEST = 2_000;
  const LONGEST = 300_000;
  let pause = SHORTEST;
  let timer = 0;

  async function send() {
    clearTimeout(timer);
    const { isDone, hasMoved, seconds } = await queue.send(walk).catch(() => ({ isDone: false }));
    await refresh();
    if (isDone || hasMoved) pause = SHORTEST;
    if (isDone) return;
    navigator.serviceWorker?.getRegistration(words.scope)
      .then((registration) => registration?.sync?.register("walk-sheet")).catch(() => undefined);
    // Not all phones of a walk at the same second.
    const wait = Math.max(pause, 1000 * (seconds ?? 0)) * (0.75 + Math.random() / 2);
    timer = setTimeout(send, wait);
    pause = Math.min(2 * pause, LONGEST);
  }

  const atOnce = () => {
    pause = SHORTEST;
    send();
  };
  addEventListener("online", atOnce);
  addEventListener("offline", () => refresh());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") atOnce(); else saved();
  });

  const refresh = await list(place, words, { edit, send: atOnce, changed: count });
  const found = await queue.draft(walk);
  await take(found ?? fresh(pairs()), found?.step ?? 0);
  keepPage(words);
  send();
}

/** Has the page kept for when there is no network, in the language it is read in. */
async function keepPage({ worker, scope, code }) {
  if (!navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register(worker, { scope, updateViaCache: "none" });
    const { active } = await navigator.serviceWorker.ready;
    const address = new URL(`${scope}?code=${code}`, location.href).href;
    if (navigator.onLine) active.postMessage({ keep: address, language: document.documentElement.lang });
  } catch (error) {
    // The sheet works, but must stay open: what is noted is kept all the same.
    console.warn(error);
  }
}

/** The copy for when there is no network is nobody's, so it does not know which colours this reader has chosen. */
function colours() {
  const page = document.documentElement;
  const isCopy = !document.querySelector('form[data-sheet] [name="token"]');
  if (!isCopy) localStorage.setItem("theme", page.dataset.theme ?? "");
  else if (localStorage.getItem("theme")) page.dataset.theme = localStorage.getItem("theme");
}
