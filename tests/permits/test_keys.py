"""Key files: who may read them, that they are made once, and what is refused."""

import datetime as dt
import json
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from api.permits.errors import KeyFileError, RevocationListError
from api.permits.keys import (
    PRIVATE_FILE,
    SIGNATURE_BYTES,
    key_id_of,
    load_key,
    load_or_create_key,
    new_key,
    read_trusted_key,
    trusted_keys,
)
from api.permits.revocations import MAGIC, PURPOSE, Revocation, make_revocation_list, read_revocation_list

ISSUED = dt.datetime(2026, 11, 23, 8)  # noqa: DTZ001
NEXT = dt.datetime(2026, 11, 24, 8)  # noqa: DTZ001


def test_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "keys"
    first = load_or_create_key(folder)
    assert stat.S_IMODE((folder / PRIVATE_FILE).stat().st_mode) == 0o600
    assert load_or_create_key(folder).key_id == first.key_id
    assert [file.name for file in folder.iterdir()] == [PRIVATE_FILE]


def test_all_who_come_at_once_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(load_or_create_key, [tmp_path] * 32))
    assert len({key.key_id for key in keys}) == 1
    assert [file.name for file in tmp_path.iterdir()] == [PRIVATE_FILE]


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    load_or_create_key(tmp_path)
    (tmp_path / PRIVATE_FILE).chmod(0o640)
    with pytest.raises(KeyFileError, match="mode to 600"):
        load_or_create_key(tmp_path)


def test_other_files_are_refused(tmp_path: Path) -> None:
    file = tmp_path / PRIVATE_FILE
    other = ec.generate_private_key(ec.SECP256R1())
    pem = other.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for data, fault in ((pem, "Ed25519"), (b"not a key", "PEM"), (b"", "PEM")):
        file.write_bytes(data)
        file.chmod(0o600)
        with pytest.raises(KeyFileError, match=fault):
            load_key(file)
    with pytest.raises(KeyFileError, match="cannot be read"):
        load_key(tmp_path / "nothing.pem")
    (tmp_path / "file").touch()
    with pytest.raises(KeyFileError, match="cannot be written"):
        load_or_create_key(tmp_path / "file")


def test_public_key_comes_back_from_its_file(tmp_path: Path) -> None:
    key = new_key().trusted("湖南省交通运输厅", valid_from=dt.date(2026, 1, 1), valid_until=dt.date(2027, 12, 31))
    file = tmp_path / "hunan.json"
    file.write_text(key.to_json(), encoding="utf-8")
    assert read_trusted_key(file) == key
    assert json.loads(key.to_json())["key_id"] == key.key_id.hex()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"public_key": "AAAA", "holder": "某"}',
        '{"public_key": 1, "holder": "某"}',
        "[" * 100_000,
        '{"key_id": "00", "public_key": "' + "A" * 43 + '=", "holder": "某"}',
    ],
)
def test_broken_public_key_files_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "key.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(KeyFileError, match=re.escape(str(file))):
        read_trusted_key(file)


def test_a_folder_trusts_its_own_key_and_those_put_there(tmp_path: Path) -> None:
    assert trusted_keys(tmp_path) == ()
    own = load_or_create_key(tmp_path)
    other = new_key().trusted("湖北省交通运输厅")
    (tmp_path / "trusted").mkdir()
    (tmp_path / "trusted" / "hubei.json").write_text(other.to_json(), encoding="utf-8")
    assert [key.key_id for key in trusted_keys(tmp_path)] == [own.key_id, other.key_id]


def test_key_id_is_the_head_of_a_digest() -> None:
    """SHA-256 of nothing, a published value."""
    assert key_id_of(b"").hex() == "e3b0c44298fc1c14"


def make(*revocations: Revocation) -> tuple[bytes, list[object]]:
    key = new_key()
    data = make_revocation_list(revocations, key, list_number=3, issued_at=ISSUED, next_update=NEXT)
    return data, [key.trusted("某机关")]


def test_list_is_small_ordered_and_deterministic() -> None:
    key = new_key()
    revocations = [Revocation(f"4300002026112200{n:04d}", 1, "revoked") for n in range(1000)]
    one, other = (
        make_revocation_list(order, key, list_number=3, issued_at=ISSUED, next_update=NEXT)
        for order in (revocations, revocations[::-1])
    )
    assert one == other
    assert len(one) < 1000 * 14 + 100
    found = read_revocation_list(one, [key.trusted("某机关")])
    assert found.list_number == 3
    assert (found.issued_at, found.next_update) == (ISSUED, NEXT)
    assert all(found.find(each.number, 1) == "revoked" for each in revocations)
    assert found.find(revocations[0].number, 2) is None
    assert found.find("43000020261123000001", 1) is None
    assert not any(each.number.encode() in one for each in revocations)


def test_the_last_sequence_of_a_number_wins() -> None:
    both = [Revocation("43000020261122000079", 1, "changed"), Revocation("43000020261122000079", 3, "cancelled")]
    for order in (both, both[::-1]):
        data, keys = make(*order)
        assert read_revocation_list(data, keys).find("43000020261122000079", 2) == "cancelled"  # type: ignore[arg-type]


def test_every_flipped_bit_of_a_list_is_noticed() -> None:
    data, keys = make(Revocation("43000020261122000079", 1, "revoked"))
    for at in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[at] ^= 1 << bit
            with pytest.raises(RevocationListError):
                read_revocation_list(bytes(flipped), keys)  # type: ignore[arg-type]
    for cut in range(len(data)):
        with pytest.raises(RevocationListError):
            read_revocation_list(data[:cut], keys)  # type: ignore[arg-type]


def test_list_of_a_key_out_of_its_period_is_refused() -> None:
    key = new_key()
    data = make_revocation_list([], key, list_number=1, issued_at=ISSUED, next_update=NEXT)
    with pytest.raises(RevocationListError, match="not valid on 2026-11-23"):
        read_revocation_list(data, [key.trusted("某机关", valid_until=dt.date(2026, 11, 22))])
    with pytest.raises(RevocationListError, match="not trusted"):
        read_revocation_list(data, [new_key().trusted("某机关")])
    with pytest.raises(RevocationListError, match="not after"):
        make_revocation_list([], key, list_number=1, issued_at=NEXT, next_update=NEXT)


def test_a_rightly_signed_list_out_of_order_is_refused() -> None:
    key = new_key()
    revocations = [Revocation(f"4300002026112200{n:04d}", 1, "revoked") for n in range(2)]
    data = make_revocation_list(revocations, key, list_number=3, issued_at=ISSUED, next_update=NEXT)
    body = data[len(MAGIC) : -SIGNATURE_BYTES]
    head, one, other = body[:-28], body[-28:-14], body[-14:]
    for entries in (other + one, one + one):
        forged = head + entries
        with pytest.raises(RevocationListError, match="not in order"):
            read_revocation_list(MAGIC + forged + key.sign(PURPOSE + forged), [key.trusted("某机关")])
