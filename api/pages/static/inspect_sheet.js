// The check sheet on a phone: step by step, compared as it is filled in, never lost, filed now or when there is signal.
// The comparison only shows beforehand what the server decides; it reads the server's own limits.
import { account, ask, badge, make, reachable, say, tell } from "./inspect_page.js";
import { enqueue, problemLines, upload } from "./inspect_queue.js";
import { get, put, remove } from "./inspect_store.js";

const PHONE = window.matchMedia("(max-width: 40rem)");
const LISTS = { axle_load: "axle_loads_seen", axle_spacing: "axle_spacings_seen" };
const data = JSON.parse(document.getElementById("inspect-check")?.textContent ?? "null");
const limits = new Map((data?.limits ?? []).map((limit) => [limit.item, limit]));
let photos = [];

export async function startSheet(form) {
  if (form.dataset.fresh) await restore(form);
  form.addEventListener("input", () => {
    show(form);
    later(form);
  });
  form.addEventListener("change", (event) => takePhotos(form, event.target));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(form).catch((error) => tell(form.dataset.title, String(error)));
  });
  window.addEventListener("pagehide", () => save(form));
  startSteps(form);
  startLocating(form);
  show(form);
  form.dataset.ready = "1";
}

// Within, beyond, or null where nothing whole was typed: the rule of api/permits/check_limits.py.
export function holds(limit, text) {
  if (!/^\d{1,8}$/.test(text.trim())) return null;
  const value = Number(text);
  return value <= limit.highest && (limit.lowest === null || value >= limit.lowest);
}

function show(form) {
  for (const input of form.querySelectorAll("[data-item]")) {
    const verdict = holds(limits.get(input.dataset.item), input.value);
    const place = document.getElementById(`${input.id}-state`);
    place.replaceChildren(...(verdict === null ? [] : [badge(verdict ? "passes" : "blocked", say(verdict ? "measured_ok" : "differs"))]));
  }
  const loads = [...form.querySelectorAll('[name^="axle_load_"]')].map((input) => Number(input.value) || 0);
  const sum = loads.reduce((total, load) => total + load, 0);
  document.getElementById("axle-sum").textContent = sum ? sum.toLocaleString("en-US") : "–";
}

// Drafts

let timer = 0;
function later(form) {
  clearTimeout(timer);
  timer = setTimeout(() => save(form), 300);
}

const fieldsOf = (form) => [...new FormData(form)].filter(([, value]) => typeof value === "string");

async function save(form) {
  if (form.dataset.done) return;
  await put("drafts", { task: data.task, account, fields: fieldsOf(form), photos, at: Date.now() });
}

async function restore(form) {
  const draft = await get("drafts", [account, data.task]);
  if (!draft) return;
  for (const [name, value] of draft.fields) {
    if (["csrf_token", "step", "version"].includes(name)) continue;
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "radio") field.checked = field.value === value;
      else if (field.type !== "file") field.value = value;
    }
  }
  photos = draft.photos;
  for (const kind of new Set(photos.map((photo) => photo.kind))) showPhotos(form, kind);
  document.getElementById("draft-state").textContent = say("draft_restored");
}

// Photos

function takePhotos(form, input) {
  if (input.type !== "file") return;
  for (const file of input.files) photos.push({ kind: input.dataset.kind, name: file.name, blob: file });
  input.value = "";
  showPhotos(form, input.dataset.kind);
  later(form);
}

function showPhotos(form, kind) {
  const thumbs = photos.filter((photo) => photo.kind === kind).map((photo) => {
    const drop = () => {
      photos = photos.filter((one) => one !== photo);
      showPhotos(form, kind);
      later(form);
    };
    const button = make("button", { type: "button", class: "quiet", "aria-label": say("photo_remove"), onclick: drop }, "✕");
    return make("li", {}, make("img", { src: URL.createObjectURL(photo.blob), alt: photo.name }), button);
  });
  form.querySelector(`[data-thumbs="${kind}"]`).replaceChildren(...thumbs);
}

// Steps: one part at a time on a phone

function startSteps(form) {
  const steps = [...form.querySelectorAll(".inspect-step")];
  const [back, on, send] = ["step-back", "step-on", "sheet-send"].map((id) => document.getElementById(id));
  const progress = document.getElementById("sheet-progress");
  let at = Math.max(steps.findIndex((step) => step.querySelector(".field-wrong")), 0);
  const draw = () => {
    const small = PHONE.matches;
    steps.forEach((step, n) => (step.hidden = small && n !== at));
    back.hidden = !small || at === 0;
    on.hidden = !small || at === steps.length - 1;
    send.hidden = small && at !== steps.length - 1;
    progress.hidden = !small;
    progress.textContent = say("step", { n: at + 1, of: steps.length, title: steps[at].dataset.title });
  };
  const move = (by) => {
    at = Math.min(Math.max(at + by, 0), steps.length - 1);
    draw();
    progress.scrollIntoView();
  };
  back.addEventListener("click", () => move(-1));
  on.addEventListener("click", () => move(1));
  PHONE.addEventListener("change", draw);
  draw();
}

function startLocating(form) {
  const button = document.getElementById("locate");
  if (!("geolocation" in navigator) || !window.isSecureContext) return;
  button.hidden = false;
  const taken = ({ coords }) => {
    form.elements.longitude.value = coords.longitude.toFixed(6);
    form.elements.latitude.value = coords.latitude.toFixed(6);
    later(form);
  };
  const failed = () => tell(button.textContent, say("place_fault"));
  button.addEventListener("click", () => navigator.geolocation.getCurrentPosition(taken, failed, { enableHighAccuracy: true, timeout: 15_000 }));
}

// Filing

async function submit(form) {
  const button = document.getElementById("sheet-send");
  button.disabled = true;
  try {
    await save(form);
    if (await reachable()) await sendNow(form);
    else await keepForLater(form);
  } finally {
    button.disabled = false;
  }
}

// With signal the server compares and asks once more: photos go first, then the form itself.
async function sendNow(form) {
  const progress = document.getElementById("draft-state");
  for (const [n, photo] of photos.entries()) {
    progress.textContent = say("uploading", { n: n + 1, of: photos.length });
    try {
      const id = await upload(photo, form.elements.csrf_token.value);
      form.append(make("input", { type: "hidden", name: "photo", value: `${photo.kind}:${id}` }));
    } catch (error) {
      progress.textContent = "";
      if (!error.problem) return keepForLater(form);
      return tell(photo.name, ...problemLines(error.problem));
    }
  }
  for (const input of form.querySelectorAll('[type="file"]')) input.disabled = true;
  form.submit();
}

async function keepForLater(form) {
  const { differs, missing, faults } = look(form);
  const title = say("file_kept");
  if (faults.length) return tell(title, ...faults);
  const lines = [differs.length ? `${say("differs")}: ${differs.join("；")}` : say("no_preview")];
  if (missing.length) lines.push(`${say("left_out")}: ${missing.join("、")}`);
  // What is missing keeps a sheet from being filed, unless a difference was found: as on the server.
  if (missing.length && !differs.length) return tell(title, ...lines);
  const body = [...lines, say("photo_count", { n: photos.length }), say("file_kept_text")].map((line) => make("p", {}, line));
  const answer = await ask(title, body, [["no", say("cancel"), "second"], ["yes", say("keep")]]);
  if (answer !== "yes") return null;
  form.dataset.done = "1";
  await enqueue(data.task, data.number, form.dataset.plates, fieldsOf(form), photos);
  window.location.assign("/inspect/queue");
  return null;
}

// What can be told of a sheet on the phone: differences, what was left out, and what can never be filed.
export function look(form) {
  const values = Object.fromEntries(fieldsOf(form));
  const text = (name) => (values[name] ?? "").trim();
  const label = (field) => (field.labels?.[0] ?? field.closest("fieldset").querySelector("legend")).textContent.replace(/\s+/g, " ").trim();
  const [differs, missing, faults] = [[], [], []];
  for (const field of form.querySelectorAll("[data-item]")) {
    const list = LISTS[field.dataset.item.split(".")[0]];
    if (list && text(list)) continue;
    const verdict = holds(limits.get(field.dataset.item), field.value);
    if (verdict === null) missing.push(label(field));
    else if (!verdict) differs.push(`${label(field)} ${field.value}`);
  }
  for (const group of form.querySelectorAll(".inspect-agrees")) {
    const [first] = group.querySelectorAll('[type="radio"]');
    const answer = text(first.name);
    const name = group.querySelector("legend").textContent.replace(/\s+/g, " ").trim();
    if (!answer) (first.name.endsWith("_same") ? faults : missing).push(first.name.endsWith("_same") ? `${name}: ${say("left_out")}` : name);
    else if (answer === "no") differs.push(name);
  }
  for (const field of form.querySelectorAll("[data-least]")) {
    if (!text(field.name)) missing.push(label(field));
    else if (Number(field.value) < Number(field.dataset.least)) differs.push(label(field));
  }
  for (const field of form.querySelectorAll("[required]")) {
    if (!text(field.name)) faults.push(`${label(field)}: ${say("left_out")}`);
  }
  const certificates = [text("officer_certificate_1"), text("officer_certificate_2")];
  if (certificates[0] === certificates[1]) faults.push(say("too_few_officers"));
  return { differs, missing, faults };
}

export async function dropDraft(task) {
  await remove("drafts", [account, task]);
}
