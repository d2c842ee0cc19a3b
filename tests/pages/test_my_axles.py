"""Axles typed as five short texts: written and read again they are the same; what is not certain is asked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.applications.endpoints_example import EXAMPLE_FORM
from api.pages.my.form_axles import read_axles, texts_of

AXLE = st.fixed_dictionaries(
    {
        "load_kg": st.integers(100, 60_000),
        "spacing_mm": st.integers(500, 60_000),
        "tyres": st.integers(1, 16).map(lambda pairs: 2 * pairs),
        "drive": st.booleans(),
        "files": st.sampled_from([1, 2]),
    }
)


@given(st.lists(AXLE, min_size=2, max_size=30), st.data())
def test_written_axles_read_the_same(axles: list[dict[str, Any]], data: st.DataObject) -> None:
    tractor = data.draw(st.integers(1, len(axles)))
    axles[0]["drive"] = True
    for n, one in enumerate(axles):
        one["unit"] = "tractor" if n < tractor else "trailer"
        one["spacing_mm"] = one["spacing_mm"] if n else 0
        if one["files"] == 1:
            del one["files"]
    read, faults = read_axles(texts_of(axles), {"kind": "train", "axles": axles})
    assert faults == []
    assert read == axles


@pytest.mark.parametrize(
    ("loads", "spacings", "per_axle"),
    [
        ("7+20+30", "3.3-1.35-7-1.31-1.31", [7_000, 10_000, 10_000, 10_000, 10_000, 10_000]),
        ("7+19+3*10", "3.3-1.35-7-1.31-1.31", None),  # two open groups and three axles: either could have two
        ("7+19", "4.5", [7_000, 19_000]),  # one axle each is the only way
        ("19+10", "1.3-3", [9_500, 9_500, 10_000]),
    ],
)
def test_spacings_tell_how_many_axles_a_group_has(loads: str, spacings: str, per_axle: list[int] | None) -> None:
    count = spacings.count("-") + 2
    texts = {"loads": loads, "spacings": spacings, "tractor": "1", "tyres": f"{count}*4", "drive": "1"}
    read, faults = read_axles(texts, EXAMPLE_FORM["whole"])
    assert (None if read is None else [one["load_kg"] for one in read]) == per_axle
    assert bool(faults) == (per_axle is None)


@pytest.mark.parametrize("name", ["loads", "spacings", "tractor", "tyres", "drive"])
@pytest.mark.parametrize("wrong", ["", "x", "0", "9" * 600])
def test_every_wrong_text_is_named(name: str, wrong: str) -> None:
    texts = texts_of(EXAMPLE_FORM["whole"]["axles"]) | {name: wrong}
    read, faults = read_axles(texts, EXAMPLE_FORM["whole"])
    assert read is None
    assert f"axles.{name}" in {fault.field for fault in faults}
