"""All a permit says (通行证内容): frozen, checked, with one canonical form."""

import datetime as dt
import hashlib
import json
import struct
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from api.permits.errors import PermitFileError
from api.permits.parts import (
    DEGREE_DECIMALS,
    Cargo,
    Condition,
    Envelope,
    Escort,
    Holder,
    Issuer,
    JoinedItem,
    Kilograms,
    NumberText,
    PlatedVehicle,
    ReviewIds,
    Route,
    Strict,
    StructurePassage,
    Text,
)
from api.permits.wording import PermitClass, PermitStatus
from data.vehicles import LoadedVehicle

FORMAT: Literal["dajian-permit/1"] = "dajian-permit/1"
HASH_BYTES = 16
_DEGREE = 10**DEGREE_DECIMALS


class PermitContent(Strict):
    """A permit as decided (《超限运输车辆通行证》).

    The fields are those of two schemas seen in use (a provincial licence import and the toll network's list of booked
    large loads), and what this system adds. `sequence` counts the issues of one number: a changed permit keeps its
    number and takes the next sequence, or takes a new number and names the previous one.
    """

    format: Literal["dajian-permit/1"] = FORMAT
    number: NumberText
    sequence: Annotated[int, Field(ge=1, le=9999)] = 1
    previous_number: NumberText | None = None
    status: PermitStatus
    vehicle_class: PermitClass
    scope: Text
    provinces: Annotated[tuple[Annotated[str, Field(pattern=r"^\d{2}$")], ...], Field(min_length=1, max_length=40)]
    holder: Holder
    tractor: PlatedVehicle
    trailers: Annotated[tuple[PlatedVehicle, ...], Field(max_length=4)] = ()
    cargo: Cargo
    curb_mass_kg: Kilograms
    vehicle: LoadedVehicle
    empty_return: Envelope | None = None
    route: Route
    valid_from: dt.date
    valid_until: dt.date
    trips: Annotated[int, Field(ge=1, le=999)] = 1
    conditions: tuple[Condition, ...] = ()
    escort: Escort | None = None
    structures: tuple[StructurePassage, ...] = ()
    joined_items: tuple[JoinedItem, ...] = ()
    issuer: Issuer
    review: ReviewIds
    remark: Text | None = None
    licence_grade: Text | None = None
    is_demo: bool = False

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = []
        if self.valid_until < self.valid_from:
            faults.append(f"valid_until {self.valid_until} lies before valid_from {self.valid_from}")
        if self.valid_until < self.issuer.issued_on:
            faults.append(f"valid_until {self.valid_until} lies before issued_on {self.issuer.issued_on}")
        plates = self.plates
        if len(set(plates)) < len(plates):
            faults.append(f"a plate stands twice in {', '.join(plates)}")
        if self.previous_number == self.number:
            faults.append("previous_number is the number itself: count the sequence up instead")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def plates(self) -> tuple[str, ...]:
        """Plates, tractor first (号牌)."""
        return (self.tractor.plate, *(trailer.plate for trailer in self.trailers))

    def all_conditions(self) -> tuple[Condition, ...]:
        """Conditions of the whole trip, then those of structures in travel order, each once."""
        of_structures = (one for passage in self.structures for one in passage.conditions)
        return tuple(dict.fromkeys((*self.conditions, *of_structures)))


def canonical_json(content: PermitContent) -> bytes:
    """Write the contents as their one and only byte string (规范形式): sorted keys, no spaces, UTF-8."""
    values = content.model_dump(mode="json")
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def parse_content(text: bytes | str, *, source: str = "permit") -> PermitContent:
    """Read contents from JSON.

    Raises:
        PermitFileError: Every fault, one line each.
    """
    try:
        return PermitContent.model_validate_json(text)
    except ValidationError as error:
        faults = [f"{source}: {'.'.join(map(str, e['loc'])) or 'permit'}: {e['msg']}" for e in error.errors()]
        raise PermitFileError(faults) from error


def content_hash(content: PermitContent) -> bytes:
    """First 16 bytes of the SHA-256 of the canonical form (内容摘要)."""
    return hash_of(canonical_json(content))


def hash_of(content_json: bytes) -> bytes:
    """First 16 bytes of the SHA-256 of contents already written."""
    return hashlib.sha256(content_json).digest()[:HASH_BYTES]


def route_hash(geometry: tuple[tuple[float, float], ...]) -> bytes:
    """First 16 bytes of the SHA-256 of the line (路线摘要).

    The canonical line is its points as whole millionths of a degree, longitude first, points that repeat the one
    before left out, each number a signed 32-bit big-endian integer.
    """
    points = [(round(lon * _DEGREE), round(lat * _DEGREE)) for lon, lat in geometry]
    kept = [point for n, point in enumerate(points) if n == 0 or point != points[n - 1]]
    return hashlib.sha256(b"".join(struct.pack(">ii", *point) for point in kept)).digest()[:HASH_BYTES]
