"""The pages for everybody: numbers of the law and of the province, plain answers about permits, published figures."""
# ruff: noqa: ANN401 - fixtures of conftest have no importable types

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.cases import grounds
from api.db.engine import transaction
from api.db.tables import Case, PublishedFigures
from api.pages.language import FOLDER, catalogue
from api.pages.page import templates
from api.pages.public.clauses import clause_name
from api.permits.issuing import end_permits
from api.provinces.settings import set_setting
from api.unit_of_work import Actor, UnitOfWork
from tests.service.issued import Office

HTML = {"Accept": "text/html"}
TAGS = re.compile(r"<[^>]+>")


@pytest.fixture(scope="module")
def office(people: Any, sessions: Any, clock: Any) -> Office:
    return Office(people, sessions, clock)


@pytest.fixture
def client(app: FastAPI, network: grounds.Source) -> TestClient:
    assert network
    return TestClient(app, raise_server_exceptions=False, headers=HTML, follow_redirects=False)


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(TAGS.sub(" ", html)))


def shown(client: TestClient, path: str, **query: str) -> str:
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text[:300]
    return words_of(answer.text)


def choose(office: Office, name: str, value: object, valid_from: dt.date) -> None:
    admin = Actor(
        "管理员", frozenset({"admin"}), body_id="transport:430000", body_level="province", division_code="430000"
    )
    with transaction(office.sessions) as session:
        set_setting(UnitOfWork(session, admin, office.clock()), "43", name, value, valid_from)


# The guide


def test_the_guide_tells_the_numbers_of_the_order(client: TestClient) -> None:
    """Typed from the published text of Order 62, articles 3, 15 and 17."""
    said = shown(client, "/guide")
    for number in ("> 4.00 m", "> 2.55 m", "> 18.10 m", "> 49 t", "> 46 t", "> 18 t"):
        assert number in said, number
    assert "高 ≤ 4.20 m ，且宽 ≤ 3.00 m ，且长 ≤ 20.00 m" in said.replace("，且", " ，且")
    assert "高 > 4.50 m，或者宽 > 3.75 m，或者长 > 28.00 m，或者总质量 > 100 t" in said
    days = re.findall(r"本省内 (\d+) 个工作日 跨省 (\d+) 个工作日", said)
    assert days == [("2", "5"), ("5", "10"), ("15", "20")]
    assert re.search(r"普通平板车（每轴） > 10 t > 13 t", said)
    assert re.search(r"液压平板车（每轴线） > 18 t > 20 t", said)
    assert "《超限运输车辆行驶公路管理规定》第十五条第一款第三项" in said
    assert "《公路安全保护条例》第三十六条第一款第四项" in said


def test_the_guide_follows_the_province_and_the_day(client: TestClient, office: Office) -> None:
    today = office.clock().date()
    later = today + dt.timedelta(days=30)
    choose(office, "service.promised_days", {"III": 8}, later)
    assert re.findall(r"本省承诺 (\d+)", shown(client, "/guide", province="43")) == ["10"]
    assert re.findall(r"本省承诺 (\d+)", shown(client, "/guide", province="43", on=later.isoformat())) == ["8"]
    assert f'value="{later}"' in client.get("/guide", params={"on": later.isoformat()}).text


def test_no_number_of_the_guide_stands_in_a_template_or_message() -> None:
    """What a page says of the law is generated: a number written by hand would stay when the law changes."""
    for name in ("public_guide.html.j2", "public_parts.html.j2"):
        source = templates().loader.get_source(templates(), name)[0]  # type: ignore[union-attr]
        text = re.sub(r"\{[%{#].*?[%}#]\}", "", source, flags=re.DOTALL)
        assert re.findall(r"\d+", TAGS.sub("", text)) == [], name
        for key in re.findall(r'"(public\.\w+)"', source):
            assert re.findall(r"\d+", re.sub(r"\{\w+\}", "", catalogue()[key]["zh"])) == [], key
    assert (FOLDER / "public.yaml").is_file()


def test_a_day_before_the_law_is_said(client: TestClient) -> None:
    assert "这一天的条文没有收录" in shown(client, "/guide", on="2016-01-01")
    assert client.get("/review-rules", params={"on": "2016-01-01"}).status_code == 200


@pytest.mark.parametrize("path", ["/guide", "/review-rules", "/statistics"])
@pytest.mark.parametrize("query", [{"province": "99"}, {"province": "x"}])
def test_an_unknown_province_is_a_plain_fault(client: TestClient, path: str, query: dict[str, str]) -> None:
    answer = client.get(path, params=query)
    assert answer.status_code == 422
    assert "没有这个省份" in answer.text


def test_a_wrong_day_is_a_plain_fault(client: TestClient) -> None:
    answer = client.get("/guide", params={"on": "1.1.2026"})
    assert answer.status_code == 422
    assert "日期应写成" in answer.text


def test_pages_work_without_a_network(client: TestClient, tmp_path: Any) -> None:
    before = grounds.Source(tmp_path / "none", tmp_path / "none")
    kept = grounds._source
    grounds.use(before)
    try:
        assert "全国通用设定" in shown(client, "/guide")
    finally:
        grounds.use(kept)


# The published rules


def test_the_rules_hold_every_item_and_setting(client: TestClient, office: Office) -> None:
    html = client.get("/review-rules").text
    said = words_of(html)
    assert "机器比对 21 项" in said
    for title in ("经办人身份", "轴荷分布合理性", "同一货物的申报变化"):
        assert title in said
    assert "4.50 m 以下通过，5.00 m 以下附条件" in said
    assert "技术状况 3 类 0.75" in said
    assert "剩余不多于 1 个工作日或者 20%" in said
    assert "sha256:" in said
    assert "疑问：无" not in said
    assert office


def test_automatic_decision_is_told_as_it_is_set(client: TestClient, office: Office) -> None:
    assert "本省没有打开自动决定" in shown(client, "/review-rules")
    choose(office, "automatic_decision", True, office.clock().date())
    choose(office, "automatic_decision_mass_kg", 55_000, office.clock().date())
    said = shown(client, "/review-rules")
    assert "本省已打开自动决定" in said
    assert "总质量不超过 55 t" in said
    assert "类别属于：一类" in said


def test_clauses_are_named_in_both_languages() -> None:
    assert clause_name("ord62-17.1.2", "zh") == "《超限运输车辆行驶公路管理规定》第十七条第一款第二项"
    assert clause_name("ord62-10", "zh") == "《超限运输车辆行驶公路管理规定》第十条"
    assert clause_name("all-78", "zh") == "《行政许可法》第七十八条"
    assert clause_name("hsr-36.1.4", "en") == "Highway Safety Regulation art. 36(1)(4)"


# The check of a permit


def test_a_valid_permit_is_said_to_be_valid(client: TestClient, office: Office) -> None:
    form = office.form()
    number = office.issue(form)
    html = client.get("/verify", params={"number": f" {number.lower()} "}).text
    assert "answer-passes" in html
    said = words_of(html)
    assert "有效" in said
    assert number in said
    for secret in (form["carrier"]["name"], form["carrier"]["mobile"], form["tractor"]["plate"], form["cargo"]["name"]):
        assert secret not in html


def test_an_unknown_number_is_an_answer(client: TestClient) -> None:
    answer = client.get("/verify", params={"number": "430100202611230000X"})
    assert answer.status_code == 200
    assert "查无此证" in answer.text
    assert "answer-blocked" in answer.text


@pytest.mark.parametrize("number", ["1", "号码", "<script>alert(1)</script>", "A" * 200, "12345 6"])
def test_what_is_no_number_is_told_beside_the_field(client: TestClient, number: str) -> None:
    answer = client.get("/verify", params={"number": number})
    assert answer.status_code == 422
    assert 'id="f-number-fault"' in answer.text
    assert "<script>alert" not in answer.text


def test_a_revoked_and_an_expired_permit_are_said_so(client: TestClient, office: Office) -> None:
    revoked, expired = office.issue(), office.issue()
    code = office.versions(revoked)[-1].record
    assert "真实有效" in post(client, code)
    with transaction(office.sessions) as session:
        end_permits(
            office.work(session), session.get_one(Case, office.versions(revoked)[-1].case_id), "revoked", "演示"
        )
    html = client.get("/verify", params={"number": revoked}).text
    assert "已撤销" in html
    assert "answer-blocked" in html
    assert "answer-blocked" in post(client, code)
    before = office.clock.moment
    try:
        office.clock.forward(days=30)
        html = client.get("/verify", params={"number": expired}).text
        assert "已失效" in html
        assert "answer-blocked" in html
        assert "已过有效期" in post(client, office.versions(expired)[-1].record)
    finally:
        office.clock.moment = before


def post(client: TestClient, code: str) -> str:
    answer = client.post("/verify", data={"code": code, "csrf_token": ""})
    assert answer.status_code == 200, answer.text[:300]
    return answer.text


def test_a_code_tells_what_it_holds_and_a_forged_one_nothing(client: TestClient, office: Office) -> None:
    form = office.form()
    code = office.versions(office.issue(form))[-1].record
    html = post(client, code)
    assert "answer-passes" in html
    assert form["tractor"]["plate"] in html, "who holds the code has the plate before them"
    forged = code[:60] + ("A" if code[60] != "A" else "B") + code[61:]
    html = post(client, forged)
    assert "answer-passes" not in html
    assert form["tractor"]["plate"] not in html
    assert "无法识读" in post(client, "hello <b>")


def test_a_code_typed_as_a_number_is_checked_as_a_code(client: TestClient, office: Office) -> None:
    code = office.versions(office.issue())[-1].record
    assert "真实有效" in client.get("/verify", params={"number": code}).text


def test_a_file_is_checked(client: TestClient, office: Office) -> None:
    number = office.issue()
    paper = office["carrier"].get(f"/api/v1/permits/{number}/pdf").content
    files = {"file": ("permit.pdf", paper, "application/pdf")}
    answer = client.post("/verify", data={"csrf_token": ""}, files=files)
    assert "真实有效" in answer.text
    broken = {"file": ("permit.pdf", b"%PDF-1.4 nothing", "application/pdf")}
    assert "无法识读" in client.post("/verify", data={"csrf_token": ""}, files=broken).text


def test_an_empty_form_says_what_is_missing(client: TestClient) -> None:
    answer = client.post("/verify", data={"code": "", "csrf_token": ""})
    assert answer.status_code == 422
    assert "请粘贴二维码内容" in answer.text


def test_numbers_cannot_be_found_by_trying(client: TestClient, office: Office) -> None:
    before = office.clock.moment
    try:
        office.clock.forward(hours=5)
        answers = [client.get("/verify", params={"number": f"TRY-{n:06d}"}).status_code for n in range(200)]
    finally:
        office.clock.moment = before
    assert answers[0] == 200
    assert answers[-1] == 429


# Statistics


FIGURES = {
    "since": "2025-11-23",
    "until": "2026-11-23",
    "months": [{"month": "2026-09", "submitted": 40, "ended": 40}, {"month": "2026-10", "submitted": 60, "ended": 45}],
    "by_class": {"I": 70, "III": 30},
    "automatic": {"part": 25, "whole": 85, "percent": 29.4},
    "late": {"part": 0, "whole": 0, "percent": None},
    "wrong_dispatch": {"part": 1, "whole": 200, "percent": 0.5},
    "ratings": {"number": 12, "mean": 4.5, "bad_percent": 8.3},
    "offices": [
        {"id": "a", "name": "演示甲局", "cases": 80, "median_days": 1.5, "opinions": 9, "median_opinion_days": 0.5},
        {"id": "b", "name": "演示乙局", "cases": None, "median_days": None, "opinions": 7, "median_opinion_days": 2.0},
    ],
}


def test_figures_are_shown_as_they_were_published(client: TestClient, office: Office) -> None:
    assert "还没有公布统计" in shown(client, "/statistics")
    with transaction(office.sessions) as session:
        day = dt.date(2026, 11, 23)
        session.add(PublishedFigures(province="43", on=day, content=FIGURES, published_at=office.clock()))
    html = client.get("/statistics").text
    said = words_of(html)
    assert "提交办件 100" in said
    assert "29.4% 25 件，共 85 件" in said
    assert "超法定期限占比 —" in said, "a share of nothing is unknown, not 0"
    assert "4.5 12 条，差评 8.3%" in said
    assert re.search(r"演示乙局 太少 太少 7 2 ", said)
    widths = [float(one) for one in re.findall(r'class="br-rest"[^>]*width="([\d.]+)"', html)]
    assert widths[0] / widths[1] == pytest.approx(40 / 60, rel=0.01)
    ended = [float(one) for one in re.findall(r'class="br-bar"[^>]*width="([\d.]+)"', html)]
    assert ended[1] / widths[1] == pytest.approx(45 / 60, rel=0.01)
    assert ended[2] / ended[3] == pytest.approx(70 / 30, rel=0.01)


@pytest.mark.parametrize("path", ["/guide", "/review-rules", "/verify", "/statistics"])
def test_english_pages_say_it_in_english(client: TestClient, path: str) -> None:
    client.cookies.set("dajian_lang", "en")
    html = client.get(path).text
    told = re.sub(r'<(\w+)[^>]*lang="zh-CN"[^>]*>.*?</\1>', "", html, flags=re.DOTALL)
    heads = re.findall(r"<h[123][^>]*>(.*?)</h[123]>", told, flags=re.DOTALL)
    assert heads
    assert not any(re.search(r"[\u4e00-\u9fff]", TAGS.sub("", head)) for head in heads)
