"""Findings in words (审查意见用语): Chinese first, English second."""

from typing import NamedTuple

from routing.columns import Access, Quantity, Reason, Verdict


class Bilingual(NamedTuple):
    """The same sentence in Chinese and English."""

    zh: str
    en: str


QUANTITY = {
    Quantity.HEIGHT: Bilingual("高度", "height"),
    Quantity.WIDTH: Bilingual("宽度", "width"),
    Quantity.LENGTH: Bilingual("长度", "length"),
    Quantity.GROSS_MASS: Bilingual("总质量", "gross mass"),
    Quantity.AXLE_LOAD: Bilingual("轴荷", "axle load"),
    Quantity.AXLE_GROUP: Bilingual("二轴组轴荷", "tandem axle load"),
    Quantity.TRIDEM: Bilingual("三轴组轴荷", "tridem axle load"),
}
ACCESS = {
    Access.YES: Bilingual("允许通行", "open"),
    Access.DESTINATION: Bilingual("仅限到达车辆", "destination traffic only"),
    Access.DELIVERY: Bilingual("仅限送货车辆", "delivery traffic only"),
    Access.PERMIT: Bilingual("凭证通行", "by permit only"),
    Access.PRIVATE: Bilingual("专用或私有道路", "private road"),
    Access.CUSTOMERS: Bilingual("仅限顾客车辆", "customers only"),
    Access.FORESTRY: Bilingual("仅限农林车辆", "agricultural or forestry traffic only"),
    Access.UNKNOWN: Bilingual("通行权标注无法判读", "right of way not understood"),
    Access.NO_HGV: Bilingual("禁止货车通行", "closed to heavy goods vehicles"),
    Access.NO: Bilingual("禁止机动车通行", "closed to motor vehicles"),
}
REASON = {
    Reason.WITHIN_NUMBER: Bilingual("{quantity}未超过限值", "{quantity} is within the limit"),
    Reason.OVER_NUMBER: Bilingual("{quantity}超过限值", "{quantity} is over the limit"),
    Reason.LEGAL_SIZE: Bilingual("未标明限值，{quantity}在法定限值以内", "no limit stated, {quantity} is legal"),
    Reason.ASSUMED_CLEARANCE: Bilingual(
        "净高未标明，按技术等级推定的设计净高有足够余量",
        "clearance not stated; assumed design clearance leaves a margin",
    ),
    Reason.NO_CLEARANCE: Bilingual("构造物净高未标明，资料不足", "clearance of the structure is not stated"),
    Reason.RAILWAY_NO_CLEARANCE: Bilingual(
        "铁路桥下净高未标明，不得推定", "clearance under the railway is not stated and may not be assumed"
    ),
    Reason.OPEN_ROAD_PASSES: Bilingual("一般路段净空足够", "open road, clear"),
    Reason.OPEN_ROAD_CONFIRM: Bilingual(
        "一般路段未标明净空，须核实上方线缆、树木和标志", "open road: wires, trees and signs above must be checked"
    ),
    Reason.OPEN_ROAD_UNKNOWN: Bilingual(
        "一般路段未标明净空，该高度资料不足", "open road: clearance for this height unknown"
    ),
    Reason.LIMIT_UNREADABLE: Bilingual(
        "设有{quantity}限制但数值无法判读", "a {quantity} limit is posted but cannot be read"
    ),
    Reason.BELOW_DEFAULT: Bilingual(
        "标注净高低于法定高度，数值不明", "posted as lower than the legal height, number unknown"
    ),
    Reason.WITHIN_LANE: Bilingual("不超过本车道宽度", "within its own lane"),
    Reason.WITHIN_CARRIAGEWAY: Bilingual("宽于本车道，未超过行车道", "wider than its lane, within the carriageway"),
    Reason.WIDER_THAN_STATED: Bilingual("宽于标明的行车道宽度", "wider than the stated carriageway"),
    Reason.WIDER_THAN_ASSUMED: Bilingual(
        "宽于推定的行车道，实际宽度不明", "wider than the carriageway is assumed to be"
    ),
    Reason.TURNS_NOT_JUDGED: Bilingual("超长车辆的转弯通过性尚未判定", "turns of a long vehicle are not judged yet"),
    Reason.NO_COVERAGE: Bilingual(
        "该路段桥涵资料不全，不能判定超重车辆", "no complete inventory of bridges and culverts here"
    ),
    Reason.ACCESS_LIMITED: Bilingual("{access}", "{access}"),
    Reason.CLOSED: Bilingual("道路封闭", "road closed"),
    Reason.UNDER_CONSTRUCTION: Bilingual("道路在建，未开放", "road under construction, not open"),
    Reason.FERRY: Bilingual("须经渡口，由经营单位确认", "by ferry: the operator must agree"),
    Reason.TURN_BANNED: Bilingual("该处禁止此转向", "this turn is banned"),
    Reason.WRONG_WAY: Bilingual("逆单行方向行驶", "against the one-way direction"),
    Reason.OFF_NETWORK: Bilingual("线路偏离路网，无法审查", "the line leaves the road network here"),
    Reason.COVERED: Bilingual("桥涵资料完整", "bridges and culverts are covered"),
    Reason.DESTINATION_TRAFFIC: Bilingual("{access}，起讫点在此，可通行", "{access}: the trip starts or ends here"),
    Reason.U_TURN: Bilingual("须在此掉头", "must turn round here"),
    Reason.BRIDGE: Bilingual("桥梁荷载效应", "load effects on the bridge"),
}
CONDITION = {
    Reason.ASSUMED_CLEARANCE: Bilingual("现场核实净高", "confirm clearance on site"),
    Reason.OPEN_ROAD_CONFIRM: Bilingual("现场核实上方净空", "confirm clearance on site"),
    Reason.WITHIN_CARRIAGEWAY: Bilingual("护送车辆引导，占用整个行车道通过", "escort, using the whole carriageway"),
    Reason.ACCESS_LIMITED: Bilingual("取得道路管理者同意", "consent of the road's manager"),
    Reason.FERRY: Bilingual("渡口经营单位书面确认", "written consent of the ferry operator"),
    Reason.U_TURN: Bilingual("落实掉头场地", "arrange a place to turn round"),
}
WINDOW = Bilingual("避开时段：{condition}", "outside the hours: {condition}")


def reason_text(reason: Reason, quantity: Quantity, access: Access | None) -> Bilingual:
    """Word a reason."""
    what = QUANTITY.get(quantity, Bilingual(quantity.label, quantity.label))
    right = ACCESS[access] if access is not None else ACCESS[Access.UNKNOWN]
    text = REASON[reason]
    return Bilingual(
        text.zh.format(quantity=what.zh, access=right.zh), text.en.format(quantity=what.en, access=right.en)
    )


def conditions_of(reason: Reason, verdict: Verdict, window: str) -> list[Bilingual]:
    """Word the conditions a conditional finding names; empty for every other verdict.

    Args:
        reason: What made it conditional.
        verdict: Of the finding.
        window: Hours it holds in if they are not decided, else empty.
    """
    if verdict is not Verdict.CONDITIONAL:
        return []
    if window:
        return [Bilingual(WINDOW.zh.format(condition=window), WINDOW.en.format(condition=window))]
    return [CONDITION[reason]] if reason in CONDITION else []
