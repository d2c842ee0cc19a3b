"""How the queue stands (任务队列的状况): what waits, what failed, since when."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text

from api.accounts.authorise import authorise
from api.accounts.permissions import Action
from api.unit_of_work import UnitOfWork

_COUNTS: Final = text("SELECT status::text AS status, count(*) AS number FROM procrastinate_jobs GROUP BY status")
_DUE: Final = text(
    "SELECT count(*), min(coalesce(j.scheduled_at, e.at)) FROM procrastinate_jobs j"
    " LEFT JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'"
    " WHERE j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= :now)"
)
_FAILED: Final = text(
    "SELECT j.id, j.task_name, j.attempts, max(e.at) FROM procrastinate_jobs j"
    " LEFT JOIN procrastinate_events e ON e.job_id = j.id"
    " WHERE j.status = 'failed' GROUP BY j.id ORDER BY j.id DESC LIMIT :most"
)


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that was given up."""

    id: int
    task: str
    attempts: int
    at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class QueueHealth:
    """The queue at a moment.

    Attributes:
        counts: Jobs by the state the queue gives them.
        due: Jobs that could be done now; a number that grows means that no worker runs, or too few.
        oldest_due: Since when the first of them waits.
        failed: The latest that were given up.
    """

    counts: dict[str, int]
    due: int
    oldest_due: dt.datetime | None
    failed: tuple[FailedJob, ...]


def queue_health(work: UnitOfWork, *, most: int = 50) -> QueueHealth:
    """How the queue stands now."""
    authorise(work.actor, Action.READ_METRICS)
    counts: dict[str, int] = {row.status: row.number for row in work.session.execute(_COUNTS)}
    due, oldest = work.session.execute(_DUE, {"now": work.now}).one()
    failed = work.session.execute(_FAILED, {"most": most})
    return QueueHealth(counts, due, oldest, tuple(FailedJob(*row) for row in failed))
