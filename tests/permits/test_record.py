"""The signed record: one content, one byte string, every flipped bit noticed, hostile bytes survived."""

import dataclasses
import datetime as dt
import hashlib
import struct
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from api.permits import record as rec
from api.permits.content import canonical_json, content_hash, parse_content, route_hash
from api.permits.errors import FutureVersionError, PermitFileError, RecordError, RecordTooLargeError
from api.permits.keys import new_key
from api.permits.record import PermitRecord, Size, decode, encode, record_of
from api.permits.signed import from_text, sign_record, to_text
from tests.permits.examples import content, longest, route

KEY_ID = bytes(range(8))
UINT = st.integers(0, 2**32 - 1)
SMALL = st.integers(0, 300)
WORDS = st.text(st.characters(codec="utf-8"), max_size=20).filter(lambda text: len(text.encode()) <= 60)
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1))
SIZES = st.builds(Size, UINT, UINT, UINT, UINT)


@st.composite
def records(draw: st.DrawFn) -> PermitRecord:
    return PermitRecord(
        key_id=draw(st.binary(min_size=8, max_size=8)),
        number=draw(WORDS),
        sequence=draw(UINT),
        status=draw(st.sampled_from(rec.STATUSES)),
        is_demo=draw(st.booleans()),
        vehicle_class=draw(st.sampled_from(rec.CLASSES)),
        issuer_code=f"{draw(st.integers(0, 999_999)):06d}",
        issued_on=draw(DAYS),
        valid_from=draw(DAYS),
        valid_until=draw(DAYS),
        trips=draw(UINT),
        plates=tuple(draw(st.lists(WORDS, max_size=3))),
        size=draw(SIZES),
        empty_return=draw(st.none() | SIZES),
        axle_loads_kg=tuple(draw(st.lists(st.integers(0, 60_000), max_size=40))),
        entry=(draw(WORDS), ""),
        exit=("", draw(WORDS)),
        condition_codes=tuple(sorted(draw(st.sets(st.sampled_from(rec.CONDITIONS))), key=rec.CONDITIONS.index)),
        lowest_speed_kmh=draw(SMALL),
        structures=draw(SMALL),
        joined_items=tuple(
            draw(st.lists(st.tuples(st.sampled_from(rec.ITEMS), st.sampled_from(rec.OUTCOMES)), max_size=3))
        ),
        route_length_m=draw(UINT),
        route_hash=draw(st.binary(min_size=16, max_size=16)),
        content_hash=draw(st.binary(min_size=16, max_size=16)),
    )


def body() -> bytes:
    return encode(record_of(content(), KEY_ID))


@given(records())
def test_what_is_written_is_read(record: PermitRecord) -> None:
    assert decode(encode(record)) == record


@given(st.binary(max_size=700))
def test_any_bytes_give_a_record_or_a_clear_error(data: bytes) -> None:
    try:
        record = decode(b"\x01" + data)
    except RecordError:
        return
    assert encode(record) == b"\x01" + data


@given(st.data())
@settings(max_examples=300)
def test_a_mangled_record_is_refused_or_is_another_record(data: st.DataObject) -> None:
    """Deeper than random bytes reach: a right record with some bytes replaced, left out or put in."""
    good = body()
    at, cut = data.draw(st.integers(0, len(good))), data.draw(st.integers(0, 4))
    mangled = good[:at] + data.draw(st.binary(max_size=4)) + good[at + cut :]
    try:
        record = decode(mangled)
    except RecordError:
        return
    assert encode(record) == mangled


@given(st.text(max_size=200) | st.from_regex(r"DJ1:[A-Z2-7]{0,80}", fullmatch=True))
@example("DJ1:")
@example("DJ1:A")
@example("DJ1:77")
def test_any_text_gives_bytes_or_a_clear_error(text: str) -> None:
    try:
        signed = from_text(text)
    except RecordError:
        return
    assert to_text(signed) == text.strip()


@given(st.binary(min_size=1, max_size=700))
def test_text_form_gives_the_bytes_back(data: bytes) -> None:
    text = to_text(data)
    assert from_text(f"  {text}\n") == data
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 $%*+-./:"), "QR alphanumeric signs only"


def test_record_holds_what_the_permit_says() -> None:
    permit = content()
    record = record_of(permit, KEY_ID)
    assert record.plates == ("湘A12345", "湘A6478超")
    assert record.size == Size(4700, 3600, 31000, 166_000)
    assert record.empty_return == Size(3900, 3000, 31000, 46_000)
    assert record.axle_loads_kg == (9000, 13000, 12000, *[16500] * 8)
    assert record.entry == ("4301001", "长沙站")
    assert record.lowest_speed_kmh == 5
    assert record.condition_codes == ("steady_centred", "bridge_speed", "time_window", "speed_limit")
    assert record.structures == 2
    assert record.content_hash == hashlib.sha256(canonical_json(permit)).digest()[:16]


def test_layout_is_the_one_written_down() -> None:
    """Against bytes put together by hand from docs/permits.md; a change here needs a new record version."""
    text = lambda word: bytes([len(word.encode())]) + word.encode()  # noqa: E731
    uint = _varint
    expected = b"".join(
        (
            b"\x01",
            KEY_ID,
            text("43000020261122000079"),
            b"\x01\x00\x00\x03",
            uint(430000),
            *(uint((day - dt.date(2000, 1, 1)).days) for day in (dt.date(2026, 11, 20), dt.date(2026, 11, 22))),
            uint((dt.date(2026, 11, 26) - dt.date(2000, 1, 1)).days),
            b"\x01\x02",
            text("湘A12345"),
            text("湘A6478超"),
            *(uint(n) for n in (4700, 3600, 31000, 166_000)),
            b"\x01",
            *(uint(n) for n in (3900, 3000, 31000, 46_000)),
            b"\x04",
            *(uint(n) for n in (1, 18_000, 1, 8000, 1, 1999, 8, 9000)),
            text("4301001"),
            text("长沙站"),
            text("4303002"),
            text("湘潭站"),
            uint(0b1100101),
            b"\x05\x02",
            b"\x03\x00\x00\x01\x00\x02\x02",
            uint(81234),
            route_hash(content().route.geometry),
            content_hash(content()),
        )
    )
    assert body() == expected


def _varint(value: int) -> bytes:
    found = []
    while value >= 128:
        found.append(value % 128 + 128)
        value //= 128
    return bytes([*found, value])


def test_the_longest_permit_fits_a_readable_code() -> None:
    key = new_key()
    assert len(from_text(sign_record(record_of(longest(), key.key_id), key))) <= 704


def test_more_than_fits_is_said() -> None:
    record = dataclasses.replace(
        record_of(content(), KEY_ID), axle_loads_kg=tuple(n % 2 * 4_000_000 for n in range(80))
    )
    with pytest.raises(RecordTooLargeError, match="readable QR code"):
        encode(dataclasses.replace(record, plates=("某" * 30,) * 8))


@pytest.mark.parametrize("cut", [0, 1, 8, 30, 100])
def test_cut_or_lengthened_records_are_refused(cut: int) -> None:
    with pytest.raises(RecordError):
        decode(body()[:cut])
    with pytest.raises(RecordError, match="follow"):
        decode(body() + b"\0")


def test_second_spellings_are_refused() -> None:
    good = body()
    runs = good.index(b"\x08" + _varint(9000)), len(b"\x08" + _varint(9000))
    cut_in_two = good[: runs[0]] + b"\x07" + _varint(9000) + b"\x01\x00" + good[sum(runs) :]
    cut_in_two = cut_in_two.replace(b"\x04\x01" + _varint(18_000), b"\x05\x01" + _varint(18_000))
    with pytest.raises(RecordError, match="canonical"):
        decode(cut_in_two)
    with pytest.raises(RecordError, match="shortest"):
        decode(good.replace(_varint(430_000), _varint(430_000)[:2] + bytes([_varint(430_000)[2] | 128, 0])))


def test_a_later_version_is_said() -> None:
    with pytest.raises(FutureVersionError, match="version 2 is newer"):
        decode(b"\x02" + body()[1:])
    with pytest.raises(RecordError, match="does not exist"):
        decode(b"\x00" + body()[1:])


def test_route_hash_is_that_of_whole_microdegrees() -> None:
    points = [(112.98, 28.19), (112.98, 28.19), (112.9812345678, -28.0)]
    packed = struct.pack(">iiii", 112_980_000, 28_190_000, 112_981_235, -28_000_000)
    assert route_hash(tuple(points)) == hashlib.sha256(packed).digest()[:16]


def test_contents_come_back_from_their_canonical_form() -> None:
    for permit in (content(), longest()):
        assert parse_content(canonical_json(permit)) == permit
        assert canonical_json(parse_content(canonical_json(permit))) == canonical_json(permit)


def test_composed_and_decomposed_letters_make_the_same_permit() -> None:
    one, other = (content(route=route(start=word)) for word in ("é站", "e\u0301站"))
    assert canonical_json(one) == canonical_json(other)


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("valid_until", "2026-11-01", "before valid_from"),
        ("valid_until", "2026-11-19", "before"),
        ("trips", 0, "greater than or equal to 1"),
        ("number", "湘123456", "pattern"),
        ("previous_number", "43000020261122000079", "number itself"),
        ("scope", "湖南\u202e省", "invisible"),
        ("unheard_of", 1, "Extra"),
        ("gross", "1", "Extra"),
    ],
)
def test_contents_that_cannot_be_are_refused(field: str, value: Any, fault: str) -> None:  # noqa: ANN401
    import json

    raw = json.loads(canonical_json(content())) | {field: value}
    with pytest.raises(PermitFileError, match=fault):
        parse_content(json.dumps(raw), source="case.json")


def test_the_same_plate_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        content(trailers=(content().tractor,))
