"""Findings and changes of a load as sentences (意见与调整建议的文字), for pages, letters and packets."""

from collections.abc import Iterable, Mapping
from typing import Any

from maps.labels import Label, basis_label, plain_text, quantity_label, structure_kind_label, verdict_label

Json = Mapping[str, Any]
_METRE_MM, _CENTIMETRE_MM, _TONNE_KG, _KM_M = 1000, 10, 1000, 1000
_MEASURED = {"mm": Label("车货", "load"), "kg": Label("车货", "load"), "ratio": Label("荷载效应比", "ratio")}


def finding_sentence(finding: Json) -> Label:
    """What stands where, why, how much is allowed, how much was found and by how much it is over (一句话意见).

    Numbers that the finding does not tell, because its reader may not know them, are left out.

    Args:
        finding: A finding of a review, whole or as carriers may see it.
    """
    place = _place(finding)
    numbers = _numbers(finding)
    zh = [place.zh, finding.get("reason") or quantity_label(finding.get("quantity")).zh, *(part.zh for part in numbers)]
    en = [
        place.en,
        finding.get("reason_en") or quantity_label(finding.get("quantity")).en,
        *(part.en for part in numbers),
    ]
    return Label("，".join(filter(None, zh)), ", ".join(filter(None, en)))


def change_sentence(change: Json) -> Label:
    """A smallest change of the load and what it achieves: 车货总高降低 2 cm（4.32 m 降至 4.30 m）可通行.

    Args:
        change: An entry of `why_not.smallest_changes`.
    """
    parts = [_part(one) for one in change["changes"]]
    verdict = verdict_label(change.get("verdict"))
    return Label(
        "，".join(part.zh for part in parts) + f"，{verdict.zh}",
        "; ".join(part.en for part in parts) + f": {verdict.en}",
    )


def format_measure(value: float | None, unit: object, *, fine: bool = False) -> str:
    """A number as people read it: metres instead of mm, tonnes instead of kg.

    Args:
        value: The number, None where there is none.
        unit: mm, kg, ratio or any other word.
        fine: Whether it is a small difference, told in cm or kg.

    >>> format_measure(4320, "mm"), format_measure(20, "mm", fine=True), format_measure(84210, "kg")
    ('4.32 m', '2 cm', '84.21 t')
    """
    if value is None:
        return "—"
    if unit == "mm":
        is_small = fine and abs(value) < _METRE_MM
        return f"{_plain(value / _CENTIMETRE_MM)} cm" if is_small else f"{_plain(value / _METRE_MM, least=2)} m"
    if unit == "kg":
        is_small = fine and abs(value) < _TONNE_KG
        return f"{_plain(value)} kg" if is_small else f"{_plain(value / _TONNE_KG)} t"
    if unit == "ratio":
        return _plain(value, least=2)
    return f"{_plain(value)} {plain_text(unit)}".strip()


def _numbers(finding: Json) -> list[Label]:
    """Limit, measured value and excess of one finding."""
    unit, limit, measured, margin = (finding.get(name) for name in ("unit", "limit", "measured", "margin"))
    parts = []
    if limit is not None:
        basis = basis_label(finding.get("basis"))
        allowed = format_measure(limit, unit)
        parts.append(Label(f"限值{allowed}（{basis.zh}）", f"limit {allowed} ({basis.en})"))
    if measured is not None and unit in _MEASURED:
        what = _MEASURED[unit]
        parts.append(Label(f"{what.zh}{format_measure(measured, unit)}", f"{what.en} {format_measure(measured, unit)}"))
    if margin is not None and margin < 0:
        over = format_measure(-margin, unit, fine=True)
        parts.append(Label(f"超出{over}", f"{over} too much"))
    return [*parts, *_band(finding.get("band"))]


def _band(band: object) -> list[Label]:
    """A band of utilisation in words."""
    if not isinstance(band, str):
        return []
    if band.startswith(">"):
        return [Label(f"荷载效应超过允许值的{band[1:]}", f"load effects over {band[1:]} of what is allowed")]
    return [Label(f"荷载效应为允许值的{band}", f"load effects {band} of what is allowed")]


def _place(finding: Json) -> Label:
    """A structure's name with its stake, else the stake, else how far along the route."""
    structure = finding.get("structure") or {}
    stake = plain_text(finding.get("stake"))
    kind = structure_kind_label(structure.get("kind")) if structure else Label("", "")
    name = plain_text(structure.get("name"))
    zh, en = name or kind.zh, name or kind.en
    along = _along(finding.get("at_m")) if not (zh or stake) else Label("", "")
    return Label(_with(zh, stake, "（", "）") or along.zh, _with(en, stake, " (", ")") or along.en)


def _along(at_m: object) -> Label:
    """Where on the route, for a place that has neither name nor stake."""
    if not isinstance(at_m, int):
        return Label("", "")
    km = f"{at_m / _KM_M:,.1f}"
    return Label(f"距起点{km}公里处", f"{km} km from the start")


def _with(name: str, stake: str, opening: str, closing: str) -> str:
    return f"{name}{opening}{stake}{closing}" if name and stake else name or stake


def _part(one: Json) -> Label:
    label, before, after, unit = quantity_label(one["quantity"]), one["from"], one["to"], one.get("unit")
    if one["quantity"] == "axle_lines":
        more = after - before
        return Label(f"增加{more}轴线（{before}至{after}）", f"{more} more axle lines ({before} to {after})")
    step = format_measure(abs(after - before), unit, fine=True)
    was, will = format_measure(before, unit), format_measure(after, unit)
    zh, en = ("加大", "more") if after > before else ("降低" if one["quantity"] == "height" else "减少", "less")
    return Label(f"{label.zh}{zh}{step}（{was}至{will}）", f"{label.en} {step} {en} ({was} to {will})")


def _plain(value: float, least: int = 0) -> str:
    """A number without zeros at its end, but with at least so many places."""
    text = f"{value:,.3f}".rstrip("0")
    whole, _, places = text.partition(".")
    places = places.ljust(least, "0")
    return f"{whole}.{places}" if places else whole


def listed(sentences: Iterable[str]) -> str:
    """Several sentences as one paragraph, each once."""
    return "；".join(dict.fromkeys(sentences))
