"""Many like trips (批量行程): each row of a sheet becomes a case of its own, however often the sheet is sent.

A row is known again by what is written in it, not by the file: a sheet in which two rows were put right and that is
sent again makes two more cases and leaves the others. To apply for the same rows once more, copy the base draft.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from api.accounts.authorise import authorise
from api.accounts.permissions import Action
from api.applications.drafts import add_draft, lock_draft
from api.applications.drafts_owner import OWN
from api.applications.errors import SheetFault, SpreadsheetError
from api.applications.form import ApplicationForm
from api.applications.many_rows import TripRow, TripRows, read_rows
from api.applications.submit import case_of, submit_draft
from api.applications.submit_faults import accept
from api.db.tables import Case, Draft, ImportedTrip
from api.errors import FieldFault, InvalidError
from api.unit_of_work import UnitOfWork


class Mode(StrEnum):
    """What is done with the rows that can be taken (处理方式)."""

    PREVIEW = "preview"  # 只预览
    DRAFTS = "drafts"  # 存为草稿
    SUBMIT = "submit"  # 全部提交


@dataclass(frozen=True, slots=True)
class TakenRow:
    """A row that can be taken, with what it has become so far."""

    row: int
    label: str
    draft: Draft | None
    case: Case | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a sheet."""

    sheet_sha256: str
    taken: tuple[TakenRow, ...]
    rejected: tuple[SheetFault, ...]


def import_trips(work: UnitOfWork, draft_id: uuid.UUID, content: bytes, mode: Mode) -> Imported:
    """Take the rows of a sheet on top of a base draft, all of them in one transaction.

    Args:
        work: The unit of work.
        draft_id: The base draft of the account's carrier; it has to be complete but for what the rows say.
        content: XLSX or CSV.
        mode: Whether to look only, to make drafts, or to hand everything in.

    Raises:
        NotFoundError: No such draft of this carrier.
        InvalidError: The base draft has faults, all of them; or the sheet is refused as a whole.
    """
    authorise(work.actor, Action.IMPORT_TRIPS, OWN)
    base = lock_draft(work, draft_id)  # the same sheet sent twice at once: one waits for the other
    rows = _read(content, accept(work, base.carrier_id, base.content))
    sha256 = hashlib.sha256(content).hexdigest()
    known = _known(work, base.id)
    taken = tuple(_take(work, base, row, known, sha256, mode) for row in rows.accepted)
    if mode is not Mode.PREVIEW:
        made = sum(row.is_new for row in taken)
        work.record("trips_imported", draft=str(base.id), sheet=sha256, mode=mode.value, taken=len(taken), made=made)
    return Imported(sha256, taken, rows.rejected)


def _read(content: bytes, base: ApplicationForm) -> TripRows:
    try:
        return read_rows(content, base)
    except SpreadsheetError as error:
        faults = [FieldFault(place_of(one), one.fault.message_zh, one.fault.message_en) for one in error.faults]
        raise InvalidError(faults) from error


def place_of(fault: SheetFault) -> str:
    """Where a fault of a sheet is, for people."""
    if fault.row is None:
        return fault.fault.field
    return f"第{fault.row}行" + (f" {fault.column}" if fault.column else "")


def _known(work: UnitOfWork, base_id: uuid.UUID) -> dict[tuple[str, int], ImportedTrip]:
    found = work.session.scalars(select(ImportedTrip).where(ImportedTrip.base_draft_id == base_id))
    return {(trip.row_hash, trip.repeat): trip for trip in found}


def _take(
    work: UnitOfWork,
    base: Draft,
    row: TripRow,
    known: dict[tuple[str, int], ImportedTrip],
    sha256: str,
    mode: Mode,
) -> TakenRow:
    trip = known.get((row.row_hash, row.repeat))
    draft = _alive(work, trip)
    is_new = draft is None and mode is not Mode.PREVIEW
    if is_new:
        draft = _make(work, base, row, trip, sha256)
    if draft is None:
        return TakenRow(row.row, _label(row), None, None, is_new=False)
    case = submit_draft(work, draft.id).case if mode is Mode.SUBMIT else case_of(work, draft.id)
    return TakenRow(row.row, _label(row), draft, case, is_new)


def _alive(work: UnitOfWork, trip: ImportedTrip | None) -> Draft | None:
    """The draft made of a row before, unless it was deleted since."""
    draft = work.session.get(Draft, trip.draft_id) if trip is not None else None
    return draft if draft is not None and draft.removed_at is None else None


def _make(work: UnitOfWork, base: Draft, row: TripRow, trip: ImportedTrip | None, sha256: str) -> Draft:
    content = row.form.model_dump(mode="json")
    draft = add_draft(work, content, origin={"kind": "trips", "id": str(base.id), "row": row.row}, title=_label(row))
    if trip is not None:
        trip.draft_id, trip.sheet_sha256 = draft.id, sha256
        return draft
    work.session.add(
        ImportedTrip(
            base_draft_id=base.id,
            row_hash=row.row_hash,
            repeat=row.repeat,
            draft_id=draft.id,
            sheet_sha256=sha256,
            created_at=work.now,
        )
    )
    return draft


def _label(row: TripRow) -> str:
    cargo = row.form.cargo
    words: Sequence[str | None] = (cargo.name, cargo.piece, cargo.serial_number, row.form.tractor.plate)
    return " ".join(word for word in words if word)[:100]
