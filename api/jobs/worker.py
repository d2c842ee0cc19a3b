"""The worker (后台工作进程): takes jobs from the queue until it is told to stop."""

import asyncio
from contextlib import suppress
from typing import Final

import procrastinate
import structlog
from procrastinate.exceptions import ConnectorException
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from api.jobs.tasks import register, rescue

_RESCUE_EVERY_S: Final = 10.0  # with three missed heartbeats of ten seconds: well within a minute
_log = structlog.get_logger("api.jobs")


def make_queue(url: str, sessions: sessionmaker[Session]) -> procrastinate.App:
    """A queue on a database, able to do every task."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    queue = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=plain, min_size=1, max_size=8))
    register(queue, sessions)
    return queue


def work(url: str, sessions: sessionmaker[Session], *, concurrency: int = 2, wait: bool = True) -> None:
    """Do jobs until told to stop; without `wait`, until the queue is empty."""
    asyncio.run(_work(url, sessions, concurrency=concurrency, wait=wait))


async def _work(url: str, sessions: sessionmaker[Session], *, concurrency: int, wait: bool) -> None:
    queue = make_queue(url, sessions)
    async with queue.open_async():
        await _rescue_lost(queue)
        rescuing = asyncio.create_task(_keep_rescuing(queue))
        try:
            await queue.run_worker_async(
                concurrency=concurrency,
                wait=wait,
                install_signal_handlers=wait,
                delete_jobs="successful",
                shutdown_graceful_timeout=20.0,
                fetch_job_polling_interval=2.0,
            )
        finally:
            rescuing.cancel()
            with suppress(asyncio.CancelledError):
                await rescuing


async def _keep_rescuing(queue: procrastinate.App) -> None:
    """Look again and again for jobs of workers that died; a database that is away for a moment is asked again."""
    while True:
        await asyncio.sleep(_RESCUE_EVERY_S)
        try:
            await _rescue_lost(queue)
        except ConnectorException as error:
            _log.warning("cannot look for lost jobs", fault=str(error))


async def _rescue_lost(queue: procrastinate.App) -> None:
    if rescued := await rescue(queue):
        _log.warning("jobs of a lost worker are queued again", count=rescued)
