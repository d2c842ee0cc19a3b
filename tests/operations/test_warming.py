"""A process is ready sooner after warming up, and answers the same."""

from pathlib import Path

import pytest

from api.cases import grounds
from api.operations.warming import warm, warm_in_background
from tests.service.desk import network_folder


@pytest.fixture(autouse=True)
def _own_source() -> object:
    yield
    grounds.use(None)


def test_class_vehicles_are_prepared(tmp_path: Path) -> None:
    source = grounds.Source(network_folder(), tmp_path)
    grounds.use(source)
    warm_in_background().join()
    routers = list(source.grounds().network._routers.values.values())
    assert len(routers) == 1
    assert routers[0].metrics.pinned


def test_without_a_network_nothing_breaks(tmp_path: Path) -> None:
    grounds.use(grounds.Source(tmp_path / "nothing", tmp_path))
    warm()
