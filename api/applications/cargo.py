"""What is carried (货物)."""

from typing import Annotated

from pydantic import Field

from api.applications.fields import Code, Count, FormPart, Line, MassKg, Name, PositionMm, SizeMm


class Cargo(FormPart):
    """货物 / the cargo without the vehicle."""

    name: Annotated[Name, Field(description="货物名称 / name of the cargo")]
    kind: Annotated[Name | None, Field(description="货物类型 / kind of cargo")] = None
    serial_number: Annotated[Code | None, Field(description="出厂编号 / serial number")] = None
    drawing_number: Annotated[Code | None, Field(description="图号 / drawing number")] = None
    piece: Annotated[Name | None, Field(description="本次承运的件，如“叶片3/30” / which piece of a series")] = None
    pieces: Annotated[Count, Field(description="件数 / number of pieces on the vehicle")] = 1
    shipper: Annotated[Name | None, Field(description="托运人 / shipper")] = None
    loading: Annotated[Line | None, Field(description="装载方式 / how it is loaded")] = None
    mass_kg: Annotated[MassKg, Field(description="货物质量（千克）/ mass, kg")]
    length_mm: Annotated[SizeMm, Field(description="货物长（毫米）/ length, mm")]
    width_mm: Annotated[SizeMm, Field(description="货物最大宽（毫米）/ width, mm")]
    height_mm: Annotated[SizeMm, Field(description="货物最大高（毫米）/ height, mm")]
    centre_of_gravity_mm: Annotated[
        PositionMm | None, Field(description="货物重心在首轴之后的距离（毫米）/ centre of gravity behind axle 1, mm")
    ] = None
