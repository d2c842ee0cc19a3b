"""Datums against a published sample and their own inverse, and files that say the wrong one."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.datums import Datum, find_datum_doubt, from_cgcs2000, read_datum, to_cgcs2000
from routing.geometry import metres_per_degree
from routing.graph import F64, RoadGraph
from tests.graphs import Road, make_graph

SAMPLE = (116.403988, 39.914266)
SAMPLE_BD09 = (116.41661560068297, 39.92196580126834)  # the sample of the gcoord library
LON, LAT = st.floats(80, 130), st.floats(20, 50)


def test_the_published_sample() -> None:
    assert from_cgcs2000(*SAMPLE, Datum.BD09) == pytest.approx(SAMPLE_BD09, abs=1e-9)
    assert to_cgcs2000(*SAMPLE_BD09, Datum.BD09) == pytest.approx(SAMPLE, abs=1e-8)


@given(LON, LAT, st.sampled_from(Datum))
def test_there_and_back(lon: float, lat: float, datum: Datum) -> None:
    assert to_cgcs2000(*from_cgcs2000(lon, lat, datum), datum) == pytest.approx((lon, lat), abs=1e-7)


@given(LON, LAT)
def test_the_shift_is_some_hundred_metres(lon: float, lat: float) -> None:
    shifted = from_cgcs2000(lon, lat, Datum.GCJ02)
    east, north = metres_per_degree(lat)
    assert 5 < np.hypot((shifted[0] - lon) * east, (shifted[1] - lat) * north) < 1200


def test_abroad_nothing_is_shifted() -> None:
    assert from_cgcs2000(-80.0, 43.0, Datum.GCJ02) == (-80.0, 43.0)


NAMES = {
    Datum.CGCS2000: ("CGCS2000", "国家2000", "EPSG:4490"),
    Datum.WGS84: ("WGS84", "wgs_84", "GPS"),
    Datum.GCJ02: ("火星坐标系", "GCJ-02", "gcj02"),
    Datum.BD09: ("百度", "BD09"),
}


@pytest.mark.parametrize(("text", "datum"), [(text, datum) for datum, texts in NAMES.items() for text in texts])
def test_names(text: str, datum: Datum) -> None:
    assert read_datum(text) is datum


@pytest.mark.parametrize("text", ["西安80", "北京54", "EPSG:4508", "x", ""])
def test_what_cannot_be_converted_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a datum"):
        read_datum(text)


@cache
def road() -> RoadGraph:
    return make_graph([(112.9, 28.2), (113.4, 28.2), (112.9, 28.3), (113.4, 28.3)], [Road(0, 1, ref="S1"), Road(2, 3)])


def places(datum: Datum) -> tuple[F64, F64]:
    found = [from_cgcs2000(lon, 28.2 + 5e-5, datum) for lon in np.linspace(112.95, 113.35, 30).tolist()]
    return np.array([one[0] for one in found]), np.array([one[1] for one in found])


def test_a_shifted_file_that_says_otherwise_is_flagged() -> None:
    doubt = find_datum_doubt(road(), *places(Datum.GCJ02), claimed=Datum.WGS84, source="b.csv", route_refs=["S1"] * 30)
    assert doubt is not None
    assert doubt.likely == "GCJ-02"
    assert str(doubt).startswith("b.csv: says WGS-84, but 30 places lie")
    back = find_datum_doubt(road(), *places(Datum.WGS84), claimed=Datum.GCJ02)
    assert back is not None
    assert back.likely == "CGCS2000 or WGS-84"


@pytest.mark.parametrize("datum", list(Datum))
def test_a_file_that_says_the_truth_is_not_flagged(datum: Datum) -> None:
    assert find_datum_doubt(road(), *places(datum), claimed=datum) is None


def test_a_few_places_and_scattered_places_prove_nothing() -> None:
    lon, lat = places(Datum.GCJ02)
    assert find_datum_doubt(road(), lon[:4], lat[:4], claimed=Datum.WGS84) is None
    away = np.random.default_rng(1).uniform(28.21, 28.29, 30)
    assert find_datum_doubt(road(), lon, away, claimed=Datum.WGS84) is None
    assert find_datum_doubt(road(), np.full(30, np.nan), np.full(30, np.nan), claimed=Datum.WGS84) is None
