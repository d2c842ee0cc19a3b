"""What has to be found out about something not known (先测用语): Chinese first, English second."""

from typing import Any

from api.reviews.case import Case
from api.reviews.findings import UNITS, Finding
from api.reviews.wording import QUANTITY, Bilingual
from routing.bridges.judging import BridgeReason
from routing.columns import Quantity, Reason

CLEARANCE = Bilingual(
    "实测净高，须不小于{need}毫米（未计安全余量）", "measure the clearance: at least {need} mm, no margin included"
)
WIDTH = Bilingual("实测行车道宽度，须不小于{need}毫米", "measure the carriageway: at least {need} mm")
SIGN = Bilingual(
    "核实限制标志的数值，{quantity}限值须不小于{need}{unit}",
    "read the sign: the {quantity} limit must be at least {need} {unit}",
)
COVERAGE = Bilingual(
    "请管养单位提供或确认该路段全部桥梁、涵洞资料（总质量{need}千克）",
    "ask the operator for a complete inventory of bridges and culverts of this road (gross mass {need} kg)",
)
ACCESS = Bilingual("向道路管理者核实通行权", "ask the road's manager about the right of way")
CONDITION = Bilingual("核实限制的生效条件", "find out when the limit holds")
OFF_NETWORK = Bilingual("现场勘测路网资料以外的路段", "survey the stretch that is not in the network")
OTHER = Bilingual("现场核实", "check on site")
BRIDGE = {
    BridgeReason.IN_BAND: Bilingual("专项验算或荷载试验", "special calculation or load test"),
    BridgeReason.NO_SPANS: Bilingual("补充跨径组合", "find out the span list"),
    BridgeReason.NO_DESIGN_LOAD: Bilingual("补充设计荷载", "find out the design load"),
    BridgeReason.NO_CONDITION: Bilingual("评定技术状况", "rate the condition"),
    BridgeReason.STALE_RATING: Bilingual("重新评定技术状况", "rate the condition again"),
    BridgeReason.SPECIAL_CLASS: Bilingual("专项验算（技术状况较差）", "special calculation (poor condition)"),
    BridgeReason.SKEWED: Bilingual("专项验算（斜桥）", "special calculation (skew)"),
    BridgeReason.SPECIAL_TYPE: Bilingual("专项验算（结构类型）", "special calculation (type of structure)"),
    BridgeReason.UPLIFT: Bilingual("专项验算（支座上拔力）", "special calculation (uplift)"),
}
UNIT_ZH = {"mm": "毫米", "kg": "千克"}
CLEARANCES = {
    Reason.NO_CLEARANCE,
    Reason.RAILWAY_NO_CLEARANCE,
    Reason.OPEN_ROAD_UNKNOWN,
    Reason.ASSUMED_CLEARANCE,
    Reason.BELOW_DEFAULT,
}


def what_to_find_out(case: Case, finding: Finding) -> dict[str, Any]:
    """The task in words and the value that would settle it, null where no single value does."""
    check = finding.check
    if check.bridge >= 0:
        reasons = case.bridges[check.bridge].answer.reasons
        tasks = [BRIDGE[reason] for reason in reasons if reason in BRIDGE] or [OTHER]
        return _told(Bilingual("；".join(text.zh for text in tasks), "; ".join(text.en for text in tasks)), None, None)
    unit = UNITS.get(check.quantity)
    text = _text(check.reason, check.quantity)
    need = check.measured if text not in {ACCESS, OFF_NETWORK, OTHER} else None
    name = QUANTITY.get(check.quantity, Bilingual(check.quantity.label, check.quantity.label))
    filled = Bilingual(
        text.zh.format(need=need, unit=UNIT_ZH.get(unit or "", ""), quantity=name.zh),
        text.en.format(need=need, unit=unit, quantity=name.en),
    )
    return _told(filled, need, unit if need is not None else None)


def _text(reason: Reason, quantity: Quantity) -> Bilingual:
    if reason in CLEARANCES:
        return CLEARANCE
    known = {
        Reason.WIDER_THAN_ASSUMED: WIDTH,
        Reason.NO_COVERAGE: COVERAGE,
        Reason.OFF_NETWORK: OFF_NETWORK,
        Reason.ACCESS_LIMITED: ACCESS,
    }
    if reason in known:
        return known[reason]
    if quantity in {Quantity.ACCESS, Quantity.CLOSURE, Quantity.TURN}:
        return ACCESS if quantity is Quantity.ACCESS else OTHER
    return SIGN


def _told(text: Bilingual, need: int | None, unit: str | None) -> dict[str, Any]:
    return {"what": text.zh, "what_en": text.en, "value_needed": need, "unit": unit}
