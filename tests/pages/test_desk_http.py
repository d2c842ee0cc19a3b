"""The desk as answers: who sees what, filters, forms of acts, two people at once."""
# ruff: noqa: ANN401, F811 - what comes back has no importable type; the fixture

import html
import re
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from api.cases.review_job import deliver, review_case
from api.db.engine import transaction
from api.db.tables import Case, Note, WhatIf
from api.pages.language import FOLDER
from rules.forms import materials
from tests.service.conftest import desk  # noqa: F401 - a fixture is found by its name
from tests.service.desk import IN_CITY, IN_COUNTY, PDF, PROVINCE, WEAK_BRIDGE, Desk, heavy_vehicle, vehicle_of

HTML = {"Accept": "text/html,application/xhtml+xml"}
COUNTY = "transport:430202"
CITY = "transport:430300"


def read(desk: Desk, login: str, path: str, status: int = 200) -> str:
    answer = desk[login].get(path, headers=HTML, follow_redirects=False)
    assert answer.status_code == status, (path, answer.status_code, text_of(answer.text)[-1500:])
    return str(answer.text)


def text_of(page: str) -> str:
    plain = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", plain))


def send(desk: Desk, login: str, path: str, **fields: Any) -> Any:
    token = re.search(r'name="csrf_token" value="([^"]+)"', read(desk, login, "/"))
    assert token
    data = {"csrf_token": token[1], **fields}
    return desk[login].post(path, data=data, headers=HTML, follow_redirects=False)


def act(desk: Desk, login: str, case_id: str, action: str, **fields: Any) -> Any:
    version = desk.case(case_id)["version"]
    return send(desk, login, f"/desk/cases/{case_id}/act/{action}", **{"version": str(version), **fields})


def test_the_queue_shows_each_what_is_theirs(desk: Desk) -> None:
    case_id = desk.submit(IN_COUNTY)
    number = desk.case(case_id)["number"]
    assert number in read(desk, f"window@{COUNTY}", "/desk")
    assert number not in read(desk, f"reviewer@{COUNTY}", "/desk")
    assert number in read(desk, f"reviewer@{COUNTY}", "/desk?whose=all")
    assert number not in read(desk, f"window@{CITY}", "/desk?whose=all")
    read(desk, "carrier", "/desk", 403)
    read(desk, "police@police:430200", "/desk", 403)
    desk.accept(case_id)
    assert number not in read(desk, f"window@{COUNTY}", "/desk")
    page = read(desk, f"reviewer@{COUNTY}", "/desk")
    assert number in page
    assert "个工作日" in page


@pytest.fixture(scope="module")
def reviewed(desk: Desk) -> str:
    """Number of a case of class II in review at the city."""
    case_id = desk.submit(IN_CITY, vehicle_of("II"))
    desk.accept(case_id)
    number: str = desk.case(case_id)["number"]
    return number


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("class=II", True),
        ("class=I", False),
        ("card=green", True),
        ("card=red", False),
        ("state=review", True),
        ("state=issued", False),
        ("body=transport:430300", True),
        ("body=transport:430202", False),
        ("verdict=passes", True),
        ("verdict=no_route", False),
        ("q=演示变压器", True),
        ("q=100%25", False),
        ("q=大件运输有限", True),
        ("page=2", False),
    ],
)
def test_the_queue_is_narrowed(desk: Desk, reviewed: str, query: str, is_there: bool) -> None:
    page = read(desk, f"reviewer@{CITY}", f"/desk?whose=all&{query}")
    assert (reviewed in page) is is_there


@pytest.mark.parametrize("query", ["state=nowhere", "card=blue", "class=IV", "verdict=x", "page=0", "whose=them"])
def test_a_filter_that_is_none_is_told(desk: Desk, query: str) -> None:
    read(desk, f"reviewer@{CITY}", f"/desk?{query}", 422)


def test_what_runs_out_first_stands_first(desk: Desk) -> None:
    first, later, last = (desk.submit(IN_CITY, vehicle_of(one)) for one in ("I", "III", "I"))
    for case_id in (first, later, last):
        desk.accept(case_id)
    page = read(desk, f"reviewer@{CITY}", "/desk?whose=all&state=review")
    places = [page.index(desk.case(case_id)["number"]) for case_id in (first, last, later)]
    assert places == sorted(places)


def test_two_people_press_the_same_button(desk: Desk) -> None:
    case_id = desk.submit(IN_COUNTY)
    version = str(desk.case(case_id)["version"])
    path = f"/desk/cases/{case_id}/claim"
    done = send(desk, f"window@{COUNTY}", path, version=version, back="/desk?whose=mine")
    assert (done.status_code, done.headers["location"]) == (303, "/desk?whose=mine")
    late = send(desk, f"window2@{COUNTY}", path, version=version)
    assert late.status_code == 412
    assert "有人先办了一步" in late.text
    assert "演示window.transport-430202" in text_of(late.text)
    again = send(desk, f"window2@{COUNTY}", path, version=str(desk.case(case_id)["version"]))
    assert again.status_code == 409
    assert "已由他人认领" in again.text
    accepted = act(desk, f"window@{COUNTY}", case_id, "accept")
    assert accepted.status_code == 303
    slow = send(desk, f"window2@{COUNTY}", f"/desk/cases/{case_id}/act/accept", version=version)
    assert slow.status_code == 409
    assert "机器审查" in slow.text
    assert desk.kinds(case_id).count("accept") == 1


def test_of_two_at_the_same_moment_one_is_told(desk: Desk) -> None:
    case_id = desk.submit(IN_COUNTY)
    version = str(desk.case(case_id)["version"])
    officers = [f"window@{COUNTY}", f"window2@{COUNTY}"]
    tokens = [re.findall(r'name="csrf_token" value="([^"]+)"', read(desk, who, "/"))[0] for who in officers]
    ready = threading.Barrier(2)

    def press(who: str, token: str) -> int:
        client = desk[who]
        ready.wait()
        path, data = f"/desk/cases/{case_id}/act/accept", {"csrf_token": token, "version": version}
        return int(client.post(path, data=data, headers=HTML, follow_redirects=False).status_code)

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(press, officers, tokens))
    assert answers[0] == 303
    assert answers[1] in {409, 412}
    assert desk.kinds(case_id).count("accept") == 1


def test_an_act_asks_for_what_its_row_of_the_table_needs(desk: Desk) -> None:
    case_id = desk.submit(IN_CITY, vehicle_of("II"))
    desk.accept(case_id)
    reviewer = f"reviewer@{CITY}"
    form = read(desk, reviewer, f"/desk/cases/{case_id}/act/ask_opinion")
    assert set(re.findall(r'<(?:select|textarea|input)[^>]*name="(\w+)"', form)) >= {"body_id", "reason", "version"}
    assert "notice_text" not in form
    assert "途经单位" in form
    empty = act(desk, reviewer, case_id, "ask_opinion", body_id="police:430300", reason="")
    assert empty.status_code == 422
    assert "须写明征求什么意见" in empty.text
    assert 'value="police:430300" selected' in empty.text, "what was chosen stays"
    assert act(desk, reviewer, case_id, "ask_opinion", body_id="police:430300", reason="是否限时").status_code == 303
    assert desk.asked(case_id)["police:430300"]["purpose"] == "opinion"
    pause = read(desk, reviewer, f"/desk/cases/{case_id}/act/pause")
    assert 'value="testing"' in pause
    assert 'value="survey"' not in pause, "no ground that does not stop the clock is offered"
    read(desk, reviewer, f"/desk/cases/{case_id}/act/approve", 404)
    read(desk, f"window@{CITY}", f"/desk/cases/{case_id}/act/accept", 409)
    read(desk, "carrier", f"/desk/cases/{case_id}", 403)
    read(desk, f"reviewer@{COUNTY}", f"/desk/cases/{case_id}", 404)


def test_a_final_act_is_shown_before_it_is_done(desk: Desk) -> None:
    case_id = desk.submit(IN_COUNTY)
    window = f"window@{COUNTY}"
    first = act(desk, window, case_id, "request_correction", items_more="轮廓图缺少车辆编号\n\n委托书未签字")
    assert first.status_code == 200
    assert "补正" in first.text
    assert "轮廓图缺少车辆编号；委托书未签字" in first.text
    assert desk.case(case_id)["state"] == "submitted"
    assert "request_correction" not in desk.kinds(case_id)
    with desk.sessions() as session:
        query = select(Note).where(Note.case_id == uuid.UUID(case_id), Note.kind == "request_correction")
        assert session.scalars(query).all() == []
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', first.text)
    fields: dict[str, Any] = {}
    for name, value in hidden:
        fields.setdefault(name, []).append(value)
    done = send(desk, window, f"/desk/cases/{case_id}/act/request_correction", **fields)
    assert done.status_code == 303
    assert desk.case(case_id)["state"] == "correction"
    assert "委托书未签字" in desk.note(case_id, "request_correction")["text"]


def letter_of(page: str) -> str:
    """What stands in the field of the document's wording."""
    found = re.search(r'<textarea id="f-notice_text"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    assert found, text_of(page)[-1500:]
    return html.unescape(found[1])


def hidden_of(page: str) -> dict[str, list[str]]:
    """What the page carries along besides its letter and the token."""
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.partition("<main")[2]):
        fields.setdefault(name, []).append(html.unescape(value))
    return fields


def confirm(desk: Desk, login: str, case_id: str, action: str, shown: str, **changes: str) -> Any:
    """Press the button of the page that asks once more, as a browser sends it: lines end in CR LF."""
    fields = {**hidden_of(shown), "notice_text": letter_of(shown), **changes}
    fields["notice_text"] = str(fields["notice_text"]).replace("\n", "\r\n")
    return send(desk, login, f"/desk/cases/{case_id}/act/{action}", **fields)


def test_an_acceptance_shows_its_letter_on_the_form_and_takes_changes(desk: Desk) -> None:
    window = f"window@{COUNTY}"
    for change in ("", "请于工作日来电。"):
        case_id = desk.submit(IN_COUNTY)
        letter = letter_of(read(desk, window, f"/desk/cases/{case_id}/act/accept"))
        assert desk.case(case_id)["number"] in letter
        assert "受理" in letter
        assert act(desk, window, case_id, "accept", notice_text=letter + change).status_code == 303
        assert desk.note(case_id, "accept")["text"] == letter + change


def test_an_acceptance_with_a_promise_names_what_is_to_follow(desk: Desk) -> None:
    declared: dict[str, Any] = {"declarations": {"materials_to_follow": ["authorization"]}}
    case_id = desk.submit(IN_COUNTY, vehicle_of("II"), without=("authorization",), **declared)
    window = f"window@{COUNTY}"
    letter = letter_of(read(desk, window, f"/desk/cases/{case_id}/act/accept_with_promise"))
    title = materials()["authorization"].title_zh
    assert f"承诺后补：{title}。" in letter
    assert act(desk, window, case_id, "accept_with_promise", notice_text=letter).status_code == 303
    assert desk.note(case_id, "accept_with_promise")["text"] == letter


@pytest.mark.parametrize("change", ["", "另请查收附件。"])
def test_an_invitation_to_a_statement_is_drafted_from_what_was_typed(desk: Desk, change: str) -> None:
    case_id = desk.submit(WEAK_BRIDGE, heavy_vehicle())
    body = desk.accept(case_id)
    reviewer = f"reviewer@{body}"
    form = read(desk, reviewer, f"/desk/cases/{case_id}/act/invite_statement")
    assert "notice_text" not in form, "the letter depends on the reason: it stands on the next page"
    reason = "第一项理由\r\n第二项理由"
    shown = act(desk, reviewer, case_id, "invite_statement", reason=reason)
    assert shown.status_code == 200
    letter = letter_of(shown.text)
    assert "第一项理由" in letter
    assert "审查意见" in letter
    assert "陈述、申辩" in letter
    assert "invite_statement" not in desk.kinds(case_id), "nothing went yet"
    again = send(desk, reviewer, f"/desk/cases/{case_id}/act/invite_statement", again="1", **hidden_of(shown.text))
    assert "第二项理由" in html.unescape(again.text)
    assert "invite_statement" not in desk.kinds(case_id)
    too_long = confirm(desk, reviewer, case_id, "invite_statement", shown.text, notice_text="长" * 4001)
    assert too_long.status_code == 422
    assert letter_of(too_long.text) == "长" * 4001
    assert 'id="f-notice_text-fault"' in too_long.text
    done = confirm(desk, reviewer, case_id, "invite_statement", shown.text, notice_text=letter + change)
    assert done.status_code == 303
    assert desk.note(case_id, "invite_statement")["text"].split() == (letter + change).split()


def test_a_final_letter_is_changed_before_it_goes_and_lists_come_back(desk: Desk) -> None:
    case_id = desk.submit(IN_COUNTY)
    window = f"window@{COUNTY}"
    shown = act(desk, window, case_id, "request_correction", items_more="轮廓图缺少车辆编号\n委托书未签字")
    letter = letter_of(shown.text)
    path = f"/desk/cases/{case_id}/act/request_correction"
    form = send(desk, window, path, again="1", **hidden_of(shown.text)).text
    assert re.search(r'name="items_more"[^>]*>轮廓图缺少车辆编号\s+委托书未签字</textarea>', form)
    told = letter.replace("需要补正", "须补正")
    assert told != letter
    assert confirm(desk, window, case_id, "request_correction", shown.text, notice_text=told).status_code == 303
    assert desk.note(case_id, "request_correction")["text"] == told


def test_an_untouched_letter_of_any_length_goes_as_drafted(desk: Desk) -> None:
    """Twenty long items make more than anybody may type; an emptied letter is drafted too."""
    window = f"window@{COUNTY}"
    lines = "\n".join(f"{number:02}" + "需要补正的内容" * 13 for number in range(45))
    for kept in ("draft", ""):
        case_id = desk.submit(IN_COUNTY)
        shown = act(desk, window, case_id, "request_correction", items_more=lines)
        letter = letter_of(shown.text)
        assert len(letter) > 4000
        sent = {"notice_text": letter if kept else ""}
        assert confirm(desk, window, case_id, "request_correction", shown.text, **sent).status_code == 303
        assert desk.note(case_id, "request_correction")["text"] == letter


def test_a_weak_bridge_is_explained_settled_and_the_permit_previewed(desk: Desk) -> None:
    case_id = desk.submit(WEAK_BRIDGE, heavy_vehicle())
    body = desk.accept(case_id)
    reviewer, approver = f"reviewer@{body}", f"approver@{body}"
    page = read(desk, reviewer, f"/desk/cases/{case_id}")
    assert "未处理，不得准予" in page
    assert "须由谁表态" in page
    bridge = re.search(rf'href="(/desk/cases/{case_id}/bridges/[^"]+)"', page)
    assert bridge
    detail = text_of(read(desk, reviewer, bridge[1]))
    assert "效应比不超过允许值" in detail
    assert "单独、居中、慢速" in detail
    assert "影响线" in detail
    hidden = text_of(read(desk, approver, bridge[1]))
    assert "效应比不超过允许值" not in hidden
    assert "影响线" not in hidden
    override = f"/desk/cases/{case_id}/act/override"
    assert "1.17 / 1.00" in read(desk, reviewer, override)
    assert "1.17" not in read(desk, approver, override)
    for finding in desk.open_findings(case_id):
        done = act(desk, reviewer, case_id, "override", finding=finding, reason="专家评审通过")
        assert done.status_code == 303, text_of(done.text)
    desk.answer_all(case_id)
    assert act(desk, reviewer, case_id, "recommend", recommendation="").status_code == 422
    told = act(desk, reviewer, case_id, "recommend", recommendation="approve", conditions="白天通行\n限速")
    assert told.status_code == 303
    assert "专家评审通过" in read(desk, approver, f"/desk/cases/{case_id}")
    shown = act(desk, approver, case_id, "approve", conditions="白天通行。\r\n限速")
    assert "通行证预览" in shown.text
    assert letter_of(shown.text).endswith("通行条件：白天通行；限速。")
    assert desk.case(case_id)["state"] == "decision"
    done = act(desk, approver, case_id, "approve", confirmed="1", conditions="白天通行")
    assert done.status_code == 303
    desk.run(deliver, case_id)
    assert desk.case(case_id)["state"] == "issued"


def test_what_is_missing_is_said_beside_the_button(desk: Desk) -> None:
    case_id = desk.submit(WEAK_BRIDGE, heavy_vehicle())
    body = desk.accept(case_id)
    desk.answer_all(case_id)
    desk.recommend(case_id, "refuse", reason="桥梁不能通过")
    page = read(desk, f"approver@{body}", f"/desk/cases/{case_id}")
    barred = re.findall(r'disabled aria-describedby="why-(\w+)"', page)
    assert {"approve", "refuse"} <= set(barred)
    assert "有未处理的审查意见" in page
    assert "须先听取陈述申辩" in page
    form = read(desk, f"approver@{body}", f"/desk/cases/{case_id}/act/refuse")
    assert "<form class=" not in form.split("<main")[1]


def test_a_value_just_below_a_suggested_one_is_marked(desk: Desk) -> None:
    case_id = desk.submit(IN_COUNTY)
    with transaction(desk.sessions) as session:
        case = session.get_one(Case, uuid.UUID(case_id))
        trip, whole = case.form["trip"], case.form["whole"]
        ends = [[trip[end]["lon"], trip[end]["lat"]] for end in ("origin", "destination")]
        height, mass = whole["height_mm"], whole["gross_mass_kg"]
        changes = [("height", height + 10, "mm"), ("height", height + 400, "mm"), ("gross_mass", mass + 100, "kg")]
        for quantity, suggested, unit in changes:
            change = {"quantity": quantity, "from": suggested + 300, "to": suggested, "unit": unit}
            row = WhatIf(carrier_id=case.carrier_id, account_id=case.submitted_by, question_hash="x")
            row.id, row.verdict = uuid.uuid4(), "blocked"
            row.question = {"vehicle": whole, "probe": {"ends": ends, "ways": []}}
            row.answer, row.suggestions, row.asked_at = {}, [{"changes": [change]}], case.submitted_at
            session.add(row)
    page = text_of(read(desk, f"window@{COUNTY}", f"/desk/cases/{case_id}"))
    assert "总高：试算 4.51 m 时曾建议不超过 4.21 m，现申报 4.2 m" in page
    assert "4.6 m，现申报" not in page, "far below a suggestion is no coincidence to look at"
    assert "49.1 t" not in page, "the mass that just passes tells what a bridge bears"
    assert "总质量：试算 49.4 t 时曾建议不超过 49.1 t，现申报 49 t" in text_of(
        read(desk, f"reviewer@{COUNTY}", f"/desk/cases/{case_id}")
    )


def test_everybody_is_led_to_their_own_page(desk: Desk) -> None:
    case_id = desk.submit(IN_CITY, vehicle_of("III"))
    desk.accept(case_id)
    packet = desk.asked(case_id)["police:430300"]["id"]
    where = {
        "carrier": f"/my/cases/{case_id}",
        f"reviewer@{CITY}": f"/desk/cases/{case_id}",
        "police@police:430300": f"/inbox/{packet}",
    }
    for login, path in where.items():
        answer = desk[login].get(f"/cases/{case_id}", headers=HTML, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, path)
    read(desk, "rival", f"/cases/{case_id}", 404)


def test_checks_are_listed_and_handed_over(desk: Desk) -> None:
    case_id = desk.submit(IN_CITY, vehicle_of("III"))
    desk.accept(case_id)
    for finding in desk.open_findings(case_id):
        desk.do(f"approver@{CITY}", case_id, "override", finding=finding, reason="已实测")
    desk.answer_all(case_id)
    desk.recommend(case_id)
    desk.do(f"approver@{CITY}", case_id, "approve")
    desk.run(deliver, case_id)
    number = desk.case(case_id)["number"]
    officer = f"enforcement@{CITY}"
    page = read(desk, officer, "/desk/checks")
    assert number in page
    assert "天后起运" in page
    check = re.search(r"/desk/checks/([0-9a-f-]+)/hand-over", page)
    assert check
    assert f"/inspect/checks/{check[1]}" in page
    others = read(desk, f"reviewer@{CITY}", "/desk/checks")
    assert "hand-over" not in others
    assert "/inspect/" not in others, "a sheet is opened by inspectors only"
    assert f'class="button second small" href="/desk/cases/{case_id}"' in others
    path = f"/desk/checks/{check[1]}/hand-over"
    assert send(desk, officer, path, body_id="police:430300").status_code == 422
    assert send(desk, officer, path, body_id="transport:430302", reason="就近").status_code == 303
    assert number in read(desk, "enforcement@transport:430302", "/desk/checks?own=1")
    assert number not in read(desk, officer, "/desk/checks?own=1")


def test_bars_of_the_dashboard_have_colours(desk: Desk) -> None:
    """Every rectangle of a plot has a class that the style sheet fills; one without is black."""
    desk.accept(desk.submit(IN_CITY, vehicle_of("II")))
    style = (FOLDER.parent / "static" / "figures.css").read_text(encoding="utf-8")
    filled = set(re.findall(r"\.(br-[a-z]+) {[^}]*fill: var", style))
    page = read(desk, f"supervisor@{CITY}", "/dashboard")
    used = re.findall(r'<rect class="([^"]*)"', page)
    assert page.count('<svg class="figure bar-figure"') >= 4, "weeks, states, classes and verdicts"
    assert set(used) <= filled


def test_the_dashboard_counts_within_ones_scope(desk: Desk) -> None:
    page = text_of(read(desk, f"supervisor@{CITY}", "/dashboard"))
    shown = "每周办件量 自动决定占比 各单位经手天数 热点构造物 服务评价 预警与黄红牌 接近临界值的抽查"
    for words in shown.split():
        assert words in page
    assert re.search(r"期内提交 \d+", page)
    elsewhere = text_of(read(desk, "approver@transport:430100", "/dashboard"))
    assert "期内提交 0" in elsewhere
    read(desk, f"admin@{CITY}", "/dashboard")
    read(desk, "carrier", "/dashboard", 403)
    read(desk, f"supervisor@{CITY}", "/dashboard?since=2027-01-01&until=2026-01-01", 422)
    read(desk, f"supervisor@{CITY}", "/dashboard?since=2026-13-01")


WHO = [f"{role}@{COUNTY}" for role in ("window", "reviewer", "approver", "enforcement")]
WHO += [f"{role}@{PROVINCE}" for role in ("reviewer", "supervisor")]
STEPS: dict[str, tuple[tuple[str, str, dict[str, Any]], ...]] = {
    "submitted": (),
    "correction": (("window", "request_correction", {"items": ["轮廓图"]}),),
    "review": (("window", "accept", {}),),
    "tasks": (
        ("window", "accept", {}),
        ("reviewer", "order_survey", {"reason": "净高"}),
        ("reviewer", "order_calculation", {"reason": "桥"}),
        ("reviewer", "invite_statement", {"reason": "拟不予"}),
    ),
    "paused": (("window", "accept", {}), ("reviewer", "pause", {"basis": "testing", "reason": "委托检测"})),
    "decision": (("window", "accept", {}), ("reviewer", "recommend", {"recommendation": "approve"})),
    "approved": (
        ("window", "accept", {}),
        ("reviewer", "recommend", {"recommendation": "approve"}),
        ("approver", "approve", {}),
    ),
    "issued": (
        ("window", "accept", {}),
        ("reviewer", "recommend", {"recommendation": "approve"}),
        ("approver", "approve", {}),
        ("window", "deliver", {}),
    ),
}


@pytest.mark.parametrize("state", STEPS)
def test_every_role_can_open_every_form_in_every_state(desk: Desk, state: str) -> None:
    case_id = desk.submit(IN_COUNTY)
    for role, action, sent in STEPS[state]:
        desk.do(f"{role}@{COUNTY}", case_id, action, **sent)
        if action == "accept":
            desk.run(review_case, case_id)
    opened = set()
    for who in WHO:
        page = read(desk, who, f"/desk/cases/{case_id}")
        named = re.findall(r'/act/(\w+)"|id="why-(\w+)"', page)
        for action in {one or other for one, other in named}:
            path = f"/desk/cases/{case_id}/act/{action}"
            assert (f'action="{path}"' in read(desk, who, path)) is (f'{path}"' in page), (who, action)
            sent = send(desk, who, path, version="999999", reason="\0")
            assert sent.status_code in {409, 412, 422}, (who, action, sent.status_code)
            opened.add(action)
    assert len(opened) >= 2


def test_a_rehearsal_leaves_nothing_behind(desk: Desk) -> None:
    case_id = desk.to_decision(IN_COUNTY)
    before = desk.case(case_id), desk.kinds(case_id), desk.jobs(case_id, "issue_permit"), desk.told(case_id=case_id)
    shown = act(desk, f"approver@{COUNTY}", case_id, "approve")
    assert "通行证预览" in shown.text
    after = desk.case(case_id), desk.kinds(case_id), desk.jobs(case_id, "issue_permit"), desk.told(case_id=case_id)
    assert after == before


def test_the_ground_of_the_law_is_suggested_and_a_setting_of_ours_is_none(desk: Desk) -> None:
    case_id = desk.to_decision(IN_COUNTY)
    close = read(desk, f"approver@{COUNTY}", f"/desk/cases/{case_id}/act/close")
    assert re.search(r'name="ground" type="text" maxlength="100" value=""', close)
    desk.do(f"approver@{COUNTY}", case_id, "approve")
    desk.run(deliver, case_id)
    recall = read(desk, f"approver@{COUNTY}", f"/desk/cases/{case_id}/act/recall")
    assert 'value="行政许可法第八条、第七十条"' in recall
    sent = {"reason": "客观情况变化", "ground": "行政许可法第八条", "confirmed": "1"}
    done = act(desk, f"approver@{COUNTY}", case_id, "recall", **sent)
    assert done.status_code == 303
    assert "行政复议" in desk.note(case_id, "recall")["text"]


def test_a_document_goes_with_an_act_as_a_file(desk: Desk) -> None:
    case_id = desk.submit(IN_COUNTY)
    who, path = f"window@{COUNTY}", f"/desk/cases/{case_id}/act/accept"
    token = re.findall(r'name="csrf_token" value="([^"]+)"', read(desk, who, path))[0]

    def upload(name: str, content: bytes) -> Any:
        data = {"csrf_token": token, "version": str(desk.case(case_id)["version"])}
        return desk[who].post(path, data=data, files={"file": (name, content)}, headers=HTML, follow_redirects=False)

    wrong = upload("x.exe", b"MZ\0\0")
    assert wrong.status_code == 422
    assert 'id="f-file-fault"' in wrong.text
    assert upload("受理.pdf", PDF).status_code == 303
    assert desk.note(case_id, "accept", f"reviewer@{COUNTY}")["attachment_id"] is not None


def test_earlier_cases_stand_beside(desk: Desk) -> None:
    foreign = desk.submit(IN_CITY, vehicle_of("II"), login="rival")
    first = desk.submit(IN_CITY, vehicle_of("I"))
    second = desk.submit(IN_CITY, vehicle_of("II"))
    page = read(desk, f"reviewer@{CITY}", f"/desk/cases/{second}")
    table = page[page.index('id="earlier"') :]
    assert desk.case(first)["number"] in table
    assert desk.case(foreign)["number"] not in table
    assert "（本件 +0.15 m）" in table
    assert "100%" in table
    assert desk.case(second)["number"] not in read(desk, f"reviewer@{CITY}", f"/desk/cases/{first}")


def test_nobody_is_asked_to_sign_in_first(desk: Desk) -> None:
    client = desk.people.nobody()
    for path in ("/desk", "/dashboard", "/desk/checks", f"/desk/cases/{uuid.uuid4()}"):
        answer = client.get(path, headers=HTML, follow_redirects=False)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")


def test_a_case_not_reviewed_yet_has_a_page(desk: Desk) -> None:
    case_id = desk.submit(IN_COUNTY)
    desk.do(f"window@{COUNTY}", case_id, "accept")
    assert "机器审查" in read(desk, f"reviewer@{COUNTY}", f"/desk/cases/{case_id}")
    desk.run(review_case, case_id)


def test_what_stands_in_the_way_is_told_by_name(desk: Desk) -> None:
    case_id = desk.submit(IN_CITY, vehicle_of("III"))
    desk.accept(case_id)
    keys = desk.open_findings(case_id)
    desk.answer_all(case_id)
    desk.recommend(case_id)
    page = text_of(read(desk, f"approver@{CITY}", f"/desk/cases/{case_id}"))
    assert "有未处理的审查意见：" in page
    assert keys
    assert not [key for key in keys if key in page]


def test_what_is_ones_own_is_not_claimed_again(desk: Desk) -> None:
    case_id = desk.submit(IN_CITY, vehicle_of("III"))
    claim = f'action="/desk/cases/{case_id}/claim"'
    assert claim in read(desk, f"window@{CITY}", f"/desk/cases/{case_id}")
    desk.do(f"window@{CITY}", case_id, "claim")
    assert claim not in read(desk, f"window@{CITY}", f"/desk/cases/{case_id}")
