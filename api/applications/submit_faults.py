"""What keeps a form from being handed in (提交前检查): the form's own faults, and what only the database knows."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from api.applications.errors import Fault, FormError
from api.applications.form import ApplicationForm
from api.applications.form_reading import parse_form
from api.applications.submit_province import province_at
from api.db.tables import Attachment, Carrier
from api.errors import FieldFault, InvalidError
from api.unit_of_work import UnitOfWork

MOST_FAULTS: Final = 300  # a drawn route can be wrong in fifty thousand places


@dataclass(frozen=True, slots=True)
class Examined:
    """A form looked at for a carrier: it can be handed in when there is no fault."""

    form: ApplicationForm | None
    faults: tuple[FieldFault, ...]


def examine(work: UnitOfWork, carrier_id: uuid.UUID, raw: object) -> Examined:
    """Look at a form, complete or not.

    Args:
        work: The unit of work.
        carrier_id: Whose form it is.
        raw: JSON values as typed.
    """
    form: ApplicationForm | None = None
    found: list[FieldFault] = []
    try:
        form = parse_form(raw)
    except FormError as error:
        found = [_field_fault(fault) for fault in error.faults]
    if isinstance(raw, dict):
        found += _attachment_faults(work, carrier_id, raw)
    if form is not None:
        found += _carrier_faults(work, carrier_id, form)
        found += _trip_faults(form)
    return Examined(form, _shortened(found))


def accept(work: UnitOfWork, carrier_id: uuid.UUID, raw: object) -> ApplicationForm:
    """A form that can be handed in.

    Raises:
        InvalidError: It cannot; all faults, also that its truth was not declared.
    """
    examined = examine(work, carrier_id, raw)
    faults = list(examined.faults)
    if examined.form is not None and not examined.form.declarations.truthful:
        chinese = "请阅读并确认材料真实的承诺"
        faults.append(FieldFault("declarations.truthful", chinese, "read and agree to the declaration of truth"))
    if faults or examined.form is None:
        raise InvalidError(faults)
    return examined.form


def attachment_ids(raw: object) -> Iterator[tuple[str, str]]:
    """Field and id of every attachment a form names, however incomplete the form."""
    if not isinstance(raw, dict):
        return
    drawing = raw.get("outline_drawing")
    if isinstance(drawing, str):
        yield "outline_drawing", drawing
    listed = raw.get("attachments")
    for kind, ids in listed.items() if isinstance(listed, dict) else ():
        for number, one in enumerate(ids) if isinstance(ids, list) else ():
            if isinstance(one, str):
                yield f"attachments.{kind}.{number}", one


def _attachment_faults(work: UnitOfWork, carrier_id: uuid.UUID, raw: dict[str, Any]) -> list[FieldFault]:
    """A form names attachments of its own carrier only; others do not exist for it."""
    named = [(field, _as_uuid(text)) for field, text in attachment_ids(raw)]
    wanted = {one for _, one in named if one is not None}
    query = select(Attachment.id).where(Attachment.id.in_(wanted), Attachment.carrier_id == carrier_id)
    known = set(work.session.scalars(query)) if wanted else set()
    return [
        FieldFault(field, "没有这个附件，请重新上传", "there is no such attachment: upload it again")
        for field, one in named
        if one not in known
    ]


def _carrier_faults(work: UnitOfWork, carrier_id: uuid.UUID, form: ApplicationForm) -> list[FieldFault]:
    carrier = work.session.get(Carrier, carrier_id)
    if carrier is None or carrier.credit_code == form.carrier.uscc:
        return []
    chinese = f"应为本企业的统一社会信用代码{carrier.credit_code}"
    return [FieldFault("carrier.uscc", chinese, f"the account's carrier is {carrier.credit_code}")]


def _trip_faults(form: ApplicationForm) -> list[FieldFault]:
    origin = form.trip.origin
    if province_at(origin.lon, origin.lat) is not None:
        return []
    return [FieldFault("trip.origin", "不在任何省级行政区内", "lies in no province")]


def _field_fault(fault: Fault) -> FieldFault:
    return FieldFault(fault.field, fault.message_zh, fault.message_en)


def _shortened(found: Sequence[FieldFault]) -> tuple[FieldFault, ...]:
    more = len(found) - MOST_FAULTS
    if more <= 0:
        return tuple(found)
    return (*found[:MOST_FAULTS], FieldFault("form", f"另有{more}处有误", f"{more} more faults"))


def _as_uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
