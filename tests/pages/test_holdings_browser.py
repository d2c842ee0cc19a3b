"""Own data in a browser: a bridge inventory from upload to approval, a closure typed in, on a screen and on a phone."""
# ruff: noqa: ANN401, ARG001, F811 - fixtures of conftest have no importable types and are found by their names

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from api.cases import grounds
from api.holdings.publishing import publish_holdings
from tests.pages.browsing import PHONE, WIDE, Browser, Visit
from tests.service.conftest import PASSWORD, desk  # noqa: F401 - a fixture
from tests.service.desk import TWO_CITIES, Desk, network_folder, vehicle_of
from tests.service.test_holdings import URL, asked, county, rebuilt, uploaded, weak_row

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


def job_of(office: Desk, change: str, status: str) -> None:
    """Let the queue say that a worker has the job, or that it is done with it."""
    with office.sessions.begin() as session:
        if status == "done":
            session.execute(text("DELETE FROM procrastinate_jobs WHERE args->>'change' = :id"), {"id": change})
        else:
            how = "UPDATE procrastinate_jobs SET status = :status WHERE args->>'change' = :id"
            session.execute(text(how), {"id": change, "status": status})


@pytest.mark.parametrize(
    ("size", "language", "words"),
    [
        (WIDE, "zh", ("等待生成路网", "正在生成路网", "已生效")),
        (PHONE, "en", ("waiting", "the network is being made", "in force")),
    ],
)
def test_the_making_of_the_network_is_followed(
    browser: Browser, address: str, office: Desk, size: Any, language: str, words: tuple[str, str, str]
) -> None:
    writer, approver = f"reviewer@{county()}", f"approver@{county()}"
    version = uploaded(office, writer, rebuilt())["id"]
    change = asked(office, writer, version)
    assert office[approver].post(f"{URL}/changes/{change}/approve").status_code == 200
    followed = signed_in(browser, address, office, writer, "/holdings", size=size, language=language)
    plain = signed_in(browser, address, office, approver, "/holdings", size=size, language=language, scripts=False)
    file = signed_in(browser, address, office, writer, f"/holdings/versions/{version}", size=size, language=language)
    visits = (followed, plain, file)
    badges = [visit.page.locator("#progress .badge") for visit in visits]
    for badge in badges:
        assert words[0] in badge.first.inner_text()
    followed.page.evaluate("window.isTheSamePage = true")
    for status, word in (("doing", words[1]), ("done", words[2])):
        if status == "done":
            office.run(publish_holdings)
        job_of(office, change, status)
        badges[0].filter(has_text=word).wait_for()
        assert word not in badges[1].first.inner_text(), "nothing moves without scripts"
        plain.page.reload()
        assert word in badges[1].first.inner_text()
        sound(followed, address)
        assert plain.overflow_px() <= 0
    assert followed.page.evaluate("window.isTheSamePage"), "never reloaded under somebody's hands"
    network = grounds.current().network.graph.network_id.removeprefix("sha256:")[:16]
    assert network in followed.page.locator("#progress").inner_text()
    assert followed.page.locator("#in-force a").count() == 1
    file.page.locator("#progress").wait_for(state="detached")
    sound(file, address)
    asks = len(followed.requests)
    followed.page.wait_for_timeout(6000)
    assert len(followed.requests) == asks, "what is done is asked for no more"


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
