"""Parts of the desk by themselves: amounts, declared values beside suggested ones."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.accounts.permissions import Action
from api.cases.asked_before import near_suggestions
from api.cases.table import TRANSITIONS
from api.db.tables import WhatIf
from api.pages.desk.act_reading import same_wording
from api.pages.desk.actions import FINAL, is_shown_first
from api.pages.desk.words import amount
from api.permits.settings import default_permit_settings


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (4320, "mm", "4.32 m"),
        (50, "mm", "0.05 m"),
        (49000, "kg", "49 t"),
        (1_234_500, "kg", "1,234.5 t"),
        (1.174, "ratio", "1.17"),
        (None, "mm", None),
    ],
)
def test_amounts_have_units(value: float | None, unit: str, told: str | None) -> None:
    assert amount(value, unit) == told


def test_only_letters_that_quote_the_form_ask_once_more_beside_final_acts() -> None:
    """The acts with a document of their own, against what their templates quote."""
    shown = {
        row.action
        for row in TRANSITIONS
        if row.action not in FINAL and is_shown_first(row.action, {"reason", "items", "basis", "ground", "file"})
    }
    assert {one.value for one in shown} == {"invite_statement", "pause", "accept_with_promise"}
    assert not is_shown_first(Action.ACCEPT_WITH_PROMISE, {"notice_text", "file"}), "its form asks for no item"
    assert is_shown_first(Action.REVOKE, set())


@given(st.lists(st.sampled_from(["甲", "乙 丙", "。"]), max_size=5))
def test_ends_of_lines_make_no_other_wording(lines: list[str]) -> None:
    assert same_wording("\n".join(lines), "\r\n".join(lines) + "\r\n")
    assert not same_wording("".join(lines), "".join([*lines, "丁"]))


def question(quantity: str, asked: int, suggested: int) -> WhatIf:
    change = {"quantity": quantity, "from": asked, "to": suggested}
    return WhatIf(answer={}, suggestions=[{"changes": [change]}])


def load(**sizes: int) -> dict[str, Any]:
    whole = {"height_mm": 4200, "width_mm": 2900, "length_mm": 16000, "gross_mass_kg": 49000}
    return {**whole, **sizes, "axles": [{"load_kg": 8000}, {"load_kg": 10_000}]}


@given(st.integers(4000, 5000), st.integers(1, 400), st.integers(3800, 5200))
def test_a_height_is_near_only_at_or_just_below_what_was_suggested(suggested: int, cut: int, declared: int) -> None:
    settings = default_permit_settings()
    found = list(near_suggestions(question("height", suggested + cut, suggested), load(height_mm=declared), settings))
    is_near = 0 <= suggested - declared <= settings.tolerance_height_mm
    assert bool(found) is is_near
    if found:
        assert (found[0].asked, found[0].suggested, found[0].declared) == (suggested + cut, suggested, declared)


@pytest.mark.parametrize(
    ("quantity", "asked", "suggested", "is_near"),
    [
        ("gross_mass", 60_000, 49_400, True),  # within 1 % of a weighbridge
        ("gross_mass", 60_000, 49_600, False),
        ("axle_load", 12_000, 10_200, True),
        ("axle_load", 12_000, 10_400, False),
        ("length", 18_000, 16_050, True),
        ("axle_lines", 5, 6, False),
        ("height", 4_200, 4_200, False),  # nothing was made smaller
    ],
)
def test_other_quantities_have_their_own_tolerance(quantity: str, asked: int, suggested: int, is_near: bool) -> None:
    found = list(near_suggestions(question(quantity, asked, suggested), load(), default_permit_settings()))
    assert bool(found) is is_near
