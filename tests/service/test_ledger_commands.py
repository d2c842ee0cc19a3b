"""The ledger over HTTP and on the command line, and the page of permissions."""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from api.db.engine import transaction
from api.db.tables import Body, Case
from api.unit_of_work import SYSTEM, UnitOfWork

ROOT = Path(__file__).parent.parent.parent


def _dajian(var: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DAJIAN_VAR": str(var), "DAJIAN_DATABASE_URL": ""}
    environment.pop("DAJIAN_DATABASE_URL")
    command = [sys.executable, "-c", "import api.cli; api.cli.main()", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT, check=False)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of our own: other test runs close the one that pytest gives to the server's account."""
    with tempfile.TemporaryDirectory(prefix="dajian-commands-") as name:
        yield Path(name)


@pytest.mark.slow
def test_the_commands_from_an_empty_folder_to_a_restore(folder: Path) -> None:
    """One after the other, each in a process of its own with the embedded database."""
    var, file = folder / "var", folder / "backup.tar"
    assert "empty" in _dajian(var, "ledger", "verify").stderr
    assert _dajian(var, "migrate").returncode == 0
    intact = _dajian(var, "ledger", "verify")
    assert (intact.returncode, "完整" in intact.stdout) == (0, True)
    assert "nothing happened" in _dajian(var, "ledger", "anchor").stdout
    saved = _dajian(var, "database", "backup", str(file))
    assert saved.returncode == 0, saved.stderr
    assert "不含签名密钥" in saved.stdout
    again = _dajian(var, "database", "restore", str(file))
    assert again.returncode == 0, again.stderr
    assert "1" in _dajian(var, "ledger", "anchor").stdout
    assert "1 个锚点" in _dajian(var, "ledger", "verify").stdout
    refused = _dajian(var, "database", "restore", str(file))
    assert (refused.returncode, "--replace" in refused.stderr) == (2, True)
    replaced = _dajian(var, "database", "restore", str(file), "--replace")
    assert replaced.returncode == 0, replaced.stderr
    assert "anchors-before-restore" in replaced.stdout
    assert _dajian(var, "ledger", "verify").returncode == 0
    copies = list((var / "ledger").glob("anchors-before-restore-*.jsonl"))
    tampered = _dajian(var, "ledger", "verify", "--anchors", str(copies[0]))
    assert (tampered.returncode, "tampered" in tampered.stdout) == (1, True)
    (var / "ledger" / "anchors.jsonl").write_text('{"seq": 1}\n')
    assert _dajian(var, "ledger", "verify").returncode == 1
    assert _dajian(var, "ledger", "verify", "--without-anchors").returncode == 0
    assert _dajian(var, "ledger", "verify", "--anchors", "nowhere").returncode == 2
    assert _dajian(var, "database", "restore", "nowhere").returncode == 2
    file.write_bytes(b"garbage")
    assert _dajian(var, "database", "restore", str(file), "--replace").returncode == 2


@pytest.fixture(scope="module")
def history(people, sessions: sessionmaker[Session], clock) -> dict[str, str]:
    """Two cases of two cities, with an event each."""
    people.account("root", "admin")
    people.account("firm", "carrier", carrier_id=people.carrier())
    people.account("rival", "carrier", carrier_id=people.carrier("91430100MA4L16JQ9D", "另一公司"))
    for code in ("430100", "430200"):
        body = people.body(f"transport:{code}", code=code)
        people.account(f"desk-{code}", "reviewer", body_id=body)
    people.account("watch-430100", "supervisor", body_id="transport:430100")
    province = people.body("transport:430000", level="province", code="430000")
    people.account("watch-430000", "supervisor", body_id=province)
    made = {}
    for code in ("430100", "430200"):
        with transaction(sessions) as session:
            account = people.account(f"by-{code}", "carrier", carrier_id=people.carrier())
            case = Case(id=uuid.uuid4(), number=code, carrier_id=people.carrier(), submitted_by=account.id)
            case.state, case.province, case.form, case.submitted_at = "review", "43", {}, clock()
            case.deciding_body_id = f"transport:{code}"
            session.add(case)
            UnitOfWork(session, SYSTEM, clock()).record("reviewed", case_id=case.id, inner="note of the office")
            made[code] = str(case.id)
    with sessions() as session:
        assert session.get(Body, "transport:430100") is not None
    return made


def test_the_history_of_a_case_is_for_those_who_handle_it(history, people) -> None:
    path = f"/api/v1/ledger/cases/{history['430100']}"
    office = people.sign_in("desk-430100").get(path).json()
    assert [(item["kind"], item["data"]) for item in office["items"]] == [("reviewed", {"inner": "note of the office"})]
    firm = people.sign_in("firm").get(path).json()
    assert [(item["kind"], item["data"]) for item in firm["items"]] == [("reviewed", None)]
    for login in ("rival", "desk-430200"):
        assert people.sign_in(login).get(path).status_code == 404
    assert people.sign_in("firm").get(f"/api/v1/ledger/cases/{uuid.uuid4()}").status_code == 404


def test_supervisors_see_events_below_them_and_administrators_all(history, people) -> None:
    def cases(login: str) -> set[str]:
        found = people.sign_in(login).get("/api/v1/ledger/events", params={"kind": "reviewed"}).json()
        return {item["case_id"] for item in found["items"]}

    assert cases("watch-430100") == {history["430100"]}
    assert cases("watch-430000") == cases("root") == set(history.values())


@pytest.mark.usefixtures("history")
def test_status_and_verification_over_http(people, settings) -> None:
    client = people.sign_in("root")
    status = client.get("/api/v1/ledger").json()
    checked = client.post("/api/v1/ledger/verifications").json()
    assert checked["intact"] is True
    assert checked["events"] == status["events"] > 0
    anchors = settings.var / "ledger" / "anchors.jsonl"
    anchors.parent.mkdir(parents=True)
    anchors.write_text(json.dumps({"seq": 1}) + "\n")
    assert client.post("/api/v1/ledger/verifications").json()["fault"]["kind"] == "anchor"
    anchors.unlink()
    codes = {client.post("/api/v1/ledger/verifications").status_code for _ in range(14)}
    assert codes == {200, 429}


def test_the_page_of_permissions_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("make_permissions_page", ROOT / "tools" / "make_permissions_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text = module.PAGE.read_text(encoding="utf-8")
    assert module.page(text) == text
    assert "受理 Accept `accept` |" in text
