"""The grid of web-map tiles (瓦片网格): where a tile lies, and how degrees become its integers.

World units run from 0 at 180° W and 85.05° N to 1 in the opposite corner; a tile of zoom z is 1 / 2**z of them wide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
Shapes = npt.NDArray[np.object_]
EXTENT = 4096  # units across a tile
MARGIN = 128  # drawn beyond its edge, so that wide lines meet
LARGEST_ZOOM = 14  # above it the browser enlarges
_LAT_EDGE = 85.051_128


@dataclass(frozen=True, slots=True)
class Tile:
    """One square of the map."""

    z: int
    x: int
    y: int

    @property
    def is_on_map(self) -> bool:
        """Whether the grid has such a tile."""
        return 0 <= self.z <= LARGEST_ZOOM and 0 <= self.x < 2**self.z and 0 <= self.y < 2**self.z

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, north, east, south in world units, with the margin."""
        size = 0.5**self.z
        margin = size * MARGIN / EXTENT
        west, north = self.x * size, self.y * size
        return west - margin, north - margin, west + size + margin, north + size + margin

    @property
    def box_deg(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees, with the margin."""
        west, north, east, south = self.box
        lon, lat = degrees(np.array([[west, south], [east, north]]))
        return float(lon[0]), float(lat[0]), float(lon[1]), float(lat[1])

    def units(self, world: F64) -> F64:
        """World units as units of this tile, x to the right and y down."""
        scale = EXTENT * 2.0**self.z
        return (world - np.array([self.x, self.y]) / 2.0**self.z) * scale


def project(lon_deg: F64, lat_deg: F64) -> F64:
    """Degrees as world units, one row (x, y) a point."""
    lat = np.radians(np.clip(lat_deg, -_LAT_EDGE, _LAT_EDGE))
    return np.column_stack([lon_deg / 360.0 + 0.5, 0.5 - np.arcsinh(np.tan(lat)) / (2.0 * np.pi)])


def degrees(world: F64) -> tuple[F64, F64]:
    """World units as longitudes and latitudes in degrees."""
    lat = np.degrees(np.arctan(np.sinh((0.5 - world[:, 1]) * 2.0 * np.pi)))
    return (world[:, 0] - 0.5) * 360.0, np.asarray(lat)
