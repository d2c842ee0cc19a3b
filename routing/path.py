"""A route as driven pieces of arcs (行驶区间): lengths, times and the line on the map."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from routing.geometry import cut
from routing.graph import RoadGraph
from routing.metric import TravelTimes
from routing.parts import Path

COORDINATE_DECIMALS = 7


@dataclass(frozen=True, slots=True)
class Piece:
    """The driven part of one arc.

    Attributes:
        from_mm: Where on the arc it begins, from the arc's start.
        to_mm: Where on the arc it ends.
        begins_at_mm: Distance driven before.
    """

    arc: int
    from_mm: int
    to_mm: int
    begins_at_mm: int

    @property
    def length_mm(self) -> int:
        """Length driven."""
        return self.to_mm - self.from_mm


def pieces_of(graph: RoadGraph, paths: Iterable[Path]) -> list[Piece]:
    """Join paths end to end; a via point passed without turning does not split its arc."""
    pieces: list[Piece] = []
    at = 0
    for path in paths:
        for place, arc in enumerate(path.arcs):
            start = path.start.at_mm if place == 0 else 0
            end = path.end.at_mm if place == len(path.arcs) - 1 else int(graph.arcs.length_mm[arc])
            goes_on = bool(pieces) and place == 0 and pieces[-1].arc == arc and pieces[-1].to_mm == start
            if goes_on:
                pieces[-1] = replace(pieces[-1], to_mm=end)
            else:
                pieces.append(Piece(arc, start, end, at))
            at += end - start
    return pieces


def metres(length_mm: int) -> int:
    """Round a length to metres, for people; halves go up."""
    return (length_mm + 500) // 1000


def length_mm(pieces: Sequence[Piece]) -> int:
    """Length of a route."""
    return sum(piece.length_mm for piece in pieces)


def duration_ms(graph: RoadGraph, times: TravelTimes, pieces: Sequence[Piece]) -> int:
    """Driving time of a route."""
    return sum(
        int(times.duration_ms[piece.arc]) * piece.length_mm // int(graph.arcs.length_mm[piece.arc]) for piece in pieces
    )


def line_of(graph: RoadGraph, pieces: Sequence[Piece]) -> list[tuple[float, float]]:
    """Longitudes and latitudes of a route in degrees, in travel order, at least two points."""
    points: list[tuple[float, float]] = []
    for piece in pieces:
        length = int(graph.arcs.length_mm[piece.arc])
        lon, lat = cut(*graph.arc_points(piece.arc), piece.from_mm / length, piece.to_mm / length)
        for x, y in zip(lon.tolist(), lat.tolist(), strict=True):
            point = (round(x, COORDINATE_DECIMALS), round(y, COORDINATE_DECIMALS))
            if not points or points[-1] != point:
                points.append(point)
    return points if len(points) > 1 else points * 2


def point_at(graph: RoadGraph, arc: int, at_mm: int) -> tuple[float, float]:
    """Longitude and latitude in degrees of a spot on an arc."""
    share = at_mm / int(graph.arcs.length_mm[arc])
    lon, lat = cut(*graph.arc_points(arc), share, share)
    return round(float(lon[0]), COORDINATE_DECIMALS), round(float(lat[0]), COORDINATE_DECIMALS)
