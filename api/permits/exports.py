"""Records for the toll network (收费站名单导出): everything that changed since a place in the ledger.

The place is the number of an event, and events get theirs in the order of their commits: who reads on from the last
one misses nothing, however many offices issue at once. What is handed over is each permit as it now stands, so that a
repeat of the same page does no harm.
"""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import select

from api.accounts.permissions import Action
from api.cases.find import visible
from api.db.tables import Case, Event, Permit
from api.permits.service import authorise_somewhere
from api.permits.stored import content_on
from api.permits.toll_record import toll_record
from api.unit_of_work import UnitOfWork

KINDS: Final = ("permit_issued", "permit_changed", "permit_ended")


@dataclass(frozen=True, slots=True)
class TollEntry:
    """One permit of a page: its record, or that the receiver drops it."""

    number: str
    action: Literal["put", "delete"]
    record: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class TollPage:
    """A page; `next_since` is where to read on, `more` whether there is more now."""

    items: tuple[TollEntry, ...]
    next_since: int
    more: bool


def toll_page(work: UnitOfWork, since: int, limit: int) -> TollPage:
    """What changed after an event.

    Args:
        work: Of a toll operator or a service token.
        since: `next_since` of the page before; 0 from the beginning.
        limit: Events looked at.
    """
    authorise_somewhere(work, Action.EXPORT_TOLL_RECORDS)
    mine = (
        select(Event.seq, Event.case_id)
        .join(Case, Case.id == Event.case_id)
        .where(Event.kind.in_(KINDS), Event.seq > since, visible(work, Action.EXPORT_TOLL_RECORDS))
    )
    rows = work.session.execute(mine.order_by(Event.seq).limit(limit + 1)).all()
    page = rows[:limit]
    # Cases by their last event on the page; each is told once.
    cases = {row.case_id: row.seq for row in page}
    entries = [entry for case_id in sorted(cases, key=cases.__getitem__) for entry in _entries(work, case_id)]
    return TollPage(tuple(entries), page[-1].seq if page else since, more=len(rows) > limit)


def _entries(work: UnitOfWork, case_id: uuid.UUID) -> list[TollEntry]:
    query = select(Permit).where(Permit.case_id == case_id).order_by(Permit.number, Permit.version)
    by_number: dict[str, list[Permit]] = {}
    for permit in work.session.scalars(query):
        by_number.setdefault(permit.number, []).append(permit)
    found = (_entry(versions, work.today) for versions in by_number.values())
    return [entry for entry in found if entry is not None]


def _entry(versions: list[Permit], today: dt.date) -> TollEntry | None:
    """The record, its deletion where one may have been handed over before, or nothing."""
    permit = versions[-1]
    record = toll_record(content_on(permit, today))
    if record is not None:
        return TollEntry(permit.number, "put", record)
    was_handed_over = any(one.content["status"] == "valid" and not one.content["is_demo"] for one in versions)
    return TollEntry(permit.number, "delete", None) if was_handed_over else None
