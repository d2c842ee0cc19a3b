"""Axles as offices write them, read (轴荷、轴距写法的判读): ``10+20+3*18`` and ``3.3-1.35-7``."""

import re
from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.applications.errors import Fault, NotationError
from api.applications.notation import MAX_AXLES, MAX_CHARACTERS, parse_axles

router = APIRouter(prefix="/api/v1", tags=["vehicles 车货"])
_PLACE: Final = re.compile(r"第(\d+)项")
Text = Annotated[str, Field(max_length=MAX_CHARACTERS)]


class AxleTexts(BaseModel):
    """What was written (轴荷、轴距的写法)."""

    model_config = ConfigDict(extra="forbid")
    loads: Annotated[Text, Field(description="轴荷，吨，如 10+20+3*18 / loads in tonnes", examples=["2*7+20+3*18"])]
    spacings: Annotated[
        Text, Field(description="轴距，米，如 3.3-1.35-7 / spacings in metres", examples=["3.3-1.35-7-1.5-1.5-1.5"])
    ]
    counts: Annotated[
        list[Annotated[int, Field(ge=1, le=MAX_AXLES)]] | None,
        Field(max_length=MAX_AXLES, description="各组轴数 / axles of each group"),
    ] = None


class TermFault(BaseModel):
    """What is wrong with a text (写法问题)."""

    field: str = Field(description="axle_loads 或 axle_spacings / which text")
    position: int | None = Field(description="第几项，自1起；整条写法的问题为空 / which term; null for the whole text")
    message_zh: str
    message_en: str
    code: str

    @classmethod
    def of(cls, fault: Fault) -> "TermFault":
        """From a fault, whose words say which term is meant."""
        found = _PLACE.match(fault.message_zh)
        return cls(
            field=fault.field,
            position=int(found[1]) if found else None,
            message_zh=fault.message_zh,
            message_en=fault.message_en,
            code=fault.code,
        )


class AxlesRead(BaseModel):
    """Axles front to rear, or what is wrong (判读结果)."""

    loads_kg: list[int] | None
    spacings_mm: list[int] | None = Field(description="与前一轴的距离，首轴为0 / distance to the axle in front")
    faults: list[TermFault]


@router.post("/vehicles/axles", summary="判读轴荷、轴距写法 read axle notation")
def post_axles(texts: AxleTexts) -> AxlesRead:
    """把“10+20+3*18”“3.3-1.35-7”判读为各轴荷载和轴距；不能判读的逐项指出，不猜。Read axle notation; never guess."""
    try:
        axles = parse_axles(texts.loads, texts.spacings, counts=texts.counts)
    except NotationError as error:
        return AxlesRead(loads_kg=None, spacings_mm=None, faults=[TermFault.of(fault) for fault in error.faults])
    return AxlesRead(
        loads_kg=[axle.load_kg for axle in axles], spacings_mm=[axle.spacing_mm for axle in axles], faults=[]
    )
