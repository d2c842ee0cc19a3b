"""Changes of what is in force (发布与回退): one person asks, a second one of the same body approves or rejects."""

import uuid
from typing import Final

from sqlalchemy import func, select, text

from api.accounts.permissions import Action
from api.cases import grounds
from api.db.tables import HoldingChange, HoldingVersion
from api.errors import ConflictError, FieldFault, ForbiddenError, InvalidError, NotFoundError, StaleError
from api.holdings.base import base_of
from api.holdings.in_force import version_in_force
from api.holdings.owner import own_body, reading_body, writing_body
from api.holdings.uploads import get_version
from api.unit_of_work import UnitOfWork
from routing.errors import SnapshotError

NO_CHANGE: Final = ("没有这项申请", "there is no such request")
OPEN: Final = ("asked", "approved")
INVENTORIES: Final = frozenset({"bridges", "roads"})
BUILD_LOCK: Final = "holdings"


def ask_to_publish(work: UnitOfWork, version_id: uuid.UUID, reason: str = "") -> HoldingChange:
    """Ask that a file be put in force (提交核准); an earlier one as well (回退).

    Raises:
        NotFoundError: There is no such file of the body.
        ConflictError: It is in force, has no accepted rows, or another request of this kind is open.
    """
    version = get_version(work, version_id)
    writing_body(work, version.kind)
    if version.kind not in INVENTORIES:
        raise ConflictError("临时管制直接发布，不须核准", "closures are published at once")
    if version.state == "discarded":
        raise ConflictError("这份文件已丢弃", "the file was discarded")
    if not version.preview["kept"]:
        raise ConflictError("没有一行可以采用，不能提交", "no row of the file was accepted")
    return _ask(work, version.kind, version, reason)


def ask_to_withdraw(work: UnitOfWork, kind: str, reason: str = "") -> HoldingChange:
    """Ask that nothing of the body be in force (撤下): the base's rows hold again.

    Raises:
        ConflictError: Nothing is in force, or another request of this kind is open.
    """
    writing_body(work, kind)
    if kind not in INVENTORIES:
        raise ConflictError("临时管制直接发布，不须核准", "closures are published at once")
    return _ask(work, kind, None, reason)


def approve(work: UnitOfWork, change_id: uuid.UUID, *, expected: int | None = None) -> HoldingChange:
    """Approve a request as the second person (核准); a job makes the network.

    Raises:
        ForbiddenError: Whoever asked, or uploaded the file, is the one who would approve.
        ConflictError: It is decided, or the base's files are not there to make a network of.
    """
    change = _open_change(work, change_id, expected)
    uploader = change.held.uploaded_by if change.held else None
    if work.actor.account_id in {change.asked_by, uploader}:
        raise ForbiddenError(
            "须由另一人核准：提交人、上传人不能核准自己的数据",
            "a second person approves: neither who asked nor who uploaded",
        )
    try:
        base_of(grounds.base_folder())
    except SnapshotError as error:
        raise ConflictError("基础路网不可用", f"the base network cannot be read: {error}") from error
    change.state = "approved"
    change.answered_by, change.answered_at = work.actor.account_id, work.now
    work.session.flush()
    work.record("holding_approved", body=change.body_id, change=change.id, version=change.version_id)
    work.defer("publish_holdings", lock=BUILD_LOCK, change=str(change.id))
    return change


def reject(work: UnitOfWork, change_id: uuid.UUID, reason: str, *, expected: int | None = None) -> HoldingChange:
    """Reject a request (不予核准).

    Raises:
        ConflictError: It is decided.
        InvalidError: No reason is given.
    """
    change = _open_change(work, change_id, expected)
    if not reason.strip():
        raise InvalidError([FieldFault("reason", "请写明不予核准的原因", "say why it is rejected")])
    _end(work, change, "rejected", reason.strip())
    work.record("holding_rejected", body=change.body_id, change=change.id, reason=change.answer)
    return change


def take_back(work: UnitOfWork, change_id: uuid.UUID) -> HoldingChange:
    """Take one's own request back before it is decided (撤回申请).

    Raises:
        ConflictError: It is decided.
        ForbiddenError: Somebody else asked.
    """
    change = get_change(work, change_id)
    writing_body(work, change.kind)
    _require_asked(change)
    if change.asked_by != work.actor.account_id:
        raise ForbiddenError("只有提交人可以撤回", "only who asked takes it back")
    _end(work, change, "withdrawn", None)
    work.record("holding_taken_back", body=change.body_id, change=change.id)
    return change


def get_change(work: UnitOfWork, change_id: uuid.UUID) -> HoldingChange:
    """A request of one's own body.

    Raises:
        NotFoundError: There is none, or it is another body's.
    """
    body = reading_body(work)
    own_body(work, Action.READ_INVENTORY)
    change = work.session.get(HoldingChange, change_id)
    if change is None or change.body_id != body.id:
        raise NotFoundError(*NO_CHANGE)
    return change


def list_changes(work: UnitOfWork, *, state: str | None, limit: int, offset: int) -> tuple[list[HoldingChange], int]:
    """Requests of one's own body, the newest first, and how many there are."""
    body = own_body(work, Action.READ_INVENTORY)
    query = select(HoldingChange).where(HoldingChange.body_id == body.id)
    if state is not None:
        query = query.where(HoldingChange.state == state)
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    newest = (HoldingChange.asked_at.desc(), HoldingChange.number.desc(), HoldingChange.id)
    return list(work.session.scalars(query.order_by(*newest).limit(limit).offset(offset))), total


def _ask(work: UnitOfWork, kind: str, version: HoldingVersion | None, reason: str) -> HoldingChange:
    body = writing_body(work, kind)
    key = {"key": f"holding:{body.id}:{kind}"}
    work.session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), key)
    waiting = select(HoldingChange.id).where(
        HoldingChange.body_id == body.id, HoldingChange.kind == kind, HoldingChange.state.in_(OPEN)
    )
    if work.session.scalar(waiting) is not None:
        raise ConflictError("已有一项申请等待核准或者发布", "another request is open")
    before = version_in_force(work, body.id, kind)
    if (before.id if before else None) == (version.id if version else None):
        raise ConflictError("这正是现行有效的版本", "that is what is in force")
    so_far = select(func.max(HoldingChange.number)).where(HoldingChange.body_id == body.id, HoldingChange.kind == kind)
    change = HoldingChange(
        id=uuid.uuid4(),
        body_id=body.id,
        kind=kind,
        number=(work.session.scalar(so_far) or 0) + 1,
        version_id=version.id if version else None,
        before_id=before.id if before else None,
        state="asked",
        reason=reason.strip(),
        asked_by=work.actor.account_id,
        asked_at=work.now,
    )
    work.session.add(change)
    if version is not None:
        version.state = "used"
    work.session.flush()
    work.session.refresh(change)
    work.record(
        "holding_asked", body=body.id, data_kind=kind, change=change.id, version=change.version_id, reason=change.reason
    )
    return change


def _open_change(work: UnitOfWork, change_id: uuid.UUID, expected: int | None) -> HoldingChange:
    own_body(work, Action.APPROVE_INVENTORY)
    change = get_change(work, change_id)
    work.session.refresh(change, with_for_update={"of": HoldingChange})
    if expected is not None and expected != change.version:
        raise StaleError
    _require_asked(change)
    return change


def _require_asked(change: HoldingChange) -> None:
    if change.state != "asked":
        raise ConflictError("这项申请已有结果", "the request is decided already")


def _end(work: UnitOfWork, change: HoldingChange, state: str, answer: str | None) -> None:
    change.state, change.answer = state, answer
    change.answered_by, change.answered_at = work.actor.account_id, work.now
    work.session.flush()
