"""The bodies in the database (单位): read in from the directory, listed for all who work with them."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from api.accounts.authorise import authorise
from api.accounts.permissions import Action
from api.db.tables import Body
from api.dispatch.directory import Body as DirectoryBody
from api.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class ImportedBodies:
    """What an import did (导入结果); ids that the directory no longer has are only named: cases still refer to them."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    missing: tuple[str, ...]


def import_bodies(work: UnitOfWork, bodies: Iterable[DirectoryBody]) -> ImportedBodies:
    """Bring the bodies of a directory in; the same directory again changes nothing."""
    authorise(work.actor, Action.WRITE_BODIES)
    known = {body.id: body for body in work.session.scalars(select(Body).with_for_update())}
    added, changed, seen = [], [], set()
    for body in bodies:
        seen.add(body.id)
        row = known.get(body.id)
        values = (body.name_zh, body.kind, body.level or "none", body.division_code)
        if row is None:
            row = Body(id=body.id)
            work.session.add(row)
            added.append(body.id)
        elif values != (row.name, row.kind, row.level, row.division_code):
            changed.append(body.id)
        row.name, row.kind, row.level, row.division_code = values
    work.session.flush()
    result = ImportedBodies(tuple(added), tuple(changed), tuple(sorted(set(known) - seen)))
    if added or changed:
        work.record("bodies_imported", added=sorted(added), changed=sorted(changed), missing=len(result.missing))
    return result


def list_bodies(
    work: UnitOfWork, *, kind: str | None, division_code: str | None, limit: int, offset: int
) -> tuple[list[Body], int]:
    """Bodies by id, and how many there are.

    Args:
        work: Of whoever asks.
        kind: Only of this kind.
        division_code: Only those whose division begins so.
        limit: How many at most.
        offset: How many to skip.
    """
    authorise(work.actor, Action.READ_BODIES)
    query = select(Body)
    if kind is not None:
        query = query.where(Body.kind == kind)
    if division_code is not None:
        query = query.where(Body.division_code.startswith(division_code, autoescape=True))
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    return list(work.session.scalars(query.order_by(Body.id).limit(limit).offset(offset))), total
