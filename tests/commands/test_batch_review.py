"""``dajian batch-review``: every row answered as alone, faults told in their row, an interrupted run goes on."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from api.commands import batch_review
from api.commands.batch_review import BatchWork, batch_review_command, review_row
from api.errors import RequestError
from api.reviews.network import OpenNetwork
from data.errors import BadInputError
from routing.columns import Quantity
from routing.storage import save
from tests.api.asking import DAY, ask, vehicle, vehicle_json
from tests.api.streets import EAST, WEST, limited, streets
from tests.graphs import Limit

Row = dict[str, Any]
TALL = vehicle_json(height_mm=4600)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    low = limited(Limit(Quantity.HEIGHT, value=4300))
    network = streets({11: low}, without=())
    save(network.graph, tmp_path / "network", {})
    return tmp_path / "network"


def row(number: int, **changes: object) -> Row:
    given = {"id": f"A-{number}", "vehicle": vehicle_json(), "from": list(WEST), "to": list(EAST)} | changes
    return {name: value for name, value in given.items() if value is not None}


ROWS = [
    row(0),
    row(1, vehicle=TALL),
    row(2, **{"from": f"{EAST[0]},{EAST[1]}", "to": list(WEST)}),
    row(3, via=[[112.015, 28.01]]),
    row(4, on="2026-11-23T08:30"),
    row(5, route={"type": "LineString", "coordinates": [list(WEST), list(EAST)]}, **{"from": None, "to": None}),
]


def write_lines(path: Path, rows: list[Any]) -> Path:
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows) + "\n", encoding="utf-8")
    return path


def run(applications: Path, folder: Path, out: Path, *options: str) -> Result:
    arguments = [str(applications), "--network", str(folder), "--out", str(out), *options]
    return CliRunner().invoke(batch_review_command, arguments)


def told(out: Path) -> list[Row]:
    rows: list[Row] = pq.read_table(out).to_pylist()
    return rows


def test_every_row_gets_the_answer_it_gets_alone(tmp_path: Path, folder: Path) -> None:
    applications = write_lines(tmp_path / "a.jsonl", ROWS)
    result = run(applications, folder, tmp_path / "out.parquet", "--on", DAY.isoformat())
    assert result.exit_code == 0, result.output
    rows = told(tmp_path / "out.parquet")
    assert [(r["row"], r["id"], r["error"]) for r in rows] == [(n, f"A-{n}", None) for n in range(len(ROWS))]
    network = OpenNetwork.open(folder)
    alone = ask(network, vehicle(height_mm=4600), WEST, EAST)
    assert json.loads(rows[1]["review"]) == alone
    assert rows[1]["length_m"] == alone["routes"][0]["length_m"] > rows[0]["length_m"]
    assert json.loads(rows[4]["review"])["on"] == "2026-11-23T08:30:00"
    counted = json.loads(result.output)
    assert (counted["rows"], counted["errors"]) == (6, 0)
    assert sum(counted["verdicts"].values()) == 6
    assert not (tmp_path / "out.parquet.parts").exists()


def test_without_advice_all_but_the_advice_is_the_same(tmp_path: Path, folder: Path) -> None:
    rows = [*ROWS, row(6, vehicle=TALL, via=[[112.015, 28.0]], to=[112.015, 28.0])]
    applications = write_lines(tmp_path / "a.jsonl", rows)
    full, short = tmp_path / "full.parquet", tmp_path / "short.parquet"
    assert run(applications, folder, full, "--on", DAY.isoformat()).exit_code == 0
    assert run(applications, folder, short, "--on", DAY.isoformat(), "--no-advice").exit_code == 0
    advised = 0
    for one, other in zip(told(full), told(short), strict=True):
        with_advice, without = json.loads(one.pop("review")), json.loads(other.pop("review"))
        assert one == other
        assert {name for name in with_advice if with_advice[name] != without[name]} <= {"why_not", "reasons_id"}
        if with_advice["why_not"]:
            advised += len(with_advice["why_not"]["smallest_changes"])
            assert without["why_not"]["smallest_changes"] == []
            assert without["why_not"]["blockers"] == with_advice["why_not"]["blockers"]
    assert advised


def test_a_parquet_file_that_is_none_is_refused_before_anything_is_written(tmp_path: Path, folder: Path) -> None:
    applications = tmp_path / "a.parquet"
    applications.write_bytes(b"PAR1 broken")
    with pytest.raises(BadInputError, match="cannot be read"):
        raise run(applications, folder, tmp_path / "out.parquet").exception or AssertionError
    assert not list(tmp_path.glob("out*"))


def test_a_parquet_file_of_applications_is_read_the_same(tmp_path: Path, folder: Path) -> None:
    rows = [{**r, "vehicle": r["vehicle"]} for r in (ROWS[0], ROWS[1], ROWS[3])]
    rows.append(row(7, vehicle=vehicle_json(front_overhang_mm=1200)))
    pq.write_table(pa.Table.from_pylist([{"via": None, **r} for r in rows]), tmp_path / "a.parquet")
    write_lines(tmp_path / "a.jsonl", rows)
    day = ("--on", DAY.isoformat())
    assert run(tmp_path / "a.parquet", folder, tmp_path / "one.parquet", *day).exit_code == 0
    assert run(tmp_path / "a.jsonl", folder, tmp_path / "other.parquet", *day).exit_code == 0
    assert told(tmp_path / "one.parquet") == told(tmp_path / "other.parquet")
    assert all(r["error"] is None for r in told(tmp_path / "one.parquet"))


BAD = {
    "not json": ("{", "is not JSON"),
    "no object": ("[1]", "is not a JSON object"),
    "no id": (row(0, id=None), "id: is missing"),
    "no vehicle": (row(0, vehicle=None), "vehicle: is missing"),
    "faulty vehicle": (row(0, vehicle=vehicle_json(height_mm=4)), "height_mm"),
    "no end": (row(0, to=None), "to: is missing"),
    "unknown field": (row(0, heigth=3), "heigth: is not a field"),
    "swapped point": (row(0, **{"from": [28.0, 112.0]}), "latitude"),
    "point far away": (row(0, **{"from": [100.0, 20.0]}), "from: "),
    "no day": (row(0, on="soon"), "soon"),
    "via is no list": (row(0, via=7), "via: must be a list"),
    "line and stops": (row(0, route={"type": "LineString", "coordinates": []}), "leave out from"),
    "line of a point": (row(0, route={"type": "Point"}, **{"from": None, "to": None}), "route: has the geometry"),
}


@pytest.mark.parametrize(("bad", "message"), BAD.values(), ids=BAD.keys())
def test_a_fault_stands_in_its_row_and_the_rest_go_on(tmp_path: Path, folder: Path, bad: object, message: str) -> None:
    applications = write_lines(tmp_path / "a.jsonl", [row(1), bad, row(2)])
    assert run(applications, folder, tmp_path / "out.parquet").exit_code == 0
    first, second, third = told(tmp_path / "out.parquet")
    assert (first["error"], third["error"]) == (None, None)
    assert message in second["error"]
    assert "internal" not in second["error"]
    assert second["verdict"] is None


def test_even_a_fault_of_ours_stops_no_other_row(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(batch_review, "review", broken)
    assert review_row(BatchWork(folder, None, DAY), 3, row(3))["error"] == "internal error: ZeroDivisionError: oh"


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_review, "ROWS_A_PIECE", 2)
    applications = write_lines(tmp_path / "a.jsonl", ROWS)
    out = tmp_path / "out.parquet"
    whole = batch_review.review_piece
    asked: list[int] = []

    def until_killed(work: BatchWork, piece: batch_review.Piece) -> list[Row]:
        asked.extend(number for number, _ in piece)
        if len(asked) == 4:
            raise KeyboardInterrupt
        return whole(work, piece)

    monkeypatch.setattr(batch_review, "review_piece", until_killed)
    assert run(applications, folder, out).exit_code != 0
    assert not out.exists()
    monkeypatch.setattr(batch_review, "today", lambda: dt.date(2030, 1, 1))  # it goes on with its first day
    assert run(applications, folder, out).exit_code == 0
    assert asked == [0, 1, 2, 3, 2, 3, 4, 5]
    monkeypatch.undo()
    assert run(applications, folder, tmp_path / "again.parquet").exit_code == 0
    assert told(out) == told(tmp_path / "again.parquet")


def test_what_another_run_left_is_not_mixed_in(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    applications = write_lines(tmp_path / "a.jsonl", ROWS)
    out = tmp_path / "out.parquet"

    def killed(*_: object) -> list[Row]:
        raise KeyboardInterrupt

    monkeypatch.setattr(batch_review, "review_piece", killed)
    run(applications, folder, out, "--on", "2026-11-23")
    other = run(applications, folder, out, "--on", "2026-11-24")
    assert isinstance(other.exception, RequestError)
    assert "another on" in str(other.exception)
    write_lines(applications, ROWS[:2])
    assert "another applications" in str(run(applications, folder, out).exception)


def test_two_processes_answer_as_one(tmp_path: Path, folder: Path) -> None:
    applications = write_lines(tmp_path / "a.jsonl", [row(n) for n in range(230)])
    day = ("--on", DAY.isoformat())
    assert run(applications, folder, tmp_path / "one.parquet", *day).exit_code == 0
    assert run(applications, folder, tmp_path / "two.parquet", *day, "--processes", "2").exit_code == 0
    assert told(tmp_path / "one.parquet") == told(tmp_path / "two.parquet")


def test_a_file_that_is_not_there_is_one_clear_fault(tmp_path: Path, folder: Path) -> None:
    result = run(tmp_path / "none.jsonl", folder, tmp_path / "out.parquet")
    assert isinstance(result.exception, BadInputError)
    assert "none.jsonl" in str(result.exception)
