// Pages, files, public keys and the revocation list kept for places without signal (Cache Storage).
export const CACHE = "dajian-inspect-1";
const DATA = "/inspect/kept.json";
const AT_ONCE = 4; // pages fetched side by side

// Fetch everything anew; what is no longer wanted goes. Gives the data, or throws and leaves what was there.
export async function keep() {
  const answer = await fetch(DATA, { cache: "no-store" });
  if (!answer.ok || answer.redirected) throw new Error(`${DATA}: ${answer.status}`);
  const data = await answer.clone().json();
  const cache = await caches.open(CACHE);
  const paths = [...data.files, ...data.pages];
  while (paths.length) await Promise.all(paths.splice(0, AT_ONCE).map((path) => take(cache, path)));
  await cache.put(DATA, answer);
  const wanted = new Set([DATA, ...data.files, ...data.pages]);
  for (const request of await cache.keys()) {
    if (!wanted.has(new URL(request.url).pathname)) await cache.delete(request);
  }
  return data;
}

async function take(cache, path) {
  const page = await fetch(path, { headers: { Accept: "text/html" } });
  if (page.ok && !page.redirected) await cache.put(path, page);
}

export async function keptData() {
  if (!("caches" in window) || !(await caches.has(CACHE))) return null;
  const found = await (await caches.open(CACHE)).match(DATA);
  return found ? found.json() : null;
}

// Whether the server answers now; a phone that says it is connected may still have no signal.
export async function reachable() {
  if (!navigator.onLine) return false;
  try {
    return (await fetch("/health", { cache: "no-store", signal: AbortSignal.timeout(4000) })).ok;
  } catch {
    return false;
  }
}

export async function forget() {
  if ("caches" in window) await caches.delete(CACHE);
}
