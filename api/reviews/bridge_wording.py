"""Bridge answers in words (桥梁审查用语): Chinese first, English second."""

from api.reviews.wording import Bilingual
from data.bridges.notation import LoadNote
from data.bridges.span_lists import SpanNote
from routing.bridges.judging import BridgeReason, CrossingCondition

REASON = {
    BridgeReason.WITHIN: Bilingual("荷载效应比未超过允许值", "the ratio of load effects is within the allowed one"),
    BridgeReason.WITHIN_ALONE: Bilingual(
        "单独、居中、慢速通过时荷载效应比未超过允许值",
        "within the allowed ratio when crossing alone, centred and slowly",
    ),
    BridgeReason.IN_BAND: Bilingual(
        "荷载效应比超过允许值，须专项验算或荷载试验", "over the allowed ratio: special calculation or load test needed"
    ),
    BridgeReason.OVER: Bilingual(
        "荷载效应比超过专项验算范围，宜改线或加固", "far over the allowed ratio: another route or reinforcement"
    ),
    BridgeReason.NEEDS_ESCORT: Bilingual("有护送时可管控通行", "a controlled crossing would do, but needs an escort"),
    BridgeReason.NO_SPANS: Bilingual("跨径组合不明，资料不足", "span list not known"),
    BridgeReason.NO_DESIGN_LOAD: Bilingual(
        "设计荷载不明或没有数值，资料不足", "design load not known, or without numbers"
    ),
    BridgeReason.NO_CONDITION: Bilingual("技术状况不明，资料不足", "condition class not known"),
    BridgeReason.STALE_RATING: Bilingual(
        "技术状况评定过期或无日期，按低一类计", "rating out of date or undated: taken one class worse"
    ),
    BridgeReason.LOWERED_BY_CONDITION: Bilingual(
        "因技术状况，允许效应比降低", "the allowed ratio is lowered because of the condition class"
    ),
    BridgeReason.SPECIAL_CLASS: Bilingual("技术状况较差，须专项验算", "condition class needs a special calculation"),
    BridgeReason.BLOCKED_CLASS: Bilingual("技术状况不容许大件车辆通行", "no oversize load may cross in this condition"),
    BridgeReason.SKEWED: Bilingual("斜交角大，梁线模型不适用，须专项验算", "strong skew: a line beam is not valid"),
    BridgeReason.SPECIAL_TYPE: Bilingual(
        "结构类型不适用梁线模型，须专项验算", "type of structure for which a line beam is not valid"
    ),
    BridgeReason.UPLIFT: Bilingual(
        "支座上拔力超过设计荷载的上拔力，须专项验算", "uplift over that of the design load: special calculation needed"
    ),
    BridgeReason.LEGAL_MASS: Bilingual(
        "总质量未超过法定限值，效应比仅供参考", "the gross mass is legal; the ratio is for information"
    ),
    BridgeReason.DOUBLE_FILE: Bilingual(
        "双纵列挂车占用两个车道，不得与其他车辆同时过桥", "a double-file trailer takes two lanes and must cross alone"
    ),
}
CONDITION = {
    CrossingCondition.ESCORT: Bilingual("护送", "escort"),
    CrossingCondition.ALONE: Bilingual("桥上无其他车辆，单独通过", "alone on the bridge"),
    CrossingCondition.CENTRED: Bilingual("居中行驶", "centred on the deck"),
    CrossingCondition.SLOW: Bilingual("匀速，不超过{speed}公里/小时", "at an even speed of at most {speed} km/h"),
    CrossingCondition.NO_BRAKING: Bilingual("桥上不得制动、变速、停车", "no braking, change of speed or stop"),
}
LOAD_NOTE = {
    LoadNote.EMPTY: Bilingual("设计荷载未填", "no design load given"),
    LoadNote.POSTED: Bilingual("所填为限载值，不是设计荷载等级", "this is a posted limit, not a design load"),
    LoadNote.UNREADABLE: Bilingual("设计荷载无法判读", "design load not understood"),
    LoadNote.SEVERAL: Bilingual("同时写有多个设计荷载，无法取用", "several design loads are named, none can be taken"),
    LoadNote.REDUCED: Bilingual("折减的设计荷载，无法取用", "a reduced design load cannot be taken"),
    LoadNote.NO_NUMBERS: Bilingual("该等级没有可用的荷载数值", "no numbers are at hand for this class"),
    LoadNote.EDITION_ASSUMED: Bilingual(
        "未写明规范版本，按{edition}取用", "edition of the standard not stated, {edition} is taken"
    ),
    LoadNote.TRAILER_PAIRED: Bilingual(
        "验算荷载{trailer}按规范与该等级配套", "check load {trailer} as the standard pairs it with the class"
    ),
    LoadNote.TRAILER_WITHOUT_NUMBERS: Bilingual(
        "所写验算荷载{trailer}没有数值，未计入", "no numbers for the check load {trailer}: not counted"
    ),
}
SPAN_NOTE = {
    SpanNote.EMPTY: Bilingual("跨径组合未填", "no span list given"),
    SpanNote.UNREADABLE: Bilingual("跨径组合无法判读", "span list not understood"),
    SpanNote.ORDER_UNCERTAIN: Bilingual(
        "孔数与跨径的先后无法判断，请写明单位", "count and length cannot be told apart: write the unit of length"
    ),
    SpanNote.CHECK_FAILED: Bilingual(
        "跨径组合与跨径总长或最大跨径不符", "span list disagrees with the total or the longest span"
    ),
}
ASSISTED = Bilingual("辅助审查结果，不是签章的验算报告", "an assisted review (辅助审查), not a stamped calculation")
STATIC = Bilingual(
    "效应为静力值，不计冲击，设计荷载为一个车道，不计车道系数",
    "effects are static; the design load is one lane without lane factor",
)
RATIO = Bilingual(
    "效应比按一般通行（含冲击）计算；管控通行的效应比见 ratios.controlled",
    "ratio is for ordinary traffic with impact; that of a controlled crossing is ratios.controlled",
)
THRESHOLDS = Bilingual(
    "允许效应比与各系数是本软件的设置，没有国家规定的数值",
    "allowed ratio and factors are settings of this software; no national numbers are known",
)
LINE_BEAM = Bilingual(
    "按直梁、等刚度、刚性支承的梁线模型；斜交角、弯桥、拱桥等未在此判定",
    "line beam, straight, even stiffness, rigid supports; skew, curves and arches are not judged here",
)
SPREADING = Bilingual(
    "无主梁资料，横向分布不予折减：按一个设计车道比较，车道数{lanes}未计入有利",
    "no girder data: compared with one design lane, no credit from {lanes} lane(s)",
)
READINGS = Bilingual(
    "效应比在各截面取规范各种理解中较低的设计效应，故可能高于 effects 中两数之比",
    "the ratio takes, per section, the lowest reading of the standard, so it can exceed the quotient in effects",
)
BOTH_SYSTEMS = Bilingual(
    "结构体系不明，按简支与连续分别计算，取较不利的{system}",
    "system unknown: simple and continuous computed, {system} is worse",
)
CONDITION_NOW = Bilingual(
    "技术状况{condition}类按在评定有效期内计", "condition class {condition} is taken as rated within its period"
)
CONFIDENCE = Bilingual(
    "{name}荷载数值可信度{confidence}：{doubt}", "numbers of {name}: confidence {confidence}. {doubt}"
)
SYSTEM = {"simple": Bilingual("简支", "simple"), "continuous": Bilingual("连续", "continuous")}
