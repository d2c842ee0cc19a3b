"use strict";
(function () {
  /* the map */
  const map = map_review;
  map.options.renderer = L.svg({ padding: 0.6 });
  const data = JSON.parse(document.getElementById("review-data").textContent);
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const severity = { passes: 0, conditional: 1, unknown: 2, blocked: 3 };
  const at = (feature) => L.latLng(feature.geometry.coordinates[1], feature.geometry.coordinates[0]);
  const ofKind = (kind) => data.features.filter((feature) => feature.properties.kind === kind);

  /* Text only: words of the review never become markup. */
  function element(tag, className, text) {
    const made = document.createElement(tag);
    made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }
  function icon(content, size) {
    return L.divIcon({ html: content, className: "plain", iconSize: [size, size] });
  }

  if (data.backdrop) {
    L.geoJSON(data.backdrop, {
      interactive: false,
      pointToLayer: () => null,
      style: { color: "#c9c5bb", weight: 1.5, opacity: 0.9, fill: false },
    }).addTo(map);
  }

  /* The best route lies on top: draw from the last to the first. */
  const stretches = ofKind("stretch");
  const routes = new Map();
  for (const stretch of stretches) {
    const rank = String(stretch.properties.route);
    if (!routes.has(rank)) routes.set(rank, []);
    routes.get(rank).push(stretch);
  }
  const ranks = [...routes.keys()];
  const boundsOf = (features) => L.geoJSON({ type: "FeatureCollection", features: features }).getBounds();
  for (const rank of [...ranks].reverse()) {
    const best = rank === ranks[0];
    const parts = [...routes.get(rank)].sort(
      (a, b) => severity[a.properties.outcome] - severity[b.properties.outcome]);
    const line = (part) => part.geometry.coordinates.map((c) => [c[1], c[0]]);
    for (const part of parts) {
      const style = data.styles[part.properties.outcome];
      L.polyline(line(part), { color: "#fff", weight: style.width_px + 5, opacity: best ? 1 : 0.8, interactive: false })
        .addTo(map);
    }
    for (const part of parts) {
      const style = data.styles[part.properties.outcome];
      const short = part.properties.outcome !== "passes" && part.properties.outcome !== "conditional";
      L.polyline(line(part), {
        color: style.color,
        weight: best ? style.width_px : Math.max(3, style.width_px - 2),
        dashArray: style.dash,
        lineCap: short ? "round" : "butt",
        opacity: best ? 1 : 0.65,
        className: "stretch " + part.properties.outcome,
      }).bindTooltip(element("span", "", "路线 " + rank + "：" + part.properties.words), { sticky: true }).addTo(map);
    }
  }

  for (const end of ofKind("terminal")) {
    if (String(end.properties.route) !== ranks[0]) continue;
    const word = end.properties.role === "start" ? "起" : "终";
    L.marker(at(end), { icon: icon(element("span", "end", word), 26), keyboard: false, interactive: false,
      zIndexOffset: 5000 }).addTo(map);
  }

  /* Findings at one place share a marker that shows the worst and how many more there are. */
  const places = new Map();
  for (const finding of ofKind("finding")) {
    const key = finding.geometry.coordinates.map((value) => value.toFixed(5)).join(",");
    if (!places.has(key)) places.set(key, []);
    places.get(key).push(finding);
  }
  const markers = new Map();
  for (const here of places.values()) {
    here.sort((a, b) => severity[b.properties.outcome] - severity[a.properties.outcome]
      || a.properties.number - b.properties.number);
    const worst = here[0].properties;
    const style = data.styles[worst.outcome];
    const badge = element("span", "badge on-map " + style.shape + (worst.outcome === "passes" ? " small" : ""));
    badge.style.setProperty("--c", style.color);
    badge.append(element("b", "", String(worst.number)));
    const holder = element("span", "holder");
    holder.append(badge);
    if (here.length > 1) holder.append(element("span", "more", "+" + (here.length - 1)));
    const marker = L.marker(at(here[0]), {
      icon: icon(holder, worst.outcome === "passes" ? 20 : 28),
      zIndexOffset: 1000 * severity[worst.outcome] - worst.number,
      alt: worst.number + " " + worst.words,
      title: worst.number + " " + worst.words,
    });
    marker.bindPopup(() => {
      const content = element("div", "popups");
      for (const finding of here) {
        const template = document.querySelector('template[data-popup="' + finding.properties.number + '"]');
        if (template) content.append(template.content.cloneNode(true));
      }
      return content;
    }, { maxWidth: Math.min(300, map.getSize().x - 110), maxHeight: Math.min(420, map.getSize().y * 0.84 - 90) });
    marker.addTo(map);
    for (const finding of here) markers.set(String(finding.properties.number), marker);
  }

  /* Names along the way; those that would cover something more important stay hidden. */
  const names = [];
  function name(feature, className, text) {
    if (!text) return;
    const label = element("span", "name " + className, text);
    L.marker(at(feature), { icon: icon(label, 0), interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(map);
    names.push(label);
  }
  for (const rank of ranks) {
    const parts = routes.get(rank);
    const middle = parts[Math.floor(parts.length / 2)].geometry.coordinates;
    if (ranks.length > 1) {
      const place = { geometry: { coordinates: middle[Math.floor(middle.length / 2)] } };
      name(place, "route-name", "路线 " + rank);
    }
  }
  for (const leg of ofKind("leg")) {
    if (String(leg.properties.route) === ranks[0]) name(leg, "leg", leg.properties.ref || leg.properties.name);
  }
  for (const division of ofKind("division")) {
    if (String(division.properties.route) === ranks[0]) name(division, "division", division.properties.name);
  }
  function thinOut() {
    const taken = [...document.querySelectorAll(".folium-map .badge, .folium-map .end")]
      .map((shown) => shown.getBoundingClientRect());
    for (const label of names) {
      label.style.visibility = "visible";
      const box = label.getBoundingClientRect();
      const covers = taken.some((other) => box.left < other.right + 3 && box.right > other.left - 3
        && box.top < other.bottom + 3 && box.bottom > other.top - 3);
      label.style.visibility = covers ? "hidden" : "visible";
      if (!covers) taken.push(box);
    }
  }
  map.on("zoomend viewreset", () => window.requestAnimationFrame(thinOut));

  /* Where to look. */
  function show(bounds, moving) {
    if (!bounds.isValid()) return;
    const options = { padding: [36, 36], maxZoom: 15, animate: moving && !calm };
    map.fitBounds(bounds, options);
  }
  const everything = data.features.length ? boundsOf(data.features)
    : data.backdrop ? L.geoJSON(data.backdrop).getBounds() : L.latLngBounds([]);
  let untouched = true;
  for (const kind of ["pointerdown", "wheel", "keydown"]) {
    document.addEventListener(kind, () => { untouched = false; }, { capture: true, once: true });
  }
  show(everything, false);
  thinOut();
  new ResizeObserver(() => {
    map.invalidateSize(false);
    if (untouched) show(everything, false);
    thinOut();
  }).observe(map.getContainer());

  function onActivate(node, action) {
    node.addEventListener("click", action);
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      action();
    });
  }
  function revealMap() {
    const frame = document.querySelector(".map-frame");
    const box = frame.getBoundingClientRect();
    if (box.top < 0 || box.top > window.innerHeight / 2) {
      frame.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
    }
  }
  for (const row of document.querySelectorAll("tr.go, li.go")) {
    onActivate(row, () => {
      const marker = markers.get(row.dataset.number);
      if (!marker) return;
      for (const other of document.querySelectorAll(".current")) other.classList.remove("current");
      row.classList.add("current");
      revealMap();
      untouched = false;
      map.closePopup();
      map.once("moveend", () => marker.openPopup());
      const zoom = Math.max(map.getZoom(), 14);
      /* Low enough in the frame that the popup has room above the marker. */
      const lift = L.point(0, map.getSize().y * 0.34);
      const centre = map.unproject(map.project(marker.getLatLng(), zoom).subtract(lift), zoom);
      if (calm) map.setView(centre, zoom, { animate: false });
      else map.flyTo(centre, zoom, { duration: 0.8 });
    });
  }
  for (const heading of document.querySelectorAll("h2.go")) {
    onActivate(heading, () => {
      const parts = routes.get(heading.dataset.route);
      if (!parts) return;
      revealMap();
      untouched = false;
      map.closePopup();
      show(boundsOf(parts), true);
    });
  }

  /* On paper: everything open, the whole route in sight. */
  window.addEventListener("beforeprint", () => {
    for (const folded of document.querySelectorAll("details")) folded.open = true;
    map.closePopup();
    map.invalidateSize(false);
    show(everything, false);
  });
})();
