"""What drives (车辆): tractor or truck, trailer, and the loaded whole with its axles (车货总体)."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.applications.fields import (
    AxleCount,
    Code,
    Day,
    FormPart,
    KerbKg,
    Name,
    PositionMm,
    SizeMm,
    TyreCount,
)
from data.vehicles import LoadedVehicle

_WHOLE = {
    "kind": "车货类型：truck 货车，train 汽车列车 / truck or train",
    "trailer": "挂车类型：flatbed 普通平板，modular 多轴多轮液压平板，无挂车为空 / type of trailer",
    "height_mm": "车货总高度，从地面算起（毫米）/ overall height from the ground, mm",
    "width_mm": "车货总宽度（毫米）/ overall width, mm",
    "length_mm": "车货总长度（毫米）/ overall length, mm",
    "gross_mass_kg": "车货总质量（千克），与轴荷之和相差不超过1% / gross mass, kg",
    "axles": "各轴或各轴线，自前向后 / axles or axle lines, front to rear",
    "indivisible": "是否不可解体物品 / whether the load is indivisible",
    "front_overhang_mm": "前悬（毫米）/ front overhang, mm",
    "rear_overhang_mm": "后悬（毫米）/ rear overhang, mm",
    "ground_clearance_mm": "离地间隙（毫米）/ ground clearance, mm",
    "trailer_steering": "挂车转向：none 无，rear 后组，all 全轴 / steering of the trailer",
}


def _describe(schema: JsonDict) -> None:
    """Put the Chinese description beside every field of the vehicle format."""
    fields = schema.get("properties")
    for name, field in fields.items() if isinstance(fields, dict) else ():
        if isinstance(field, dict):
            field["description"] = _WHOLE[name]


class LoadedWhole(LoadedVehicle):
    """车货总体 / the loaded vehicle; fields and ranges are those of the vehicle format."""

    model_config = ConfigDict(json_schema_extra=_describe)


class Insurance(FormPart):
    """交强险 / compulsory insurance."""

    policy_number: Annotated[Code, Field(description="保险单号 / policy number")]
    insured_until: Annotated[Day, Field(description="保险有效期止 / insured until")]


class Vehicle(FormPart):
    """车辆 / a vehicle as its licence describes it."""

    plate: Annotated[Code, Field(description="号牌号码 / number plate")]
    model: Annotated[Name, Field(description="厂牌型号 / make and model")]
    vin: Annotated[Code | None, Field(description="车辆识别代号 / vehicle identification number")] = None
    certificate_number: Annotated[Code | None, Field(description="道路运输证号 / road transport certificate")] = None
    kerb_mass_kg: Annotated[KerbKg, Field(description="整备质量（千克）/ kerb mass, kg")]
    length_mm: Annotated[SizeMm, Field(description="车长（毫米）/ length, mm")]
    width_mm: Annotated[SizeMm, Field(description="车宽（毫米）/ width, mm")]
    height_mm: Annotated[SizeMm, Field(description="车高（毫米）/ height, mm")]
    axle_count: Annotated[AxleCount, Field(description="轴数；液压挂车填轴线数 / axles, or lines of a modular trailer")]
    tyre_count: Annotated[TyreCount, Field(description="轮胎数 / number of tyres")]
    insurance: Annotated[Insurance | None, Field(description="交强险 / compulsory insurance")] = None
    centre_of_gravity_mm: Annotated[
        PositionMm | None,
        Field(description="空车重心在首轴之后的距离（毫米）/ kerb centre of gravity behind axle 1, mm"),
    ] = None


class Tractor(Vehicle):
    """牵引车或货车 / tractor or truck."""


class Trailer(Vehicle):
    """挂车 / trailer."""

    coupling: Annotated[
        Literal["kingpin", "drawbar"] | None,
        Field(description="连接方式：kingpin 鞍座，drawbar 牵引杆 / kingpin on a fifth wheel, or drawbar"),
    ] = None
    coupling_mm: Annotated[
        PositionMm | None, Field(description="牵引销在首轴之后的距离（毫米）/ kingpin behind axle 1, mm")
    ] = None
    suspension: Annotated[
        Literal["mechanical", "three_point", "four_point"] | None,
        Field(description="支承方式：机械悬架、液压三点、液压四点 / mechanical, hydraulic three-point or four-point"),
    ] = None
    suspension_groups: Annotated[
        list[AxleCount] | None,
        Field(
            min_length=1,
            max_length=20,
            description="纵向各液压回路的轴线数，自前向后，合计为轴线总数 / lines of each longitudinal circuit",
        ),
    ] = None
