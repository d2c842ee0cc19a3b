"""``dajian permit``: answers, exit statuses, and what is refused."""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from api import cli
from api.commands.permit import key_folder, permit_group
from api.permits.keys import load_or_create_key, new_key
from api.permits.pdf import IssuedPermit, issue
from api.permits.revocations import Revocation, make_revocation_list
from tests.permits.examples import content

ON = ("--on", "2026-11-23T12:00")
ISSUED = dt.datetime(2026, 11, 23, 8)  # noqa: DTZ001


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str


@dataclass
class Office:
    """One installation with its key and an issued permit."""

    folder: Path
    issued: IssuedPermit
    capture: pytest.CaptureFixture[str]

    def run(self, *arguments: object) -> Ran:
        self.capture.readouterr()
        words = [str(argument) for argument in arguments]
        status = cli.run_guarded(lambda: permit_group.main(words, prog_name="dajian permit", standalone_mode=False))
        out, err = self.capture.readouterr()
        assert "Traceback" not in err
        return Ran(status, out, err)

    def revocations(self, *numbers: str) -> Path:
        data = make_revocation_list(
            [Revocation(number, 1, "revoked") for number in numbers],
            load_or_create_key(key_folder()),
            list_number=1,
            issued_at=ISSUED,
            next_update=ISSUED + dt.timedelta(days=1),
        )
        file = self.folder / "revocations.djr"
        file.write_bytes(data)
        return file


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Office:
    monkeypatch.setenv("DAJIAN_VAR", str(tmp_path / "var"))
    return Office(tmp_path, issue(content(), load_or_create_key(key_folder())), capfd)


def test_text_file_and_pdf_are_genuine(office: Office) -> None:
    text, pdf = office.folder / "code.txt", office.folder / "permit.pdf"
    text.write_text(office.issued.record_text + "\n", encoding="utf-8")
    pdf.write_bytes(office.issued.pdf)
    for evidence in (office.issued.record_text, text, pdf):
        ran = office.run("verify", evidence, "--revocations", office.revocations(), *ON)
        assert ran.status == 0
        assert ran.out.startswith("真实有效 · genuine")
        assert "湘A12345 湘A6478超" in ran.out
        assert "撤销清单 revocation list: 2026-11-23 08:00" in ran.out
    assert "发电机定子" in ran.out


def test_json_says_everything(office: Office) -> None:
    pdf = office.folder / "permit.pdf"
    pdf.write_bytes(office.issued.pdf)
    answer = json.loads(office.run("verify", pdf, *ON, "--json").out)
    assert answer["outcome"] == "genuine"
    assert answer["on"] == "2026-11-23T12:00:00"
    assert answer["revocations"] == "missing"
    assert answer["pages"] == "sealed"
    assert answer["fields"]["size"] == {
        "height_mm": 4700,
        "width_mm": 3600,
        "length_mm": 31000,
        "gross_mass_kg": 166000,
    }
    assert answer["content"]["route"]["phrase"] == content().route.phrase


def test_a_legal_no_is_an_answer(office: Office) -> None:
    text = office.issued.record_text
    listed = office.revocations(content().number)
    for arguments, words in (
        (("--revocations", listed, *ON), "已撤销"),
        (("--on", "2026-12-01"), "已过有效期"),
        (("--on", "2026-11-01"), "尚未生效"),
    ):
        ran = office.run("verify", text, *arguments)
        assert ran.status == 0
        assert ran.out.startswith(words)
    tampered = office.run("verify", text[:-9] + "A" + text[-8:] if text[-9] != "A" else text[:-9] + "B" + text[-8:])
    assert (tampered.status, tampered.out.split(" ")[0]) == (0, "内容被改动")


def test_an_outdated_list_is_said(office: Office) -> None:
    ran = office.run("verify", office.issued.record_text, "--revocations", office.revocations(), "--on", "2026-11-25")
    assert "撤销清单已过期" in ran.out


def test_keys_given_replace_the_own(office: Office) -> None:
    other, own = office.folder / "other.json", office.folder / "own.json"
    other.write_text(new_key().trusted("别的机关").to_json(), encoding="utf-8")
    assert office.run("public-key", "--holder", "本机关", "--valid-from", "2026-01-01", "--out", own).status == 0
    text = office.issued.record_text
    assert office.run("verify", text, "--key", other, *ON).out.startswith("签发机关不可信")
    ran = office.run("verify", text, "--key", other, "--key", own, *ON)
    assert ran.out.startswith("真实有效")
    assert "signed by: 本机关" in ran.out


def test_public_key_is_printed_and_made_on_first_use(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    printed = json.loads(office.run("public-key", "--holder", "本机关", "--valid-until", "2027-12-31").out)
    assert printed["key_id"] == load_or_create_key(key_folder()).key_id.hex()
    assert printed["valid_until"] == "2027-12-31"
    monkeypatch.setenv("DAJIAN_VAR", str(tmp_path / "new"))
    assert json.loads(office.run("public-key", "--holder", "本机关").out)["key_id"] != printed["key_id"]


@pytest.mark.parametrize("evidence", ["DJ1:", "DJ1:AAAA", "nothing.pdf", "", ".", "a\0b", "x" * 5000])
def test_what_is_no_permit_is_a_fault(office: Office, evidence: str) -> None:
    ran = office.run("verify", evidence, *ON)
    assert ran.status == 2
    assert ran.out == ""
    assert ran.err.startswith("dajian: ")


def test_broken_inputs_beside_the_permit_are_faults(office: Office) -> None:
    broken = office.folder / "broken"
    broken.write_bytes(b"\x00\xff" * 100)
    text = office.issued.record_text
    for arguments in (("--key", broken), ("--revocations", broken), ("--revocations", "none"), ("--on", "soon")):
        ran = office.run("verify", text, *arguments)
        assert (ran.status, ran.out) == (2, "")
    assert office.run("verify", broken).status == 2


def test_without_any_key_it_is_said(office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DAJIAN_VAR", str(tmp_path / "empty"))
    ran = office.run("verify", office.issued.record_text, *ON)
    assert ran.status == 2
    assert "no public key to trust" in ran.err
    assert not (tmp_path / "empty").exists(), "verifying makes no key"
