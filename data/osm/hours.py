"""Hours of a condition (时段): whether a text is hours at all, and whether they are in force."""

import datetime as dt
import re
from functools import lru_cache
from typing import Final

from opening_hours import OpeningHours, ParserError, State  # type: ignore[attr-defined]  # left out of its stub

from routing.columns import ConditionState

_DAY: Final = dt.timedelta(days=1)
_CACHE_SIZE: Final = 4096
_SUN: Final = re.compile(r"sun(?:rise|set)|dawn|dusk", re.IGNORECASE)
_HOLIDAY: Final = re.compile(r"\b(?:PH|SH|easter)\b", re.IGNORECASE)
_HOLIDAY_OFF: Final = re.compile(r"[;,]\s*(?:PH|SH)(?:\s*,\s*(?:PH|SH))*\s+(?:off|closed)\s*(?=[;,]|$)", re.IGNORECASE)
_NEXT_RULE: Final = re.compile(r";(?![^;]*\b(?:off|closed)\b)", re.IGNORECASE)


def is_hours(text: str) -> bool:
    """Whether a text reads as hours; one with a quoted remark is more than hours. Never raises."""
    return '"' not in text and _find_hours(text) is not None


@lru_cache(maxsize=_CACHE_SIZE)
def _find_hours(text: str) -> OpeningHours | None:
    """The hours parsed; blanks around a dash are a common slip ("Mo - Fr 07:00 - 09:00")."""
    for spelling in (text, re.sub(r"\s*-\s*", "-", text)):
        try:
            return OpeningHours(spelling)
        except ParserError:
            continue
    return None


def evaluate_hours(text: str, at: dt.datetime | dt.date) -> ConditionState:
    """Whether hours are in force at a local time, or all of a local date; undecided where readings differ.

    Holidays and the sun are not known here: they stay undecided unless the hours are out of force either way.
    """
    if _SUN.search(text):
        moved = _evaluate_spelling(text, at.date() if isinstance(at, dt.datetime) else at)
        return ConditionState.INACTIVE if moved is ConditionState.INACTIVE else ConditionState.UNDECIDED
    # By the specification "07:00-09:00; 18:00-20:00" means the evening only; its mapper meant both.
    states = {_evaluate_spelling(spelling, at) for spelling in (text, _NEXT_RULE.sub(",", text))}
    if _HOLIDAY.search(text):
        # A holiday that lifts a restriction leaves its inactive hours inactive; any other use decides nothing.
        is_lifted = states == {ConditionState.INACTIVE} and not _HOLIDAY.search(_HOLIDAY_OFF.sub("", text))
        return ConditionState.INACTIVE if is_lifted else ConditionState.UNDECIDED
    return states.pop() if len(states) == 1 else ConditionState.UNDECIDED


def _evaluate_spelling(text: str, at: dt.datetime | dt.date) -> ConditionState:
    hours = _find_hours(text)
    if hours is None:
        return ConditionState.UNDECIDED
    if isinstance(at, dt.datetime):
        state, _ = hours.state(at.replace(tzinfo=None))
        return _STATES.get(state, ConditionState.UNDECIDED)
    start = dt.datetime.combine(at, dt.time())
    end_of_day = start + _DAY if at < dt.date.max else dt.datetime.combine(at, dt.time.max)
    seen = {state for begin, end, state, _ in hours.intervals(start, end_of_day) if begin != end}
    return _STATES.get(seen.pop(), ConditionState.UNDECIDED) if len(seen) == 1 else ConditionState.UNDECIDED


_STATES: Final = {State.OPEN: ConditionState.ACTIVE, State.CLOSED: ConditionState.INACTIVE}
