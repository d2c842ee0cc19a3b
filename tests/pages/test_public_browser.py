"""The pages for everybody in a browser: sound in both sizes and languages, and a permit checked without scripts."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.pages.browsing import PHONE, WIDE, Browser
from tests.service.issued import Office

SIZES = {"wide": WIDE, "phone": PHONE}


@pytest.fixture(scope="module")
def office(people: Any, sessions: Any, clock: Any) -> Office:  # noqa: ANN401 - fixtures without importable types
    return Office(people, sessions, clock)


@pytest.fixture(autouse=True)
def _fresh(browser: Browser) -> Iterator[None]:
    yield
    browser.close_pages()


@pytest.mark.parametrize(
    ("size", "language", "dark"), [("wide", "zh", False), ("phone", "zh", True), ("phone", "en", False)]
)
@pytest.mark.parametrize("path", ["/guide", "/review-rules", "/verify?number=430100202611230000X", "/statistics"])
def test_a_public_page_is_sound(
    browser: Browser, address: str, path: str, size: str, language: str, *, dark: bool
) -> None:
    visit = browser.visit(address, path, size=SIZES[size], language=language, dark=dark)
    visit.page.locator("main details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    assert visit.errors == []
    assert visit.other_hosts(address) == []
    assert visit.serious_findings() == []
    assert visit.overflow_px() <= 0


def test_the_picture_of_the_classes_is_legible_on_a_phone(browser: Browser, address: str) -> None:
    visit = browser.visit(address, "/guide", size=PHONE)
    heights = visit.page.locator(".class-ladder text").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert len(heights) >= 20
    assert min(heights) >= 9


def test_a_visitor_checks_a_permit_without_scripts(browser: Browser, address: str, office: Office) -> None:
    number = office.issue()
    code = office.versions(number)[-1].record
    visit = browser.visit(address, "/", size=PHONE, scripts=False)
    visit.page.get_by_role("link", name="查验", exact=True).click()
    visit.page.get_by_label("许可证号").fill(number)
    visit.page.get_by_role("button", name="查验").first.click()
    assert visit.page.locator(".answer-passes h2").inner_text() == "有效"
    visit.page.get_by_label("二维码内容").fill(code)
    visit.page.get_by_role("button", name="查验").last.click()
    assert visit.page.locator(".answer-passes h2").inner_text() == "真实有效"
    visit.page.get_by_label("二维码内容").fill(code[:-9] + "A" * 9)
    visit.page.get_by_role("button", name="查验").last.click()
    assert visit.page.locator(".answer-passes").count() == 0
    assert visit.page.locator(".answer-blocked, .answer-unknown").is_visible()
