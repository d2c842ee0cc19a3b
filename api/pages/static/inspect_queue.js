// Sheets filled in without signal: kept on the phone, sent once there is signal, and only once.
// The server answers the very same sheet with what came of it the first time, so sending again is safe.
import { account, isChinese, reachable, say } from "./inspect_page.js";
import { all, get, put, remove, unsent } from "./inspect_store.js";

export async function enqueue(task, number, plates, fields, photos) {
  const entry = { id: crypto.randomUUID(), task, number, plates, account, fields, photos, state: "waiting", lines: [], at: Date.now() };
  await put("queue", entry);
  await remove("drafts", [account, task]);
}

// Back to the form: a sheet that the server did not take is corrected there.
export async function reopen(entry) {
  await put("drafts", { task: entry.task, account: entry.account, fields: entry.fields, photos: entry.photos, at: Date.now() });
  await remove("queue", entry.id);
}

// Send everything of this account that waits; `changed` is told after every step. One tab sends at a time.
export async function sendAll(changed) {
  await navigator.locks.request("dajian-inspect-send", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    const waiting = (await all("queue")).filter((entry) => entry.state === "waiting" && entry.account === account);
    if (!waiting.length || !(await reachable())) return;
    const session = await sessionOf();
    for (const { id } of waiting) {
      const entry = await get("queue", id);
      if (!entry) continue;
      Object.assign(entry, session ? await send(entry, session) : { lines: [say("sign_in_first")] });
      if (await get("queue", id)) await put("queue", entry);
      await changed();
    }
  });
}

async function sessionOf() {
  const answer = await fetch("/api/v1/session", { cache: "no-store" });
  const session = answer.ok ? await answer.json() : null;
  return session && session.account_id === account ? session : null;
}

async function send(entry, session) {
  try {
    const form = new FormData();
    for (const [name, value] of entry.fields) form.append(name, value);
    for (const photo of entry.photos) form.append("photo", `${photo.kind}:${await upload(photo, session.csrf_token)}`);
    form.set("csrf_token", session.csrf_token);
    form.set("step", "file");
    form.delete("version");
    const answer = await fetch(`/inspect/checks/${entry.task}`, { method: "POST", body: form, headers: { Accept: "application/json" } });
    if (!answer.ok) return refused(answer.status, await answer.json());
    const { conclusion } = await answer.json();
    return { state: "sent", lines: [say("conclusion", { conclusion })], fields: [], photos: [], sentAt: Date.now() };
  } catch (error) {
    return error instanceof Refused ? refused(error.status, error.problem) : { lines: [say("waiting")] };
  }
}

class Refused extends Error {
  constructor(status, problem) {
    super(String(status));
    Object.assign(this, { status, problem });
  }
}

// Upload one photo; the same file again is the same attachment. Gives its id.
export async function upload(photo, token) {
  const form = new FormData();
  form.append("file", photo.blob, photo.name);
  const answer = await fetch("/api/v1/attachments", { method: "POST", body: form, headers: { "X-CSRF-Token": token } });
  const body = await answer.json();
  if (!answer.ok) throw new Refused(answer.status, body);
  return body.id;
}

export function problemLines(problem) {
  const detail = isChinese ? problem.detail : problem.detail_en;
  const faults = (problem.faults ?? []).map((fault) => (isChinese ? fault.message_zh : fault.message_en));
  return faults.length ? faults : [detail];
}

// What an answer that is no success means for the sheet: to be corrected, too late, or to be tried again.
function refused(status, problem) {
  if (status === 409 || status === 412) return { state: "over", lines: [say("already_over"), ...problemLines(problem)] };
  if (status === 401) return { lines: [say("sign_in_first")] };
  if (status >= 500 || status === 429) return { lines: [say("fault_server")] };
  return { state: "refused", lines: problemLines(problem) };
}
