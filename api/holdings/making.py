"""How far an approved publication is (路网生成的进度), read from the queue: what the job does, not what was asked."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Row, text

from api.unit_of_work import UnitOfWork

State = Literal["waiting", "running", "given_up"]
_JOBS: Final = text(
    "SELECT args->>'change' AS change, status::text AS status, attempts, scheduled_at,"
    " (SELECT max(at) FROM procrastinate_events WHERE job_id = j.id AND type = 'started') AS started_at"
    " FROM procrastinate_jobs j WHERE task_name = 'publish_holdings' AND args->>'change' = ANY(:changes) ORDER BY id"
)
_RUNNING: Final = text(
    "SELECT EXISTS (SELECT FROM procrastinate_jobs"
    " WHERE status = 'doing' AND task_name IN ('publish_holdings', 'keep_networks'))"
)


@dataclass(frozen=True, slots=True)
class Making:
    """The job of a request that was approved and is not done (生成任务).

    Attributes:
        state: Waiting for a worker, being done, or given up after its last attempt.
        failures: Attempts that failed so far.
        since: When the running attempt began, by the database's clock; None: none runs.
        again_at: Not tried again before this moment; None: as soon as a worker is free.
        is_behind: Another network is being made, and this one waits for it.
    """

    state: State
    failures: int
    since: dt.datetime | None
    again_at: dt.datetime | None
    is_behind: bool


def making_of(work: UnitOfWork, changes: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Making]:
    """The jobs of requests.

    Args:
        work: Whose transaction reads.
        changes: Requests in the state ``approved``.

    Returns:
        By request; one that the queue has no job for counts as given up, for nobody will do it.
    """
    if not changes:
        return {}
    ids = [str(one) for one in changes]
    jobs = {row.change: row for row in work.session.execute(_JOBS, {"changes": ids})}
    is_behind = bool(work.session.scalar(_RUNNING))
    return {one: _making(jobs.get(str(one)), is_behind=is_behind) for one in changes}


def _making(job: Row[Any] | None, *, is_behind: bool) -> Making:
    if job is None or job.status not in {"todo", "doing"}:
        return Making("given_up", job.attempts if job else 0, None, None, is_behind=False)
    if job.status == "doing":
        return Making("running", job.attempts, job.started_at, None, is_behind=False)
    return Making("waiting", job.attempts, None, job.scheduled_at, is_behind=is_behind)
