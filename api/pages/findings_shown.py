"""The findings of a review as pages show them (意见的展示): in words, the worst first, then by how near to flipping.

A finding has a key that its line on the page and its point on the map share. Carriers read no number that tells what a
bridge can bear, even if a report still had it.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from api.pages.language import Language, say
from api.reviews.banding import is_about_capacity
from maps.labels import Label, basis_label, class_label, plain_text, quantity_label, structure_kind_label, verdict_label
from maps.ordering import number_or_none, relative_margin, severity
from maps.sentences import change_sentence, format_measure

Json = Mapping[str, Any]
_NEAR: Final = 0.1  # a passing finding this near to its limit is shown with those that do not pass
_MORE_WAYS: Final = re.compile(r" and (\d+) more ways")
_NOT_STATED: Final = re.compile(r", no [a-z ]+ stated; policy$")
_CAPACITY: Final = frozenset({"limit", "measured", "margin", "policy_threshold", "bridge", "source"})


@dataclass(frozen=True, slots=True)
class FindingShown:
    """One finding in words (一条意见).

    Attributes:
        key: Shared with its point on the map.
        outcome: passes, conditional, unknown or blocked.
        decides: Whether the verdict of its route rests on it.
        is_prominent: Whether it is shown at once, not only when asked for.
        quantity: What is limited.
        place: Structure, stake, coordinates, as far as known.
        limit: With unit; a dash where none is stated.
        margin: How much is left or too much, with the share of the limit; empty without numbers.
        band: Band of utilisation, for carriers; empty otherwise.
        is_hidden: Whether numbers were left out because the reader may not know them.
    """

    key: str
    outcome: str
    decides: bool
    is_prominent: bool
    quantity: str
    place: str
    where: str
    limit: str
    measured: str
    margin: str
    band: str
    basis: str
    source: str
    reason: str
    conditions: tuple[str, ...]
    when: str
    has_place: bool
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """One smallest change of the load (最小调整): what to do, what then follows, the verdict and class with it."""

    sentence: str
    follows: tuple[str, ...]
    outcome: str
    vehicle_class: str


@dataclass(frozen=True, slots=True)
class TaskShown:
    """One thing to find out (先测): what, where, and its key on the map (empty without place)."""

    rank: int
    tasks: tuple[str, ...]
    place: str
    key: str


@dataclass(frozen=True, slots=True)
class WhyNotShown:
    """Why there is no route, and what would change that (受阻原因与出路)."""

    verdict: str
    summary: str
    blockers: tuple[FindingShown, ...]
    changes: tuple[ChangeShown, ...]
    survey: tuple[TaskShown, ...]
    departures: tuple[str, ...]


def keyed_findings(report: Json) -> Iterator[tuple[str, int | None, Json]]:
    """Every finding of a report with its key and the rank of its route; blockers that lie on none come last."""
    known: list[Json] = []
    for rank, route in ranked_routes(report):
        for place, finding in enumerate(route.get("findings") or ()):
            known.append(finding)
            yield f"{rank}-{place}", rank, finding
    for place, finding in enumerate(_blockers(report)):
        if finding not in known:
            yield f"b-{place}", None, finding


def ranked_routes(report: Json) -> list[tuple[int, Json]]:
    """The routes with their ranks; where none is stated, their order."""
    return [(int(one.get("rank") or place), one) for place, one in enumerate(report.get("routes") or (), start=1)]


def findings_shown(
    report: Json, language: Language, *, for_carrier: bool, rank: int | None = None
) -> list[FindingShown]:
    """Findings of one route: blocked, unknown, conditional, passing; each by how little is missing to another answer.

    Args:
        report: As the reader may see it.
        language: The reader's.
        for_carrier: Whether the reader may know no capacity.
        rank: Of the route; None for the first.
    """
    routes = dict(ranked_routes(report))
    chosen = min(routes, default=None) if rank is None else rank
    if chosen is None or chosen not in routes:
        return []
    verdict = str(routes[chosen].get("verdict"))
    own = [(key, one) for key, of, one in keyed_findings(report) if of == chosen]
    return _shown(own, verdict, language, for_carrier=for_carrier)


def why_not_shown(report: Json, language: Language, *, for_carrier: bool) -> WhyNotShown | None:
    """Why there is no route, in words; None where there is one."""
    why_not = report.get("why_not")
    if not why_not:
        return None
    verdict = str(report.get("verdict"))
    own = list(_keyed_blockers(report))
    tasks = why_not.get("measure_first") or ()
    return WhyNotShown(
        verdict=verdict,
        summary=_summary(why_not, verdict, language),
        blockers=tuple(_shown(own, verdict, language, for_carrier=for_carrier)),
        changes=tuple(_change(one, language) for one in why_not.get("smallest_changes") or ()),
        survey=tuple(_task(place, one, language) for place, one in enumerate(tasks)),
        departures=tuple(_departure(one, language) for one in (why_not.get("departures") or {}).get("better") or ()),
    )


def survey_places(report: Json) -> Iterator[tuple[str, Json]]:
    """Places of the things to find out, with their keys on the map."""
    for place, entry in enumerate((report.get("why_not") or {}).get("measure_first") or ()):
        for task in entry.get("tasks") or ():
            if number_or_none(task.get("lon")) is not None and number_or_none(task.get("lat")) is not None:
                yield f"s-{place}", task
                break


def without_capacity(finding: Json) -> Json:
    """A finding without numbers that tell what a bridge can bear."""
    if not is_about_capacity(finding):
        return finding
    return {name: value for name, value in finding.items() if name not in _CAPACITY}


def _blockers(report: Json) -> Sequence[Json]:
    return (report.get("why_not") or {}).get("blockers") or ()


def _keyed_blockers(report: Json) -> Iterator[tuple[str, Json]]:
    known = [(key, one) for key, _rank, one in keyed_findings(report)]
    for finding in _blockers(report):
        yield next((key, one) for key, one in known if one == finding)


def _shown(
    findings: Sequence[tuple[str, Json]], verdict: str, language: Language, *, for_carrier: bool
) -> list[FindingShown]:
    told = [(key, without_capacity(one) if for_carrier else one, one) for key, one in findings]
    decides = {key: str(one.get("outcome")) == verdict and verdict != "passes" for key, one, _ in told}
    told.sort(key=lambda row: _order(row[1]))
    return [
        replace(_finding(key, one, language, decides=decides[key]), is_hidden=len(one) < len(whole))
        for key, one, whole in told
    ]


def _order(finding: Json) -> tuple[int, float, float]:
    """The worst first, so the deciding ones too; then by distance to the limit, then along the route."""
    at_m = number_or_none(finding.get("at_m"))
    return (-severity(finding.get("outcome")), distance(finding), math.inf if at_m is None else at_m)


def distance(finding: Json) -> float:
    """How far a finding is from another answer, as a share of its limit; infinite where nothing was compared."""
    return abs(relative_margin(finding))


def _finding(key: str, one: Json, language: Language, *, decides: bool) -> FindingShown:
    outcome, unit = str(one.get("outcome")), one.get("unit")
    limit, measured = number_or_none(one.get("limit")), number_or_none(one.get("measured"))
    return FindingShown(
        key=key,
        outcome=outcome,
        decides=decides,
        is_prominent=outcome != "passes" or distance(one) < _NEAR,
        quantity=_word(quantity_label(one.get("quantity")), language),
        place=_place(one, language),
        where=_coordinates(one),
        limit=_limit(one, language),
        measured=format_measure(measured, unit),
        margin="" if limit is None or measured is None else _margin(one, limit - measured, limit, language),
        band=plain_text(one.get("band") or one.get("utilisation_band")),
        basis=_word(basis_label(one.get("basis")), language),
        source=_source(one, language),
        reason=_said(one, "reason", language),
        conditions=tuple(plain_text(text) for text in _texts(one, "conditions", language)),
        when=plain_text(one.get("when")),
        has_place=bool(_coordinates(one)),
        is_hidden=False,
    )


def _limit(one: Json, language: Language) -> str:
    limit, unit = number_or_none(one.get("limit")), one.get("unit")
    threshold = number_or_none(one.get("policy_threshold"))
    if limit is None and threshold is not None:
        return say(language, "figures.policy_threshold", value=format_measure(threshold, unit))
    return format_measure(limit, unit)


def _margin(one: Json, margin: float, limit: float, language: Language) -> str:
    size = format_measure(abs(margin), one.get("unit"), fine=True)
    share = f"{abs(margin) / limit * 100:.3g}%" if limit else "—"
    return say(language, "figures.left" if margin >= 0 else "figures.too_much", size=size, share=share)


def _place(one: Json, language: Language) -> str:
    """Structure and stake, else kilometre of the route."""
    structure = one.get("structure") or {}
    kind = _word(structure_kind_label(structure["kind"]), language) if structure.get("kind") else ""
    name = plain_text(structure.get("name")) or plain_text(structure.get("id")) if structure else ""
    at_m = number_or_none(one.get("at_m"))
    at = "" if at_m is None else say(language, "figures.at_km", km=f"{at_m / 1000:.1f}")
    parts = [f"{kind} {name}".strip(), plain_text(one.get("stake")), at]
    return " · ".join(filter(None, parts))


def _source(one: Json, language: Language) -> str:
    """Where the limit comes from; the words between the names of the sources in the reader's language."""
    text = plain_text(one.get("source"))
    if language == "en":
        return text
    text = _MORE_WAYS.sub(r"等（另有 \1 段）", text)
    return _NOT_STATED.sub(f"，未载明{_word(quantity_label(one.get('quantity')), language)}，按设定推定", text)


def _coordinates(one: Json) -> str:
    lon, lat = number_or_none(one.get("lon")), number_or_none(one.get("lat"))
    return "" if lon is None or lat is None else f"{lon:.5f}, {lat:.5f}"


def _summary(why_not: Json, verdict: str, language: Language) -> str:
    certificate = why_not.get("certificate")
    is_unknown = verdict == "unknown"
    if verdict == "no_route":
        return say(language, "figures.no_route")
    if not certificate:
        return say(language, "figures.unknown_on_line" if is_unknown else "figures.blocked_on_line")
    least = "figures.least_unknown" if is_unknown else "figures.least_blocked"
    at_hand = "figures.at_hand_unknown" if is_unknown else "figures.at_hand_blocked"
    return say(language, least if certificate.get("is_least_proved") else at_hand, count=certificate.get("count"))


def _change(one: Json, language: Language) -> ChangeShown:
    return ChangeShown(
        sentence=_word(change_sentence(one), language),
        follows=tuple(_follow(entry, language) for entry in one.get("follows") or ()),
        outcome=str(one.get("verdict")),
        vehicle_class=_word(class_label(one["class"]), language) if one.get("class") else "",
    )


def _follow(entry: Json, language: Language) -> str:
    unit = entry.get("unit")
    before, after = format_measure(entry["from"], unit), format_measure(entry["to"], unit)
    return f"{_word(quantity_label(entry['quantity']), language)} {before} → {after}"


def _task(place: int, one: Json, language: Language) -> TaskShown:
    tasks = one.get("tasks") or ()
    spots = [_place(task, language) for task in tasks]
    return TaskShown(
        rank=int(one.get("rank") or place + 1),
        tasks=tuple(dict.fromkeys(_said(task, "what", language) for task in tasks)),
        place=next(filter(None, spots), plain_text(one.get("thing"))),
        key=f"s-{place}" if any(_coordinates(task) for task in tasks) else "",
    )


def _departure(one: Json, language: Language) -> str:
    when = plain_text(one.get("on")).replace("T", " ")
    return f"{when} {_word(verdict_label(one.get('verdict')), language)}"


def _said(one: Json, name: str, language: Language) -> str:
    return plain_text((one.get(f"{name}_en") if language == "en" else None) or one.get(name))


def _texts(one: Json, name: str, language: Language) -> Sequence[Any]:
    found: Sequence[Any] = (one.get(f"{name}_en") if language == "en" else None) or one.get(name) or ()
    return found


def _word(label: Label, language: Language) -> str:
    return label.en if language == "en" else label.zh
