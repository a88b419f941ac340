// What a phone has noted on a walk: kept in its database until the service has answered, and sent again until then.
//
// The page loads this as a module and the worker with importScripts, since not every browser has modules in workers: it
// exports nothing and leaves itself at `self.walkQueue`. Nothing is lost when a tab dies: a note is in the database before
// the reader is told so. Nothing counts twice: each has an identity and a key of its own, made here, and the service
// answers the same when it has it already. What waits leaves in no order, so that the order of arrival tells none.

self.walkQueue = (() => {
  const DATABASE = "tilleul-walks";
  const PATIENCE = { note: 45_000, photo: 180_000 };
  const channel = "BroadcastChannel" in self ? new BroadcastChannel(DATABASE) : null;
  let opening = null;

  /** The database; rejected where the browser keeps nothing. */
  function open() {
    opening ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => {
        const database = request.result;
        database.createObjectStore("notes", { keyPath: "id" }).createIndex("walk", "walk");
        database.createObjectStore("photos", { keyPath: "id" }).createIndex("note", "note");
        database.createObjectStore("drafts", { keyPath: "walk" });
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return opening;
  }

  const result = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

  /** Runs `body` in one transaction, and answers when it is on disk: a phone may be switched off right after. */
  async function change(stores, body, durability = "strict") {
    const transaction = (await open()).transaction(stores, "readwrite", { durability });
    const finished = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
    const value = await body(...stores.map((name) => transaction.objectStore(name)));
    await finished;
    return value;
  }

  async function read(store, body) {
    return result(body((await open()).transaction(store).objectStore(store)));
  }

  const tell = (walk) => channel?.postMessage({ walk });

  // ---- What is kept ----

  const notes = (walk) => read("notes", (store) => store.index("walk").getAll(walk));
  const photos = (note) => read("photos", (store) => store.index("note").getAll(note));
  const draft = (walk) => read("drafts", (store) => store.get(walk));
  const saveDraft = (value) => change(["drafts"], (drafts) => { drafts.put(value); }, "relaxed");
  const addPhoto = (photo) => change(["photos"], (store) => { store.put(photo); });
  const removePhoto = (id) => change(["photos"], (store) => { store.delete(id); });

  /** Puts a note among those that wait, and the draft that follows it in the place of its own. */
  async function keep(note, next) {
    await change(["notes", "drafts"], (store, drafts) => {
      store.put(note);
      drafts.put(next);
    });
    tell(note.walk);
  }

  /** Puts notes of another phone among those that wait; one that is here already stays as it is. */
  async function bring(found) {
    await change(["notes", "photos"], async (store, pictures) => {
      for (const { note, photos } of found) {
        if (await result(store.get(note.id))) continue;
        store.put(note);
        for (const photo of photos) pictures.put(photo);
      }
    });
    if (found.length) tell(found[0].note.walk);
  }

  /** Changes a note as it is now; undefined when it is gone. */
  async function update(id, alter) {
    const now = await change(["notes"], async (store) => {
      const note = await result(store.get(id));
      if (!note) return undefined;
      const altered = alter(note);
      store.put(altered);
      return altered;
    });
    if (now) tell(now.walk);
    return now;
  }

  /** Removes a note and its photos from the phone. */
  async function remove(id) {
    const walk = await change(["notes", "photos"], async (store, pictures) => {
      const note = await result(store.get(id));
      store.delete(id);
      for (const key of await result(pictures.index("note").getAllKeys(id))) pictures.delete(key);
      return note?.walk;
    });
    if (walk) tell(walk);
  }

  /**
   * Takes a note back: at once where it never left, else with the service, which may have it although its answer was
   * lost.
   */
  async function takeBack(id) {
    const now = await update(id, (note) => (note.isTried ? { ...note, state: "removing", problem: null } : note));
    if (now && !now.isTried) await remove(id);
  }

  /** Tries again what was refused, as when the sheet has opened since, with the code of the page as it is now. */
  async function revive({ walk, code, uploads }) {
    for (const note of await notes(walk)) {
      if (note.state !== "refused") continue;
      await update(note.id, (now) => ({ ...now, code, uploads, state: "waiting", problem: null }));
    }
  }

  // ---- Sending ----

  /** The service, or the way to it, does not answer: to be tried again, not before so many seconds. */
  class Later extends Error {
    constructor(seconds) {
      super("later");
      this.seconds = seconds;
    }
  }

  /** Posts; the answer's status, word and sentences. Throws Later for all that passes by itself. */
  async function post(address, body, patience) {
    // Not AbortSignal.timeout, which browsers of 2021 do not have.
    const abort = new AbortController();
    const alarm = setTimeout(() => abort.abort(), patience);
    let answer;
    try {
      answer = await fetch(address, {
        method: "POST", body, credentials: "same-origin", redirect: "error", signal: abort.signal,
      });
    } catch {
      throw new Later(0);
    } finally {
      clearTimeout(alarm);
    }
    if (answer.status === 429 || answer.status >= 500 || answer.status === 408) {
      throw new Later(Number(answer.headers.get("Retry-After")) || 0);
    }
    const isOurs = answer.headers.get("Content-Type")?.startsWith("application/json");
    const { state, reasons } = isOurs ? await answer.json().catch(() => ({})) : {};
    if (!state) throw new Later(60); // a page of somebody in between: a portal, a proxy
    if (state === "early") throw new Later(60);
    return { isKept: answer.ok, state, problem: (reasons ?? []).join(" ") };
  }

  const refuse = (id, problem) =>
    update(id, (now) => (now.state === "waiting" ? { ...now, state: "refused", problem } : now));

  async function sendRemoval(note) {
    const body = new URLSearchParams({ code: note.code, key: note.key });
    const answer = await post(`${note.uploads}/${note.id}/removal`, body, PATIENCE.note);
    if (answer.state === "read") await update(note.id, (now) => ({ ...now, state: "sent", problem: answer.problem }));
    else if (answer.isKept || answer.state === "absent") await remove(note.id);
    else await update(note.id, (now) => ({ ...now, state: "refused", problem: answer.problem }));
  }

  async function sendNote(id) {
    // From here on the service may have it, whatever this phone hears.
    const note = await update(id, (now) => (now.state === "waiting" ? { ...now, isTried: true } : now));
    if (note?.state !== "waiting") return;
    if (!note.isNoted) {
      const body = new URLSearchParams([...note.fields, ["code", note.code], ["id", note.id], ["key", note.key]]);
      const answer = await post(note.uploads, body, PATIENCE.note);
      if (!answer.isKept) return void (await refuse(id, answer.problem));
      if (answer.state === "taken_back") return void (await remove(id));
      await update(id, (now) => ({ ...now, isNoted: true }));
    }
    let problem = null;
    for (const photo of await photos(id)) {
      if (photo.isSent) continue;
      const body = new FormData();
      for (const [name, value] of Object.entries({ code: note.code, key: note.key, id: photo.id, alt: photo.alt })) {
        body.append(name, value);
      }
      body.append("photo", photo.blob, "photo");
      const answer = await post(`${note.uploads}/${id}/photos`, body, PATIENCE.photo);
      if (!answer.isKept && answer.state !== "absent") problem = answer.problem;
      // While the sheet is closed to this phone the photo stays here: to be sent later, or taken along as a file.
      if (!answer.isKept && !["absent", "refused"].includes(answer.state)) return void (await refuse(id, problem));
      // Until the whole note has left it can still be written anew, with its photos.
      await addPhoto({ ...photo, isSent: true });
    }
    const now = await update(id, (now) => (now.state === "waiting" ? { ...now, state: "sent", problem } : now));
    // The small pictures stay for the list.
    if (now?.state === "sent") for (const photo of await photos(id)) await addPhoto({ ...photo, blob: null });
  }

  /** Whether everything has left, whether anything has, and how many seconds the service asks to wait. */
  async function sendAll(walk) {
    for (let count = 0; ; count += 1) {
      const waiting = (await notes(walk)).filter((note) => ["waiting", "removing"].includes(note.state));
      if (!waiting.length) return { isDone: true };
      // What was never tried can still be changed in its place.
      if (!navigator.onLine) return { isDone: false };
      const note = waiting[crypto.getRandomValues(new Uint32Array(1))[0] % waiting.length];
      try {
        await (note.state === "removing" ? sendRemoval(note) : sendNote(note.id));
      } catch (error) {
        if (error instanceof Later) return { isDone: false, hasMoved: count > 0, seconds: error.seconds };
        throw error;
      }
    }
  }

  /** Sends what waits, one thing after the other, in one tab or worker at a time. */
  async function send(walk) {
    if (!navigator.locks) return sendAll(walk);
    return navigator.locks.request(
      `${DATABASE} ${walk}`, { ifAvailable: true }, (lock) => (lock ? sendAll(walk) : { isDone: true }));
  }

  return {
    open, notes, photos, draft, saveDraft, addPhoto, removePhoto, keep, bring, update, remove, takeBack, revive, send,
    channel: DATABASE,
  };
})();
