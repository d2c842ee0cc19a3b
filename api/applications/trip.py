"""From where to where and when (行程): places, route, dates, plan of many trips, empty return."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from api.applications.fields import Count, Day, FormPart, Line, MassKg, Name, SizeMm, Story

MAX_VIA = 23
Lon = Annotated[float, Field(ge=73, le=136)]
Lat = Annotated[float, Field(ge=3, le=54)]


class Place(FormPart):
    """地点 / a place with its position in degrees (CGCS2000)."""

    name: Annotated[Name, Field(description="地名 / name of the place")]
    lon: Annotated[Lon, Field(description="经度 / longitude")]
    lat: Annotated[Lat, Field(description="纬度 / latitude")]


class RouteLine(FormPart):
    """选定路线 / the chosen route as a GeoJSON LineString of (lon, lat)."""

    type: Annotated[Literal["LineString"], Field(description="几何类型 / type of geometry")]
    coordinates: Annotated[
        list[tuple[Lon, Lat]],
        Field(min_length=2, max_length=50_000, description="经纬度点列 / positions in travel order"),
    ]


class TransportPlan(FormPart):
    """运输计划 / plan of several trips under one permit."""

    hours: Annotated[Line, Field(description="通行时段 / hours of travel")]
    loading: Annotated[Line, Field(description="装载方式 / how it is loaded")]
    goods: Annotated[Line, Field(description="物品 / goods")]
    needs_escort: Annotated[bool, Field(strict=True, description="是否需要护送 / whether an escort is needed")]
    description: Annotated[Story, Field(description="说明 / description")] = ""


class EmptyReturn(FormPart):
    """空车返程 / the empty return with its own sizes."""

    height_mm: Annotated[SizeMm, Field(description="返程总高（毫米）/ height, mm")]
    width_mm: Annotated[SizeMm, Field(description="返程总宽（毫米）/ width, mm")]
    length_mm: Annotated[SizeMm, Field(description="返程总长（毫米）/ length, mm")]
    gross_mass_kg: Annotated[MassKg, Field(description="返程总质量（千克）/ gross mass, kg")]


class Trip(FormPart):
    """行程 / the trip or trips asked for."""

    start_date: Annotated[Day, Field(description="行驶开始日期 / first day of travel")]
    end_date: Annotated[Day, Field(description="行驶结束日期 / last day of travel")]
    origin: Annotated[Place, Field(description="出发地 / origin")]
    destination: Annotated[Place, Field(description="目的地 / destination")]
    via: Annotated[list[Place], Field(max_length=MAX_VIA, description="途经地 / via places in order")] = Field(
        default_factory=list
    )
    line: Annotated[
        RouteLine | None, Field(description="选定路线；为空时按起讫点和途经地 / chosen route; empty: by the stops")
    ] = None
    route_text: Annotated[Story, Field(description="通行路线文字 / route in words")] = ""
    trips: Annotated[Count, Field(description="通行次数 / number of trips")] = 1
    plan: Annotated[TransportPlan | None, Field(description="运输计划（多次运输）/ plan of several trips")] = None
    empty_return: Annotated[EmptyReturn | None, Field(description="空车返程 / empty return")] = None

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.end_date < self.start_date:
            # `at` tells the reader of faults which field of this part is meant.
            raise PydanticCustomError("ends_before_start", "the end lies before the start", {"at": "end_date"})
        return self

    @property
    def stops(self) -> tuple[tuple[float, float], ...]:
        """Start, via places and end as (longitude, latitude) in degrees."""
        return tuple((place.lon, place.lat) for place in (self.origin, *self.via, self.destination))
