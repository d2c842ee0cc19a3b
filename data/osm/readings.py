"""What a limit's text can say: the states, quantities and remarks that all limit tags share."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from routing.columns import LimitState


class Quantity(StrEnum):
    """What is limited (限制量). `CARRIAGEWAY` is the width of a road (路面宽度), not a limit on it."""

    HEIGHT = "height"
    WIDTH = "width"
    LENGTH = "length"
    GROSS_MASS = "gross_mass"
    AXLE_LOAD = "axle_load"
    AXLE_GROUP = "axle_group"
    CARRIAGEWAY = "carriageway"


class Note(StrEnum):
    """Remarks on how a value was read; a `Reading.note` joins several with "; "."""

    UNSIGNED = "unsigned"
    VARIABLE = "variable sign"
    BELOW_DEFAULT = "below default"
    UNKNOWN = "unknown to the mapper"
    NOT_UNDERSTOOD = "not understood"
    IMPLAUSIBLE = "implausible"
    PARTLY = "partly not understood"
    LIST = "minimum of a list"
    APPROXIMATE = "approximate"
    AMBIGUOUS = "ambiguous, lower taken"
    RATING = "rating"
    COMMENT = "comment dropped"


@dataclass(frozen=True, slots=True)
class Reading:
    """One value text, read.

    Attributes:
        state: whether there is a number, an explicit "none", or neither.
        value: mm or kg, only with `LimitState.NUMBER`.
        note: `Note` words joined with "; ", empty when there is nothing to say.
        is_understood: False if the text, or a part of it, belongs into the build report.
        is_approximate: True if the number is not one that a sign or a survey states ("~3.8", ">4").
    """

    state: LimitState
    value: int | None = None
    note: str = ""
    is_understood: bool = True
    is_approximate: bool = False


NOT_UNDERSTOOD: Final = Reading(LimitState.UNREADABLE, note=Note.NOT_UNDERSTOOD, is_understood=False)
"""What every unintelligible text reads as."""

WORDS: Final = {
    **dict.fromkeys(
        ("none", "unlimited", "no_limit", "no limit", "no_restriction", "no_restrictions", "不限", "无限制"),
        Reading(LimitState.NONE_STATED),
    ),
    **dict.fromkeys(
        ("default", "no_sign", "no sign", "nosign", "unsigned", "not_signed", "no_indications", "no_indication"),
        Reading(LimitState.UNREADABLE, note=Note.UNSIGNED),
    ),
    **dict.fromkeys(
        ("signals", "variable", "dynamic", "variable_sign", "digital"),
        Reading(LimitState.UNREADABLE, note=Note.VARIABLE),
    ),
    "below_default": Reading(LimitState.BELOW_DEFAULT, note=Note.BELOW_DEFAULT),
    "below default": Reading(LimitState.BELOW_DEFAULT, note=Note.BELOW_DEFAULT),
    "above_default": Reading(LimitState.UNREADABLE, note=Note.UNSIGNED),
    **dict.fromkeys(("unknown", "fixme", "?", "不明", "未知"), Reading(LimitState.UNREADABLE, note=Note.UNKNOWN)),
}
"""Value words that stand where a number is expected."""
