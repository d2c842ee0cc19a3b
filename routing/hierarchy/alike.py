"""Vehicles judged alike (同判车辆): which numbers of a vehicle a network can tell apart, and class vehicles below them.

A limit compares a number of the vehicle with a number of the network or of the policy. Two vehicles on the same side
of every such number get the same verdict on every arc, so of a hundred thousand vehicles only a few thousand have to be
judged. The smallest vehicle between two numbers of the policy is a *class vehicle* (代表车型): it is judged no worse
than any other there, so its metric is a lower bound of theirs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Self

import numpy as np

from routing._kernels.verdict import Load
from routing.columns import LimitState, Quantity
from routing.graph import I32, I64, RoadGraph
from routing.limits import ExtraRows
from routing.policy import Policy
from routing.vehicle import Axle, VehicleProfile

SIZES = tuple(Quantity)[: len(Load._fields)]
"""The quantities in the order of a `Load`."""
LANES_MM = (3250, 3750)
"""Lane widths of smaller and larger roads: the steps between class vehicles wider than legal."""


@dataclass(frozen=True, slots=True)
class Edges:
    """The numbers each quantity of a vehicle is compared with (比较界限), sorted; in mm and kg."""

    of_size: tuple[I64, ...]

    @classmethod
    def of(cls, graph: RoadGraph, policy: Policy, extra: ExtraRows | None = None) -> Self:
        """Collect them from limits, overlays, widths and policy."""
        height, mass, rows = policy.height, policy.mass, extra or ExtraRows.none()
        assumed = [clearance - height.assumed_margin_mm for clearance in height.assumed_clearance_mm.values()]
        open_road = (height.open_road_passes_mm, height.open_road_conditional_mm)
        of_policy: dict[Quantity, Sequence[int]] = {
            Quantity.HEIGHT: (height.legal_mm, height.below_default_mm, *open_road, *assumed),
            Quantity.WIDTH: (policy.legal_width_mm,),
            Quantity.LENGTH: (policy.legal_length_mm,),
            Quantity.AXLE_LOAD: (mass.legal_axle_load_kg,),
            Quantity.AXLE_GROUP: (mass.legal_axle_group_kg,),
            Quantity.TRIDEM: (mass.legal_tridem_kg,),
        }
        edges: list[I64] = []
        for size in SIZES:
            parts: list[Sequence[int] | I32] = [of_policy.get(size, ())]
            for table in (graph.limits, rows):
                is_number = (table.quantity == size) & (table.state == LimitState.NUMBER)
                parts.append(table.value[np.flatnonzero(is_number)])
            if size is Quantity.WIDTH:
                parts += [graph.arcs.lane_width_mm, graph.arcs.carriageway_mm]
            joined: I64 = np.concatenate([np.array(part, np.int64) for part in parts])
            edges.append(np.unique(joined))
        return cls(tuple(edges))

    def signatures(self, loads: I64, legal_mass_kg: I64) -> I64:
        """Tell vehicles apart as far as limits can; bridges of an inventory must be told apart beside this.

        Args:
            loads: int64[vehicles, 7], numbers in the order of a `Load`.
            legal_mass_kg: int64[vehicles].

        Returns:
            int64[vehicles, 8]; vehicles with equal rows get equal verdicts.
        """
        ranks = [np.searchsorted(edges, loads[:, n]) for n, edges in enumerate(self.of_size)]
        is_legal = loads[:, SIZES.index(Quantity.GROSS_MASS)] <= legal_mass_kg
        return np.column_stack([*ranks, is_legal]).astype(np.int64)


def class_vehicles(policy: Policy) -> Iterator[VehicleProfile]:
    """Class vehicles, one for every band of height and width and for legal or larger mass, the smallest of its band."""
    height, width = policy.height, policy.legal_width_mm
    heights = (0, height.legal_mm, height.open_road_passes_mm, height.open_road_conditional_mm)
    for over, height_mm, width_mm in product((0, 1), heights, (0, width, *LANES_MM)):
        sizes = {"height_mm": height_mm + 1, "width_mm": width_mm + 1, "length_mm": 0}
        yield VehicleProfile(**sizes, gross_mass_kg=over, axles=(Axle(0, 0),), legal_mass_kg=0)
