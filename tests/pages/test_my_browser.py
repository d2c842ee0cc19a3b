"""The carrier's pages in a real browser: wide and on a phone, both languages, dark, and a story without scripts."""
# ruff: noqa: ANN401 - fixtures of conftest have no importable types

import io
from collections.abc import Iterator
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from api.cases import grounds
from api.cases.review_job import deliver
from tests.pages.browsing import PHONE, WIDE, Browser, Visit
from tests.service.conftest import PASSWORD
from tests.service.desk import IN_COUNTY, Desk

SIZES = {"wide": WIDE, "phone": PHONE}
MOST_ACTIONS = 6


@pytest.fixture(autouse=True)
def _fresh(browser: Browser) -> Iterator[None]:
    yield
    browser.close_pages()


@pytest.fixture(scope="module")
def world(people: Any, sessions: Any, clock: Any, network: grounds.Source) -> Desk:
    """Offices and a firm on the small province."""
    assert network is not None
    return Desk(people, sessions, clock).open()


@pytest.fixture(scope="module")
def correction(world: Desk) -> str:
    """A case in which a paper is asked for."""
    case_id = world.submit(IN_COUNTY, without=("operating_licence",))
    world.do(f"window@{world.body_of(case_id)}", case_id, "request_correction", items=["operating_licence"])
    return case_id


@pytest.fixture(scope="module")
def issued(world: Desk) -> str:
    """A case with its permit; a few are drawn for a check first."""
    while True:
        case_id = world.to_decision(IN_COUNTY)
        world.do(f"approver@{world.body_of(case_id)}", case_id, "approve")
        world.run(deliver, case_id)
        if world.permit_of(case_id).status == "valid":
            return case_id


def sign_in(browser: Browser, address: str, **how: Any) -> Visit:
    """The firm's browser."""
    visit = browser.visit(address, "/sign-in", **how)
    visit.page.locator("#f-login").fill("carrier")
    visit.page.locator("#f-password").fill(PASSWORD)
    visit.page.locator("main button[type=submit]").click()
    return visit


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_the_pages_are_sound(
    browser: Browser, address: str, world: Desk, correction: str, issued: str, size: str, language: str
) -> None:
    visit = sign_in(browser, address, size=SIZES[size], language=language, dark=language == "en")
    number = world.permit_of(issued).number
    paths = ["/my", "/my/cases", f"/my/cases/{correction}", f"/my/cases/{issued}", f"/my/permits/{number}"]
    paths += [f"/my/permits/{number}/card", f"/my/cases/{issued}/revise/request_change", "/my/archive", "/my/many"]
    for path in [*paths, "/my/drafts", "/account", "/notifications"]:
        answer = visit.page.goto(address + path)
        assert answer is not None
        assert answer.status == 200, path
        assert visit.serious_findings() == [], path
        assert visit.overflow_px() <= 0, path
    assert visit.errors == []
    assert visit.other_hosts(address) == []
    fresh = browser.visit(address, "/register", size=SIZES[size], language=language)
    assert fresh.serious_findings() == []
    assert fresh.overflow_px() <= 0


@pytest.mark.parametrize("size", SIZES)
def test_a_returning_carrier_applies_again_without_scripts(
    browser: Browser, address: str, issued: str, size: str
) -> None:
    visit = sign_in(browser, address, size=SIZES[size], scripts=False)
    visit.page.goto(f"{address}/my/cases/{issued}")
    actions = 1
    visit.page.get_by_role("button", name="照此再申请一次").click()
    visit.page.get_by_label("行驶开始日期").fill("2026-12-28")
    visit.page.locator("[id='f-declarations.truthful']").check()
    visit.page.get_by_role("button", name="提交申请", exact=True).click()
    actions += 4
    assert "done=submit" in visit.page.url, visit.page.locator("#faults").inner_text()
    assert visit.page.get_by_text("申请已提交，等待受理").is_visible()
    assert actions <= MOST_ACTIONS
    assert visit.overflow_px() <= 0


def test_faults_lead_to_their_fields(browser: Browser, address: str, world: Desk) -> None:
    assert world is not None
    visit = sign_in(browser, address, size=PHONE)
    visit.page.goto(f"{address}/my/drafts")
    visit.page.locator("form[action='/my/drafts'] button").click()
    visit.page.locator("button[name=do][value=submit]").click()
    link = visit.page.locator("#faults a").first
    target = (link.get_attribute("href") or "").removeprefix("#")
    link.click()
    assert visit.page.locator(f"[id='{target}']").is_visible(), "its section stands open"
    assert visit.serious_findings() == []
    assert visit.overflow_px() <= 0


@pytest.mark.parametrize("size", SIZES)
def test_the_qr_code_can_be_scanned_from_the_screen(
    browser: Browser, address: str, world: Desk, issued: str, size: str
) -> None:
    permit = world.permit_of(issued)
    for dark in (False, True):
        visit = sign_in(browser, address, size=SIZES[size], dark=dark)
        visit.page.goto(f"{address}/my/permits/{permit.number}/card")
        shot = visit.page.locator("svg.qr").screenshot()
        read = zxingcpp.read_barcodes(Image.open(io.BytesIO(shot)).convert("RGB"))
        assert [one.text for one in read] == [permit.record]
