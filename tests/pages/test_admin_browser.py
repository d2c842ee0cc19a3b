"""The administrator's story in a browser: an account for a county officer, a setting from a day on."""
# ruff: noqa: ANN401, ARG001 - fixtures of conftest have no importable types, and some are asked for their effect

from collections.abc import Iterator
from typing import Any

import pytest

from tests.pages.browsing import PHONE, WIDE, Browser
from tests.service.conftest import PASSWORD
from tests.service.issued import COUNTY, Office

SIZES = {"wide": WIDE, "phone": PHONE}
PAGES = (
    "/admin",
    "/admin/accounts",
    "/admin/accounts/new",
    "/admin/bodies",
    "/admin/settings?province=43",
    "/admin/settings/43/near_threshold_check_percent",
    "/admin/ledger",
    "/admin/outbox",
)


@pytest.fixture(autouse=True)
def _fresh(browser: Browser) -> Iterator[None]:
    yield
    browser.close_pages()


@pytest.fixture(scope="module")
def office(people: Any, sessions: Any, clock: Any) -> Office:
    return Office(people, sessions, clock)


@pytest.mark.parametrize(("size", "language"), [("wide", "zh"), ("phone", "en")])
def test_the_story_of_the_administrator(
    browser: Browser, address: str, office: Office, size: str, language: str
) -> None:
    visit = browser.visit(address, "/sign-in?next=/admin", size=SIZES[size], language=language, dark=language == "en")
    page = visit.page
    page.locator("#f-login").fill("admin")
    page.locator("#f-password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    for path in PAGES:
        page.goto(address + path)
        assert visit.serious_findings() == [], path
        assert visit.overflow_px() <= 0, path
    page.goto(f"{address}/admin/accounts/new")
    for name, value in (("login", f"new-{size}"), ("display_name", "演示新人"), ("body_id", COUNTY)):
        page.locator(f"#f-{name}").fill(value)
    page.locator('[name="roles"][value="enforcement"]').check()
    page.locator("#f-password").fill("a long enough phrase 7")
    page.locator("main form button[type=submit]").click()
    assert f"new-{size}" in page.locator("main").inner_text()
    page.goto(f"{address}/admin/settings/43/near_threshold_check_percent")
    page.locator("#f-value").fill("35")
    page.locator("#f-valid_from").fill("2026-12-01")
    page.locator("main form button[type=submit]").click()
    assert "2026-12-01" in page.locator("main dl").inner_text()
    assert visit.serious_findings() == []
    assert visit.errors == []
    assert visit.other_hosts(address) == []
    officer = browser.visit(address, "/sign-in?next=/inspect", size=PHONE)
    officer.page.locator("#f-login").fill(f"new-{size}")
    officer.page.locator("#f-password").fill("a long enough phrase 7")
    officer.page.locator("main button[type=submit]").click()
    officer.page.get_by_role("heading", name="执法核查").wait_for()
