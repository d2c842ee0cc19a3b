"""Put approved data in force (发布): the job that makes the network, and the switch to it in one transaction."""

import datetime as dt
import shutil
from collections.abc import Iterable, Sequence
from typing import Final

import structlog
from sqlalchemy import select, text

from api.cases import grounds
from api.db.tables import Case, GroundState, HoldingChange, Review, RoadClosure
from api.errors import ConflictError, ServiceError
from api.holdings.area import area_of
from api.holdings.base import Base, base_of
from api.holdings.building import Built, build, folder_name, rows_of
from api.holdings.composing import Published, read_published
from api.holdings.in_force import closures_changed, lock_state, state_of, versions_in_force
from api.holdings.making import making_of
from api.holdings.settings import holding_settings
from api.unit_of_work import UnitOfWork
from data.errors import DataError
from routing.errors import RoutingError, SnapshotError
from routing.storage import read_manifest

_DRAFTS_AFTER: Final = dt.timedelta(days=1)
_LONGEST_REASON: Final = 2000
GIVEN_UP: Final = (
    "生成路网的任务多次出错，已经放弃；请系统管理员查看后台任务，再重新提交 "
    "the job that makes the network failed again and again and was given up; look at the queue, then ask again"
)
_log = structlog.get_logger("api.holdings")


def publish_holdings(work: UnitOfWork, **_queued_by: object) -> None:
    """Put everything approved in force, whichever request queued the job; done twice, it does nothing the second time.

    What a network cannot be made of fails with the reason, and what was in force stays in force.
    """
    _one_at_a_time(work)
    query = select(HoldingChange).where(HoldingChange.state == "approved").order_by(HoldingChange.answered_at)
    approved = list(work.session.scalars(query.with_for_update(of=HoldingChange)))
    if approved:
        _publish(work, approved)


def _one_at_a_time(work: UnitOfWork) -> None:
    """Networks are made one after the other; closures need not wait for that."""
    work.session.execute(text("SELECT pg_advisory_xact_lock(hashtext('holdings: make a network'))"))


def _publish(work: UnitOfWork, approved: Sequence[HoldingChange]) -> None:
    try:
        base = base_of(grounds.base_folder())
        built = _build(work, base)
    except (ServiceError, DataError, RoutingError, OSError) as error:
        _log.exception("approved data cannot be published")
        _fail(work, approved, _reason(error))
        return
    _switch(work, base, built)
    network_id = built.network_id if built else base.network_id
    for change in approved:
        change.state, change.done_at, change.network_id = "done", work.now, network_id
        if change.held is not None and built is not None:
            change.held.linked = dict(rows_of(built.report, change.held.source_name))
        work.record(
            "holding_published",
            body=change.body_id,
            data_kind=change.kind,
            change=change.id,
            version=change.version_id,
            network=network_id,
        )
    work.session.flush()


def _fail(work: UnitOfWork, changes: Iterable[HoldingChange], reason: str) -> None:
    for change in changes:
        change.state, change.done_at, change.answer = "failed", work.now, reason[:_LONGEST_REASON]
        work.record("holding_failed", body=change.body_id, change=change.id, reason=change.answer)


def _reason(error: Exception) -> str:
    """What went wrong; of a conflict every single reason too."""
    if isinstance(error, OSError):
        what = error.strerror or type(error).__name__
        return f"读写文件出错，请系统管理员检查磁盘 a file could not be read or written: {what}"
    reasons = error.reasons if isinstance(error, ConflictError) else ()
    return "\n".join((str(error), *(f"{one.message_zh} {one.message_en}" for one in reasons)))


def _build(work: UnitOfWork, base: Base) -> Built | None:
    """The network of everything in force; None where that is the base alone."""
    versions = versions_in_force(work, with_approved=True)
    if not versions:
        return None
    network = grounds.base_network()
    published: list[Published] = [read_published(one, area_of(one.body, network)) for one in versions]
    return build(base, published, grounds.published())


def _switch(work: UnitOfWork, base: Base, built: Built | None) -> None:
    state = lock_state(work)
    state.network_id = built.network_id if built else None
    state.folder = built.folder if built else None
    state.base_id, state.changed_at = base.network_id, work.now
    work.record("network_switched", network=state.network_id or base.network_id, base=base.network_id)


def keep_networks(work: UnitOfWork, **_periodic: object) -> None:
    """Make the network in use anew where it is missing or its base has changed; remove what nobody needs.

    Requests whose job was given up fail, so that their body can ask again.

    Kept are the one in use, those that open cases were reviewed on, and some of the latest.
    """
    _one_at_a_time(work)
    _end_given_up(work)
    folder = grounds.published()
    state = state_of(work.session)
    if state is not None and state.folder is not None:
        _make_again_if_needed(work, state)
    if not folder.is_dir():
        return
    needed = _needed(work)
    names = sorted((path for path in folder.iterdir() if path.is_dir()), key=lambda path: -path.stat().st_mtime)
    left = holding_settings().networks_kept
    for path in names:
        if path.name in needed or path.name.startswith("bare-"):
            continue
        is_draft = path.name.startswith(("draft-", "."))
        age = work.now - dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
        if is_draft and age < _DRAFTS_AFTER:
            continue
        left -= not is_draft
        if is_draft or left < 0:
            shutil.rmtree(path, ignore_errors=True)
            _log.info("a superseded network was removed", folder=path.name)


def _end_given_up(work: UnitOfWork) -> None:
    query = select(HoldingChange).where(HoldingChange.state == "approved").with_for_update(of=HoldingChange)
    approved = list(work.session.scalars(query))
    states = making_of(work, [one.id for one in approved])
    _fail(work, [one for one in approved if states[one.id].state == "given_up"], GIVEN_UP)


def _make_again_if_needed(work: UnitOfWork, state: GroundState) -> None:
    try:
        base_id = read_manifest(grounds.base_folder())["network_id"]
        read_manifest(grounds.published() / (state.folder or ""))
        is_whole = True
    except SnapshotError:
        base_id, is_whole = None, False
    if is_whole and base_id == state.base_id:
        return
    try:
        base = base_of(grounds.base_folder())
        _switch(work, base, _build(work, base))
    except (ServiceError, DataError, RoutingError, OSError):
        _log.exception("the network in use cannot be made anew")


def _needed(work: UnitOfWork) -> set[str]:
    state = state_of(work.session)
    used = {state.folder} if state is not None and state.folder else set()
    query = select(Review.network_id).join(Case, Case.review_id == Review.id).where(Case.ended_at.is_(None))
    return used | {folder_name(one) for one in work.session.scalars(query.distinct())}


def end_past_closures(work: UnitOfWork, **_periodic: object) -> None:
    """Let closures whose end is long past take no part in reviews any more."""
    before = work.now - dt.timedelta(days=holding_settings().closure_days_kept)
    query = select(RoadClosure).where(RoadClosure.ended_at.is_(None), RoadClosure.until_at < before)
    past = list(work.session.scalars(query.with_for_update(of=RoadClosure)))
    for closure in past:
        closure.ended_at = closure.until_at
        work.record("closure_over", body=closure.body_id, closure=closure.id, item=closure.item)
    if past:
        closures_changed(work)
