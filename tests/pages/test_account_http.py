"""Pages of one's own account as answers: registration, joining, password, tokens, notifications, webhooks."""
# ruff: noqa: ANN401, S106 - fixtures of conftest have no importable types

import re
import uuid
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.db.engine import transaction
from api.notifications.inbox import notify
from api.unit_of_work import UnitOfWork
from tests.service.conftest import PASSWORD

HTML = {"Accept": "text/html,application/xhtml+xml"}
FIRM = {
    "name": "新办大件有限公司",
    "credit_code": "91430000MA4L00001J",
    "display_name": "新经办人",
    "login": "newcomer",
    "password": PASSWORD,
}


def browser_of(app: FastAPI) -> TestClient:
    return TestClient(app, raise_server_exceptions=False, headers=HTML, follow_redirects=False)


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]*)"', page)
    assert found
    return found[1]


def signed_in(app: FastAPI, login: str) -> TestClient:
    client = browser_of(app)
    answer = client.post("/sign-in", data={"login": login, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return client


def send(client: TestClient, path: str, *, on: str, **data: Any) -> Any:
    """Send a form of the page `on` as a browser does."""
    return client.post(path, data={"csrf_token": token_of(client.get(on).text), **data})


@pytest.fixture(scope="module")
def firm(app: FastAPI) -> TestClient:
    """The first account of a firm that registered on the page."""
    from stdnum.cn import uscc

    stem = FIRM["credit_code"][:-1]
    FIRM["credit_code"] = stem + uscc.calc_check_digit(stem)
    client = browser_of(app)
    answer = client.post("/register", data=FIRM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/my?welcome=1"), answer.text
    return client


def test_a_firm_registers_and_is_signed_in_at_once(firm: TestClient) -> None:
    page = firm.get("/account").text
    for said in ("新办大件有限公司", FIRM["credit_code"], "newcomer", "新经办人"):
        assert said in page
    assert "生成邀请码" in page


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"credit_code": "911100006000373410"}, "统一社会信用代码（18位，末位为校验码）"),
        ({"credit_code": "…"}, "不是有效的统一社会信用代码"),
        ({"credit_code": "911100006000373410", "login": "x"}, "末位为校验码"),
        ({"credit_code": "911100006000373410", "password": "short"}, "口令须为10至200个字符"),
        ({"login": "x", "password": "short"}, "口令须为10至200个字符"),
        ({"password": "short"}, "口令须为10至200个字符"),
        ({"password": ""}, "未填写"),
        ({"name": "", "login": "x"}, "3至60个字符"),
        ({"login": "\x00a"}, "3至60个字符"),
        ({"credit_code": "91110000600037341L", "login": "NEWCOMER"}, "登录名已被使用"),
    ],
)
def test_faults_of_a_registration_stand_at_their_fields(
    app: FastAPI, firm: TestClient, change: dict[str, str], fault: str
) -> None:
    assert firm is not None
    sent = FIRM | {"login": "another", "credit_code": "91110000600037341L"} | change
    answer = browser_of(app).post("/register", data=sent)
    assert answer.status_code in {409, 422}
    assert fault in answer.text
    assert 'value="新经办人"' in answer.text, "what was typed is kept"
    assert PASSWORD not in answer.text


def test_a_registered_firm_is_joined_by_invitation_alone(app: FastAPI, firm: TestClient, clock: Any) -> None:
    clock.forward(seconds=1)
    again = browser_of(app).post("/register", data=FIRM | {"login": "somebody"})
    assert again.status_code == 409
    assert "邀请码" in again.text
    made = send(firm, "/account/invitations", on="/account").text
    code = re.search(r"dji_[\w-]+", made)
    assert code
    assert code[0] in browser_of(app).get(f"/register?invitation={code[0]}").text
    joining = {"invitation": code[0], "display_name": "同事", "login": "colleague", "password": PASSWORD}
    colleague = browser_of(app)
    assert colleague.post("/register/join", data=joining).status_code == 303
    page = colleague.get("/account").text
    assert "新办大件有限公司" in page
    assert "由本企业的首个账号邀请同事" in page
    assert send(colleague, "/account/invitations", on="/account").status_code == 403
    used = browser_of(app).post("/register/join", data=joining | {"login": "third-one"})
    assert used.status_code == 422
    assert "邀请码无效、已使用或已过期" in used.text


def test_another_site_cannot_register_anybody(app: FastAPI) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert browser_of(app).post("/register", data=FIRM, headers=headers).status_code == 403


def test_the_password_changes_and_other_devices_are_signed_out(app: FastAPI, people: Any) -> None:
    people.account("own-page", "carrier", carrier_id=people.carrier())
    here, there = signed_in(app, "own-page"), signed_in(app, "own-page")
    wrong = send(here, "/account/password", on="/account", old_password="no", new_password="another good sentence")
    assert wrong.status_code == 422
    assert "原口令不正确" in wrong.text
    assert there.get("/account").status_code == 200
    right = send(here, "/account/password", on="/account", old_password=PASSWORD, new_password="another good sentence")
    assert (right.status_code, right.headers["location"]) == (303, "/account?done=password")
    assert here.get("/account").status_code == 200
    assert there.get("/account").headers["location"].startswith("/sign-in")


def test_other_devices_are_signed_out_alone(app: FastAPI, people: Any) -> None:
    people.account("two-devices", "carrier", carrier_id=people.carrier())
    here, there = signed_in(app, "two-devices"), signed_in(app, "two-devices")
    assert send(here, "/account/sessions", on="/account").status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303


def test_notifications_are_counted_read_and_lead_to_their_case(
    app: FastAPI, people: Any, sessions: Any, clock: Any
) -> None:
    carrier_id = people.carrier("91430000MA4L000002", "演示另一家")
    people.account("told", "carrier", carrier_id=carrier_id)
    people.account("untold", "carrier", carrier_id=people.carrier())
    case_id = uuid.uuid4()
    with transaction(sessions) as session:
        from api.unit_of_work import SYSTEM

        work = UnitOfWork(session, SYSTEM, clock())
        first = notify(work, kind="x", text_zh="有事<b>", text_en="news", carrier_id=carrier_id, case_id=case_id).id
        notify(work, kind="x", text_zh="又一件", text_en="more", carrier_id=carrier_id)
    client = signed_in(app, "told")
    page = client.get("/notifications").text
    assert re.search(r'class="count"> 2<', page)
    assert "有事&lt;b&gt;" in page
    assert re.search(r"2026-11-23 09:0\d", page), "China standard time"
    other = signed_in(app, "untold")
    assert "有事" not in other.get("/notifications").text
    assert send(other, f"/notifications/{first}/read", on="/notifications").status_code == 404
    answer = send(client, f"/notifications/{first}/read", on="/notifications")
    assert answer.headers["location"] == f"/my/cases/{case_id}"
    unread = client.get("/notifications?unread=true").text
    assert "又一件" in unread
    assert "有事" not in unread
    assert send(client, "/notifications/read", on="/notifications").status_code == 303
    assert 'class="count"' not in client.get("/notifications").text


def test_a_notification_of_a_case_that_is_not_with_the_reader_says_so(
    app: FastAPI, people: Any, sessions: Any, clock: Any
) -> None:
    people.account("elsewhere", "police", body_id=people.body("police:430300", kind="police", code="430300"))
    with transaction(sessions) as session:
        from api.unit_of_work import SYSTEM

        work = UnitOfWork(session, SYSTEM, clock())
        told = {"kind": "x", "text_zh": "分发件已撤回", "text_en": "taken back"}
        one = notify(work, **told, body_id="police:430300", case_id=uuid.uuid4()).id
    client = signed_in(app, "elsewhere")
    assert "不由您查看" not in client.get("/notifications").text
    answer = send(client, f"/notifications/{one}/read", on="/notifications")
    assert answer.headers["location"] == "/notifications?away=true"
    assert "不由您查看" in client.get(answer.headers["location"]).text


def test_administrators_issue_tokens_and_set_webhooks_and_nobody_else(app: FastAPI, people: Any) -> None:
    body = people.body("transport:430000", level="province", code="430000")
    people.account("pages-admin", "admin", body_id=body)
    program = people.account("pages-program", "service", body_id=body)
    people.account("not-admin", "carrier", carrier_id=people.carrier())
    admin, carrier = signed_in(app, "pages-admin"), signed_in(app, "not-admin")
    for path in ("/account/tokens", "/notifications/webhooks"):
        assert carrier.get(path).status_code == 403
        assert path not in carrier.get("/account").text + carrier.get("/notifications").text
    issued = send(
        admin, "/account/tokens", on="/account/tokens", account_id=program.id, name="联调", expires_on="2027-03-01"
    )
    token = re.search(r"dj[\w]*_[\w-]{20,}", issued.text)
    assert token, issued.text
    listed = admin.get("/account/tokens").text
    assert "联调" in listed
    assert token[0] not in listed, "shown once"
    late = send(
        admin, "/account/tokens", on="/account/tokens", account_id=program.id, name="太久", expires_on="2029-03-01"
    )
    assert late.status_code == 422
    assert "不超过366天" in late.text
    token_id = re.search(r"/account/tokens/([0-9a-f-]{36})/revoke", listed)
    assert token_id
    send(admin, f"/account/tokens/{token_id[1]}/revoke", on="/account/tokens")
    assert "吊销" in admin.get("/account/tokens").text

    bad = send(admin, "/notifications/webhooks", on="/notifications/webhooks", url="ftp://x", topics=["permit.issued"])
    assert bad.status_code == 422
    made = send(
        admin,
        "/notifications/webhooks",
        on="/notifications/webhooks",
        url="https://example.test/hook",
        topics=["permit.issued", "case.*"],
    )
    assert "whsec_" in made.text
    hooks = admin.get("/notifications/webhooks").text
    assert "whsec_" not in hooks
    hook = re.search(r"/webhooks/([0-9a-f-]{36})/off", hooks)
    assert hook
    send(admin, f"/notifications/webhooks/{hook[1]}/off", on="/notifications/webhooks")
    assert "停用 ·" in admin.get("/notifications/webhooks").text
    send(admin, f"/notifications/webhooks/{hook[1]}/remove", on="/notifications/webhooks")
    assert "example.test" not in admin.get("/notifications/webhooks").text


def test_nobody_is_led_to_sign_in(app: FastAPI) -> None:
    for path in ("/account", "/notifications", "/account/tokens"):
        answer = browser_of(app).get(path)
        assert answer.headers["location"] == f"/sign-in?next={path}"
