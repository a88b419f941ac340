// The list of what this phone has noted: what waits, what was sent, what came back refused; and the way out by a file
// where no network comes back.

import "./walk-queue.js";

const queue = self.walkQueue;
const FORMAT = "tilleul-walk-sheet";

const asData = (blob) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result);
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(blob);
});

/** The bytes of a data address; the policy of the page lets nothing fetch one. */
function fromData(text) {
  const [, type, base64] = /^data:(image\/(?:webp|jpeg|png));base64,(.+)$/.exec(text) ?? [];
  if (!type) throw new Error("no photo");
  return new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], { type });
}

/** What waits, as a file that the sheet of another phone opens. */
async function exported(walk) {
  const waiting = (await queue.notes(walk)).filter((note) => note.state !== "sent");
  const observations = await Promise.all(waiting.map(async ({ id, key, state, fields }) => ({
    id, key, state, fields,
    photos: await Promise.all((await queue.photos(id)).filter((photo) => photo.blob).map(
      async (photo) => ({ id: photo.id, alt: photo.alt, thumb: photo.thumb, data: await asData(photo.blob) }))),
  })));
  return new Blob([JSON.stringify({ format: FORMAT, version: 1, walk, observations }, null, 1)],
    { type: "application/json" });
}

/** What such a file holds, to be sent from here. Throws unless it is one of this walk. */
function imported(text, { walk, code, uploads }) {
  const file = JSON.parse(text);
  if (file.format !== FORMAT || file.version !== 1 || file.walk !== walk) throw new Error("another file");
  return file.observations.map(({ id, key, state, fields, photos }) => ({
    note: {
      id: String(id), key: String(key), walk, code, uploads, fields: fields.map(([name, value]) => [name, value]),
      state: state === "removing" ? "removing" : "waiting", isTried: true, isNoted: false, problem: null,
    },
    photos: photos.map((photo) => ({
      id: String(photo.id), note: String(id), alt: String(photo.alt), thumb: String(photo.thumb),
      blob: fromData(photo.data),
    })),
  }));
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * Shows the list, and keeps it right while the queue changes.
 *
 * @param place where notes come from and go to: `{ walk, code, uploads }`; without a code nothing can be sent from here
 * @param words the sentences of the states, as data attributes
 * @param act what the page does: `{ edit(note), send(), changed(notes) }`
 */
export async function list(place, words, act) {
  const box = document.querySelector("[data-sheet-mine]");
  const items = box.querySelector("[data-sheet-items]");
  const template = box.querySelector("[data-sheet-item]");

  function item(note) {
    const made = template.content.cloneNode(true);
    const part = (name) => made.querySelector(`[data-item-${name}]`);
    part("words").textContent = Object.fromEntries(note.fields).words ?? "";
    const state = part("state");
    state.textContent = words[`state${note.state[0].toUpperCase()}${note.state.slice(1)}`];
    state.classList.toggle("good", note.state === "sent");
    state.classList.toggle("wait", ["waiting", "removing"].includes(note.state));
    state.classList.toggle("bad", note.state === "refused");
    const isMine = ["waiting", "refused"].includes(note.state);
    part("edit").hidden = !isMine || !act.edit;
    part("delete").hidden = !isMine;
    part("back").hidden = note.state !== "sent" || !place.code;
    part("edit").addEventListener("click", () => act.edit(note));
    for (const name of ["delete", "back"]) {
      part(name).addEventListener("click", async () => {
        if (!act.send) return void (await queue.remove(note.id));
        await queue.takeBack(note.id);
        act.send();
      });
    }
    const problem = part("problem");
    problem.hidden = !note.problem;
    problem.textContent = note.problem ?? "";
    return made;
  }

  let isShowing = false;
  let isStale = false;
  /** One look at the database at a time; what changed meanwhile is looked at once more. */
  async function show() {
    if (isShowing) return void (isStale = true);
    isShowing = true;
    const notes = await queue.notes(place.walk);
    // What needs a hand first; otherwise as the identities fall, which is no order.
    const rank = { refused: 0, waiting: 1, removing: 2, sent: 3 };
    notes.sort((one, other) => rank[one.state] - rank[other.state]);
    items.replaceChildren(...notes.map(item));
    box.hidden = !place.code && notes.length === 0;
    box.querySelector("[data-sheet-send]").hidden = !act.send || notes.every((note) => note.state === "sent");
    for (const part of box.querySelectorAll("[data-sheet-export], #export-hint")) {
      part.hidden = notes.every((note) => note.state === "sent");
    }
    box.querySelector("[data-sheet-forget]").hidden = !notes.some((note) => note.state === "sent");
    act.changed?.(notes);
    isShowing = false;
    if (isStale) {
      isStale = false;
      await show();
    }
  }

  box.querySelector("[data-sheet-send]").addEventListener("click", async () => {
    await queue.revive(place);
    act.send();
  });
  box.querySelector("[data-sheet-export]").addEventListener("click", async () => {
    save(await exported(place.walk), `${place.walk}.json`);
  });
  box.querySelector("[data-sheet-forget]").addEventListener("click", async () => {
    for (const note of await queue.notes(place.walk)) if (note.state === "sent") await queue.remove(note.id);
    await show();
  });
  const file = box.querySelector("[data-sheet-import]");
  file.closest(".field").hidden = !place.code;
  file.addEventListener("change", async () => {
    const problem = box.querySelector("[data-import-problem]");
    problem.hidden = true;
    try {
      await queue.bring(imported(await file.files[0].text(), place));
      act.send();
    } catch {
      problem.hidden = false;
    }
    file.value = "";
    await show();
  });
  if ("BroadcastChannel" in self) {
    new BroadcastChannel(queue.channel).addEventListener("message", ({ data }) => {
      if (data.walk === place.walk) show();
    });
  }
  await show();
  return show;
}
