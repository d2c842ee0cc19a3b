"""One network made ready for measuring the core (内核测量用路网): the hierarchy, vehicles judged, pairs of places."""

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as File

import numpy as np

from api.networks import compile_network, prepare_network
from api.reviews.network import Keeping, OpenNetwork
from api.reviews.request import profile_of
from api.reviews.situation import condition_states
from benchmarks.extracts import REAL_EXTRACTS, sample_file
from benchmarks.fleet import FOUR_VEHICLES, spot, twins
from benchmarks.trips import LEADS_NOWHERE, SEED
from data.policies import load_policy
from routing.columns import Access, Verdict
from routing.derived import open_derived
from routing.graph import U8, RoadGraph
from routing.hierarchy.alike import class_vehicles
from routing.hierarchy.errors import HierarchyError
from routing.hierarchy.router import Router
from routing.hierarchy.topology import open_hierarchy
from routing.hierarchy.weights import ArcWeights, Judged, weigh
from routing.limits import ExtraRows, Judge, Situation, judge_arcs
from routing.metric import Metric, TravelTimes, customise
from routing.parts import Path, Place
from routing.policy import Policy
from routing.search import Prepared, query
from routing.storage import load
from routing.turns import bans_in_force
from routing.vehicle import VehicleProfile

ON = dt.date(2026, 11, 23)
TIERS = (Verdict.PASSES, Verdict.CONDITIONAL, Verdict.UNKNOWN)
WORST = Verdict.UNKNOWN
Pair = tuple[list[Place], list[Place]]


@dataclass(frozen=True)
class CoreNetwork:
    """A network on one day with everything the measurements need.

    Attributes:
        prepared: For Dijkstra, the second opinion.
    """

    name: str
    graph: RoadGraph
    router: Router
    prepared: Prepared
    policy: Policy
    times: TravelTimes
    situation: Situation

    @classmethod
    def open(cls, name: str, folder: File) -> "CoreNetwork":
        """Open a network folder; prepare it if it was not."""
        policy = load_policy()
        prepare(folder)
        network = OpenNetwork.open(folder)
        graph = network.graph
        states = condition_states(network, on=ON, gross_mass_kg=49_000)
        situation = Situation(states, ExtraRows.none(), graph.arcs.access)
        prepared = Prepared.of(graph, bans_in_force(graph, states))
        router = network.router(states)
        times = network.times(policy)
        return cls(name, graph, router, prepared, policy, times, situation)

    def judge(self, vehicle: VehicleProfile) -> U8:
        """Verdicts of a vehicle."""
        return judge_arcs(self.graph, Judge.of(vehicle, self.policy), self.situation)

    def weigh(self, judged: Judged, worst: Verdict = WORST) -> ArcWeights:
        """Weights of a vehicle."""
        return weigh(self.times, judged, self.policy, worst=worst)

    def metric(self, verdicts: U8, worst: Verdict = WORST) -> Metric:
        """The same weights for Dijkstra and for the other libraries."""
        return customise(self.times, verdicts, self.policy, worst=worst)

    def four_vehicles(self) -> dict[str, Judged]:
        """The vehicles that stand in the table."""
        return {name: Judged(self.judge(profile_of(each, on=ON))) for name, each in FOUR_VEHICLES.items()}

    def pin_classes(self) -> float:
        """Customise the class vehicles; return the seconds it took."""
        start = time.perf_counter()
        classes = [Judged(self.judge(vehicle)) for vehicle in class_vehicles(self.policy)]
        tiers = (self.weigh(judged, worst) for worst in TIERS for judged in classes)
        self.router.pin(tiers, most=Keeping().classes)
        return time.perf_counter() - start

    def dijkstra(self, metric: Metric, pair: Pair) -> Path | None:
        """The second opinion."""
        return query(self.prepared, metric, *pair)

    def pairs(self, count: int, connected_for: Sequence[ArcWeights] = ()) -> list[Pair]:
        """Seeded pairs of spots on open roads of the main part, connected for all the weights."""
        arcs = self.graph.arcs
        usable = np.flatnonzero(((arcs.flags & LEADS_NOWHERE) == 0) & (arcs.access == Access.YES))
        rng, back, found = np.random.default_rng(SEED), twins(self.graph), []
        while len(found) < count:
            one, other = rng.choice(usable, 2).tolist()
            shares = rng.random(2).tolist()
            pair = spot(self.graph, back, one, shares[0]), spot(self.graph, back, other, shares[1])
            if one != other and all(self.router.query(weights, *pair) for weights in connected_for):
                found.append(pair)
        return found

    def best(self, judged: Judged, pair: Pair) -> tuple[Verdict, Path] | None:
        """The best verdict first, then the least cost: what a suggestion asks."""
        for worst in TIERS:
            path = self.router.query(self.weigh(judged, worst), *pair)
            if path is not None:
                return worst, path
        return None

    def best_by_dijkstra(self, verdicts: U8, pair: Pair) -> tuple[Verdict, int] | None:
        """The same by Dijkstra, without the path."""
        for worst in TIERS:
            path = self.dijkstra(self.metric(verdicts, worst), pair)
            if path is not None:
                return worst, path.cost
        return None


def prepare(folder: File) -> None:
    """Prepare a network folder that was not, or by an earlier version."""
    graph = load(folder)
    try:
        if open_hierarchy(folder, graph) is not None and open_derived(folder, graph) is not None:
            return
    except HierarchyError:
        pass
    prepare_network(folder, policy=load_policy())


def compiled(name: str, data: File, folder: File) -> File:
    """Folder of a real extract's network, or of the small sample's, compiled if it is not there."""
    if not (folder / "manifest.json").exists():
        source = data / REAL_EXTRACTS[name] if name in REAL_EXTRACTS else sample_file()
        compile_network([source], folder, policy=load_policy())
    return folder


def peak_mb() -> float:
    """Peak resident memory of this process; getrusage would tell that of the process it was started by, if larger."""
    status = File("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1e3


def memory_mb() -> dict[str, float]:
    """Rss: resident; Pss: resident, shared pages divided by who shares them; Private: nobody else's."""
    rollup = File("/proc/self/smaps_rollup").read_text(encoding="utf-8")
    kb = {line.split(":")[0]: int(line.split()[1]) for line in rollup.splitlines()[1:]}
    private = kb["Private_Clean"] + kb["Private_Dirty"]
    return {"Rss": kb["Rss"] / 1e3, "Pss": kb["Pss"] / 1e3, "Private": private / 1e3}
