"""A closure typed into a form (填报临时管制): made into a file of one item, and read like any other file."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, Final

from api.errors import FieldFault, InvalidError
from api.pages.page import PageContext
from api.pages.search import coordinates_of

NAMES: Final = ("says", "value", "places", "from", "until", "reason")
LIMITS: Final = ("height_mm", "width_mm", "gross_mass_kg", "axle_load_kg")
_THOUSAND: Final = 1000
_MOST_PLACES: Final = 500
_LARGEST: Final = 1000.0


def typed(page: PageContext) -> dict[str, str]:
    """What was typed, to be shown again."""
    return {name: page.field(name) for name in NAMES} | {"notice": page.field("notice")}


def as_file(sent: Mapping[str, str]) -> bytes:
    """One closure as an overlay file.

    Raises:
        InvalidError: A field is missing or cannot be read; all are named.
    """
    faults: list[FieldFault] = []
    properties = {
        "id": "form",
        **_says(sent, faults),
        "from": _time(sent, "from", faults),
        "until": _time(sent, "until", faults),
        "reason": sent["reason"],
    }
    geometry = _geometry(sent["places"], faults)
    if not sent["reason"]:
        faults.append(FieldFault("reason", "请写明原因", "say why"))
    if not sent["until"] and not sent["notice"]:
        chinese = "请填写止期，或者勾选“另行通知为止”"
        faults.append(FieldFault("until", chinese, "state an end, or that it holds until further notice"))
    if faults:
        raise InvalidError(faults)
    kept = {name: value for name, value in properties.items() if value not in (None, "")}
    feature = {"type": "Feature", "properties": kept, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}, ensure_ascii=False).encode()


def _says(sent: Mapping[str, str], faults: list[FieldFault]) -> dict[str, object]:
    if sent["says"] == "closed":
        return {"closed": True}
    if sent["says"] not in LIMITS:
        faults.append(FieldFault("says", "请选择管制内容", "choose what it says"))
        return {}
    try:
        value = float(sent["value"])
    except ValueError:
        value = 0.0
    if not 0 < value < _LARGEST:
        faults.append(FieldFault("value", "限值应为大于零的数（米或者吨）", "a limit is a number of metres or tonnes"))
        return {}
    return {sent["says"]: round(value * _THOUSAND)}


def _time(sent: Mapping[str, str], name: str, faults: list[FieldFault]) -> str | None:
    if not sent[name]:
        return None
    try:
        return dt.datetime.fromisoformat(sent[name]).replace(tzinfo=None).isoformat(timespec="minutes")
    except ValueError:
        faults.append(FieldFault(name, "时间应写成 2026-11-22 08:00", "a time is written 2026-11-22 08:00"))
        return None


def _geometry(text: str, faults: list[FieldFault]) -> dict[str, Any] | None:
    lines = [line for line in text.splitlines() if line.strip()]
    places = [place for line in lines[:_MOST_PLACES] if (place := coordinates_of(line)) is not None]
    if not places or len(places) < len(lines):
        chinese = "每行一个位置，写成“经度,纬度”；一处写一行，路段按走向写两行以上"
        faults.append(FieldFault("places", chinese, "one place a line, lon,lat; one for a spot, more along a stretch"))
        return None
    if len(places) == 1:
        return {"type": "Point", "coordinates": list(places[0])}
    return {"type": "LineString", "coordinates": [list(place) for place in places]}
