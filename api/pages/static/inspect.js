// The inspector's pages: what is kept for places without signal, and how old it is; each page's own part.
// Every page works without this file too, with signal.
import { canScan, scan } from "./inspect_camera.js";
import { forget, keep, keptData } from "./inspect_keep.js";
import { watchSignOut } from "./inspect_leave.js";
import { account, ageHours, ageText, ask, badge, frame, make, momentText, reachable, say, tell } from "./inspect_page.js";
import { reopen, sendAll } from "./inspect_queue.js";
import { dropDraft, startSheet } from "./inspect_sheet.js";
import { all, remove, unsent } from "./inspect_store.js";
import { verify } from "./inspect_verify.js";

const EVERY_MS = 30_000;
const KEEP_EVERY_HOURS = 0.2;
const isKept = "kept" in document.documentElement.dataset;
const queue = document.getElementById("queue");
const BADGES = { genuine: "passes", awaiting_check: "conditional", unreadable: "unknown", cannot_verify: "unknown" };

// How old what is shown is, and that there is no signal

function showState() {
  const bar = document.getElementById("inspect-state");
  const { asOf, oldAfter } = frame.dataset;
  const offline = isKept || !navigator.onLine;
  const old = ageHours(asOf) > Number(oldAfter);
  bar.hidden = !offline && !old;
  bar.className = `inspect-state${old ? " inspect-old" : ""}`;
  const parts = [say("as_of", { at: momentText(asOf), age: ageText(asOf) })];
  if (offline) parts.unshift(say("offline"));
  if (old) parts.push(say("old"));
  bar.textContent = parts.join(" · ");
}

// Keep what the next place without signal will need; data of another account goes first.
async function keepIfDue(now = false) {
  const kept = await keptData();
  if (kept && kept.account !== account) await forget();
  const language = document.documentElement.lang;
  const fresh = kept && kept.account === account && ageHours(kept.as_of) < KEEP_EVERY_HOURS && localStorage.getItem("dajian-inspect-language") === language;
  if (fresh && !now) return;
  await keep();
  localStorage.setItem("dajian-inspect-language", language);
}

// Sheets that wait

async function showCount() {
  const own = (await all("queue")).filter((entry) => entry.account === account && unsent(entry));
  const count = document.getElementById("inspect-count");
  count.hidden = !own.length;
  count.textContent = own.length;
  for (const mark of document.querySelectorAll("[data-draft]")) {
    const waits = own.some((entry) => entry.task === mark.dataset.draft);
    mark.hidden = !waits;
    mark.textContent = waits ? say("unsent") : "";
  }
  if (queue) await showQueue();
}

async function showQueue() {
  const entries = (await all("queue")).sort((a, b) => b.at - a.at);
  const own = entries.filter((entry) => entry.account === account);
  const others = entries.length - own.length;
  const list = make("ul", { class: "inspect-list" }, ...own.map(shownEntry));
  const send = make("button", { type: "button", class: "button inspect-wide", onclick: () => send_() }, say("send_now"));
  queue.replaceChildren(
    ...(own.length ? [list] : [make("p", { class: "panel" }, say("queue_empty"))]),
    ...(own.some((entry) => entry.state === "waiting") ? [send] : []),
    ...(others ? [make("p", { class: "muted" }, say("other_account", { n: others }))] : []),
  );
  const kept = await keptData();
  if (kept) {
    const list_ = kept.revocations_issued_at;
    document.getElementById("kept").textContent = say("kept_pages", { n: kept.pages.length, at: momentText(kept.as_of), list: momentText(list_) });
  }
}

async function send_() {
  if (await reachable()) await sendAll(showCount);
  else await tell(say("send_now"), say("no_signal"));
}

function shownEntry(entry) {
  const state = { waiting: ["conditional", "waiting"], sent: ["passes", "sent"], refused: ["blocked", "refused"], over: ["blocked", "already_over"] }[entry.state];
  const drop = async () => {
    if (entry.state !== "sent") {
      const buttons = [["no", say("cancel"), "second"], ["yes", say("discard")]];
      if ((await ask(say("discard"), [make("p", {}, say("discard_sure"))], buttons)) !== "yes") return;
    }
    await remove("queue", entry.id);
    await showCount();
  };
  const open = async () => {
    await reopen(entry);
    window.location.assign(`/inspect/checks/${entry.task}`);
  };
  return make(
    "li",
    { class: "panel", "data-state": entry.state },
    make("p", { class: "inspect-plates" }, entry.plates),
    make("p", {}, entry.state === "over" ? badge("blocked", say("over")) : badge(state[0], say(state[1])), ` ${entry.number} · ${say("saved_at", { at: momentText(entry.at) })}`),
    ...entry.lines.map((line) => make("p", {}, line)),
    make(
      "div",
      { class: "inspect-row" },
      entry.state === "refused" || entry.state === "waiting" ? make("button", { type: "button", class: "button small", onclick: open }, say("reopen")) : null,
      make("button", { type: "button", class: "button second small", onclick: drop }, say("discard")),
    ),
  );
}

// Looking up without signal

async function lookUpKept(asked) {
  const place = document.getElementById("lookup-result");
  const kept = await keptData();
  if (!kept) return place.replaceChildren(make("p", { class: "panel" }, say("lookup_missing")));
  if (asked.toUpperCase().includes("DJ1:")) return place.replaceChildren(shownCode(await verify(asked.trim(), kept, Date.now()), kept));
  const wanted = asked.trim().toUpperCase();
  const found = kept.permits.filter((one) => one.number === wanted || one.plates.split(" ").includes(wanted));
  const links = found.map((one) => make("li", { class: "panel" }, make("a", { href: `/inspect/permits/${one.number}`, class: "inspect-plates" }, one.plates), make("p", {}, one.number)));
  if (!links.length) return place.replaceChildren(make("p", { class: "panel" }, say("lookup_missing")));
  return place.replaceChildren(make("h2", {}, say("found_kept")), make("ul", { class: "inspect-list" }, ...links));
}

function shownCode({ outcome, record, list, listIssuedAt, reason }, kept) {
  const panel = make("section", { class: "panel block", "data-outcome": outcome }, make("h2", {}, say("verified_offline")));
  if (outcome === "cannot_verify") {
    panel.append(make("p", {}, badge("unknown", say("cannot_verify"))));
    return panel;
  }
  // Without a list that is current nothing is green: it may have been revoked.
  const state = outcome === "genuine" && list !== "current" ? "conditional" : BADGES[outcome] ?? "blocked";
  panel.append(make("p", {}, badge(state, kept.outcomes[outcome])));
  if (reason) panel.append(make("p", {}, reason));
  if (record) {
    const note = { missing: "list_missing", outdated: "list_old", not_yet_issued: "clock" }[list];
    if (note) panel.append(make("p", { class: "notice notice-blocked" }, say(note)));
    panel.append(factsOf(record));
  }
  const listed = listIssuedAt ? ` · ${momentText(listIssuedAt - 8 * 3600_000)}` : "";
  panel.append(make("p", { class: "muted" }, say("as_of", { at: momentText(kept.as_of), age: ageText(kept.as_of) }) + listed));
  return panel;
}

function factsOf(record) {
  const { size } = record;
  const pairs = [
    [say("number"), record.number],
    [say("plates"), record.plates.join(" ")],
    [say("status"), record.status.text],
    [say("vehicle_class"), record.vehicleClass.text],
    [say("valid"), `${record.validFrom} – ${record.validUntil}`],
    [say("size"), `${size.length_mm} × ${size.width_mm} × ${size.height_mm} mm`],
    [say("mass"), `${size.gross_mass_kg} kg`],
    [say("conditions"), record.conditions.map((one) => one.text).join("；")],
  ];
  return make("dl", { class: "pairs" }, ...pairs.filter(([, value]) => value).map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
}

function startLookUp(form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await reachable()) form.submit();
    else await lookUpKept(form.elements.q.value);
  });
  const button = document.getElementById("scan");
  if (!canScan()) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = await scan(button.textContent);
    if (text === null) return;
    form.elements.q.value = text;
    form.requestSubmit();
  });
}

function startQueuePage() {
  const [now, drop] = [document.getElementById("keep-now"), document.getElementById("forget")];
  now.hidden = drop.hidden = false;
  now.addEventListener("click", () => keepIfDue(true).then(showCount).catch(() => tell(now.textContent, say("kept_fault"))));
  drop.addEventListener("click", () => forget().then(() => window.location.reload()));
}

async function start() {
  showState();
  for (const name of ["online", "offline"]) window.addEventListener(name, showState);
  watchSignOut();
  if ("serviceWorker" in navigator) await navigator.serviceWorker.register("/inspect/worker.js", { scope: "/inspect" });
  const sheet = document.getElementById("sheet");
  if (sheet) await startSheet(sheet);
  const lookUp = document.getElementById("lookup");
  if (lookUp) startLookUp(lookUp);
  const over = document.querySelector("[data-over]");
  if (over) await dropDraft(over.dataset.over);
  if (queue) startQueuePage();
  await showCount();
  const send = () => sendAll(showCount).catch(() => undefined);
  window.addEventListener("online", send);
  setInterval(() => {
    showState();
    send();
  }, EVERY_MS);
  await send();
  if (!isKept && (await reachable())) await keepIfDue().then(showCount).catch(() => undefined);
  document.documentElement.dataset.inspect = "ready";
}

start();
