"""Traffic control measures (交通管制措施): free text to a closure, numbers, and what remains unclear."""

import re
from dataclasses import dataclass
from typing import Final

from data import cells

_NUMBERS: Final = (
    ("mass_kg", re.compile(r"限(?:制质量|载重?|重)[:为]?(\d+(?:\.\d+)?(?:t|吨|kg))")),
    ("axle_kg", re.compile(r"限(?:制?轴[重载荷])[:为]?(\d+(?:\.\d+)?(?:t|吨|kg))")),
    ("height_mm", re.compile(r"限(?:制高度|高)[:为]?(\d+(?:\.\d+)?(?:m|米))")),
    ("width_mm", re.compile(r"限(?:制宽度|宽)[:为]?(\d+(?:\.\d+)?(?:m|米))")),
)
_CLOSED: Final = re.compile(r"(?:(?:全[幅部桥])?(?:封闭(?:交通)?|禁止通行|禁行|中断交通|封桥))+")
_HARMLESS: Final = re.compile(
    r"限速[:为]?\d*(?:km/h|公里/小时|公里)?|正常(?:通行|使用)?|无管制|未管制|不管制|没有管制|[,.;、。()\s]"
)


@dataclass(frozen=True, slots=True)
class Control:
    """What a measure says (管制内容).

    Attributes:
        is_closed: Closed to all traffic.
        numbers: Limits by name (mass_kg, axle_kg, height_mm, width_mm).
        rest: Words that say something else, such as 限载 without a number or 半幅封闭; empty if all is understood.
    """

    is_closed: bool
    numbers: dict[str, int]
    rest: str


def read_control(text: str) -> Control:
    """Read a measure; whatever is not understood stays in ``rest``."""
    plain = "".join(cells.plain(text).split())
    numbers: dict[str, int] = {}
    for name, shape in _NUMBERS:
        reader = cells.mass_kg if name.endswith("_kg") else cells.length_mm
        for match in shape.finditer(plain):
            try:
                value = reader(match[1])
            except ValueError:
                return Control(is_closed=False, numbers={}, rest=text)
            numbers[name] = min(value, numbers.get(name, value))
        plain = shape.sub("", plain)
    is_closed = _CLOSED.fullmatch(_HARMLESS.sub("", plain)) is not None
    rest = "" if is_closed else _HARMLESS.sub("", plain)
    return Control(is_closed, numbers, rest)
