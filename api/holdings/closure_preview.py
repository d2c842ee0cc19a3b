"""What closures of a file would do (临时管制预览): where they lie, how long they hold, and which are refused."""

import datetime as dt
from typing import Any

import numpy as np

from api.holdings.area import Area
from api.holdings.preview import Previewed
from api.holdings.reading import plain
from api.holdings.row_wording import in_chinese
from api.holdings.settings import holding_settings
from data.overlays import Overlay, OverlayItem
from data.overlays.matching import Matcher
from data.overlays.model import CHINA

Reason = tuple[str, str]
_OUTSIDE: Reason = ("涉及本单位辖区以外的道路", "touches roads outside the body's area")
_NO_END: Reason = (
    "没有止期；请填写止期，或者注明“另行通知为止”",
    "has no end: state one, or say that it holds until further notice",
)
_OVER: Reason = ("止期已过", "its end is past")


def preview_closures(found: Overlay, area: Area, now: dt.datetime, *, until_further_notice: bool) -> Previewed:
    """Preview closures: an item counts whole or not at all."""
    matcher = Matcher(area.network.graph, found.items)
    rejected: list[dict[str, Any]] = []
    numbers: list[int] = []
    items: list[dict[str, Any]] = []
    for number, item in enumerate(found.items, start=1):
        match = matcher.match(item)
        arcs = np.array(sorted({arc for arc, _ in match.arcs}), np.int32)
        reasons = _faults(item, area, arcs, now, until_further_notice=until_further_notice)
        if not len(arcs):
            said = [text.partition(": ")[2] for text in match.warnings]
            reasons += [(in_chinese(plain(text)), plain(text)) for text in said]
        if reasons:
            numbers.append(number)
            rejected += [_rejected(found.source, number, item, reason) for reason in reasons]
        else:
            items.append(_item(item, area, arcs))
    most = holding_settings().most_shown
    shown = {
        "rows_in": len(found.items),
        "rejected": {"total": len(rejected), "items": rejected[:most]},
        "items": {"total": len(items), "items": items[:most]},
    }
    return Previewed(shown, tuple(numbers), (), len(items))


def _faults(
    item: OverlayItem, area: Area, arcs: np.ndarray[Any, Any], now: dt.datetime, *, until_further_notice: bool
) -> list[Reason]:
    found = []
    if len(arcs) and not area.arcs[arcs].all():
        found.append(_OUTSIDE)
    if item.end is None and not until_further_notice:
        found.append(_NO_END)
    if item.end is not None and item.end <= now.astimezone(CHINA).replace(tzinfo=None):
        found.append(_OVER)
    return found


def _rejected(source: str, number: int, item: OverlayItem, reason: Reason) -> dict[str, Any]:
    texts = {"reason_zh": reason[0], "reason_en": reason[1]}
    return {"file": plain(source), "row": number, "column": "", "value": plain(item.id)[:200], **texts}


def _item(item: OverlayItem, area: Area, arcs: np.ndarray[Any, Any]) -> dict[str, Any]:
    graph = area.network.graph
    lon, lat = graph.arc_points(int(arcs[0]))
    _, first = np.unique(graph.arcs.geometry[arcs], return_index=True)  # both directions of a road are one
    metres = int(graph.arcs.length_mm[arcs[first]].sum() // 1000)
    roads = {graph.strings[int(row)] for row in {int(r) for r in graph.arcs.ref[arcs]} if row}
    return {
        "id": plain(item.id)[:200],
        "reason": plain(item.reason)[:500],
        "from": item.start.isoformat() if item.start else None,
        "until": item.end.isoformat() if item.end else None,
        "says": {quantity.label: value for quantity, value in item.says.items()},
        "roads": sorted(roads)[:20],
        "length_m": metres,
        "lon": float(lon[len(lon) // 2]),
        "lat": float(lat[len(lat) // 2]),
    }
