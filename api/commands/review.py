"""``dajian review``: suggest and review routes (路线推荐与审查)."""

import datetime as dt
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from api.commands.output import print_json, write_whole
from api.commands.values import DateOrTime, LonLat, today
from api.errors import RequestError
from api.reviews.avoiding import read_areas
from api.reviews.backdrop import backdrop_around
from api.reviews.network import OpenNetwork
from api.reviews.request import MAX_ALTERNATIVES, MAX_STOPS, VARIANTS, Line, ReviewRequest, Variant
from api.reviews.service import review
from data.bridges.evidence import ids_told_twice, read_evidence
from data.errors import BadInputError
from data.overlays import load_overlay
from data.policies import load_policy
from data.routes import read_route_line
from data.vehicles import read_vehicle
from maps.summary_table import print_review
from routing.errors import SnapshotError

FILE = click.Path(path_type=Path)


@click.command("review")
@click.option("--network", "folder", required=True, type=FILE, help="Network folder.")
@click.option("--vehicle", required=True, type=FILE, help="vehicle.json")
@click.option("--from", "start", type=LonLat(), help="Start.")
@click.option("--to", "end", type=LonLat(), help="End.")
@click.option("--via", type=LonLat(), multiple=True, help="Call here on the way; may be repeated.")
@click.option("--route", type=FILE, help="Review this GeoJSON LineString instead of suggesting routes.")
@click.option("--alternatives", type=click.IntRange(1, MAX_ALTERNATIVES), default=1, show_default=True)
@click.option("--variant", type=click.Choice(VARIANTS), multiple=True, help="Also this variant; may be repeated.")
@click.option("--avoid-area", type=FILE, multiple=True, help="Also a route around the polygons of this GeoJSON file.")
@click.option("--avoid-structure", multiple=True, help="Also a route that avoids this structure id; may be repeated.")
@click.option("--on", type=DateOrTime(), help="Day or time of travel. Default: today in China.")
@click.option("--overlay", type=FILE, multiple=True, help="Closures and temporary limits; may be repeated.")
@click.option("--evidence", type=FILE, multiple=True, help="Evaluated corridors, stored calculations; may be repeated.")
@click.option("--policy", type=FILE, help="Policy file (YAML). Default: the packaged one.")
@click.option("--snap-m", type=click.FloatRange(0, 100_000), default=2000.0, show_default=True)
@click.option("--match-m", type=click.FloatRange(1, 100), default=25.0, show_default=True)
@click.option("--html", type=FILE, help="Also write a map that opens without a network.")
def review_command(
    folder: Path,
    vehicle: Path,
    start: tuple[float, float] | None,
    end: tuple[float, float] | None,
    via: tuple[tuple[float, float], ...],
    route: Path | None,
    alternatives: int,
    variant: tuple[Variant, ...],
    avoid_area: tuple[Path, ...],
    avoid_structure: tuple[str, ...],
    on: dt.date | None,
    overlay: tuple[Path, ...],
    evidence: tuple[Path, ...],
    policy: Path | None,
    snap_m: float,
    match_m: float,
    html: Path | None,
) -> None:
    """Review one loaded vehicle: suggest routes from --from to --to, or check a given --route."""
    _check_usage(start, end, via, route, (*variant, *avoid_area, *avoid_structure))
    network, request = _read_inputs(
        folder,
        vehicle,
        policy,
        overlay,
        evidence,
        route,
        avoid_area,
        {
            "on": on or today(),
            "stops": () if start is None or end is None else (start, *via, end),
            "alternatives": alternatives,
            "variants": tuple(dict.fromkeys(variant)),
            "avoid_structures": tuple(dict.fromkeys(avoid_structure)),
            "snap_m": snap_m,
            "match_m": match_m,
        },
    )
    answer = review(network, request)
    if html is not None:
        from maps.folium_report import render_html  # noqa: PLC0415 - folium takes a while, and few want the map

        title = f"大件运输路线审查 {answer['on']}"
        page = render_html(
            answer, title=title, attribution=network.graph.attribution, backdrop=backdrop_around(network.graph, answer)
        )
        write_whole(html, page)
    print_json(answer)
    if sys.stderr.isatty():
        print_review(answer, Console(stderr=True))


def _check_usage(
    start: tuple[float, float] | None,
    end: tuple[float, float] | None,
    via: tuple[object, ...],
    route: Path | None,
    variants: tuple[object, ...],
) -> None:
    if route is None and (start is None or end is None):
        raise click.UsageError("give --from and --to, or --route")
    if route is not None and (start is not None or end is not None or via):
        raise click.UsageError("--route is reviewed as it is: leave out --from, --to and --via")
    if route is not None and variants:
        raise click.UsageError("--route is reviewed as it is: leave out --variant, --avoid-area and --avoid-structure")
    if len(via) + 2 > MAX_STOPS:
        raise click.UsageError(f"at most {MAX_STOPS - 2} --via")


def _read_inputs(
    folder: Path,
    vehicle: Path,
    policy: Path | None,
    overlays: tuple[Path, ...],
    evidence: tuple[Path, ...],
    route: Path | None,
    areas: tuple[Path, ...],
    trip: dict[str, Any],
) -> tuple[OpenNetwork, ReviewRequest]:
    """Read every input before any work, and report the faults of all of them together."""
    faults: list[str] = []

    def read(reader: Any, *args: Any) -> Any:  # noqa: ANN401
        try:
            return reader(*args)
        except (BadInputError, SnapshotError) as error:
            faults.append(str(error))

    network = read(OpenNetwork.open, folder)
    vehicle_input = read(read_vehicle, vehicle)
    settings = read(load_policy, policy)
    overlay_input = tuple(read(load_overlay, path) for path in overlays)
    evidence_input = tuple(read(read_evidence, path) for path in evidence)
    line = read(read_route_line, route) if route is not None else None
    avoided = [read(read_areas, path) for path in areas]
    if not faults:
        faults += ids_told_twice(evidence_input)
    if faults:
        raise RequestError(faults)
    given = Line(*line) if line is not None else None
    request = ReviewRequest(
        vehicle=vehicle_input,
        policy=settings,
        overlays=overlay_input,
        evidence=evidence_input,
        line=given,
        avoid_areas=tuple(ring for rings in avoided for ring in rings),
        **trip,
    )
    return network, request
