"""From registering to a submitted application: nothing asked twice, few actions later, faults at their fields."""
# ruff: noqa: ANN401, ARG001 - fixtures of conftest have no importable types, and some are asked for their effect

import copy
import datetime as dt
import re
import uuid
from typing import Any

import pytest
from fastapi import FastAPI
from stdnum.cn import uscc

from api.accounts.identify import actor_of
from api.applications.drafts import add_draft
from api.applications.endpoints_example import EXAMPLE_FORM
from api.cases import grounds
from api.db.engine import transaction
from api.db.tables import Account, Case, Draft
from api.pages.my.form_derived import days_of, derive, last_day
from api.unit_of_work import UnitOfWork
from tests.pages.my_forms import FACTS, PDF, PLACES, browser_of, form_at, press, signed_in
from tests.service.desk import FIRM, IN_COUNTY, Desk


class Typist:
    """Fills in what is needed and empty, and notes what was typed."""

    def __init__(self) -> None:
        self.typed: list[tuple[str, str]] = []

    def fill(self, page: str, action: str, *, also: tuple[str, ...] = ()) -> dict[str, str]:
        """What is typed into a form: every needed field that stands empty."""
        form = form_at(page, action)
        found = {}
        for name, value in form.fields:
            wanted = name in FACTS and (name not in form.optional or name in also)
            if wanted and not value:
                fact, text = FACTS[name]
                self.typed.append((fact, text))
                found[name] = text
        return found


@pytest.fixture(scope="module")
def world(people: Any, sessions: Any, clock: Any, network: grounds.Source) -> Desk:
    """Offices and two firms on the small province."""
    return Desk(people, sessions, clock).open()


def draft_of(answer: Any) -> str:
    assert answer.status_code == 303, answer.text
    path: str = answer.headers["location"].partition("?")[0].partition("#")[0]
    assert re.fullmatch(r"/my/drafts/[0-9a-f-]{36}", path), path
    return path


def test_a_new_carrier_is_asked_nothing_twice(app: FastAPI, world: Desk, sessions: Any) -> None:
    client, typist = browser_of(app), Typist()
    page = client.get("/register").text
    typed = typist.fill(page, "/register")
    stem = typed["credit_code"]
    typed["credit_code"] = stem + uscc.calc_check_digit(stem)
    assert set(typed) == {"name", "credit_code", "display_name", "login", "password"}
    assert press(client, page, "/register", **typed).headers["location"] == "/my?welcome=1"
    path = draft_of(press(client, client.get("/my").text, "/my/drafts"))
    page = client.get(path).text
    typed = typist.fill(page, path, also=("cargo.mass_kg", *PLACES))
    upload = dict.fromkeys(form_at(page, path).files[:5], ("a.pdf", PDF, "application/pdf"))
    sent = press(client, page, path, upload, **typed, **{"declarations.truthful": "on", "do": "submit"})
    assert sent.status_code == 303, re.findall(r'class="fault[^>]*>.*?</p>|<li><a href="#f.*?</li>', sent.text)
    facts = [fact for fact, _ in typist.typed]
    assert len(facts) == len(set(facts)), [fact for fact in facts if facts.count(fact) > 1]
    values = [value for _, value in typist.typed]
    assert len(values) == len(set(values)), [value for value in values if values.count(value) > 1]
    with sessions() as session:
        case = session.get_one(Case, uuid.UUID(sent.headers["location"].split("/")[-1].partition("?")[0]))
    form = case.form
    assert form["carrier"]["name"] == "首次申请运输有限公司"
    assert form["carrier"]["contact"] == form["agent"]["name"] == "首办经办人"
    assert form["carrier"]["mobile"] == "13800000011"
    assert form["whole"]["gross_mass_kg"] == 57_000, "kerb masses and cargo"
    assert (form["tractor"]["axle_count"], form["tractor"]["tyre_count"]) == (3, 10)
    assert (form["trailer"]["axle_count"], form["trailer"]["tyre_count"]) == (3, 24)
    assert [axle["drive"] for axle in form["whole"]["axles"]] == [False, True, True, False, False, False]
    assert len(form["attachments"]) + (form["outline_drawing"] is not None) == 5


def test_a_returning_carrier_applies_again_in_a_few_actions(app: FastAPI, world: Desk, sessions: Any) -> None:
    case_id = world.submit(IN_COUNTY)
    client = signed_in(app, "carrier")
    page = client.get(f"/my/cases/{case_id}").text
    actions = ["open the earlier case"]
    path = draft_of(press(client, page, f"/my/cases/{case_id}/again"))
    actions.append("again")
    page = client.get(path).text
    form = form_at(page, path)
    assert form.value("trip.start_date") == "", "another trip, another day"
    changes = {"trip.start_date": "2026-12-21", "declarations.truthful": "on", "do": "submit"}
    actions += ["type the first day", "declare", "hand in"]
    sent = press(client, page, path, **changes)
    assert sent.status_code == 303, sent.text
    assert sent.headers["location"].startswith("/my/cases/")
    assert len(actions) <= 6
    with sessions() as session:
        first = session.get_one(Case, uuid.UUID(case_id)).form
        again = session.get_one(Case, uuid.UUID(sent.headers["location"].split("/")[-1].partition("?")[0])).form
    assert again["trip"]["start_date"] == "2026-12-21"
    assert days_of(again["trip"]) == days_of(first["trip"])
    for part in ("carrier", "agent", "drivers", "cargo", "tractor", "trailer", "whole", "attachments", "escort_plan"):
        assert again[part] == first[part], part


def test_a_planned_draft_of_a_known_firm_can_be_handed_in_at_once(app: FastAPI, world: Desk, sessions: Any) -> None:
    """As a question leaves it: the vehicle, the places and the day; the archive and the account know the rest."""
    world.clock.forward(minutes=1)
    first = world.form(IN_COUNTY)
    world.hand_in(first)
    with transaction(sessions) as session:
        account = session.query(Account).filter_by(login="carrier").one()
        work = UnitOfWork(session, actor_of(account), world.clock())
        trip = {name: first["trip"][name] for name in ("origin", "destination", "start_date")}
        content = {"whole": first["whole"], "trip": trip}
        draft_id = add_draft(work, content, origin={"kind": "typed"}).id
    client = signed_in(app, "carrier")
    path = f"/my/drafts/{draft_id}"
    page = client.get(path).text
    assert "取自档案" in page
    sent = press(client, page, path, **{"trip.end_date": "2026-12-20", "declarations.truthful": "on", "do": "submit"})
    assert sent.status_code == 303, re.findall(r'<li><a href="#f.*?</li>', sent.text)
    with sessions() as session:
        form = session.get_one(Case, uuid.UUID(sent.headers["location"].split("/")[-1].partition("?")[0])).form
    assert form["tractor"]["plate"] == first["tractor"]["plate"]
    assert form["cargo"]["mass_kg"] == first["cargo"]["mass_kg"]
    assert set(form["attachments"]) == set(first["attachments"])


def test_faults_stand_at_their_fields_and_above_with_links(app: FastAPI, world: Desk) -> None:
    client = signed_in(app, "rival")
    path = draft_of(press(client, client.get("/my").text, "/my/drafts"))
    page = client.get(path).text
    assert 'class="fault"' not in page, "nothing typed, nothing wrong yet"
    wrong = {
        "tractor.kerb_mass_kg": "九吨",
        "axles.loads": "7+19+30",
        "axles.spacings": "x",
        "cargo.name": "锅炉<b>",
        "do": "submit",
    }
    answer = press(client, page, path, **wrong)
    assert answer.status_code == 422
    for name in ("tractor.kerb_mass_kg", "axles.loads", "axles.spacings", "trip.start_date", "declarations.truthful"):
        assert f'<a href="#f-{name}">' in answer.text, name
        assert f'id="f-{name}"' in answer.text, name
    form = form_at(answer.text, path)
    assert form.value("tractor.kerb_mass_kg") == "九吨", "what was typed is kept"
    assert form.value("axles.loads") == "7+19+30"
    assert "锅炉&lt;b&gt;" in answer.text
    assert "19吨这一组有几轴不能确定" in answer.text
    again = client.get(path).text
    assert form_at(again, path).value("axles.loads") == "7+19+30", "and kept in the draft"
    axles = {"axles.loads": "7+2*9.5+30", "axles.spacings": "3-1.3-7-1.3-1.3"}
    right = press(client, again, path, **axles, do="save")
    assert right.status_code == 303


def test_what_is_missing_is_counted_the_same_before_and_after(app: FastAPI, world: Desk) -> None:
    """Before anything is typed, after saving, and in the list that an attempt to hand in makes."""
    client = signed_in(app, "rival")
    path = draft_of(press(client, client.get("/my").text, "/my/drafts"))
    fresh = client.get(path).text
    left = re.findall(r"提交前还有(\d+)处", fresh)
    assert len(left) == 1
    in_sections = sum(map(int, re.findall(r"还差(\d+)项", fresh)))
    assert in_sections + 1 == int(left[0]), "the declaration of truth stands in no section"
    refused = press(client, fresh, path, do="submit")
    assert refused.status_code == 422
    assert re.findall(r"有(\d+)处需要填写或修改，请逐项核对", refused.text) == left
    listed = re.findall(r'<ul class="fault-list">(.*?)</ul>', refused.text, re.DOTALL)[0]
    assert listed.count("<li>") == int(left[0])
    assert sum(map(int, re.findall(r"还差(\d+)项", refused.text))) == in_sections
    assert "提交前还有" not in refused.text
    typed = press(client, client.get(path).text, path, **{"cargo.name": "锅炉", "do": "save"})
    assert typed.status_code == 303
    later = client.get(path).text
    assert re.findall(r"提交前还有(\d+)处", later) == [str(int(left[0]) - 1)]


def test_papers_go_to_their_places_and_what_cannot_be_taken_is_said(app: FastAPI, world: Desk) -> None:
    client = signed_in(app, "rival")
    path = draft_of(press(client, client.get("/my").text, "/my/drafts"))
    page = client.get(path).text
    files = {
        "file.operating_licence": ("许可证.pdf", PDF, "application/pdf"),
        "file.agent_id": ("x.exe", b"MZ", "application/octet-stream"),
    }
    answer = press(client, page, path, files, **{"do": "upload", "cargo.name": "塔筒"})
    assert answer.status_code == 422
    assert "x.exe" in answer.text
    assert "许可证.pdf" in answer.text
    page = client.get(path).text
    assert form_at(page, path).value("cargo.name") == "塔筒"
    assert "许可证.pdf" in page
    dropped = re.search(r'name="drop" value="(operating_licence:[0-9a-f-]+)"', page)
    assert dropped
    client.post(path, data=form_at(page, path).data(drop=dropped[1], do="save"))
    assert "许可证.pdf" not in client.get(path).text


def test_two_tabs_lose_nothing(app: FastAPI, world: Desk) -> None:
    client = signed_in(app, "rival")
    path = draft_of(press(client, client.get("/my").text, "/my/drafts"))
    one, other = client.get(path).text, client.get(path).text
    assert press(client, one, path, **{"cargo.name": "先存的", "do": "save"}).status_code == 303
    late = press(client, other, path, **{"cargo.name": "后存的", "do": "save"})
    assert late.status_code == 412
    assert "草稿已在另一页面更新" in late.text
    assert form_at(client.get(path).text, path).value("cargo.name") == "先存的"
    mine = re.findall(r"/earlier/[0-9a-f-]{36}", late.text)[0]
    assert press(client, late.text, mine).status_code == 303
    assert form_at(client.get(path).text, path).value("cargo.name") == "后存的"
    earlier = client.get(f"{path}/earlier").text
    assert "先存的" in earlier


def test_places_are_found_by_name(app: FastAPI, world: Desk, network: grounds.Source) -> None:
    from api.pages.search import index_of

    exact = next(one for one in index_of(network.grounds().network).find("收费站") if one.kind == "toll_station")
    client = signed_in(app, "rival")
    path = draft_of(press(client, client.get("/my").text, "/my/drafts"))
    page = client.get(path).text
    press(client, page, path, **{"trip.origin.name": exact.name, "trip.destination.name": "收费站", "do": "save"})
    form = form_at(client.get(path).text, path)
    assert form.value("trip.origin.at") == f"{exact.lon:.6f}, {exact.lat:.6f}"
    assert form.value("trip.destination.at") == "", "several fit: the page asks"
    assert "地图上有这些同名地点" in client.get(path).text


def test_archived_things_are_picked(app: FastAPI, world: Desk) -> None:
    client = signed_in(app, "carrier")
    world.submit(IN_COUNTY)
    path = draft_of(press(client, client.get("/my").text, "/my/drafts"))
    page = client.get(path).text
    tractors = re.search(r'<select id="pick-tractor".*?</select>', page, re.DOTALL)
    assert tractors
    item = re.findall(r'value="([0-9a-f-]{36})"', tractors[0])[0]
    assert press(client, page, path, **{"pick.tractor": item, "do": "pick"}).status_code == 303
    assert form_at(client.get(path).text, path).value("tractor.plate").startswith("湘A")
    nothing = press(client, client.get(path).text, path, do="pick")
    assert nothing.status_code == 422
    rival = signed_in(app, "rival")
    assert rival.get(path).status_code == 404


def test_a_draft_is_deleted_and_a_submitted_one_leads_to_its_case(app: FastAPI, world: Desk, sessions: Any) -> None:
    client = signed_in(app, "carrier")
    path = draft_of(press(client, client.get("/my").text, "/my/drafts"))
    assert press(client, client.get(path).text, f"{path}/delete").status_code == 303
    assert client.get(path).status_code == 404
    case_id = world.submit(IN_COUNTY)
    with sessions() as session:
        draft_id = session.query(Draft.id).join(Case, Case.draft_id == Draft.id).filter(Case.id == case_id).scalar()
    assert client.get(f"/my/drafts/{draft_id}").headers["location"] == f"/my/cases/{case_id}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cargo.name", "\x00\ud800x".encode("utf-8", "replace").decode()),
        ("cargo.mass_kg", "9" * 40),
        ("whole.length_mm", "-1"),
        ("axles.loads", "9*" * 300),
        ("axles.tyres", "999*99"),
        ("axles.drive", "0"),
        ("trip.via", "\n".join(["a 1,2"] * 100)),
        ("trip.origin.at", "999,999"),
        ("trip.start_date", "9999-99-99"),
        ("drivers.0.name", "x" * 20_000),
        ("items_wanted.highway_permit", "maybe"),
        ("whole.indivisible", "perhaps"),
        ("version", "x"),
        ("pick.tractor", "no"),
        ("drop", "a:b"),
    ],
)
def test_nothing_typed_makes_the_service_fail(app: FastAPI, world: Desk, name: str, value: str) -> None:
    client = signed_in(app, "rival")
    path = draft_of(press(client, client.get("/my").text, "/my/drafts"))
    answer = press(client, client.get(path).text, path, **{name: value, "do": "submit"})
    assert answer.status_code in {404, 422}, answer.text[:300]
    assert client.get(path).status_code == 200


def test_what_follows_from_what() -> None:
    form = copy.deepcopy(EXAMPLE_FORM)
    heavier = copy.deepcopy(form)
    heavier["cargo"]["mass_kg"] = 34_000
    assert derive(heavier, form)["whole"]["gross_mass_kg"] == 58_000, "the whole follows the cargo"
    lighter = copy.deepcopy(form)
    lighter["whole"]["gross_mass_kg"] = 56_000
    assert derive(lighter, form)["cargo"]["mass_kg"] == 32_000, "the cargo follows the whole"
    both = copy.deepcopy(form)
    both["cargo"]["mass_kg"], both["whole"]["gross_mass_kg"] = 1_000, 90_000
    assert derive(both, form)["cargo"]["mass_kg"] == 1_000, "two typed values stay as typed"
    moved = copy.deepcopy(form)
    moved["carrier"] |= {"contact": form["agent"]["name"]}
    known = copy.deepcopy(moved)
    moved["agent"]["name"] = "别人"
    assert derive(moved, known)["carrier"]["contact"] == "别人"
    assert derive(copy.deepcopy(form), form)["carrier"]["contact"] == form["carrier"]["contact"]
    start = {"trip": {"start_date": "2026-12-30"}}
    assert last_day(start, 3)["trip"]["end_date"] == "2027-01-01"
    assert last_day(start, None) == start
    assert days_of({"start_date": "2026-12-30", "end_date": "2027-01-01"}) == 3
    assert dt.date(2026, 12, 30) + dt.timedelta(days=2) == dt.date(2027, 1, 1)


def test_the_firm_is_the_accounts(app: FastAPI, world: Desk, sessions: Any) -> None:
    client = signed_in(app, "rival")
    path = draft_of(press(client, client.get("/my").text, "/my/drafts"))
    page = client.get(path).text
    press(client, page, path, **{"carrier.name": "冒名", "carrier.uscc": FIRM.credit_code, "do": "save"})
    with sessions() as session:
        content = session.get_one(Draft, uuid.UUID(path.split("/")[-1])).content
    assert content["carrier"]["uscc"] != FIRM.credit_code
    assert content["carrier"]["name"] != "冒名"
