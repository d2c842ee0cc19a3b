// The planning pages: the drawing follows what is typed, places are suggested and picked on the map, advice is fetched
// while the routes are read. All of it works without this file too, with buttons and links.

const WAIT_MS = 250;

function after(pause, work) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...values), pause);
  };
}

async function fetchPart(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.text();
}

// --- The form ---

const form = document.getElementById("plan-form");

/** Put the fault of a field beside it, or take it away. */
function tell(name, fault) {
  const input = form.elements.namedItem(name);
  const field = input && input.closest(".field");
  if (!field) return;
  const id = `f-${name}-fault`;
  let said = document.getElementById(id);
  field.classList.toggle("field-wrong", Boolean(fault));
  if (!fault) {
    if (said) said.remove();
    input.removeAttribute("aria-invalid");
    return;
  }
  if (!said) {
    said = document.createElement("p");
    said.className = "fault";
    said.id = id;
    input.before(said);
  }
  said.textContent = `✗ ${fault}`;
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", [input.getAttribute("aria-describedby"), id].filter((one, at, all) => one && all.indexOf(one) === at).join(" "));
}

function followVehicle() {
  const part = document.getElementById("plan-vehicle");
  const said = document.getElementById("plan-said");
  const fields = document.getElementById("plan-vehicle-fields");
  let latest = 0;

  async function update() {
    const turn = ++latest;
    const typed = new URLSearchParams();
    for (const one of fields.querySelectorAll("input[name], select[name]")) typed.set(one.name, one.value);
    part.setAttribute("aria-busy", "true");
    try {
      const html = await fetchPart(`/plan/vehicle?${typed}`);
      if (turn !== latest) return;
      const open = part.querySelector(".plan-cost")?.open;
      part.innerHTML = html;
      if (open && part.querySelector(".plan-cost")) part.querySelector(".plan-cost").open = true;
      const faults = JSON.parse(part.querySelector(".plan-faults").textContent);
      for (const one of fields.querySelectorAll("input[name], select[name]")) tell(one.name, faults[one.name]);
      said.textContent = part.querySelector(".plan-class")?.textContent.trim().replace(/\s+/g, " ") ?? "";
    } catch {
      if (turn === latest) said.textContent = part.dataset.failed;
    }
    if (turn === latest) part.removeAttribute("aria-busy");
  }
  fields.addEventListener("input", after(WAIT_MS, update));
}

/** The input of a place, and the hidden field with the point chosen for its text. */
function place(name) {
  const text = form.elements.namedItem(name);
  const frame = text && text.closest("[data-place]");
  if (!frame) return null;
  return {
    text,
    frame,
    choose(said, at) {
      for (const one of frame.querySelectorAll(".choices")) one.remove();
      let hidden = frame.querySelector(`input[type="hidden"]`);
      if (!hidden) {
        hidden = document.createElement("input");
        hidden.type = "hidden";
        hidden.name = `${name}_at`;
        frame.append(hidden);
      }
      text.value = said;
      hidden.value = `${at}|${said}`;
      tell(name, "");
    },
    get at() {
      const hidden = frame.querySelector(`input[type="hidden"]`);
      const [at, meant] = (hidden?.value ?? "").split("|");
      return meant === text.value && at.includes(",") && !Number.isNaN(Number(at.split(",")[0])) ? at.split(",").map(Number) : null;
    },
  };
}

function followPlaces() {
  const frames = [...form.querySelectorAll("[data-place]")];
  let current = frames.find((one) => !one.querySelector("input").value)?.dataset.place ?? "end";
  const hint = document.getElementById("plan-pick");
  const stops = () => ["start", "via1", "via2", "via3", "via4", "end"].map((name) => place(name)?.at).filter(Boolean);

  function choose(name) {
    current = name;
    const label = form.querySelector(`label[for="f-${name}"]`);
    if (hint && label) hint.textContent = `${hint.dataset.text}${label.firstChild.textContent.trim()}`;
  }

  function show() {
    const all = stops();
    const labelled = all.map(([lon, lat], at) => ({ lon, lat, label: at === 0 ? "A" : at === all.length - 1 ? "B" : String(at) }));
    document.dispatchEvent(new CustomEvent("route-map:show", { detail: { stops: labelled } }));
  }

  const suggest = after(WAIT_MS, async (name) => {
    const one = place(name);
    if (!one.text.value.trim() || one.at) return;
    try {
      const list = document.getElementById(`list-${name}`);
      list.innerHTML = await fetchPart(`/plan/places?q=${encodeURIComponent(one.text.value.trim())}`);
    } catch { /* the server looks again when the form is sent */ }
  });

  for (const frame of frames) {
    const name = frame.dataset.place;
    const input = frame.querySelector("input");
    input.addEventListener("focus", () => choose(name));
    input.addEventListener("input", () => {
      const option = [...document.getElementById(`list-${name}`).options].find((one) => one.value === input.value);
      if (option && name !== "avoid") {
        place(name).choose(input.value, option.dataset.at);
        show();
      } else suggest(name);
    });
  }
  document.addEventListener("route-map:pick", (event) => {
    const { lon, lat } = event.detail;
    const name = current === "avoid" ? "area" : current;
    place(name)?.choose(`${lon.toFixed(5)}, ${lat.toFixed(5)}`, `${lon.toFixed(6)},${lat.toFixed(6)}`);
    show();
    if (name === "start" && !place("end").text.value) choose("end");
  });
}

// --- The answer ---

/** What would help takes seconds: it comes while the routes are read. */
async function fetchAdvice(part) {
  part.querySelector(".plan-working").hidden = false;
  part.querySelector(".plan-pending .button").hidden = true;
  part.setAttribute("aria-busy", "true");
  try {
    part.innerHTML = await fetchPart(part.dataset.advice);
    for (const button of part.querySelectorAll("button[data-finding]")) button.hidden = false;
    const points = JSON.parse(part.querySelector(".plan-points").textContent);
    document.dispatchEvent(new CustomEvent("route-map:show", { detail: { points } }));
  } catch {
    part.querySelector(".plan-working").textContent = part.dataset.failed;
    part.querySelector(".plan-pending .button").hidden = false;
  }
  part.removeAttribute("aria-busy");
  part.dataset.done = "yes";
}

/** Routes can take many seconds: say so once, and send the question once. */
function sayWorking() {
  const working = document.getElementById("plan-working");
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (event.submitter?.id !== "plan-ask") return;
    if (sent) event.preventDefault();
    sent = true;
    working.hidden = false;
    event.submitter.setAttribute("aria-disabled", "true");
  });
  // Back in the history, the page is as it was left.
  window.addEventListener("pageshow", () => {
    sent = false;
    working.hidden = true;
    document.getElementById("plan-ask").removeAttribute("aria-disabled");
  });
}

if (form) {
  followVehicle();
  if (document.getElementById("plan-ask")) sayWorking();
  if (form.querySelector("[data-place]")) followPlaces();
}
const advice = document.querySelector("#plan-reasons[data-advice]");
if (advice) fetchAdvice(advice);
const shown = new URLSearchParams(window.location.search).get("route");
if (shown) document.dispatchEvent(new CustomEvent("route-map:choose", { detail: { rank: Number(shown) } }));
document.addEventListener("route-map:chosen", (event) => {
  const link = document.querySelector(`a[data-route="${event.detail.rank}"]`);
  if (link) window.location.assign(link.href);
});
