"""Files of the cross-province exchange (跨省联审交换文件): the fields, each checked on the way in.

This format is our own proposal: no interface of the national joint system is published. It is meant to be replaced by
the official one, and says so in every file.
"""

import datetime as dt
import json
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from data.errors import BadInputError
from data.vehicles import parse_vehicle
from rules.divisions import division_file, is_known_code
from rules.management import RoadKind

NOTICE = "本格式是建议格式，全国联网系统的接口未见公布；启用前应换成正式接口 (proposal, not an official format)"
_EARTH_LON, _EARTH_LAT = 180.0, 90.0


def _known_province(code: str) -> str:
    if code[2:] != "0000" or code[:2] not in division_file().provinces:
        msg = f"{code!r} is no province code such as '430000'"
        raise ValueError(msg)
    return code


def _known_county(code: str) -> str:
    if not is_known_code(code):
        msg = f"{code!r} is no county code such as '430121'"
        raise ValueError(msg)
    return code


def _sound_vehicle(vehicle: dict[str, Any]) -> dict[str, Any]:
    try:
        parse_vehicle(json.dumps(vehicle, ensure_ascii=False), source="vehicle")
    except BadInputError as error:
        raise ValueError("; ".join(error.faults)) from error
    return vehicle


Province = Annotated[str, AfterValidator(_known_province)]
CountyCode = Annotated[str, AfterValidator(_known_county)]
Text = Annotated[str, Field(min_length=1, max_length=500)]
OptionalText = Annotated[str, Field(max_length=500)]
Hash = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Metres = Annotated[int, Field(ge=0, le=20_000_000)]
Vehicle = Annotated[dict[str, Any], AfterValidator(_sound_vehicle)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class PartStretch(_Strict):
    """A stretch of the receiving province's part (沿线省路段)."""

    code: CountyCode
    enter_m: Metres
    exit_m: Metres
    length_m: Metres
    kind: RoadKind
    number: OptionalText
    name: OptionalText
    owner: OptionalText
    operator: OptionalText
    built_up: bool

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.exit_m - self.enter_m != self.length_m:
            msg = f"length_m {self.length_m} is not exit_m {self.exit_m} minus enter_m {self.enter_m}"
            raise ValueError(msg)
        return self


class Forward(_Strict):
    """What the origin province sends to one along-route province (起运省转送).

    Attributes:
        answer_working_days: Period of the answer from receipt; None where no period is known.
    """

    kind: Literal["forward"] = "forward"
    case_no: Text
    from_province: Province
    to_province: Province
    accepted_on: dt.date
    sent_on: dt.date
    answer_working_days: Annotated[int, Field(ge=1, le=60)] | None
    applicant_name: Text
    applicant_credit_code: Text
    cargo: Text
    vehicle_class: Literal["I", "II", "III", "unknown"]
    vehicle: Vehicle
    travel_from: dt.date
    travel_until: dt.date
    route_phrase: Annotated[str, Field(min_length=1, max_length=5000)]
    route_line: Annotated[list[Annotated[list[float], Field(min_length=2, max_length=2)]], Field(min_length=2)]
    part: Annotated[list[PartStretch], Field(min_length=1)]

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        faults = []
        if self.from_province == self.to_province:
            faults.append("from_province and to_province are the same")
        if self.sent_on < self.accepted_on:
            faults.append("sent_on lies before accepted_on")
        if self.travel_until < self.travel_from:
            faults.append("travel_until lies before travel_from")
        faults += [
            f"part[{row}]: {one.code} lies outside {self.to_province}"
            for row, one in enumerate(self.part)
            if one.code[:2] != self.to_province[:2]
        ]
        faults += [
            f"route_line[{row}]: {point} is no longitude and latitude"
            for row, point in enumerate(self.route_line)
            if not (abs(point[0]) <= _EARTH_LON and abs(point[1]) <= _EARTH_LAT)
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return self


class Answer(_Strict):
    """What an along-route province answers (沿线省答复)."""

    kind: Literal["answer"] = "answer"
    case_no: Text
    from_province: Province
    to_province: Province
    answers: Hash
    answered_on: dt.date
    decision: Literal["agree", "conditions", "object"]
    conditions: list[Text]
    reasons: list[Text]

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.from_province == self.to_province:
            raise ValueError("from_province and to_province are the same")
        if (self.decision == "conditions") != bool(self.conditions):
            raise ValueError("conditions: stated if and only if the decision is 'conditions'")
        if self.decision == "object" and not self.reasons:
            raise ValueError("reasons: a refusal states its reasons")
        return self


class Envelope(_Strict):
    """The file: what it is, its content, and a hash over both (交换文件)."""

    format: Literal["dajian.cross-province"] = "dajian.cross-province"
    version: Literal[1] = 1
    status: Literal["proposal"] = "proposal"
    notice: str = NOTICE
    content: Annotated[Forward | Answer, Field(discriminator="kind")]
    content_hash: Hash
