"""Results of the comparison (比对结果): evidence lines, items, and how lines make an item."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from rules.forms.model import ComparisonItem, Stage

Outcome = Literal["agrees", "differs", "unknown", "not_applicable"]
Trust = Literal["verified", "declared"]
Value = str | int | float | bool | None
REGISTER, REVIEW, FORM, FORMAT, RULES, SILENT = "register", "review", "form", "format", "rules", "none"
OUTSIDE = (REGISTER, REVIEW)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One comparison of one value (一次比对).

    Attributes:
        field: Place in the form.
        declared: What the form says.
        compared_with: What it was compared with, in Chinese.
        value: The value found there; None when there was none.
        source: "register:…", "review", "form" (other parts of the form), "format", "rules:…", "none" (no answer).
        material: The material this line speaks of, if it is one of the list.
    """

    field: str
    declared: Value
    compared_with: str
    value: Value
    source: str
    outcome: Outcome
    reason_zh: str = ""
    reason_en: str = ""
    material: str | None = None

    @property
    def is_outside(self) -> bool:
        """Whether the value came from outside the form."""
        return self.source.partition(":")[0] in OUTSIDE

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One of the 21 items (比对小项结果)."""

    id: str
    group: str
    outcome: Outcome
    evidence: tuple[Evidence, ...]
    trust: Trust
    stage: Stage
    clause: str | None
    reason_zh: str
    reason_en: str

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self) | {"evidence": [line.to_json() for line in self.evidence]}


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole comparison (比对结论) with what the stages need of the form.

    Attributes:
        vehicle_class: By the declared figures: "none", "I", "II", "III" or "unknown".
        promise_accepted: The applicant accepted the promise (告知承诺).
        to_follow: Ids of materials or items the applicant promised to hand in later (容缺承诺).
        notes: Of the classification, in Chinese.
    """

    on: dt.date
    vehicle_class: str
    items: tuple[ItemResult, ...]
    promise_accepted: bool
    to_follow: frozenset[str]
    notes: tuple[str, ...] = ()

    def item(self, item_id: str) -> ItemResult:
        """The item of an id.

        Raises:
            KeyError: No such item.
        """
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "on": self.on.isoformat(),
            "class": self.vehicle_class,
            "items": [item.to_json() for item in self.items],
            "promise_accepted": self.promise_accepted,
            "to_follow": sorted(self.to_follow),
            "notes": list(self.notes),
        }


def plain(value: object) -> Value:
    """A value for evidence: days as ISO text."""
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def item_result(item: ComparisonItem, lines: Sequence[Evidence]) -> ItemResult:
    """Join lines: one that differs makes the item differ, else one unknown makes it unknown; no line: not applicable.

    It is verified only when every field compared was compared with something outside the form, and none is unknown.
    """
    outcomes = {line.outcome for line in lines} - {"not_applicable"}
    outcome: Outcome = next((o for o in ("differs", "unknown", "agrees") if o in outcomes), "not_applicable")
    told = [line for line in lines if line.outcome == outcome and line.outcome != "agrees"]
    outside = {line.field for line in lines if line.is_outside}
    verified = "unknown" not in outcomes and bool(lines) and {line.field for line in lines} <= outside
    return ItemResult(
        id=item.id,
        group=item.group,
        outcome=outcome,
        evidence=tuple(lines),
        trust="verified" if verified else "declared",
        stage=item.stage,
        clause=item.clauses[0].id if item.clauses else None,
        reason_zh="；".join(dict.fromkeys(line.reason_zh for line in told)) or _PLAIN_ZH[outcome],
        reason_en="; ".join(dict.fromkeys(line.reason_en for line in told)) or _PLAIN_EN[outcome],
    )


_PLAIN_ZH = {"agrees": "一致", "differs": "不一致", "unknown": "资料不足", "not_applicable": "不适用"}
_PLAIN_EN = {"agrees": "agrees", "differs": "differs", "unknown": "unknown", "not_applicable": "not applicable"}
