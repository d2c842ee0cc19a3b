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
Pixels = np.ndarray


@pytest.fixture(scope="module", autouse=True)
def _page(app: FastAPI) -> None:
    add_figure_page(app)


@pytest.fixture(autouse=True)
def _fresh(browser: Browser) -> Iterator[None]:
    yield
    browser.close_pages()


def drawn(visit: Visit) -> Pixels:
    visit.wait_for_map()
    shot = visit.page.locator(".route-map canvas").screenshot()
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)


def share_of(visit: Visit, image: Pixels, token: str) -> float:
    """How much of a picture has a colour of the palette."""
    text = visit.page.evaluate(f"getComputedStyle(document.documentElement).getPropertyValue('--c-{token}').trim()")
    colour = np.array([int(text[at : at + 2], 16) for at in (1, 3, 5)])
    return float((np.abs(image - colour).sum(axis=2) < 24).mean())


@pytest.mark.parametrize(
    ("size", "language", "trip", "dark"), [("wide", "zh", "weak", False), ("phone", "en", "long", True)]
)
def test_the_page_is_sound_and_draws_its_route(
    browser: Browser, address: str, size: str, language: str, trip: str, dark: bool
) -> None:
    visit = browser.visit(address, f"/figures/{trip}", size=SIZES[size], language=language, dark=dark)
    image = drawn(visit)
    assert share_of(visit, image, "passes") > 0.001
    assert visit.errors == []
    assert visit.other_hosts(address) == []
    assert visit.serious_findings() == []
    assert visit.overflow_px() <= 0
    assert visit.page.locator(".route-stop").all_inner_texts() == ["A", "B"]


def test_a_button_flies_to_a_finding_and_a_click_on_it_leads_back(browser: Browser, address: str) -> None:
    visit = browser.visit(address, "/figures/weak")
    visit.wait_for_map()
    button = visit.page.locator("#finding-1-1 button[data-finding]")
    button.wait_for(state="visible")
    button.click()
    popup = visit.page.locator(".maplibregl-popup")
    popup.wait_for()
    assert "桥梁荷载效应" in popup.inner_text()
    visit.wait_for_map()
    canvas = visit.page.locator(".route-map canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    visit.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    visit.page.locator(".finding.is-focused[data-finding='1-1']").first.wait_for()
    assert visit.errors == []


def test_another_route_can_be_chosen(browser: Browser, address: str) -> None:
    visit = browser.visit(address, "/figures/long")
    before = drawn(visit)
    ranks = visit.page.evaluate(
        "JSON.parse(document.querySelector('.route-map-data').textContent).routes.map(r => r.rank)"
    )
    assert len(ranks) > 1
    visit.page.evaluate("delete document.documentElement.dataset.map")
    visit.page.evaluate("document.dispatchEvent(new CustomEvent('route-map:choose', {detail: {rank: 2}}))")
    after = drawn(visit)
    assert (np.abs(before - after).sum(axis=2) > 60).mean() > 0.001
    assert visit.errors == []


def test_a_click_picks_a_place(browser: Browser, address: str) -> None:
    visit = browser.visit(address, "/figures/none?pick=1")
    visit.wait_for_map()
    visit.page.evaluate(
        "document.addEventListener('route-map:pick', e => {"
        " document.getElementById('picked').textContent = `${e.detail.lon} ${e.detail.lat}`; })"
    )
    visit.page.locator(".route-map canvas").click(position={"x": 200, "y": 150})
    lon, lat = (float(text) for text in visit.page.locator("#picked").inner_text().split())
    assert 108 < lon < 115
    assert 24 < lat < 31
    assert visit.errors == []


def test_stops_and_routes_can_be_shown_later(browser: Browser, address: str) -> None:
    visit = browser.visit(address, "/figures/none")
    visit.wait_for_map()
    visit.page.evaluate(
        "document.dispatchEvent(new CustomEvent('route-map:show', {detail: {"
        " stops: [{lon: 113, lat: 28, label: 'A'}, {lon: 113.1, lat: 28.1, label: '1'}],"
        " routes: [{rank: 1, verdict: 'blocked', stretches: [{outcome: 'blocked', line: [[113, 28], [113.1, 28.1]]}]}],"
        " bounds: [113, 28, 113.1, 28.1]}}))"
    )
    visit.page.evaluate("delete document.documentElement.dataset.map")
    image = drawn(visit)
    assert share_of(visit, image, "blocked") > 0.002
    assert visit.page.locator(".route-stop").all_inner_texts() == ["A", "1"]


def test_without_scripts_all_stands_in_words(browser: Browser, address: str) -> None:
    visit = browser.visit(address, "/figures/weak", scripts=False)
    assert visit.page.get_by_text("浏览器未启用脚本").is_visible()
    assert "荷载效应比超过允许值" in visit.page.locator("#finding-1-1").inner_text()
    assert visit.page.locator("button[data-finding]").first.is_hidden()
    assert visit.page.locator("svg.vehicle-drawing").is_visible()


def test_a_carriers_page_holds_no_capacity(browser: Browser, address: str) -> None:
    visit = browser.visit(address, "/figures/weak?carrier=1")
    visit.wait_for_map()
    html = visit.page.content()
    assert "1.174" not in html
    assert "influence" not in html.replace("influence.css", "")
    assert "桥梁利用率" in html


def test_a_page_without_a_map_is_left_alone(browser: Browser, address: str) -> None:
    visit = browser.visit(address, "/figures/none?plain=1")
    assert visit.page.locator(".route-map").count() == 0
    visit.page.evaluate("document.dispatchEvent(new CustomEvent('route-map:choose', {detail: {rank: 2}}))")
    assert visit.errors == []
