"""The queue (任务队列): procrastinate on the same PostgreSQL, written in the caller's own transaction."""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import cast

import procrastinate
from procrastinate.types import JSONValue
from sqlalchemy.orm import Session


@cache
def _writer() -> procrastinate.App:
    """Writes jobs through connections it is given; it opens none of its own."""
    return procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


def defer(
    session: Session, task: str, *, lock: str | None, at: dt.datetime | None, arguments: Mapping[str, object]
) -> None:
    """Queue a job in the session's transaction.

    Args:
        session: Whose commit makes the job real.
        task: Name of a task of `api.jobs.tasks`.
        lock: Jobs of one lock are done one after the other.
        at: Not before this moment.
        arguments: JSON values.
    """
    session.flush()
    connection = session.connection().connection.driver_connection
    deferrer = _writer().configure_task(
        task, allow_unknown=True, lock=lock, schedule_at=at, connection=connection, queue="default"
    )
    deferrer.defer(**cast(dict[str, JSONValue], dict(arguments)))
