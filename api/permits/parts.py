"""Parts of a permit's contents (通行证内容的组成): who, what, where, on what terms."""

import datetime as dt
import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from api.permits.wording import ConditionCode

DEGREE_DECIMALS = 6
MAX_STATION = 24


class Strict(BaseModel):
    """Unknown keys and loosely typed values are faults: a permit says exactly what was decided."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def _plain(text: str) -> str:
    """One Unicode form, no control characters: two texts that look alike must be alike in the record."""
    if any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for letter in text):
        msg = "holds a control, invisible or unassigned character"
        raise ValueError(msg)
    return unicodedata.normalize("NFC", text)


def _rounded(degrees: float) -> float:
    return round(degrees, DEGREE_DECIMALS) + 0.0  # no minus zero


Text = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(_plain)]
LongText = Annotated[
    str, StringConstraints(min_length=1, max_length=20_000, strip_whitespace=True), AfterValidator(_plain)
]
Plate = Annotated[str, StringConstraints(min_length=2, max_length=12, strip_whitespace=True), AfterValidator(_plain)]
StationName = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_STATION, strip_whitespace=True), AfterValidator(_plain)
]
Code6 = Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
NumberText = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z-]{6,24}$")]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False), AfterValidator(_rounded)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False), AfterValidator(_rounded)]
Millimetres = Annotated[int, Field(ge=0, le=1_000_000)]
Kilograms = Annotated[int, Field(ge=0, le=10_000_000)]


class Holder(Strict):
    """The carrier that holds the permit (持证主体、承运单位)."""

    name: Text
    code_type: Text = "统一社会信用代码"
    code: Text
    transport_licence: Text | None = None
    phone: Text | None = None


class PlatedVehicle(Strict):
    """A tractor or a trailer with its plate (牵引车、挂车); `temporary` marks a temporary plate (临时号牌)."""

    plate: Plate
    temporary: bool = False
    vin: Text | None = None
    model: Text | None = None


class Cargo(Strict):
    """The indivisible cargo (货物), in mm and kg."""

    name: Text
    mass_kg: Kilograms
    length_mm: Millimetres
    width_mm: Millimetres
    height_mm: Millimetres
    pieces: Annotated[int, Field(ge=1, le=999)] = 1
    serial: Text | None = None


class Envelope(Strict):
    """Outer size and mass of an empty over-limit return (空车返程的外廓与质量)."""

    height_mm: Millimetres
    width_mm: Millimetres
    length_mm: Millimetres
    gross_mass_kg: Kilograms


class Station(Strict):
    """A toll station where the load enters or leaves (收费站)."""

    id: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,24}$")] | None = None
    name: StationName


class Leg(Strict):
    """One road of the route (路段), in travel order; lengths in metres."""

    ref: Text | None = None
    name: Text | None = None
    enter: Text | None = None
    exit: Text | None = None
    length_m: Annotated[int, Field(ge=0)]
    conditions: tuple[Text, ...] = ()


class Division(Strict):
    """A county on the way (途经县级区域)."""

    code: Code6
    name: Text
    length_m: Annotated[int, Field(ge=0)]


class Route(Strict):
    """The permitted route (通行路线): in words, as legs and as a line in degrees (CGCS2000, longitude first)."""

    phrase: LongText
    start: Text
    end: Text
    geometry: Annotated[tuple[tuple[Longitude, Latitude], ...], Field(min_length=2, max_length=200_000)]
    length_m: Annotated[int, Field(ge=0)]
    entry: Station | None = None
    exit: Station | None = None
    legs: tuple[Leg, ...] = ()
    divisions: Annotated[tuple[Division, ...], Field(min_length=1)]


class Condition(Strict):
    """A condition of travel (通行条件): a code for machines, a text for people, a speed in km/h where it sets one."""

    code: ConditionCode
    text: Text
    text_en: Text | None = None
    speed_kmh: Annotated[int, Field(ge=1, le=120)] | None = None


class Escort(Strict):
    """The permitted escort (护送)."""

    front_vehicles: Annotated[int, Field(ge=0, le=99)]
    rear_vehicles: Annotated[int, Field(ge=0, le=99)]
    staff: Annotated[int, Field(ge=0, le=999)] | None = None
    text: LongText


class StructurePassage(Strict):
    """A bridge or other structure that is passed under conditions (须附条件通过的构造物)."""

    id: Text
    name: Text | None = None
    kind: Literal["bridge", "tunnel", "culvert", "gantry", "toll_lane", "other"]
    at_m: Annotated[int, Field(ge=0)]
    road: Text | None = None
    stake: Text | None = None
    conditions: Annotated[tuple[Condition, ...], Field(min_length=1)]


class Issuer(Strict):
    """The body that issues (发证单位), who signed (签发人) and when."""

    code: Code6
    name: Text
    signer: Text
    decided_on: dt.date
    issued_on: dt.date


class JoinedItem(Strict):
    """One of the decisions handled together (一件事联办事项) and its outcome."""

    item: Literal["highway_permit", "city_road", "temporary_plate"]
    outcome: Literal["granted", "refused", "not_needed", "pending"]
    body: Text | None = None
    document: Text | None = None


class ReviewIds(Strict):
    """What the review behind the permit was made with, so that it can be made again."""

    network_id: Text
    rules_id: Text
    policy_id: Text
