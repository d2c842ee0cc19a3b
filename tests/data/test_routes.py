"""Reading a given route."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import BadInputError
from data.routes import read_route_line

LINE = {"type": "LineString", "coordinates": [[112.9, 28.2], [112.91, 28.21, 44.0], [113, 28]]}
FEATURE = {"type": "Feature", "properties": {"name": "x"}, "geometry": LINE}


def write(folder: Path, content: object) -> Path:
    path = folder / "line.geojson"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def line(*points: object) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": list(points)}


@pytest.mark.parametrize(
    "content",
    [
        LINE,
        FEATURE,
        {"type": "FeatureCollection", "features": [FEATURE]},
        "\ufeff" + json.dumps(LINE),
        {**FEATURE, "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}},
        {**FEATURE, "crs": {"type": "name", "properties": {"name": "EPSG:4490"}}},
    ],
)
def test_line_is_read_in_every_wrapping(tmp_path: Path, content: object) -> None:
    lon, lat = read_route_line(write(tmp_path, content))
    assert lon.tolist() == [112.9, 112.91, 113.0]
    assert lat.tolist() == [28.2, 28.21, 28.0]
    assert lon.dtype == lat.dtype == np.float64


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("{", "JSON"),
        ("", "JSON"),
        ("[" * 100_000, "JSON"),
        ("3", "no GeoJSON geometry"),
        ({"type": "Feature", "geometry": None}, "no GeoJSON geometry"),
        ({"type": "FeatureCollection", "features": []}, "0 features"),
        ({"type": "FeatureCollection", "features": [FEATURE, FEATURE]}, "2 features"),
        ({"type": "FeatureCollection"}, "0 features"),
        ({"type": "Point", "coordinates": [1, 2]}, "'Point'"),
        ({"type": "MultiLineString", "coordinates": [[[1, 2], [3, 4]]]}, "MultiLineString"),
        ({"type": "LineString"}, "no list of coordinates"),
        (line(), "two different points"),
        (line([112, 28]), "two different points"),
        (line([112, 28], [112, 28]), "two different points"),
        (line([112, 28], [28.2, 112.9]), "point 1: has a latitude beyond 90°: longitude and latitude seem swapped"),
        (line([12_567_000, 3_270_000], [12_567_100, 3_270_000]), "points 0, 1: is not in degrees"),
        (line([181, 28], [112, 28]), "point 0: lies outside"),
        ('{"type": "LineString", "coordinates": [[NaN, 28], [112, Infinity]]}', "points 0, 1: is not made of finite"),
        ({**LINE, "crs": {"properties": {"name": "EPSG:3857"}}}, "EPSG:3857"),
    ],
)
def test_fault_is_named(tmp_path: Path, content: object, word: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(BadInputError, match=r"line\.geojson") as caught:
        read_route_line(path)
    assert word in str(caught.value)


def test_missing_file_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="cannot be read"):
        read_route_line(tmp_path / "absent.geojson")


def test_all_faults_are_told_at_once_and_many_points_are_counted(tmp_path: Path) -> None:
    points: list[Any] = [[1]] + [["a", 2]] * 15 + [[True, 1], None]
    with pytest.raises(BadInputError) as caught:
        read_route_line(write(tmp_path, {**line(*points), "crs": {"properties": {"name": "EPSG:3857"}}}))
    assert caught.value.faults == (
        "points 0, 17: is not a pair [longitude, latitude]",
        "points 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 6 more: is not made of finite numbers",
        "has the reference system EPSG:3857, expected degrees (CGCS2000)",
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["type", "coordinates", "geometry"]), inner)
    ),
    max_leaves=12,
)


@given(content=JSON | st.builds(lambda c: {"type": "LineString", "coordinates": c}, JSON))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_anything_is_a_line_or_a_fault(tmp_path: Path, content: object) -> None:
    try:
        lon, lat = read_route_line(write(tmp_path, content))
    except BadInputError:
        return
    assert len(lon) == len(lat) >= 2
    assert np.isfinite(lon).all()
