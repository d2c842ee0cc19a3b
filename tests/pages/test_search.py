"""A city is found where its streets are; divisions come before what is only named like them."""

import pytest
from shapely import box

from api.pages.search import BESIDE_DIVISIONS, MOST_CHOICES, Found, Index, _seat, is_division_called
from maps.tiles_counties import Area

# A city of two districts in its middle, a wide county to the east and a county-level city (codes as in GB/T 2260).
DISTRICTS = [Area(430102, "甲区", box(0, 0, 1, 1)), Area(430103, "乙区", box(1, 0, 2, 1))]
OUTSIDE = [Area(430121, "丙县", box(2, -5, 12, 5)), Area(430181, "丁市", box(-4, -3, 0, 3))]


def test_the_seat_of_a_city_lies_in_a_district() -> None:
    assert _seat([*OUTSIDE, *DISTRICTS]) == _seat(DISTRICTS)
    lon, lat = _seat([*OUTSIDE, *DISTRICTS])
    assert 0 < lon < 2
    assert 0 < lat < 1


def test_of_several_districts_the_middle_one_is_taken() -> None:
    far = Area(430112, "戊区", box(2, 0, 5, 1))
    assert _seat([far, *DISTRICTS]) == pytest.approx((1.5, 0.5))


def test_a_prefecture_without_districts_has_its_first_city() -> None:
    assert _seat([Area(433122, "己县", box(0, 0, 9, 9)), Area(433101, "庚市", box(20, 0, 21, 1))]) == (20.5, 0.5)
    lon, _ = _seat(OUTSIDE)
    assert -4 < lon < 12


def index_of(*places: Found) -> Index:
    index = Index.__new__(Index)
    index._every = list(places)
    return index


def place(kind: str, name: str) -> Found:
    return Found(kind, name, 113.0, 28.0)


@pytest.mark.parametrize(
    ("kind", "name", "text", "is_called"),
    [
        ("city", "甲乙市", "甲乙", True),
        ("city", "甲乙市", "甲乙市", True),
        ("county", "甲乙县", "甲乙", True),
        ("county", "丁县", "丁县", True),
        ("county", "丁县", "丁", False),
        ("county", "甲乙丙县", "甲乙", False),
        ("county", "甲乙自治县", "甲乙", False),
        ("toll_station", "甲乙", "甲乙", False),
        ("road", "甲乙市", "甲乙", False),
    ],
)
def test_a_division_is_called_with_or_without_its_level(kind: str, name: str, text: str, *, is_called: bool) -> None:
    assert is_division_called(place(kind, name), text) is is_called


def test_divisions_of_a_name_come_first_and_few_others_beside() -> None:
    city, county, station = place("city", "甲乙市"), place("county", "甲乙县"), place("toll_station", "甲乙")
    near = [place("toll_station", f"甲乙{number}号站") for number in range(9)]
    index = index_of(*near, station, county, city)
    assert index.choices(" 甲乙 ") == [county, city, station, *near[: BESIDE_DIVISIONS - 1]]
    assert index.find("甲乙")[:3] == [station, county, city], "on the map the very name comes first"
    assert index_of(*near).choices("甲乙") == near[:MOST_CHOICES]
