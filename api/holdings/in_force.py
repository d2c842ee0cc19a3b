"""What is in force (现行有效): versions, closures, and the one row that says which network reviews are made on."""

import json
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from api.db.tables import GroundState, HoldingChange, HoldingVersion, RoadClosure
from api.unit_of_work import UnitOfWork
from data.overlays import Overlay, load_overlay

ONLY: Final = 1


def versions_in_force(work: UnitOfWork, *, with_approved: bool = False) -> list[HoldingVersion]:
    """Versions that the latest done change of each body and kind names.

    Args:
        work: The unit of work.
        with_approved: As they will be when what is approved is done.
    """
    states = ("done", "approved") if with_approved else ("done",)
    query = select(HoldingChange).where(HoldingChange.state.in_(states))
    latest: dict[tuple[str, str], HoldingChange] = {}
    for change in work.session.scalars(query.order_by(HoldingChange.number)):
        latest[change.body_id, change.kind] = change
    return [change.held for _, change in sorted(latest.items()) if change.held is not None]


def version_in_force(work: UnitOfWork, body_id: str, kind: str) -> HoldingVersion | None:
    """The version of a body that is in force."""
    found = [one for one in versions_in_force(work) if (one.body_id, one.kind) == (body_id, kind)]
    return found[0] if found else None


def state_of(session: Session) -> GroundState | None:
    """What reviews are made on now; None while nothing was ever published."""
    return session.get(GroundState, ONLY, populate_existing=True)


def lock_state(work: UnitOfWork) -> GroundState:
    """The row, made if need be, that nobody else changes before the commit."""
    blank = insert(GroundState).values(id=ONLY, closures_version=0, changed_at=work.now)
    work.session.execute(blank.on_conflict_do_nothing())
    query = select(GroundState).where(GroundState.id == ONLY).with_for_update()
    return work.session.scalars(query.execution_options(populate_existing=True)).one()


def closures_changed(work: UnitOfWork) -> None:
    """Let every process read the closures again."""
    state = lock_state(work)
    state.closures_version += 1
    state.changed_at = work.now
    work.session.flush()


def overlays_of(session: Session) -> tuple[Overlay, ...]:
    """Closures that nobody has ended, each with the id of its content."""
    query = select(RoadClosure).where(RoadClosure.ended_at.is_(None)).order_by(RoadClosure.item)
    return read_closures((closure.item, closure.feature) for closure in session.scalars(query))


def read_closures(rows: Iterable[tuple[str, object]]) -> tuple[Overlay, ...]:
    """Features as overlays, by the reader of overlay files."""
    with tempfile.TemporaryDirectory(prefix="dajian-closures-") as folder:
        return tuple(load_overlay(_file(Path(folder), item, feature)) for item, feature in rows)


def _file(folder: Path, item: str, feature: object) -> Path:
    path = folder / f"{item.replace('/', '-')}.geojson"
    features: Sequence[object] = [feature]
    content = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(content, ensure_ascii=False, sort_keys=True), encoding="utf-8")
    return path
