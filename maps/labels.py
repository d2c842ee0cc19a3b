"""Chinese and English words for the values of a review (审查结果用语).

A value that is not known here is shown as it stands, so that a newer review never breaks an older page.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

DISCLAIMER_ZH = "本报告由公开数据和现有台账自动生成，仅供审查参考，不能代替现场勘验和超限运输车辆通行证。"
DISCLAIMER_EN = "Generated from open data and inventories; it replaces neither a site survey nor a permit."
NOT_CONNECTED = (
    "即使不考虑任何限制，路网中这两点之间也没有连通的道路；请核对起讫点位置和路网范围。",
    "Even without any limit the network does not connect the two points; check them and the network's extent.",
)
NO_ROUTE_DRAWN = ("起讫点之间没有可绘制的路线", "There is no route to draw between the two points")


class Label(NamedTuple):
    """One value in both languages."""

    zh: str
    en: str

    @property
    def both(self) -> str:
        """Chinese first, English after it; once only if both are the same."""
        return self.zh if self.zh == self.en else f"{self.zh} {self.en}"


_VERDICTS = {
    "passes": Label("可通行", "passes"),
    "conditional": Label("有条件通行", "conditional"),
    "unknown": Label("资料不足", "unknown"),
    "blocked": Label("不可通行", "blocked"),
    "no_route": Label("无连通路线", "no route"),
}
_QUANTITIES = {
    "height": Label("高度", "height"),
    "width": Label("宽度", "width"),
    "length": Label("长度", "length"),
    "gross_mass": Label("总质量", "gross mass"),
    "axle_load": Label("轴荷", "axle load"),
    "axle_group": Label("轴组", "axle group"),
    "axle_lines": Label("轴线数", "axle lines"),
    "line_spacing": Label("轴线间距", "line spacing"),
    "bridge_effect": Label("桥梁荷载效应", "bridge load effect"),
    "coverage": Label("桥涵资料覆盖", "inventory coverage"),
    "turn": Label("转弯", "turn"),
    "access": Label("通行权", "access"),
    "closure": Label("封闭", "closure"),
}
_BASES = {
    "posted": Label("标志", "posted"),
    "measured": Label("实测", "measured"),
    "inventory": Label("台账", "inventory"),
    "assumed": Label("推定", "assumed"),
    "none": Label("无", "none"),
}
_CLASSES = {
    "none": Label("未超限", "not over limit"),
    "I": Label("一类", "class I"),
    "II": Label("二类", "class II"),
    "III": Label("三类", "class III"),
}
_STRUCTURE_KINDS = {
    "bridge": Label("桥梁", "bridge"),
    "tunnel": Label("隧道", "tunnel"),
    "overpass": Label("跨线桥", "overpass"),
    "railway_bridge": Label("跨线铁路桥", "railway bridge"),
    "toll_station": Label("收费站", "toll station"),
    "interchange": Label("互通立交", "interchange"),
    "gate": Label("门", "gate"),
    "height_restrictor": Label("限高架", "height gauge"),
    "bollard": Label("阻车桩", "bollard"),
    "barrier": Label("路障", "barrier"),
    "covered": Label("廊道", "covered way"),
    "culvert": Label("涵洞", "culvert"),
    "ford": Label("过水路面", "ford"),
}
_LEVELS = {
    "province": Label("省级", "province"),
    "city": Label("市级", "city"),
    "county": Label("县级", "county"),
}


def verdict_label(value: object) -> Label:
    """Words of a verdict or outcome (审查结论)."""
    return _find(_VERDICTS, value)


def quantity_label(value: object) -> Label:
    """Words of a limited quantity (限制项目)."""
    return _find(_QUANTITIES, value)


def basis_label(value: object) -> Label:
    """Words of the basis a limit rests on (限值依据)."""
    return _find(_BASES, value)


def class_label(value: object) -> Label:
    """Words of the class of an over-limit transport (大件运输类别)."""
    return _find(_CLASSES, value)


def structure_kind_label(value: object) -> Label:
    """Words of a structure's kind (构造物)."""
    return _find(_STRUCTURE_KINDS, value)


def level_label(value: object) -> Label:
    """Words of the level of an authority (审批层级)."""
    return _find(_LEVELS, value)


def format_number(value: object, *, signed: bool = False) -> str:
    """A number with thousands separators; a dash (—) where there is none.

    >>> format_number(5000)
    '5,000'
    >>> format_number(0.0523, signed=True)
    '+0.052'
    >>> format_number(None)
    '—'
    """
    if value is None:
        return "—"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return plain_text(value)
    sign = "+" if signed else ""
    text = f"{value:{sign},}" if isinstance(value, int) else f"{value:{sign},.3f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")  # noqa: RUF001 - a true minus sign is as wide as the plus


def format_quantity(value: object, unit: object, *, signed: bool = False) -> str:
    """A number with its unit; a ratio stands without one."""
    number = format_number(value, signed=signed)
    if value is None or unit in (None, "", "ratio"):
        return number
    return f"{number} {plain_text(unit)}"


def format_duration(seconds: object) -> str:
    """Driving time as hours and minutes (行驶时间), a dash where it is not a number."""
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        return "—"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"


def format_km(metres: object) -> str:
    """Metres as kilometres with one decimal, a dash where it is not a number."""
    if isinstance(metres, bool) or not isinstance(metres, (int, float)):
        return "—"
    return f"{metres / 1000:,.1f} km"


def plain_text(value: object) -> str:
    """Text of any value without control characters (so that a name cannot steer a terminal)."""
    text = "" if value is None else str(value)
    return "".join(" " if unicodedata.category(letter) in {"Cc", "Cf", "Zl", "Zp", "Cs"} else letter for letter in text)


def _find(table: dict[str, Label], value: object) -> Label:
    if value is None:
        return Label("—", "—")
    raw = plain_text(value)
    return table.get(raw, Label(raw, raw))
