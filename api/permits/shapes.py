"""What permits, trips and checks look like in requests and answers (接口数据)."""

import datetime as dt
import json
import uuid
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    PlainValidator,
    StringConstraints,
    ValidationError,
)

from api.db.tables import CheckTask, LoadSheet, Passage, Permit, Trip
from api.errors import FieldFault, InvalidError
from api.permits.checks_due import REASON_ZH
from api.permits.public_service import masked
from api.permits.sheets import CheckSheet, HaulageSheet, PhotoKind
from api.permits.stored import record_on, status_on
from api.permits.trips_service import Direction
from api.permits.wording import CLASS, STATUS, PermitStatus

M = TypeVar("M", bound=BaseModel)
_MOST_FAULTS = 300
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
Story = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000, pattern=r"^[^\x00]*$")]
PlateIn = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=12, pattern=r"^[^\x00]+$")]
SizeMm = Annotated[int, Field(ge=1, le=1_000_000)]
_SOON, _LATE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2100, 12, 31, tzinfo=dt.UTC)
Moment = Annotated[AwareDatetime, Field(ge=_SOON, le=_LATE)]
Finding = Literal[
    "no_escort", "escort_differs", "off_route", "off_time", "vehicle_differs", "load_differs", "not_marked", "other"
]


def read_strictly(model: type[M], raw: object) -> M:
    """A sheet from JSON values, as strictly as from a file; called once it is known that the account may file it.

    Raises:
        InvalidError: Every fault with its field.
    """
    try:
        return model.model_validate_json(json.dumps(raw))
    except ValidationError as error:
        faults = [
            FieldFault(".".join(("sheet", *map(str, e["loc"]))), f"内容不符合要求：{e['msg']}", e["msg"])
            for e in error.errors(include_input=False, include_url=False)
        ]
        raise InvalidError(faults[:_MOST_FAULTS]) from error
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidError([FieldFault("sheet", "不是有效的内容", "not a usable value")]) from error


def _as_sent(raw: object) -> object:
    return raw


class Sent(BaseModel):
    """What is sent: no unknown fields."""

    model_config = ConfigDict(extra="forbid")


class Sizes(Sent):
    """Size and mass of an empty return."""

    height_mm: SizeMm
    width_mm: SizeMm
    length_mm: SizeMm
    gross_mass_kg: Annotated[int, Field(ge=1, le=10_000_000)]


class TripIn(Sent):
    """行程报备 / a departure to be announced."""

    direction: Direction = Field(description="outward 重车去程，empty_return 空车返程")
    departs_at: Moment = Field(description="出发时间，含时区 time of departure with its zone")
    arrives_on: dt.date = Field(description="预计到达日 expected day of arrival")
    driver_id: Line = Field(description="驾驶员证件号码，须在申请表中 identity number of a driver of the form")
    plates: list[PlateIn] = Field(min_length=1, max_length=5, description="号牌，牵引车在前 plates, tractor first")
    escort_vehicles: list[PlateIn] = Field(default_factory=list, max_length=60, description="护送车辆号牌")
    escort_staff: list[Line] = Field(default_factory=list, max_length=200, description="护送人员姓名")
    sizes: Sizes | None = Field(None, description="空车返程的尺寸和质量 size and mass of an empty return")


class ReasonIn(Sent):
    """理由 / a reason."""

    reason: Line


class PassageIn(Sent):
    """通行登记 / a load seen on its way."""

    at: Moment = Field(description="时间 when")
    place: Line = Field(description="地点 where")
    kind: Literal["toll_entry", "toll_exit", "checkpoint", "patrol"] = Field(description="方式 how it was seen")
    plates: list[PlateIn] = Field(default_factory=list, max_length=5, description="所见号牌 plates seen")
    findings: list[Finding] = Field(default_factory=list, max_length=20, description="发现的问题 what is wrong")
    remark: Story = ""


class PhotoIn(Sent):
    """照片 / a photo, uploaded as an attachment before."""

    kind: PhotoKind
    attachment_id: uuid.UUID


class SheetIn(Sent):
    """《现场核查单》 / the sheet of a check, with its photos."""

    sheet: Annotated[object, PlainValidator(_as_sent, json_schema_input_type=CheckSheet)]
    photos: list[PhotoIn] = Field(default_factory=list, max_length=60)


class LoadSheetIn(Sent):
    """《大型不可解体物品调运单》 / the consignor's statement."""

    sheet: Annotated[object, PlainValidator(_as_sent, json_schema_input_type=HaulageSheet)]


class HandOverIn(Sent):
    """委托核查 / a check delegated."""

    body_id: Line
    reason: Line


class PermitRow(BaseModel):
    """A permit in a list."""

    number: str
    version: int
    case_id: uuid.UUID
    case_number: str
    status: PermitStatus
    status_zh: str
    vehicle_class: str
    vehicle_class_zh: str
    carrier: str
    body: str
    plates: list[str]
    cargo: str
    valid_from: dt.date
    valid_until: dt.date
    trips_allowed: int
    issued_at: dt.datetime


class VersionOut(PermitRow):
    """One version of a permit with all it says and its signed record."""

    record: str
    content: dict[str, JsonValue]


class PermitOut(PermitRow):
    """A permit with all its versions, the oldest first."""

    versions: list[VersionOut]


class PermitList(BaseModel):
    """Permits."""

    items: list[PermitRow]
    total: int


class PublicPermit(BaseModel):
    """What anybody may know of a permit."""

    number: str
    version: int
    status: PermitStatus
    status_zh: str
    status_en: str
    vehicle_class_zh: str
    issuer: str
    plates: list[str]
    valid_from: dt.date
    valid_until: dt.date
    trips_allowed: int
    is_demo: bool


class VerificationOut(BaseModel):
    """The answer to a verification; `known_here` says whether this service issued that number."""

    outcome: str
    outcome_zh: str
    reasons: list[str]
    reasons_en: list[str]
    signed_by: str | None
    pages: str
    fields: dict[str, JsonValue] | None
    content: dict[str, JsonValue] | None
    known_here: bool
    checked_at: dt.datetime


class KeyOut(BaseModel):
    """A public key that permits are verified with."""

    key_id: str
    public_key: str
    holder: str
    valid_from: dt.date | None
    valid_until: dt.date | None


class RevocationListOut(BaseModel):
    """The signed list with its age, so that who carries it along knows when to get another."""

    list_number: int
    issued_at: dt.datetime
    next_update: dt.datetime
    age_s: int
    entries: int
    content_base64: str


class TripOut(BaseModel):
    """A trip."""

    id: uuid.UUID
    permit_number: str
    sequence: int
    direction: Direction
    state: str
    departs_at: dt.datetime
    announced_at: dt.datetime
    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    content: dict[str, JsonValue]


class TripList(BaseModel):
    """Trips of a permit; `used` loaded ones of `allowed`."""

    items: list[TripOut]
    total: int
    used: int
    allowed: int


class PassageOut(BaseModel):
    """A load seen on its way."""

    id: uuid.UUID
    permit_number: str
    trip_id: uuid.UUID | None
    body_id: str | None
    seen_at: dt.datetime
    content: dict[str, JsonValue]


class PassageList(BaseModel):
    """Passages."""

    items: list[PassageOut]
    total: int


class CheckOut(BaseModel):
    """A check task with its sheet and result."""

    id: uuid.UUID
    case_id: uuid.UUID
    case_number: str
    permit_number: str | None
    body_id: str
    body: str
    reason: str
    reason_zh: str
    state: str
    version: int
    created_at: dt.datetime
    ended_at: dt.datetime | None
    sheet: dict[str, JsonValue] | None
    result: dict[str, JsonValue] | None


class CheckList(BaseModel):
    """Check tasks."""

    items: list[CheckOut]
    total: int


class LoadSheetOut(BaseModel):
    """A filed statement, and what differs from the permit."""

    id: uuid.UUID
    permit_number: str
    filed_at: dt.datetime
    content: dict[str, JsonValue]
    differences: list[dict[str, JsonValue]]


class LoadSheetList(BaseModel):
    """Filed statements."""

    items: list[LoadSheetOut]
    total: int


class TollEntryOut(BaseModel):
    """One permit for the toll side: its record, or that it is dropped."""

    number: str
    action: Literal["put", "delete"]
    record: dict[str, JsonValue] | None


class TollPageOut(BaseModel):
    """A page; read on from `next_since`."""

    items: list[TollEntryOut]
    next_since: int
    more: bool


def _row_values(permit: Permit, today: dt.date) -> dict[str, Any]:
    status, content = status_on(permit, today), permit.content
    return {
        "number": permit.number,
        "version": permit.version,
        "case_id": permit.case_id,
        "case_number": permit.case.number,
        "status": status,
        "status_zh": STATUS[status].zh,
        "vehicle_class": content["vehicle_class"],
        "vehicle_class_zh": CLASS[content["vehicle_class"]].zh,
        "carrier": content["holder"]["name"],
        "body": content["issuer"]["name"],
        "plates": permit.plates,
        "cargo": content["cargo"]["name"],
        "valid_from": permit.valid_from,
        "valid_until": permit.valid_until,
        "trips_allowed": permit.trips_allowed,
        "issued_at": permit.issued_at,
    }


def permit_row(permit: Permit, today: dt.date) -> PermitRow:
    """A permit in a list."""
    return PermitRow(**_row_values(permit, today))


def version_out(permit: Permit, today: dt.date) -> VersionOut:
    """One version."""
    return VersionOut(**_row_values(permit, today), record=record_on(permit, today), content=permit.content)


def permit_out(versions: list[Permit], today: dt.date) -> PermitOut:
    """A permit with all its versions."""
    shown = [version_out(one, today) for one in versions]
    return PermitOut(**_row_values(versions[-1], today), versions=shown)


def public_out(permit: Permit, today: dt.date) -> PublicPermit:
    """What anybody may know."""
    status = status_on(permit, today)
    return PublicPermit(
        number=permit.number,
        version=permit.version,
        status=status,
        status_zh=STATUS[status].zh,
        status_en=STATUS[status].en,
        vehicle_class_zh=CLASS[permit.content["vehicle_class"]].zh,
        issuer=permit.content["issuer"]["name"],
        plates=[masked(plate) for plate in permit.plates],
        valid_from=permit.valid_from,
        valid_until=permit.valid_until,
        trips_allowed=permit.trips_allowed,
        is_demo=permit.content["is_demo"],
    )


def trip_out(trip: Trip) -> TripOut:
    """A trip."""
    return TripOut.model_validate(trip, from_attributes=True)


def passage_out(passage: Passage) -> PassageOut:
    """A passage."""
    return PassageOut.model_validate(passage, from_attributes=True)


def load_sheet_out(sheet: LoadSheet) -> LoadSheetOut:
    """A filed statement."""
    return LoadSheetOut.model_validate(sheet, from_attributes=True)


def check_out(task: CheckTask) -> CheckOut:
    """A check task."""
    return CheckOut(
        id=task.id,
        case_id=task.case_id,
        case_number=task.case.number,
        permit_number=task.permit_number,
        body_id=task.body_id,
        body=task.body.name,
        reason=task.reason,
        reason_zh=REASON_ZH.get(task.reason, task.reason),
        state=task.state,
        version=task.version,
        created_at=task.created_at,
        ended_at=task.ended_at,
        sheet=task.sheet,
        result=task.result,
    )
