// Keeps the sheet of one walk for when there is no network: the page, as a stranger with the walk's code gets it, and
// the files it is made of. It reaches no further than that page; nothing of anybody's session is ever kept.
//
// The names of the files below become fingerprinted addresses: when one of them changes, so does this file, and browsers
// take the new one, which keeps everything anew before the old one goes. Once the walk takes nothing more it goes for good.

importScripts("./walk-queue.js");

const FILES = ["./site.css", "./icon.svg", "./walk-sheet.js", "./walk-list.js", "./walk-photos.js", "./walk-queue.js"];
const PAGE = new URL(self.registration.scope).pathname;
const WALK = PAGE.split("/")[2];
const CACHE = `${PAGE} ${FILES.join(" ")}`;
const PATIENCE = 4_000;

const ours = async () => (await caches.keys()).filter((name) => name.startsWith(`${PAGE} `));

/** Keeps the page at `address`, asked for without cookies: in it is nobody's name, and no token that grows old. */
async function keep(address, language) {
  const answer = await fetch(address, {
    credentials: "omit", cache: "no-store", headers: { "Sheet-Copy": "1", "Accept-Language": language },
  });
  if (!answer.ok || answer.redirected) return;
  const cache = await caches.open(CACHE);
  for (const old of await cache.keys()) if (new URL(old.url).pathname === PAGE) await cache.delete(old);
  await cache.put(address, answer);
}

/** The page that is kept, with its address; undefined when there is none. */
async function kept(name) {
  const cache = await caches.open(name);
  const request = (await cache.keys()).find(({ url }) => new URL(url).pathname === PAGE);
  return request && { address: request.url, answer: await cache.match(request, { ignoreVary: true }) };
}

self.addEventListener("install", (event) => event.waitUntil((async () => {
  await (await caches.open(CACHE)).addAll(FILES);
  for (const name of await ours()) {
    const page = name === CACHE ? undefined : await kept(name);
    if (page) await keep(page.address, page.answer.headers.get("Content-Language") ?? "fr");
  }
  await self.skipWaiting();
})()));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await ours()) if (name !== CACHE) await caches.delete(name);
  await self.clients.claim();
})()));

async function leave() {
  for (const name of await ours()) await caches.delete(name);
  await self.registration.unregister();
}

/** The page from the network; the one that is kept where the network says nothing in time, or nonsense. */
async function page(request) {
  const copy = (await kept(CACHE))?.answer;
  if (!copy) return fetch(request);
  if (Number(copy.headers.get("Sheet-Closes")) * 1000 < Date.now()) {
    const waiting = (await self.walkQueue.notes(WALK)).some((note) => note.state !== "sent");
    if (!waiting) {
      await leave();
      return fetch(request);
    }
  }
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const answer = await Promise.race([fetch(request).catch(() => undefined), late]);
  return !answer || answer.status >= 500 ? copy : answer;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname === PAGE) {
    event.respondWith(page(request));
  } else if (FILES.includes(url.pathname)) {
    event.respondWith(caches.match(request, { ignoreVary: true }).then((file) => file ?? fetch(request)));
  }
});

self.addEventListener("message", (event) => {
  if (event.data?.keep) event.waitUntil(keep(event.data.keep, event.data.language).catch(() => undefined));
});

// Where browsers have it: the network is back, even with no page open.
self.addEventListener("sync", (event) => event.waitUntil((async () => {
  const { isDone } = await self.walkQueue.send(WALK);
  if (!isDone) throw new Error("later");
})()));
