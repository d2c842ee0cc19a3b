"""Make a province-sized .osm.pbf by shifting copies of a small extract, and measure what building a network takes.

No large open extract is at hand, so size comes from repetition: every copy has ids of its own and lies beside the last
one on a grid. The answer is checked: a network of n copies has n times the arcs of one.

    python benchmarks/make_province.py SOURCE.osm.pbf --copies 50 --out var/province.osm.pbf
"""

import argparse
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import osmium

from data.build import build_network, write_network
from data.policies import load_policy

GRID = 8  # copies side by side
STEP_DEG = 1.0
SPAN = 1 << 34  # more than the largest id in use


@dataclass(frozen=True)
class Copy:
    """How one copy differs from its source: all its ids are larger than those of the copy before."""

    number: int

    def id_of(self, source_id: int) -> int:
        """Return the copy's id of an element."""
        return source_id + SPAN * self.number

    def place_of(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where the copy has a place of the source."""
        return lon + STEP_DEG * (self.number % GRID), lat + STEP_DEG * (self.number // GRID)


def main() -> None:
    """Make the file and measure the build."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--copies", type=int, default=50)
    parser.add_argument("--out", type=Path, default=Path("var/province.osm.pbf"))
    parser.add_argument("--network", type=Path, default=Path("var/province"), help="folder for the built network")
    parser.add_argument("--keep", action="store_true", help="use the file if it is there already")
    given = parser.parse_args()
    given.out.parent.mkdir(parents=True, exist_ok=True)
    if not (given.keep and given.out.exists()):
        make_province(given.source, given.copies, given.out)
    print(f"{given.out}: {given.out.stat().st_size / 1e6:.0f} MB, {given.copies} copies")
    one, _ = build_network([given.source], policy=load_policy())
    start = time.perf_counter()
    graph, report = build_network(
        [given.out], policy=load_policy(), progress=lambda *told: print_progress(start, *told)
    )
    built = time.perf_counter()
    write_network(graph, report, given.network)
    print(f"build {built - start:.0f} s, write {time.perf_counter() - built:.0f} s, peak {peak_gb():.2f} GB")
    print(f"{graph.node_count:,} nodes, {graph.arc_count:,} arcs, {len(graph.limits.quantity):,} limits")
    assert graph.arc_count == given.copies * one.arc_count
    assert len(graph.turn_bans.condition) == given.copies * len(one.turn_bans.condition)
    assert len(graph.structures.kind) == given.copies * len(one.structures.kind)


def print_progress(start: float, stage: str, done: int) -> None:
    """Print a line a stage, with time and memory."""
    if done % 1_000_000 == 0 or not stage.startswith(("ways", "nodes")):
        print(f"{time.perf_counter() - start:6.0f} s {peak_gb():6.2f} GB  {stage} {done:,}", flush=True)


def peak_gb() -> float:
    """Peak resident memory of this process in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def make_province(source: Path, copies: int, out: Path) -> None:
    """Write the copies, sorted by kind and id as published extracts are."""
    writer = osmium.SimpleWriter(str(out), overwrite=True)
    for kind in (osmium.osm.NODE, osmium.osm.WAY, osmium.osm.RELATION):
        for number in range(copies):
            for thing in osmium.FileProcessor(str(source), kind):
                add_copy(writer, thing, Copy(number))
    writer.close()


def add_copy(writer: osmium.SimpleWriter, thing: osmium.osm.OSMObject, copy: Copy) -> None:
    """Write one object of one copy."""
    new_id = copy.id_of(thing.id)
    if thing.is_node():
        writer.add_node(thing.replace(id=new_id, location=copy.place_of(thing.lon, thing.lat)))
    elif thing.is_way():
        writer.add_way(thing.replace(id=new_id, nodes=[copy.id_of(node.ref) for node in thing.nodes]))
    else:
        writer.add_relation(thing.replace(id=new_id, members=list(shifted_members(thing, copy))))


def shifted_members(relation: osmium.osm.Relation, copy: Copy) -> Iterator[osmium.osm.RelationMember]:
    """Members with the ids of the copy."""
    for member in relation.members:
        yield member.type, copy.id_of(member.ref), member.role


if __name__ == "__main__":
    main()
