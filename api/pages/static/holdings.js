// While a network is being made its progress is asked for again, less and less often; without scripts a reload does it.
const SECTIONS = ["progress", "in-force", "files"];
const FIRST_MS = 3000;
const LONGEST_MS = 20000;
const LAST_AFTER_MS = 60 * 60 * 1000;
const until = Date.now() + LAST_AFTER_MS;

function isOpen() {
  return document.getElementById("progress")?.hasAttribute("data-open") ?? false;
}

// What somebody has opened, or is typing into, stays as it is.
function isInUse(section) {
  return section.contains(document.activeElement) || section.querySelector("details[open]") !== null;
}

function replaceFrom(page) {
  if (!page.getElementById("progress")) location.reload(); // the page of one file: nothing is open any more
  for (const id of SECTIONS) {
    const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
    if (old && fresh && old.innerHTML !== fresh.innerHTML && !isInUse(old)) old.replaceWith(document.adoptNode(fresh));
  }
}

async function ask() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  replaceFrom(new DOMParser().parseFromString(await answer.text(), "text/html"));
}

async function follow(pause) {
  await new Promise((resolve) => setTimeout(resolve, pause));
  if (!isOpen() || Date.now() > until) return;
  if (document.visibilityState === "visible") await ask().catch(() => undefined);
  await follow(Math.min(pause * 1.2, LONGEST_MS));
}

if (isOpen()) follow(FIRST_MS);
