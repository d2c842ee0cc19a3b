"""The escort plan as data (护送方案): vehicles, staff, route, rules, exceptions."""

from typing import Annotated, Literal

from pydantic import Field

from api.applications.fields import Code, FormPart, Line, Name, Story


class EscortVehicle(FormPart):
    """护送车辆 / an escort vehicle."""

    plate: Annotated[Code, Field(description="号牌号码 / number plate")]
    position: Annotated[
        Literal["front", "rear", "other"], Field(description="位置：前导、后护、其他 / leading, following or other")
    ]
    equipment: Annotated[Line | None, Field(description="装备（警示灯、电台等）/ equipment")] = None


class EscortPerson(FormPart):
    """护送人员 / a member of the escort staff."""

    name: Annotated[Name, Field(description="姓名 / name")]
    duty: Annotated[Name, Field(description="职责 / duty")]
    mobile: Annotated[Code | None, Field(description="手机 / mobile number")] = None


class EscortPlan(FormPart):
    """护送方案 / the escort plan in its five parts; a part still empty is found by the comparison."""

    vehicles: Annotated[list[EscortVehicle], Field(max_length=60, description="护送车辆配置方案 / vehicles")] = Field(
        default_factory=list
    )
    staff: Annotated[list[EscortPerson], Field(max_length=200, description="护送人员配备方案 / staff")] = Field(
        default_factory=list
    )
    route: Annotated[Story, Field(description="护送路线情况说明 / the route")] = ""
    rules: Annotated[Story, Field(description="护送操作细则 / rules of operation")] = ""
    exceptions: Annotated[Story, Field(description="异常情况处理 / what is done in exceptional cases")] = ""
