"""The directory of bodies as the database has it (单位名录)."""

from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.tables import Body as BodyRow
from api.dispatch.directory import GENERATED, Body, Directory
from rules.management import BodyKind, Level

NO_LEVEL = "none"


def directory_of(session: Session) -> Directory:
    """All bodies in use."""
    rows = session.scalars(select(BodyRow)).all()
    return Directory({row.id: as_body(row) for row in rows})


def as_body(row: BodyRow) -> Body:
    """A row as the dispatch knows it."""
    level = None if row.level == NO_LEVEL else cast(Level, row.level)
    return Body(row.id, row.name, cast(BodyKind, row.kind), level, row.division_code)


def save_directory(session: Session, directory: Directory) -> int:
    """Write a directory into the database: new bodies are added, known ones renamed; none is removed.

    Returns:
        How many bodies there are in it.
    """
    for body in directory.bodies.values():
        row = session.get(BodyRow, body.id) or BodyRow(id=body.id)
        row.name, row.kind = body.name_zh, body.kind
        row.level, row.division_code = body.level or NO_LEVEL, body.division_code
        session.add(row)
    session.flush()
    return len(directory.bodies)


def find_body(session: Session, body: Body) -> BodyRow:
    """The row of a body of a plan; a firm that the directory did not have is added."""
    row = session.get(BodyRow, body.id)
    if row is None:
        save_directory(session, Directory({body.id: body}, GENERATED))
        row = session.get_one(BodyRow, body.id)
    return row
