"""The words of the map page, ready to print (报告页内容): no layout here, no escaping either."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maps.labels import (
    Label,
    basis_label,
    class_label,
    format_duration,
    format_km,
    format_quantity,
    level_label,
    plain_text,
    quantity_label,
    structure_kind_label,
    verdict_label,
)
from maps.ordering import number_or_none, sort_findings
from maps.style import VerdictStyle, verdict_style

_SHORT_ID = 12


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding (审查意见) as words."""

    number: int | None
    outcome: Label
    style: VerdictStyle
    quantity: Label
    basis: Label
    limit: str
    measured: str
    margin: str
    place: str
    structure: str
    reason: str
    source: str
    conditions: tuple[str, ...]
    has_numbers: bool
    has_place: bool


@dataclass(frozen=True, slots=True)
class RouteBlock:
    """One route (路线) with its findings, those that pass apart from the others."""

    rank: str
    verdict: Label
    style: VerdictStyle
    length: str
    duration: str
    phrase: str
    divisions: str
    open_findings: tuple[FindingLine, ...]
    passed_findings: tuple[FindingLine, ...]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One way to change the load (最小调整) and what it would bring."""

    changes: tuple[str, ...]
    verdict: Label
    style: VerdictStyle


@dataclass(frozen=True, slots=True)
class ReportView:
    """Everything the page says about a review."""

    verdict: Label
    style: VerdictStyle
    vehicle_class: Label
    on: str
    ids: tuple[tuple[Label, str], ...]
    routes: tuple[RouteBlock, ...]
    route_blockers: tuple[FindingLine, ...]
    """Blockers that stand among the findings of a route."""
    other_blockers: tuple[FindingLine, ...]
    """Blockers that stand nowhere else."""
    changes: tuple[ChangeLine, ...]
    refusals: tuple[str, ...]
    near_thresholds: tuple[str, ...]
    clauses: tuple[str, ...]
    jurisdiction: tuple[str, ...]
    deadlines: tuple[str, ...]


def build_view(review: Mapping[str, Any], finding_features: Sequence[Mapping[str, Any]]) -> ReportView:
    """Gather the words of a review.

    Args:
        review: the review as the command line prints it.
        finding_features: the ``finding`` features of ``maps.features.review_features``; they carry the numbers.
    """
    classification = review.get("classification") or {}
    numbered = [(feature["properties"], feature.get("geometry") is not None) for feature in finding_features]
    return ReportView(
        verdict=verdict_label(review.get("verdict")),
        style=verdict_style(review.get("verdict")),
        vehicle_class=class_label(classification.get("class")),
        on=plain_text(review.get("on")) or "—",
        ids=_id_lines(review),
        routes=tuple(_route_blocks(review, numbered)),
        route_blockers=tuple(_route_blocker_lines(review, numbered)),
        other_blockers=tuple(
            finding_line(p, p["number"], has_place=placed) for p, placed in numbered if p["route"] is None
        ),
        changes=change_lines(review),
        refusals=tuple(clause_text(item) for item in classification.get("refusals") or []),
        near_thresholds=tuple(near_threshold_text(item) for item in classification.get("near_threshold") or []),
        clauses=tuple(clause_text(item) for item in classification.get("findings") or []),
        jurisdiction=jurisdiction_texts(review.get("jurisdiction")),
        deadlines=deadline_texts(review.get("deadlines")),
    )


def finding_line(finding: Mapping[str, Any], number: int | None = None, *, has_place: bool = False) -> FindingLine:
    """Words of one finding."""
    unit = finding.get("unit")
    at_m = number_or_none(finding.get("at_m"))
    numbers = (finding.get("limit"), finding.get("measured"), finding.get("margin"))
    return FindingLine(
        number=number,
        outcome=verdict_label(finding.get("outcome")),
        style=verdict_style(finding.get("outcome")),
        quantity=quantity_label(finding.get("quantity")),
        basis=basis_label(finding.get("basis")),
        limit=format_quantity(finding.get("limit"), unit),
        measured=format_quantity(finding.get("measured"), unit),
        margin=format_quantity(finding.get("margin"), unit, signed=True),
        place="" if at_m is None else format_km(at_m),
        structure=_structure_text(finding.get("structure")),
        reason=plain_text(finding.get("reason")),
        source=plain_text(finding.get("source")),
        conditions=tuple(plain_text(item) for item in finding.get("conditions") or []),
        has_numbers=any(value is not None for value in numbers),
        has_place=has_place,
    )


def change_lines(review: Mapping[str, Any]) -> tuple[ChangeLine, ...]:
    """The smallest changes of the load that would open a way (最小调整方案)."""
    options = (review.get("why_not") or {}).get("smallest_changes") or []
    return tuple(
        ChangeLine(
            changes=tuple(_change_text(change) for change in option.get("changes") or []),
            verdict=verdict_label(option.get("verdict")),
            style=verdict_style(option.get("verdict")),
        )
        for option in options
    )


def clause_text(item: object) -> str:
    """One clause of the law that decided or refuses (法规条款), with what it compares if it says so."""
    if not isinstance(item, Mapping):
        return plain_text(item)
    clause = _first_text(item, "clause", "clause_id", "id")
    words = _first_text(item, "explanation", "reason", "text", "wording")
    unit = item.get("unit")
    parts = [
        f"{word} {format_quantity(item[key], unit)}"
        for key, word in (("measured", "本车"), ("value", "本车"), ("threshold", "限值"), ("limit", "限值"))
        if number_or_none(item.get(key)) is not None
    ]
    if number_or_none(item.get("margin")) is not None:
        parts.append(f"余量 {format_quantity(item['margin'], unit, signed=True)}")
    numbers = f"（{'，'.join(parts)}）" if parts else ""
    return f"{clause} {words}{numbers}".strip() or "—"


def near_threshold_text(item: object) -> str:
    """A size close to the edge of another class (临界提示)."""
    if not isinstance(item, Mapping):
        return plain_text(item)
    unit = item.get("unit")
    text = (
        f"{quantity_label(item.get('quantity')).zh} {format_quantity(item.get('value'), unit)}，"
        f"距{class_label(item.get('next_class')).zh}界限 {format_quantity(item.get('edge'), unit)} "
        f"仅 {format_quantity(item.get('distance'), unit)}"
    )
    reason = plain_text(item.get("reason"))
    return f"{text}。{reason}" if reason else text


def jurisdiction_texts(jurisdiction: object) -> tuple[str, ...]:
    """Who accepts the application and who reviews with them (管辖)."""
    if not isinstance(jurisdiction, Mapping):
        return ()
    level = level_label(jurisdiction.get("level")).zh
    lines = [f"受理 {level} {plain_text(jurisdiction.get('accepts')) or '—'}"]
    for body in jurisdiction.get("co_review") or []:
        if isinstance(body, Mapping):
            words = [plain_text(body.get(key)) for key in ("body", "code", "role")]
            lines.append("会审 " + " ".join(word for word in words if word))
        else:
            lines.append(f"会审 {plain_text(body)}")
    return tuple(lines)


def deadline_texts(deadlines: object) -> tuple[str, ...]:
    """Deadlines (办理时限) in whatever form the review states them."""
    if isinstance(deadlines, Mapping):
        return tuple(f"{plain_text(key)} {_flat(value)}" for key, value in deadlines.items())
    if isinstance(deadlines, list):
        return tuple(_flat(item) for item in deadlines)
    return () if deadlines is None else (plain_text(deadlines),)


def _flat(value: object) -> str:
    if isinstance(value, Mapping):
        return "，".join(f"{plain_text(key)} {_flat(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return "，".join(_flat(inner) for inner in value)
    return plain_text(value)


def _route_blocks(
    review: Mapping[str, Any], numbered: Iterable[tuple[Mapping[str, Any], bool]]
) -> Iterator[RouteBlock]:
    remaining = iter(numbered)
    for position, route in enumerate(review.get("routes") or []):
        count = len(route.get("findings") or [])
        lines = [
            finding_line(properties, properties["number"], has_place=has_place)
            for (properties, has_place), _ in zip(remaining, range(count), strict=False)
        ]
        names = [plain_text(division.get("name")) for division in route.get("divisions") or []]
        passed = verdict_label("passes")
        yield RouteBlock(
            rank=plain_text(route.get("rank", position + 1)),
            verdict=verdict_label(route.get("verdict")),
            style=verdict_style(route.get("verdict")),
            length=format_km(route.get("length_m")),
            duration=format_duration(route.get("duration_s")),
            phrase=plain_text(route.get("phrase")),
            divisions="、".join(dict.fromkeys(name for name in names if name)),
            open_findings=tuple(line for line in lines if line.outcome != passed),
            passed_findings=tuple(line for line in lines if line.outcome == passed),
        )


def _route_blocker_lines(
    review: Mapping[str, Any], numbered: Sequence[tuple[Mapping[str, Any], bool]]
) -> Iterator[FindingLine]:
    """The blockers that are findings of a route, each under the number it has on the map."""
    for blocker in sort_findings((review.get("why_not") or {}).get("blockers") or []):
        for properties, has_place in numbered:
            if properties["route"] is not None and all(properties.get(key) == value for key, value in blocker.items()):
                yield finding_line(blocker, properties["number"], has_place=has_place)
                break


def _id_lines(review: Mapping[str, Any]) -> tuple[tuple[Label, str], ...]:
    titles = {
        "network_id": Label("路网", "network"),
        "rules_id": Label("规则", "rules"),
        "policy_id": Label("策略", "policy"),
    }
    lines = [(title, _short_id(review[key])) for key, title in titles.items() if review.get(key)]
    overlays = "、".join(_short_id(item) for item in review.get("overlay_ids") or [])
    return (*lines, (Label("临时管制", "overlays"), overlays)) if overlays else tuple(lines)


def _short_id(value: object) -> str:
    text = plain_text(value)
    digest = text.removeprefix("sha256:")
    return digest[:_SHORT_ID] if digest != text else text


def _structure_text(structure: object) -> str:
    if not isinstance(structure, Mapping):
        return plain_text(structure)
    name = _first_text(structure, "name", "id")
    kind = structure_kind_label(structure["kind"]).zh if structure.get("kind") else ""
    return f"{name}（{kind}）" if name and kind else name or kind


def _change_text(change: Mapping[str, Any]) -> str:
    before, after, unit = change.get("from"), change.get("to"), change.get("unit")
    text = (
        f"{quantity_label(change.get('quantity')).zh} {format_quantity(before, unit)} → {format_quantity(after, unit)}"
    )
    if number_or_none(before) is None or number_or_none(after) is None:
        return text
    return f"{text}（{format_quantity(change['to'] - change['from'], unit, signed=True)}）"


def _first_text(item: Mapping[str, Any], *keys: str) -> str:
    return next((plain_text(item[key]) for key in keys if item.get(key)), "")
