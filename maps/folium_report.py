"""One review as one HTML file that opens without a network (离线地图报告).

The map is folium's and the page branca's, with three changes. Leaflet stands inside the page instead of links to
other servers. Ids are fixed, so the same review gives the same bytes. Names and reasons reach the page in a single
pass of an escaping template: branca compiles what its elements rendered once more as a template, so a name with
braces in it would be executed there.

The page carries a content security policy that forbids every request and every script but its own.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

import folium
from branca.element import Figure
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from maps import labels
from maps.errors import PageDataError
from maps.features import JsonObject, review_features
from maps.labels import plain_text, verdict_label
from maps.leaflet_assets import leaflet_script, leaflet_style
from maps.report_view import build_view
from maps.style import DRAWN_OUTCOMES, verdict_style

_MAP_ID = "review"
_CHINA_CENTRE = (35.0, 105.0)
_CHINA_ZOOM = 4
_LINK = re.compile(r"https?://[^\s<>\"'（）]+[^\s<>\"'（）.,;:，。；]")
_OSM_CREDIT = Markup(
    '<a href="https://www.openstreetmap.org/copyright" rel="noreferrer">© OpenStreetMap contributors</a>, '
    '<a href="https://opendatacommons.org/licenses/odbl/1-0/" rel="noreferrer">ODbL 1.0</a>'
)
_OSM_WORDS = re.compile(r"© OpenStreetMap contributors(, ODbL 1\.0)?")
_BACKDROP_TYPES = frozenset({
    "FeatureCollection", "Feature", "GeometryCollection", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
})  # fmt: skip


def render_html(
    review: Mapping[str, Any], *, title: str, attribution: str, backdrop: Mapping[str, Any] | None = None
) -> str:
    """Draw a review as a page of its own: map, legend, findings, law and authority.

    Args:
        review: the review as the command line prints it (审查结果).
        title: heading of the page; plain text.
        attribution: whom to name beside OpenStreetMap, which is always named; plain text, addresses become links.
        backdrop: GeoJSON lines or areas to draw in light grey below the routes (底图), since there are no tiles.

    Returns:
        The page; the same arguments give the same text.

    Raises:
        ReviewShapeError: a route of the review has no usable geometry.
        PageDataError: the backdrop is not GeoJSON that can be drawn.
    """
    collection = review_features(review)
    findings = [feature for feature in collection["features"] if feature["properties"]["kind"] == "finding"]
    data = {
        "features": [_slim(feature) for feature in collection["features"] if feature["geometry"]],
        "styles": {outcome: verdict_style(outcome)._asdict() for outcome in DRAWN_OUTCOMES},
        "backdrop": _checked_backdrop(backdrop),
    }
    page = {
        "title": plain_text(title) or "大件运输路线审查",
        "view": build_view(review, findings),
        "labels": labels,
        "legend": [(verdict_label(outcome), verdict_style(outcome)) for outcome in DRAWN_OUTCOMES],
        "credit": _credit(attribution),
        "data": _script_json(data),
        "is_drawn": bool(data["features"]),
        "is_not_connected": review.get("verdict") == "no_route",
    }
    figure = _ReportFigure(page)
    _ReportMap().add_to(figure)
    return str(figure.render())


class _ReportMap(folium.Map):
    """A folium map without tiles, without links to other servers and with a fixed id."""

    _template = folium.template.Template(
        """
        {%- macro html(this, kwargs) -%}
            <div class="folium-map" id="{{ this.get_name() }}" role="application" aria-label="路线地图 route map"></div>
        {%- endmacro -%}
        {%- macro script(this, kwargs) -%}
            var {{ this.get_name() }} = L.map(
                {{ this.get_name()|tojson }},
                {center: {{ this.location|tojson }}, crs: L.CRS.{{ this.crs }}, ...{{ this.options|tojavascript }}}
            );
            L.control.scale({imperial: false}).addTo({{ this.get_name() }});
        {%- endmacro -%}
        """
    )

    def __init__(self) -> None:
        super().__init__(
            location=_CHINA_CENTRE,
            zoom_start=_CHINA_ZOOM,
            tiles=None,
            zoom_snap=0.25,
            attribution_control=False,
        )
        self._id = _MAP_ID
        self.default_js = []
        self.default_css = []
        self.options |= {"min_zoom": 3, "max_zoom": 19}


class _ReportFigure(Figure):
    """The page around the map."""

    def __init__(self, page: Mapping[str, Any]) -> None:
        super().__init__()
        self._page = page

    def render(self, **kwargs: object) -> str:
        """Render the map, then the page around it in one pass."""
        for child in self._children.values():
            child.render(**kwargs)
        map_script = self.script.render(**kwargs).strip()
        scripts = [leaflet_script(), _read("report.js").replace("/* the map */", map_script)]
        return _environment().get_template("report.html.j2").render(
            **self._page,
            policy=_security_policy(scripts),
            styles=[Markup(leaflet_style()), Markup(_read("report.css"))],  # noqa: S704 - our own files
            scripts=[Markup(script) for script in scripts],  # noqa: S704 - our own files
            map_html=Markup(self.html.render(**kwargs).strip()),  # noqa: S704 - holds no words of the review
        )  # fmt: skip


def _security_policy(scripts: Iterable[str]) -> str:
    """Allow these very scripts, inline styles and pictures inside the page; nothing else."""
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii") for script in scripts]
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"


def _script_json(data: object) -> Markup:
    """JSON that can stand inside a script element: no tag can begin in it."""
    try:
        text = json.dumps(data, ensure_ascii=False, sort_keys=True, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError) as fault:
        raise PageDataError(f"the map's data cannot be written as JSON: {fault}") from fault
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)  # noqa: S704 - escaped just above


def _slim(feature: Mapping[str, Any]) -> JsonObject:
    """A feature with only what drawing needs; the words stand in the page itself."""
    wanted = ("kind", "route", "outcome", "number", "role", "ref", "name", "findings")
    properties = {key: feature["properties"][key] for key in wanted if key in feature["properties"]}
    if "outcome" in properties:
        properties["words"] = verdict_label(properties["outcome"]).both
        if properties["outcome"] not in DRAWN_OUTCOMES:
            properties["outcome"] = "unknown"
    return {"type": "Feature", "geometry": feature["geometry"], "properties": properties}


def _checked_backdrop(backdrop: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if backdrop is None:
        return None
    kind = backdrop.get("type") if isinstance(backdrop, Mapping) else type(backdrop).__name__
    if kind not in _BACKDROP_TYPES:
        raise PageDataError(f"backdrop: wanted GeoJSON of lines or areas, found {kind!r}")
    return _bare(backdrop)


def _bare(geojson: Mapping[str, Any]) -> JsonObject:
    """GeoJSON without properties: the backdrop is lines, nothing to read."""
    if geojson.get("type") == "FeatureCollection":
        return {"type": "FeatureCollection", "features": [_bare(feature) for feature in geojson.get("features") or []]}
    if geojson.get("type") == "Feature":
        return {"type": "Feature", "properties": {}, "geometry": geojson.get("geometry")}
    return dict(geojson)


def _credit(attribution: str) -> Markup:
    rest = _OSM_WORDS.sub("", plain_text(attribution)).strip(" ,;，；·")
    if not rest:
        return _OSM_CREDIT
    return _OSM_CREDIT + Markup(" · ") + _with_links(rest)


def _with_links(text: str) -> Markup:
    parts: list[Markup] = []
    done = 0
    for match in _LINK.finditer(text):
        parts.append(escape(text[done : match.start()]))
        parts.append(Markup('<a href="{0}" rel="noreferrer">{0}</a>').format(match[0]))
        done = match.end()
    return Markup("").join([*parts, escape(text[done:])])


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("maps"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


@cache
def _read(name: str) -> str:
    return resources.files("maps").joinpath("templates", name).read_text(encoding="utf-8").strip()
