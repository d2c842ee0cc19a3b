"""Reading a form (读取申请表): wholly checked, every fault named at once in Chinese and English."""

import json
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from api.applications.errors import Fault, FormError
from api.applications.form import ApplicationForm
from data.errors import BadInputError
from data.vehicles import parse_vehicle

MAX_FAULTS = 1_000
MAX_KEY = 60
_ZH: Mapping[str, str] = MappingProxyType(
    {
        "missing": "未填写",
        "extra_forbidden": "不是本表的字段",
        "int_type": "应为整数（毫米、千克或个数）",
        "int_from_float": "应为整数，不得有小数",
        "int_parsing": "应为整数",
        "float_type": "应为数字",
        "float_parsing": "应为数字",
        "finite_number": "应为有限的数字",
        "bool_type": "应为是或否",
        "string_type": "应为文字",
        "string_unicode": "含有不能保存的字符",
        "control_character": "含有控制字符",
        "string_too_short": "不得为空",
        "string_too_long": "过长，最多{max_length}个字符",
        "string_pattern_mismatch": "格式不符",
        "greater_than_equal": "不得小于{ge}",
        "less_than_equal": "不得大于{le}",
        "multiple_of": "应为{multiple_of}的倍数",
        "literal_error": "应为下列之一：{expected}",
        "too_short": "至少{min_length}项",
        "too_long": "最多{max_length}项",
        "list_type": "应为列表",
        "dict_type": "应为对象",
        "tuple_type": "应为一对数（经度、纬度）",
        "model_type": "应为对象",
        "model_attributes_type": "应为对象",
        "day_format": "日期应写作2026-12-01",
        "day_range": "日期应在2000年至2100年之间",
        "date_from_datetime_parsing": "没有这一天",
        "date_parsing": "没有这一天",
        "ends_before_start": "结束日期早于开始日期",
    }
)
# The vehicle format words its faults in English; these are the same in Chinese.
_VEHICLE_ZH: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), chinese)
    for pattern, chinese in (
        (r"(\d+) is outside 500-60000", "轴距{0}毫米不在500～60000毫米之间"),
        (r"the first axle has none in front: 0 expected, found (\d+)", "首轴之前没有轴，轴距应为0，现为{0}"),
        (
            r"spacings add up to (\d+) mm, but length_mm is only (\d+)",
            "轴距之和{0}毫米，不小于车货总长{1}毫米",
        ),
        (
            r"(\d+), but the axle loads add up to (\d+) kg; they may differ by (\d+) %",
            "车货总质量{0}千克与轴荷之和{1}千克相差超过{2}%",
        ),
        (r"a train needs axles of unit trailer", "汽车列车应有挂车的车轴"),
        (r"a train begins with its tractor", "汽车列车的首轴应属于牵引车"),
        (r"a truck has no trailer; use train", "货车没有挂车；有挂车的请选汽车列车"),
    )
)


def parse_form(raw: object) -> ApplicationForm:
    """The form that JSON values describe.

    Args:
        raw: What a JSON reader gives: an object of texts, numbers, lists.

    Raises:
        FormError: Anything missing, unexpected, of the wrong type, out of range or contradictory; all at once.
    """
    form, faults = _read(raw)
    if faults or form is None:
        raise FormError(faults)
    return form


def preview(raw: object) -> tuple[Fault, ...]:
    """All faults of a draft, which may be as partial as it likes; empty when it could be handed in."""
    return _read(raw)[1]


def _read(raw: object) -> tuple[ApplicationForm | None, tuple[Fault, ...]]:
    form = None
    found: list[Fault] = []
    try:
        form = ApplicationForm.model_validate(raw)
    except ValidationError as error:
        found = [_fault(entry) for entry in error.errors(include_url=False, include_input=False)]
    if isinstance(raw, Mapping):
        found += _vehicle_faults(raw.get("whole"), {fault.field for fault in found})
        found += _trailer_faults(raw)
    return form, _at_most(found)


def _at_most(faults: list[Fault]) -> tuple[Fault, ...]:
    """All faults that a person could ever read; a hostile body may hold a hundred thousand."""
    if len(faults) <= MAX_FAULTS:
        return tuple(faults)
    more = len(faults) - MAX_FAULTS
    return (*faults[:MAX_FAULTS], Fault("form", f"另有{more}处错误", f"{more} more faults", "too_many_faults"))


def _fault(error: Any) -> Fault:  # noqa: ANN401 - pydantic's ErrorDetails, whose values are of any type
    context = {key: str(value) for key, value in error.get("ctx", {}).items()}
    place = [str(part)[:MAX_KEY] for part in error["loc"]] + ([context["at"]] if "at" in context else [])
    chinese = _ZH.get(error["type"], "填写有误").format_map(context)
    return Fault(".".join(place) or "form", chinese, error["msg"], error["type"])


def _vehicle_faults(whole: object, known: set[str]) -> Iterable[Fault]:
    """How the parts of the vehicle fit together, as the vehicle format judges it."""
    if not isinstance(whole, dict):
        return []
    try:
        parse_vehicle(json.dumps(whole), source="whole")
    except BadInputError as error:
        split = (sentence.partition(": ") for sentence in error.faults)
        return [_vehicle_fault(f"whole.{field}", said) for field, _, said in split if f"whole.{field}" not in known]
    except (TypeError, ValueError, RecursionError):
        return []  # not JSON at all: the form's own faults say so
    return []


def _vehicle_fault(field: str, said: str) -> Fault:
    for pattern, chinese in _VEHICLE_ZH:
        match = pattern.fullmatch(said)
        if match:
            return Fault(field, chinese.format(*match.groups()), said, "contradiction")
    return Fault(field, f"填写有误：{said}", said, "contradiction")


def _trailer_faults(raw: Mapping[str, object]) -> Iterable[Fault]:
    """A train has a trailer and a truck has none (列车有挂车，货车没有)."""
    whole, trailer = raw.get("whole"), raw.get("trailer")
    kind = whole.get("kind") if isinstance(whole, Mapping) else None
    if kind == "train" and trailer is None:
        return [Fault("trailer", "汽车列车应填写挂车", "a train needs its trailer", "contradiction")]
    if kind == "truck" and trailer is not None:
        return [Fault("trailer", "货车不得填写挂车", "a truck has no trailer", "contradiction")]
    return []
