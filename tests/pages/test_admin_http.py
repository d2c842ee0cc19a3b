"""The administrator's pages: a county officer's account that signs in, a setting from a day on, the state of it all."""
# ruff: noqa: ANN401 - fixtures of conftest have no importable types

import datetime as dt
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.db.engine import transaction
from api.db.tables import Account, Event, OutboxMessage, Webhook
from api.pages.admin.accounts import ROLES
from api.pages.admin.setting_words import english_titles
from api.provinces.declared import declarations
from api.provinces.settings import setting, settings_of
from api.unit_of_work import Actor, UnitOfWork
from tests.service.issued import COUNTY, Office

PAGE = {"Accept": "text/html"}
PAGES = (
    "/admin",
    "/admin/accounts",
    "/admin/accounts/new",
    "/admin/bodies",
    "/admin/settings",
    "/admin/settings/43/automatic_decision",
    "/admin/ledger",
    "/admin/outbox",
)


@pytest.fixture(scope="module")
def office(people: Any, sessions: Any, clock: Any) -> Office:
    return Office(people, sessions, clock)


@pytest.fixture
def admin(office: Office) -> TestClient:
    client: TestClient = office["admin"]
    return client


def post(client: TestClient, path: str, **fields: Any) -> Any:
    sent = {"csrf_token": client.headers["X-CSRF-Token"], **fields}
    return client.post(path, data=sent, headers=PAGE, follow_redirects=False)


def test_the_pages_are_the_administrators_alone(office: Office, people: Any) -> None:
    for path in PAGES:
        assert people.nobody().get(path, headers=PAGE, follow_redirects=False).status_code == 303, path
        for login in ("carrier", "officer", "window", "approver"):
            assert office[login].get(path, headers=PAGE).status_code == 403, (login, path)
        for language in ("zh", "en"):
            office["admin"].cookies.set("dajian_lang", language)
            assert office["admin"].get(path, headers=PAGE).status_code == 200, path
    office["admin"].cookies.delete("dajian_lang")


def test_a_county_officer_gets_an_account_and_signs_in(office: Office, admin: TestClient, people: Any) -> None:
    fields = {"login": "zhang.county", "display_name": "演示张", "body_id": COUNTY, "roles": ["enforcement"]}
    password = "a long enough phrase 7"  # noqa: S105 - of a test
    made = post(admin, "/admin/accounts/new", **fields, password=password)
    assert made.status_code == 303, made.text
    page = admin.get(made.headers["location"], headers=PAGE).text
    assert "账号已建立" in page
    assert password not in page
    assert "zhang.county" in admin.get("/admin/accounts", params={"q": "zhang"}, headers=PAGE).text
    again = post(admin, "/admin/accounts/new", **fields, password=password)
    assert (again.status_code, "登录名已被使用" in again.text) == (409, True)
    officer = people.nobody()
    assert officer.post("/sign-in", data={"login": "zhang.county", "password": password}).status_code == 200
    assert officer.get("/inspect", headers=PAGE).status_code == 200
    account = made.headers["location"].partition("?")[0]
    closed = post(admin, f"{account}/active", active="no")
    assert closed.status_code == 303
    assert officer.get("/inspect", headers=PAGE, follow_redirects=False).status_code == 303, "its session has ended"
    assert post(admin, f"{account}/active", active="yes").status_code == 303
    assert post(admin, f"{account}/password", password="short").status_code == 422  # noqa: S106 - of a test
    assert post(admin, f"{account}/password", password="another long phrase 8").status_code == 303  # noqa: S106
    assert people.nobody().post("/sign-in", data={"login": "zhang.county", "password": password}).status_code == 401
    changed = post(admin, f"{account}/change", display_name="演示张改", body_id=COUNTY, roles=["enforcement", "window"])
    assert changed.status_code == 303
    with office.sessions() as session:
        row = session.query(Account).filter_by(login="zhang.county").one()
        assert (row.display_name, row.roles) == ("演示张改", ["enforcement", "window"])
        kinds = {one.kind for one in session.query(Event) if one.data.get("account") == str(row.id)}
    assert {"account_created", "account_closed", "account_opened", "password_reset", "account_changed"} <= kinds


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"login": "a b"}, "格式不符合要求"),
        ({"body_id": "transport:999999"}, "没有这个单位"),
        ({"roles": []}, "至少一个角色"),
        ({"roles": ["police"]}, "该单位的账号不能有角色"),
        ({"roles": ["carrier"]}, "不能有角色"),
        ({"password": "1"}, "口令"),
        ({"display_name": "a\x00b"}, "格式不符合要求"),
    ],
)
def test_what_does_not_go_together_is_told(
    office: Office, admin: TestClient, changes: dict[str, Any], said: str
) -> None:
    fields = {"login": "someone", "display_name": "演示某", "body_id": COUNTY, "roles": ["enforcement"]}
    answer = post(admin, "/admin/accounts/new", **{**fields, "password": "a long enough phrase 7", **changes})
    assert answer.status_code == 422
    assert said in answer.text
    assert "field-wrong" in answer.text
    with office.sessions() as session:
        assert session.query(Account).filter_by(login="someone").one_or_none() is None


def test_ones_own_account_has_no_buttons(office: Office, admin: TestClient) -> None:
    with office.sessions() as session:
        own = session.query(Account).filter_by(login="admin").one().id
    page = admin.get(f"/admin/accounts/{own}", headers=PAGE).text
    assert "这是您自己的账号" in page
    assert "/active" not in page
    assert post(admin, f"/admin/accounts/{own}/active", active="no").status_code == 403


def test_a_setting_holds_from_its_day_on(office: Office, admin: TestClient) -> None:
    name = "near_threshold_check_percent"
    path = f"/admin/settings/43/{name}"
    today = office.clock().date()
    begins = today + dt.timedelta(days=5)
    assert declarations()[name].doubt in admin.get(path, headers=PAGE).text
    past = post(admin, path, value="30", valid_from=str(today - dt.timedelta(days=1)))
    assert (past.status_code, "设定不溯及既往" in past.text) == (422, True)
    assert 'value="30"' in past.text
    for wrong in ("101", "x", ""):
        assert post(admin, path, value=wrong, valid_from=str(begins)).status_code == 422
    assert post(admin, path, value="30", valid_from="tomorrow").status_code == 422
    assert post(admin, path, value="30", valid_from=str(begins)).status_code == 303
    page = admin.get(path, headers=PAGE).text
    assert f"{begins} 起" in page
    assert f"{begins} 起" in admin.get("/admin/settings?province=43", headers=PAGE).text
    with office.sessions() as session:
        work = UnitOfWork(session, Actor("管理员", frozenset({"admin"})), office.clock())
        assert setting(work, name, "43", begins) == 30
        assert setting(work, name, "43", today) == declarations()[name].default_value
        assert any(one.data.get("name") == name for one in session.query(Event).filter_by(kind="setting_changed"))


class FormReader(HTMLParser):
    """What a browser would send of the form of a setting: an independent reading of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.labels: set[str] = set()
        self.controls: set[str] = set()
        self._is_inside = False
        self._name = self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {key: value or "" for key, value in attrs}
        if tag == "form":
            self._is_inside = held.get("method") == "post" and held["action"].startswith("/admin/settings")
        if not self._is_inside:
            return
        name = held.get("name", self._name)
        if tag == "label":
            self.labels.add(held.get("for", ""))
        if tag in {"select", "textarea"} or (
            tag == "input" and held.get("type") not in {"hidden", "radio", "checkbox"}
        ):
            self.controls.add(held.get("id", "?"))
        if tag == "select":
            self._name, self.sent[name] = name, []
        elif tag == "option" and ("selected" in held or not self.sent[name]):
            self.sent[name] = [held["value"]]  # the first one where none is selected
        elif tag == "textarea":
            self._name, self._text = name, ""
        elif tag == "input" and (held.get("type") not in {"radio", "checkbox"} or "checked" in held):
            self.sent.setdefault(name, []).append(held.get("value", ""))

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.sent[self._name] = [self._text.removeprefix("\n")]


def form_of(page: str) -> FormReader:
    reader = FormReader()
    reader.feed(page)
    assert reader.controls <= reader.labels, "every field has its label"
    return reader


def test_the_form_of_every_setting_takes_back_what_it_shows(office: Office, admin: TestClient) -> None:
    """For every setting: the value of today, sent as the form sends it, is taken and is the same value."""
    today = str(office.clock().date())
    with office.sessions() as session:
        work = UnitOfWork(session, Actor("管理员", frozenset({"admin"})), office.clock())
        before = {state.name: state.value for state in settings_of(work, "11")}
    for name, value in before.items():
        sent = form_of(admin.get(f"/admin/settings/11/{name}", headers=PAGE).text).sent
        sent.pop("csrf_token")
        answer = post(admin, f"/admin/settings/11/{name}", **{**sent, "valid_from": today})
        assert answer.status_code == 303, (name, value, sent)
    with office.sessions() as session:
        work = UnitOfWork(session, Actor("管理员", frozenset({"admin"})), office.clock())
        after = {state.name: state.value for state in settings_of(work, "11")}
    assert after == before


def test_no_value_is_shown_as_it_is_stored(admin: TestClient) -> None:
    """No brackets, no keys of the program: rows, units and words, in the list and on the page of each."""
    pages = ["/admin/settings?province=12", *(f"/admin/settings/12/{name}" for name in declarations())]
    for path in pages:
        page = admin.get(path, headers=PAGE).text.partition("<main")[2]
        text = re.sub(r"<[^>]+>", " ", re.sub(r"<p class=.hint.*?</p>|<code>.*?</code>", "", page, flags=re.DOTALL))
        assert not re.search(r"[{}\[\]]|\btrue\b|\bfalse\b|&#34;", text), (path, text)
    listed = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", admin.get(pages[0], headers=PAGE).text))
    for said in (
        "60,000 kg",
        "一类 1个工作日 二类 2个工作日 三类 5个工作日",
        "三类 10个工作日",
        "50% 80% 100%",
        "机器审查 1个工作日",
        "20 mm",
        "10‰",
        "6个月",
        "365天",
        "30次／小时",
        "结论和荷载效应比分档",
    ):
        assert said in listed, said


def test_every_setting_has_a_title_in_english(admin: TestClient) -> None:
    assert set(english_titles()) == {name for name, one in declarations().items() if not one.title_en}
    admin.cookies.set("dajian_lang", "en")
    page = admin.get("/admin/settings?province=12", headers=PAGE).text
    admin.cookies.delete("dajian_lang")
    titles = re.findall(r'<a href="/admin/settings/12/[^"]*">(.*?)</a>', page)
    assert len(titles) == len(declarations())
    assert not re.search("[\u4e00-\u9fff]", "".join(titles))


@pytest.mark.parametrize(
    ("name", "sent", "field", "said"),
    [
        ("service.opinion_days", {"value_I": "1", "value_II": "x", "value_III": "5"}, "value_II", "须为整数"),
        ("service.opinion_days", {"value_I": "1", "value_II": "0", "value_III": "5"}, "value_II", "须为不小于1的整数"),
        ("dispatch.opinion_working_days", {"value_I": "1"}, "value_unknown", "须填写"),
        ("dispatch.ask", dict.fromkeys(("value_none", "value_I", "value_II"), "perhaps"), "value_II", "请选一项"),
        ("automatic_decision_mass_kg", {"value": "1000001"}, "value", "须为0至1000000的整数"),
        ("permits.tolerance_height_mm", {"value": "-1"}, "value", "须为不小于0的整数"),
        ("bridge_bands_percent", {"value": "80\r\n50"}, "value", "递增"),
        ("dispatch.maintainers", {"value": "perhaps"}, "value", "请选一项"),
    ],
)
def test_a_fault_stands_at_its_field_and_what_was_typed_stays(
    office: Office, admin: TestClient, name: str, sent: dict[str, str], field: str, said: str
) -> None:
    answer = post(admin, f"/admin/settings/13/{name}", **sent, valid_from=str(office.clock().date()))
    assert answer.status_code == 422
    fault = re.search(rf'id="f-{field}-fault">(.*?)</p>', answer.text, re.DOTALL)
    assert fault
    assert said in fault[1]
    kept = form_of(answer.text).sent
    assert all(kept[key][0].split() == text.split() for key, text in sent.items() if text != "perhaps")


def test_rows_are_set_left_out_and_who_set_them_is_told(office: Office, admin: TestClient) -> None:
    path, today = "/admin/settings/14/service.promised_days", str(office.clock().date())
    sent = {"value_I": "2", "value_II": " 4 ", "value_III": ""}
    assert post(admin, path, **sent, valid_from=today).status_code == 303
    with office.sessions() as session:
        work = UnitOfWork(session, Actor("管理员", frozenset({"admin"})), office.clock())
        assert setting(work, "service.promised_days", "14", office.clock().date()) == {"I": 2, "II": 4}
        who = session.query(Account).filter_by(login="admin").one().display_name
    for page in (path, "/admin/settings?province=14"):
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", admin.get(page, headers=PAGE).text))
        assert "一类 2个工作日 二类 4个工作日" in text
        assert f"自 {today} 起" in text
        assert f"{who}设定于" in text
    assert "湖南三类承诺10个工作日" in admin.get(path, headers=PAGE).text, "the source"
    assert post(admin, "/admin/settings/00/registrations_a_day", value="7", valid_from=today).status_code == 303
    assert "全国设定" in admin.get("/admin/settings/15/registrations_a_day", headers=PAGE).text


def test_unknown_settings_and_provinces_are_not_found(admin: TestClient) -> None:
    for path in ("/admin/settings/43/nothing", "/admin/settings/99/automatic_decision", "/admin/settings?province=99"):
        assert admin.get(path, headers=PAGE).status_code == 404
    assert post(admin, "/admin/settings/43/nothing", value="1", valid_from="2026-12-01").status_code == 404


def test_the_ledger_is_read_through_when_asked(office: Office, admin: TestClient) -> None:
    page = post(admin, "/admin/ledger").text
    assert "台账完整" in page
    assert not re.findall(r"<td[^>]*>([a-z_]+)</td>", page), "events have words"
    alter = "UPDATE event SET at = at {} interval '1 microsecond' WHERE seq = 1"
    for sign, said in (("+", "台账不完整"), ("-", "台账完整")):
        with transaction(office.sessions) as session:
            for statement in ("DISABLE TRIGGER ALL", alter.format(sign), "ENABLE TRIGGER ALL"):
                session.execute(text(statement if statement.startswith("UPDATE") else f"ALTER TABLE event {statement}"))
        assert said in post(admin, "/admin/ledger").text


def test_a_message_that_was_given_up_is_sent_again(office: Office, admin: TestClient) -> None:
    with transaction(office.sessions) as session:
        hook = Webhook(url="http://127.0.0.1:9/hook", secret="", topics=["*"])
        session.add(hook)
        session.flush()
        session.add(
            OutboxMessage(
                webhook_id=hook.id,
                topic="permit.issued",
                payload={"permit": "1"},
                created_at=office.clock(),
                next_attempt_at=office.clock(),
                attempts=9,
                given_up_at=office.clock(),
                last_error="refused",
            )
        )
    page = admin.get("/admin/outbox?state=given_up", headers=PAGE).text
    assert "http://127.0.0.1:9/hook" in page
    path = re.search(r'action="(/admin/outbox/[^"]+/send)"', page)
    assert path
    assert post(admin, path[1]).status_code == 303
    with office.sessions() as session:
        assert session.query(OutboxMessage).one().given_up_at is None
    assert "没有消息" in admin.get("/admin/outbox?state=given_up", headers=PAGE).text


def test_failed_jobs_are_shown(office: Office, admin: TestClient) -> None:
    with transaction(office.sessions) as session:
        insert = "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status, attempts)"
        session.execute(text(f"{insert} VALUES ('default', 'broken_task', 0, '{{}}', 'failed', 3)"))
        session.execute(text(f"{insert} VALUES ('default', 'due_task', 0, '{{}}', 'todo', 0)"))
    page = admin.get("/admin", headers=PAGE).text
    assert "broken_task" in page
    assert re.search(r"badge-blocked.*?</span>1</span>", page)
    assert re.search(r"badge-passes.*?</span>0</span>", page), "no message was given up"


def test_every_role_that_an_office_has_is_offered(admin: TestClient) -> None:
    page = admin.get("/admin/accounts/new", headers=PAGE).text
    assert re.findall(r'name="roles" value="(\w+)"', page) == list(ROLES)
    assert "carrier" not in ROLES
