"""Toll record and permit numbers."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.permits.errors import PermitError
from api.permits.numbers import has_check_digit, make_number
from api.permits.toll_record import toll_record, withheld_because
from tests.permits.examples import content


def test_record_has_the_fields_of_the_stored_schema() -> None:
    found = toll_record(content())
    assert found is not None
    assert json.loads(json.dumps(found, ensure_ascii=False)) == found
    assert {name: found[name] for name in ("certNo", "provinces", "startPassDate", "endPassDate", "passCount")} == {
        "certNo": "43000020261122000079",
        "provinces": ["43"],
        "startPassDate": "2026-11-22",
        "endPassDate": "2026-11-26",
        "passCount": 1,
    }
    assert found["entry"] == {"id": "4301001", "name": "长沙站"}
    assert found["trailers"] == [{"plate": "湘A6478超", "temporary": True}]
    assert (found["weight"], found["length"], found["width"], found["height"]) == (166_000, 31_000, 3600, 4700)
    assert (found["axleCount"], found["tyreCount"]) == (11, 2 + 4 + 4 + 8 * 8)
    assert sum(found["axleLoads"]) == found["weight"]
    assert found["roads"].startswith("起点—长沙站")


@pytest.mark.parametrize("status", ["awaiting_check", "revoked", "expired", "changed"])
def test_record_is_withheld(status: str) -> None:
    permit = content(status=status)
    assert toll_record(permit) is None
    assert withheld_because(permit) is not None
    assert withheld_because(content()) is None
    assert toll_record(content(is_demo=True)) is None


@given(st.integers(0, 999_999), st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)), st.integers(1, 99_999))
def test_numbers_carry_a_check_digit_that_finds_every_wrong_digit(code: int, on: dt.date, serial: int) -> None:
    number = make_number(f"{code:06d}", on, serial)
    assert len(number) == 20
    assert has_check_digit(number)
    for at, digit in enumerate(number):
        for other in set("0123456789") - {digit}:
            assert not has_check_digit(number[:at] + other + number[at + 1 :])


def test_check_digit_by_hand() -> None:
    """ISO 7064 MOD 11,10, computed step by step as the standard has it."""
    number = make_number("430000", dt.date(2026, 11, 22), 7)
    product = 10
    for digit in number[:-1]:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    assert (11 - product) % 10 == int(number[-1])


@pytest.mark.parametrize(
    ("code", "serial"), [("43", 1), ("43000a", 1), ("٤٣٠٠٠٠", 1), ("430000", 0), ("430000", 100_000)]
)
def test_numbers_out_of_range_are_refused(code: str, serial: int) -> None:
    with pytest.raises(PermitError):
        make_number(code, dt.date(2026, 11, 22), serial)


def test_numbers_of_other_bodies_have_no_check_digit() -> None:
    assert not has_check_digit("湘A-2026")
    assert not has_check_digit("")
