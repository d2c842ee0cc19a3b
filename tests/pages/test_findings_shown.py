"""Findings as pages show them: in order, in words, with one key for page and map, and no capacity for carriers."""

import copy
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages.findings_shown import distance, findings_shown, keyed_findings, why_not_shown
from api.reviews.banding import banded
from api.whatif.shown import shown_to_carrier
from tests.maps.sample_reviews import VERDICTS, finding, sample_review

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ORDER = ("blocked", "unknown", "conditional", "passes")


def report(*findings: dict[str, Any], verdict: str = "conditional", **more: object) -> dict[str, Any]:
    line = {"type": "LineString", "coordinates": [[112.9, 28.1], [113.0, 28.2]]}
    route = {"rank": 1, "verdict": verdict, "length_m": 10_000, "geometry": line, "findings": list(findings)}
    return {"verdict": verdict, "routes": [route], "why_not": None} | more


def bridge(outcome: str = "conditional", ratio: float = 1.163) -> dict[str, Any]:
    return finding(
        outcome,
        "bridge_effect",
        30_500,
        limit=1.1,
        measured=ratio,
        margin=round(1.1 - ratio, 3),
        unit="ratio",
        basis="inventory",
        structure={"id": "G4-0188", "name": "涟水大桥", "kind": "bridge"},
        source="桥梁台账 2025",
        reason="荷载效应比超过允许值",
        reason_en="the ratio is over the limit",
        conditions=["单独居中"],
        conditions_en=["alone and centred"],
    )


def keys(found: list[Any]) -> list[str]:
    return [one.key for one in found]


def test_the_deciding_come_first_then_the_nearest_to_flipping() -> None:
    told = report(
        finding("passes", "height", 100, limit=5000, measured=4980, margin=20),
        finding("conditional", "width", 200, limit=4000, measured=3000, margin=1000),
        finding("passes", "width", 300, limit=8000, measured=3000, margin=5000),
        finding("conditional", "height", 400, limit=5000, measured=4480, margin=520),
        finding("passes", "closure", 50, limit=None, measured=None, margin=None),
    )
    found = findings_shown(told, "zh", for_carrier=False)
    assert keys(found) == ["1-3", "1-1", "1-0", "1-2", "1-4"]
    assert [one.decides for one in found] == [True, True, False, False, False]
    assert [one.is_prominent for one in found] == [True, True, True, False, False]


@given(
    st.lists(st.tuples(st.sampled_from(["passes", "conditional", "unknown"]), st.integers(-3000, 3000)), max_size=12)
)
def test_order_holds_for_any_findings(rows: list[tuple[str, int]]) -> None:
    told = report(
        *(
            finding(outcome, "height", at, limit=5000, measured=5000 - margin, margin=margin)
            for at, (outcome, margin) in enumerate(rows)
        ),
        verdict="unknown",
    )
    found = findings_shown(told, "zh", for_carrier=False)
    by_key = {key: one for key, _rank, one in keyed_findings(told)}
    assert sorted(keys(found)) == sorted(by_key)
    ranks = [(ORDER.index(one.outcome), distance(by_key[one.key])) for one in found]
    assert ranks == sorted(ranks)
    assert sorted(found, key=lambda one: not one.decides) == found, "what decides is the worst"


def test_what_is_not_known_stands_above_what_passes_nearly() -> None:
    told = report(
        finding("passes", "height", 100, limit=5000, measured=4999, margin=1),
        finding("unknown", "bridge_effect", 200, limit=None, measured=None, margin=None),
        finding("conditional", "width", 300, limit=4000, measured=3000, margin=1000),
        finding("blocked", "closure", 400, limit=None, measured=None, margin=None),
        verdict="blocked",
    )
    for for_carrier in (False, True):
        found = findings_shown(told, "zh", for_carrier=for_carrier)
        assert [one.outcome for one in found] == ["blocked", "unknown", "conditional", "passes"]


def test_numbers_are_told_in_metres_and_tonnes_with_their_share() -> None:
    (one,) = findings_shown(
        report(finding("blocked", "height", 38_200, limit=4200, measured=4480, margin=-280), verdict="blocked"),
        "zh",
        for_carrier=False,
    )
    assert (one.limit, one.measured, one.margin) == ("4.20 m", "4.48 m", "超出 28 cm（6.67%）")
    (one,) = findings_shown(
        report(finding("passes", "axle_load", 1, limit=20_000, measured=16_500, margin=3_500, unit="kg")),
        "en",
        for_carrier=False,
    )
    assert (one.limit, one.measured, one.margin) == ("20 t", "16.5 t", "3.5 t left (17.5%)")


def test_what_no_source_states_is_said_to_be_the_policys() -> None:
    told = report(finding("unknown", "height", 1, limit=None, policy_threshold=4500, measured=4800, margin=None))
    (one,) = findings_shown(told, "zh", for_carrier=False)
    assert one.limit == "无限值（按审查规则 4.50 m）"
    assert one.margin == ""


def test_what_no_source_states_is_told_in_the_readers_language() -> None:
    told = report(
        finding("conditional", "width", 1, source="osm:way/5 and 2 more ways, no width stated; policy"),
        finding("conditional", "height", 2, source="osm:way/6 maxheight=4.5"),
    )
    assert {one.source for one in findings_shown(told, "zh", for_carrier=False)} == {
        "osm:way/5等（另有 2 段），未载明宽度，按设定推定",
        "osm:way/6 maxheight=4.5",
    }
    sources = {one.source for one in findings_shown(told, "en", for_carrier=False)}
    assert "osm:way/5 and 2 more ways, no width stated; policy" in sources


def test_a_place_is_named_by_structure_stake_and_kilometre() -> None:
    (one,) = findings_shown(
        report(bridge() | {"stake": "K12+300", "lon": 112.95, "lat": 28.15}), "zh", for_carrier=False
    )
    assert one.place == "桥梁 涟水大桥 · K12+300 · 里程 30.5 km"
    assert one.has_place


def said(found: list[Any]) -> str:
    return json.dumps([repr(one) for one in found], ensure_ascii=False)


def test_a_carrier_reads_no_number_of_a_bridge() -> None:
    """Even where a whole report is handed over by mistake."""
    whole = report(bridge(), finding("passes", "height", 1, limit=5000, measured=4480, margin=520))
    text = said(findings_shown(whole, "zh", for_carrier=True))
    for secret in ("1.163", "1.16", "1.1", "0.063", "台账 2025"):
        assert secret not in text
    assert "4.48 m" in text, "a posted sign is there for all to see"
    (first, _second) = findings_shown(whole, "zh", for_carrier=True)
    assert first.is_hidden
    assert first.conditions == ("单独居中",)


@pytest.mark.parametrize(("shown", "band"), [("banded", "100-120%"), ("what_if", ">100%")])
def test_bands_of_both_forms_are_told(shown: str, band: str) -> None:
    whole = report(bridge())
    told = banded(whole) if shown == "banded" else shown_to_carrier(whole, "bands", [50, 80, 100])
    (one,) = findings_shown(told, "zh", for_carrier=True)
    assert one.band == band
    assert "1.163" not in said([one])


def test_blockers_keep_the_key_of_their_place_on_the_route() -> None:
    low, closed = (
        finding("blocked", "height", 38_200, limit=4200, measured=4480, margin=-280),
        finding("blocked", "closure", 100, limit=None, measured=None, margin=None, unit=None),
    )
    why_not = {"blockers": [closed, low], "smallest_changes": [], "certificate": None}
    told = report(finding("passes", "width", 1), low, verdict="blocked", why_not=why_not)
    reasons = why_not_shown(told, "zh", for_carrier=False)
    assert reasons is not None
    assert keys(list(reasons.blockers)) == ["1-1", "b-0"]
    assert [key for key, rank, _one in keyed_findings(told) if rank is None] == ["b-0"]
    assert reasons.summary == "所报路线上有不可通行之处。"


def test_reasons_tell_changes_survey_and_departures() -> None:
    change = {"quantity": "height", "from": 4320, "to": 4300, "unit": "mm"}
    why_not = {
        "blockers": [],
        "certificate": {"count": 2, "is_least_proved": True},
        "smallest_changes": [
            {
                "kind": "single",
                "changes": [change],
                "follows": [{"quantity": "gross_mass", "from": 90_000, "to": 89_000, "unit": "kg"}],
                "verdict": "passes",
                "class": "II",
            }
        ],
        "measure_first": [
            {"rank": 1, "thing": "b", "tasks": [{"what": "实测净高", "what_en": "measure", "lon": 113.0, "lat": 28.0}]}
        ],
        "departures": {"better": [{"on": "2026-06-01T22:00:00", "verdict": "passes"}]},
    }
    reasons = why_not_shown(report(verdict="unknown", why_not=why_not), "zh", for_carrier=False)
    assert reasons is not None
    assert reasons.summary == "至少须查明以下 2 处，才有可行路线。"
    (one,) = reasons.changes
    assert one.sentence.startswith("高度降低2 cm（4.32 m至4.30 m）")
    assert one.follows == ("总质量 90 t → 89 t",)
    assert one.vehicle_class == "二类"
    assert reasons.survey[0].tasks == ("实测净高",)
    assert reasons.survey[0].key == "s-0"
    assert reasons.departures == ("2026-06-01 22:00:00 可通行",)
    assert why_not_shown(report(), "zh", for_carrier=False) is None


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_kind_of_review_is_told_and_nothing_is_changed(verdict: str) -> None:
    whole = sample_review(verdict)
    before = copy.deepcopy(whole)
    for for_carrier in (False, True):
        found = findings_shown(whole, "zh", for_carrier=for_carrier)
        why_not_shown(whole, "zh", for_carrier=for_carrier)
        assert len(found) == len(whole["routes"][0]["findings"] if whole["routes"] else [])
    assert whole == before


def test_english_findings_are_english() -> None:
    (one,) = findings_shown(report(bridge()), "en", for_carrier=False)
    for text in (one.quantity, one.margin, one.basis, one.reason, *one.conditions):
        assert not CHINESE.search(text), text
