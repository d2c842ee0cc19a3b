// The service worker of the inspector's pages: the network first, what is kept where there is none.
const CACHE = "dajian-inspect-1";
const DATA = "/inspect/kept.json";
const WAIT_MS = 4000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && (url.pathname === "/inspect" || url.pathname.startsWith("/inspect/"))) {
    event.respondWith(page(request, url));
  } else if (url.pathname.startsWith("/static/")) {
    event.respondWith(file(event, request));
  }
});

async function page(request, url) {
  const fresh = fetch(request);
  const slow = new Promise((_, reject) => setTimeout(reject, WAIT_MS));
  try {
    const answer = await Promise.race([fresh, slow]);
    if (answer.ok && !url.search) await refresh(url.pathname, answer.clone());
    return answer;
  } catch {
    const found = await kept(url.pathname);
    if (found) return found;
    if (url.pathname !== "/inspect" && (await kept("/inspect"))) return Response.redirect("/inspect?not-kept", 302);
    return fresh;
  }
}

// A page that is kept is kept in its newest form; others are not collected on the way.
async function refresh(path, answer) {
  if (!(await caches.has(CACHE))) return;
  const cache = await caches.open(CACHE);
  if (await cache.match(path)) await cache.put(path, answer);
}

async function kept(path) {
  if (!(await caches.has(CACHE))) return null;
  const cache = await caches.open(CACHE);
  const [found, data] = [await cache.match(path), await cache.match(DATA)];
  if (!found || !data) return null;
  const { as_of: asOf, dropped_after_hours: hours } = await data.json();
  if (Date.now() - new Date(asOf).getTime() > hours * 3600_000) {
    await caches.delete(CACHE);
    return null;
  }
  const html = (await found.text()).replace("<html ", '<html data-kept="1" ');
  const headers = new Headers(found.headers);
  headers.delete("content-length");
  return new Response(html, { headers });
}

// Files are named by their content: the kept one will do, and is renewed behind it.
async function file(event, request) {
  const found = (await caches.has(CACHE)) ? await (await caches.open(CACHE)).match(request) : undefined;
  if (!found) return fetch(request);
  event.waitUntil(renew(request).catch(() => undefined));
  return found;
}

async function renew(request) {
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(CACHE)).put(request, answer);
}
