"""Automatic decision (自动决定): off unless a province switches it on, and then only for what nobody need look at."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from api.cases.province import AutomaticRule, automatic_rule
from api.cases.rows import packets_of
from api.db.tables import Case, Review
from api.unit_of_work import UnitOfWork
from rules.loading import read_yaml

TRUSTED_BASES: Final = frozenset({"posted", "measured", "inventory"})
_NEEDS_NO_SOURCE: Final = frozenset({"turn"})
PERCENT: Final = 100
_FILE: Final = Path(__file__).with_name("settings.yaml")


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw that anybody can repeat (可复核的抽取): from the case number and the day's public seed."""

    number: str
    seed: str

    def is_drawn(self, percent: int) -> bool:
        """Whether a case is drawn at a share in percent."""
        digest = hashlib.sha256(f"{self.seed}/{self.number}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % PERCENT < percent


def obstacles(work: UnitOfWork, case: Case, review: Review | None) -> tuple[str, ...] | None:
    """What stands against deciding a case automatically; None while the province has not switched it on."""
    rule = automatic_rule(work, case)
    if rule is None:
        return None
    return tuple(_obstacles(work, case, review, rule))


def _obstacles(work: UnitOfWork, case: Case, review: Review | None, rule: AutomaticRule) -> Iterator[str]:
    if review is None or not review.report.get("routes"):
        yield "没有完成的机器审查"
        return
    if case.vehicle_class not in rule.classes:
        yield f"类别{case.vehicle_class}不在自动决定范围"
    mass = int(case.form["whole"]["gross_mass_kg"])
    if mass > rule.gross_mass_kg:
        yield f"总质量{mass}千克超过自动决定上限{rule.gross_mass_kg}千克"
    if case.scope == "cross_province":
        yield "跨省办件不自动决定"
    if review.verdict not in {"passes", "conditional"}:
        yield f"路线审查结论为{review.verdict}"
    yield from _untrusted(review.report["routes"][0])
    yield from _items(review)
    if any(packet.state == "open" and packet.purpose != "inform" for packet in packets_of(work, case)):
        yield "有未回复的意见"
    if review.report["classification"]["near_threshold"]:
        yield "接近跨类临界值，须由人员审查"


def _untrusted(route: Mapping[str, Any]) -> Iterator[str]:
    """Every check of the route has to rest on a posted, measured or inventoried value."""
    weak = {
        finding["quantity"]
        for finding in route["findings"]
        if finding["basis"] not in TRUSTED_BASES and finding["quantity"] not in _NEEDS_NO_SOURCE
    }
    if weak:
        yield f"路线检查所据资料不是标志、实测或台账：{'、'.join(sorted(weak))}"


def _items(review: Review) -> Iterator[str]:
    """Every item has to agree; what an outside source can tell has to have been told by one."""
    items = review.comparison["comparison"]["items"]
    open_items = [item["id"] for item in items if not _is_settled(item)]
    if open_items:
        yield f"比对项未经核实：{'、'.join(open_items)}"


def _is_settled(item: Mapping[str, Any]) -> bool:
    if item["outcome"] == "unknown":
        return item["id"] in _listed("automatic_items_left_to_people")
    is_verified = item["trust"] == "verified" or item["id"] in _listed("automatic_items_within_form")
    return item["outcome"] == "not_applicable" or (item["outcome"] == "agrees" and is_verified)


@cache
def _listed(setting: str) -> frozenset[str]:
    return frozenset(read_yaml(_FILE)[setting]["value"])
