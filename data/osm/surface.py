"""The road as a body (路面、纵坡、层): layer, slope, evenness, paving. Nothing here raises."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from data.osm.words import read_word, words


@dataclass(frozen=True, slots=True)
class LayerReading:
    """Level of a crossing structure (层); 0, the ground, also where the text was not understood."""

    layer: int
    is_understood: bool = True


_MAX_LAYER: Final = 10


def read_layer(tags: Mapping[str, str]) -> LayerReading:
    """Layer as a whole number from -10 to 10."""
    text = tags.get("layer", "0").strip().replace("\N{MINUS SIGN}", "-")
    if not re.fullmatch(r"[+-]?\d{1,2}", text, re.ASCII) or abs(int(text)) > _MAX_LAYER:
        return LayerReading(0, is_understood=False)
    return LayerReading(int(text))


@dataclass(frozen=True, slots=True)
class InclineReading:
    """Slope along the way as drawn (纵坡).

    Attributes:
        tenths_percent: slope in tenths of a percent, up is positive; None if there is no number.
        sense: "up" or "down" if only that is said, else "".
        is_understood: False if the text belongs into the build report.
    """

    tenths_percent: int | None
    sense: str = ""
    is_understood: bool = True


_MAX_INCLINE_TENTHS: Final = 600


def read_incline(tags: Mapping[str, str]) -> InclineReading:
    """Slope (纵坡): percent, degrees, per mille or a ratio; a bare number is percent; rounded to the steeper side."""
    text = (
        read_word(tags, "incline")
        .replace("\N{MINUS SIGN}", "-")
        .replace(",", ".")
        .replace("\N{FULLWIDTH PERCENT SIGN}", "%")
    )
    if text in ("", "up", "down"):
        return InclineReading(None, text)
    match = re.fullmatch(r"([+-]?)(\d{1,3}(?:\.\d{1,6})?)\s*(%|°|‰|:\s*\d{1,3})?", text, re.ASCII)
    if match is None:
        return InclineReading(None, is_understood=False)
    number, unit = float(match[2]), match[3] or "%"
    if unit.startswith(":"):
        run = int(unit[1:])
        percent = 100 * number / run if run else math.inf
    elif unit == "°":
        percent = 100 * math.tan(math.radians(min(number, 80.0)))
    else:
        percent = number / 10 if unit == "‰" else number
    if percent * 10 > _MAX_INCLINE_TENTHS:
        return InclineReading(None, is_understood=False)
    tenths = math.ceil(round(percent * 10, 6))
    return InclineReading(-tenths if match[1] == "-" else tenths)


class Smoothness(IntEnum):
    """Evenness of the surface (路面平整度), best first."""

    EXCELLENT = 0
    GOOD = 1
    INTERMEDIATE = 2
    BAD = 3
    VERY_BAD = 4
    HORRIBLE = 5
    VERY_HORRIBLE = 6
    IMPASSABLE = 7


def read_smoothness(tags: Mapping[str, str]) -> Smoothness | None:
    """Evenness, the worst of a list; None if not stated or not understood."""
    parts = [word.strip().upper() for word in tags.get("smoothness", "").split(";")]
    return max((Smoothness[word] for word in parts if word in Smoothness.__members__), default=None)


_PAVED: Final = words(
    "paved asphalt concrete chipseal concrete:plates concrete:lanes paving_stones paving_stones:lanes sett "
    "cobblestone unhewn_cobblestone cobblestone:flattened bricks brick metal metal_grid wood rubber tarmac"
)
_UNPAVED: Final = words(
    "unpaved compacted fine_gravel gravel pebblestone ground dirt earth mud sand grass grass_paver woodchips rock "
    "stone shells salt ice snow clay soil dirt/sand artificial_turf"
)


def read_is_paved(tags: Mapping[str, str]) -> bool | None:
    """Whether the surface (路面) is paved; one unpaved part of a list makes it unpaved.

    None if not stated or not understood; `surface` itself is kept as text by whoever wants it.
    """
    parts = [word.strip() for word in read_word(tags, "surface").split(";")]
    if any(word in _UNPAVED for word in parts):
        return False
    return True if parts and all(word in _PAVED for word in parts) else None
