"""The pages in a real browser: wide and on a phone, Chinese and English, with and without scripts."""

import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from api.cases import grounds
from tests.pages.browsing import PHONE, WIDE, Browser, Visit
from tests.service.conftest import PASSWORD

SIZES = {"wide": WIDE, "phone": PHONE}
PLAIN_PAGES = ("/", "/sign-in")


@pytest.fixture(autouse=True)
def _fresh(browser: Browser) -> Iterator[None]:
    yield
    browser.close_pages()


def pixels(visit: Visit, selector: str) -> np.ndarray:  # type: ignore[type-arg]
    shot = visit.page.locator(selector).first.screenshot()
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", PLAIN_PAGES)
def test_a_page_is_sound(browser: Browser, address: str, path: str, size: str, language: str) -> None:
    visit = browser.visit(address, path, size=SIZES[size], language=language, dark=language == "en")
    assert visit.errors == []
    assert visit.other_hosts(address) == []
    assert visit.serious_findings() == []
    assert visit.overflow_px() <= 0


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_the_map_is_sound(browser: Browser, address: str, size: str, language: str) -> None:
    visit = browser.visit(address, "/map", size=SIZES[size], language=language, dark=language == "en")
    visit.wait_for_map()
    assert visit.errors == []
    assert visit.other_hosts(address) == []
    assert any("/tiles/" in url for url in visit.requests)
    assert visit.serious_findings() == []
    assert visit.overflow_px() <= 0
    drawn = pixels(visit, "#map canvas")
    ground = drawn[drawn.shape[0] // 2, 5]
    assert (np.abs(drawn - ground).sum(axis=2) > 60).mean() > 0.005, "the map is empty"


def test_chinese_characters_are_drawn_on_pages(browser: Browser, address: str) -> None:
    """Missing characters would all be the same box."""
    visit = browser.visit(address, "/")
    heading = visit.page.locator("h1")
    shots = []
    for letter in ("湖", "桥", "限"):
        heading.evaluate("(node, letter) => { node.textContent = letter; }", letter)
        ink = pixels(visit, "h1").sum(axis=2) < 300
        assert ink.sum() > 60, letter
        shots.append(ink)
    assert not np.array_equal(shots[0], shots[1])
    assert not np.array_equal(shots[1], shots[2])


def test_chinese_names_are_drawn_on_the_map(browser: Browser, address: str) -> None:
    """With the divisions hidden their names are gone, and with them thousands of dark pixels."""
    visit = browser.visit(address, "/map")
    visit.wait_for_map()
    before = pixels(visit, "#map canvas")
    box = visit.page.locator("#map-layers input[data-layers='borders names']")
    visit.page.evaluate("delete document.documentElement.dataset.map")
    box.uncheck()
    visit.wait_for_map()
    after = pixels(visit, "#map canvas")
    dark = (before.sum(axis=2) < 420) & (after.sum(axis=2) > 600)
    assert dark.sum() > 400


def test_a_click_on_a_road_tells_its_facts(browser: Browser, address: str, network: grounds.Source) -> None:
    graph = network.grounds().network.graph
    arc = int(np.flatnonzero(graph.arcs.road_class == 1)[0])
    lon, lat = graph.arc_points(arc)
    at = len(lon) // 2
    visit = browser.visit(address, f"/map#v=16/{lat[at]:.6f}/{lon[at]:.6f}")
    visit.wait_for_map()
    for toggle in ("limits", "bridges", "stations"):
        visit.page.locator(f"#map-layers input[data-layers^='{toggle}']").uncheck()
    stage = visit.page.locator("#map canvas").bounding_box()
    assert stage is not None
    visit.page.mouse.click(stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2)
    facts = visit.page.locator("#map-panel .facts dl")
    facts.wait_for()
    assert "高速公路" in facts.inner_text()
    assert visit.errors == []


def test_search_flies_to_a_station_and_shows_it(browser: Browser, address: str) -> None:
    visit = browser.visit(address, "/map")
    visit.wait_for_map()
    visit.page.get_by_role("searchbox").fill("收费站")
    visit.page.get_by_role("searchbox").press("Enter")
    visit.page.locator(".results a").first.click()
    visit.page.locator("#map-panel .facts").wait_for()
    assert "收费站" in visit.page.locator("#map-panel h2").inner_text()
    assert "#v=15/" in visit.page.url
    assert visit.errors == []


def test_the_map_page_answers_without_scripts(browser: Browser, address: str) -> None:
    visit = browser.visit(address, "/map", scripts=False)
    assert visit.page.get_by_text("浏览器未启用脚本").is_visible()
    visit.page.get_by_role("searchbox").fill("收费站")
    visit.page.get_by_role("button", name="检索").click()
    visit.page.locator(".results a").first.click()
    assert "收费站" in visit.page.locator("#map-panel h2").inner_text()


def test_signing_in_and_out_works_without_scripts(browser: Browser, address: str, people: object) -> None:
    people.account("browser-carrier", "carrier", carrier_id=people.carrier())  # type: ignore[attr-defined]
    visit = browser.visit(address, "/sign-in", size=PHONE, scripts=False)
    visit.page.get_by_label("账号").fill("browser-carrier")
    visit.page.get_by_label("口令").fill("wrong")
    visit.page.get_by_role("button", name="登录").click()
    assert visit.page.get_by_role("alert").is_visible()
    visit.page.get_by_label("口令").fill(PASSWORD)
    visit.page.get_by_role("button", name="登录").click()
    assert visit.page.locator("a.who").inner_text().strip().endswith("演示browser-carrier")
    assert visit.overflow_px() <= 0
    visit.page.get_by_role("button", name="退出").click()
    assert visit.page.get_by_role("link", name="登录", exact=True).is_visible()


def test_the_keyboard_reaches_the_content_first(browser: Browser, address: str) -> None:
    visit = browser.visit(address, "/sign-in")
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.className") == "skip"
    visit.page.keyboard.press("Enter")
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.id") == "f-login"


def test_the_components_are_sound(browser: Browser, address: str) -> None:
    """Badges, notices, steps and tables, which later pages are made of."""
    from api.pages.page import templates

    visit = browser.visit(address, "/", size=PHONE)
    source = (
        '{% import "components.html.j2" as ui with context %}'
        '{% for one in ("passes", "conditional", "unknown", "blocked") %}{{ ui.badge(one) }}{% endfor %}'
        '{{ ui.notice("提示") }}{{ ui.progress(("受理", "审查", "决定"), 1, "进度") }}'
        '{{ ui.table("办件", ("编号", "结论"), (("1", ui.badge("passes")), ("2", "<b>")),) }}'
        '{{ ui.field("mass", "总质量", hint="单位千克", fault="须为整数", required=False) }}'
    )
    html = templates().from_string(source).render(t=lambda key: key, csrf_token="")
    visit.page.evaluate("html => { document.querySelector('main').innerHTML = `<h1>组件</h1>${html}`; }", html)
    assert visit.serious_findings() == []
    assert visit.overflow_px() <= 0
    assert visit.page.locator("td").nth(3).inner_text().endswith("<b>")
    assert visit.page.locator("[aria-current=step]").count() == 1
    signs = visit.page.locator(".badge-sign").all_inner_texts()
    assert len(set(signs[:4])) == 4, "a state is never told by its colour alone"
    described = visit.page.locator("#f-mass").get_attribute("aria-describedby")
    assert described == "f-mass-hint f-mass-fault"
