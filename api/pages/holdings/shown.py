"""What the pages show of own data (本辖区数据的展示): files, requests, closures, in words."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from api.db.tables import HoldingChange, HoldingVersion, RoadClosure
from api.holdings.closures import status_of
from api.pages.moments import moment_text
from api.pages.page import PageContext

_LIMITS: Final = ("height_mm", "width_mm", "length_mm", "gross_mass_kg", "axle_load_kg", "axle_group_kg")
_BADGES: Final = {"done": "passes", "asked": "conditional", "approved": "conditional", "failed": "blocked"}
_FIELD_UNITS: Final = 1000


def version_shown(page: PageContext, version: HoldingVersion, in_force: set[Any]) -> dict[str, Any]:
    """A file in a list."""
    preview = version.preview
    return {
        "id": version.id,
        "kind": page.t(f"holdings.kind_{version.kind}"),
        "number": version.number,
        "file_name": version.file_name,
        "rows": preview["rows_in"],
        "kept": preview["kept"],
        "rejected": preview["rejected"]["total"],
        "by": version.uploader.display_name,
        "at": moment_text(version.uploaded_at),
        "is_in_force": version.id in in_force,
        "state": "published" if version.kind == "closures" and version.state == "used" else version.state,
    }


def change_shown(page: PageContext, change: HoldingChange) -> dict[str, Any]:
    """A request in a list."""
    return {
        "id": change.id,
        "what": change_in_words(page, change),
        "state": page.t(f"holdings.change_{change.state}"),
        "badge": {"done": "passes", "asked": "conditional", "approved": "conditional", "failed": "blocked"}.get(
            change.state, "unknown"
        ),
        "is_asked": change.state == "asked",
        "reason": change.reason,
        "answer": change.answer,
        "asked_by": change.asker.display_name,
        "asked_at": moment_text(change.asked_at),
        "answered_by": change.answerer.display_name if change.answerer else "",
        "done_at": moment_text(change.done_at) if change.done_at else "",
        "version_id": change.version_id,
        "version": change.version,
        "is_own": change.asked_by == page.work.actor.account_id,
        "may_not": page.work.actor.account_id in {change.asked_by, change.held.uploaded_by if change.held else None},
    }


def change_in_words(page: PageContext, change: HoldingChange) -> str:
    """What a request asks for."""
    kind = page.t(f"holdings.kind_{change.kind}")
    if change.held is None:
        return page.t("holdings.withdraw_kind", kind=kind)
    return page.t("holdings.publish_kind", kind=kind, n=change.held.number)


def closure_shown(page: PageContext, closure: RoadClosure) -> dict[str, Any]:
    """A closure in a list."""
    said = closure.feature["properties"]
    status = status_of(closure, page.work.now)
    return {
        "id": closure.id,
        "item": closure.item,
        "says": limits_in_words(page, said),
        "reason": said.get("reason", ""),
        "from": moment_text(closure.starts_at) if closure.starts_at else page.t("holdings.since_ever"),
        "until": moment_text(closure.until_at) if closure.until_at else page.t("holdings.until_notice"),
        "status": page.t(f"holdings.closure_{status}"),
        "badge": {"in_force": "blocked", "planned": "conditional"}.get(status, "unknown"),
        "is_current": status in {"in_force", "planned"},
        "by": closure.publisher.display_name,
        "at": moment_text(closure.published_at),
        "end_reason": closure.end_reason or "",
    }


def limits_in_words(page: PageContext, said: Mapping[str, Any]) -> str:
    """What a closure says, in words."""
    if said.get("closed"):
        return page.t("holdings.closed")
    found = []
    for name in _LIMITS:
        if name in said:
            unit = "m" if name.endswith("_mm") else "t"
            found.append(page.t(f"holdings.limit_{name}", value=f"{said[name] / _FIELD_UNITS:g} {unit}"))
    return "；".join(found) if page.language == "zh" else "; ".join(found)


def item_shown(page: PageContext, item: Mapping[str, Any]) -> dict[str, Any]:
    """A closure of a preview."""
    words = [page.t(f"facts.quantity_{name}") for name in item["says"]]
    return {
        "id": item["id"],
        "says": "、".join(words) if page.language == "zh" else ", ".join(words),
        "values": [value for value in item["says"].values() if value],
        "reason": item["reason"],
        "from": _time(item["from"]) or page.t("holdings.since_ever"),
        "until": _time(item["until"]) or page.t("holdings.until_notice"),
        "roads": "、".join(item["roads"]) or page.t("holdings.no_number"),
        "km": f"{item['length_m'] / 1000:.1f}",
        "at": f"{item['lon']:.6f},{item['lat']:.6f}",
    }


def _time(text: str | None) -> str:
    return (text or "").replace("T", " ")[:16]


def rows_shown(page: PageContext, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows that do not count, or only in part, with the reason in the reader's language."""
    return [
        {
            "file": one["file"],
            "row": one["row"],
            "what": "：".join(filter(None, (_column(page, one["column"]), one["value"]))),
            "reason": one[f"reason_{page.language}"],
        }
        for one in rows
    ]


def _column(page: PageContext, column: str) -> str:
    return page.t(f"holdings.{column}") if column in {"ambiguous", "unlinked"} else column


def changes_shown(page: PageContext, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows that are new, changed or gone."""
    return [
        {
            "key": one["key"],
            "name": one["name"],
            "at": f"{one['lon']:.6f},{one['lat']:.6f}" if one["lon"] is not None else "",
            "fields": [_field(page, field) for field in one.get("fields", ())],
        }
        for one in rows
    ]


def _field(page: PageContext, field: Mapping[str, Any]) -> str:
    nothing = page.t("holdings.nothing")
    name = page.t(f"holdings.field_{field['field']}")
    return f"{name}：{field['before'] or nothing} → {field['after'] or nothing}"
