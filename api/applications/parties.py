"""Who asks and who drives (申请主体): carrier, agent, drivers."""

from typing import Annotated, Literal

from pydantic import Field

from api.applications.fields import Code, Day, FormPart, Line, Name, Story


class Carrier(FormPart):
    """承运单位 / the carrier with its licence for road transport."""

    name: Annotated[Name, Field(description="承运单位名称 / name of the carrier")]
    kind: Annotated[
        Literal["enterprise", "individual"], Field(description="企业类型：企业或个体 / enterprise or individual")
    ] = "enterprise"
    uscc: Annotated[Code, Field(description="统一社会信用代码（18位）/ unified social credit code")]
    licence_number: Annotated[Code, Field(description="道路运输经营许可证号 / operating licence number")]
    licence_from: Annotated[Day, Field(description="许可证有效期起 / licence valid from")]
    licence_until: Annotated[Day, Field(description="许可证有效期止 / licence valid until")]
    licence_scope: Annotated[Line, Field(description="许可证经营范围，照证填写 / scope as printed on the licence")]
    address: Annotated[Line, Field(description="注册地址 / registered address")]
    legal_representative: Annotated[Name, Field(description="法定代表人姓名 / legal representative")]
    legal_representative_id: Annotated[Code | None, Field(description="法定代表人身份证号 / identity number")] = None
    contact: Annotated[Name, Field(description="联系人 / contact person")]
    mobile: Annotated[Code, Field(description="联系手机 / mobile number")]


class Agent(FormPart):
    """经办人 / the person who handles the application."""

    name: Annotated[Name, Field(description="经办人姓名 / name")]
    id_kind: Annotated[
        Literal["resident", "other"], Field(description="证件类型：居民身份证或其他 / resident identity card or other")
    ] = "resident"
    id_number: Annotated[Code, Field(description="证件号码 / identity number")]
    mobile: Annotated[Code, Field(description="手机 / mobile number")]


class Driver(FormPart):
    """驾驶员 / a driver of the trip."""

    name: Annotated[Name, Field(description="驾驶员姓名 / name")]
    id_kind: Annotated[
        Literal["resident", "other"], Field(description="证件类型：居民身份证或其他 / resident identity card or other")
    ] = "resident"
    id_number: Annotated[Code, Field(description="证件号码 / identity number")]
    mobile: Annotated[Code, Field(description="手机 / mobile number")]
    qualification_number: Annotated[Code | None, Field(description="从业资格证号 / certificate of qualification")] = (
        None
    )
    qualification_until: Annotated[Day | None, Field(description="从业资格证有效期止 / certificate valid until")] = None
    note: Annotated[Story, Field(description="备注 / note")] = ""
