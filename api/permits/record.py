"""The compact record in the QR code (二维码记录): what an officer without a network must know, in some 300 bytes.

The layout is written down in `docs/permits.md`. One record has one byte string: what does not come out the same when
written again is refused.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar, get_args

from api.permits.content import HASH_BYTES, PermitContent, content_hash, route_hash
from api.permits.errors import FutureVersionError, RecordError, RecordTooLargeError
from api.permits.wire import Reader, Writer
from api.permits.wording import JOINED_ITEM, JOINED_OUTCOME, ConditionCode, PermitClass, PermitStatus

T = TypeVar("T")
VERSION = 1
KEY_ID_BYTES = 8
MAX_BODY_BYTES = 640  # with the signature, what a QR code of 45 mm at error correction M still prints readably
MAX_AXLES = 80
MAX_LISTED = 16
# The place in these tables is the code in the record: append only.
STATUSES: tuple[PermitStatus, ...] = get_args(PermitStatus)
CLASSES: tuple[PermitClass, ...] = get_args(PermitClass)
CONDITIONS: tuple[ConditionCode, ...] = get_args(ConditionCode)
ITEMS, OUTCOMES = tuple(JOINED_ITEM), tuple(JOINED_OUTCOME)


@dataclass(frozen=True, slots=True)
class Size:
    """Outer size in mm and gross mass in kg (外廓尺寸、总质量)."""

    height_mm: int
    width_mm: int
    length_mm: int
    gross_mass_kg: int


@dataclass(frozen=True, slots=True)
class PermitRecord:
    """What the QR code of a permit holds.

    Attributes:
        issuer_code: Division code of the issuing body, six digits.
        axle_loads_kg: Load of each axle or axle line, front to rear.
        entry: Id and name of the toll station of entry; empty texts where there is none.
        condition_codes: Sorted as in the table of codes; their wording stands in the full contents.
        lowest_speed_kmh: Lowest speed that any condition sets; 0 where none does.
        joined_items: Pairs of item and outcome.
        route_hash: Digest of the permitted line.
        content_hash: Digest of everything the permit says.
    """

    key_id: bytes
    number: str
    sequence: int
    status: PermitStatus
    is_demo: bool
    vehicle_class: PermitClass
    issuer_code: str
    issued_on: dt.date
    valid_from: dt.date
    valid_until: dt.date
    trips: int
    plates: tuple[str, ...]
    size: Size
    empty_return: Size | None
    axle_loads_kg: tuple[int, ...]
    entry: tuple[str, str]
    exit: tuple[str, str]
    condition_codes: tuple[ConditionCode, ...]
    lowest_speed_kmh: int
    structures: int
    joined_items: tuple[tuple[str, str], ...]
    route_length_m: int
    route_hash: bytes
    content_hash: bytes


def record_of(content: PermitContent, key_id: bytes) -> PermitRecord:
    """The record of a permit, to be signed with the key of that id."""
    vehicle, route, back = content.vehicle, content.route, content.empty_return
    conditions = content.all_conditions()
    speeds = [condition.speed_kmh for condition in conditions if condition.speed_kmh is not None]
    codes = {condition.code for condition in conditions}
    return PermitRecord(
        key_id=key_id,
        number=content.number,
        sequence=content.sequence,
        status=content.status,
        is_demo=content.is_demo,
        vehicle_class=content.vehicle_class,
        issuer_code=content.issuer.code,
        issued_on=content.issuer.issued_on,
        valid_from=content.valid_from,
        valid_until=content.valid_until,
        trips=content.trips,
        plates=content.plates,
        size=Size(vehicle.height_mm, vehicle.width_mm, vehicle.length_mm, vehicle.gross_mass_kg),
        empty_return=Size(back.height_mm, back.width_mm, back.length_mm, back.gross_mass_kg) if back else None,
        axle_loads_kg=tuple(axle.load_kg for axle in vehicle.axles),
        entry=(route.entry.id or "", route.entry.name) if route.entry else ("", ""),
        exit=(route.exit.id or "", route.exit.name) if route.exit else ("", ""),
        condition_codes=tuple(code for code in CONDITIONS if code in codes),
        lowest_speed_kmh=min(speeds, default=0),
        structures=len(content.structures),
        joined_items=tuple((joined.item, joined.outcome) for joined in content.joined_items),
        route_length_m=route.length_m,
        route_hash=route_hash(route.geometry),
        content_hash=content_hash(content),
    )


def encode(record: PermitRecord) -> bytes:
    """Write a record.

    Raises:
        RecordError: A value does not fit the layout.
        RecordTooLargeError: The record would not fit a QR code that can be read in print.
    """
    out = Writer()
    out.raw(bytes([VERSION]))
    out.raw(_exactly(record.key_id, KEY_ID_BYTES, "key_id"))
    out.text(record.number)
    out.uint(record.sequence)
    out.uint(STATUSES.index(record.status))
    out.uint(int(record.is_demo))
    out.uint(CLASSES.index(record.vehicle_class))
    out.uint(int(record.issuer_code))
    for day in (record.issued_on, record.valid_from, record.valid_until):
        out.day(day)
    out.uint(record.trips)
    out.uint(len(record.plates))
    for plate in record.plates:
        out.text(plate)
    _write_size(out, record.size)
    out.uint(int(record.empty_return is not None))
    if record.empty_return is not None:
        _write_size(out, record.empty_return)
    _write_loads(out, record.axle_loads_kg)
    for word in (*record.entry, *record.exit):
        out.text(word)
    out.uint(sum(1 << CONDITIONS.index(code) for code in record.condition_codes))
    out.uint(record.lowest_speed_kmh)
    out.uint(record.structures)
    out.uint(len(record.joined_items))
    for item, outcome in record.joined_items:
        out.uint(ITEMS.index(item))
        out.uint(OUTCOMES.index(outcome))
    out.uint(record.route_length_m)
    out.raw(_exactly(record.route_hash, HASH_BYTES, "route_hash"))
    out.raw(_exactly(record.content_hash, HASH_BYTES, "content_hash"))
    if len(out.bytes) > MAX_BODY_BYTES:
        raise RecordTooLargeError(f"record of {len(out.bytes)} bytes, {MAX_BODY_BYTES} fit a readable QR code")
    return bytes(out.bytes)


def decode(body: bytes) -> PermitRecord:
    """Read a record; it may come from anybody.

    Raises:
        FutureVersionError: A later version of this program wrote it.
        RecordError: Anything else that `encode` would not have written.
    """
    if len(body) > MAX_BODY_BYTES:
        raise RecordError(f"{len(body)} bytes, more than the {MAX_BODY_BYTES} of a record")
    source = Reader(body)
    version = source.raw(1)[0]
    if version > VERSION:
        raise FutureVersionError(version, VERSION)
    if version != VERSION:
        raise RecordError(f"record version {version} does not exist")
    record = _read(source)
    source.end()
    # One comparison finds every second form: codes twice, runs cut in two, a code with leading zeros.
    if encode(record) != body:
        raise RecordError("is not in its canonical form")
    return record


def _read(source: Reader) -> PermitRecord:
    return PermitRecord(
        key_id=source.raw(KEY_ID_BYTES),
        number=source.text(),
        sequence=source.uint(),
        status=_entry(STATUSES, source.uint(), "status"),
        is_demo=_flag(source),
        vehicle_class=_entry(CLASSES, source.uint(), "class"),
        issuer_code=f"{source.uint():06d}",
        issued_on=source.day(),
        valid_from=source.day(),
        valid_until=source.day(),
        trips=source.uint(),
        plates=tuple(source.text() for _ in range(_count(source, "plates"))),
        size=_read_size(source),
        empty_return=_read_size(source) if _flag(source) else None,
        axle_loads_kg=_read_loads(source),
        entry=(source.text(), source.text()),
        exit=(source.text(), source.text()),
        condition_codes=_read_conditions(source),
        lowest_speed_kmh=source.uint(),
        structures=source.uint(),
        joined_items=tuple(_read_item(source) for _ in range(_count(source, "joined items"))),
        route_length_m=source.uint(),
        route_hash=source.raw(HASH_BYTES),
        content_hash=source.raw(HASH_BYTES),
    )


def _write_size(out: Writer, size: Size) -> None:
    for value in (size.height_mm, size.width_mm, size.length_mm, size.gross_mass_kg):
        out.uint(value)


def _read_size(source: Reader) -> Size:
    return Size(source.uint(), source.uint(), source.uint(), source.uint())


def _write_loads(out: Writer, loads_kg: Sequence[int]) -> None:
    """Runs of equal loads, each as its length and its difference to the run before."""
    runs = [(load, len(list(group))) for load, group in groupby(loads_kg)]
    out.uint(len(runs))
    before = 0
    for load, repeat in runs:
        out.uint(repeat)
        out.signed(load - before)
        before = load


def _read_loads(source: Reader) -> tuple[int, ...]:
    loads: list[int] = []
    load = 0
    for _ in range(source.uint()):
        repeat = source.uint()
        load += source.signed()
        if not 0 < repeat <= MAX_AXLES - len(loads):
            raise RecordError(f"holds a run of no axle, or more than {MAX_AXLES} axles")
        loads += [load] * repeat
    return tuple(loads)


def _read_conditions(source: Reader) -> tuple[ConditionCode, ...]:
    bits = source.uint()
    if bits >> len(CONDITIONS):
        raise RecordError("holds a condition this version does not know")
    return tuple(code for n, code in enumerate(CONDITIONS) if bits >> n & 1)


def _read_item(source: Reader) -> tuple[str, str]:
    return _entry(ITEMS, source.uint(), "joined item"), _entry(OUTCOMES, source.uint(), "outcome")


def _entry(table: Sequence[T], code: int, what: str) -> T:
    if code >= len(table):
        raise RecordError(f"holds a {what} this version does not know: {code}")
    return table[code]


def _flag(source: Reader) -> bool:
    return _entry((False, True), source.uint(), "flag")


def _count(source: Reader, what: str) -> int:
    count = source.uint()
    if count > MAX_LISTED:
        raise RecordError(f"holds {count} {what}, at most {MAX_LISTED} fit")
    return count


def _exactly(value: bytes, length: int, what: str) -> bytes:
    if len(value) != length:
        raise RecordError(f"{what} has {len(value)} bytes instead of {length}")
    return value
