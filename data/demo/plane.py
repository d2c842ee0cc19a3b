"""A plane in metres for drawing roads, and lines in it (平面坐标、线形)."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

F64 = npt.NDArray[np.float64]
_CRS = "+proj=tmerc +lat_0=0 +lon_0=111.7 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m"
_SAME_M = 1e-6


@cache
def _transformers() -> tuple[pyproj.Transformer, pyproj.Transformer]:
    plane = pyproj.CRS.from_proj4(_CRS)
    degrees = plane.geodetic_crs
    return (
        pyproj.Transformer.from_crs(degrees, plane, always_xy=True),
        pyproj.Transformer.from_crs(plane, degrees, always_xy=True),
    )


def to_plane(lon_lat_deg: F64) -> F64:
    """Degrees to metres east and north, float64[points, 2]."""
    x, y = _transformers()[0].transform(lon_lat_deg[:, 0], lon_lat_deg[:, 1])
    return np.column_stack([x, y])


def to_degrees(points_m: F64) -> F64:
    """Metres to longitude and latitude in degrees, rounded as OpenStreetMap stores them, float64[points, 2]."""
    lon, lat = _transformers()[1].transform(points_m[:, 0], points_m[:, 1])
    return np.round(np.column_stack([lon, lat]), 7)


def project_area(area: Any) -> Any:  # noqa: ANN401  any polygon of shapely
    """A polygon in degrees to metres."""
    return shapely.transform(area, to_plane)


def unit(vector: F64) -> F64:
    """The vector with length 1."""
    scaled: F64 = vector / max(float(np.hypot(vector[0], vector[1])), _SAME_M)
    return scaled


def right_of(direction: F64) -> F64:
    """The direction to the right hand."""
    return np.array([direction[1], -direction[0]])


@dataclass(frozen=True)
class Course:
    """A polyline with distances along it (线形).

    Attributes:
        points: Metres east and north, float64[points, 2].
        along_m: Distance of every point from the first, float64[points].
    """

    points: F64
    along_m: F64

    @classmethod
    def through(cls, points: F64) -> "Course":
        """A course through points; points that repeat are dropped."""
        steps = np.hypot(*np.diff(points, axis=0).T)
        kept = np.concatenate([[True], steps > _SAME_M])
        return cls(points[kept], np.concatenate([[0.0], np.cumsum(steps[kept[1:]])]))

    @property
    def length_m(self) -> float:
        """Length of the whole line."""
        return float(self.along_m[-1])

    @property
    def line(self) -> shapely.LineString:
        """The same as a shape."""
        return shapely.LineString(self.points)

    def at(self, along_m: float) -> F64:
        """The point at a distance along the line."""
        return np.array([np.interp(along_m, self.along_m, self.points[:, axis]) for axis in (0, 1)])

    def heading(self, along_m: float) -> F64:
        """Direction of travel there, a unit vector."""
        step = min(5.0, self.length_m / 4)
        return unit(self.at(min(along_m + step, self.length_m)) - self.at(max(along_m - step, 0.0)))

    def where(self, point: F64) -> float:
        """Distance along the line of the point nearest to another."""
        return float(self.line.project(shapely.Point(point)))

    def part(self, from_m: float, to_m: float) -> "Course":
        """The part between two distances."""
        inner = self.points[(self.along_m > from_m + _SAME_M) & (self.along_m < to_m - _SAME_M)]
        return Course.through(np.vstack([self.at(from_m), inner, self.at(to_m)]))

    def reversed(self) -> "Course":
        """The same line drawn the other way."""
        return Course.through(self.points[::-1])

    def beside(self, right_m: float) -> "Course":
        """A line beside this one, to the right in the direction of travel."""
        steps = np.diff(self.points, axis=0)
        steps /= np.hypot(*steps.T)[:, None]
        mean = np.vstack([steps[:1], steps[1:] + steps[:-1], steps[-1:]])
        mean /= np.hypot(*mean.T)[:, None]
        return Course.through(self.points + right_m * np.column_stack([mean[:, 1], -mean[:, 0]]))


def bend(start: F64, end: F64, chance: np.random.Generator, *, share: float = 0.03, step_m: float = 900.0) -> Course:
    """A gently curved line between two points, as roads lie in hills.

    Args:
        start: First point.
        end: Last point.
        chance: Decides the curves.
        share: Sideways reach of the curves as a share of the length.
        step_m: About so far apart are the points.
    """
    length = float(np.hypot(*(end - start)))
    count = max(int(length / step_m), 4)
    at = np.linspace(0.0, 1.0, count + 1)
    first, second = chance.uniform(-1, 1, 2) * share * length
    sideways = first * np.sin(np.pi * at) + second / 2 * np.sin(2 * np.pi * at)
    side = right_of(unit(end - start))
    return Course.through(start + np.outer(at, end - start) + np.outer(sideways, side))


def swing(start: F64, leaving: F64, end: F64, arriving: F64, *, count: int = 8) -> Course:
    """A curve that leaves and arrives in given directions, as ramps do (匝道)."""
    reach = float(np.hypot(*(end - start))) * 0.4
    at = np.linspace(0.0, 1.0, count + 1)[:, None]
    controls = (start, start + leaving * reach, end - arriving * reach, end)
    weights = ((1 - at) ** 3, 3 * at * (1 - at) ** 2, 3 * at**2 * (1 - at), at**3)
    return Course.through(np.sum([weight * control for weight, control in zip(weights, controls, strict=True)], axis=0))
