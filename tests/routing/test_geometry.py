"""Local distances against the ellipsoid, and cutting polylines."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from routing.geometry import cut, metres_per_degree, nearest_on_polyline

GEOD = Geod(ellps="GRS80")
FAST = settings(max_examples=80, deadline=None, derandomize=True)
Floats = npt.NDArray[np.float64]

steps = st.tuples(st.integers(-40, 40), st.integers(-40, 40)).filter(lambda step: step != (0, 0))


@st.composite
def polylines(draw: st.DrawFn) -> tuple[Floats, Floats]:
    """Up to eight vertices, none on its predecessor, within a few kilometres."""
    walk = np.cumsum([(0, 0), *draw(st.lists(steps, min_size=1, max_size=7))], axis=0)
    return 112.9 + walk[:, 0] * 1e-4, 28.2 + walk[:, 1] * 1e-4


shares = st.floats(0, 1)


def length(lon: Floats, lat: Floats) -> float:
    east, north = metres_per_degree(28.2)
    return float(np.hypot(np.diff(lon) * east, np.diff(lat) * north).sum())


@pytest.mark.parametrize("lat", [0.0, 18.2, 28.2, 30.0, 45.5, 53.5, -33.0])
def test_metres_per_degree_agree_with_the_geodesic(lat: float) -> None:
    east, north = metres_per_degree(lat)
    step = 0.01
    assert east == pytest.approx(GEOD.inv(112.0, lat, 112.0 + step, lat)[2] / step, rel=1e-5)
    assert north == pytest.approx(GEOD.inv(112.0, lat - step / 2, 112.0, lat + step / 2)[2] / step, rel=1e-5)


@FAST
@given(polylines())
def test_the_whole_is_kept_as_it_is(line: tuple[Floats, Floats]) -> None:
    lon, lat = cut(*line, 0.0, 1.0)
    assert lon.tolist() == line[0].tolist()
    assert lat.tolist() == line[1].tolist()


@FAST
@given(polylines(), st.lists(shares, min_size=3, max_size=3).map(sorted))
def test_pieces_add_up_and_meet(line: tuple[Floats, Floats], at: list[float]) -> None:
    total = length(*line)
    first, second, both = cut(*line, at[0], at[1]), cut(*line, at[1], at[2]), cut(*line, at[0], at[2])
    assert length(*first) == pytest.approx((at[1] - at[0]) * total, abs=1e-3)
    assert length(*first) + length(*second) == pytest.approx(length(*both), abs=1e-3)
    assert (first[0][-1], first[1][-1]) == (second[0][0], second[1][0])


@FAST
@given(polylines(), shares)
def test_ends_are_exact_and_inner_vertices_untouched(line: tuple[Floats, Floats], at: float) -> None:
    before, after = cut(*line, 0.0, at), cut(*line, at, 1.0)
    assert (before[0][0], before[1][0]) == (line[0][0], line[1][0])
    assert (after[0][-1], after[1][-1]) == (line[0][-1], line[1][-1])
    known = set(zip(line[0].tolist(), line[1].tolist(), strict=True))
    for lon, lat in (before, after):
        assert set(zip(lon[1:-1].tolist(), lat[1:-1].tolist(), strict=True)) <= known


def test_a_line_without_length_is_left_alone() -> None:
    lon, lat = np.array([112.0, 112.0]), np.array([28.0, 28.0])
    assert cut(lon, lat, 0.2, 0.4) == (pytest.approx(lon), pytest.approx(lat))
    assert nearest_on_polyline(lon, lat, 112.0, 28.0) == (0.0, 0.0)


def test_doubled_vertices_do_no_harm() -> None:
    lon, lat = np.array([112.0, 112.0, 112.01, 112.01, 112.02, 112.02]), np.full(6, 28.0)
    found = cut(lon, lat, 0.25, 0.75)
    assert found[0] == pytest.approx([112.005, 112.01, 112.01, 112.015])
    assert nearest_on_polyline(lon, lat, 112.015, 28.0) == pytest.approx((0.0, 0.75))


@FAST
@given(polylines(), shares)
def test_a_point_of_the_line_is_found_on_it(line: tuple[Floats, Floats], at: float) -> None:
    point = cut(*line, at, at)
    distance, share = nearest_on_polyline(*line, float(point[0][0]), float(point[1][0]))
    assert distance == pytest.approx(0, abs=1e-3)
    # A line that crosses itself may answer with another share of the same spot.
    again = cut(*line, share, share)
    assert (again[0][0], again[1][0]) == (pytest.approx(point[0][0], abs=1e-8), pytest.approx(point[1][0], abs=1e-8))


def test_beside_a_line_and_beyond_its_ends() -> None:
    lon, lat = np.array([112.0, 112.01, 112.02]), np.array([28.0, 28.0, 28.0])
    east, north = metres_per_degree(28.001)
    assert nearest_on_polyline(lon, lat, 112.005, 28.001) == (pytest.approx(north * 0.001), pytest.approx(0.25))
    west_end = nearest_on_polyline(lon, lat, 111.99, 28.001)
    assert west_end == (pytest.approx(np.hypot(east * 0.01, north * 0.001)), 0.0)
    assert nearest_on_polyline(lon, lat, 112.03, 28.0)[1] == 1.0
