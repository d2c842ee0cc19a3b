"""What follows from a comparison (处理阶段): kept apart as the law keeps them.

不予受理 (art. 11), 补正 told once (ALL 32), 不予许可 (arts 12, 17), and what may follow later (容缺受理) or rests on a
promise (告知承诺). Nothing here decides: it is what a person, or a decision with its own safeguards, starts from.
"""

from dataclasses import asdict, dataclass
from typing import Any

from api.checks.results import Comparison, Evidence, ItemResult
from rules.forms import FormSettings, Stage, comparison_items, form_settings, materials


@dataclass(frozen=True, slots=True)
class Point:
    """One thing told to the applicant or left to a person (一条意见)."""

    item: str
    field: str
    reason_zh: str
    reason_en: str
    clause: str | None
    material: str | None = None


@dataclass(frozen=True, slots=True)
class CorrectionNotice:
    """The one complete notice (一次性补正告知)."""

    points: tuple[Point, ...]
    within_working_days: int
    note_zh: str
    note_en: str


@dataclass(frozen=True, slots=True)
class StageOutcome:
    """What follows from a comparison.

    Attributes:
        not_accepted: Grounds of 不予受理.
        correction: Everything to be corrected, once; None when there is nothing.
        refusals: Grounds of 不予许可; `statement_note_*` tells of the right to be heard.
        to_follow: Missing things the applicant promised to hand in later, within `follow_within_working_days`.
        may_follow: Points of the correction that could be promised (容缺) but were not.
        promised: Unknown or missing things that rest on a promise and are verified later.
        to_verify: Unknown things a person has to look at; never a pass.
        information: Differences that only inform.
    """

    not_accepted: tuple[Point, ...]
    correction: CorrectionNotice | None
    refusals: tuple[Point, ...]
    statement_note_zh: str
    statement_note_en: str
    to_follow: tuple[Point, ...]
    follow_within_working_days: int
    may_follow: tuple[Point, ...]
    promised: tuple[Point, ...]
    to_verify: tuple[Point, ...]
    information: tuple[Point, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def stages(comparison: Comparison, *, settings: FormSettings | None = None) -> StageOutcome:
    """Sort every line that differs or is unknown into its stage, each once."""
    chosen = settings or form_settings()
    piles: dict[str, dict[tuple[str, str], Point]] = {}
    for item in comparison.items:
        for line in item.evidence:
            if line.outcome in {"differs", "unknown"}:
                point = _point(item, line)
                for pile in _piles(comparison, item, line, chosen):
                    piles.setdefault(pile, {}).setdefault((point.field, point.reason_zh), point)
    points = {name: tuple(pile.values()) for name, pile in piles.items()}
    refusals, correction = points.get("refusal", ()), points.get("correction", ())
    notice = CorrectionNotice(
        correction, chosen.correction_working_days, chosen.correction_note_zh, chosen.correction_note_en
    )
    return StageOutcome(
        not_accepted=points.get("not_accepted", ()),
        correction=notice if correction else None,
        refusals=refusals,
        statement_note_zh=chosen.statement_note_zh if refusals else "",
        statement_note_en=chosen.statement_note_en if refusals else "",
        to_follow=points.get("to_follow", ()),
        follow_within_working_days=chosen.follow_within_working_days,
        may_follow=points.get("may_follow", ()),
        promised=points.get("promised", ()),
        to_verify=points.get("to_verify", ()),
        information=points.get("information", ()),
    )


def _point(item: ItemResult, line: Evidence) -> Point:
    return Point(item.id, line.field, line.reason_zh, line.reason_en, _clause(item, line), line.material)


def _clause(item: ItemResult, line: Evidence) -> str | None:
    """The clause a line itself was judged by, else its material's, else the item's first."""
    kind, _, clause = line.source.partition(":")
    if kind == "rules" and clause:
        return clause
    material = materials().get(line.material or "")
    return material.clause.id if material and material.clause else item.clause


def _piles(comparison: Comparison, item: ItemResult, line: Evidence, settings: FormSettings) -> tuple[str, ...]:
    """Where a line goes."""
    can_promise, can_follow = _choices(item, line)
    by_promise = can_promise and comparison.promise_accepted and comparison.vehicle_class in settings.promise_classes
    if line.outcome == "unknown":
        return ("promised",) if by_promise else ("to_verify",)
    stage: Stage = item.stage
    is_missing = line.declared is None
    if is_missing and by_promise:
        return ("promised",)
    if is_missing and can_follow and comparison.to_follow & {item.id, line.material}:
        return ("to_follow",)
    return (stage, "may_follow") if stage == "correction" and is_missing and can_follow else (stage,)


def _choices(item: ItemResult, line: Evidence) -> tuple[bool, bool]:
    """Whether a promise may stand in, and whether it may follow: by the material where the line speaks of one."""
    entry = materials()[line.material] if line.material else comparison_items()[item.id]
    return entry.can_promise.value, entry.can_follow.value
