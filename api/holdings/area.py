"""Where a body may speak for roads (辖区): its counties; for a firm, the roads the network names as its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import shapely

from api.db.tables import Body
from api.holdings.settings import holding_settings
from api.reviews.network import OpenNetwork
from data.line_arcs import arcs_by_ref
from data.mercator import project, project_lines, scale_at
from routing.graph import F64, I32, Bool
from routing.phrase import refs_of

_DIGITS: Final = {"province": 2, "city": 4, "county": 6}


@dataclass(frozen=True)
class Area:
    """Roads and places of a body (辖区).

    Attributes:
        network: What places are looked up in.
        prefix: First digits of the codes of its counties; None for a firm.
        owner: Name that road tables give a firm.
    """

    network: OpenNetwork
    prefix: str | None
    owner: str

    @cached_property
    def arcs(self) -> Bool:
        """Which arcs lie in it, bool[arcs]; a road near the county line counts for both counties."""
        arcs, records = self.network.graph.arcs, self.network.graph.road_records
        if self.prefix is None:
            names = {row for row in np.unique(records.owner).tolist() if self.network.graph.strings[row] == self.owner}
            found = np.zeros(len(arcs.county_code), np.bool_)
            found[records.arc[np.isin(records.owner, sorted(names))]] = bool(names)
            return found
        return np.asarray(self._is_own(arcs.county_code) | self._is_own(arcs.border_county_code), np.bool_)

    def has_points(self, lon_deg: Sequence[float], lat_deg: Sequence[float]) -> Bool:
        """Whether places in degrees lie in it, or so near that the drawn line leaves it open."""
        points = project(np.array(lon_deg, np.float64), np.array(lat_deg, np.float64))
        shapes, metres = self._shapes
        if not len(points) or not len(shapes):
            return np.zeros(len(points), np.bool_)
        reach = metres * scale_at(points[:, 1])
        _, distance = shapely.STRtree(shapes).query_nearest(
            shapely.points(points), return_distance=True, all_matches=False
        )
        return np.asarray(distance <= reach, np.bool_)

    def has_stretch(self, route_ref: str, from_m: int, to_m: int, *, is_whole: bool = False) -> bool:
        """Whether a stretch of a route, by the network's stakes, lies in it; what cannot be found does not."""
        found = [self._arcs_of(ref, from_m, to_m, is_whole=is_whole) for ref in refs_of(route_ref)]
        return bool(found) and all(len(arcs) and bool(self.arcs[arcs].all()) for arcs in found)

    def _arcs_of(self, ref: str, from_m: int, to_m: int, *, is_whole: bool) -> I32:
        arcs = arcs_by_ref(self.network.graph, {ref}).get(ref, np.empty(0, np.int32))
        if is_whole or not len(arcs):
            return arcs
        records = self.network.graph.road_records
        low = np.minimum(records.stake_from_m, records.stake_to_m)
        high = np.maximum(records.stake_from_m, records.stake_to_m)
        is_met = (low >= 0) & (low <= to_m) & (high >= from_m)
        return np.intersect1d(arcs, records.arc[is_met])

    @cached_property
    def _shapes(self) -> tuple[F64, float]:
        """Shapes in Mercator metres, and how far beside them is still in it."""
        settings = holding_settings()
        if self.prefix is None:
            rows = np.unique(self.network.graph.arcs.geometry[self.arcs]).astype(np.int32)
            return np.asarray(project_lines(self.network.graph, rows)), float(settings.firm_reach_m)
        lines = self.network.divisions.lines
        return np.asarray(lines.areas[self._is_own(lines.codes)]), float(settings.area_slack_m)

    def _is_own(self, codes: I32) -> Bool:
        digits = len(self.prefix or "")
        return np.asarray((codes > 0) & (codes // 10 ** (6 - digits) == int(self.prefix or "0")), np.bool_)


def area_of(body: Body, network: OpenNetwork) -> Area:
    """The area of a body."""
    digits = _DIGITS.get(body.level)
    prefix = body.division_code[:digits] if body.division_code and digits else None
    return Area(network, prefix, body.name)
