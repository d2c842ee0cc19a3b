"""A line of the comparison in words (比对依据的用语): fields by their names on the form, values with their units."""

from collections.abc import Mapping
from typing import Any, Final

from api.pages.desk.words import BADGES, amount, class_word, verdict_word
from api.pages.language import catalogue
from api.pages.page import PageContext
from rules.forms import materials

# Parts of the form whose fields are called alike: their words of the form, and whose they are.
_PARTS: Final = {"tractor": "vehicle", "trailer": "vehicle", "agent": "person", "drivers": "person"}
# What is compared of the axles tells its unit by what it is compared with.
_AXLE_UNITS: Final = {"总质量": "kg", "第十七条": "kg", "静力区间": "kg", "总长度": "mm"}
_CLASSES: Final = frozenset({"none", "I", "II", "III"})
_RANGE: Final = "～"


def evidence_line(page: PageContext, line: Mapping[str, Any]) -> str:
    """One comparison: what was declared, what was found, where."""
    unit = _unit(line["field"], line["compared_with"])
    is_file = line["field"].startswith("attachments.") and line["declared"] is not None
    declared = page.t("desk.handed_in") if is_file else _value(page, line["declared"], unit)
    told = [f"{field_word(page, line['field'])}{'：' if page.language == 'zh' else ': '}{declared}"]
    if line["value"] is not None:
        told.append(f"{line['compared_with']} {_value(page, line['value'], unit)}")
    elif line["compared_with"]:
        told.append(line["compared_with"])
    return "；".join([*told, page.t(f"desk.outcome_{line['outcome']}")])


def field_word(page: PageContext, path: str) -> str:
    """What a field of the form is called; one without a name keeps its path."""
    head, *rest = path.split(".")
    if head == "attachments" and rest and (material := materials().get(rest[0])):
        return material.title_zh if page.language == "zh" else material.title_en
    own = f"desk.evidence_{path.replace('.', '_')}"
    if own in catalogue():
        return page.t(own)
    name = f"my.f_{_PARTS.get(head, head)}_{rest[-1]}" if rest else path
    if name not in catalogue():
        name = f"desk.evidence_{rest[-1]}" if rest else path
    if name not in catalogue():
        return path
    whose = f"{page.t(f'desk.evidence_{head}')} · " if head in _PARTS else ""
    return whose + page.t(name)


def _unit(path: str, compared_with: str) -> str | None:
    """The unit of what is compared; None where it has none."""
    if path == "whole.axles":
        return next((unit for words, unit in _AXLE_UNITS.items() if words in compared_with), None)
    return next((unit for unit in ("mm", "kg") if path.endswith(f"_{unit}")), None)


def _value(page: PageContext, value: object, unit: str | None) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return page.t("desk.evidence_yes" if value else "desk.evidence_no")
    if isinstance(value, (int, float)):
        return amount(value, unit) or "—"
    text = str(value)
    if text in BADGES:
        return verdict_word(page, text)
    if text in _CLASSES:
        return class_word(page, text)
    return _range(text, unit) if unit and _RANGE in text else text


def _range(text: str, unit: str) -> str:
    """A range of numbers with its unit; anything else stays."""
    ends = text.split(_RANGE)
    if not all(end.removeprefix("-").isdigit() for end in ends):
        return text
    return _RANGE.join(amount(int(end), unit) or "" for end in ends)
