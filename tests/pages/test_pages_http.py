"""The pages as answers: language, signing in without scripts, faults as pages, the map's panel."""
# ruff: noqa: ANN401, ARG001 - fixtures of conftest have no importable types, and some are asked for their effect

import re
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.cases import grounds
from api.pages.language import COOKIE as LANGUAGE_COOKIE
from api.pages.page import local_path
from tests.service.conftest import PASSWORD

HTML = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def client(app: FastAPI, network: grounds.Source) -> TestClient:
    return TestClient(app, raise_server_exceptions=False, headers=HTML, follow_redirects=False)


@pytest.fixture(scope="module")
def carrier(people: Any) -> str:
    people.account("pages-carrier", "carrier", carrier_id=people.carrier())
    return "pages-carrier"


@pytest.fixture(scope="module")
def reviewer(people: Any) -> str:
    body = people.body("transport:430000", level="province", code="430000")
    people.account("pages-reviewer", "reviewer", body_id=body)
    return "pages-reviewer"


def sign_in(client: TestClient, login: str, **more: str) -> Any:
    token = token_of(client.get("/sign-in").text)
    data = {"login": login, "password": PASSWORD, "csrf_token": token, "next": "/map"} | more
    return client.post("/sign-in", data=data)


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]*)"', page)
    assert found
    return found[1]


def test_pages_are_chinese_unless_english_is_chosen(client: TestClient) -> None:
    assert 'lang="zh-CN"' in client.get("/").text
    answer = client.get("/language/en?back=/sign-in")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert 'lang="en"' in client.get("/sign-in").text
    client.cookies.set(LANGUAGE_COOKIE, "tlh")
    assert 'lang="zh-CN"' in client.get("/").text


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\nb", "", "x"])
def test_no_link_leads_away_from_this_site(client: TestClient, back: str) -> None:
    assert local_path(back) == "/"
    assert client.get("/language/en", params={"back": back}).headers["location"] == "/"


def test_signing_in_needs_no_script(client: TestClient, carrier: str) -> None:
    answer = sign_in(client, carrier)
    assert (answer.status_code, answer.headers["location"]) == (303, "/map")
    assert "HttpOnly" in answer.headers["set-cookie"]
    page = client.get("/")
    assert f"演示{carrier}" in page.text
    assert page.headers["cache-control"] == "no-store"
    out = client.post("/sign-out", data={"csrf_token": token_of(page.text)})
    assert out.status_code == 303
    assert f"演示{carrier}" not in client.get("/").text


@pytest.mark.parametrize("token", ["", "wrong", "ü\x00"])
def test_a_form_without_the_sessions_token_is_refused(client: TestClient, carrier: str, token: str) -> None:
    sign_in(client, carrier)
    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 403
    assert client.post("/sign-out").status_code == 403
    assert f"演示{carrier}" in client.get("/").text, "still signed in"


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}],
)
def test_another_site_cannot_send_the_sign_in_form(client: TestClient, carrier: str, headers: dict[str, str]) -> None:
    answer = client.post("/sign-in", data={"login": carrier, "password": PASSWORD}, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    own = client.post(
        "/sign-in", data={"login": carrier, "password": PASSWORD}, headers={"Origin": "http://testserver"}
    )
    assert own.status_code == 303


@pytest.mark.parametrize(
    ("login", "password"), [("pages-carrier", "wrong"), ("nobody", "x"), ("", ""), ("a\x00b", "x"), ("x" * 101, "x")]
)
def test_a_wrong_sign_in_is_told_on_the_form(client: TestClient, carrier: str, login: str, password: str) -> None:
    answer = client.post("/sign-in", data={"login": login, "password": password})
    assert answer.status_code == 401
    assert "登录未成功" in answer.text
    assert 'role="alert"' in answer.text
    assert password not in answer.text or len(password) < 2


def test_what_was_typed_comes_back_escaped(client: TestClient) -> None:
    answer = client.post("/sign-in", data={"login": '"><script>alert(1)</script>', "password": "x"})
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "<script>alert" not in client.get("/map", params={"q": "<script>alert(1)</script>"}).text


def test_who_reads_gets_faults_as_pages_and_programs_get_problems(client: TestClient) -> None:
    page = client.get("/no-such-page")
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert "没有这个页面" in page.text
    for answer in (client.get("/no-such-page", headers={"Accept": "*/*"}), client.get("/api/v1/nothing")):
        assert answer.headers["content-type"] == "application/problem+json"
    wrong = client.get("/map", params={"at": "nowhere"})
    assert wrong.status_code == 422
    assert "经度,纬度" in wrong.text


def test_a_page_for_signed_in_people_leads_to_the_form(app: FastAPI, client: TestClient) -> None:
    from api.errors import UnauthenticatedError

    @app.get("/closed-page", include_in_schema=False)
    def closed() -> None:
        raise UnauthenticatedError("请先登录", "sign in")

    answer = client.get("/closed-page?a=1&b=2")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/closed-page%3Fa%3D1%26b%3D2"
    assert 'value="/closed-page?a=1&amp;b=2"' in client.get(answer.headers["location"]).text


def test_files_are_kept_by_their_content(client: TestClient) -> None:
    address = re.findall(r'href="(/static/[^"]+pages\.css)"', client.get("/").text)[0]
    answer = client.get(address)
    assert "immutable" in answer.headers["cache-control"]
    assert client.get(address, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert client.get("/static/0/pages.css").headers["cache-control"] == "no-cache"
    for name in ("nothing.css", "..%2Fpage.py", "page.py"):
        assert client.get(f"/static/0/{name}").status_code == 404


def test_the_maps_library_is_ours_to_serve(client: TestClient) -> None:
    page = client.get("/map").text
    for name in ("maplibre-gl.js", "maplibre-gl.css", "map.js"):
        address = re.findall(rf'"(/static/[^"]+/{re.escape(name)})"', page)[0]
        assert len(client.get(address).content) > 1000
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)


def test_search_finds_places_roads_and_stations(client: TestClient) -> None:
    found = {query: client.get("/map/panel", params={"q": query}).text for query in ("长沙", "收费站", "G5", "互通")}
    assert "长沙市" in found["长沙"]
    assert "地级市" in found["长沙"]
    assert "structure=" in found["收费站"]
    assert "路段" in found["G5"]
    assert "互通立交" in found["互通"]
    assert "没有找到" in client.get("/map/panel", params={"q": "zzzz"}).text
    assert client.get("/map/panel", params={"q": "x" * 61}).status_code == 422


def a_bridge(network: grounds.Source) -> int:
    graph = network.grounds().network.graph
    return int(graph.bridges.structure[0])


def test_typed_coordinates_name_their_datum(client: TestClient, network: grounds.Source) -> None:
    graph = network.grounds().network.graph
    lon, lat = graph.geometries.lon_deg[0], graph.geometries.lat_deg[0]
    page = client.get("/map/panel", params={"q": f"{lon:.6f}，{lat:.6f}", "zoom": 12}).text
    assert 'class="facts"' in page
    assert "道路类别" in page
    nowhere = client.get("/map/panel", params={"q": "100.5, 20.25"}).text
    assert "CGCS2000" in nowhere
    assert "没有道路" in nowhere


def test_a_bridges_inventory_is_shown_to_those_who_may_know(
    client: TestClient, network: grounds.Source, carrier: str, reviewer: str
) -> None:
    graph = network.grounds().network.graph
    bridge = a_bridge(network)
    load = graph.strings[int(graph.bridges.design_load[0])]
    path = f"/map/panel?structure={bridge}"
    public = client.get(path).text
    assert "只向有权限的审查人员显示" in public
    assert load
    assert load not in public
    sign_in(client, carrier)
    assert load not in client.get(path).text
    client.cookies.clear()
    sign_in(client, reviewer)
    assert load in client.get(path).text


def test_a_structure_that_is_not_there_is_not_found(client: TestClient) -> None:
    assert client.get("/map?structure=999999999").status_code == 404
    assert client.get("/map?structure=99999999999999999999").status_code == 422
    assert client.get("/map?structure=-1").status_code == 422


def test_closures_stand_at_the_road_they_close(client: TestClient, network: grounds.Source, clock: Any) -> None:
    from api.tiles.tileset import current_tileset
    from api.unit_of_work import LOCAL

    tiles = current_tileset(clock().astimezone(LOCAL).date())
    assert tiles.closures, "the sample has closures on that day"
    graph = tiles.network.graph
    geometry = tiles.closures[0].geometries[0]
    first, last = graph.geometries.first_point[geometry : geometry + 2]
    middle = (int(first) + int(last)) // 2
    at = f"{graph.geometries.lon_deg[middle]},{graph.geometries.lat_deg[middle]}"
    assert "临时管制" in client.get("/map/panel", params={"at": at, "zoom": 18}).text
