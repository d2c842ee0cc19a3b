"""Verification without a network: each outcome, every flipped bit, lists that are old, missing or forged."""

import base64
import dataclasses
import datetime as dt
import itertools
import zlib

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.permits.content import PermitContent, canonical_json
from api.permits.errors import RecordError
from api.permits.keys import SigningKey, new_key
from api.permits.pdf import issue
from api.permits.pdf_seal import is_sealed, read_pdf, seal_pdf
from api.permits.record import encode, record_of
from api.permits.revocations import Revocation, RevocationList, make_revocation_list, read_revocation_list
from api.permits.signed import PERMIT_PURPOSE, from_text, sign_record, to_text
from api.permits.verify import Verification, verify
from tests.permits.examples import ON, content

KEY = new_key()
TRUSTED = KEY.trusted("湖南省交通运输厅")
NOON = dt.datetime(2026, 11, 23, 12)  # noqa: DTZ001


def text_of(permit: PermitContent | None = None, key: SigningKey = KEY) -> str:
    return sign_record(record_of(permit or content(), key.key_id), key)


def ask(evidence: str | bytes, *, on: dt.date = ON, revocations: RevocationList | None = None) -> Verification:
    return verify(evidence, [TRUSTED], revocations=revocations, on=on)


def listed(*revocations: Revocation, hours: int = 24) -> RevocationList:
    issued = NOON - dt.timedelta(hours=6)
    data = make_revocation_list(
        revocations, KEY, list_number=7, issued_at=issued, next_update=issued + dt.timedelta(hours=hours)
    )
    return read_revocation_list(data, [TRUSTED])


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return issue(content(), KEY).pdf


def test_genuine() -> None:
    found = ask(text_of(), on=NOON, revocations=listed())
    assert found.outcome == "genuine"
    assert found.record == record_of(content(), KEY.key_id)
    assert found.holder == "湖南省交通运输厅"
    assert found.revocations == "current"
    assert len(found.reasons) == 2


def test_every_flipped_bit_is_noticed() -> None:
    signed = from_text(text_of())
    outcomes = set()
    for at, bit in itertools.product(range(len(signed)), range(8)):
        flipped = bytearray(signed)
        flipped[at] ^= 1 << bit
        found = ask(to_text(bytes(flipped)))
        outcomes.add(found.outcome)
        assert found.record is None, "nothing that was not signed is shown"
    assert outcomes == {"tampered", "unknown_key", "unreadable"}


def test_every_changed_letter_is_noticed() -> None:
    text = text_of()
    for at in range(len(text)):
        letter = "A" if text[at] != "A" else "B"
        assert ask(text[:at] + letter + text[at + 1 :]).outcome in {"tampered", "unknown_key", "unreadable"}
        assert ask(text[:at]).outcome in {"tampered", "unreadable"}


def test_another_purpose_is_no_permit() -> None:
    body = encode(record_of(content(), KEY.key_id))
    assert ask(to_text(body + KEY.sign(body))).outcome == "tampered"
    assert ask(to_text(body + KEY.sign(PERMIT_PURPOSE + body))).outcome == "genuine"


def test_key_that_nobody_trusts() -> None:
    found = ask(text_of(key=new_key()))
    assert found.outcome == "unknown_key"
    assert found.record is None


def test_a_foreign_signature_under_a_trusted_key_id() -> None:
    body = encode(record_of(content(), KEY.key_id))
    assert ask(to_text(body + new_key().sign(PERMIT_PURPOSE + body))).outcome == "tampered"


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "outcome"),
    [
        (dt.date(2026, 11, 20), dt.date(2026, 11, 20), "genuine"),
        (dt.date(2026, 11, 21), None, "unknown_key"),
        (None, dt.date(2026, 11, 19), "unknown_key"),
        (None, dt.date(2026, 11, 20), "genuine"),
    ],
)
def test_period_of_a_key_is_held_against_the_day_of_issue(
    valid_from: dt.date | None, valid_until: dt.date | None, outcome: str
) -> None:
    key = KEY.trusted("某机关", valid_from=valid_from, valid_until=valid_until)
    assert verify(text_of(), [key], revocations=None, on=ON).outcome == outcome
    assert verify(text_of(), [key, TRUSTED], revocations=None, on=ON).outcome == "genuine"


@pytest.mark.parametrize(
    ("on", "outcome"),
    [
        (dt.date(2026, 11, 21), "not_yet_valid"),
        (dt.date(2026, 11, 22), "genuine"),
        (dt.date(2026, 11, 26), "genuine"),
        (dt.datetime(2026, 11, 26, 23, 59), "genuine"),  # noqa: DTZ001
        (dt.date(2026, 11, 27), "expired"),
    ],
)
def test_validity_includes_both_days(on: dt.date, outcome: str) -> None:
    assert ask(text_of(), on=on).outcome == outcome


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("awaiting_check", "awaiting_check"), ("revoked", "revoked"), ("changed", "revoked"), ("expired", "expired")],
)
def test_status_of_the_issue(status: str, outcome: str) -> None:
    assert ask(text_of(content(status=status))).outcome == outcome


def test_the_worst_is_the_outcome_and_all_reasons_are_told() -> None:
    revoked = listed(Revocation(content().number, 1, "revoked"))
    found = ask(text_of(content(status="awaiting_check")), on=dt.date(2026, 12, 1), revocations=revoked)
    assert found.outcome == "revoked"
    told = " ".join(reason.zh for reason in found.reasons)
    for word in ("撤销", "有效期至2026-11-26", "核查", "清单已过期"):
        assert word in told


def test_demo_is_said() -> None:
    assert "演示用，无效" in [reason.zh for reason in ask(text_of(content(is_demo=True))).reasons]


def test_a_change_revokes_earlier_issues_only() -> None:
    changed = listed(Revocation(content().number, 2, "changed"))
    assert ask(text_of(content(sequence=2)), revocations=changed).outcome == "revoked"
    assert ask(text_of(content(sequence=3)), revocations=changed).outcome == "genuine"
    assert ask(text_of(content(number="43000020261122000080")), revocations=changed).outcome == "genuine"


@pytest.mark.parametrize(
    ("on", "freshness"),
    [
        (NOON, "current"),
        (NOON + dt.timedelta(hours=18), "current"),
        (NOON + dt.timedelta(hours=18, minutes=1), "outdated"),
        (ON, "current"),
        (ON + dt.timedelta(days=1), "outdated"),
        (NOON - dt.timedelta(hours=7), "not_yet_issued"),
    ],
)
def test_age_of_the_list_is_never_passed_over(on: dt.date, freshness: str) -> None:
    found = ask(text_of(), on=on, revocations=listed())
    assert found.revocations == freshness
    assert any("清单" in reason.zh for reason in found.reasons) == (freshness != "current")


def test_a_missing_list_is_said() -> None:
    assert any("未提供撤销清单" in reason.zh for reason in ask(text_of()).reasons)


def test_later_version_is_said() -> None:
    found = ask(to_text(b"\x02" + from_text(text_of())[1:]))
    assert found.outcome == "unreadable"
    assert "升级" in found.reasons[0].zh


@pytest.mark.parametrize("prefix", ["https://example.org/verify/", "扫码结果：", "\ufeff", " \n"])
def test_text_may_stand_behind_an_address(prefix: str) -> None:
    assert ask(prefix + text_of() + "\n").outcome == "genuine"
    assert ask((prefix + text_of()).encode()).outcome == "genuine"


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_any_file_gets_an_answer(data: bytes) -> None:
    assert ask(data).outcome == "unreadable"
    assert ask(b"%PDF-1.7\n" + data).outcome == "unreadable"


@given(st.binary(min_size=73, max_size=300))
def test_rightly_signed_nonsense_is_unreadable_not_a_crash(data: bytes) -> None:
    body = b"\x01" + KEY.key_id + data
    assert ask(to_text(body + KEY.sign(PERMIT_PURPOSE + body))).outcome == "unreadable"


def test_pdf_is_genuine_with_all_its_contents(pdf: bytes) -> None:
    found = ask(pdf)
    assert found.outcome == "genuine"
    assert found.pages == "sealed"
    assert found.content == content()
    assert found.to_json()["content"]["cargo"]["name"] == "发电机定子"


@given(st.data())
@settings(max_examples=150)
def test_any_flipped_bit_of_the_pdf_is_noticed(pdf: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(pdf) - 1))
    flipped = bytearray(pdf)
    flipped[at] ^= 1 << data.draw(st.integers(0, 7))
    found = ask(bytes(flipped))
    assert (found.outcome, found.pages) != ("genuine", "sealed")
    # Only the last line can be spoilt so that the file counts as one without a seal.
    assert found.outcome != "genuine" or at > len(pdf) - 120


def test_an_altered_page_is_tampered(pdf: bytes) -> None:
    found = ask(pdf.replace(b"/MediaBox", b"/MediaBoX", 1))
    assert found.outcome == "tampered"
    assert "封印" in found.reasons[0].zh


def test_saved_anew_the_record_holds_but_the_pages_are_not_sealed(pdf: bytes) -> None:
    import io

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    writer.compress_identical_objects()
    out = io.BytesIO()
    writer.write(out)
    found = ask(out.getvalue())
    assert found.outcome == "genuine"
    assert found.pages == "not_sealed"
    assert any("没有封印" in reason.zh for reason in found.reasons)


def test_contents_that_were_not_signed_are_tampered() -> None:
    other = content(scope="全国")
    data = b"%PDF-1.7\n(" + text_of().encode() + b")\nstream\n" + canonical_json(other) + b"\nendstream\n"
    assert ask(data).outcome == "tampered"
    right = data.replace(canonical_json(other), zlib.compress(canonical_json(content())))
    assert ask(right).content == content()


def test_two_records_in_one_file_are_refused() -> None:
    both = f"%PDF-1.7 ({text_of()}) ({text_of(content(sequence=2))})"
    assert "互不相同" in ask(both.encode()).reasons[0].zh


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.permits.pdf_seal.MAX_INFLATED", 1_000_000)
    bomb = b"%PDF-1.7\n" + 3 * (b"stream\n" + zlib.compress(bytes(900_000)) + b"\nendstream\n")
    with pytest.raises(RecordError, match="more than a permit"):
        read_pdf(bomb)
    assert ask(bomb).outcome == "unreadable"


def test_seal_of_another_key_does_not_count(pdf: bytes) -> None:
    without = pdf[: pdf.rindex(b"%DJF1:")]
    assert not is_sealed(without)
    assert seal_pdf(without, KEY) == pdf
    assert ask(seal_pdf(without, new_key())).outcome == "tampered"


def test_signatures_are_ed25519_of_the_documented_message() -> None:
    """Against the library, from the layout alone: purpose, then all but the last 64 bytes."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    letters = text_of().removeprefix("DJ1:")
    signed = base64.b32decode(letters + "=" * (-len(letters) % 8))
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(TRUSTED.public_key))
    key.verify(signed[-64:], b"dajian permit record\0" + signed[:-64])


def test_contents_of_a_later_program_leave_the_record() -> None:
    raw = canonical_json(content()).replace(b'"cargo"', b'"charge"')
    record = record_of(content(), KEY.key_id)
    import hashlib

    record = dataclasses.replace(record, content_hash=hashlib.sha256(raw).digest()[:16])
    data = b"%PDF-1.7\n(" + sign_record(record, KEY).encode() + b")\nstream\n" + raw + b"\nendstream\n"
    found = ask(data)
    assert found.outcome == "genuine"
    assert found.content is None
