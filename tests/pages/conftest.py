"""The pages as a browser meets them: a real server on a real database and a small synthetic province."""
# ruff: noqa: ARG001 - fixtures of conftest have no importable types, and some are asked for their effect

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import delete

from api.cases import grounds
from api.db.tables import Throttle
from tests.pages.browsing import Browser, open_browser
from tests.service.conftest import (  # noqa: F401 - fixtures are found by their names
    app,
    clock,
    engine,
    people,
    postgres,
    sessions,
    settings,
)


@pytest.fixture(autouse=True)
def _may_sign_in_again(request: pytest.FixtureRequest) -> None:
    """Tests of a module share a clock that stands still: sign-ins of earlier tests don't count."""
    if "sessions" in request.fixturenames:
        with request.getfixturevalue("sessions").begin() as session:
            session.execute(delete(Throttle))


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a small synthetic province, with its closures beside it."""
    from api.commands.demo import build_demo

    folder = tmp_path_factory.mktemp("province") / "demo"
    build_demo(folder, 4, scale=0.22)
    overlays = folder / "overlays"
    overlays.mkdir(exist_ok=True)
    (overlays / "demo.geojson").write_bytes((folder / "sources" / "overlays.geojson").read_bytes())
    return folder


@pytest.fixture(scope="module")
def network(province: Path) -> Iterator[grounds.Source]:
    """That province as the network in use."""
    source = grounds.Source(province, province / "overlays")
    grounds.use(source)
    yield source
    grounds.use(None)


@pytest.fixture(scope="module")
def address(app: FastAPI, network: grounds.Source) -> Iterator[str]:  # noqa: F811 - the fixture
    """Address of a running server."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser; without one these tests are skipped, and say so."""
    with open_browser() as found:
        yield found
