"""Roads beside a line: none that comes near it is left out, and most of those far from it are."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.line_tracks import CELL_DEG, _along


def map_degrees(low: float, high: float) -> st.SearchStrategy[float]:
    """Degrees as maps write them, to 1e-7; shapely's distances fail for numbers near the least a float can hold."""
    return st.floats(low, high, allow_nan=False).map(lambda degrees: round(degrees, 7))


DEGREES, SIZES = map_degrees(-0.2, 0.2), map_degrees(0, 0.05)
LINES = st.lists(st.tuples(DEGREES, DEGREES), min_size=2, max_size=6)
BOXES = st.lists(st.tuples(DEGREES, DEGREES, SIZES, SIZES), min_size=1, max_size=20)


@given(LINES, BOXES, st.sampled_from([0.0, 40.0, -75.0]))
@settings(max_examples=200, deadline=None)
def test_no_box_within_a_cell_of_the_line_is_left_out(
    line: list[tuple[float, float]], boxes: list[tuple[float, float, float, float]], lat: float
) -> None:
    lon, lats = np.array(line, np.float64).T
    points = np.column_stack((lon, lats + lat))
    drawn = shapely.LineString(points) if len(set(line)) > 1 else shapely.Point(points[0])
    west, south, wide, high = np.array(boxes, np.float64).T
    bounds = [west, south + lat, west + wide, south + lat + high]
    kept = _along(bounds, (lon.copy(), lats + lat))
    for n, box in enumerate(zip(*bounds, strict=True)):
        distance = drawn.distance(shapely.box(*box))
        assert kept[n] or distance > 0.99 * CELL_DEG
        assert not kept[n] or distance < 4 * CELL_DEG


def test_a_long_line_needs_no_larger_grid() -> None:
    lon = np.array([75.0, 135.0])
    bounds = [np.array([100.0, 100.0]), np.array([30.0, 50.0]), np.array([100.1, 100.1]), np.array([30.1, 50.1])]
    assert _along(bounds, (lon, np.array([30.0, 30.05]))).tolist() == [True, False]
