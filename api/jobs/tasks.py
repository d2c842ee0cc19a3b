"""Every task there is (任务表): its name, what does it, and how it is tried again.

A task is a function of a unit of work and JSON values. It runs in one transaction and may be run twice, after a worker
was killed between its commit and the queue's note of it: it looks first whether its work is done.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Final

import procrastinate
import structlog
from procrastinate import RetryStrategy
from sqlalchemy.orm import Session, sessionmaker

from api.applications.attachments_cleaning import clear_unfinished_uploads
from api.cases import review_job
from api.cases.advice import advise_case
from api.db.engine import transaction
from api.exchange.incoming import review_incoming
from api.exchange.outgoing import prepare_all
from api.holdings.publishing import end_past_closures, keep_networks, publish_holdings
from api.ledger.anchors import anchor_ledger
from api.operations.retention import forget_old
from api.outbox.delivery import deliver_outbox, sweep_outbox
from api.permits.revocation_service import issue_revocation_list
from api.supervision.published import publish_figures
from api.unit_of_work import SYSTEM, UnitOfWork, utc_now

Task = Callable[..., None]
TASKS: Final[Mapping[str, Task]] = {
    "review_case": review_job.review_case,
    "advise_case": advise_case,
    "issue_permit": review_job.deliver,
    "deliver_refusal": review_job.deliver,
    "deem_silent_accepted": review_job.deem_silent_accepted,
    "escalate_silent": review_job.escalate_silent,
    "expire_permits": review_job.expire_permits,
    "clear_unfinished_uploads": clear_unfinished_uploads,
    "forget_old": forget_old,
    "anchor_ledger": anchor_ledger,
    "publish_figures": publish_figures,
    "review_incoming": review_incoming,
    "prepare_exchange_files": prepare_all,
    "deliver_outbox": deliver_outbox,
    "sweep_outbox": sweep_outbox,
    "issue_revocation_list": issue_revocation_list,
    "publish_holdings": publish_holdings,
    "keep_networks": keep_networks,
    "end_past_closures": end_past_closures,
}
# Five-field times of cron, for tasks that come back by themselves.
PERIODIC: Final[Mapping[str, str]] = {
    "deem_silent_accepted": "10 16 * * *",  # ten past midnight there
    "escalate_silent": "20 16 * * *",
    "expire_permits": "25 16 * * *",
    "clear_unfinished_uploads": "40 18 * * *",
    "forget_old": "50 18 * * *",
    "anchor_ledger": "5 * * * *",
    "publish_figures": "30 16 * * *",
    "prepare_exchange_files": "*/10 * * * *",
    "sweep_outbox": "* * * * *",
    "issue_revocation_list": "15 * * * *",
    "keep_networks": "*/10 * * * *",
    "end_past_closures": "50 16 * * *",
}
_RETRY: Final = RetryStrategy(max_attempts=8, exponential_wait=3)
_STALLED_AFTER_S: Final = 30.0  # three heartbeats
_log = structlog.get_logger("api.jobs")


def register(
    queue: procrastinate.App,
    sessions: sessionmaker[Session],
    *,
    now: Callable[[], dt.datetime] = utc_now,
    tasks: Mapping[str, Task] = TASKS,
) -> None:
    """Make a queue able to do every task."""
    for name, function in tasks.items():
        queue.task(name=name, queue="default", retry=_RETRY)(_in_transaction(name, function, sessions, now))
    for name, cron in PERIODIC.items():
        queue.periodic(cron=cron)(queue.tasks[name])
    _add_rescue(queue)


def _in_transaction(
    name: str, function: Task, sessions: sessionmaker[Session], now: Callable[[], dt.datetime]
) -> Callable[..., None]:
    def run(*_timestamp: int, **arguments: object) -> None:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(task=name, **{k: str(v) for k, v in arguments.items()})
        with transaction(sessions) as session:
            function(UnitOfWork(session, SYSTEM, now()), **arguments)
        _log.info("done")

    return run


def _add_rescue(queue: procrastinate.App) -> None:
    """Give back to the queue what a killed worker had in its hands."""

    @queue.periodic(cron="* * * * *")
    @queue.task(name="rescue_stalled", queue="default", queueing_lock="rescue_stalled", pass_context=True)
    async def rescue_stalled(context: procrastinate.JobContext, timestamp: int) -> None:
        _ = context, timestamp
        await rescue(queue)


async def rescue(queue: procrastinate.App) -> int:
    """Queue again every job whose worker is gone, and say how many."""
    stalled = list(await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_AFTER_S))
    for job in stalled:
        await queue.job_manager.retry_job(job)
    return len(stalled)
