"""``dajian serve``, ``dajian worker``, ``dajian migrate`` (网络服务、后台工作、数据库结构)."""

import signal
import sys

import click
import uvicorn

from api.app import create_app
from api.db.engine import database_url, engine, session_factory
from api.db.migrate import migrate, newest, revision_of
from api.errors import ServiceUnavailableError
from api.jobs.worker import work
from api.operations.lifeline import end_with_parent
from api.operations.logs import set_up_logs
from api.operations.ports import refuse_taken_port
from api.operations.warming import warm_in_background
from api.settings import service_settings

HOST = "127.0.0.1"
PORT = 8000
PORT_OPTION = click.IntRange(1, 65535)
_FINISH_S = 20  # requests that run are given so long


@click.command("migrate")
def migrate_command() -> None:
    """Bring the database's schema up to date."""
    revision = migrate(engine())
    click.echo(f"schema {revision}", err=True)


@click.command("serve")
@click.option("--host", default=HOST, show_default=True, help="Address to listen on.")
@click.option("--port", type=PORT_OPTION, default=PORT, show_default=True, help="Port to listen on.")
def serve_command(host: str, port: int) -> None:
    """Serve the web interface and the API until stopped."""
    end_with_parent()
    refuse_taken_port(host, port)
    set_up_logs(service_settings().log_format)
    refuse_old_schema()
    serve(host, port)


@click.command("worker")
@click.option("--concurrency", type=click.IntRange(1, 64), default=2, show_default=True, help="Jobs at a time.")
@click.option("--once", is_flag=True, help="Stop when the queue is empty.")
def worker_command(concurrency: int, once: bool) -> None:
    """Do the service's jobs until stopped: reviews, deadlines, messages to other systems."""
    end_with_parent()
    stop_politely()
    set_up_logs(service_settings().log_format)
    refuse_old_schema()
    work(database_url(), session_factory(), concurrency=concurrency, wait=not once)


def serve(host: str, port: int) -> None:
    """Serve until a signal comes; requests that run are finished first."""
    stop_politely()
    app = create_app(session_factory(), service_settings())
    warm_in_background()
    uvicorn.run(app, host=host, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=_FINISH_S)


def stop_politely() -> None:
    """Let the signal to stop end the process through its exits: the last one out stops the database.

    The servers handle the signal themselves while they run, and give it on when they are done.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def refuse_old_schema() -> None:
    """Refuse to work on a database of another version.

    Raises:
        ServiceUnavailableError: Its schema is not the one we know.
    """
    revision = revision_of(engine())
    if revision != newest():
        raise ServiceUnavailableError(
            f"the database's schema is {revision or 'empty'}, wanted {newest()}: run dajian migrate"
        )
