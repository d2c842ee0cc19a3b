"""The carrier's pages as answers: what is asked and answered there, permits and trips, archive, many like trips."""
# ruff: noqa: ANN401, ARG001 - fixtures of conftest have no importable types, and some are asked for their effect

import datetime as dt
import io
import re
import uuid
from typing import Any

import pytest
from fastapi import FastAPI
from openpyxl import load_workbook

from api.applications.spreadsheet import write_template
from api.cases import grounds
from api.db.engine import transaction
from api.db.tables import Case
from api.permits.checks_due import open_check
from api.unit_of_work import SYSTEM, UnitOfWork
from data.demo.traps import modular
from tests.pages.my_forms import PDF, form_at, forms_of, press, signed_in
from tests.service.desk import IN_COUNTY, WEAK_BRIDGE, Desk
from tests.service.issued import Office

CHINESE_STATES = ("待受理", "待补正", "不予许可", "已发证", "已撤回")


@pytest.fixture(scope="module")
def world(people: Any, sessions: Any, clock: Any, network: grounds.Source) -> Desk:
    """Offices and two firms on the small province."""
    return Desk(people, sessions, clock).open()


@pytest.fixture(scope="module")
def correction(world: Desk) -> str:
    """A case in which a paper and a mass are to be put right."""
    case_id = world.submit(IN_COUNTY, without=("operating_licence",))
    world.do(f"window@{world.body_of(case_id)}", case_id, "request_correction", items=["operating_licence", "mass_sum"])
    return case_id


def path_of(case_id: str) -> str:
    return f"/my/cases/{case_id}"


def test_the_overview_says_first_what_is_asked(app: FastAPI, world: Desk, correction: str) -> None:
    client = signed_in(app, "carrier")
    page = client.get("/my").text
    asked = page.index("需要您办理")
    assert asked < page.index("办理中的办件")
    assert f"{path_of(correction)}#ask-correction" in page
    assert "补正材料" in page[asked:]
    rival = signed_in(app, "rival").get("/my").text
    assert "目前没有需要您办理的事项" in rival
    assert correction not in rival


def test_offices_have_their_own_pages(app: FastAPI, world: Desk, correction: str) -> None:
    login = "window@" + world.body_of(correction)
    assert world[login] is not None
    office = signed_in(app, login.replace("@", ".").replace(":", "-"))
    for path in ("/my", "/my/cases", path_of(correction), "/my/permits", "/my/archive", "/my/drafts"):
        assert office.get(path).status_code == 403, path


def test_a_correction_is_answered_on_the_page(app: FastAPI, world: Desk, sessions: Any) -> None:
    case_id = world.submit(IN_COUNTY, without=("operating_licence",))
    world.do(f"window@{world.body_of(case_id)}", case_id, "request_correction", items=["operating_licence", "mass_sum"])
    client, path = signed_in(app, "carrier"), path_of(case_id)
    page = client.get(path).text
    assert "道路运输经营许可证" in page
    assert "补正告知书" in page
    assert "在您手里" in page
    nothing = press(client, page, f"{path}/answer_correction")
    assert nothing.status_code == 422
    assert "有未补正也未说明的内容：道路运输经营许可证" in nothing.text
    assert "operating_licence" not in re.sub(r"<[^>]*>", "", nothing.text)
    half = press(client, page, f"{path}/answer_correction", **{"answer.mass_sum": "已核对"})
    assert half.status_code == 422
    assert ">已核对</textarea>" in half.text, "what was typed is kept"
    paper = {"file.operating_licence": ("许可证.pdf", PDF, "application/pdf")}
    done = press(client, page, f"{path}/answer_correction", paper, **{"answer.mass_sum": "已核对"})
    assert done.headers["location"] == f"{path}?done=answer_correction", done.text
    with sessions() as session:
        case = session.get_one(Case, uuid.UUID(case_id))
    assert case.state == "submitted"
    assert len(case.form["attachments"]["operating_licence"]) == 1
    assert case.remarks["correction_answers"]["mass_sum"] == "已核对"
    assert "待受理" in client.get(path).text


def test_a_correction_may_change_the_form(app: FastAPI, world: Desk, sessions: Any) -> None:
    case_id = world.submit(IN_COUNTY)
    world.do(f"window@{world.body_of(case_id)}", case_id, "request_correction", items=["mass_sum"])
    client, path = signed_in(app, "carrier"), f"{path_of(case_id)}/revise/answer_correction"
    page = client.get(path).text
    wrong = press(client, page, path, **{"answer.mass_sum": "重量有误", "cargo.mass_kg": "很重", "do": "submit"})
    assert wrong.status_code == 422, re.findall(r"<li>.*?</li>|notice-title.*?</p>", wrong.text)[:6]
    assert form_at(wrong.text, path).value("answer.mass_sum") == "重量有误"
    looked = press(client, page, path, {"file.photos": ("a.pdf", PDF, "application/pdf")}, do="look")
    assert looked.status_code == 200
    assert "a.pdf" in looked.text
    before = int(form_at(page, path).value("cargo.mass_kg"))
    changes = {"answer.mass_sum": "重量有误", "cargo.mass_kg": str(before - 100), "do": "submit"}
    done = press(client, looked.text, path, **changes)
    assert done.status_code == 303, re.findall(r"<li>.*?</li>", done.text)[:5]
    with sessions() as session:
        form = session.get_one(Case, uuid.UUID(case_id)).form
    assert form["cargo"]["mass_kg"] == before - 100
    assert len(form["attachments"]["photos"]) == 1, "taken in while looking"


def test_two_people_answering_meet_a_plain_page(app: FastAPI, world: Desk, correction: str) -> None:
    client, path = signed_in(app, "carrier"), path_of(correction)
    page = client.get(path).text
    form = form_at(page, f"{path}/answer_correction")
    stale = {name: value for name, value in form.data().items() if name != "version"}
    answer = client.post(form.action, data={**stale, "version": "1", "answer.mass_sum": "x"})
    assert answer.status_code == 412
    assert "内容已被他人更新" in answer.text


def test_a_case_is_withdrawn_after_asking_once_more(app: FastAPI, world: Desk) -> None:
    case_id = world.submit(IN_COUNTY)
    client, path = signed_in(app, "carrier"), path_of(case_id)
    page = client.get(path).text
    assert "撤回后办理终止" in page
    assert press(client, page, f"{path}/withdraw").headers["location"] == f"{path}?done=withdraw"
    assert "已撤回" in client.get(path).text
    again = press(client, page, f"{path}/withdraw")
    assert again.status_code in {409, 412}
    assert signed_in(app, "rival").get(path).status_code == 404


def test_a_statement_is_made_and_a_refusal_tells_reasons_and_remedies(app: FastAPI, world: Desk) -> None:
    case_id = world.to_decision(IN_COUNTY)
    approver = f"approver@{world.body_of(case_id)}"
    world.do(approver, case_id, "invite_statement", reason="拟不予许可的理由")
    client, path = signed_in(app, "carrier"), path_of(case_id)
    page = client.get(path).text
    assert 'id="ask-statement"' in page
    assert "拟不予许可的理由" in page, "the document of the invitation"
    done = press(client, page, f"{path}/hold_statement", reason="已改期避开施工")
    assert done.headers["location"] == f"{path}?done=hold_statement"
    world.do(approver, case_id, "refuse", reason="沿线封闭", items=["ord62-17"])
    page = client.get(path).text
    for said in ("不予许可", "沿线封闭", "行政复议", "不予行政许可决定书", "评价本次办理"):
        assert said in page, said


def test_the_service_is_rated_once(app: FastAPI, world: Desk) -> None:
    case_id = world.to_decision(IN_COUNTY)
    world.do(f"approver@{world.body_of(case_id)}", case_id, "approve")
    client, path = signed_in(app, "carrier"), path_of(case_id)
    page = client.get(path).text
    missing = press(client, page, f"{path}/rate", text="x")
    assert missing.status_code == 422
    assert "请选择满意程度" in missing.text
    assert press(client, page, f"{path}/rate", grade="5", text="很快").headers["location"] == f"{path}?done=rated"
    assert "非常满意" in client.get(path).text
    assert press(client, page, f"{path}/rate", grade="1").status_code == 409


def test_a_carrier_reads_no_capacity(app: FastAPI, world: Desk) -> None:
    from tests.service.desk import heavy_vehicle

    case_id = world.submit(WEAK_BRIDGE, heavy_vehicle())
    world.accept(case_id)
    page = signed_in(app, "carrier").get(path_of(case_id)).text
    report = world.read(f"/api/v1/cases/{case_id}/report", f"reviewer@{world.body_of(case_id)}")
    secret = {
        str(one["limit"])
        for route in report["routes"]
        for one in route["findings"]
        if one["quantity"] == "bridge_effect" and one.get("measured")
    } | {
        f"{one['measured']:.3f}"
        for route in report["routes"]
        for one in route["findings"]
        if one["quantity"] == "bridge_effect" and one.get("measured")
    }
    assert "沿线意见" in page
    assert not any(len(one) > 3 and one in page for one in secret)


def test_lists_are_filtered_and_found(app: FastAPI, world: Desk, correction: str) -> None:
    client = signed_in(app, "carrier")
    assert correction in client.get("/my/cases?which=asked").text
    assert correction not in client.get("/my/cases?which=ended").text
    number = world.case(correction)["number"]
    assert correction in client.get(f"/my/cases?which=all&q={number}").text
    assert "没有找到" in client.get("/my/cases?which=all&q=nosuch").text
    assert client.get("/my/cases?which=nonsense").status_code == 422


@pytest.fixture(scope="module")
def permit(world: Desk) -> str:
    """A permit that holds for some days from today."""
    return issued_permit(world)


def issued_permit(world: Desk) -> str:
    """Number of a permit that waits for no check; a few are drawn for one."""
    from api.cases.review_job import deliver

    while True:
        case_id = world.to_decision(IN_COUNTY)
        world.do(f"approver@{world.body_of(case_id)}", case_id, "approve")
        world.run(deliver, case_id)
        permit = world.permit_of(case_id)
        if permit.status == "valid":
            return permit.number


def test_a_permit_shows_all_and_its_trips_are_announced_made_and_ended(app: FastAPI, world: Desk, permit: str) -> None:
    client, path = signed_in(app, "carrier"), f"/my/permits/{permit}"
    page = client.get(path).text
    for said in (
        permit,
        "剩余天数",
        "剩余次数",
        "<svg",
        'class="qr"',
        "司机卡",
        "报备一次行程",
        "G" if "G" in page else "甲地",
    ):
        assert said in page, (said, re.findall(r"notice-title.*?</p>|badge-sign.*?</span>.*?</span>", page)[:6])
    announce = f"{path}/trips"
    bad = press(client, page, announce, departs_on="", departs_time="08:00")
    assert bad.status_code == 422
    assert told_at(bad.text, "departs_on") == "请填写出发日期和时间"
    assert told_at(bad.text, "arrives_on") == ""
    open_end = press(client, page, announce, departs_time="08:00", arrives_on="")
    assert open_end.status_code == 422, "the day of departure is not taken for it"
    assert told_at(open_end.text, "arrives_on").startswith("请填写预计到达日期")
    assert 'aria-describedby="f-arrives_on-fault"' in open_end.text
    assert told_at(open_end.text, "departs_on") == ""
    assert "早于" not in open_end.text
    early = press(client, page, announce, departs_on="2020-01-01", departs_time="08:00", arrives_on="2020-01-01")
    assert early.status_code == 409
    assert "须在出发之前报备" in early.text
    assert form_at(early.text, announce).value("departs_time") == "08:00", "what was typed is kept"
    form = form_at(page, announce)
    day = form.value("departs_on")
    told = press(client, page, announce, departs_on=day, departs_time="09:30", arrives_on=day)
    assert told.status_code == 303, re.findall(r"notice-title.*?</ul>", told.text, re.DOTALL)
    page = client.get(path).text
    assert "已报备，待出发" in page
    too_early = press(client, page, "/start")
    assert too_early.status_code == 409
    assert "通行证当前不能使用" in too_early.text
    world.go_to(world.permit_of(world_case(page)).valid_from)
    client = signed_in(app, "carrier")
    page = client.get(path).text
    assert press(client, page, "/start").status_code == 303
    assert "行程进行中" in client.get("/my").text
    assert press(client, client.get(path).text, "/end").status_code == 303
    page = client.get(path).text
    assert "已到达" in page
    assert "已用或已报备1次" in page
    assert signed_in(app, "rival").get(path).status_code == 404


def told_at(page: str, name: str) -> str:
    found = re.search(rf'id="f-{name}-fault">(.*?)</p>', page, re.DOTALL)
    return re.sub(r"<span.*?</span>", "", found[1]).strip() if found else ""


def world_case(page: str) -> str:
    found = re.search(r'href="/my/cases/([0-9a-f-]{36})"', page)
    assert found
    return found[1]


def test_the_drivers_card_prints_by_itself(app: FastAPI, world: Desk, permit: str) -> None:
    page = signed_in(app, "carrier").get(f"/my/permits/{permit}/card").text
    assert "司机卡" in page
    assert 'class="qr"' in page
    assert 'class="phrase"' in page


def test_a_load_sheet_takes_what_the_permit_says(app: FastAPI, world: Desk, permit: str) -> None:
    client, path = signed_in(app, "carrier"), f"/my/permits/{permit}"
    page = client.get(path).text
    form = form_at(page, f"{path}/load-sheets")
    assert form.value("sheet.loading_place") == "甲地"
    asked = {name for name, _ in form.fields}
    assert not asked & {"sheet.cargo", "sheet.plates", "sheet.carrier", "sheet.mass_kg"}, "the permit says these"
    typed = {
        "sheet.number": "DY-1",
        "sheet.consignor": "演示托运人",
        "sheet.consignor_code": "91110000600037341L",
        "sheet.consignor_contact": "13800000001",
        "sheet.maker": "演示制造厂",
        "sheet.consignee": "演示收货人",
    }
    unsealed = press(client, page, f"{path}/load-sheets", **typed)
    assert unsealed.status_code == 422
    assert "须加盖托运人印章" in unsealed.text
    assert form_at(unsealed.text, f"{path}/load-sheets").value("sheet.maker") == "演示制造厂"
    ticks = {"sheet.stated_true": "on", "sheet.sealed": "on"}
    assert press(client, page, f"{path}/load-sheets", **typed, **ticks).status_code == 303
    assert "DY-1" in client.get(path).text


def test_a_permit_that_waits_for_its_check_says_so(app: FastAPI, people: Any, sessions: Any, clock: Any) -> None:
    office = Office.__new__(Office)
    office.people, office.sessions, office.clock, office._clients, office._serial = people, sessions, clock, {}, 900
    people.body("transport:430100")
    people.account("approver", "approver", body_id="transport:430100")
    office.carrier_id = people.carrier()
    number = office.issue(office.three(), vehicle_class="III")
    page = signed_in(app, "carrier").get(f"/my/permits/{number}").text
    assert "起运前须现场核查" in page
    assert "报备一次行程" not in page
    assert "待核查" in page


def test_a_change_is_asked_for(app: FastAPI, world: Desk, permit: str, sessions: Any) -> None:
    client = signed_in(app, "carrier")
    case_id = world_case(client.get(f"/my/permits/{permit}").text)
    path = f"{path_of(case_id)}/revise/request_change"
    page = client.get(path).text
    typed = {"reason": "换一名驾驶员", "drivers.0.name": "另一驾驶员", "do": "submit"}
    assert press(client, page, path, **typed).headers["location"] == f"{path_of(case_id)}?done=request_change"
    page = client.get(path_of(case_id)).text
    assert "变更中" in page
    assert "撤回变更申请" in page


def test_the_archive_is_edited_and_retired(app: FastAPI, world: Desk) -> None:
    client = signed_in(app, "carrier")
    page = client.get("/my/archive?kind=tractor").text
    item = re.search(r"/my/archive/([0-9a-f-]{36})\"", page)
    assert item
    path = f"/my/archive/{item[1]}"
    bad = press(client, client.get(path).text, path, **{"tractor.kerb_mass_kg": "很重"})
    assert bad.status_code == 422
    assert form_at(bad.text, path).value("tractor.kerb_mass_kg") == "很重"
    assert press(client, client.get(path).text, path, **{"tractor.plate": "湘A88888"}).status_code == 303
    assert "湘A88888" in client.get("/my/archive?kind=tractor").text
    stale = press(client, client.get(path).text, path, **{"tractor.plate": "湘A99999", "version": "1"})
    assert stale.status_code == 412
    press(client, client.get("/my/archive?kind=tractor").text, f"{path}/retire")
    assert "湘A88888" not in client.get("/my/archive?kind=tractor").text
    new = client.get("/my/archive/new?kind=driver").text
    typed = {
        "drivers.0.name": "新驾驶员",
        "drivers.0.id_number": "110105194912310021",
        "drivers.0.mobile": "13900000000",
    }
    added = press(client, new, "/my/archive/new?kind=driver", **typed)
    assert added.headers["location"] == "/my/archive?kind=driver", added.text
    assert "新驾驶员" in client.get("/my/archive?kind=driver").text
    assert "新驾驶员" not in signed_in(app, "rival").get("/my/archive?kind=driver").text
    for kind in ("route", "document", "escort", "cargo", "agent", "carrier"):
        assert client.get(f"/my/archive?kind={kind}").status_code == 200
    assert client.get("/my/archive/new?kind=route").status_code == 404


def test_a_sheet_of_trips_is_looked_at_before_anything_is_handed_in(app: FastAPI, world: Desk, sessions: Any) -> None:
    client = signed_in(app, "carrier")
    draft = (
        world["carrier"].post("/api/v1/drafts", json={"title": "底稿", "content": world.form(IN_COUNTY)}).json()["id"]
    )
    book = load_workbook(io.BytesIO(write_template()))
    sheet = book.worksheets[0]
    titles = [cell.value for cell in sheet[1]]
    serial = next(n for n, title in enumerate(titles, start=1) if title and "出厂编号" in str(title))
    mass = next(n for n, title in enumerate(titles, start=1) if title and "货物质量" in str(title))
    sheet.delete_rows(2, sheet.max_row)
    for row, (number, kilograms) in enumerate([("A-1", None), ("A-2", None), ("A-3", "很重")], start=2):
        sheet.cell(row, serial, number)
        if kilograms:
            sheet.cell(row, mass, kilograms)
    out = io.BytesIO()
    book.save(out)

    def upload(mode: str) -> Any:
        page = client.get("/my/many").text
        return press(client, page, "/my/many", {"file": ("t.xlsx", out.getvalue())}, draft=draft, mode=mode)

    looked = upload("preview")
    assert looked.status_code == 200, re.findall(r"<li>.*?</li>", looked.text)[:9]
    assert "2行可以受理（尚未提交）" in looked.text
    assert "第4行" in looked.text
    with sessions() as session:
        before = session.query(Case).count()
    assert "2行已存为草稿" in upload("drafts").text
    handed = upload("submit")
    assert "2行已提交" in handed.text
    upload("submit")
    with sessions() as session:
        assert session.query(Case).count() == before + 2, "sent again, nothing twice"
    none = press(client, client.get("/my/many").text, "/my/many", draft=draft)
    assert none.status_code == 422


def test_a_row_with_a_first_day_alone_is_asked_for_its_last(app: FastAPI, world: Desk) -> None:
    client = signed_in(app, "carrier")
    base = world.form(IN_COUNTY)
    draft = world["carrier"].post("/api/v1/drafts", json={"title": "底稿", "content": base}).json()["id"]
    later = dt.date.fromisoformat(base["trip"]["end_date"]) + dt.timedelta(days=7)
    earlier = later - dt.timedelta(days=1)
    rows = ["出厂编号,行驶开始日期,行驶结束日期", f"B-1,{later},", f"B-2,{later},{earlier}", f"B-3,{later},{later}"]
    sheet = {"file": ("t.csv", "\n".join(rows).encode("utf-8-sig"))}
    looked = press(client, client.get("/my/many").text, "/my/many", sheet, draft=draft, mode="preview").text
    told = re.findall(r"<li>(第\d行[^<]*)</li>", looked)
    assert told == [
        "第2行 行驶结束日期：请填写行驶结束日期：本行只填了开始日期，底稿的结束日期已早于它",
        "第3行 行驶结束日期：结束日期早于开始日期",
    ]
    assert "1行可以受理" in looked


def test_advice_that_leaves_something_unknown_is_told_as_that(
    app: FastAPI, world: Desk, correction: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = {"changes": [{"quantity": "height", "from": 4300, "to": 4100, "unit": "mm"}], "class": "II"}
    why_not = {"blockers": [], "smallest_changes": [change | {"verdict": "unknown"}, change | {"verdict": "passes"}]}
    told = {"verdict": "blocked", "routes": [], "why_not": why_not}
    monkeypatch.setattr("api.pages.my.case_shown.read_report", lambda *_: told)
    page = signed_in(app, "carrier").get(path_of(correction)).text
    unknown, passes = re.findall(r"<li>(<strong>高度降低.*?)</li>", re.sub(r"\s*\n\s*", "", page))
    assert "badge-unknown" in unknown
    assert "须先勘测或验算查明" in unknown
    assert "可通行</strong>" in passes
    assert "badge-unknown" not in passes


def test_every_page_speaks_both_languages(app: FastAPI, world: Desk, correction: str, permit: str) -> None:
    client = signed_in(app, "carrier")
    client.cookies.set("dajian_lang", "en")
    paths = ["/my", "/my/cases", path_of(correction), "/my/permits", f"/my/permits/{permit}", "/my/drafts"]
    for path in [*paths, "/my/archive", "/my/many", "/account", "/notifications", f"/my/permits/{permit}/card"]:
        page = client.get(path)
        assert page.status_code == 200, path
        assert 'lang="en"' in page.text
        for form in forms_of(page.text):
            assert form.action.startswith(("/", "?")), (path, form.action)


def test_a_check_of_another_permit_is_not_shown(app: FastAPI, world: Desk, permit: str, sessions: Any) -> None:
    page = signed_in(app, "carrier").get(f"/my/permits/{permit}").text
    case_id = uuid.UUID(world_case(page))
    with transaction(sessions) as session:
        work = UnitOfWork(session, SYSTEM, world.clock())
        case = session.get_one(Case, case_id)
        open_check(work, case, "OTHER-1", "again", body_id=case.deciding_body_id)
    assert "再次核查" not in signed_in(app, "carrier").get(f"/my/permits/{permit}").text
    assert modular(5, 19_000)["trailer"] == "modular"
