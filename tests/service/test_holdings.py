"""S0-07: an office publishes what it knows of its bridges, and reviews answer by it; closures act at once.

The synthetic province has a bridge that a heavy trailer just fails on. Its county publishes the bridge rebuilt.
"""
# ruff: noqa: ANN401 - fixtures of conftest have no importable types

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
