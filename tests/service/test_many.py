"""Many like trips from one sheet over HTTP: each row once, the wrong ones told apart."""

import copy
import csv
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import openpyxl
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from api.applications import many
from api.applications.endpoints_example import EXAMPLE_FORM
from api.db.tables import Case, Draft, ImportedTrip

DRAFTS = "/api/v1/drafts"
TITLES = ("件", "出厂编号", "行驶开始日期", "行驶结束日期", "驾驶员姓名")


@pytest.fixture(scope="module")
def own(people) -> TestClient:
    people.account("own", "carrier", carrier_id=people.carrier())
    return people.sign_in("own")


def begin(client: TestClient, **parts: Any) -> str:
    content = {**copy.deepcopy(EXAMPLE_FORM), **parts}
    answer = client.post(DRAFTS, json={"content": content})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def rows(count: int) -> list[tuple[str, ...]]:
    days = [f"2026-12-{n % 20 + 1:02d}" for n in range(count)]
    return [(f"叶片{n}/{count}", str(n), day, f"{day[:8]}28", "") for n, day in enumerate(days)]


def as_csv(lines: list[tuple[str, ...]], titles: tuple[str, ...] = TITLES) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([titles, *lines])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(lines: list[tuple[str, ...]]) -> bytes:
    book = openpyxl.Workbook()
    for line in (TITLES, *lines):
        book.worksheets[0].append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(client: TestClient, draft: str, sheet: bytes, mode: str | None = None) -> dict[str, Any]:
    answer = post(client, draft, sheet, mode)
    assert answer.status_code == 200, answer.text
    return answer.json()


def post(client: TestClient, draft: str, sheet: bytes, mode: str | None = None) -> httpx.Response:
    params = {"mode": mode} if mode else {}
    return client.post(f"{DRAFTS}/{draft}/trips", params=params, files={"file": ("逐次.csv", sheet)})


def counts(sessions) -> tuple[int, ...]:
    with sessions() as session:
        return tuple(session.scalar(select(func.count()).select_from(table)) for table in (Case, Draft, ImportedTrip))


def test_a_preview_makes_nothing(own, sessions) -> None:
    base = begin(own)
    before = counts(sessions)
    said = send(own, base, as_csv(rows(30)))
    assert [row["row"] for row in said["accepted"]] == list(range(2, 32))
    assert {(row["draft_id"], row["case"], row["is_new"]) for row in said["accepted"]} == {(None, None, False)}
    assert said["accepted"][0]["label"] == "发电机定子 叶片0/30 0 湘A00001"
    assert said["rejected"] == []
    assert counts(sessions) == before


def test_thirty_blades_make_thirty_cases_once(own, sessions) -> None:
    base = begin(own)
    sheet = as_csv(rows(30))
    before = counts(sessions)
    first = send(own, base, sheet, "submit")
    after = counts(sessions)
    assert [b - a for a, b in zip(before, after, strict=True)] == [30, 30, 30]
    numbers = [row["case"]["number"] for row in first["accepted"]]
    assert len(set(numbers)) == 30
    again = send(own, base, sheet, "submit")
    assert [row["case"]["number"] for row in again["accepted"]] == numbers
    assert {row["is_new"] for row in first["accepted"]} == {True}
    assert {row["is_new"] for row in again["accepted"]} == {False}
    assert counts(sessions) == after
    with sessions() as session:
        pieces = {case.form["cargo"]["piece"] for case in session.scalars(select(Case).where(Case.number.in_(numbers)))}
    assert pieces == {f"叶片{n}/30" for n in range(30)}


def test_the_same_rows_as_another_file_make_no_second_cases(own, sessions) -> None:
    base = begin(own)
    lines = rows(4)
    send(own, base, as_csv(lines), "submit")
    after = counts(sessions)
    turned = as_csv([line[::-1] for line in lines], TITLES[::-1])
    for sheet in (as_xlsx(lines), turned, as_csv(lines[::-1])):
        said = send(own, base, sheet, "submit")
        assert {row["is_new"] for row in said["accepted"]} == {False}
    assert counts(sessions) == after


def test_equal_rows_are_several_trips(own, sessions) -> None:
    base = begin(own)
    before = counts(sessions)
    line = rows(1)[0]
    said = send(own, base, as_csv([line, line, line]), "submit")
    assert len({row["case"]["id"] for row in said["accepted"]}) == 3
    send(own, base, as_csv([line, line]), "submit")
    assert counts(sessions)[0] == before[0] + 3


def test_wrong_rows_are_named_and_do_not_stop_the_others(own, sessions) -> None:
    base = begin(own)
    lines = rows(5)
    lines[1] = (*lines[1][:2], "2026-12-30", "2026-12-01", "")
    lines[3] = (*lines[3][:2], "下周", lines[3][3], "")
    before = counts(sessions)
    said = send(own, base, as_csv(lines), "submit")
    assert [row["row"] for row in said["accepted"]] == [2, 4, 6]
    assert {(fault["row"], fault["column"]) for fault in said["rejected"]} == {(3, "行驶结束日期"), (5, "行驶开始日期")}
    assert all(fault["message_zh"] for fault in said["rejected"])
    put_right = rows(5)
    again = send(own, base, as_csv(put_right), "submit")
    assert [row["row"] for row in again["accepted"] if row["is_new"]] == [3, 5]
    assert counts(sessions)[0] == before[0] + 5


def test_only_wrong_rows_make_nothing(own, sessions) -> None:
    base = begin(own)
    before = counts(sessions)
    said = send(own, base, as_csv([("a", "b", "下周", "下周", "")]), "submit")
    assert (said["accepted"], len(said["rejected"])) == ([], 2)
    assert counts(sessions) == before


def test_drafts_first_and_handed_in_later_are_the_same(own, sessions) -> None:
    base = begin(own)
    sheet = as_xlsx(rows(3))
    made = send(own, base, sheet, "drafts")
    assert {row["case"] for row in made["accepted"]} == {None}
    ids = [row["draft_id"] for row in made["accepted"]]
    single = own.post(f"{DRAFTS}/{ids[0]}/submit").json()
    own.delete(f"{DRAFTS}/{ids[1]}")
    submitted = send(own, base, sheet, "submit")
    assert submitted["accepted"][0]["case"] == single
    assert [row["is_new"] for row in submitted["accepted"]] == [False, True, False]
    assert submitted["accepted"][2]["draft_id"] == ids[2]
    with sessions() as session:
        assert (
            session.scalar(select(func.count()).select_from(ImportedTrip).where(ImportedTrip.base_draft_id == base))
            == 3
        )


def test_one_failing_row_takes_all_back(own, sessions, monkeypatch) -> None:
    base = begin(own)
    before = counts(sessions)
    done = []

    def fail_late(work, draft_id, **more):
        done.append(draft_id)
        if len(done) == 3:
            raise RuntimeError
        return submit(work, draft_id, **more)

    submit = many.submit_draft
    with monkeypatch.context() as patched:
        patched.setattr(many, "submit_draft", fail_late)
        assert post(own, base, as_csv(rows(4)), "submit").status_code == 500
    assert len(done) == 3
    assert counts(sessions) == before


def test_the_same_sheet_sent_at_once_makes_its_cases_once(own, sessions) -> None:
    base = begin(own)
    before = counts(sessions)
    gate = threading.Barrier(4)
    sheet = as_csv(rows(5))

    def upload(_: int) -> list[str]:
        tab = TestClient(own.app, raise_server_exceptions=False, cookies=own.cookies)
        tab.headers["X-CSRF-Token"] = own.headers["X-CSRF-Token"]
        gate.wait()
        return [row["case"]["number"] for row in send(tab, base, sheet, "submit")["accepted"]]

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(upload, range(4)))
    assert all(one == numbers[0] for one in numbers)
    assert counts(sessions)[0] == before[0] + 5


def test_a_truck_without_trailer_can_be_the_base(own) -> None:
    axles = [{**axle, "unit": "truck"} for axle in EXAMPLE_FORM["whole"]["axles"][:3]]
    whole = {**EXAMPLE_FORM["whole"], "kind": "truck", "trailer": None, "axles": axles, "gross_mass_kg": 27_000}
    base = begin(own, whole=whole, trailer=None)
    assert len(send(own, base, as_csv(rows(2)), "submit")["accepted"]) == 2


@pytest.mark.parametrize(
    "sheet",
    [
        b"",
        b"\x00\x01",
        b"MZ\x90\x00",
        b"PK\x03\x04broken",
        as_csv([]),
        as_csv(rows(2), ("件", "件", "行驶开始日期", "行驶结束日期", "驾驶员姓名")),
        as_csv(rows(2), ("不认识的列", "出厂编号", "行驶开始日期", "行驶结束日期", "驾驶员姓名")),
        as_csv(rows(600)),
    ],
    ids=["empty", "NUL", "program", "broken", "titles only", "repeated title", "unknown title", "too many"],
)
def test_sheets_that_cannot_be_read_are_refused(own, sessions, sheet: bytes) -> None:
    base = begin(own)
    before = counts(sessions)
    answer = post(own, base, sheet, "submit")
    assert answer.status_code == 422, answer.text
    assert answer.json()["faults"]
    assert counts(sessions) == before


def test_a_base_with_faults_is_refused(own) -> None:
    answer = post(own, begin(own, cargo={}), as_csv(rows(1)), "submit")
    assert "cargo.mass_kg" in {fault["field"] for fault in answer.json()["faults"]}


def test_the_template_is_taken_back(own) -> None:
    base = begin(own)
    answer = own.get("/api/v1/trip-sheets/template")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = book.worksheets[0]
    sheet.cell(2, [cell.value for cell in sheet[1]].index("件") + 1, "叶片1/1")
    out = io.BytesIO()
    book.save(out)
    assert [row["row"] for row in send(own, base, out.getvalue())["accepted"]] == [2]
    text = own.get("/api/v1/trip-sheets/template", params={"format": "csv"})
    assert text.content.decode("utf-8-sig").strip().split(",") == [cell.value for cell in sheet[1]]
