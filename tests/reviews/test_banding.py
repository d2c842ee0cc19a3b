"""Nothing from which a bridge's capacity follows is left in what a carrier is told."""

import json
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.reviews.banding import Bands, band_of, banded, banded_change, banded_frontier
from api.reviews.settings import reason_settings
from data.vehicles import LoadedVehicle
from routing.columns import LimitState, Quantity
from tests.api.asking import Json, ask
from tests.api.streets import EAST, WEST, limited, streets
from tests.api.weak_bridge import HEAVY, bridged
from tests.graphs import Limit

LOADS = ("汽车-10级", "汽车-15级", "汽车-20级", "汽车-超20级", "公路-I级")
SECRET_WORDS = ("design_load", "spans", "ratios", "section_m", "governs", "proof")


def lighter(share: int) -> LoadedVehicle:
    axles = [axle.model_copy(update={"load_kg": axle.load_kg * share // 100}) for axle in HEAVY.axles]
    return HEAVY.model_copy(update={"axles": axles, "gross_mass_kg": HEAVY.gross_mass_kg * share // 100})


def numbers(value: object, path: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from numbers(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from numbers(inner, f"{path}[{place}]")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, float(value)


def texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


def findings(review: Json) -> list[Json]:
    found = [f for route in review["routes"] for f in route["findings"]]
    why_not = review["why_not"] or {"blockers": [], "certificate": None}
    found += why_not["blockers"]
    certificate = why_not["certificate"]
    if certificate:
        found += [f for thing in certificate["things"] for f in thing["findings"]] + certificate["route"]["findings"]
    return [finding for finding in found if finding["quantity"] == "bridge_effect"]


def secrets(review: Json) -> set[float]:
    """Every number about a bridge in a review, and masses and distances of changes."""
    found: set[float] = set()
    for finding in findings(review):
        found |= {float(finding[name]) for name in ("limit", "measured", "margin") if finding[name] is not None}
        found |= {number for _, number in numbers(finding.get("bridge", {}))}
    for change in (review["why_not"] or {"smallest_changes": []})["smallest_changes"]:
        entries = [*change["changes"], *change["follows"], *change["proof"]["fails_one_step_less"]]
        found |= {float(e.get("to", e.get("value"))) for e in entries if e["quantity"] in {"gross_mass", "axle_load"}}
    return {number for number in found if number not in {0.0, 1.0, 2.0}}


@pytest.mark.parametrize("load", LOADS)
@pytest.mark.parametrize("share", [60, 80, 100])
def test_no_number_that_tells_a_capacity_is_left(load: str, share: int) -> None:
    network = bridged(load=load)
    review = ask(network, lighter(share), WEST, EAST)
    told = banded(review)
    hidden = secrets(review)
    own = {number for _, number in numbers(review["request"])} | {
        number for _, number in numbers({k: review[k] for k in ("classification", "class_edges", "stops")})
    }
    left = [(path, number) for path, number in numbers(told) if number in hidden - own and ".way_id" not in path]
    assert left == []
    dumped = json.dumps(told, ensure_ascii=False)
    assert not any(f'"{word}"' in dumped for word in SECRET_WORDS)
    assert load not in dumped
    said = [text for finding in findings(told) for text in (finding["reason"], finding["reason_en"])]
    assert not any(re.search(r"[0-9]", text) for text in said)
    assert review == ask(network, lighter(share), WEST, EAST)  # the original is left alone
    assert told["is_banded"] is True


def test_bridges_of_the_same_band_cannot_be_told_apart() -> None:
    """Two vehicles a little apart on the same bridge differ in what they declare, and in nothing told of the bridge."""
    network = bridged()
    one, other = (banded(ask(network, lighter(share), WEST, EAST)) for share in (99, 100))
    for first, second in zip(findings(one), findings(other), strict=True):
        assert first == second


def test_the_bands_and_conditions_are_told() -> None:
    review = ask(bridged(load="汽车-20级"), HEAVY, WEST, EAST)
    (finding,) = findings(banded(review))
    (exact,) = findings(review)
    assert finding["band"] == band_of(exact["limit"], exact["measured"], Bands.of())
    assert finding["conditions"] == exact["conditions"]
    assert finding["outcome"] == exact["outcome"]


def test_a_suggested_mass_is_rounded_to_the_safe_side() -> None:
    review = ask(bridged(), HEAVY, WEST, EAST)
    masses = [c for c in review["why_not"]["smallest_changes"] if c["changes"][0]["quantity"] == "gross_mass"]
    rounded = [c for c in banded(review)["why_not"]["smallest_changes"] if c["changes"][0]["quantity"] == "gross_mass"]
    assert len(masses) == len(rounded) == 1
    exact, told = masses[0]["changes"][0]["to"], rounded[0]["changes"][0]["to"]
    assert told <= exact < told + reason_settings().mass_band_kg
    assert told % reason_settings().mass_band_kg == 0
    assert ask(bridged(), lighter(told * 100 // HEAVY.gross_mass_kg), WEST, EAST)["verdict"] != "blocked"


def test_a_mass_is_rounded_once_and_not_told_again_as_what_follows() -> None:
    """Two roundings of one secret on two scales would tell more than one."""
    change = {"changes": [{"quantity": "axle_load", "from": 12_000, "to": 11_019, "unit": "kg"}]}
    change |= {"follows": [{"quantity": "gross_mass", "from": 84_210, "to": 82_248, "unit": "kg"}], "proof": {}}
    told = banded_change(change, Bands((50,), 5_000))
    assert told["changes"][0]["to"] == 11_000
    assert told["follows"] == []
    assert "proof" not in told
    lines = {"changes": [{"quantity": "axle_lines", "from": 6, "to": 9, "unit": "lines"}]}
    lines |= {"follows": [{"quantity": "length", "from": 18_850, "to": 23_511, "unit": "mm"}]}
    assert banded_change(lines, Bands((50,), 5_000))["follows"][0]["to"] == 23_600


def test_what_a_sign_says_stays() -> None:
    posted = Limit(Quantity.HEIGHT, LimitState.NUMBER, 4100, source="sign")
    review = ask(streets({11: limited(posted)}, without=(13, 14, 15, 16, 17, 18)), HEAVY, WEST, EAST)
    told = banded(review)
    assert told["why_not"]["blockers"] == review["why_not"]["blockers"]
    heights = [c for c in told["why_not"]["smallest_changes"] if c["changes"][0]["quantity"] == "height"]
    assert heights == [c for c in review["why_not"]["smallest_changes"] if c["changes"][0]["quantity"] == "height"]


@given(st.floats(0.1, 3), st.floats(0.01, 5))
def test_every_utilisation_has_one_band(limit: float, measured: float) -> None:
    band = band_of(limit, measured, Bands.of())
    assert band is not None
    share = 100 * measured / limit
    if band.startswith(">"):
        assert share > int(band[1:-1])
    else:
        low, high = (int(part) for part in band[:-1].split("-"))
        assert low <= share <= high
    assert band_of(None, measured, Bands.of()) is None


def test_masses_of_a_frontier_are_rounded_to_the_lighter_side() -> None:
    point = {"x": 4321, "y": 87_654, "is_y_open": False}
    curve = {"x": {"quantity": "height"}, "y": {"quantity": "gross_mass"}, "points": [point]}
    (told,) = banded_frontier({"curves": [curve]})["curves"][0]["points"]
    assert (told["x"], told["y"]) == (4321, 85_000)


def test_edges_of_a_province_take_the_place_of_the_files_own() -> None:
    review = ask(bridged(load="汽车-20级"), HEAVY, WEST, EAST)
    (exact,) = findings(review)
    share = 100 * exact["measured"] / exact["limit"]
    edge = int(share) + 1
    (told,) = findings(banded(review, Bands.of([edge])))
    assert told["band"] == f"0-{edge}%"
    assert Bands.of([edge]).mass_step_kg == reason_settings().mass_band_kg
