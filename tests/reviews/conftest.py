"""Networks that the tests of reviews share."""

import pytest

from api.reviews.network import OpenNetwork
from tests.api.asking import Networks


@pytest.fixture(scope="session")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Networks:
    return Networks(tmp_path_factory.mktemp("networks"))


@pytest.fixture(scope="session")
def helsinki(networks: Networks) -> OpenNetwork:
    return networks.open("helsinki")
