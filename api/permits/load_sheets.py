"""The consignor's statement (《大型不可解体物品调运单》): filed by the carrier, compared with the permit."""

import uuid
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import Select, select

from api.accounts.permissions import Action
from api.cases.notify import tell_body
from api.db.tables import LoadSheet
from api.errors import ConflictError, FieldFault, InvalidError
from api.outbox.publish import publish
from api.permits.comparing import compare_haulage
from api.permits.issuing import HELD
from api.permits.service import find_permit
from api.permits.sheets import HaulageSheet
from api.permits.stored import signed_content
from api.unit_of_work import UnitOfWork


def file_load_sheet(work: UnitOfWork, number: str, sheet: HaulageSheet) -> LoadSheet:
    """File a statement; what differs from the permit is said, and looked at by the officers.

    Raises:
        NotFoundError: There is no such permit for this account.
        ConflictError: The permit holds no longer.
        InvalidError: It names another permit, or is not stated to be true and sealed.
    """
    permit = find_permit(work, number, Action.FILE_LOAD_SHEET)
    if permit.status not in HELD:
        raise ConflictError("通行证已失效", "the permit holds no longer")
    faults = list(_faults(number, sheet))
    if faults:
        raise InvalidError(faults)
    items = compare_haulage(signed_content(permit), sheet)
    row = LoadSheet(
        id=uuid.uuid4(),
        case_id=permit.case_id,
        permit_number=number,
        content=sheet.model_dump(mode="json"),
        differences=[asdict(item) for item in items if item.within is False],
        filed_by=work.actor.account_id,
        filed_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    work.record("load_sheet_filed", case_id=permit.case_id, permit=number, load_sheet=row.id, sheet=row.content)
    message: dict[str, Any] = {"kind": "load_sheet", "permit": number, "case": permit.case.number}
    publish(work, "sheet.filed", {**message, "load_sheet": row.content, "differences": row.differences})
    told = f"{permit.case.number}已填报调运单" + (f"，{len(row.differences)}项与许可不符" if row.differences else "")
    tell_body(work, permit.body_id, permit.case, told, f"{permit.case.number}: load sheet filed")
    return row


def list_load_sheets(work: UnitOfWork, number: str) -> list[LoadSheet]:
    """All statements of a permit, the newest first."""
    find_permit(work, number, Action.READ_CHECK_TASK)
    return list(work.session.scalars(_newest_first(number)))


def newest_sheet(work: UnitOfWork, number: str) -> LoadSheet | None:
    """The statement that was filed last."""
    return work.session.scalar(_newest_first(number).limit(1))


def _newest_first(number: str) -> Select[LoadSheet]:
    return select(LoadSheet).where(LoadSheet.permit_number == number).order_by(LoadSheet.filed_at.desc(), LoadSheet.id)


def _faults(number: str, sheet: HaulageSheet) -> Iterable[FieldFault]:
    if sheet.permit_number not in {None, number}:
        yield FieldFault("permit_number", "与通行证号不符", "it names another permit")
    if not sheet.stated_true:
        yield FieldFault("stated_true", "托运人须声明内容真实", "the consignor states that it is true")
    if not sheet.sealed:
        yield FieldFault("sealed", "须加盖托运人印章", "it bears the consignor's seal")
