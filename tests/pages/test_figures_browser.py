"""Route maps, findings and figures in a browser: both sizes and languages, with and without scripts."""

import io
from collections.abc import Iterator

import numpy as np
import pytest
from fastapi import FastAPI
from PIL import Image

from tests.pages.browsing import PHONE, WIDE, Browser, Visit
from tests.pages.figure_page import add_figure_page

SIZES = {"wide": WIDE, "phone": PHONE}


@pytest.fixture(scope="module", autouse=True)
def _page(app: FastAPI) -> None:
    add_figure_page(app)


@pytest.fixture(autouse=True)
def _fresh(browser: Browser) -> Iterator[None]:
    yield
    browser.close_pages()


def drawn(visit: Visit) -> np.ndarray:  # type: ignore[type-arg]
    shot = visit.page.locator(".route-map canvas").screenshot()
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)


def share_of(image: np.ndarray, colour: tuple[int, int, int]) -> float:  # type: ignore[type-arg]
    return float((np.abs(image - np.array(colour)).sum(axis=2) < 30).mean())


@pytest.mark.parametrize(("size", "language", "trip"), [("wide", "zh", "weak"), ("phone", "en", "long")])
def test_the_page_is_sound(browser: Browser, address: str, size: str, language: str, trip: str) -> None:
    visit = browser.visit(address, f"/figures/{trip}", size=SIZES[size], language=language)
    visit.wait_for_map()
    assert visit.errors == []
    assert visit.other_hosts(address) == []
    assert visit.serious_findings() == []
    assert visit.overflow_px() <= 0
