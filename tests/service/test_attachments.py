"""Attachments over HTTP: hostile files and names, byte-identical downloads, who may read what."""

import datetime as dt
import gc
import hashlib
import io
import os
import signal
import stat
import subprocess
import sys
import uuid
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import openpyxl
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from api.applications.attachments import use_attachments
from api.applications.attachments_cleaning import clear_unfinished_uploads
from api.applications.attachments_kinds import file_kinds
from api.applications.attachments_names import LONGEST_NAME, clean_name
from api.applications.endpoints_example import EXAMPLE_FORM
from api.applications.storage import LocalStorage
from api.db.engine import transaction
from api.db.tables import Attachment, Case, Packet, Review
from api.errors import InvalidError, ServiceUnavailableError, TooLargeError
from api.unit_of_work import SYSTEM, UnitOfWork

PLACE = "/api/v1/attachments"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n9\n%%EOF\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + bytes(300) + b"\xff\xd9"


def workbook() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


def package(*names: str, comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
        archive.comment = comment
    return out.getvalue()


XLSX, DOCX = workbook(), package("[Content_Types].xml", "word/document.xml")


@pytest.fixture(scope="module")
def own(people) -> TestClient:
    people.account("own", "carrier", carrier_id=people.carrier())
    return people.sign_in("own")


@pytest.fixture(scope="module")
def other(people) -> TestClient:
    people.account("other", "carrier", carrier_id=people.carrier("91430000MA4L000002", "演示另一家"))
    return people.sign_in("other")


def office(people, login: str, role: str, body: str, **more) -> TestClient:
    people.account(login, role, body_id=people.body(body, **more))
    return people.sign_in(login)


def send(client: TestClient, content: bytes, name: str = "文件.pdf") -> httpx.Response:
    return client.post(PLACE, files={"file": (name, content)})


def stored(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PDF, "a.pdf", "pdf"),
        (PNG, "a.PNG", "png"),
        (JPEG, "a.jpeg", "jpeg"),
        (JPEG, "b.jpg", "jpeg"),
        (XLSX, "表.xlsx", "xlsx"),
        (DOCX, "方案.docx", "docx"),
    ],
)
def test_what_is_taken_comes_back_byte_for_byte_as_a_download_only(own, content, name, kind) -> None:
    answer = send(own, content, name)
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert said["sha256"] == hashlib.sha256(content).hexdigest()
    assert (said["size_bytes"], said["name"], said["media_type"]) == (len(content), name, file_kinds()[kind].media_type)
    back = own.get(f"{PLACE}/{said['id']}/content")
    assert back.content == content
    assert back.headers["content-type"] == "application/octet-stream"
    assert back.headers["content-disposition"].startswith("attachment;")
    assert back.headers["x-content-type-options"] == "nosniff"
    assert back.headers["content-security-policy"].startswith("sandbox;")


REFUSED = {
    "empty": (b"", "a.pdf", 422),
    "program": (b"MZ\x90\x00" + bytes(200), "a.pdf", 415),
    "elf": (b"\x7fELF" + bytes(200), "a.png", 415),
    "script": (b"#!/bin/sh\nrm -rf /\n", "a.pdf", 415),
    "page": (b"<html><script>alert(1)</script></html>", "a.pdf", 415),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png", 415),
    "plain text": ("说明".encode(), "a.docx", 415),
    "gif": (b"GIF89a" + bytes(50), "a.jpg", 415),
    "plain zip": (package("a.txt"), "a.xlsx", 415),
    "both kinds of office": (package("[Content_Types].xml", "word/document.xml", "xl/workbook.xml"), "a.docx", 415),
    "no types": (package("word/document.xml"), "a.docx", 415),
    "macros": (package("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "a.xlsx", 415),
    "zip comment": (package("[Content_Types].xml", "xl/workbook.xml", comment=b"<script>"), "a.xlsx", 415),
    "broken zip": (XLSX[:400], "a.xlsx", 415),
    "pdf called png": (PDF, "a.png", 415),
    "pdf without ending": (PDF, "a", 415),
    "pdf called exe": (PDF, "a.pdf.exe", 415),
    "ending after NUL": (PDF, "a.pdf\0.exe", 415),
    "ending turned round": (PDF, "a\u202efdp.exe", 415),
    "pdf with a zip behind": (PDF + package("a.txt"), "a.pdf", 415),
    "png with a zip behind": (PNG + package("a.txt"), "a.png", 415),
    "png with a tail": (PNG + b"x", "a.png", 415),
    "png cut off": (PNG[:-5], "a.png", 415),
    "jpeg with a page": (JPEG[:20] + b"<script>alert(1)</script>" + JPEG[20:], "a.jpg", 415),
    "jpeg with a pdf": (JPEG[:20] + PDF + JPEG[20:], "a.jpg", 415),
    "pdf cut off": (PDF[:30], "a.pdf", 415),
    "pdf not at the start": (b"x" + PDF, "a.pdf", 415),
    "larger than the setting": (PDF[:-7] + bytes(2_000_000) + b"%%EOF\n", "a.pdf", 413),
    "larger than any request": (bytes(4_000_000), "a.pdf", 413),
}


@pytest.mark.parametrize(("content", "name", "status"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_taken_is_refused_and_leaves_nothing(own, settings, sessions, content, name, status) -> None:
    files = stored(settings.attachments_folder)
    with sessions() as session:
        rows = session.scalar(select(func.count()).select_from(Attachment))
    answer = send(own, content, name)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]
    assert stored(settings.attachments_folder) == files
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Attachment)) == rows


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\x.pdf", "x.pdf"),
        ("/etc/cron.d/a.pdf", "a.pdf"),
        ("C:\\temp\\a.pdf", "a.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("nul.tar.pdf", "_nul.tar.pdf"),
        ("lpt1 .pdf", "_lpt1 .pdf"),
        ("console.pdf", "console.pdf"),
        ("a\u202eb\u200b.pdf", "ab.pdf"),
        ("轮廓图\x00.pdf", "轮廓图.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ('a"b<c>|?*.pdf', "a_b_c____.pdf"),
        ("  .hidden.pdf. ", "hidden.pdf"),
        ("长" * 300 + ".pdf", "长" * (LONGEST_NAME - 4) + ".pdf"),
        ("e\u0301.pdf", "é.pdf"),
        ("half\ud800.pdf", "half.pdf"),
    ],
)
def test_names_are_made_harmless(given_name: str, kept: str) -> None:
    assert clean_name(given_name) == kept
    assert clean_name(kept) == kept


@pytest.mark.parametrize("name", ["", None, "..", "../", ".", "   ", "\u200b", "/", "\\", "\0"])
def test_a_name_of_nothing_is_refused(name: str | None) -> None:
    with pytest.raises(InvalidError):
        clean_name(name)


@given(st.text(st.characters(codec=None), max_size=400))
@example("con")
@example("a/../b")
@example("\ud800.pdf")
def test_any_name_comes_out_harmless_or_is_refused(name: str) -> None:
    try:
        cleaned = clean_name(name)
    except InvalidError:
        return
    assert 0 < len(cleaned) <= LONGEST_NAME + 1
    assert not set(cleaned) & set('/\\<>:"|?*\0\r\n')
    assert cleaned.isprintable() or all(c.isprintable() or c.isspace() for c in cleaned)
    assert cleaned not in {".", ".."}
    cleaned.encode()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(st.characters(codec="utf-8"), min_size=1, max_size=200))
@example(name="a.pdf\r\nX: y")
@example(name='a".pdf')
def test_any_name_over_http_is_taken_or_refused(own, name: str) -> None:
    answer = send(own, PDF, f"{name}.pdf")
    assert answer.status_code in {201, 400, 415, 422}
    if answer.status_code == 201:
        back = own.get(f"{PLACE}/{answer.json()['id']}/content")
        assert back.status_code == 200
        assert back.content == PDF


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from([b"", PDF[:9], PNG[:40], JPEG[:12], XLSX[:200], XLSX[-100:], b"PK\x03\x04", b"%PDF-"]),
    rest=st.binary(max_size=300),
    ending=st.sampled_from(["pdf", "png", "jpg", "xlsx", "docx"]),
)
def test_any_bytes_are_taken_or_refused(own, start: bytes, rest: bytes, ending: str) -> None:
    assert send(own, start + rest, f"a.{ending}").status_code in {201, 415, 422}


MULTIPART = "multipart/form-data; boundary=x"


def part(disposition: bytes, content: bytes = b"ab", end: bytes = b"\r\n--x--\r\n") -> bytes:
    return b"--x\r\nContent-Disposition: form-data; " + disposition + b"\r\n\r\n" + content + end


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the parser leaves its own file open
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", MULTIPART),
        (b"--x\r\nbroken", MULTIPART),
        (part(b'name="file"; filename="a.pdf"', end=b""), MULTIPART),
        (b"{}", "application/json"),
        (b"abc", "multipart/form-data"),
        (part(b'name="file"'), MULTIPART),
        (part(b'name="file"; filename=""'), MULTIPART),
        (part(b'name="file"; filename="\xff\xfe.pdf"'), MULTIPART),
        (part(b'name="other"; filename="a.pdf"'), MULTIPART),
    ],
)
def test_broken_uploads_are_refused(own, body: bytes, kind: str) -> None:
    answer = own.post(PLACE, content=body, headers={"Content-Type": kind})
    assert 400 <= answer.status_code < 500, answer.text
    gc.collect()


def test_the_same_bytes_are_stored_once(own, other, settings) -> None:
    content = PDF + b"% once %%EOF"
    first, again, renamed, theirs = (
        send(own, content, "a.pdf").json(),
        send(own, content, "a.pdf").json(),
        send(own, content, "b.pdf").json(),
        send(other, content, "a.pdf").json(),
    )
    assert first == again
    assert len({first["id"], renamed["id"], theirs["id"]}) == 3
    named = [path for path in stored(settings.attachments_folder) if path.name == first["sha256"]]
    assert len(named) == 1
    assert stat.S_IMODE(named[0].stat().st_mode) == 0o600
    assert [path for path in stored(settings.attachments_folder) if path.suffix == ".part"] == []


def test_the_same_bytes_at_once_are_stored_once(tmp_path: Path) -> None:
    content = bytes(range(256)) * 2000

    def store(_: int) -> str:
        storage = LocalStorage(tmp_path)
        received = storage.receive(io.BytesIO(content), 10**6)
        storage.keep(received)
        return received.sha256

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(store, range(16)))) == 1
    (only,) = stored(tmp_path)
    assert only.read_bytes() == content


def test_bytes_that_have_their_place_are_never_written_again(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)
    storage.keep(storage.receive(io.BytesIO(b"abc"), 10))
    (only,) = stored(tmp_path)
    before = only.stat().st_mtime_ns, only.stat().st_ino
    storage.keep(storage.receive(io.BytesIO(b"abc"), 10))
    assert (only.stat().st_mtime_ns, only.stat().st_ino) == before
    with pytest.raises(TooLargeError):
        storage.receive(io.BytesIO(b"abcd"), 3)
    assert stored(tmp_path) == [only]
    with pytest.raises(ServiceUnavailableError):
        storage.open("0" * 64)


KILLED = """
import io, os, signal, sys
from pathlib import Path
from api.applications.storage import LocalStorage
storage = LocalStorage(Path(sys.argv[1]))
received = storage.receive(io.BytesIO(b"x" * 300_000), 10**6)
if sys.argv[2] == "kept":
    storage.keep(received)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("when", ["kept", "received"])
def test_what_was_kept_survives_a_kill_and_the_rest_is_cleared(tmp_path: Path, when: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), when], check=False)
    assert done.returncode == -signal.SIGKILL
    (left,) = stored(tmp_path)
    assert (left.suffix == ".part") == (when == "received")
    LocalStorage(tmp_path).clear_unfinished(left.stat().st_mtime + 1)
    assert stored(tmp_path) == ([left] if when == "kept" else [])


def test_the_job_clears_old_temporary_files_only(settings, sessions, clock, monkeypatch) -> None:
    monkeypatch.setattr("api.applications.attachments_cleaning.service_settings", lambda: settings)
    incoming = settings.attachments_folder / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    old, fresh = incoming / "old.part", incoming / "fresh.part"
    for path, age in ((old, dt.timedelta(days=2)), (fresh, dt.timedelta(hours=2))):
        path.write_bytes(b"x")
        moment = (clock() - age).timestamp()
        os.utime(path, (moment, moment))
    kept = [path for path in stored(settings.attachments_folder) if path.suffix != ".part"]
    with transaction(sessions) as session:
        clear_unfinished_uploads(UnitOfWork(session, SYSTEM, clock()))
    assert not old.exists()
    assert fresh.exists()
    assert all(path.exists() for path in kept)
    fresh.unlink()


def status_of(client: TestClient, attachment_id: str) -> set[int]:
    place = f"{PLACE}/{attachment_id}"
    return {client.get(place).status_code, client.get(f"{place}/content").status_code}


def test_attachments_of_no_case_are_their_owners_alone(own, other, people) -> None:
    reviewer = office(people, "reviewer-a", "reviewer", "body-a")
    colleague = office(people, "window-a", "window", "body-a")
    stranger = office(people, "reviewer-b", "reviewer", "body-b", code="440100")
    admin = office(people, "admin", "admin", "body-a")
    carriers = send(own, PDF + b"% mine %%EOF").json()["id"]
    offices = send(reviewer, PDF + b"% office %%EOF", "勘测.pdf").json()["id"]
    assert status_of(own, carriers) == {200}
    assert status_of(reviewer, offices) == status_of(colleague, offices) == {200}
    for client, attachment in ((other, carriers), (reviewer, carriers), (own, offices), (stranger, offices)):
        assert status_of(client, attachment) == {404}
    assert status_of(people.nobody(), carriers) == {401}
    assert status_of(admin, carriers) == {403}
    assert status_of(own, str(uuid.uuid4())) == {404}
    assert send(admin, PDF).status_code == 403
    assert send(people.nobody(), PDF).status_code == 401
    listed = {row["id"] for row in other.get(PLACE, params={"limit": 200}).json()["items"]}
    assert carriers not in listed
    assert {row["id"] for row in colleague.get(PLACE).json()["items"]} == {offices}


def test_a_cases_bodies_read_its_attachments_and_an_offices_papers_stay_with_offices(
    own, other, people, sessions, clock
) -> None:
    deciding = office(people, "deciding", "window", "body-c")
    asked = office(people, "asked", "police", "body-d", kind="police")
    unasked = office(people, "unasked", "police", "body-e", kind="police")
    drawing = send(own, PDF + b"% drawing %%EOF", "轮廓图.pdf").json()["id"]
    internal = send(deciding, PDF + b"% internal %%EOF", "内部.pdf").json()["id"]
    notice = send(deciding, PDF + b"% notice %%EOF", "告知.pdf").json()["id"]
    draft = own.post("/api/v1/drafts", json={"content": {**EXAMPLE_FORM, "outline_drawing": drawing}}).json()["id"]
    case_id = uuid.UUID(own.post(f"/api/v1/drafts/{draft}/submit").json()["id"])
    with transaction(sessions) as session:
        work = UnitOfWork(session, SYSTEM, clock())
        case = session.get(Case, case_id)
        case.deciding_body_id = "body-c"
        review = Review(case_id=case_id, form_version=1, verdict="passes", report={}, comparison={}, plan={})
        review.network_id = review.rules_id = review.policy_id = "x"
        session.add(review)
        session.flush()
        packet = Packet(case_id=case_id, review_id=review.id, body_id="body-d", role="police", purpose="opinion")
        packet.content, packet.drafted_opinion, packet.state, packet.sent_at = {}, "", "open", clock()
        session.add(packet)
        use_attachments(work, case, [uuid.UUID(internal)], for_carrier=False)
        use_attachments(work, case, [uuid.UUID(notice), uuid.UUID(notice)], for_carrier=True)
        use_attachments(work, case, [uuid.UUID(notice)], for_carrier=True)
    for client, readable in (
        (own, {drawing, notice}),
        (deciding, {drawing, internal, notice}),
        (asked, {drawing, internal, notice}),
        (unasked, set()),
        (other, set()),
    ):
        assert {one for one in (drawing, internal, notice) if status_of(client, one) == {200}} == readable
        assert all(status_of(client, one) == {404} for one in {drawing, internal, notice} - readable)
