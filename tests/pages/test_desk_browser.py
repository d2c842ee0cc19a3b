"""The desk in a real browser: a case from the window to the permit, two officers at once, on both sizes."""
# ruff: noqa: F811 - the fixtures

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.cases.review_job import deliver, review_case
from tests.pages.browsing import PHONE, WIDE, Browser, Visit
from tests.service.conftest import PASSWORD, desk  # noqa: F401 - a fixture is found by its name
from tests.service.desk import IN_CITY, WEAK_BRIDGE, Desk, heavy_vehicle, vehicle_of

SIZES = {"wide": WIDE, "phone": PHONE}
LANGUAGES = {"wide": "zh", "phone": "en"}
CITY = "transport:430300"
SHOTS = os.environ.get("DAJIAN_SHOTS")


@pytest.fixture(scope="module")
def network(desk: Desk) -> Desk:
    """The network of the desk is the one in use."""
    return desk


@pytest.fixture(autouse=True)
def _fresh(browser: Browser) -> Iterator[None]:
    yield
    browser.close_pages()


def login_of(name: str) -> str:
    role, body = name.split("@")
    return f"{role}.{body.replace(':', '-')}"


class Seat:
    """Somebody at a browser of one size."""

    def __init__(self, browser: Browser, address: str, desk: Desk, who: str, size: str, language: str) -> None:
        _ = desk[who]  # hires them
        self.address, self.name = address, f"{size}-{who.partition('@')[0]}"
        self.visit: Visit = browser.visit(address, "/sign-in?next=/desk", size=SIZES[size], language=language)
        self.page = self.visit.page
        self.page.locator("#f-login").fill(login_of(who))
        self.page.locator("#f-password").fill(PASSWORD)
        self.page.locator("main form button").click()

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def press(self, action: str) -> None:
        """Open the form of an action from the case's page."""
        self.page.locator(f"a[href$='/act/{action}']").first.click()

    def submit(self) -> None:
        self.page.locator("main form.form button[type=submit]:not([name])").click()

    def is_sound(self, shot: str) -> None:
        """The page as it stands fulfils what every page has to."""
        if SHOTS:
            self.page.screenshot(path=str(Path(SHOTS) / f"{self.name}-{shot}.png"), full_page=True)
        assert self.visit.errors == [], shot
        assert self.visit.other_hosts(self.address) == [], shot
        assert self.visit.serious_findings() == [], shot
        assert self.visit.overflow_px() <= 0, shot


@pytest.mark.parametrize("size", SIZES)
def test_a_case_from_the_window_to_the_decision(browser: Browser, address: str, desk: Desk, size: str) -> None:
    case_id = desk.submit(IN_CITY, vehicle_of("III"))
    number = desk.case(case_id)["number"]

    def seat(who: str) -> Seat:
        return Seat(browser, address, desk, who, size, LANGUAGES[size])

    window = seat(f"window@{CITY}")
    window.is_sound("queue")
    window.page.get_by_role("link", name=number).click()
    window.is_sound("submitted")
    window.press("accept")
    window.is_sound("accept")
    window.submit()
    window.page.locator(".notice-passes").wait_for()
    assert desk.case(case_id)["state"] == "machine_review"
    desk.run(review_case, case_id)

    review(seat(f"reviewer@{CITY}"), desk, case_id)
    decide(seat(f"approver@{CITY}"), desk, case_id)


def review(reviewer: Seat, desk: Desk, case_id: str) -> None:
    """Look, ask, settle, recommend."""
    number = desk.case(case_id)["number"]
    reviewer.page.get_by_role("link", name=number).click()
    reviewer.page.locator(".route-map-canvas canvas").wait_for()
    reviewer.is_sound("review")
    reviewer.press("ask_opinion")
    reviewer.page.locator("#f-body_id").select_option("highway_centre:430300")
    reviewer.page.locator("#f-reason").fill("沿线有无施工")
    reviewer.is_sound("ask")
    reviewer.submit()
    reviewer.page.locator(".notice-passes").wait_for()
    assert desk.asked(case_id)["highway_centre:430300"]["state"] == "open"
    while desk.open_findings(case_id):
        reviewer.page.locator(".finding-links a[href*='/act/override']").first.click()
        reviewer.page.locator("#f-reason").fill("现场已实测，宽度满足")
        reviewer.submit()
        reviewer.page.locator(".notice-passes").wait_for()
    desk.answer_all(case_id)
    reviewer.go(f"/desk/cases/{case_id}")
    reviewer.press("recommend")
    reviewer.page.locator("input[value=approve]").check()
    reviewer.is_sound("recommend")
    reviewer.submit()
    reviewer.page.locator(".notice-passes").wait_for()


def decide(approver: Seat, desk: Desk, case_id: str) -> None:
    """Look at the document, approve, then at checks and figures."""
    assert desk.case(case_id)["number"] in approver.page.locator(".queue").inner_text()
    approver.go(f"/desk/cases/{case_id}")
    approver.press("approve")
    approver.submit()
    approver.page.locator(".letter").wait_for()
    approver.is_sound("confirm")
    assert desk.case(case_id)["state"] == "decision"
    approver.page.locator("button[name=again]").click()
    approver.submit()
    letter = approver.page.locator("textarea.letter")
    told = letter.input_value() + "\n另行通知起运时间。"
    letter.fill(told)
    approver.submit()
    approver.page.locator(".notice-passes").wait_for()
    assert desk.case(case_id)["state"] == "approved"
    assert desk.note(case_id, "approve")["text"].split() == told.split()
    desk.run(deliver, case_id)
    approver.go("/desk/checks")
    approver.is_sound("checks")
    approver.go("/dashboard")
    approver.is_sound("dashboard")


def test_two_officers_press_at_the_same_time(browser: Browser, address: str, desk: Desk) -> None:
    case_id = desk.submit(IN_CITY, vehicle_of("I"))
    seats = [Seat(browser, address, desk, f"window{n}@{CITY}", "wide", "zh") for n in ("", "2")]
    for one in seats:
        one.go(f"/desk/cases/{case_id}/act/accept")
    first, second = seats
    first.submit()
    first.page.locator(".notice-passes").wait_for()
    second.submit()
    second.page.locator(".timeline").wait_for()
    said = second.page.locator("main").inner_text()
    assert "没有办成：受理" in said
    assert "演示window.transport-430300" in said
    assert desk.kinds(case_id).count("accept") == 1
    assert second.visit.serious_findings() == []


@pytest.mark.parametrize("size", SIZES)
def test_a_weak_bridge_is_explained(browser: Browser, address: str, desk: Desk, size: str) -> None:
    case_id = desk.submit(WEAK_BRIDGE, heavy_vehicle())
    body = desk.accept(case_id)
    reviewer = Seat(browser, address, desk, f"reviewer@{body}", size, LANGUAGES[size])
    reviewer.go(f"/desk/cases/{case_id}")
    reviewer.visit.page.locator(".route-map-canvas canvas").wait_for()
    reviewer.is_sound("weak")
    reviewer.page.locator("a[href*='/bridges/']").first.click()
    assert reviewer.page.locator("figure svg").count() >= 1
    reviewer.is_sound("bridge")


def test_the_queue_works_by_keyboard_and_without_scripts(browser: Browser, address: str, desk: Desk) -> None:
    case_id = desk.submit(IN_CITY, vehicle_of("I"))
    seat = Seat(browser, address, desk, f"window@{CITY}", "phone", "zh")
    button = seat.page.locator(f"form[action='/desk/cases/{case_id}/claim'] button")
    button.focus()
    seat.page.keyboard.press("Enter")
    seat.page.locator(f"form[action='/desk/cases/{case_id}/release'] button").wait_for()
    claimed: dict[str, Any] = desk.case(case_id)
    assert claimed["claimed_by"] == "演示window.transport-430300"
    seat.is_sound("queue-claimed")
