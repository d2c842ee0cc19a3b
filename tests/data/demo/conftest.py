"""Small synthetic provinces that these tests share."""

from collections.abc import Callable

import pytest

from data.demo import DemoFiles, generate

SCALE = 0.3
Provinces = Callable[[int], DemoFiles]


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Provinces:
    """The province of a seed, drawn once."""
    drawn: dict[int, DemoFiles] = {}

    def draw(seed: int) -> DemoFiles:
        if seed not in drawn:
            drawn[seed] = generate(seed, tmp_path_factory.mktemp(f"province{seed}"), scale=SCALE)
        return drawn[seed]

    return draw
