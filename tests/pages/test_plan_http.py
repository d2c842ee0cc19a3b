"""The planning pages as answers: what is typed is read or told beside its field, and nobody sees what is not theirs."""
# ruff: noqa: ANN401, ARG001 - fixtures of conftest have no importable types, and some are asked for their effect

import datetime as dt
import html
import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from api.accounts import passwords
from api.cases import grounds
from api.db.engine import transaction
from api.db.tables import Draft, WhatIf
from api.pages.plan.presets import presets
from api.pages.plan.typed import query_of, stop_texts
from api.pages.plan.vehicle_form import read_typed, texts_of
from data.datums import Datum, from_cgcs2000
from data.vehicles import parse_vehicle
from tests.pages.test_pages_http import sign_in
from tests.service.desk import FIVE_COUNTIES, IN_COUNTY, Desk, vehicle_of

HTML = {"Accept": "text/html,application/xhtml+xml"}
Json = dict[str, Any]
DAY = "2026-12-07"
NOBODYS = "7c9e6679-7425-40de-944b-e07fc1f90ae7"


@pytest.fixture(scope="module")
def traps(province: Path) -> dict[str, Json]:
    """One known question of each kind."""
    truth = json.loads((province / "sources" / "ground_truth.json").read_text(encoding="utf-8"))
    return {one["kind"]: one for one in reversed(truth["traps"])}


@pytest.fixture(scope="module")
def desk(people: Any, sessions: Any, clock: Any, network: grounds.Source) -> Iterator[Desk]:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # people sign in again and again
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", lambda: cheap)
        yield _staffed(people, sessions, clock)


def _staffed(people: Any, sessions: Any, clock: Any) -> Desk:
    people.account("colleague", "carrier", carrier_id=people.carrier())
    body = people.body("transport:430000", level="province", code="430000")
    people.account("plan-reviewer", "reviewer", body_id=body)
    people.account("plan-police", "police", body_id=people.body("police:430100", kind="police"))
    return Desk(people, sessions, clock).open()


def client_of(app: FastAPI, login: str | None) -> TestClient:
    client = TestClient(app, raise_server_exceptions=False, headers=HTML, follow_redirects=False)
    if login:
        assert sign_in(client, login).status_code == 303
    return client


@pytest.fixture
def client(app: FastAPI, desk: Desk, sessions: Any) -> TestClient:
    with transaction(sessions) as session:  # earlier questions about the same bridges are forgiven
        session.execute(update(WhatIf).values(asked_at=WhatIf.asked_at - dt.timedelta(days=8)))
    return client_of(app, "carrier")


def texts_of_trap(trap: Json, on: str = DAY) -> dict[str, str]:
    stops = [("甲地", tuple(trap["from"])), ("乙地", tuple(trap["to"]))]
    return texts_of(trap["vehicle"]) | stop_texts(stops) | {"on": on}


def texts_of_road(vehicle: Json) -> dict[str, str]:
    return texts_of(vehicle) | stop_texts([("甲厂", IN_COUNTY.start), ("乙站", IN_COUNTY.end)]) | {"on": DAY}


def token_of(client: TestClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/plan").text)
    assert found
    return found[1]


def post(client: TestClient, texts: dict[str, str]) -> Any:
    return client.post("/plan", data=texts | {"csrf_token": token_of(client)})


def asked(client: TestClient, texts: dict[str, str]) -> str:
    answer = post(client, texts)
    assert answer.status_code == 303, re.findall(r'class="(?:fault|notice-title)"[^>]*>([^<]+)', answer.text)
    return str(answer.headers["location"])


def row_of(sessions: Any, path: str) -> WhatIf:
    with sessions() as session:
        return session.get_one(WhatIf, uuid.UUID(path.rpartition("/")[2]))


def fault_of(page: str, name: str) -> str:
    found = re.search(rf'id="f-{name}-fault">(.*?)</p>', page, re.DOTALL)
    return re.sub(r"<[^>]*>", "", found[1]) if found else ""


def test_a_visitor_builds_a_load_and_sees_its_class(app: FastAPI, network: grounds.Source) -> None:
    visitor = client_of(app, None)
    page = visitor.get("/plan?preset=lowbed65")
    assert page.status_code == 200
    assert "二类" in page.text
    assert "试算和申请须登录" in page.text
    assert 'name="start"' not in page.text
    assert "vehicle-drawing" in page.text
    assert visitor.post("/plan", data={"height": "4"}).status_code in {401, 403}
    assert visitor.get(f"/plan/{uuid.uuid4()}").headers["location"].startswith("/sign-in")


def test_who_asks_no_routes_may_still_build(app: FastAPI, desk: Desk) -> None:
    police = client_of(app, "plan-police")
    page = police.get("/plan")
    assert page.status_code == 200
    assert 'name="start"' not in page.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    assert police.post("/plan", data={"csrf_token": token[1]}).status_code == 403


def test_every_fault_stands_beside_its_field_and_nothing_typed_is_lost(client: TestClient) -> None:
    texts = dict(presets()["semi49"].texts) | {"height": "0.5", "loads": "9.2+3*8", "width": "宽"}
    texts |= {"start": "收费站", "end": "没有的地方", "on": "明天", "area": "G5", "area_km": "900"}
    page = post(client, texts)
    assert page.status_code == 422
    told = {name: fault_of(page.text, name) for name in ("height", "loads", "width", "start", "end", "on", "area_km")}
    assert "1~12" in told["height"]
    assert "第1项" in told["loads"]
    assert "数字" in told["width"]
    assert "选择" in told["start"]
    assert "没有找到" in told["end"]
    assert "2026-12-01" in told["on"]
    assert "半径" in told["area_km"]
    assert 'name="start_at" value="' in page.text
    for value in ("9.2+3*8", "没有的地方"):
        assert f'value="{value}"' in page.text
    assert client.get("/plan").text.count("不可通行") == 0, "nothing was asked"


def test_the_drawing_follows_what_is_typed(client: TestClient) -> None:
    texts = dict(presets()["modular17"].texts)
    part = client.get("/plan/vehicle", params=texts).text
    assert "三类" in part
    assert "<html" not in part
    assert "再加" in part
    wrong = client.get("/plan/vehicle", params=texts | {"spacings": "3.3-1.35"}).text
    faults = json.loads(re.findall(r'class="plan-faults">(.*?)</script>', wrong, re.DOTALL)[0])
    assert list(faults) == ["spacings"]
    assert "vehicle-drawing" in wrong
    refused = client.get("/plan/vehicle", params=texts | {"loads": "1*8+2*12+17*19"}).text
    assert "应当不予许可" in refused


def test_a_load_one_centimetre_too_high_is_told_so_and_tried_lower(
    client: TestClient, traps: dict[str, Json], sessions: Any
) -> None:
    path = asked(client, texts_of_trap(traps["clearance_1cm_short"]))
    page = client.get(path).text
    assert f'data-advice="{path}/advice"' in page
    assert "按此试算" not in page
    assert row_of(sessions, path).suggestions == []
    part = client.get(f"{path}/advice").text
    assert "降低1 cm" in part
    assert "不是对填表的建议" in part
    again = client.get(path).text
    assert "data-advice" not in again
    assert "按此试算" in again
    (suggestion,) = row_of(sessions, path).suggestions
    assert suggestion["changes"][0]["quantity"] == "height"
    address = html.unescape(re.findall(r'href="(/plan\?[^"]*)">按此试算', again)[0])
    form = client.get(address).text
    lower = (traps["clearance_1cm_short"]["vehicle"]["height_mm"] - 10) / 1000
    assert f'name="height" type="text" value="{lower:g}"' in form
    assert 'value="甲地"' in form


def test_without_scripts_a_link_finds_what_would_help(client: TestClient, traps: dict[str, Json]) -> None:
    path = asked(client, texts_of_trap(traps["sealed_town"]))
    page = client.get(path).text
    link = re.findall(r'href="([^"]*advice=true)"', page)[0]
    told = client.get(html.unescape(link)).text
    assert "3.60 m" in told
    assert "限值</dt><dd>20 t" in told, "a sign is there for all to see"


def test_a_carrier_reads_no_capacity_and_an_office_does(
    app: FastAPI, client: TestClient, traps: dict[str, Json], sessions: Any
) -> None:
    texts = texts_of_trap(traps["bridge_just_fails"])
    path = asked(client, texts)
    pages = [client.get(f"{path}?advice=true").text, client.get(f"{path}/advice").text]
    pages += [client.get(f"{path}/frontier").text, client.get(f"{path}/frontier.svg").text]
    answer = row_of(sessions, path).answer
    decisive = answer["why_not"]["blockers"][0]
    changes = [one["changes"][0] for one in answer["why_not"]["smallest_changes"]]
    exact = [one["to"] for one in changes if one["unit"] == "kg"]
    assert exact
    secrets = [f"{decisive['measured']:g}", *(f"{kg / 1000:g}" for kg in exact if kg % 500), "bridges.csv", "公路-"]
    for page in pages:
        assert [secret for secret in secrets if secret in page] == []
    assert "&gt;100%" in pages[0]
    assert "80 t" in pages[0]
    office = client_of(app, "plan-reviewer")
    seen = office.get(f"{asked(office, texts)}?advice=true").text
    assert f"{decisive['measured']:.2f}" in seen or f"{decisive['measured']:g}" in seen
    assert "以此路线申请" not in seen


def test_an_answer_is_for_its_firm(app: FastAPI, client: TestClient, desk: Desk) -> None:
    path = asked(client, texts_of_road(vehicle_of("II")))
    assert client_of(app, "colleague").get(path).status_code == 200
    rival = client_of(app, "rival")
    for address in (path, f"{path}/advice", f"{path}/frontier", f"{path}/frontier.svg"):
        assert rival.get(address).status_code == 404
    sent = {"csrf_token": token_of(rival), "route": "1"}
    assert rival.post(f"{path}/apply", data=sent).status_code == 404
    assert client.get(f"{path}?route=9").status_code == 404
    assert client.get(f"/plan/{uuid.uuid4()}").status_code == 404


def test_the_first_application_is_begun_with_load_places_and_route(
    client: TestClient, desk: Desk, sessions: Any
) -> None:
    path = asked(client, texts_of_road(vehicle_of("II")))
    page = client.get(path).text
    assert "以此路线申请" in page
    answer = client.post(f"{path}/apply", data={"csrf_token": token_of(client), "route": "1"})
    assert answer.status_code == 303
    with sessions() as session:
        draft = session.get_one(Draft, uuid.UUID(answer.headers["location"].removeprefix("/my/drafts/")))
    trip = draft.content["trip"]
    assert parse_vehicle(json.dumps(draft.content["whole"]), source="draft") == parse_vehicle(
        json.dumps(vehicle_of("II")), source="asked"
    )
    assert [trip["origin"]["name"], trip["destination"]["name"]] == ["甲厂", "乙站"]
    route = row_of(sessions, path).answer["routes"][0]
    assert trip["line"] == route["geometry"]
    assert trip["route_text"] == route["phrase"]
    assert trip["start_date"] == DAY
    assert draft.content["carrier"]["name"] == "演示大件运输有限公司"
    assert draft.origin == {"kind": "what_if", "id": path.rpartition("/")[2], "rank": 1}


def test_the_next_application_takes_everything_of_the_firm_from_the_last(
    client: TestClient, desk: Desk, sessions: Any
) -> None:
    case_id = desk.submit(vehicle=vehicle_of("II"))
    path = asked(client, texts_of_road(vehicle_of("II")))
    answer = client.post(f"{path}/apply", data={"csrf_token": token_of(client), "route": "1"})
    draft_id = answer.headers["location"].removeprefix("/my/drafts/")
    draft = desk["carrier"].get(f"/api/v1/drafts/{draft_id}").json()
    content = draft["content"]
    assert content["trip"]["end_date"] == "2026-12-09"
    assert content["tractor"]["plate"].startswith("湘")
    assert "serial_number" not in content["cargo"]
    # What is left to do: promise that it is true; the route and the form of the last case fit.
    assert {fault["field"] for fault in draft["faults"]} <= {"declarations.truthful", "cargo.serial_number"}
    content["declarations"] = {"truthful": True}
    saved = desk["carrier"].put(
        f"/api/v1/drafts/{draft_id}", json={"content": content}, headers={"If-Match": f'"{draft["version"]}"'}
    )
    assert saved.status_code == 200, saved.text
    handed = desk["carrier"].post(f"/api/v1/drafts/{draft_id}/submit")
    assert handed.status_code == 201, handed.text
    assert str(row_of(sessions, path).case_id) == handed.json()["id"]
    page = client.get(f"/plan?case={case_id}").text
    assert 'name="loads" type="text" value="1*7+2*8.5+2*8.3+1*8.4"' in page
    assert "复制为草稿" in page
    copy = client.post(f"/plan/again/{case_id}", data={"csrf_token": token_of(client)})
    assert copy.headers["location"].startswith("/my/drafts/")


def test_what_was_advised_goes_along_to_the_question_that_becomes_a_case(
    client: TestClient, desk: Desk, traps: dict[str, Json], sessions: Any
) -> None:
    texts = texts_of_trap(traps["clearance_1cm_short"], on="2027-03-01")
    first = asked(client, texts)
    client.get(f"{first}/advice")
    lower = read_typed(texts).partial["height_mm"] - 10
    second = asked(client, texts | {"height": f"{lower / 1000:g}"})
    kept = row_of(sessions, second)
    assert kept.verdict in {"passes", "conditional"}
    assert kept.suggestions == row_of(sessions, first).suggestions
    assert kept.suggestions[0]["changes"][0]["to"] == lower


def test_typed_coordinates_are_taken_in_their_datum(client: TestClient, sessions: Any) -> None:
    texts = texts_of_road(vehicle_of("I"))
    lon, lat = from_cgcs2000(*IN_COUNTY.start, Datum.BD09)
    path = asked(client, texts | {"start": f"{lon:.7f}，{lat:.7f}", "datum": "BD-09"})
    assert row_of(sessions, path).question["stops"][0] == pytest.approx(IN_COUNTY.start, abs=2e-6)
    # A point chosen for a text counts as long as the text stands; another text is looked up anew.
    elsewhere = texts | {"end": "没有的地方"}
    assert post(client, elsewhere).status_code == 422


def test_a_stake_is_found_where_a_review_says_it_is(client: TestClient, traps: dict[str, Json], sessions: Any) -> None:
    path = asked(client, texts_of_trap(traps["bridge_just_fails"]))
    answer = row_of(sessions, path).answer
    finding = answer["why_not"]["blockers"][0]
    ref = answer["routes"][0]["legs"][0]["ref"]
    assert finding["stake"]
    found = client.get("/plan/places", params={"q": f"{ref} {finding['stake']}"}).text
    (place,) = re.findall(r'data-at="([^"]+)"', found)
    assert [float(part) for part in place.split(",")] == pytest.approx([finding["lon"], finding["lat"]], abs=2e-4)


def test_a_place_far_from_every_road_is_told_at_its_field(client: TestClient) -> None:
    page = post(client, texts_of_road(vehicle_of("I")) | {"end": "111.0, 40.0", "end_at": ""})
    assert page.status_code == 422
    assert "没有大型车辆可用的道路" in fault_of(page.text, "end")
    assert fault_of(page.text, "start") == ""


def test_wishes_become_cards_of_their_own(client: TestClient, network: grounds.Source, sessions: Any) -> None:
    texts = texts_of_road(vehicle_of("I")) | {"fewest_bridges": "yes", "no_expressway": "yes"}
    middle = ((IN_COUNTY.start[0] + IN_COUNTY.end[0]) / 2, (IN_COUNTY.start[1] + IN_COUNTY.end[1]) / 2)
    texts |= {"area": f"{middle[0]:.5f}, {middle[1]:.5f}", "area_km": "0.5"}
    path = asked(client, texts)
    page = client.get(path).text
    answer = row_of(sessions, path).answer
    assert [one["variant"] for one in answer["variants"]] == ["fewest_bridges", "no_expressway", "avoiding"]
    for one, words in zip(answer["variants"], ("过桥最少", "不走高速公路", "避开所选之处"), strict=True):
        assert words in page, one["variant"]
    last = len(answer["routes"]) + sum(one["route"] is not None for one in answer["variants"])
    assert client.get(f"{path}?route={last}").status_code == 200
    assert client.get(f"{path}?route={last + 1}").status_code == 404
    graph = network.grounds().network.graph
    key = graph.strings[int(graph.structures.key[0])]
    assert post(client, texts | {"avoid": key}).status_code == 303
    assert "没有找到" in fault_of(post(client, texts | {"avoid": "没有的桥"}).text, "avoid")
    form = client.get(f"/plan?question={path.rpartition('/')[2]}").text
    assert 'name="fewest_bridges" value="yes" checked' in form
    assert 'value="0.5"' in form


def test_the_chosen_route_is_the_one_applied_with(client: TestClient, sessions: Any) -> None:
    stops = stop_texts([("甲厂", FIVE_COUNTIES.start), ("乙站", FIVE_COUNTIES.end)])
    path = asked(client, texts_of(vehicle_of("I")) | stops | {"on": DAY, "fewest_bridges": "yes"})
    answer = row_of(sessions, path).answer
    every = [*answer["routes"], *(one["route"] for one in answer["variants"] if one["route"])]
    rank = next(rank for rank, one in enumerate(every, start=1) if one["phrase"] != every[0]["phrase"])
    begun = client.post(f"{path}/apply", data={"csrf_token": token_of(client), "route": str(rank)})
    with sessions() as session:
        draft = session.get_one(Draft, uuid.UUID(begun.headers["location"].removeprefix("/my/drafts/")))
    assert draft.content["trip"]["route_text"] == every[rank - 1]["phrase"]
    assert draft.content["trip"]["line"] == every[rank - 1]["geometry"]


def test_closing_in_on_a_bridge_is_said_on_the_form(client: TestClient, traps: dict[str, Json]) -> None:
    texts = texts_of_trap(traps["bridge_just_fails"], on="2026-12-21")
    loads = [load["load_kg"] for load in traps["bridge_just_fails"]["vehicle"]["axles"]]
    codes, page = [], None
    for less in range(4):
        lighter = "+".join(f"1*{(kg - 10 * less) / 1000:g}" for kg in loads)
        page = post(client, texts | {"loads": lighter, "mass": ""})
        codes.append(page.status_code)
    assert codes == [303, 303, 303, 429]
    assert page is not None
    assert "逐次逼近" in page.text
    assert 'value="甲地"' in page.text


def test_a_better_day_is_offered(client: TestClient, traps: dict[str, Json], sessions: Any) -> None:
    path = asked(client, texts_of_trap(traps["closure_tomorrow"], on="2026-12-08"))
    with transaction(sessions) as session:
        row = session.get_one(WhatIf, uuid.UUID(path.rpartition("/")[2]))
        departures = {"asked": "2026-11-23", "until": "2026-12-07", "step_minutes": None}
        departures["better"] = [{"on": "2026-12-31", "verdict": "passes"}]
        why_not = {"blockers": [], "certificate": None, "smallest_changes": [], "measure_first": []}
        row.answer = row.answer | {"verdict": "blocked", "why_not": why_not | {"departures": departures}}
        row.answer.pop("advice_pending", None)
    page = client.get(path).text
    address = html.unescape(re.findall(r'href="(/plan\?[^"]*)">按此日期试算', page)[0])
    assert "on=2026-12-31" in address
    assert "2026-12-31" in client.get(address).text


def test_the_form_remembers_the_last_load_and_places(client: TestClient) -> None:
    texts = texts_of_road(vehicle_of("III"))
    path = asked(client, texts)
    form = client.get("/plan").text
    for name in ("height", "loads", "start", "end"):
        assert f'name="{name}" type="text" value="{texts[name]}"' in form, name
    assert path in form
    assert client.get(f"/plan?{query_of({'height': '4.99'})}").text.count('value="4.99"') == 1


def test_the_questions_of_a_firm_stand_in_its_list(client: TestClient, app: FastAPI, desk: Desk) -> None:
    path = asked(client, texts_of_road(vehicle_of("II")))
    assert path in client.get("/plan").text
    assert path not in client_of(app, "rival").get("/plan").text


@pytest.mark.parametrize(
    "query",
    ["question=x", f"question={NOBODYS}", "case=1", f"case={NOBODYS}"],
)
def test_nobody_probes_for_questions_or_cases(client: TestClient, query: str) -> None:
    assert client.get(f"/plan?{query}").status_code == 404


@pytest.mark.parametrize(
    "value",
    ["\x00", "\ud800", "9" * 400, "<script>", "\N{FULLWIDTH DIGIT ONE}2", "-1", "1e9", "٣"],
)
def test_hostile_values_are_no_fault_of_ours(client: TestClient, value: str) -> None:
    safe = value.encode("utf-8", "replace").decode()
    for name in ("height", "loads", "spacings", "tyres", "tractor_axles", "start", "area_km", "on", "avoid"):
        texts = texts_of_road(vehicle_of("I")) | {"area": "G5", name: safe}
        page = post(client, texts)
        assert page.status_code in {303, 422, 429}, (name, page.text[:200])
        assert "<script>" not in re.sub(r"<script (?:src|type)", "", page.text) or page.status_code == 303
    assert client.get("/plan/places", params={"q": safe[:60]}).status_code == 200


def test_the_rows_of_the_frontier_stand_beside_its_picture(client: TestClient, sessions: Any) -> None:
    path = asked(client, texts_of_road(vehicle_of("I")))
    page = client.get(f"{path}/frontier")
    assert page.status_code == 200
    assert "<td" in page.text
    picture = client.get(f"{path}/frontier.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.text.startswith("<?xml")
    with sessions() as session:
        (kept,) = session.scalars(select(WhatIf).where(WhatIf.id == uuid.UUID(path.rpartition("/")[2])))
    masses = [curve for curve in kept.answer["frontier"]["curves"] if curve["name"] == "mass_by_height"]
    largest = {point["y"] for curve in masses for point in curve["points"]}
    assert largest
    cells = [float(cell) for cell in re.findall(r"<td[^>]*>([\d.]+) t", page.text)]
    assert cells
    assert not any(cell % 5 for cell in cells)


def test_a_day_that_is_over_is_told_at_its_field_and_kept(client: TestClient, clock: Any, sessions: Any) -> None:
    today = clock().astimezone(dt.timezone(dt.timedelta(hours=8))).date()
    yesterday = today - dt.timedelta(days=1)
    texts = texts_of_road(vehicle_of("I")) | {"on": yesterday.isoformat()}
    page = post(client, texts)
    assert page.status_code == 422
    assert f"日期已过，最早填今天（{today}）" in fault_of(page.text, "on")
    looked = client.get("/plan", params=texts | {"show": "places"}).text
    assert "日期已过" in fault_of(looked, "on")
    assert f'value="{yesterday}"' in looked
    assert f'value="{yesterday}"' not in client.get("/plan", params=texts).text, "an old link proposes a day to come"
    path = asked(client, texts | {"on": today.isoformat()})
    assert row_of(sessions, path).question["on"] == today.isoformat()


def test_today_is_the_day_in_china(client: TestClient, clock: Any) -> None:
    """From four in the afternoon of Greenwich the next day has begun."""
    local = clock().astimezone(dt.timezone(dt.timedelta(hours=8)))
    clock.forward(hours=24.5 - local.hour - local.minute / 60)
    assert clock().astimezone(dt.UTC).date() < clock().astimezone(dt.timezone(dt.timedelta(hours=8))).date()
    texts = texts_of_road(vehicle_of("I")) | {"on": clock().astimezone(dt.UTC).date().isoformat()}
    assert "日期已过" in fault_of(post(client_again(client), texts).text, "on")


def client_again(client: TestClient) -> TestClient:
    assert sign_in(client, "carrier").status_code == 303
    return client


def test_a_plain_name_offers_its_divisions_first_and_few_others(client: TestClient) -> None:
    page = post(client, texts_of_road(vehicle_of("I")) | {"start": "长沙", "start_at": ""})
    assert page.status_code == 422
    offered = re.findall(r'name="start_at" value="([^"]+)"> ([^ ]+) <span class="muted">([^<]+)', page.text)
    assert [name for _, name, _ in offered][:2] == ["长沙市", "长沙县"]
    assert len(offered) <= 5
    assert all("取其境内一点" in said for _, _, said in offered[:2]), "where the government sits is not known"
    assert not any("取其境内一点" in said for _, _, said in offered[2:])
    chosen = texts_of_road(vehicle_of("I")) | {"start": "长沙", "start_at": offered[0][0]}
    assert fault_of(post(client, chosen).text, "start") == ""


def test_an_empty_frontier_says_so_instead_of_drawing_it(client: TestClient, sessions: Any) -> None:
    path = asked(client, texts_of_road(vehicle_of("I")))
    client.get(f"{path}/frontier")

    def without_points(*names: str) -> None:
        with transaction(sessions) as session:
            row = session.get_one(WhatIf, uuid.UUID(path.rpartition("/")[2]))
            found = row.answer["frontier"]
            curves = [one | ({"points": []} if one["name"] in names else {}) for one in found["curves"]]
            row.answer = row.answer | {"frontier": found | {"curves": curves}}

    assert client.get(f"{path}/frontier.svg").text.count('id="axes_') == 2
    without_points("mass_by_height")
    half = client.get(f"{path}/frontier").text
    assert "plan-plot" in half
    assert "没有任何组合可以通过" in half
    assert client.get(f"{path}/frontier.svg").text.count('id="axes_') == 1
    without_points("mass_by_height", "height_by_width")
    page = client.get(f"{path}/frontier")
    assert page.status_code == 200
    assert "<img" not in page.text.partition("<main")[2]
    assert "没有可画的图" in page.text
    assert "被什么挡住，见试算结果" in page.text
    assert client.get(f"{path}/frontier.svg").status_code == 404


def test_a_change_that_leaves_something_unknown_is_no_way_yet(client: TestClient, sessions: Any) -> None:
    path = asked(client, texts_of_road(vehicle_of("II")))
    with transaction(sessions) as session:
        row = session.get_one(WhatIf, uuid.UUID(path.rpartition("/")[2]))
        one = {"quantity": "height", "from": 4300, "to": 4100, "unit": "mm"}
        change = {"kind": "single", "changes": [one], "follows": [], "verdict": "unknown", "class": "II"}
        why_not = {"blockers": [], "certificate": None, "measure_first": [], "smallest_changes": [change]}
        row.answer = row.answer | {"verdict": "blocked", "why_not": why_not}
        row.answer.pop("advice_pending", None)
    proposal = re.findall(r'<ol class="changes proposals">(.*?)</ol>', client.get(path).text, re.DOTALL)[0]
    assert "降低20 cm" in proposal
    assert "badge-unknown" in proposal
    assert "须先勘测或验算查明" in proposal
    assert "badge-passes" not in proposal
    assert "按此试算" in proposal
