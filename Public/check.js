// "Find my ballot" in the browser: reads the whole public record of the vote, recomputes its Merkle root (RFC 6962),
// checks the signature, and looks for the receipt among the entries. The receipt never leaves the device.

const form = document.querySelector("form[data-check]");
// Hashing needs a secure context; without one the form still asks the server.
if (form && globalThis.crypto?.subtle) start(form);

const text = new TextDecoder("utf-8", { fatal: true });
const bundleWidth = 256;

function start(form) {
  const words = form.dataset;
  const answers = document.querySelector("[data-check-answers]");
  const button = form.querySelector("[data-check-here]");
  button.hidden = false;
  form.querySelector("[data-check-words]").hidden = false;

  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      show(await check(form.elements.receipt.value, words, (done, size) => say(words.reading, { done, size })));
    } catch (error) {
      show([{ good: false, text: error instanceof Refused ? error.message : words.failed }]);
    } finally {
      button.disabled = false;
    }
  });

  function say(template, values) {
    const line = document.createElement("p");
    line.textContent = sentence(template, values);
    answers.replaceChildren(line);
  }

  function show(found) {
    answers.replaceChildren(...found.map((answer) => {
      const box = document.createElement("div");
      box.className = answer.good ? "notice" : "notice bad";
      const line = document.createElement("p");
      const status = document.createElement("span");
      status.className = answer.good ? "status good" : "status bad";
      status.textContent = answer.good ? words.good : words.bad;
      line.append(status, " ", answer.text);
      box.append(line);
      return box;
    }));
  }
}

/** What the reader can put right; its message is shown. */
class Refused extends Error {}

/** Everything that can be said about this receipt or tracker, in order. */
async function check(typed, words, progress) {
  const asked = read(typed);
  if (!asked) throw new Refused(words.unreadable);
  const base = words.check;
  const checkpoint = note(await fetchText(`${base}/checkpoint`));
  const [origin, sizeLine, rootLine] = checkpoint.text.split("\n");
  if (asked.origin && asked.origin !== origin) throw new Refused(words.otherVote);
  const size = Number(sizeLine);
  const entries = await readEntries(base, size, progress);

  const found = [];
  const add = (good, template, values = {}) => found.push({ good, text: sentence(template, values) });
  const plain = new Intl.NumberFormat(document.documentElement.lang);

  const root = await rootOf(await Promise.all(entries.map((entry) => hash(0, entry))));
  const isRoot = base64(root) === rootLine;
  add(isRoot, isRoot ? words.root : words.rootBad, { size: plain.format(size) });

  const key = await verifierKey((await fetchText(`${base}/key`)).trim());
  const signed = await isSigned(checkpoint, key);
  if (signed === null) add(true, words.signatureUnknown);
  else add(signed, signed ? words.signature : words.signatureBad);

  const parsed = entries.map((entry) => JSON.parse(text.decode(entry)));
  if (asked.credential) {
    const isMine = (entry) => entry.kind === "ballot.sealed" && entry.credential === asked.credential;
    const at = parsed.findIndex((entry) => isMine(entry) && entry.envelope === asked.envelope);
    add(at >= 0, at >= 0 ? words.included : words.notIncluded, { entry: plain.format(at) });
    const last = parsed.findLast(isMine);
    if (at >= 0 && last && last.envelope !== asked.envelope) {
      add(true, words.replaced);
      return found;
    }
  }

  const opened = parsed.find((entry) => entry.kind === "ballot.opened" && entry.tracker === asked.tracker);
  if (opened) {
    const definition = JSON.parse(await fetchText(`${base}/definition.json`));
    const choices = describe(opened.choices, definition);
    add(true, choices ? words.found : words.foundBlank, { choices });
  } else if (parsed.some((entry) => entry.kind === "ballot.opened")) {
    add(false, words.notFound);
  } else {
    add(true, words.notYet);
  }
  return found;
}

// ---- What was typed

/** A whole receipt (origin, credential, envelope, tracker, signed) or a tracker alone; null for anything else. */
function read(typed) {
  const lines = typed.replaceAll("\r", "").trim().split("\n").map((line) => line.trim());
  if (lines.length === 1) {
    const tracker = readTracker(lines[0]);
    return tracker && { tracker };
  }
  const tracker = readTracker(lines[3] ?? "");
  if (!tracker || !/^[0-9a-f]{32}$/.test(lines[1]) || !/^[0-9a-f]{64}$/.test(lines[2])) return null;
  return { origin: lines[0], credential: lines[1], envelope: lines[2], tracker };
}

/** A tracker as published, `XXXX-XXXX-XXXX-XXXX`: case, blanks and hyphens do not matter, nor do look-alikes. */
function readTracker(typed) {
  const letters = typed.toUpperCase().replace(/[\s-]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
  return /^[0-9A-HJKMNP-TV-Z]{16}$/.test(letters) ? letters.match(/.{4}/g).join("-") : null;
}

// ---- The record (c2sp.org: tlog-tiles, tlog-checkpoint, signed-note)

async function fetchBytes(path) {
  const answer = await fetch(path, { cache: path.endsWith("checkpoint") ? "no-store" : "default" });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

async function fetchText(path) {
  return text.decode(await fetchBytes(path));
}

/** All entries of a log of this size, from its bundles. */
async function readEntries(base, size, progress) {
  const entries = [];
  for (let index = 0; entries.length < size; index += 1) {
    progress(entries.length, size);
    const width = Math.min(bundleWidth, size - entries.length);
    const partial = width < bundleWidth ? `.p/${width}` : "";
    const bytes = await fetchBytes(`${base}/tile/entries/${tilePath(index)}${partial}`);
    const view = new DataView(bytes.buffer);
    let position = 0;
    for (let count = 0; count < width; count += 1) {
      const length = view.getUint16(position);
      if (position + 2 + length > bytes.length) throw new Error("a bundle ends too early");
      entries.push(bytes.subarray(position + 2, position + 2 + length));
      position += 2 + length;
    }
    if (position !== bytes.length) throw new Error("a bundle is too long");
  }
  return entries;
}

/** The number of a tile as its path: groups of three digits, all but the last with an x before them. */
function tilePath(index) {
  const groups = [String(index % 1000).padStart(3, "0")];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, "0")}`);
  }
  return groups.join("/");
}

/** The text of a signed note, with its last line end, and its signatures. */
function note(all) {
  const end = all.lastIndexOf("\n\n");
  if (end < 0) throw new Error("not a signed note");
  const signatures = all.slice(end + 2).trimEnd().split("\n").map((line) => {
    const [, name, value] = line.match(/^— (\S+) (\S+)$/) ?? [];
    return { name, bytes: value ? unbase64(value) : new Uint8Array() };
  });
  return { text: all.slice(0, end + 1), signatures };
}

/** A key in `vkey` form: name, identifier, and the bytes of an Ed25519 key after their type. */
async function verifierKey(line) {
  const [name, identifier, ...rest] = line.split("+");
  const bytes = unbase64(rest.join("+"));
  if (bytes[0] !== 1 || bytes.length !== 33) throw new Error("not an Ed25519 key");
  return { name, identifier, bytes: bytes.subarray(1) };
}

/** Whether the key signed the note; null when this browser does not know Ed25519. */
async function isSigned(checkpoint, key) {
  let known;
  try {
    known = await crypto.subtle.importKey("raw", key.bytes, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    return null;
  }
  const message = new TextEncoder().encode(checkpoint.text);
  for (const { name, bytes } of checkpoint.signatures) {
    if (name !== key.name || hex(bytes.subarray(0, 4)) !== key.identifier) continue;
    if (await crypto.subtle.verify({ name: "Ed25519" }, known, bytes.subarray(4), message)) return true;
  }
  return false;
}

// ---- The tree (RFC 6962, section 2.1)

/** SHA-256 over a prefix byte, 0 for an entry and 1 for a node, and what follows. */
async function hash(prefix, ...parts) {
  const bytes = new Uint8Array(1 + parts.reduce((sum, part) => sum + part.length, 0));
  bytes[0] = prefix;
  let position = 1;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** The root over leaf hashes: pairs are joined level by level, and what is left over at the end rises unchanged. */
async function rootOf(leaves) {
  if (leaves.length === 0) return new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array()));
  let level = leaves;
  while (level.length > 1) {
    const pairs = [];
    for (let index = 0; index + 1 < level.length; index += 2) pairs.push(hash(1, level[index], level[index + 1]));
    const next = await Promise.all(pairs);
    if (level.length % 2 === 1) next.push(level.at(-1));
    level = next;
  }
  return level[0];
}

// ---- Words

/** The choices of an opened ballot with the projects' numbers and titles; "" for a blank one. */
function describe(choices, definition) {
  const language = document.documentElement.lang;
  const name = (id) => {
    const project = definition.projects.find((project) => project.id === id);
    return project ? `${project.number}. ${project.title[language] ?? Object.values(project.title)[0]}` : id;
  };
  const lines = Array.isArray(choices)
    ? choices.map(name)
    : Object.entries(choices ?? {}).map(([id, value]) => `${name(id)} – ${value}`);
  return lines.join(" ; ");
}

function sentence(template, values) {
  return template.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all));
}

function base64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}

function unbase64(value) {
  return Uint8Array.from(atob(value), (letter) => letter.charCodeAt(0));
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
