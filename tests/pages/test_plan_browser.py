"""Planning in a real browser: a returning carrier applies, the drawing follows, the map gives places."""
# ruff: noqa: ANN401, ARG001 - fixtures of conftest have no importable types, and some are asked for their effect

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.pages.plan.presets import presets
from api.pages.plan.typed import query_of, stop_texts
from tests.pages.browsing import PHONE, WIDE, Browser, Visit
from tests.pages.test_plan_http import texts_of_trap
from tests.service.desk import IN_COUNTY, Desk, vehicle_of

MOST_ACTIONS = 8  # of a returning carrier on these pages, clicks and fields together


@pytest.fixture(scope="module")
def desk(people: Any, sessions: Any, clock: Any, address: str) -> Desk:
    return Desk(people, sessions, clock).open()


@pytest.fixture(autouse=True)
def _fresh(browser: Browser) -> Iterator[None]:
    yield
    browser.close_pages()


@pytest.fixture(scope="module")
def traps(province: Path) -> dict[str, Any]:
    truth = json.loads((province / "sources" / "ground_truth.json").read_text(encoding="utf-8"))
    return {one["kind"]: one for one in reversed(truth["traps"])}


def signed_in(browser: Browser, address: str, desk: Desk, path: str = "/plan", **more: Any) -> Visit:
    """A page as the carrier sees it; its session is one made over HTTP, for signing in has its own tests."""
    visit = browser.visit(address, "/sign-in", **more)
    cookies = desk["carrier"].cookies.jar
    visit.page.context.add_cookies([{"name": one.name, "value": str(one.value), "url": address} for one in cookies])
    visit.page.goto(address + path)
    return visit


def is_sound(visit: Visit, address: str) -> None:
    assert visit.errors == []
    assert visit.other_hosts(address) == []
    assert visit.serious_findings() == []
    assert visit.overflow_px() <= 0


def ask_for(visit: Visit) -> None:
    visit.page.locator("#plan-ask").click()
    visit.page.wait_for_url("**/plan/*-*")


def test_a_returning_carrier_applies_in_few_actions(browser: Browser, address: str, desk: Desk) -> None:
    """Another load of the same kind between the same places: what is known stands there already."""
    desk.submit(vehicle=vehicle_of("II"))
    visit = signed_in(browser, address, desk)
    actions = 0
    for name, text in (("height", "4.32"), ("on", "2026-12-10")):
        visit.page.locator(f"#f-{name}").fill(text)
        actions += 1
    visit.page.get_by_role("button", name="试算路线").click()
    actions += 1
    visit.page.wait_for_url("**/plan/*-*")
    assert "甲地 → 乙地" in visit.page.locator("h1").inner_text()
    with visit.page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        visit.page.get_by_role("button", name="以此路线申请").first.click()
    actions += 1
    draft_path = sent.value.headers["location"]
    assert draft_path.startswith("/my/drafts/")
    assert actions <= MOST_ACTIONS
    draft = desk["carrier"].get(f"/api/v1{draft_path.removeprefix('/my')}").json()
    assert draft["content"]["whole"]["height_mm"] == 4320
    assert draft["content"]["trip"]["start_date"] == "2026-12-10"
    assert draft["content"]["tractor"]["plate"]
    left = {fault["field"] for fault in draft["faults"]}
    # What nobody can know: the promise, and the sizes of the new piece of cargo.
    assert all(field.startswith(("declarations.", "cargo.")) for field in left), left


@pytest.mark.parametrize(("size", "language"), [(WIDE, "zh"), (PHONE, "zh"), (WIDE, "en"), (PHONE, "en")])
def test_the_form_is_sound_and_its_drawing_follows(
    browser: Browser, address: str, desk: Desk, size: tuple[int, int], language: str
) -> None:
    visit = signed_in(
        browser, address, desk, "/plan?preset=modular7", size=size, language=language, dark=language == "en"
    )
    is_sound(visit, address)
    badge = visit.page.locator("#plan-vehicle .class-name")
    assert "II" in badge.inner_text() or "三类" in badge.inner_text()
    loads = visit.page.locator("#f-loads")
    loads.fill("1*8+2*12+5*13")
    wrong = visit.page.locator("#f-spacings-fault")
    wrong.wait_for()
    assert visit.page.locator("#f-spacings").get_attribute("aria-invalid") == "true"
    visit.page.locator("#f-spacings").fill("3.3-1.35-5.5-4*1.55")
    wrong.wait_for(state="detached")
    visit.page.locator("#plan-vehicle svg.vehicle-drawing, #plan-vehicle figure svg").first.wait_for()
    assert "5 × 13 t" in visit.page.locator("#plan-vehicle").inner_html()
    assert visit.errors == []


def test_a_click_on_the_map_and_a_name_fill_in_places(browser: Browser, address: str, desk: Desk) -> None:
    texts = presets()["semi49"].texts
    visit = signed_in(browser, address, desk, f"/plan?{query_of(texts)}")
    visit.wait_for_map()
    visit.page.locator("#f-start").focus()
    stage = visit.page.locator(".route-map canvas").bounding_box()
    assert stage is not None
    visit.page.mouse.click(stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2)
    visit.page.locator(".route-stop").first.wait_for()
    assert "," in visit.page.locator("#f-start").input_value()
    visit.page.locator("#f-end").fill("收费站")
    option = visit.page.locator("#list-end option").first
    option.wait_for(state="attached")
    visit.page.locator("#f-end").fill(str(option.get_attribute("value")))
    visit.page.locator(".route-stop").nth(1).wait_for()
    assert visit.page.locator("[name=end_at]").input_value().endswith(str(option.get_attribute("value")))
    assert visit.errors == []


def test_a_question_says_that_it_is_worked_on_and_is_sent_once(browser: Browser, address: str, desk: Desk) -> None:
    page = signed_in(browser, address, desk, "/plan").page
    for name, (lon, lat) in (("start", IN_COUNTY.start), ("end", IN_COUNTY.end)):
        page.locator(f"#f-{name}").fill(f"{lon}, {lat}")
    page.evaluate(
        """document.getElementById("plan-form").addEventListener("submit", (event) => {
            window.sent = (window.sent ?? 0) + (event.defaultPrevented ? 0 : 1);
            event.preventDefault();
        })"""
    )
    assert not page.locator("#plan-working").is_visible()
    for _ in range(2):
        page.locator("#plan-ask").click(force=True)
    assert page.locator("#plan-working").is_visible()
    assert page.evaluate("window.sent") == 1


@pytest.mark.parametrize(("size", "language"), [(WIDE, "zh"), (PHONE, "en")])
def test_a_refused_load_gets_advice_while_its_routes_are_read(
    browser: Browser, address: str, desk: Desk, traps: dict[str, Any], size: tuple[int, int], language: str
) -> None:
    day = "2026-12-15" if language == "zh" else "2026-12-16"
    texts = texts_of_trap(traps["clearance_1cm_short"], on=day)
    visit = signed_in(browser, address, desk, f"/plan?{query_of(texts)}", size=size, language=language)
    ask_for(visit)
    visit.page.locator("#plan-reasons[data-done]").wait_for()
    visit.wait_for_map()
    is_sound(visit, address)
    if size == WIDE:
        visit.page.locator("#plan-reasons button[data-finding]").first.click()
        visit.page.locator(".maplibregl-popup").wait_for()
    visit.page.locator(".proposals a.button").first.click()
    visit.page.locator("#plan-form").wait_for()
    assert visit.page.locator("#f-height").input_value() == f"{(traps_height(traps) - 10) / 1000:g}"
    ask_for(visit)
    assert visit.page.locator(".plan-facts .badge-blocked").count() == 0
    assert visit.errors == []


def traps_height(traps: dict[str, Any]) -> int:
    height: int = traps["clearance_1cm_short"]["vehicle"]["height_mm"]
    return height


def test_everything_works_without_scripts(browser: Browser, address: str, desk: Desk, traps: dict[str, Any]) -> None:
    visit = signed_in(browser, address, desk, "/plan", size=PHONE, scripts=False)
    page = visit.page
    page.locator(".presets summary").click()
    page.locator(".presets button[value=semi49]").click()
    page.locator("#f-height").fill("4.25")
    page.get_by_role("button", name="更新图示").last.click()
    assert "二类" in page.locator("#plan-vehicle .class-name").inner_text()
    assert page.locator("#f-height").input_value() == "4.25"
    page.locator("#f-start").fill("收费站")
    page.locator("#f-end").fill(f"{IN_COUNTY.end[0]}, {IN_COUNTY.end[1]}")
    page.locator("#plan-ask").click()
    page.locator(".choices input").first.check()
    page.locator("#plan-ask").click()
    page.wait_for_url("**/plan/*-*")
    assert "收费站" in page.locator("h1").inner_text()
    texts = texts_of_trap(traps["sealed_town"], on="2026-12-18") | stop_texts(
        [("甲", tuple(traps["sealed_town"]["from"])), ("乙", tuple(traps["sealed_town"]["to"]))]
    )
    page.goto(f"{address}/plan?{query_of(texts)}")
    page.locator("#plan-ask").click()
    page.get_by_role("link", name="看看怎样才能通行").click()
    assert page.get_by_role("link", name="按此试算").count() == 1
    assert visit.overflow_px() <= 0


def test_the_frontier_can_be_read(browser: Browser, address: str, desk: Desk, traps: dict[str, Any]) -> None:
    visit = signed_in(browser, address, desk, f"/plan?{query_of(texts_of_trap(traps['sealed_town'], on='2026-12-19'))}")
    ask_for(visit)
    visit.page.get_by_role("link", name="通行能力前沿").click()
    visit.page.wait_for_load_state("networkidle")
    assert visit.page.evaluate("document.querySelector('.plan-plot').naturalWidth") > 300
    assert "3.60 m" in visit.page.locator("table").first.inner_text()
    is_sound(visit, address)
