"""Closures (临时管制): in force at once on the word of one officer, ended early by one, seen by every process."""

import datetime as dt
import json
import uuid
from typing import Any, Final

import shapely
from sqlalchemy import func, or_, select

from api.accounts.permissions import Action
from api.db.tables import Body, HoldingVersion, RoadClosure
from api.errors import ConflictError, FieldFault, InvalidError, NotFoundError
from api.holdings.composing import held_of
from api.holdings.in_force import closures_changed, lock_state, read_closures
from api.holdings.owner import own_body, writing_body
from api.holdings.reading import read_held
from api.unit_of_work import UnitOfWork
from data.overlays import Overlay, OverlayItem
from data.overlays.model import CHINA
from routing.columns import Quantity

NO_CLOSURE: Final = ("没有这项管制", "there is no such closure")
_FIELDS: Final = {
    Quantity.HEIGHT: "height_mm",
    Quantity.WIDTH: "width_mm",
    Quantity.LENGTH: "length_mm",
    Quantity.GROSS_MASS: "gross_mass_kg",
    Quantity.AXLE_LOAD: "axle_load_kg",
    Quantity.AXLE_GROUP: "axle_group_kg",
}


def publish_closures(work: UnitOfWork, version: HoldingVersion) -> list[RoadClosure]:
    """Put the accepted closures of an uploaded file in force.

    Raises:
        ConflictError: They are in force already, or no row of the file was accepted.
    """
    body = writing_body(work, "closures")
    if version.kind != "closures" or version.state != "draft":
        raise ConflictError("这份文件已发布，或者不是临时管制", "the file is published already, or is none of closures")
    found = read_held(held_of(version))
    assert isinstance(found, Overlay)  # noqa: S101 - of that kind
    left_out = set(version.left_out["rows"])
    items = [item for number, item in enumerate(found.items, start=1) if number not in left_out]
    if not items:
        raise ConflictError("没有可以发布的管制", "no closure of the file was accepted")
    lock_state(work)  # numbers are given one after the other
    first = 1 + (work.session.scalar(select(func.count()).where(RoadClosure.body_id == body.id)) or 0)
    rows = [_row(work, body, version, item, number) for number, item in enumerate(items, start=first)]
    read_closures((row.item, row.feature) for row in rows)  # what every process will do
    work.session.add_all(rows)
    version.state = "used"
    closures_changed(work)
    for row in rows:
        work.record("closure_published", body=body.id, closure=row.id, item=row.item, feature=row.feature)
    return rows


def end_closure(work: UnitOfWork, closure_id: uuid.UUID, reason: str) -> RoadClosure:
    """End a closure before its time (提前解除).

    Raises:
        NotFoundError: There is none, or it is another body's.
        ConflictError: It has ended.
        InvalidError: No reason is given.
    """
    body = writing_body(work, "closures")
    closure = work.session.get(RoadClosure, closure_id, with_for_update={"of": RoadClosure})
    if closure is None or closure.body_id != body.id:
        raise NotFoundError(*NO_CLOSURE)
    if closure.ended_at is not None:
        raise ConflictError("这项管制已解除", "the closure has ended")
    if not reason.strip():
        raise InvalidError([FieldFault("reason", "请写明解除的原因", "say why it ends")])
    closure.ended_at, closure.ended_by, closure.end_reason = work.now, work.actor.account_id, reason.strip()
    closures_changed(work)
    work.record("closure_ended", body=body.id, closure=closure.id, item=closure.item, reason=closure.end_reason)
    return closure


def list_closures(
    work: UnitOfWork, *, is_current: bool | None, limit: int, offset: int
) -> tuple[list[RoadClosure], int]:
    """Closures of one's own body, the newest first, and how many there are.

    Args:
        work: The unit of work.
        is_current: Only those not over, or only those that are; None for all.
        limit: How many at most.
        offset: How many to skip.
    """
    body = own_body(work, Action.WRITE_OVERLAY)
    query = select(RoadClosure).where(RoadClosure.body_id == body.id)
    is_over = or_(RoadClosure.ended_at.is_not(None), RoadClosure.until_at <= work.now)
    if is_current is not None:
        query = query.where(is_over.is_not(True) if is_current else is_over.is_(True))
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    newest = query.order_by(RoadClosure.published_at.desc(), RoadClosure.item.desc()).limit(limit).offset(offset)
    return list(work.session.scalars(newest)), total


def get_closure(work: UnitOfWork, closure_id: uuid.UUID) -> RoadClosure:
    """A closure of one's own body.

    Raises:
        NotFoundError: There is none, or it is another body's.
    """
    body = own_body(work, Action.WRITE_OVERLAY)
    closure = work.session.get(RoadClosure, closure_id)
    if closure is None or closure.body_id != body.id:
        raise NotFoundError(*NO_CLOSURE)
    return closure


def status_of(closure: RoadClosure, now: dt.datetime) -> str:
    """planned, in_force, over (its end has come) or ended (by somebody)."""
    if closure.ended_at is not None:
        return "over" if closure.ended_by is None else "ended"
    if closure.until_at is not None and closure.until_at <= now:
        return "over"
    return "planned" if closure.starts_at is not None and closure.starts_at > now else "in_force"


def _row(work: UnitOfWork, body: Body, version: HoldingVersion, item: OverlayItem, number: int) -> RoadClosure:
    name = f"{body.id}/{number}"
    return RoadClosure(
        id=uuid.uuid4(),
        body_id=body.id,
        item=name,
        version_id=version.id,
        feature=_feature(name, item, body),
        starts_at=item.start.replace(tzinfo=CHINA) if item.start else None,
        until_at=item.end.replace(tzinfo=CHINA) if item.end else None,
        published_by=work.actor.account_id,
        published_at=work.now,
    )


def _feature(name: str, item: OverlayItem, body: Body) -> dict[str, Any]:
    """The item as the overlay format has it, under a name of ours, and with who published it."""
    limits = {_FIELDS[quantity]: value for quantity, value in item.says.items() if quantity in _FIELDS}
    stated: dict[str, Any] = {
        "id": name,
        "from": item.start.isoformat() if item.start else None,
        "until": item.end.isoformat() if item.end else None,
        "closed": True if Quantity.CLOSURE in item.says else None,
        **limits,
        "reason": f"{item.reason}（{body.name}发布）" if item.reason else f"{body.name}发布",
        "hours": item.hours,
        "classes": list(item.classes),
        "direction": item.direction.value,
        "way_ids": list(item.way_ids),
        "structure_ids": list(item.structure_ids),
    }
    geometry = json.loads(shapely.to_geojson(item.shape)) if item.shape is not None else None
    properties = {key: value for key, value in stated.items() if value not in (None, "", [])}
    return {"type": "Feature", "properties": properties, "geometry": geometry}
