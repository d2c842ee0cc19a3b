"""What drafts and archived items held before (历次内容): nothing typed is lost.

Kept are, for each draft or item, the last `KEPT_OF_EACH` contents that a save replaced, and as many that a save was
refused with because another tab had saved meanwhile.
"""

import uuid
from collections.abc import Sequence
from typing import Any, Final, Literal

from sqlalchemy import delete, select

from api.applications.drafts_owner import account_of
from api.db.tables import KeptContent
from api.errors import NotFoundError
from api.unit_of_work import UnitOfWork

KEPT_OF_EACH: Final = 20
Why = Literal["replaced", "refused"]
_NEWEST_FIRST: Final = (KeptContent.kept_at.desc(), KeptContent.version.desc(), KeptContent.id)


def keep(
    work: UnitOfWork, subject_id: uuid.UUID, version: int, content: dict[str, Any], *, why: Why = "replaced"
) -> KeptContent:
    """Keep a content, and forget the oldest beyond the number kept."""
    kept = KeptContent(
        subject_id=subject_id, version=version, why=why, content=content, kept_by=account_of(work), kept_at=work.now
    )
    work.session.add(kept)
    work.session.flush()
    of_this = (KeptContent.subject_id == subject_id, KeptContent.why == why)
    newest = select(KeptContent.id).where(*of_this).order_by(*_NEWEST_FIRST).limit(KEPT_OF_EACH)
    work.session.execute(delete(KeptContent).where(*of_this, KeptContent.id.not_in(newest)))
    return kept


def list_kept(work: UnitOfWork, subject_id: uuid.UUID) -> Sequence[KeptContent]:
    """What is kept of a draft or item, the newest first; whoever calls has looked whether it may be seen."""
    wanted = select(KeptContent).where(KeptContent.subject_id == subject_id)
    return work.session.scalars(wanted.order_by(*_NEWEST_FIRST)).all()


def find_kept(work: UnitOfWork, subject_id: uuid.UUID, kept_id: uuid.UUID) -> KeptContent:
    """One of them.

    Raises:
        NotFoundError: There is none.
    """
    kept = work.session.get(KeptContent, kept_id)
    if kept is None or kept.subject_id != subject_id:
        raise NotFoundError("没有这份历史内容", "there is no such earlier content")
    return kept
