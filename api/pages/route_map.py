"""A map of routes on a page (路线图): what the script draws over the map, and nothing that its reader may not know."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from fastapi import Response

from api.cases import grounds
from api.errors import ServiceUnavailableError
from api.pages.findings_shown import findings_shown, keyed_findings, ranked_routes, survey_places, why_not_shown
from api.pages.page import PageContext
from api.tiles.settings import map_policy, map_settings
from maps.features import measure_line, split_into_stretches
from maps.labels import verdict_label
from maps.ordering import number_or_none, severity

Json = dict[str, Any]
Spot = Mapping[str, float]
_WORDS: Final = {
    "Map.Title": "map.region",
    "NavigationControl.ZoomIn": "map.zoom_in",
    "NavigationControl.ZoomOut": "map.zoom_out",
    "NavigationControl.ResetBearing": "map.north",
    "AttributionControl.ToggleAttribution": "map.toggle_attribution",
}


def route_map_data(
    page: PageContext,
    report: Mapping[str, Any],
    *,
    for_carrier: bool,
    stops: Sequence[Spot] | None = None,
    pick: bool = False,
) -> Json:
    """What a route map shows of a review; the map is drawn by `static/route_map.js`.

    Args:
        page: Who reads it and in which language.
        report: A review as its reader may see it; `{}` for an empty map to choose places on.
        for_carrier: Whether the reader may know no capacity of bridges.
        stops: Start, via points and end with `lon` and `lat` (CGCS2000); None for those of the report.
        pick: Whether a click on the map chooses a place (event `route-map:pick`).
    """
    language = page.language
    places = [(float(one["lon"]), float(one["lat"])) for one in stops or report.get("stops") or ()]
    routes = list(_routes(report))
    return {
        "styles": {scheme: f"/map/style/{scheme}.json?lang={language}" for scheme in ("light", "dark")},
        "routes": routes,
        "points": list(_points(page, report, for_carrier=for_carrier)),
        "stops": [
            {"lon": lon, "lat": lat, "label": _stop_label(at, len(places))} for at, (lon, lat) in enumerate(places)
        ],
        "bounds": _bounds(routes, places),
        "pick": pick,
        "words": {name: page.t(key) for name, key in _WORDS.items()},
        "failed": page.t("figures.map_failed"),
        "route_word": page.t("figures.route"),
    }


def with_map_policy(answer: Response) -> Response:
    """The same answer, allowed to draw a map."""
    answer.headers["Content-Security-Policy"] = map_policy(map_settings())
    return answer


def _routes(report: Mapping[str, Any]) -> Iterator[Json]:
    """Each route with its stretches by their worst outcome; only outcomes and lines."""
    for rank, route in ranked_routes(report):
        line = measure_line(route["geometry"]["coordinates"], number_or_none(route.get("length_m")))
        verdict = str(route.get("verdict", "passes"))
        parts = split_into_stretches(line.length_m, route.get("findings") or (), verdict)
        yield {
            "rank": rank,
            "verdict": verdict,
            "stretches": [
                {"outcome": part.outcome, "line": _rounded(line.cut(part.from_m, part.to_m))} for part in parts
            ],
        }


def _points(page: PageContext, report: Mapping[str, Any], *, for_carrier: bool) -> Iterator[Json]:
    """What is to be measured, then findings with a place; the worst last, so that they lie above the others."""
    rows = sorted(keyed_findings(report), key=lambda row: severity(row[2].get("outcome")))
    words = _words_by_key(page, report, for_carrier=for_carrier)
    for key, task in survey_places(report):
        text = page.t("figures.to_measure")
        yield {"key": key, "route": None, "lon": task["lon"], "lat": task["lat"], "outcome": "survey", "text": text}
    for key, rank, finding in rows:
        lon, lat = number_or_none(finding.get("lon")), number_or_none(finding.get("lat"))
        if lon is not None and lat is not None:
            yield {
                "key": key,
                "route": rank,
                "lon": round(lon, 6),
                "lat": round(lat, 6),
                "outcome": str(finding.get("outcome")),
                "text": words.get(key, ""),
            }


def _words_by_key(page: PageContext, report: Mapping[str, Any], *, for_carrier: bool) -> dict[str, str]:
    """One line for each point: outcome, quantity, place."""
    told = [
        one
        for rank, _route in ranked_routes(report)
        for one in findings_shown(report, page.language, for_carrier=for_carrier, rank=rank)
    ]
    why_not = why_not_shown(report, page.language, for_carrier=for_carrier)
    told += why_not.blockers if why_not else ()
    return {one.key: " · ".join(filter(None, (_outcome(page, one.outcome), one.quantity, one.place))) for one in told}


def _outcome(page: PageContext, outcome: str) -> str:
    label = verdict_label(outcome)
    return label.en if page.language == "en" else label.zh


def _stop_label(at: int, count: int) -> str:
    """A and B for the ends, numbers for what lies between."""
    return "A" if at == 0 else "B" if at == count - 1 else str(at)


def _bounds(routes: Sequence[Json], places: Sequence[tuple[float, float]]) -> list[float] | None:
    """West, south, east, north of all that is drawn; of the whole network where nothing is."""
    spots = [spot for route in routes for part in route["stretches"] for spot in part["line"]] + list(places)
    if not spots:
        return _network_bounds()
    lons, lats = zip(*spots, strict=True)
    return [min(lons), min(lats), max(lons), max(lats)]


def _network_bounds() -> list[float] | None:
    """Of the network in use; None where there is none."""
    try:
        west, south, east, north = grounds.current().network.graph.geometry_bounds
    except ServiceUnavailableError:
        return None
    return [float(west.min()), float(south.min()), float(east.max()), float(north.max())] if len(west) else None


def _rounded(line: Sequence[Sequence[float]]) -> list[list[float]]:
    """Coordinates to about a tenth of a metre."""
    return [[round(lon, 6), round(lat, 6)] for lon, lat in line]
