"""Papers and declarations (材料与承诺): attachments by kind, decisions wanted, promises."""

from typing import Annotated, Literal

from pydantic import Field

from api.applications.fields import Code, FormPart

# Ids of rules/forms/materials.yaml that are files, and a kind for everything else; a test keeps them the same.
AttachmentKind = Literal[
    "operating_licence",
    "agent_id",
    "authorization",
    "vehicle_licence",
    "vehicle_licence_second_page",
    "photos",
    "legal_representative_id",
    "city_street_scheme",
    "owner_id",
    "compulsory_insurance",
    "factory_certificate",
    "other",
]
Wanted = Literal["auto", "yes", "no"]


class ItemsWanted(FormPart):
    """申办事项 / decisions wanted; "auto" leaves it to the route and the vehicle."""

    highway_permit: Annotated[Wanted, Field(description="公路超限运输许可 / highway permit")] = "auto"
    city_streets: Annotated[Wanted, Field(description="特殊车辆在城市道路上行驶 / consent for city streets")] = "auto"
    temporary_plate: Annotated[Wanted, Field(description="机动车临时通行牌证 / temporary plate")] = "auto"


class Declarations(FormPart):
    """承诺 / declarations of the applicant."""

    truthful: Annotated[
        bool, Field(strict=True, description="承诺材料真实 / everything stated and handed in is true")
    ] = False
    promise_accepted: Annotated[
        bool, Field(strict=True, description="接受告知承诺 / takes the promise in place of a proof")
    ] = False
    materials_to_follow: Annotated[
        list[Code],
        Field(
            max_length=30,
            description="容缺承诺：稍后补交的材料或比对项编号 / ids of what follows later",
        ),
    ] = Field(default_factory=list)
