"""Two sheets of the check before departure (起运前核查的两张单).

《大件运输许可现场核查单》 and 《大型不可解体物品调运单》 are named by a letter of the ministry
(交办公路函, 2022, no. 160); their official fields were not found. The fields here are this system's own proposal and
must be replaced by the official ones once they are at hand.
"""

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError

from api.permits.errors import PermitFileError
from api.permits.parts import Cargo, Latitude, Longitude, LongText, NumberText, Plate, Strict, Text

PhotoKind = Literal["front_45", "rear_45", "left", "right", "plates", "weigh_ticket", "other"]
Answer = bool | None
Mm = Annotated[int, Field(ge=0, le=1_000_000)]
Kg = Annotated[int, Field(ge=0, le=10_000_000)]


class Officer(Strict):
    """One who checked (核查人员), with the number of the enforcement certificate (执法证号)."""

    name: Text
    certificate: Text


class Photo(Strict):
    """A photo by its digest (照片): the file itself is kept elsewhere."""

    kind: PhotoKind
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Measured(Strict):
    """What was measured, mm and kg (实测数据); None was not measured.

    Axle loads and spacings are given axle by axle, front to rear; the first spacing is 0.
    """

    height_mm: Mm | None = None
    width_mm: Mm | None = None
    length_mm: Mm | None = None
    gross_mass_kg: Kg | None = None
    axle_loads_kg: tuple[Kg, ...] | None = None
    axle_spacings_mm: tuple[Mm, ...] | None = None
    tyres: Annotated[int, Field(ge=4)] | None = None
    instruments: tuple[Text, ...] = ()


class CheckSheet(Strict):
    """《大件运输许可现场核查单》, proposed fields; of the yes-no questions None means that nobody looked."""

    permit_number: NumberText
    place: Text
    longitude: Longitude | None = None
    latitude: Latitude | None = None
    checked_at: dt.datetime
    officers: tuple[Officer, ...]
    carrier: Text
    plates: tuple[Plate, ...]
    vins_match: Answer = None
    measured: Measured
    cargo_name: Text
    pieces: Annotated[int, Field(ge=0)]
    indivisible: Answer = None
    escort_vehicles: Annotated[int, Field(ge=0)] | None = None
    escort_staff: Annotated[int, Field(ge=0)] | None = None
    marking: Answer = None
    lamps: Answer = None
    fixing: Answer = None
    photos: tuple[Photo, ...] = ()
    remark: LongText | None = None


class HaulageSheet(Strict):
    """《大型不可解体物品调运单》, proposed fields: the consignor's statement on what is hauled."""

    number: Text
    permit_number: NumberText | None = None
    consignor: Text
    consignor_code: Text
    consignor_contact: Text
    maker: Text
    cargo: Cargo
    drawing: Text | None = None
    contract: Text | None = None
    loading_place: Text
    loading_longitude: Longitude | None = None
    loading_latitude: Latitude | None = None
    consignee: Text
    unloading_place: Text
    carrier: Text
    plates: tuple[Plate, ...]
    planned_on: dt.date
    stated_true: bool
    sealed: bool


def read_check_sheet(path: Path) -> CheckSheet:
    """Read a check sheet from JSON.

    Raises:
        PermitFileError: It cannot be read, or every fault of its fields, one line each.
    """
    try:
        return CheckSheet.model_validate_json(path.read_bytes())
    except OSError as error:
        raise PermitFileError(f"{path}: cannot be read: {error.strerror or error}") from error
    except ValidationError as error:
        faults = [f"{path}: {'.'.join(map(str, e['loc'])) or 'sheet'}: {e['msg']}" for e in error.errors()]
        raise PermitFileError(faults) from error
