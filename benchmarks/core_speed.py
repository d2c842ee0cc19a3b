"""The core at full speed: what each step costs on real and on large networks, beside other libraries.

    python benchmarks/core_speed.py [--networks heidelberg porto tiles-4] [--prepare tiles-8] [--bulk 100000] [--update]
    python benchmarks/core_speed.py --quick [--replay 200]

`--quick` takes what is at hand, the small sample if no extract is, with fewer pairs and applications and without tiles.

Every answer is checked in the same run against Dijkstra on the same weights. Times are medians, reported and never a
gate. `--update` puts the table into benchmarks/README.md. `--valhalla PYTHON` names a Python that has pyvalhalla with
its tile builder (3.9.1 has wheels from Python 3.12 on); without it Valhalla is left out.
"""

import argparse
import hashlib
import json
import multiprocessing
import random
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from api.commands.output import to_json
from api.reviews.classes import keep_classes
from api.reviews.network import OpenNetwork
from api.reviews.request import ReviewRequest
from api.reviews.service import review
from api.settings import var_folder
from benchmarks.core_network import ON, CoreNetwork, Pair, compiled
from benchmarks.core_peers import Peer, peers
from benchmarks.extracts import REAL_EXTRACTS, data_folder, find_extracts
from benchmarks.fleet import FOUR_VEHICLES, Fleet
from benchmarks.make_tiles import make_tiles
from benchmarks.measuring import Row, as_markdown, as_time, describe_machine, timed, version_of
from benchmarks.trips import SEED
from data.policies import load_policy
from routing._kernels.hierarchy_customise import LANES, customise_lanes, respect_lanes
from routing.hierarchy.metrics import customise
from routing.hierarchy.tables import one_to_many
from routing.hierarchy.weights import Judged
from routing.metric import Metric
from routing.parts import Path as RoadPath
from routing.suggest import MAX_SHARED, MAX_STRETCH, Stops, Terms, suggest

PAGE = Path(__file__).parent / "README.md"
MARKERS = re.compile(r"(<!-- core -->\n).*(<!-- /core -->)", re.DOTALL)
COMPARED = "4.4 m high"
PEER_PAIRS = 10
CHECKED = 50
DESTINATIONS = 1000
VALHALLA_TAKES = {"height": 10, "width": 10, "length": 50, "weight": 100, "axle_load": 40}
"""Largest numbers its truck costing takes, in m and t; beyond them it uses 4.11 m, 2.6 m, 21.64 m, 21.77 t, 9.07 t."""


def main() -> None:
    """Measure, print, and write what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of the large extracts (default: DAJIAN_BENCH_DATA)")
    parser.add_argument("--networks", nargs="+", help="default: heidelberg porto tiles-4, or what is at hand")
    parser.add_argument("--prepare", nargs="+", default=[], help="networks that are only prepared, as tiles-8")
    parser.add_argument("--pairs", type=int, help="default: 100, with --quick 50")
    parser.add_argument("--bulk", type=int, help="generated applications (default: 100000, with --quick 2000)")
    parser.add_argument("--replay", type=int, default=0, help="reviews made on two processes, compared to the byte")
    parser.add_argument("--quick", action="store_true", help="a few minutes instead of a quarter of an hour")
    parser.add_argument("--valhalla", type=Path, help="a Python with pyvalhalla")
    parser.add_argument("--update", action="store_true", help="put the table into benchmarks/README.md")
    given = parser.parse_args()
    given.pairs = given.pairs or (50 if given.quick else 100)
    given.bulk = (2000 if given.quick else 100_000) if given.bulk is None else given.bulk
    extracts = [one.name.lower() for one in find_extracts(data_folder(given.data))]
    tiles = ["tiles-4"] if "porto" in extracts and not given.quick else []
    parts = [describe_machine() + f"\nAlso: scipy {version_of('scipy')}, pyroutingkit {version_of('pyroutingkit')}."]
    print(parts[0], flush=True)
    only_prepared = [(name, False) for name in given.prepare]
    for name, is_whole in [*((name, True) for name in given.networks or [*extracts, *tiles]), *only_prepared]:
        rows = []
        data = data_folder(given.data)
        for row in measure(name, data, given) if is_whole else [prepare_row(network_folder(name, data))]:
            rows.append(row)
            print(f"  {name}: {' | '.join(row.cells())}", flush=True)
        parts.append(f"### {name}\n\n{as_markdown(rows)}")
        print(f"\n{parts[-1]}\n", flush=True)
    if given.update:
        new, count = MARKERS.subn(
            lambda found: f"{found[1]}{chr(10).join(parts)}\n{found[2]}", PAGE.read_text(encoding="utf-8")
        )
        assert count == 1, f"{PAGE} must have <!-- core --> and <!-- /core --> once"
        PAGE.write_text(new, encoding="utf-8")


def network_folder(name: str, data: Path) -> Path:
    """Compile a network that is not there: a real extract, or ``tiles-N``, N times N copies of Porto."""
    folder = var_folder() / "bench" / name
    if not name.startswith("tiles-"):
        return compiled(name.capitalize(), data, folder)
    if not (folder / "manifest.json").exists():
        source = folder.with_suffix(".osm.pbf")
        make_tiles(data / REAL_EXTRACTS["Porto"], int(name.removeprefix("tiles-")), source)
        from api.networks import compile_network

        compile_network([source], folder, policy=load_policy())
    return folder


def measure(name: str, data: Path, given: argparse.Namespace) -> Iterator[Row]:
    """Every line of one network."""
    folder = network_folder(name, data)
    yield prepare_row(folder)
    core = CoreNetwork.open(name, folder)
    judged = core.four_vehicles()
    metrics = {vehicle: core.metric(one.verdicts) for vehicle, one in judged.items()}
    pairs = core.pairs(given.pairs, [core.weigh(one) for one in judged.values()])
    yield from verdict_rows(core)
    yield from customise_rows(core, judged)
    for vehicle, one in judged.items():
        yield query_row(core, vehicle, one, metrics[vehicle], pairs)
    yield table_row(core, judged[COMPARED], metrics[COMPARED], pairs)
    yield Row("class vehicles", "", [core.pin_classes()], f"{len(core.router.metrics.pinned)} metrics kept")
    yield from new_vehicle_rows(core, given.pairs)
    yield memory_row(folder)
    yield start_row(folder)
    yield from peer_rows(core, metrics[COMPARED], judged[COMPARED], pairs)
    if given.valhalla and name.capitalize() in REAL_EXTRACTS:
        source = data / REAL_EXTRACTS[name.capitalize()]
        yield from valhalla_rows(core, source, var_folder() / "bench" / f"valhalla-{name}", given.valhalla, pairs)
    if given.bulk:
        yield from bulk_rows(folder, given.bulk)
    yield alternatives_row(core, judged[COMPARED], pairs)
    if given.replay:
        yield replay_row(folder, given.replay)


def prepare_row(folder: Path) -> Row:
    """Preparing the network anew, in a process of its own (`core_prepare.py`)."""
    told = told_by("core_prepare.py", folder)
    size = f"{told['nodes']:,} nodes, {told['arcs']:,} arcs; {told['with_copies']:,} with copies for bans"
    shortcuts = f"{told['up_arcs']:,} up-arcs, {told['triangles']:,} triangles"
    return Row("prepare", "", [told["seconds"]], f"{size}; {shortcuts}; peak {told['peak_mb']:,.0f} MB")


def verdict_rows(core: CoreNetwork) -> Iterator[Row]:
    """All arcs for one vehicle."""
    from api.reviews.request import profile_of

    for vehicle, loaded in FOUR_VEHICLES.items():
        profile = profile_of(loaded, on=ON)
        made = timed(lambda profile=profile: core.judge(profile).tobytes())
        per_million = made.seconds / core.graph.arc_count * 1e6
        yield Row("verdict pass", vehicle, [made.seconds], f"{as_time(per_million)} a million arcs")


def customise_rows(core: CoreNetwork, judged: dict[str, Judged]) -> Iterator[Row]:
    """One vehicle, and sixteen side by side; the lanes must hold what single metrics hold."""
    h, is_shut = core.router.hierarchy, core.router.is_shut
    weights = core.weigh(judged[COMPARED])
    alone = customise(h, is_shut, weights)
    made = timed(lambda: customise(h, is_shut, weights).is_whole)
    per_triangle = made.seconds / len(h.triangle) * 1e9
    yield Row("customise one vehicle", COMPARED, [made.seconds], f"{per_triangle:.2f} ns a triangle")
    names = [list(judged)[n % len(judged)] for n in range(LANES)]
    verdicts = np.stack([judged[name].verdicts for name in names], axis=1)
    both = np.empty((len(h.up_head), 2 * LANES), np.uint32)
    kernel = weights.kernel

    def lanes() -> None:
        respect_lanes(h.placed(is_shut), kernel.base_ms, verdicts, kernel.permille, both)
        customise_lanes(h.first_up, h.triangle, both)

    sixteen = timed(lanes)
    lane = names.index(COMPARED)
    assert (both[:, lane] == alone.up).all()
    assert (both[:, LANES + lane] == alone.down).all()
    per_triangle = sixteen.seconds / LANES / len(h.triangle) * 1e9
    yield Row(
        "customise sixteen, each",
        "all four",
        [sixteen.seconds / LANES],
        f"{per_triangle:.2f} ns a triangle; same metric",
    )


def query_row(core: CoreNetwork, vehicle: str, judged: Judged, metric: Metric, pairs: Sequence[Pair]) -> Row:
    """Query with path on the vehicle's own metric; costs equal Dijkstra's."""
    weights = core.weigh(judged)
    core.router.metric_of(weights)
    found = [timed(lambda pair=pair: core.router.query(weights, *pair), 3) for pair in pairs]
    ratios = []
    for pair, each in zip(pairs, found, strict=True):
        slow = timed(lambda pair=pair: cost_of(core.dijkstra(metric, pair)), 1)
        assert cost_of(each.answer) == slow.answer
        ratios.append(slow.seconds / each.seconds)
    arcs = statistics.median(len(each.answer.arcs) for each in found if each.answer)
    checked = f"{len(pairs)} of {len(pairs)} costs equal Dijkstra's (its time is the ratio); {arcs:.0f} arcs"
    return Row("query with path", vehicle, [each.seconds for each in found], checked, ratios)


def cost_of(path: RoadPath | None) -> int:
    """Cost, -1 if there is no path."""
    return path.cost if path else -1


def table_row(core: CoreNetwork, judged: Judged, metric: Metric, pairs: Sequence[Pair]) -> Row:
    """One to many, a sample checked against Dijkstra."""
    weights = core.weigh(judged)
    goals = [pair[1] for pair in core.pairs(DESTINATIONS)]
    made = timed(lambda: one_to_many(core.router, weights, pairs[0][0], goals).tobytes(), 3)
    costs = np.frombuffer(made.answer, np.int64)
    for n in range(0, DESTINATIONS, DESTINATIONS // 20):
        assert costs[n] == cost_of(core.dijkstra(metric, (pairs[0][0], goals[n])))
    return Row(f"one to {DESTINATIONS}", COMPARED, [made.seconds], "20 of 20 costs equal Dijkstra's")


def new_vehicle_rows(core: CoreNetwork, count: int) -> Iterator[Row]:
    """Every pair with a vehicle never seen before: its verdicts, then the best verdict first and the least cost."""
    fleet = Fleet.of(count, SEED + 1)
    judge_s, answer_s, settled, capped = [], [], [], 0
    counts = core.router.metrics.counts
    for n, pair in enumerate(core.pairs(count)):
        core.router.metrics.forget()
        start = time.perf_counter()
        judged = Judged(core.judge(fleet.profile(n)))
        middle = time.perf_counter()
        before = counts["customised"]
        found = core.best(judged, pair)
        end = time.perf_counter()
        judge_s.append(middle - start)
        answer_s.append(end - middle)
        capped += counts["customised"] - before
        settled.append(found[1].settled if found else 0)
        if n < CHECKED:
            assert (found and (found[0], found[1].cost)) == core.best_by_dijkstra(judged.verdicts, pair)
    told = f"{min(CHECKED, count)} of {min(CHECKED, count)} verdicts and costs equal Dijkstra's"
    both_s = [one + other for one, other in zip(judge_s, answer_s, strict=True)]
    yield Row("new vehicle: verdicts", f"{count} generated", judge_s, "")
    yield Row(
        "new vehicle: answer",
        f"{count} generated",
        answer_s,
        f"{told}; {statistics.median(settled):.0f} links settled; {capped} customised",
    )
    yield Row("new vehicle: verdicts and answer", f"{count} generated", both_s, "")


def start_row(folder: Path) -> Row:
    """A process of its own with the compiled kernels cached, until its first whole review; its memory beside ours."""
    told_by("first_answer.py", folder)
    start = time.perf_counter()
    told = told_by("first_answer.py", folder)
    seconds = time.perf_counter() - start
    memory = f"{told['Private_Dirty']:,.0f} MB of its own, {told['Rss']:,.0f} MB resident"
    return Row("new process to first review", "legal 49 t", [seconds], f"{told['cpu_s']:.2f} s of CPU; {memory}")


def peer_rows(core: CoreNetwork, metric: Metric, judged: Judged, pairs: Sequence[Pair]) -> Iterator[Row]:
    """The others on the first pairs; ours is the query with path, and for a new vehicle also judging it."""
    weights = core.weigh(judged)
    core.router.metric_of(weights)
    asked = pairs[:PEER_PAIRS]
    ours = [timed(lambda pair=pair: core.router.query(weights, *pair), 5) for pair in asked]
    for peer in peers(core, metric):
        remade = timed(lambda peer=peer: peer.remake() is None, 1)
        yield Row(f"{peer.name}: a new vehicle's graph", COMPARED, [remade.seconds], "")
        yield peer_row(peer, asked, ours)


def peer_row(peer: Peer, pairs: Sequence[Pair], ours: Sequence[object]) -> Row:
    """One library's searches; its cost is ours, or lower where it knows no bans."""
    theirs = [timed(lambda pair=pair: peer.search(pair), 1) for pair in pairs]
    costs = [cost_of(each.answer) for each in ours]  # type: ignore[attr-defined]
    equal = sum(each.answer == cost for each, cost in zip(theirs, costs, strict=True))
    assert all(each.answer <= cost for each, cost in zip(theirs, costs, strict=True)), peer.name
    ratios = [each.seconds / own.seconds for each, own in zip(theirs, ours, strict=True)]  # type: ignore[attr-defined]
    what = "turn bans obeyed, turning round allowed" if peer.knows_bans else "no turn bans"
    checked = f"{equal} of {len(pairs)} costs equal ours, none above; {what}"
    return Row(peer.name, COMPARED, [each.seconds for each in theirs], checked, ratios)


def valhalla_rows(core: CoreNetwork, source: Path, tiles: Path, python: Path, pairs: Sequence[Pair]) -> Iterator[Row]:
    """Valhalla's truck costing with the numbers of the four vehicles; what it sets back stands beside the time."""
    for vehicle, loaded in FOUR_VEHICLES.items():
        numbers = {
            "height": loaded.height_mm / 1000,
            "width": loaded.width_mm / 1000,
            "length": loaded.length_mm / 1000,
            "weight": loaded.gross_mass_kg / 1000,
            "axle_load": max(axle.load_kg for axle in loaded.axles) / 1000,
        }
        questions = [{**numbers, **lon_lat(core, pair)} for pair in pairs]
        ran = subprocess.run(
            [python, Path(__file__).with_name("valhalla_peer.py"), source, tiles],
            input=json.dumps(questions).encode(),
            check=True,
            capture_output=True,
        )
        told = json.loads(ran.stdout)
        answers = told["answers"]
        beyond = [f"{name} {numbers[name]:g}" for name, top in VALHALLA_TAKES.items() if numbers[name] > top]
        warned = sorted({text for answer in answers for text in answer["warnings"]})
        failed = sum(answer["error"] is not None for answer in answers)
        checked = f"another cost model, not comparable; {failed} of {len(pairs)} without a route"
        checked += f"; ANOTHER VEHICLE: {', '.join(beyond)} set back to its default truck" if beyond else ""
        checked += f"; says: {'; '.join(warned)}" if warned else "; says nothing of it" if beyond else ""
        yield Row(f"valhalla {told['version']} truck", vehicle, [answer["seconds"] for answer in answers], checked)


def lon_lat(core: CoreNetwork, pair: Pair) -> dict[str, list[float]]:
    """Coordinates near the spots of a pair: halfway along their arcs' lines."""
    lines = [core.graph.arc_points(places[0].arc) for places in pair]
    return {"lon": [float(lon[:2].mean()) for lon, _ in lines], "lat": [float(lat[:2].mean()) for _, lat in lines]}


def bulk_rows(folder: Path, count: int) -> Iterator[Row]:
    """Applications with a vehicle and a pair each, in a process that does nothing else (`core_bulk.py`)."""
    told = told_by("core_bulk.py", folder, count)
    checked = (
        f"{told['found']:,} with a path; {told['checked']} equal Dijkstra's; peak {told['peak_mb']:,.0f} MB resident"
    )
    sorts = f"bulk: {told['sorts']:,} sorts of vehicles judged"
    yield Row(sorts, f"{count:,} generated", [told["judge_s"]], "two threads")
    yield Row(f"bulk: {count:,} applications", "each its own", [told["judge_s"] + told["search_s"]], checked)


def memory_row(folder: Path) -> Row:
    """A process that has answered fifty vehicles with class vehicles kept (`core_memory.py`)."""
    told = told_by("core_memory.py", folder)
    memory = f"{told['Rss']:,.0f} MB resident, {told['Private']:,.0f} MB of its own"
    checked = f"{told['classes']} class vehicles, {told['metrics']} other metrics kept; {memory}"
    return Row("interactive: a whole review", "50 generated", [told["seconds"] / told["reviews"]], checked)


def told_by(script: str, *given: object) -> dict[str, Any]:
    """What another script of this folder prints as JSON."""
    command = [sys.executable, Path(__file__).with_name(script), *map(str, given)]
    told: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return told


def alternatives_row(core: CoreNetwork, judged: Judged, pairs: Sequence[Pair]) -> Row:
    """Three routes of a vehicle not seen before, its own metric included; sharing and stretch are looked at again."""
    seconds, counts = [], []
    lengths = core.graph.arcs.length_mm.astype(np.int64)
    for here, there in pairs:
        core.router.metrics.forget()
        start = time.perf_counter()
        terms = Terms(core.times, judged.verdicts, core.policy)
        routes = suggest(core.router, terms, Stops((tuple(here), tuple(there))), count=3)
        seconds.append(time.perf_counter() - start)
        counts.append(len(routes))
        for n, route in enumerate(routes):
            arcs = np.array(route.arcs)
            for other in routes[:n]:
                same = np.isin(arcs, np.array(other.arcs))
                back = np.isin(np.array(other.arcs), arcs)
                shares = (lengths[arcs][same].sum() / lengths[arcs].sum(), lengths[list(other.arcs)][back].sum())
                assert min(shares[0], shares[1] / lengths[list(other.arcs)].sum()) <= MAX_SHARED
            assert route.verdict > routes[0].verdict or route.cost <= MAX_STRETCH * routes[0].cost + 1
    three = sum(count == 3 for count in counts)
    return Row("three alternatives", COMPARED, seconds, f"three for {three} of {len(pairs)}; sharing, stretch")


def replay_row(folder: Path, count: int) -> Row:
    """Whole reviews, answered twice: by this process, and by another in another order with class vehicles kept."""
    start = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        jobs = [pool.apply_async(reviews_of, (folder, count, is_warm)) for is_warm in (False, True)]
        one, other = (job.get() for job in jobs)
    assert one == other, "reviews differ between processes"
    verdicts = ", ".join(f"{n} {verdict}" for verdict, n in sorted(Counter(name for name, _ in one).items()))
    seconds = (time.perf_counter() - start) / count
    return Row(f"{count} reviews on two processes", "generated", [seconds], f"the same bytes; {verdicts}")


def reviews_of(folder: Path, count: int, is_warm: bool) -> list[tuple[str, str]]:
    """Verdict and hash of seeded reviews."""
    network, fleet, policy = OpenNetwork.open(folder), [*FOUR_VEHICLES.values()], load_policy()
    if is_warm:
        keep_classes(network, policy, on=ON)
    chance, requests = random.Random(SEED), []  # noqa: S311 - trips, not secrets
    for n in range(count):
        lines = [network.graph.arc_points(chance.randrange(network.graph.arc_count)) for _ in range(2)]
        stops = tuple((float(lon[0]), float(lat[0])) for lon, lat in lines)
        loaded = fleet[0] if n % 5 else fleet[n // 5 % len(fleet)]  # most may drive; a refusal takes a second
        requests.append(ReviewRequest(loaded, policy, ON, stops, alternatives=1 + n % 3, snap_m=5000))
    answers = [review(network, request) for request in (requests[::-1] if is_warm else requests)]
    told = [(answer["verdict"], hashlib.sha256(to_json(answer).encode()).hexdigest()) for answer in answers]
    return told[::-1] if is_warm else told


if __name__ == "__main__":
    main()
