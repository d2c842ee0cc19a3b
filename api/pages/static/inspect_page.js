// What all parts of the inspector's pages share: words, the dialog, ages of data, whether there is signal.
export { reachable } from "./inspect_keep.js";

const words = JSON.parse(document.getElementById("inspect-words").textContent);
export const frame = document.getElementById("inspect");
export const account = frame.dataset.account;
export const isChinese = document.documentElement.lang === "zh-CN";

// A message with values where it has {names}.
export function say(name, values = {}) {
  return words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") node.addEventListener("click", value);
    else if (value !== false && value !== null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

// A badge as the server writes it: sign, words and colour together.
export function badge(state, text) {
  const sign = { passes: "✓", conditional: "!", unknown: "?", blocked: "✗" }[state] ?? "•";
  return make("span", { class: `badge badge-${state}` }, make("span", { class: "badge-sign", "aria-hidden": "true" }, sign), text);
}

// Ask in the page's own dialog; gives the value of the button pressed, null where it was shut.
export function ask(title, body, buttons) {
  const dialog = document.getElementById("inspect-dialog");
  document.getElementById("inspect-dialog-title").textContent = title;
  document.getElementById("inspect-dialog-body").replaceChildren(...body);
  return new Promise((resolve) => {
    const row = buttons.map(([value, text, kind]) => make("button", { type: "button", class: `button ${kind ?? ""}`, onclick: () => dialog.close(value) }, text));
    document.getElementById("inspect-dialog-buttons").replaceChildren(...row);
    dialog.addEventListener("close", () => resolve(dialog.returnValue || null), { once: true });
    dialog.returnValue = "";
    dialog.showModal();
  });
}

export function tell(title, ...lines) {
  return ask(title, lines.map((line) => make("p", {}, line)), [["ok", "OK", "second"]]);
}

// A moment in China, whatever the phone's own zone is.
export function momentText(moment) {
  const there = new Date(new Date(moment).getTime() + 8 * 3600_000);
  return there.toISOString().slice(0, 16).replace("T", " ");
}

export function ageHours(moment) {
  return (Date.now() - new Date(moment).getTime()) / 3600_000;
}

export function ageText(moment) {
  const hours = Math.max(ageHours(moment), 0);
  if (hours < 1) return say("in_minutes", { n: Math.round(hours * 60) });
  return hours < 48 ? say("in_hours", { n: Math.floor(hours) }) : say("in_days", { n: Math.floor(hours / 24) });
}
