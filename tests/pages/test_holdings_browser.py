"""Own data in a browser: a bridge inventory from upload to approval, a closure typed in, on a screen and on a phone."""
# ruff: noqa: ANN401, ARG001, F811 - fixtures of conftest have no importable types and are found by their names

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from api.cases import grounds
from api.holdings.publishing import publish_holdings
from tests.pages.browsing import PHONE, WIDE, Browser, Visit
from tests.service.conftest import PASSWORD, desk  # noqa: F401 - a fixture
from tests.service.desk import TWO_CITIES, Desk, network_folder, vehicle_of
from tests.service.test_holdings import county, rebuilt, weak_row

PAGES = ("/inbox", "/holdings", "/holdings/upload?kind=bridges", "/holdings/closures/new")


@pytest.fixture(scope="module")
def office(address: str, desk: Desk, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The desk on grounds that know what offices publish."""
    folder = network_folder()
    published = tmp_path_factory.mktemp("published")
    grounds.use(grounds.Source(folder, folder / "overlays", database=engine, published=published))
    yield desk
    grounds.use(None)


@pytest.fixture(autouse=True)
def _fresh(browser: Browser) -> Iterator[None]:
    yield
    browser.close_pages()


def signed_in(browser: Browser, address: str, desk: Desk, login: str, path: str, **how: Any) -> Visit:
    _ = desk[login]
    visit = browser.visit(address, f"/sign-in?next={path}", **how)
    visit.page.locator("#f-login").fill(login.replace("@", ".").replace(":", "-").replace("_", "-"))
    visit.page.locator("#f-password").fill(PASSWORD)
    visit.page.locator("main form button").click()
    return visit


def sound(visit: Visit, address: str) -> None:
    assert visit.errors == []
    assert visit.other_hosts(address) == []
    assert visit.serious_findings() == []
    assert visit.overflow_px() <= 0


@pytest.mark.parametrize(("size", "language"), [(WIDE, "zh"), (PHONE, "en")])
def test_the_pages_are_sound(browser: Browser, address: str, office: Desk, size: Any, language: str) -> None:
    login = f"reviewer@{county()}"
    visit = signed_in(browser, address, office, login, PAGES[0], size=size, language=language)
    for path in PAGES:
        visit.page.goto(address + path)
        sound(visit, address)


@pytest.mark.parametrize(("size", "language"), [(WIDE, "zh"), (PHONE, "en")])
def test_a_packet_is_answered_in_two_clicks(
    browser: Browser, address: str, office: Desk, size: Any, language: str
) -> None:
    case_id = office.submit(TWO_CITIES, vehicle_of("II"))
    office.accept(case_id)
    body_id = next(iter(office.asked(case_id)))
    login = office.speaker_of(body_id)
    visit = signed_in(browser, address, office, login, "/inbox", size=size, language=language, dark=language == "en")
    visit.page.locator(".inbox-row .button").last.click()
    visit.wait_for_map()
    sound(visit, address)
    if not visit.page.locator("#answer input[type=radio]:checked").count():
        visit.page.locator("#do-agree").check()
    assert not visit.page.locator(".for-object").count() or not visit.page.locator(".for-object").first.is_visible()
    visit.page.locator("#answer button").click()
    visit.page.locator(".notice-passes").wait_for()
    assert office.case(case_id)["packets"]
    assert visit.errors == []


def test_an_inventory_from_upload_to_publication(browser: Browser, address: str, office: Desk, tmp_path: Path) -> None:
    file = tmp_path / "桥梁.csv"
    far = weak_row() | {"桥梁身份码": "远方", "桥梁名称": "远方一桥", "经度": "110.5", "纬度": "26.5", "中心桩号": ""}
    file.write_bytes(rebuilt() + rebuilt(**far).split(b"\n", 1)[1])
    visit = signed_in(browser, address, office, f"reviewer@{county()}", "/holdings/upload?kind=bridges", size=PHONE)
    visit.page.locator("#f-file").set_input_files(file)
    visit.page.get_by_role("button", name="上传并预览").click()
    assert "不在本单位辖区内" in visit.page.locator("main").inner_text()
    assert "跨径组合" in visit.page.locator("main").inner_text()
    sound(visit, address)
    visit.page.get_by_role("button", name="提交核准").click()
    assert visit.page.get_by_role("button", name="核准发布").count() == 0, "never the one who asked"
    colleague = signed_in(browser, address, office, f"approver@{county()}", "/holdings")
    colleague.page.get_by_role("button", name="核准发布").click()
    colleague.page.locator(".notice-passes").wait_for()
    office.run(publish_holdings)
    colleague.page.reload()
    assert "现行有效" in colleague.page.locator("section:has(#force-title)").inner_text()
    sound(colleague, address)


def test_a_closure_is_typed_published_and_ended(browser: Browser, address: str, office: Desk) -> None:
    graph = grounds.current().network.graph
    row = weak_row()
    visit = signed_in(browser, address, office, f"reviewer@{county()}", "/holdings/closures/new", size=WIDE)
    visit.page.get_by_label("位置").fill(f"{row['经度']},{row['纬度']}")
    visit.page.get_by_label("原因").fill("桥面铺装施工")
    visit.page.get_by_role("button", name="预览").click()
    assert "请填写止期" in visit.page.locator("main").inner_text()
    assert visit.page.get_by_label("原因").input_value() == "桥面铺装施工"
    visit.errors.clear()  # the browser tells of the 422
    visit.page.get_by_label("另行通知为止").check()
    visit.page.get_by_role("button", name="预览").click()
    before = grounds.current().closures
    visit.page.get_by_role("button", name="立即发布这 1 项管制").click()
    assert "桥面铺装施工" in visit.page.locator("#closures").inner_text()
    assert len(grounds.current().closures) == len(before) + 1
    assert grounds.current().network.graph is graph
    sound(visit, address)
    visit.page.locator("#closures summary", has_text="提前解除").click()
    visit.page.locator("#closures input[name=reason]").fill("完工")
    visit.page.get_by_role("button", name="确认解除").click()
    assert grounds.current().closures == before
