"""A city is found where its streets are, not in the middle of its largest county."""

import pytest
from shapely import box

from api.pages.search import _seat
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
