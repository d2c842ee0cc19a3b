"""``dajian demo``: the whole service on the synthetic province, from nothing, with one command (演示)."""

import os
import sys
import threading
from collections.abc import Iterable
from typing import Final

import click
from sqlalchemy.exc import SQLAlchemyError

from api.commands.service import HOST, PORT, PORT_OPTION
from api.db.engine import database_url, embedded_server, engine, session_factory
from api.db.migrate import migrate
from api.demo.network import ensure_demo_network
from api.demo.people import LOGINS_FILE, demo_password, login_lines
from api.demo.seed import seed
from api.operations.lifeline import end_with_parent
from api.operations.logs import set_up_logs
from api.operations.ports import refuse_taken_port
from api.operations.supervise import Child, Supervisor, on_signals
from api.settings import ServiceSettings, service_settings
from api.unit_of_work import utc_now

SEED: Final = 1
_EVERY: Final = 20  # stories between two lines of progress


@click.command("demo")
@click.option("--port", type=PORT_OPTION, default=PORT, show_default=True, help="Port to listen on.")
def demo_command(port: int) -> None:
    """Serve the synthetic province with made-up people and some 200 cases, until interrupted."""
    run_demo(port)


def run_demo(port: int) -> None:
    """Build what is missing, then serve until a signal comes; the cases are told while it serves already.

    Raises:
        RequestError: The port is taken; nothing has been built then.
    """
    refuse_taken_port(HOST, port)
    on_signals(lambda *_: sys.exit(0))
    end_with_parent()
    settings = demo_settings(port)
    set_up_logs("console")
    prepare(settings)
    supervisor = Supervisor(children_of(port), keep_database)
    on_signals(supervisor.stop)
    telling = threading.Thread(target=_tell_cases, args=(settings, supervisor), name="demo cases")

    def ready() -> None:
        say(_welcome(settings, port))
        telling.start()

    supervisor.run(ready)
    if telling.ident is not None:
        telling.join()


def demo_settings(port: int) -> ServiceSettings:
    """The settings of this demo, told to our own children by the environment."""
    os.environ["DAJIAN_DEMO"] = "true"
    os.environ["DAJIAN_VAR"] = str(ServiceSettings().var.resolve())  # whatever folder a child starts in
    os.environ.setdefault("DAJIAN_PUBLIC_URL", f"http://{HOST}:{port}")
    os.environ.setdefault("DAJIAN_LOG_FORMAT", "console")
    service_settings.cache_clear()
    return service_settings()


def prepare(settings: ServiceSettings) -> None:
    """Network and database, each only where it is not there yet."""
    if settings.network is None:
        drawn = ensure_demo_network(settings.network_folder, SEED)
        say([f"{'已生成' if drawn else '沿用'}演示路网 network: {settings.network_folder}"])
    database_url()
    migrate(engine())
    demo_password(settings.var)
    say(["数据库就绪 database ready"])


class _StoppedError(Exception):
    """Somebody asked us to stop: the rest is told at the next start."""


def _tell_cases(settings: ServiceSettings, supervisor: Supervisor) -> None:
    """Bring people and cases in, until all are there or we are stopped."""

    def progress(done: int, of: int) -> None:
        if supervisor.is_stopping:
            raise _StoppedError
        if done % _EVERY == 0 or done == of:
            say([f"演示办件 cases: {done}/{of}"])

    try:
        done = seed(session_factory(), settings, now=utc_now(), progress=progress)
    except _StoppedError:
        return
    except SQLAlchemyError as error:  # the database was killed under us: the service goes on, the next start too
        say([f"演示办件未全部生成，下次启动时继续 the rest of the cases follows at the next start: {error}"])
        return
    say(f"未生成 left out: {key}: {reason}" for key, reason in done.left_out)
    say(["演示办件齐备 all cases are there"])


def children_of(port: int) -> list[Child]:
    """The web service and a worker, run by the same Python."""
    ourselves = (sys.executable, "-P", "-m", "api")  # -P: not what lies in the folder we happen to be in
    return [
        Child("web", (*ourselves, "serve", "--port", str(port))),
        Child("worker", (*ourselves, "worker")),
    ]


def keep_database() -> None:
    """Start the embedded server again when somebody has killed it; another database is not ours to look after."""
    server = embedded_server()
    if server is not None and not server.is_running():
        server.start()


def say(lines: Iterable[str]) -> None:
    """Tell the person at the terminal."""
    for line in lines:
        click.echo(line, err=True)


def _welcome(settings: ServiceSettings, port: int) -> list[str]:
    return [
        "",
        f"演示服务（合成数据）demo on made-up data: http://{HOST}:{port}",
        f"接口 interface: http://{HOST}:{port}/openapi.json",
        f"演示账号 demo accounts (口令也在 password also in {settings.var / LOGINS_FILE}):",
        *login_lines(demo_password(settings.var)),
        "按 Ctrl-C 停止 · Ctrl-C stops it",
    ]
