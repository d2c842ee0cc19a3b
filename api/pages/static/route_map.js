// Route maps on pages: routes by verdict, findings as points, stops. Everything on them also stands on the page in words.
//
// Elements with data-finding="KEY": a button or link flies to the point; any other is what a click on the point shows.
// Events on the document, all with `detail`:
//   route-map:focus  {key}            fly to a finding
//   route-map:choose {rank}           draw that route strong, the others pale
//   route-map:show   {…}              show other data (as route_map_data makes them); what is missing stays
//   route-map:pick   {lon, lat}       sent by a map with "pick" when it is clicked
//   route-map:chosen {rank}           sent when a route is clicked
/* global maplibregl */

const CHINESE = '"Noto Sans SC", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
const SIGNS = { passes: "✓", conditional: "!", unknown: "?", blocked: "✗", survey: "◎" };
const DASHES = { passes: [1], conditional: [2.4, 1.2], unknown: [0.6, 1.4], blocked: [1] };
const WIDTHS = { passes: 5, conditional: 5, unknown: 6, blocked: 7 };
const SIZE = 26; // pixels of a point's sign
const CLOSE = 8; // pixels around a click

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--c-${name}`).trim();
const token = (outcome) => (outcome === "survey" ? "accent" : outcome in SIGNS ? outcome : "unknown");
const features = (list) => ({ type: "FeatureCollection", features: list });

class RouteMap {
  constructor(frame) {
    this.frame = frame;
    this.data = JSON.parse(frame.querySelector(".route-map-data").textContent);
    this.chosen = this.data.routes.length ? this.data.routes[0].rank : null;
    this.markers = [];
    this.map = new maplibregl.Map({
      container: frame.querySelector(".route-map-canvas"),
      style: this.style(),
      ...this.view(),
      minZoom: 3,
      maxZoom: 18,
      localIdeographFontFamily: CHINESE,
      locale: this.data.words,
      attributionControl: { compact: true },
      cooperativeGestures: false,
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: calm.matches ? 0 : 200,
      // The worker that loads tiles knows no page, so addresses are made whole here.
      transformRequest: (url) => ({ url: url.startsWith("/") ? window.location.origin + url : url }),
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
    this.map.addControl(new maplibregl.ScaleControl({ maxWidth: 90 }), "bottom-left");
    this.map.on("style.load", () => this.draw());
    this.map.on("click", (event) => this.clicked(event));
    this.map.on("mousemove", (event) => this.hover(event));
    this.map.on("idle", () => { document.documentElement.dataset.map = "idle"; });
    this.map.on("movestart", () => { document.documentElement.dataset.map = "moving"; });
    dark.addEventListener("change", () => this.map.setStyle(this.style()));
    this.stops();
  }

  style() {
    return dark.matches ? this.data.styles.dark : this.data.styles.light;
  }

  view() {
    if (!this.data.bounds) return { center: [104, 35], zoom: 4 };
    const [west, south, east, north] = this.data.bounds;
    return { bounds: [[west, south], [east, north]], fitBoundsOptions: { padding: 40, maxZoom: 14 } };
  }

  /** Everything over the style; after a change of style it is drawn anew. */
  draw() {
    for (const outcome of Object.keys(SIGNS)) {
      if (!this.map.hasImage(`finding-${outcome}`)) this.map.addImage(`finding-${outcome}`, sign(outcome), { pixelRatio: 2 });
    }
    this.map.addSource("routes", { type: "geojson", data: this.lines() });
    this.map.addSource("points", { type: "geojson", data: this.points() });
    const round = { "line-cap": "butt", "line-join": "round" };
    this.map.addLayer({ id: "routes-pale", type: "line", source: "routes", layout: round, paint: { "line-color": colour("muted"), "line-width": 5, "line-opacity": 0.5 } });
    this.map.addLayer({ id: "routes-casing", type: "line", source: "routes", layout: { ...round, "line-cap": "round" }, paint: { "line-color": colour("surface"), "line-width": 10, "line-opacity": 0.9 } });
    for (const outcome of Object.keys(DASHES)) {
      this.map.addLayer({ id: `routes-${outcome}`, type: "line", source: "routes", layout: round, paint: { "line-color": colour(outcome), "line-width": WIDTHS[outcome], "line-dasharray": DASHES[outcome] } });
    }
    this.map.addLayer({ id: "points", type: "symbol", source: "points", layout: { "icon-image": ["concat", "finding-", ["get", "outcome"]], "icon-allow-overlap": true, "icon-ignore-placement": true, "symbol-sort-key": ["get", "order"] } });
    this.filter();
  }

  lines() {
    return features(this.data.routes.flatMap((route) => route.stretches.map((part) => ({
      type: "Feature",
      properties: { rank: route.rank, outcome: part.outcome in DASHES ? part.outcome : "unknown" },
      geometry: { type: "LineString", coordinates: part.line },
    }))));
  }

  points() {
    return features(this.data.points.map((one, order) => ({
      type: "Feature",
      properties: { key: one.key, rank: one.route ?? 0, outcome: one.outcome in SIGNS ? one.outcome : "unknown", text: one.text, order },
      geometry: { type: "Point", coordinates: [one.lon, one.lat] },
    })));
  }

  /** The chosen route strong with its points, the others pale. */
  filter() {
    const own = ["==", ["get", "rank"], this.chosen ?? -1];
    this.map.setFilter("routes-pale", ["!", own]);
    this.map.setFilter("routes-casing", own);
    for (const outcome of Object.keys(DASHES)) {
      this.map.setFilter(`routes-${outcome}`, ["all", own, ["==", ["get", "outcome"], outcome]]);
    }
    this.map.setFilter("points", ["any", own, ["==", ["get", "rank"], 0]]);
  }

  stops() {
    for (const marker of this.markers) marker.remove();
    this.markers = this.data.stops.map((stop) => {
      const element = document.createElement("div");
      element.className = "route-stop";
      element.textContent = stop.label;
      return new maplibregl.Marker({ element, anchor: "bottom-left" }).setLngLat([stop.lon, stop.lat]).addTo(this.map);
    });
  }

  show(data) {
    this.data = { ...this.data, ...data };
    if (data.routes) this.chosen = data.routes.length ? data.routes[0].rank : null;
    if (data.stops) this.stops();
    if (this.map.getSource("routes")) {
      this.map.getSource("routes").setData(this.lines());
      this.map.getSource("points").setData(this.points());
      this.filter();
    }
    if (data.bounds) this.map.fitBounds([data.bounds.slice(0, 2), data.bounds.slice(2)], { padding: 40, maxZoom: 14, animate: !calm.matches });
  }

  choose(rank) {
    if (!this.data.routes.some((route) => route.rank === rank)) return;
    this.chosen = rank;
    if (this.map.getLayer("points")) this.filter();
  }

  focus(key) {
    const point = this.data.points.find((one) => one.key === key);
    if (!point) return;
    if (point.route !== null && point.route !== this.chosen) this.choose(point.route);
    this.map.flyTo({ center: [point.lon, point.lat], zoom: Math.max(this.map.getZoom(), 14), duration: calm.matches ? 0 : 900 });
    this.popup(point);
    this.frame.scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
  }

  popup(point) {
    if (this.opened) this.opened.remove();
    this.opened = new maplibregl.Popup({ closeButton: false, offset: 14, maxWidth: "18rem" })
      .setLngLat([point.lon, point.lat]).setText(point.text || "").addTo(this.map);
  }

  near(point, layers) {
    const known = layers.filter((name) => this.map.getLayer(name));
    const box = [[point.x - CLOSE, point.y - CLOSE], [point.x + CLOSE, point.y + CLOSE]];
    return known.length ? this.map.queryRenderedFeatures(box, { layers: known }) : [];
  }

  clicked(event) {
    if (this.data.pick) {
      const detail = { lon: Number(event.lngLat.lng.toFixed(6)), lat: Number(event.lngLat.lat.toFixed(6)) };
      this.frame.dispatchEvent(new CustomEvent("route-map:pick", { bubbles: true, detail }));
      return;
    }
    const hit = this.near(event.point, ["points"])[0];
    if (hit) {
      const point = this.data.points.find((one) => one.key === hit.properties.key);
      this.popup(point);
      highlight(point.key);
      return;
    }
    const route = this.near(event.point, ["routes-pale"])[0];
    if (!route) return;
    this.choose(route.properties.rank);
    this.frame.dispatchEvent(new CustomEvent("route-map:chosen", { bubbles: true, detail: { rank: route.properties.rank } }));
  }

  hover(event) {
    if (this.data.pick) return;
    this.map.getCanvas().style.cursor = this.near(event.point, ["points", "routes-pale"]).length ? "pointer" : "";
  }
}

/** The picture of an outcome: its own shape, its own sign, its own colour. */
function sign(outcome) {
  const side = SIZE * 2;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d");
  const middle = side / 2;
  const radius = middle - 5;
  pen.beginPath();
  if (outcome === "passes" || outcome === "survey") pen.arc(middle, middle, radius - 2, 0, 2 * Math.PI);
  else if (outcome === "conditional") pen.rect(middle - radius + 4, middle - radius + 4, 2 * radius - 8, 2 * radius - 8);
  else polygon(pen, middle, radius + 2, outcome === "unknown" ? 4 : 8);
  pen.closePath();
  pen.fillStyle = colour(token(outcome));
  pen.strokeStyle = colour("surface");
  pen.lineWidth = 4;
  pen.fill();
  pen.stroke();
  pen.fillStyle = colour("surface");
  pen.font = `bold ${SIZE}px sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(SIGNS[outcome], middle, middle + 2);
  return pen.getImageData(0, 0, side, side);
}

/** A diamond with four corners, an octagon on its side with eight. */
function polygon(pen, middle, radius, corners) {
  for (let at = 0; at < corners; at += 1) {
    const angle = (at + (corners === 8 ? 0.5 : 0)) * 2 * Math.PI / corners;
    pen.lineTo(middle + radius * Math.cos(angle), middle + radius * Math.sin(angle));
  }
}

const isControl = (element) => element.matches("a, button");

/** Show what the page says of a finding; the last one no longer stands out. */
function highlight(key) {
  for (const one of document.querySelectorAll(".is-focused")) one.classList.remove("is-focused");
  const told = [...document.querySelectorAll("[data-finding]")].filter((one) => one.dataset.finding === key);
  const target = told.find((one) => !isControl(one)) || told.map((one) => one.closest("li, tr, article"))[0];
  if (!target) return;
  for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  target.classList.add("is-focused");
  target.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
}

const maps = [];
for (const frame of document.querySelectorAll(".route-map")) {
  const message = frame.querySelector(".route-map-message");
  try {
    maps.push(new RouteMap(frame));
    message.hidden = true;
  } catch (error) {
    console.warn(error);
    message.textContent = JSON.parse(frame.querySelector(".route-map-data").textContent).failed;
  }
}

if (maps.length) {
  for (const button of document.querySelectorAll("button[data-finding]")) button.hidden = false;
  document.addEventListener("click", (event) => {
    const control = event.target.closest?.("a[data-finding], button[data-finding]");
    if (!control || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    for (const map of maps) map.focus(control.dataset.finding);
  });
  document.addEventListener("route-map:focus", (event) => { for (const map of maps) map.focus(event.detail.key); });
  document.addEventListener("route-map:choose", (event) => { for (const map of maps) map.choose(Number(event.detail.rank)); });
  document.addEventListener("route-map:show", (event) => { for (const map of maps) map.show(event.detail); });
}
