// The map page: shows the tiles, asks the server for facts, search results and nothing else.
// Everything works without this file too; then the panel is a page of its own and there is no picture.
/* global maplibregl */

const CHINESE = '"Noto Sans SC", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
const POINTS = ["limits", "bridges", "stations"];
const CLOSE = 6; // pixels around a click

const config = JSON.parse(document.getElementById("map-config").textContent);
const panel = document.getElementById("map-panel");
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

/** The facts that the panel shows now: where they are, and the lines to draw. */
function shownFacts() {
  const facts = panel.querySelector(".facts");
  if (!facts) return null;
  const lines = JSON.parse(facts.dataset.lines || "[]");
  return { place: [Number(facts.dataset.lon), Number(facts.dataset.lat)], lines };
}

function start() {
  const [west, south, east, north] = config.bounds;
  const asked = window.location.hash; // before the map writes its own
  const map = new maplibregl.Map({
    container: "map",
    style: dark.matches ? config.styles.dark : config.styles.light,
    bounds: [[west, south], [east, north]],
    fitBoundsOptions: { padding: 20 },
    minZoom: 3,
    maxZoom: 19,
    hash: "v",
    localIdeographFontFamily: CHINESE,
    locale: config.words,
    attributionControl: { compact: false },
    dragRotate: false,
    pitchWithRotate: false,
    fadeDuration: calm.matches ? 0 : 200,
    // The worker that loads tiles knows no page, so addresses are made whole here.
    transformRequest: (url) => ({ url: url.startsWith("/") ? window.location.origin + url : url }),
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new maplibregl.ScaleControl({ maxWidth: 100 }), "top-left");

  map.on("style.load", () => {
    addPicked(map);
    applyToggles(map);
    drawPicked(map);
  });
  map.on("idle", () => { document.documentElement.dataset.map = "idle"; });
  map.on("movestart", () => { document.documentElement.dataset.map = "moving"; });
  map.on("click", (event) => ask(map, queryAt(map, event.point, event.lngLat)));
  map.on("mousemove", (event) => {
    map.getCanvas().style.cursor = pointsNear(map, event.point).length ? "pointer" : "";
  });
  dark.addEventListener("change", () => map.setStyle(dark.matches ? config.styles.dark : config.styles.light));

  document.getElementById("map-layers").addEventListener("change", () => applyToggles(map));
  document.getElementById("map-search").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = event.target.q.value.trim();
    ask(map, new URLSearchParams({ q: text }), { fly: true });
  });
  panel.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-query]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    fly(map, [Number(link.dataset.lon), Number(link.dataset.lat)], Number(link.dataset.zoom));
    if (link.dataset.query) ask(map, new URLSearchParams(link.dataset.query));
  });
  const facts = shownFacts();
  if (facts && !asked) map.jumpTo({ center: facts.place, zoom: 14 });
  return map;
}

/** What was clicked: a point with a row of the network, or a place. */
function queryAt(map, point, place) {
  const hit = pointsNear(map, point).find((feature) => feature.properties.row !== undefined);
  const query = new URLSearchParams({ zoom: map.getZoom().toFixed(2) });
  if (hit) query.set("structure", hit.properties.row);
  else query.set("at", `${place.lng.toFixed(6)},${place.lat.toFixed(6)}`);
  return query;
}

function pointsNear(map, point) {
  const layers = POINTS.filter((name) => map.getLayer(name));
  const box = [[point.x - CLOSE, point.y - CLOSE], [point.x + CLOSE, point.y + CLOSE]];
  return layers.length ? map.queryRenderedFeatures(box, { layers }) : [];
}

let latest = 0;

/** Fetch the panel for a question and show it; an older answer that comes later is dropped. */
async function ask(map, query, { fly: shouldFly = false } = {}) {
  const turn = ++latest;
  panel.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(`/map/panel?${query}`, { headers: { Accept: "text/html" } });
    if (turn !== latest) return;
    if (!answer.ok) throw new Error(String(answer.status));
    panel.innerHTML = await answer.text();
  } catch {
    if (turn === latest) panel.textContent = config.lookup_failed;
  }
  panel.removeAttribute("aria-busy");
  drawPicked(map);
  const facts = shownFacts();
  if (shouldFly && facts) fly(map, facts.place, 14);
  if (shouldFly) panel.focus({ preventScroll: true });
}

function fly(map, center, zoom) {
  map.flyTo({ center, zoom, duration: calm.matches ? 0 : 900 });
}

function addPicked(map) {
  const colour = getComputedStyle(document.documentElement).getPropertyValue("--c-focus").trim();
  map.addSource("picked", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
  map.addLayer({ id: "picked-line", type: "line", source: "picked", layout: { "line-cap": "round" }, paint: { "line-color": colour, "line-width": 5, "line-opacity": 0.7 } });
  map.addLayer({ id: "picked-point", type: "circle", source: "picked", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 10, "circle-color": "rgba(0,0,0,0)", "circle-stroke-color": colour, "circle-stroke-width": 3 } });
}

function drawPicked(map) {
  const source = map.getSource("picked");
  if (!source) return;
  const facts = shownFacts();
  let geometry = null;
  if (facts && facts.lines.length) geometry = { type: "MultiLineString", coordinates: facts.lines };
  else if (facts) geometry = { type: "Point", coordinates: facts.place };
  source.setData({ type: "FeatureCollection", features: geometry ? [{ type: "Feature", properties: {}, geometry }] : [] });
}

function applyToggles(map) {
  for (const box of document.querySelectorAll("#map-layers input[data-layers]")) {
    for (const name of box.dataset.layers.split(" ")) {
      if (map.getLayer(name)) map.setLayoutProperty(name, "visibility", box.checked ? "visible" : "none");
    }
  }
}

const message = document.getElementById("map-message");
try {
  start();
  message.hidden = true;
} catch (error) {
  console.warn(error);
  message.textContent = config.failed;
}
