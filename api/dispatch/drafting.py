"""Drafted opinions (起草意见): what the machine found, what needs a person, and which opinion that suggests."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from api.dispatch.parts import RANK, Json, needs_person, structures_in
from api.dispatch.settings import Purpose, VehicleClass
from maps.sentences import finding_sentence
from rules.loading import read_yaml
from rules.management import RoadStretch

Suggestion = Literal["agree", "conditions", "undecided", "object"]
_FILE = Path(__file__).with_name("wording.yaml")
_NO_CONDITION = "按审查报告所列要求通行"


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted opinion (意见草稿). It is nobody's opinion until the body confirms it.

    Attributes:
        suggestion: agree 同意, conditions 附条件同意, object 不同意; undecided where data is missing, which the
            machine never takes for consent; None for a packet that only informs and for a body without a part.
    """

    suggestion: Suggestion | None
    text: str

    def to_json(self) -> dict[str, str | None]:
        """Plain JSON values."""
        return {"suggestion": self.suggestion, "text": self.text}


@cache
def _wording() -> Any:  # noqa: ANN401  a tree of texts
    return read_yaml(_FILE)


def draft(
    body_name: str,
    purpose: Purpose,
    vehicle_class: VehicleClass,
    stretches: Sequence[RoadStretch],
    findings: Sequence[Json],
) -> Draft:
    """Draft the opinion of one body on its part.

    Args:
        body_name: Whom the draft is for.
        purpose: A packet that informs gets no suggestion.
        vehicle_class: "none", "I", "II", "III" or "unknown".
        stretches: Its part.
        findings: Of its part only.
    """
    words = _wording()
    heading = words["heading"][purpose].format(body=body_name, class_zh=words["class_zh"][vehicle_class])
    if not stretches:
        return Draft(None, f"{heading}\n{words['no_part']}")
    lines = [heading, words["part"].format(stretches="；".join(_stretch_text(one) for one in stretches))]
    if purpose == "inform":
        return Draft(None, "\n".join([*lines, words["inform"]]))
    suggestion = suggest(findings)
    lines += [_machine_text(findings), *_person_texts(findings), _suggestion_text(suggestion, findings)]
    return Draft(suggestion, "\n".join([*lines, words["closing"].format(body=body_name)]))


def suggest(findings: Iterable[Json]) -> Suggestion:
    """The worst finding decides; missing data suggests nothing."""
    outcomes = {finding["outcome"] for finding in findings}
    if "blocked" in outcomes:
        return "object"
    if "unknown" in outcomes:
        return "undecided"
    return "conditions" if "conditional" in outcomes else "agree"


def _stretch_text(stretch: RoadStretch) -> str:
    words = _wording()
    road = f"{stretch.number}{stretch.name}" or words["kind_zh"][stretch.kind]
    enter, leave, length = (_km(metres) for metres in (stretch.enter_m, stretch.exit_m, stretch.length_m))
    return str(words["stretch"].format(road=road, enter=enter, exit=leave, length=length))


def _km(metres: int) -> str:
    return f"{metres // 1000}.{metres % 1000:03d}"


def _machine_text(findings: Sequence[Json]) -> str:
    counts = Counter(dict.fromkeys(RANK, 0))
    counts.update(finding["outcome"] for finding in findings)
    words = _wording()
    return str(words["machine"].format(**counts) if findings else words["machine_none"])


def _person_texts(findings: Sequence[Json]) -> list[str]:
    words = _wording()
    listed = [
        words["structure"].format(
            name=entry["name"] or entry["id"], at=_km(entry["at_m"]), asks="；".join(entry["asks"])
        )
        for entry in structures_in(findings)
    ]
    texts = [
        words["structures"].format(count=len(listed), list="。".join(listed)) if listed else words["structures_none"]
    ]
    others = _texts(f["reason"] for f in findings if needs_person(f) and f["structure"] is None)
    return [*texts, *([words["others"].format(list=others)] if others else [])]


def _suggestion_text(suggestion: Suggestion, findings: Sequence[Json]) -> str:
    decisive = {"object": "blocked", "undecided": "unknown", "conditions": "conditional"}.get(suggestion)
    named = [finding for finding in findings if finding["outcome"] == decisive]
    reasons = _texts(finding_sentence(finding).zh for finding in named)
    conditions = _texts(text for finding in named for text in finding["conditions"]) or _NO_CONDITION
    return str(_wording()["suggestion"][suggestion].format(reasons=reasons, conditions=conditions))


def _texts(texts: Iterable[str]) -> str:
    return "；".join(dict.fromkeys(texts))
