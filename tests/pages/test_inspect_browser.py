"""The inspector's story in a browser: a check with signal, another without, and what the phone may keep."""
# ruff: noqa: ANN401 - fixtures of conftest have no importable types

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from api.db.engine import transaction
from api.db.tables import CheckTask, Event, OutboxMessage, Webhook
from api.permits import signing
from api.permits.keys import new_key
from api.permits.record import record_of
from api.permits.revocations import Revocation, make_revocation_list
from api.permits.signed import sign_record
from api.permits.verify import verify
from tests.pages.browsing import PHONE, WIDE, Browser, Visit
from tests.pages.inspecting import form_of
from tests.service.conftest import PASSWORD
from tests.service.issued import Office

READY = "html[data-inspect=ready]"
KEPT_DRAFTS = """() => new Promise((found) => {
  const opening = indexedDB.open("dajian-inspect");
  opening.onsuccess = () => {
    const asked = opening.result.transaction("drafts").objectStore("drafts").getAll();
    asked.onsuccess = () => found(asked.result.map((draft) => draft.task));
  };
})"""
SIZES = {"wide": WIDE, "phone": PHONE}


@pytest.fixture(autouse=True)
def _fresh(browser: Browser) -> Iterator[None]:
    yield
    browser.close_pages()


@pytest.fixture(scope="module")
def office(people: Any, sessions: Any, clock: Any) -> Office:
    made = Office(people, sessions, clock)
    with transaction(sessions) as session:
        session.add(Webhook(url="http://127.0.0.1:9", secret="", topics=["sheet.filed"]))
    return made


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "navy").save(out, "JPEG")
    file = tmp_path / "前方.jpg"
    file.write_bytes(out.getvalue())
    return file


def waiting(office: Office) -> tuple[str, str]:
    number = office.issue(office.three(), vehicle_class="III")
    return number, office.check_of(number)["id"]


def come(browser: Browser, address: str, path: str, login: str = "officer", **more: Any) -> Visit:
    """An officer's phone, signed in, on a page; its clock is the server's."""
    visit = browser.visit(address, "/sign-in", **{"size": PHONE, **more})
    visit.page.clock.set_fixed_time("2026-11-23T01:00:00Z")
    visit.page.locator("#f-login").fill(login)
    visit.page.locator("#f-password").fill(PASSWORD)
    visit.page.locator("main button[type=submit]").click()
    go(visit, address + path)
    return visit


def go(visit: Visit, address: str) -> None:
    visit.page.goto(address)
    ready(visit)


def ready(visit: Visit) -> None:
    visit.page.locator(READY).wait_for(state="attached", timeout=60_000)


def fill_in(page: Page, fields: dict[str, str]) -> None:
    """Every field by hand, step after step where the form goes by steps."""
    while True:
        for name, value in fields.items():
            field = page.locator(f'#sheet [name="{name}"]')
            kind = field.first.get_attribute("type")
            if kind == "radio":
                choice = page.locator(f'#sheet [name="{name}"][value="{value}"]')
                if choice.is_visible():
                    choice.check()
            elif field.is_visible():
                field.fill(value)
        if not page.locator("#step-on").is_visible():
            return
        page.locator("#step-on").click()


def sheet_of(task: CheckTask) -> dict[str, Any]:
    assert task.sheet is not None
    return task.sheet


def task_of(office: Office, check: str) -> CheckTask:
    with office.sessions() as session:
        found: CheckTask | None = session.get(CheckTask, check)
        assert found is not None
        return found


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_the_pages_are_sound(browser: Browser, address: str, office: Office, size: str, language: str) -> None:
    number, check = waiting(office)
    visit = come(browser, address, "/inspect", size=SIZES[size], language=language, dark=language == "en")
    for path in (
        "/inspect",
        "/inspect/permits",
        f"/inspect/permits/{number}",
        f"/inspect/checks/{check}",
        "/inspect/queue",
    ):
        go(visit, address + path)
        assert visit.serious_findings() == [], path
        assert visit.overflow_px() <= 0, path
    assert visit.errors == []
    assert visit.other_hosts(address) == []


def test_a_check_with_signal(browser: Browser, address: str, office: Office, picture: Path) -> None:
    number, check = waiting(office)
    visit = come(browser, address, "/inspect")
    page = visit.page
    page.locator(f'a[href="/inspect/checks/{check}"]').click()
    ready(visit)
    content = office.content(number)
    page.locator("#step-on").click()
    page.locator("#f-height_mm").fill(str(content.vehicle.height_mm + 21))
    assert "超出允许差" in page.locator("#f-height_mm-state").inner_text()
    page.locator("#f-height_mm").fill(str(content.vehicle.height_mm + 20))
    assert "在允许差内" in page.locator("#f-height_mm-state").inner_text()
    page.locator("#step-back").click()
    fill_in(page, form_of(content))
    page.locator("#f-photo_front_45").set_input_files(picture)
    page.locator("#sheet-send").click()
    page.get_by_role("heading", name="核对后提交").wait_for()
    assert "没有超出允许差的项目" in page.locator("main").inner_text()
    assert "1 张" in page.locator("main").inner_text()
    assert visit.overflow_px() <= 0
    assert visit.serious_findings() == []
    page.get_by_role("button", name="提交核查单").click()
    page.get_by_text("通行证已生效，可以起运").wait_for()
    task = task_of(office, check)
    assert task.state == "agrees"
    assert [one["kind"] for one in sheet_of(task)["photos"]] == ["front_45"]
    assert visit.errors == []


def test_a_check_without_scripts(browser: Browser, address: str, office: Office, picture: Path) -> None:
    number, check = waiting(office)
    visit = browser.visit(address, "/sign-in", size=PHONE, scripts=False)
    page = visit.page
    page.locator("#f-login").fill("officer")
    page.locator("#f-password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.goto(f"{address}/inspect/checks/{check}")
    fill_in(page, form_of(office.content(number), lamps="no"))
    page.locator("#f-photo_left").set_input_files(picture)
    page.locator("#sheet-send").click()
    assert "不一致" in page.locator("main").inner_text()
    page.get_by_role("button", name="提交核查单").click()
    assert task_of(office, check).state == "differs"


def test_a_check_without_signal_is_sent_once_there_is(
    browser: Browser, address: str, office: Office, picture: Path
) -> None:
    number, check = waiting(office)
    visit = come(browser, address, "/inspect")
    page, context = visit.page, visit.page.context
    context.set_offline(True)
    go(visit, f"{address}/inspect/checks/{check}")
    assert "离线" in page.locator("#inspect-state").inner_text()
    fill_in(page, form_of(office.content(number)))
    page.locator("#f-photo_front_45").set_input_files(picture)
    page.wait_for_timeout(600)
    page.close()  # the phone's browser is killed
    visit.page = context.new_page()
    visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
    visit.page.clock.set_fixed_time("2026-11-23T01:10:00Z")
    page = visit.page
    go(visit, f"{address}/inspect/checks/{check}")
    assert page.locator("#f-height_mm").input_value() == str(office.content(number).vehicle.height_mm)
    expect(page.locator("[data-thumbs=front_45] img")).to_have_count(1)
    while page.locator("#step-on").is_visible():
        page.locator("#step-on").click()
    page.locator("#sheet-send").click()
    page.get_by_role("button", name="保存，有信号时提交").click()
    page.locator('#queue [data-state="waiting"]').wait_for()
    assert task_of(office, check).state == "open"
    go(visit, f"{address}/inspect/queue")
    page.locator('#queue [data-state="waiting"]').wait_for()
    context.set_offline(False)
    page.locator('#queue [data-state="sent"]').wait_for()
    assert "一致" in page.locator('#queue [data-state="sent"]').inner_text()
    task = task_of(office, check)
    assert (task.state, len(sheet_of(task)["photos"])) == ("agrees", 1)
    with office.sessions() as session:
        filed = [
            one
            for one in session.query(OutboxMessage).filter_by(topic="sheet.filed")
            if one.payload["permit"] == number
        ]
        recorded = [
            one for one in session.query(Event).filter_by(kind="check_recorded") if one.data["permit"] == number
        ]
    assert (len(filed), len(recorded)) == (1, 1)
    assert visit.errors == []


def test_a_sheet_that_came_too_late_says_so(browser: Browser, address: str, office: Office) -> None:
    number, check = waiting(office)
    visit = come(browser, address, "/inspect")
    page, context = visit.page, visit.page.context
    context.set_offline(True)
    go(visit, f"{address}/inspect/checks/{check}")
    fill_in(page, form_of(office.content(number)))
    page.locator("#sheet-send").click()
    page.get_by_role("button", name="保存，有信号时提交").click()
    page.locator('#queue [data-state="waiting"]').wait_for()
    office.people.account(f"colleague-{number}", "enforcement", body_id="transport:430100")
    colleague = office.people.sign_in(f"colleague-{number}")
    fields = form_of(office.content(number), place="别处", csrf_token=colleague.headers["X-CSRF-Token"], step="file")
    assert (
        colleague.post(f"/inspect/checks/{check}", data=fields, headers={"Accept": "application/json"}).status_code
        == 200
    )
    context.set_offline(False)
    late = page.locator('#queue [data-state="over"]')
    late.wait_for()
    assert "核查任务已结束" in late.inner_text()
    assert sheet_of(task_of(office, check))["place"] == "别处"
    # Signing out asks first, for this sheet was never filed; then nothing of it stays on the phone.
    page.get_by_role("button", name="退出").click()
    page.get_by_role("button", name="取消").click()
    assert late.is_visible()
    page.get_by_role("button", name="退出").click()
    page.get_by_role("button", name="删除并退出").click()
    page.wait_for_url(f"{address}/")
    left = page.evaluate(
        """async () => {
            const database = await new Promise((done) => {
                const request = indexedDB.open("dajian-inspect");
                request.onsuccess = () => done(request.result);
            });
            const count = (name) => new Promise((done) => {
                const request = database.transaction(name).objectStore(name).count();
                request.onsuccess = () => done(request.result);
            });
            return [await count("queue"), await count("drafts"), (await caches.keys()).length];
        }"""
    )
    assert left == [0, 0, 0]


def test_a_refused_sheet_is_corrected_and_sent(browser: Browser, address: str, office: Office) -> None:
    number, check = waiting(office)
    visit = come(browser, address, "/inspect")
    page, context = visit.page, visit.page.context
    context.set_offline(True)
    go(visit, f"{address}/inspect/checks/{check}")
    fill_in(page, form_of(office.content(number), officer_certificate_2="A1"))
    page.locator("#sheet-send").click()
    page.get_by_text("须有两名不同的核查人员").wait_for()
    page.get_by_role("button", name="OK").click()
    page.locator("#f-officer_certificate_2").fill("A2")
    page.locator("#f-checked_at").fill("2026-11-23T23:00")  # only the server knows that this is too late
    page.locator("#sheet-send").click()
    page.get_by_role("button", name="保存，有信号时提交").click()
    page.locator('#queue [data-state="waiting"]').wait_for()
    context.set_offline(False)
    refused = page.locator('#queue [data-state="refused"]')
    refused.wait_for()
    assert "核查时间晚于现在" in refused.inner_text()
    refused.get_by_role("button", name="打开修改").click()
    page.wait_for_url(f"{address}/inspect/checks/{check}")
    ready(visit)
    while page.locator("#step-on").is_visible():
        page.locator("#step-on").click()
    page.locator("#f-checked_at").fill("2026-11-23T09:00")
    page.locator("#sheet-send").click()
    page.get_by_role("button", name="提交核查单").click()
    page.get_by_text("通行证已生效，可以起运").wait_for()
    assert task_of(office, check).state == "agrees"


VERIFY = """async ([address, text, kept, now]) => {
    const { verify } = await import(address);
    const { outcome, record, list } = await verify(text, kept, now);
    const told = record && { number: record.number, plates: record.plates, axles: record.axleLoads,
                             conditions: record.conditions.map((one) => one.code), until: record.validUntil };
    return { outcome, list, ...told };
}"""


def test_the_phone_verifies_as_the_server_does(browser: Browser, address: str, office: Office) -> None:
    import base64
    import datetime as dt

    from api.permits.revocations import read_revocation_list

    number, _ = waiting(office)
    held = office.issue(office.form(start=office.clock().date()))
    key, stranger = signing.current().key(), new_key()
    content = office.content(held)
    own = [one.record for one in (*office.versions(number), *office.versions(held))]
    later = content.model_copy(update={"valid_from": content.valid_from + dt.timedelta(days=2)})
    texts = [
        *own,
        f"https://example.org/v?{own[0]}",
        own[1][:-20] + ("A" if own[1][-20] != "A" else "B") + own[1][-19:],
        own[1][:30] + ("A" if own[1][30] != "A" else "B") + own[1][31:],
        own[1][:-3],
        own[1] + "A",
        "DJ1:",
        "nothing at all",
        "DJ1:" + "A" * 200,
        sign_record(record_of(content, stranger.key_id), stranger),
        sign_record(record_of(later, key.key_id), key),
        *(
            sign_record(record_of(content.model_copy(update={"status": status}), key.key_id), key)
            for status in ("revoked", "changed", "expired")
        ),
    ]
    issued = dt.datetime(2026, 11, 23, 8, 0)  # noqa: DTZ001 - local time in China

    def listed(*ended: Revocation, days: int) -> bytes:
        until = issued + dt.timedelta(days=days)
        return make_revocation_list(ended, key, list_number=1, issued_at=issued, next_update=until)

    lists = {"current": listed(days=40), "revoked": listed(Revocation(held, 9, "revoked"), days=1)}
    visit = come(browser, address, "/inspect")
    kept = visit.page.evaluate("async () => (await fetch('/inspect/kept.json')).json()")
    module = next(url for url in kept["files"] if url.endswith("inspect_verify.js"))
    trusted = signing.current().trusted()
    seen = set()
    for name, raw in lists.items():
        for day in (0, 30):
            moment = dt.datetime(2026, 11, 23, 9, 0) + dt.timedelta(days=day)  # noqa: DTZ001 - local time
            now_ms = (moment - dt.timedelta(hours=8)).replace(tzinfo=dt.UTC).timestamp() * 1000
            for text in texts:
                data = {**kept, "revocations": base64.b64encode(raw).decode()}
                found = visit.page.evaluate(VERIFY, [module, text, data, now_ms])
                wanted = verify(text, trusted, revocations=read_revocation_list(raw, trusted), on=moment)
                assert found["outcome"] == wanted.outcome, (name, day, text)
                seen.add(wanted.outcome)
                if wanted.record is not None:
                    assert found["list"] == wanted.revocations
                    assert (found["number"], tuple(found["plates"])) == (wanted.record.number, wanted.record.plates)
                    assert tuple(found["axles"]) == wanted.record.axle_loads_kg
                    assert tuple(found["conditions"]) == wanted.record.condition_codes
                    assert found["until"] == wanted.record.valid_until.isoformat()
    assert seen == {
        "genuine",
        "tampered",
        "revoked",
        "expired",
        "not_yet_valid",
        "unknown_key",
        "awaiting_check",
        "unreadable",
    }
    # A list that somebody altered is as good as none; a browser that cannot verify never says "valid".
    altered = base64.b64encode(lists["revoked"][:-1] + bytes([lists["revoked"][-1] ^ 1])).decode()
    now_ms = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC).timestamp() * 1000
    found = visit.page.evaluate(VERIFY, [module, own[-1], {**kept, "revocations": altered}, now_ms])
    assert (found["outcome"], found["list"]) == ("genuine", "missing")
    cannot = "() => Promise.reject(new DOMException('Ed25519', 'NotSupportedError'))"
    visit.page.evaluate(f"() => {{ SubtleCrypto.prototype.importKey = {cannot}; }}")
    assert visit.page.evaluate(VERIFY, [module, own[-1], kept, now_ms])["outcome"] == "cannot_verify"


def test_a_code_and_a_plate_are_looked_up_without_signal(browser: Browser, address: str, office: Office) -> None:
    number, _ = waiting(office)
    visit = come(browser, address, "/inspect")
    page = visit.page
    page.context.set_offline(True)
    go(visit, f"{address}/inspect/permits")

    def ask(text: str) -> str:
        page.locator("#f-q").fill(text)
        page.locator("#lookup button[type=submit]").click()
        page.locator("#lookup-result > *").first.wait_for()
        return page.locator("#lookup-result").inner_text()

    assert "待核查，不得起运" in ask(office.versions(number)[-1].record)
    assert number in ask(office.content(number).plates[0])
    page.locator("#lookup-result a").first.click()
    ready(visit)
    assert office.content(number).route.phrase in page.locator("main").inner_text()
    go(visit, f"{address}/inspect/permits")
    assert "没有这个通行证" in ask("湘Z99999")
    # The next day the list is out of date, and a week later nothing is shown any more.
    page.clock.set_fixed_time("2026-11-24T03:00:00Z")
    go(visit, f"{address}/inspect/permits")
    assert "数据过旧" in page.locator(".inspect-old").inner_text()
    assert "失效名单已过期" in ask(office.versions(number)[-1].record)


def test_another_account_on_the_phone_sees_nothing_of_the_first(browser: Browser, address: str, office: Office) -> None:
    number, check = waiting(office)
    visit = come(browser, address, f"/inspect/checks/{check}")
    page = visit.page
    page.locator("#step-on").click()
    page.locator("#f-height_mm").fill("4321")
    page.wait_for_timeout(500)
    page.context.clear_cookies(name="dajian_session")
    page.goto(f"{address}/sign-in")
    page.locator("#f-login").fill("far-officer")
    page.locator("#f-password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    go(visit, f"{address}/inspect")
    page.context.set_offline(True)
    go(visit, f"{address}/inspect")
    assert number not in page.content()
    go(visit, f"{address}/inspect/checks/{check}")
    assert "not-kept" in page.url
    page.context.set_offline(False)
    go(visit, f"{address}/inspect")
    page.locator('form[action="/sign-out"] button').click()
    page.locator('a[href^="/sign-in"]').first.wait_for()
    assert page.evaluate(KEPT_DRAFTS) == [check], "what somebody else has not sent yet is theirs"


@pytest.mark.parametrize("path", ["/notifications", "/"])
def test_signing_out_elsewhere_takes_what_the_phone_kept(
    browser: Browser, address: str, office: Office, path: str
) -> None:
    waiting(office)
    visit = come(browser, address, "/inspect")
    page = visit.page
    page.wait_for_function("caches.has('dajian-inspect-1')")
    page.goto(address + path)
    page.locator('form[action="/sign-out"] button').click()
    page.locator('a[href^="/sign-in"]').first.wait_for()
    assert page.evaluate("caches.keys()") == []
    assert visit.errors == []
