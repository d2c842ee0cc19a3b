"""Match a given route to the network (路线匹配), so that it is reviewed arc by arc like a suggested one.

A line that is our own geometry is followed exactly, vertex by vertex. A drawn or recorded line is followed as a hidden
Markov model: candidates near each of its points, the cheapest way through them. What a suggestion may never do, a given
route may: the wrong way, a banned turn, a turn on the spot, a stretch off the network. Each is a breach, not an error.
"""

from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
import shapely

from routing._kernels import matching as kernel
from routing.columns import ConditionState
from routing.errors import TooFarError
from routing.geometry import metres_per_degree
from routing.graph import F64, I64, U8, RoadGraph
from routing.line_tracks import Drive, Followed, Line, Tracks, follow_exactly, follow_roughly, tracks_near
from routing.parts import Place
from routing.path import Piece

MATCH_M = 25.0
STUB_MM = 10  # a first or last piece shorter than this is rounding, not a road driven
_MM = 1000.0


class BreachKind(Enum):
    """What a given route does that no suggestion would (违反类型)."""

    WRONG_WAY = "wrong_way"  # 逆行
    TURN_BANNED = "turn_banned"  # 违反禁止转向
    U_TURN = "u_turn"  # 掉头
    OFF_NETWORK = "off_network"  # 离开路网


@dataclass(frozen=True, slots=True)
class RouteBreach:
    """One breach and where it happens (违反).

    Attributes:
        kind: What.
        index: Place in `MatchedRoute.path_arcs`: the arc driven the wrong way, the arc turned into, the first arc after
            a stretch off the network (the number of arcs if the route ends off it).
        at_mm: Distance along the matched arcs as driven.
        length_mm: How far it is driven so; for `OFF_NETWORK` measured along the given line, 0 for a turn.
        lon: Longitude in degrees where it begins.
        lat: Latitude in degrees where it begins.
        source: Where the ban or the direction comes from, empty for `OFF_NETWORK`.
        condition: Text of the ban's condition, empty if it always holds.
        condition_state: Whether the condition holds at the asked time.
    """

    kind: BreachKind
    index: int
    at_mm: int
    length_mm: int
    lon: float
    lat: float
    source: str = ""
    condition: str = ""
    condition_state: ConditionState = ConditionState.ACTIVE


@dataclass(frozen=True, slots=True)
class MatchedRoute:
    """A given route as arcs (匹配后的路线).

    Attributes:
        path_arcs: In travel order. Where a road is driven against its only direction, the arc of that direction stands
            here, so that the limits of the road are still reviewed. An arc left for open ground and joined again stands
            twice.
        pieces: The driven part of each arc; of an arc driven the wrong way too, ``from_mm <= to_mm``.
        start: Where on the first arc the route begins.
        end: Where on the last arc it ends.
        breaches: In the order they happen.
        is_exact: The line is our own geometry.
        farthest_m: Largest distance of a matched point of the line from its arc.
    """

    path_arcs: tuple[int, ...]
    pieces: tuple[Piece, ...]
    start: Place
    end: Place
    breaches: tuple[RouteBreach, ...]
    is_exact: bool
    farthest_m: float


def match_line(
    graph: RoadGraph, lon: F64, lat: F64, *, match_m: float = MATCH_M, condition_state: U8 | None = None
) -> MatchedRoute:
    """Match a line to arcs.

    A first or last arc that the line only touches with its end is left out, since no line can tell it.

    Args:
        graph: The network.
        lon: float64[points], longitudes in degrees, two points at least.
        lat: float64[points], latitudes in degrees.
        match_m: How far the line may lie from its roads; a stretch farther away is a breach.
        condition_state: uint8[texts], `ConditionState` of each condition text; anything but INACTIVE bans a turn. None:
            every ban holds.

    Returns:
        The route; equal input gives equal output.

    Raises:
        TooFarError: No part of the line follows a road; carries the distance of the nearest road.
    """
    line = _without_repeats(lon, lat)
    state = np.ones(len(graph.strings), np.uint8) if condition_state is None else condition_state
    rows = np.flatnonzero(state[graph.turn_bans.condition] != ConditionState.INACTIVE)
    first = graph.turn_bans.first_arc[rows]
    pairs = first[graph.turn_bans.first_arc[rows + 1] - first == 2]  # noqa: PLR2004 - via ways are told afterwards
    bans = graph.turn_bans.arc[pairs[:, None] + np.arange(2)]
    tracks = tracks_near(graph, line, bans, is_exact=True)
    followed = follow_exactly(tracks, line) if len(tracks.arc) else None
    is_exact = followed is not None
    if followed is None:
        tracks = tracks_near(graph, line, bans, is_exact=False)
        followed = follow_roughly(tracks, line, match_m) if len(tracks.arc) else None
    if followed is None:
        distance = _distance_m(graph, line)
        raise TooFarError(
            f"the line follows no road within {match_m:g} m; {_nearest_text(distance, match_m)}", distance
        )
    return _Route(graph, tracks, followed).finish(rows, state, is_exact)


def _nearest_text(distance_m: float | None, match_m: float) -> str:
    if distance_m is None:
        return "the network has no road"
    if distance_m <= match_m:
        return "it only touches or crosses roads"
    return f"the nearest road lies {distance_m:.0f} m from it"


def _without_repeats(lon: F64, lat: F64) -> Line:
    keeps = np.ones(len(lon), np.bool_)
    keeps[1:] = (np.diff(lon) != 0) | (np.diff(lat) != 0)
    if keeps.sum() < 2:  # noqa: PLR2004 - a line that stands still is matched as a point
        keeps[-1] = True
    return np.ascontiguousarray(lon[keeps], np.float64), np.ascontiguousarray(lat[keeps], np.float64)


def _distance_m(graph: RoadGraph, line: Line) -> float | None:
    """Distance from a line to the nearest geometry, in a local plane."""
    points = graph.geometries
    used = np.unique(graph.arcs.geometry)
    if not len(used):
        return None
    east, north = metres_per_degree(float(line[1].mean()))
    owner = np.repeat(np.arange(len(points.first_point) - 1), np.diff(points.first_point))
    roads = np.asarray(shapely.linestrings(points.lon_deg * east, points.lat_deg * north, indices=owner))[used]
    drawn = shapely.linestrings(line[0] * east, line[1] * north)
    return float(shapely.distance(roads, drawn).min())


class _Route:
    """Drives turned into arcs, spans and breaches."""

    def __init__(self, graph: RoadGraph, tracks: Tracks, followed: Followed) -> None:
        self.graph, self.tracks, self.followed = graph, tracks, followed
        self.drives = list(followed.drives)
        self.spans = [self._span(drive) for drive in self.drives]
        self.last_sample = int(followed.sample[self.drives[-1].leave])
        self._drop_stubs()
        self.arcs = [int(tracks.arc[drive.track]) for drive in self.drives]
        self.at_mm: I64 = np.cumsum([0, *map(_length, self.spans)], dtype=np.int64)

    def finish(self, ban_rows: I64, state: U8, is_exact: bool) -> MatchedRoute:
        breaches = [*self._wrong_ways(), *self._turns(), *self._gaps(), *self._banned(ban_rows, state)]
        breaches.sort(key=lambda breach: (breach.at_mm, breach.index, breach.kind.value))
        driven = zip(self.arcs, self.spans, self.at_mm.tolist(), strict=False)
        pieces = [Piece(arc, min(span), max(span), at) for arc, span, at in driven]
        return MatchedRoute(
            path_arcs=tuple(self.arcs),
            pieces=tuple(pieces),
            start=Place(self.arcs[0], self.spans[0][0]),
            end=Place(self.arcs[-1], self.spans[-1][1]),
            breaches=tuple(breaches),
            is_exact=is_exact,
            farthest_m=self.followed.farthest_m,
        )

    def _span(self, drive: Drive) -> tuple[int, int]:
        """From where to where the arc is driven, in mm from its own start."""
        wrong = bool(self.tracks.roads.is_wrong[drive.track])
        length = int(self.graph.arcs.length_mm[self.tracks.arc[drive.track]])
        start, end = (length, 0) if wrong else (0, length)
        if drive.enter >= 0:
            start = self._at_mm(drive.track, drive.enter)
        if drive.leave >= 0:
            end = self._at_mm(drive.track, drive.leave)
        # Noise may put the end of a short drive before its start.
        return start, (min if wrong else max)(start, end)

    def _at_mm(self, track: int, candidate: int) -> int:
        """Place of a candidate from the arc's start, measured as `routing.geometry.cut` does."""
        arc, geometry = int(self.tracks.arc[track]), track >> 1
        first = int(self.tracks.roads.first_point[geometry])
        segment, share = int(self.followed.segment[candidate]) - first, float(self.followed.share[candidate])
        lon, lat = self.graph.arc_points(arc)
        if self.graph.arcs.is_reversed[arc]:
            segment, share = len(lon) - 2 - segment, 1.0 - share
        east, north = metres_per_degree(float(lat[0]))
        steps = np.hypot(np.diff(lon) * east, np.diff(lat) * north)
        total = float(steps.sum())
        along = float(steps[:segment].sum() + share * steps[segment])
        return round(along / total * int(self.graph.arcs.length_mm[arc])) if total > 0 else 0

    def _drop_stubs(self) -> None:
        if len(self.drives) > 1 and self.drives[1].how == kernel.THROUGH and _length(self.spans[0]) <= STUB_MM:
            del self.drives[0], self.spans[0]
        if len(self.drives) > 1 and self.drives[-1].how == kernel.THROUGH and _length(self.spans[-1]) <= STUB_MM:
            del self.drives[-1], self.spans[-1]

    def _is_wrong(self, index: int) -> bool:
        return bool(self.tracks.roads.is_wrong[self.drives[index].track])

    def _point_at(self, index: int) -> tuple[float, float]:
        """Where the drive begins."""
        drive = self.drives[index]
        if drive.enter >= 0:
            sample = int(self.followed.sample[drive.enter])
            return float(self.followed.line[0][sample]), float(self.followed.line[1][sample])
        node = int(self.tracks.node[self.tracks.roads.tail[drive.track]])
        return float(self.graph.nodes.lon_deg[node]), float(self.graph.nodes.lat_deg[node])

    def _breach(self, kind: BreachKind, index: int, length_mm: int = 0, source: str = "") -> RouteBreach:
        return RouteBreach(kind, index, int(self.at_mm[index]), length_mm, *self._point_at(index), source)

    def _wrong_ways(self) -> list[RouteBreach]:
        ways = self.graph.arcs.way_id
        return [
            self._breach(BreachKind.WRONG_WAY, i, _length(self.spans[i]), f"way/{ways[arc]} oneway")
            for i, arc in enumerate(self.arcs)
            if self._is_wrong(i)
        ]

    def _turns(self) -> list[RouteBreach]:
        return [
            self._breach(BreachKind.U_TURN, i)
            for i in range(1, len(self.drives))
            if self.drives[i].how != kernel.AFTER_GAP and self.drives[i].track == self.drives[i - 1].track ^ 1
        ]

    def _gaps(self) -> list[RouteBreach]:
        """Stretches off the network, before, between and after what is matched."""
        followed, along = self.followed, self.followed.along_m
        breaches = []
        left = 0
        for i, drive in enumerate(self.drives):
            if drive.how == kernel.AFTER_GAP:
                breaches.append(self._off(i, left, int(followed.sample[drive.enter])))
            if drive.leave >= 0:
                left = int(followed.sample[drive.leave])
        breaches.append(self._off(len(self.drives), self.last_sample, len(along) - 1))
        return [breach for breach in breaches if breach.length_mm > 0]

    def _off(self, index: int, left: int, joined: int) -> RouteBreach:
        line, along = self.followed.line, self.followed.along_m
        length = round((along[joined] - along[left]) * _MM)
        at = int(self.at_mm[index])
        return RouteBreach(BreachKind.OFF_NETWORK, index, at, length, float(line[0][left]), float(line[1][left]))

    def _banned(self, ban_rows: I64, state: U8) -> list[RouteBreach]:
        bans, strings = self.graph.turn_bans, self.graph.strings
        starts = bans.arc[bans.first_arc[ban_rows]]
        breaches = []
        for row in ban_rows[np.isin(starts, self.arcs)]:
            banned = bans.arc[bans.first_arc[row] : bans.first_arc[row + 1]].tolist()
            condition = int(bans.condition[row])
            for i in range(len(self.arcs) - len(banned) + 1):
                last = i + len(banned) - 1
                if self.arcs[i] != banned[0] or self.arcs[i : last + 1] != banned or not self._is_joined(i, last):
                    continue
                breach = self._breach(BreachKind.TURN_BANNED, last, 0, strings[int(bans.source[row])])
                condition_state = ConditionState(int(state[condition]))
                breaches.append(replace(breach, condition=strings[condition], condition_state=condition_state))
        return breaches

    def _is_joined(self, first: int, last: int) -> bool:
        """Whether the drives follow each other through nodes, each in its arc's direction."""
        through = all(self.drives[i].how == kernel.THROUGH for i in range(first + 1, last + 1))
        return through and not any(self._is_wrong(i) for i in range(first, last + 1))


def _length(span: tuple[int, int]) -> int:
    return abs(span[1] - span[0])
