"""S0-07: an office publishes what it knows of its bridges, and reviews answer by it; closures act at once.

The synthetic province has a bridge that a heavy trailer just fails on. Its county publishes the bridge rebuilt.
"""
# ruff: noqa: E501 - hostile files are one line

import csv
import io
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, select

from api.cases import grounds
from api.cases.review_job import review_case
from api.db.tables import Event
from api.holdings.publishing import end_past_closures, keep_networks, publish_holdings
from data.demo.tables import BRIDGE_COLUMNS
from routing.graph import RoadGraph
from routing.storage import load
from tests.service.desk import WEAK_BRIDGE, Desk, heavy_vehicle, network_folder

URL = "/api/v1/holdings"


@pytest.fixture(scope="module")
def desk(desk: Desk, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The desk on grounds that know what offices publish."""
    folder = network_folder()
    published = tmp_path_factory.mktemp("published")
    grounds.use(grounds.Source(folder, folder / "overlays", database=engine, published=published))
    yield desk
    grounds.use(None)


def trap() -> dict[str, Any]:
    traps = json.loads((network_folder() / "sources" / "ground_truth.json").read_text(encoding="utf-8"))["traps"]
    found: dict[str, Any] = next(one for one in traps if one["id"] == "bridge-fails-2")
    return found


def weak_row() -> dict[str, str]:
    """The weak bridge as the base's inventory has it."""
    key = trap()["expected"]["finding"]["structure_key"]
    with (network_folder() / "sources" / "bridges.csv").open(encoding="utf-8") as file:
        return next(row for row in csv.DictReader(file) if row["桥梁身份码"] == key)


def county() -> str:
    return f"transport:{weak_row()['行政区划']}"


def as_csv(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, BRIDGE_COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def rebuilt(**more: str) -> bytes:
    """The weak bridge with short spans: any load that the roads let pass is light on it."""
    return as_csv(weak_row() | {"跨径组合(孔×m)": "2×6", "单孔最大跨径(m)": "6", "跨径总长(m)": "12", **more})


def send(desk: Desk, login: str, content: bytes, kind: str = "bridges", name: str = "桥梁.csv", **query: Any) -> Any:
    files = {"file": (name, content, "text/csv")}
    return desk[login].post(f"{URL}/versions", params={"kind": kind, **query}, files=files)


def uploaded(desk: Desk, login: str, content: bytes, **more: Any) -> dict[str, Any]:
    answer = send(desk, login, content, **more)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def asked(desk: Desk, login: str, version_id: str | None, kind: str = "bridges") -> str:
    answer = desk[login].post(f"{URL}/changes", json={"kind": kind, "version_id": version_id, "reason": "桥梁改建"})
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


def approved(desk: Desk, login: str, change_id: str) -> dict[str, Any]:
    answer = desk[login].post(f"{URL}/changes/{change_id}/approve")
    assert answer.status_code == 200, answer.text
    desk.run(publish_holdings)
    found: dict[str, Any] = desk.read(f"{URL}/changes/{change_id}", login)
    assert found["state"] == "done", found
    return found


def review_of(desk: Desk) -> dict[str, Any]:
    """A new application over the weak bridge: its review, as the database keeps it."""
    case_id = desk.submit(WEAK_BRIDGE, heavy_vehicle())
    desk.run(review_case, case_id)
    report: dict[str, Any] = desk.read(f"/api/v1/cases/{case_id}/report", "reviewer@transport:430000")
    return report


def finding_of(report: dict[str, Any]) -> dict[str, Any]:
    name = weak_row()["桥梁名称"]
    found: dict[str, Any] = next(
        one
        for one in report["routes"][0]["findings"]
        if one["structure"] and one["structure"]["name"] == name and one["quantity"] == "bridge_effect"
    )
    return found


def kinds(desk: Desk) -> list[str]:
    with desk.sessions() as session:
        return list(session.scalars(select(Event.kind).where(Event.case_id.is_(None)).order_by(Event.seq)))


def columns_of(graph: RoadGraph) -> dict[str, bytes]:
    from routing.graph import iter_columns

    return {name: np.ascontiguousarray(array).tobytes() for name, _, array in iter_columns(graph)}


def test_a_published_bridge_changes_the_verdict_and_a_rollback_changes_it_back(desk: Desk) -> None:
    writer, approver = f"reviewer@{county()}", f"approver@{county()}"
    before = review_of(desk)
    base = grounds.current().network.graph
    assert before["verdict"] == "unknown"
    assert finding_of(before)["outcome"] != "passes"

    first = uploaded(desk, writer, rebuilt())
    assert first["preview"]["changed"]["total"] == 1
    fields = {one["field"]: one for one in first["preview"]["changed"]["items"][0]["fields"]}
    assert fields["units"]["after"] in {"(6+6)", "(6)+(6)"}
    assert review_of(desk)["network_id"] == before["network_id"], "a preview changes nothing"

    change = asked(desk, writer, first["id"])
    assert desk[writer].post(f"{URL}/changes/{change}/approve").status_code == 403, "never the one who asked"
    assert review_of(desk)["network_id"] == before["network_id"]
    done = approved(desk, approver, change)

    after = review_of(desk)
    assert after["verdict"] == "conditional", "class III crosses bridges with an escort, and this one bears it"
    assert finding_of(after)["outcome"] in {"passes", "conditional"}
    assert first["source_name"] in finding_of(after)["source"]
    assert after["network_id"] == done["network_id"] != before["network_id"]

    second = uploaded(desk, writer, rebuilt(**{"跨径组合(孔×m)": "2×7", "跨径总长(m)": "14", "单孔最大跨径(m)": "7"}))
    approved(desk, approver, asked(desk, writer, second["id"]))
    assert review_of(desk)["network_id"] not in {before["network_id"], after["network_id"]}

    approved(desk, approver, asked(desk, writer, first["id"]))
    again = review_of(desk)
    assert again["network_id"] == after["network_id"]
    assert columns_of(load(Path(grounds.published()) / folder_of(again), verify=True)) == columns_of(
        grounds.current().network.graph
    )

    approved(desk, approver, asked(desk, writer, None))
    back = review_of(desk)
    assert back["network_id"] == before["network_id"]
    assert back["verdict"] == before["verdict"]
    assert finding_of(back) == finding_of(before)
    assert grounds.current().network.graph is base
    told = kinds(desk)
    assert told.count("holding_uploaded") == 2
    assert told.count("holding_published") == told.count("network_switched") == 4
    assert told.index("holding_asked") < told.index("holding_approved") < told.index("holding_published")


def folder_of(report: dict[str, Any]) -> str:
    return str(report["network_id"]).removeprefix("sha256:")[:16]


def closure_file(places: list[list[float]], **said: Any) -> bytes:
    shape = (
        {"type": "LineString", "coordinates": places}
        if len(places) > 1
        else {"type": "Point", "coordinates": places[0]}
    )
    said = {"id": "施工一", "closed": True, "reason": "桥面铺装", **said}
    feature = {"type": "Feature", "properties": said, "geometry": shape}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}, ensure_ascii=False).encode()


def own_place() -> list[float]:
    return [float(weak_row()["经度"]), float(weak_row()["纬度"])]


def send_closure(desk: Desk, content: bytes, login: str | None = None, **query: Any) -> Any:
    return send(desk, login or f"reviewer@{county()}", content, kind="closures", name="管制.geojson", **query)


def test_a_closure_acts_at_once_in_every_process_and_ends_early(desk: Desk, engine: Engine) -> None:
    officer = f"reviewer@{county()}"
    before = grounds.current()
    other_process = grounds.Source(network_folder(), network_folder() / "overlays", database=engine)
    assert other_process.grounds().closures == before.closures
    version = send_closure(desk, closure_file([own_place()], until="2027-01-31")).json()
    assert (version["kept"], version["preview"]["items"]["total"]) == (1, 1)
    assert grounds.current().closures == before.closures, "a preview closes nothing"
    answer = desk[officer].post(f"{URL}/versions/{version['id']}/publish")
    assert answer.status_code == 200, answer.text
    closure = answer.json()["items"][0]
    assert closure["status"] == "in_force"
    assert len(grounds.current().closures) == len(before.closures) + 1
    assert other_process.grounds().closures == grounds.current().closures
    assert desk[officer].post(f"{URL}/versions/{version['id']}/publish").status_code == 409, "once only"
    blocked = review_of(desk)
    assert blocked["verdict"] == "blocked"
    assert any(one.startswith(county()) for one in blocked["overlay_ids"])

    restarted = grounds.Source(network_folder(), network_folder() / "overlays", database=engine)
    assert restarted.grounds().closures == grounds.current().closures
    assert desk[officer].post(f"{URL}/closures/{closure['id']}/end", json={"reason": " "}).status_code == 422
    ended = desk[officer].post(f"{URL}/closures/{closure['id']}/end", json={"reason": "完工"})
    assert (ended.status_code, ended.json()["status"]) == (200, "ended")
    assert desk[officer].post(f"{URL}/closures/{closure['id']}/end", json={"reason": "完工"}).status_code == 409
    assert grounds.current().closures == other_process.grounds().closures == before.closures
    assert review_of(desk)["verdict"] == "unknown"
    assert {"closure_published", "closure_ended"} <= set(kinds(desk))


@pytest.mark.parametrize(
    ("said", "query", "reason"),
    [
        ({}, {}, "没有止期"),
        ({"until": "2026-11-01"}, {}, "止期已过"),
    ],
)
def test_a_closure_needs_an_end_or_until_further_notice(desk: Desk, said: Any, query: Any, reason: str) -> None:
    version = send_closure(desk, closure_file([own_place()], **said), **query).json()
    assert version["kept"] == 0
    assert reason in version["preview"]["rejected"]["items"][0]["reason_zh"]
    assert desk[f"reviewer@{county()}"].post(f"{URL}/versions/{version['id']}/publish").status_code == 409


def test_until_further_notice_is_said_and_police_may_close_too(desk: Desk) -> None:
    login = f"police@{county().replace('transport', 'police')}"
    version = send_closure(desk, closure_file([own_place()]), login, until_further_notice=True).json()
    assert version["kept"] == 1
    assert desk[login].post(f"{URL}/versions/{version['id']}/publish").status_code == 200
    current = desk.read(f"{URL}/closures?current=true", login)
    assert current["total"] == 1
    assert current["items"][0]["until_at"] is None
    closure = current["items"][0]["id"]
    assert desk[f"reviewer@{county()}"].post(f"{URL}/closures/{closure}/end", json={"reason": "x"}).status_code == 404
    assert desk[login].get(f"{URL}/changes").status_code == 403, "police publish closures and see no inventory"
    assert desk[login].post(f"{URL}/closures/{closure}/end", json={"reason": "结束"}).status_code == 200


def test_closures_whose_end_is_long_past_leave_the_reviews(desk: Desk) -> None:
    officer = f"reviewer@{county()}"
    before = grounds.current().closures
    version = send_closure(desk, closure_file([own_place()], until="2026-11-24")).json()
    closure = desk[officer].post(f"{URL}/versions/{version['id']}/publish").json()["items"][0]
    start = desk.clock.moment
    desk.run(end_past_closures)
    assert len(grounds.current().closures) == len(before) + 1
    desk.clock.forward(days=20)
    desk.run(end_past_closures)
    desk.run(end_past_closures)
    assert grounds.current().closures == before
    assert desk.read(f"{URL}/closures/{closure['id']}", officer)["status"] == "over"
    desk.clock.moment = start
    desk._clients.clear()


def test_rows_outside_the_area_are_rejected(desk: Desk) -> None:
    login = f"reviewer@{county()}"
    far = {"桥梁身份码": "远方", "桥梁名称": "远方一桥", "经度": "110.5", "纬度": "26.5", "中心桩号": ""}
    unplaced = {"桥梁身份码": "无处", "经度": "", "纬度": "", "中心桩号": ""}
    unread = {"桥梁身份码": "坏值", "设计荷载": "55t"}
    found = uploaded(desk, login, as_csv(*(weak_row() | row for row in (far, unplaced, unread))))
    preview = found["preview"]
    assert (preview["rows_in"], found["kept"]) == (3, 1)
    rejected = {one["row"]: one["reason_zh"] for one in preview["rejected"]["items"]}
    assert "不在本单位辖区内" in rejected[2]
    assert "既没有坐标" in rejected[3]
    assert preview["faults"]["items"][0]["column"] == "设计荷载"
    assert preview["new"]["items"][0]["key"] == "坏值"
    closures = send_closure(desk, closure_file([[110.5, 26.5], [110.51, 26.51]], until="2027-01-01")).json()
    assert closures["kept"] == 0


def test_nobody_reads_or_changes_another_bodys_data(desk: Desk) -> None:
    own, other = f"reviewer@{county()}", "reviewer@transport:430202"
    found = uploaded(desk, own, rebuilt())
    path = f"{URL}/versions/{found['id']}"
    assert desk[other].get(path).status_code == desk[other].get(f"{path}/file").status_code == 404
    assert desk[other].delete(path).status_code == 404
    assert desk[other].post(f"{URL}/changes", json={"kind": "bridges", "version_id": found["id"]}).status_code == 404
    assert desk["carrier"].get(path).status_code == 403
    assert desk[own].get(f"{path}/file").content == rebuilt()
    change = asked(desk, own, found["id"])
    approver = f"approver@{county()}"
    assert desk["approver@transport:430202"].post(f"{URL}/changes/{change}/approve").status_code == 404
    stale = desk[approver].post(f"{URL}/changes/{change}/approve", headers={"If-Match": '"99"'})
    assert stale.status_code == 412
    again = desk[own].post(f"{URL}/changes", json={"kind": "bridges", "version_id": found["id"]})
    assert again.status_code == 409, "one request at a time"
    assert desk[approver].post(f"{URL}/changes/{change}/take-back").status_code == 403
    assert desk[own].post(f"{URL}/changes/{change}/take-back").status_code == 200
    assert desk[approver].post(f"{URL}/changes/{change}/approve").status_code == 409


def test_the_uploader_never_approves_whoever_asked(desk: Desk) -> None:
    first, second = f"maintainer1@{county()}", f"maintainer2@{county()}"
    found = uploaded(desk, first, rebuilt())
    change = asked(desk, second, found["id"])
    for login in (first, second):
        assert desk[login].post(f"{URL}/changes/{change}/approve").status_code == 403
    rejected = desk[f"approver@{county()}"].post(f"{URL}/changes/{change}/reject", json={"reason": "数据不全"})
    assert (rejected.status_code, rejected.json()["state"]) == (200, "rejected")


def test_what_cannot_be_made_leaves_everything_as_it_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    writer, approver = f"reviewer@{county()}", f"approver@{county()}"
    before = grounds.current().network.graph.network_id
    change = asked(desk, writer, uploaded(desk, writer, rebuilt())["id"])
    assert desk[approver].post(f"{URL}/changes/{change}/approve").status_code == 200
    from routing.errors import SnapshotError

    def full_disk(*_: object, **__: object) -> None:
        raise SnapshotError("no space left on device")

    monkeypatch.setattr("api.holdings.building.save", full_disk)
    desk.run(publish_holdings)
    failed = desk.read(f"{URL}/changes/{change}", writer)
    assert (failed["state"], failed["answer"]) == ("failed", "no space left on device")
    assert grounds.current().network.graph.network_id == before
    assert not list(grounds.published().glob("draft-*"))
    desk.run(publish_holdings)  # nothing is left to do


def test_a_lost_network_is_made_again_and_old_ones_go(desk: Desk) -> None:
    import shutil

    writer, approver = f"reviewer@{county()}", f"approver@{county()}"
    done = approved(desk, approver, asked(desk, writer, uploaded(desk, writer, rebuilt())["id"]))
    folder = grounds.published() / str(done["network_id"]).removeprefix("sha256:")[:16]
    shutil.rmtree(folder)
    desk.run(keep_networks)
    assert load(folder, verify=True).network_id == done["network_id"]
    for number in range(6):
        (grounds.published() / f"{number:016x}").mkdir()
    desk.run(keep_networks)
    left = [path.name for path in grounds.published().iterdir() if path.name.startswith("000000")]
    assert len(left) <= 3
    assert folder.is_dir()
    approved(desk, approver, asked(desk, writer, None))


HOSTILE = {
    "空.csv": b"",
    "空白.csv": b"  \n\n",
    "无表头.csv": b"a,b\n1,2\n",
    "二进制.csv": bytes(range(256)) * 50,
    "引号.csv": '桥梁名称,经度\n"未完'.encode(),
    "零字节.csv": "桥梁名称,经度,纬度,路线编号\na\x00b,113.01,27.89,X1\x00\n".encode(),
    "假.xlsx": b"PK\x03\x04 nothing of the kind",
    "深.geojson": b'{"type":"FeatureCollection","features":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "怪.geojson": b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"\xe6\xa1\xa5\xe6\xa2\x81\xe5\x90\x8d\xe7\xa7\xb0":"\\ud800"},"geometry":{"type":"Point","coordinates":[1e999,{}]}}]}',
    "数.geojson": b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"x","closed":true,"way_ids":[99999999999999999999999]},"geometry":null}]}',
    "列.geojson": b"[1,2,3]",
    "名.exe": b"MZ",
    "超长数.csv": (
        "桥梁名称,经度,纬度,跨径组合,车道数\n一," + "9" * 400 + ",27.9," + "9" * 4000 + "×9," + "9" * 5000 + "\n"
    ).encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("kind", ["bridges", "roads", "closures"])
def test_hostile_files_are_refused_or_previewed_and_never_a_fault_of_ours(desk: Desk, name: str, kind: str) -> None:
    answer = send(desk, f"reviewer@{county()}", HOSTILE[name], kind=kind, name=name)
    assert answer.status_code in {201, 413, 415, 422}, answer.text
    if answer.status_code == 201:
        assert desk[f"reviewer@{county()}"].get(f"{URL}/versions/{answer.json()['id']}").status_code == 200


def test_a_packed_bomb_and_too_many_bytes_are_refused(desk: Desk) -> None:
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("xl/workbook.xml", b"0" * 150_000_000)
    login = f"reviewer@{county()}"
    assert send(desk, login, packed.getvalue(), name="弹.xlsx").status_code == 413
    assert send(desk, login, b"x" * 11_000_000).status_code in {413, 422}
    assert send(desk, login, b"x", kind="nonsense").status_code == 422
    assert send(desk, login, rebuilt(), name="../../etc/passwd").status_code == 415
    assert send(desk, login, rebuilt(), datum="西安80").status_code == 422


def test_ids_and_texts_that_are_none_are_refused(desk: Desk) -> None:
    login = desk[f"reviewer@{county()}"]
    for body in ({"kind": "closures", "version_id": None}, {"kind": "bridges", "version_id": "x"}, {}):
        assert login.post(f"{URL}/changes", json=body).status_code == 422
    wrong = {"kind": "bridges", "version_id": None, "reason": "a\x00"}
    assert login.post(f"{URL}/changes", json=wrong).status_code == 422
    assert login.post(f"{URL}/changes/{uuid.uuid4()}/approve").status_code in {403, 404}
    assert login.get(f"{URL}/versions?limit=0").status_code == 422


@pytest.mark.parametrize(
    ("said", "chinese"),
    [
        ("is not a number; it counts as unknown", "不是数；按不明处理"),
        ("has 3 cells, the header 5; the row was rejected", "本行3格，表头5格；本行未采用"),
        ("several roads fit alike", "附近几条道路同样符合，须人工核对"),
        ("feature 1: until: until is not after from", "feature 1: until：止期不晚于起期"),
        ("says something new", "says something new"),
    ],
)
def test_what_readers_say_is_told_in_chinese(said: str, chinese: str) -> None:
    from api.holdings.row_wording import in_chinese

    assert in_chinese(said) == chinese
