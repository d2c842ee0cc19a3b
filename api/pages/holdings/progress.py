"""How far a publication is, in words (发布进度的展示): of each kind of data the latest one that was approved."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from api.db.tables import HoldingChange
from api.holdings.building import folder_name
from api.holdings.making import Making, making_of
from api.pages.holdings.shown import change_in_words
from api.pages.moments import moment_text
from api.pages.page import PageContext

_TOLD: Final = frozenset({"approved", "done", "failed"})


def progress_shown(page: PageContext, changes: Sequence[HoldingChange]) -> list[dict[str, Any]]:
    """Publications with what their jobs do, or came to.

    Args:
        page: Who reads, and in which language.
        changes: The body's requests, the newest first.
    """
    latest: dict[str, HoldingChange] = {}
    for change in changes:
        if change.state in _TOLD:
            latest.setdefault(change.kind, change)
    making = _making(page, latest.values())
    return [_shown(page, one, making.get(one.id) if one.state == "approved" else None) for one in latest.values()]


def _making(page: PageContext, changes: Iterable[HoldingChange]) -> Mapping[uuid.UUID, Making]:
    approved = [one for one in changes if one.state == "approved"]
    making = making_of(page.work, [one.id for one in approved])
    for change in approved:
        if making[change.id].state == "given_up":
            page.work.session.refresh(change)  # its job may have ended since the request was read
    return making


def _shown(page: PageContext, change: HoldingChange, making: Making | None) -> dict[str, Any]:
    return {
        "what": change_in_words(page, change),
        "version_id": change.version_id,
        "state": making.state if making else change.state,
        "lines": _of_job(page, change, making) if making else [_of_end(page, change)],
        "reason": (change.answer or "").splitlines() if change.state == "failed" else [],
        "is_open": making is not None and making.state != "given_up",
    }


def _of_job(page: PageContext, change: HoldingChange, making: Making) -> list[str]:
    lines = []
    if change.answered_at and change.answerer:
        lines.append(
            page.t("holdings.approved_by", by=change.answerer.display_name, at=moment_text(change.answered_at))
        )
    if making.state == "given_up":
        lines.append(page.t("holdings.job_given_up"))
    elif making.state == "running":
        lines.append(page.t("holdings.job_running", at=moment_text(making.since) if making.since else ""))
    elif making.again_at and making.failures:
        lines.append(page.t("holdings.job_again", at=moment_text(making.again_at)))
    else:
        lines.append(page.t("holdings.job_behind" if making.is_behind else "holdings.job_waiting"))
    if making.failures and making.state != "given_up":
        lines.append(page.t("holdings.job_failures", n=making.failures))
    return lines


def _of_end(page: PageContext, change: HoldingChange) -> str:
    at = moment_text(change.done_at) if change.done_at else ""
    if change.state == "failed" or change.network_id is None:
        return page.t("holdings.ended_failed", at=at)
    return page.t("holdings.ended_done", at=at, network=folder_name(change.network_id))
