"""Forgetting what need not be kept (保存期限): drafts, questions and read notices of long ago, by the settings' days.

Cases, their papers, permits and the ledger are never deleted here.
"""

import datetime as dt

from sqlalchemy import delete, select

from api.db.tables import Case, Draft, ImportedTrip, KeptContent, Notification, Setting, WhatIf
from api.provinces.settings import integer_setting
from api.unit_of_work import UnitOfWork


def forget_old(work: UnitOfWork, **_periodic: object) -> None:
    """Delete what is past its days, and note how much; run again, it finds nothing."""
    counts = {
        "drafts": _forget_drafts(work, _before(work, "keep_drafts_days")),
        "questions": _forget_questions(work, _before(work, "keep_what_if_days")),
        "notifications": _forget_notifications(work, _before(work, "keep_notifications_days")),
    }
    if any(counts.values()):
        work.record("forgotten", counts=counts)


def _before(work: UnitOfWork, name: str) -> dt.datetime:
    """What is older may go; where several provinces chose, the one that keeps longest decides."""
    chosen = work.session.scalars(select(Setting.province).where(Setting.name == name).distinct()).all()
    provinces: list[str | None] = list(chosen) or [None]
    days = max(integer_setting(work, name, province, work.today) for province in provinces)
    return work.now - dt.timedelta(days=days)


def _forget_drafts(work: UnitOfWork, before: dt.datetime) -> int:
    """Drafts that nobody handed in; one that trips were made from waits until those are gone."""
    handed_in = select(Case.draft_id).where(Case.draft_id.is_not(None))
    made_from = select(ImportedTrip.base_draft_id)
    old = select(Draft.id).where(Draft.updated_at < before, Draft.id.not_in(handed_in), Draft.id.not_in(made_from))
    ids = list(work.session.scalars(old))
    work.session.execute(delete(ImportedTrip).where(ImportedTrip.draft_id.in_(ids)))
    work.session.execute(delete(KeptContent).where(KeptContent.subject_id.in_(ids)))
    work.session.execute(delete(Draft).where(Draft.id.in_(ids)))
    return len(ids)


def _forget_questions(work: UnitOfWork, before: dt.datetime) -> int:
    """Questions that no case followed."""
    old = delete(WhatIf).where(WhatIf.asked_at < before, WhatIf.case_id.is_(None)).returning(WhatIf.id)
    return len(work.session.scalars(old).all())


def _forget_notifications(work: UnitOfWork, before: dt.datetime) -> int:
    """Notices read long ago; an unread one stays."""
    old = delete(Notification).where(Notification.read_at < before).returning(Notification.id)
    return len(work.session.scalars(old).all())
