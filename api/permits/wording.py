"""Words a person reads on permits (用语): Chinese first, English second."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

PermitStatus = Literal["valid", "awaiting_check", "revoked", "expired", "changed"]
PermitClass = Literal["none", "I", "II", "III", "unknown"]
ConditionCode = Literal[
    "steady_centred",
    "alone_on_bridge",
    "bridge_speed",
    "no_stop_on_bridge",
    "daylight_only",
    "time_window",
    "speed_limit",
    "escort",
    "lane",
    "notify_manager",
    "confirm_clearance",
    "no_bad_weather",
    "marking",
    "other",
]


@dataclass(frozen=True, slots=True)
class Words:
    """One thing said in two languages."""

    zh: str
    en: str


STATUS: MappingProxyType[PermitStatus, Words] = MappingProxyType(
    {
        "valid": Words("有效", "valid"),
        "awaiting_check": Words("待核查", "awaiting check before departure"),
        "revoked": Words("已撤销", "revoked"),
        "expired": Words("已失效", "expired"),
        "changed": Words("已变更", "replaced by a change"),
    }
)
CLASS: MappingProxyType[PermitClass, Words] = MappingProxyType(
    {
        "none": Words("未超限", "not over-limit"),
        "I": Words("一类", "class I"),
        "II": Words("二类", "class II"),
        "III": Words("三类", "class III"),
        "unknown": Words("类别不明", "class unknown"),
    }
)
CONDITION: MappingProxyType[ConditionCode, Words] = MappingProxyType(
    {
        "steady_centred": Words("匀速居中通过", "steady speed on the centre line"),
        "alone_on_bridge": Words("单车通过", "alone on the structure"),
        "bridge_speed": Words("限速通过", "reduced speed on the structure"),
        "no_stop_on_bridge": Words("桥上不得制动、变速、停留", "no braking, speed change or stop on the structure"),
        "daylight_only": Words("限白天通行", "daylight only"),
        "time_window": Words("按规定时段通行", "within the stated hours"),
        "speed_limit": Words("限速行驶", "speed limit"),
        "escort": Words("须护送", "escort required"),
        "lane": Words("按指定车道通行", "in the stated lane"),
        "notify_manager": Words("通过前告知管养单位", "tell the managing body before passing"),
        "confirm_clearance": Words("现场确认净空", "confirm the clearance on site"),
        "no_bad_weather": Words("恶劣天气不得通行", "not in bad weather"),
        "marking": Words("悬挂明显标志", "carry clear marking"),
        "other": Words("其他条件（见正文）", "other condition (see the text)"),
    }
)
JOINED_ITEM: MappingProxyType[str, Words] = MappingProxyType(
    {
        "highway_permit": Words("公路超限运输许可", "highway over-limit permit"),
        "city_road": Words("特殊车辆在城市道路上行驶审批", "special vehicle on city roads"),
        "temporary_plate": Words("机动车临时通行牌证核发", "temporary number plate"),
    }
)
JOINED_OUTCOME: MappingProxyType[str, Words] = MappingProxyType(
    {
        "granted": Words("准予", "granted"),
        "refused": Words("不予", "refused"),
        "not_needed": Words("无需办理", "not needed"),
        "pending": Words("办理中", "pending"),
    }
)
