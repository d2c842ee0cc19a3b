"""A service of its own for a measurement (测试用服务): embedded database, one web process, a temporary folder."""

import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

READY_S = 120.0
SEED = 1


@dataclass(frozen=True, slots=True)
class Web:
    """A running service.

    Attributes:
        url: Where it answers.
        password: Of every account of the demo.
    """

    url: str
    password: str


@contextmanager
def running_web(network: Path | None = None) -> Iterator[Web]:
    """Run a web process on a network until the block ends; jobs are queued and not done.

    Args:
        network: Network folder; without one the synthetic province is made.
    """
    folder = Path(tempfile.mkdtemp(prefix="dajian-speed-"))
    os.environ |= {"DAJIAN_VAR": str(folder), "DAJIAN_DEMO": "true"}
    if network:
        os.environ["DAJIAN_NETWORK"] = str(network.resolve())
    # Imported here: settings are read from the environment, once.
    from api.commands.demo import build_demo
    from api.commands.service_demo import children_of
    from api.db.engine import database_url, embedded_server, engine
    from api.db.migrate import migrate
    from api.operations.supervise import Supervisor

    try:
        if not network:
            build_demo(folder / "networks" / "demo", SEED)
        database_url()
        migrate(engine())
        password = _people(folder)
        port = _free_port()
        web = children_of(port)[0]
        with (folder / "web.log").open("ab") as log:
            web.output = log
            supervisor = Supervisor([web])
            watching = threading.Thread(target=supervisor.run)
            watching.start()
            try:
                url = f"http://127.0.0.1:{port}"
                _await(url)
                yield Web(url, password)
            finally:
                supervisor.stop()
                watching.join()
    finally:
        server = embedded_server()
        if server is not None:
            server.close()
        shutil.rmtree(folder, ignore_errors=True)


def _people(folder: Path) -> str:
    from api.cases import grounds
    from api.db.engine import transaction
    from api.demo.people import demo_password, seed_people
    from api.unit_of_work import utc_now

    password = demo_password(folder)
    with transaction() as session:
        seed_people(session, grounds.current().network.graph, password, utc_now())
    return password


def _await(url: str) -> None:
    until = time.monotonic() + READY_S
    while True:
        try:
            httpx.get(f"{url}/ready", trust_env=False).raise_for_status()
        except httpx.HTTPError:
            if time.monotonic() > until:
                raise
            time.sleep(0.3)
        else:
            return


def _free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])
