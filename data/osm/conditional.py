"""Conditional restrictions (条件限制): "15 @ (Mo-Fr 07:00-19:00)" into clauses, and whether a clause is in force.

A condition is hours, comparisons of mass, or other words ("destination"), joined by AND. What is not understood is
undecided: it is neither dropped nor made absolute.
"""

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from data.osm.hours import evaluate_hours, is_hours
from data.osm.units import parse_mass_kg
from routing.columns import ConditionState, LimitState

_CACHE_SIZE: Final = 4096


class Relation(StrEnum):
    """How a mass is compared (超过、以上、不超过、不满)."""

    OVER = "over"
    AT_LEAST = "at_least"
    NOT_OVER = "not_over"
    UNDER = "under"


@dataclass(frozen=True, slots=True)
class MassTest:
    """A comparison of the vehicle's gross mass (总质量比较), e.g. "weight>7.5".

    Attributes:
        relation: how the mass is compared with `mass_kg`.
        mass_kg: the threshold in kg.
        is_rating: True if the permitted mass of the vehicle's papers is meant, not the actual mass.
    """

    relation: Relation
    mass_kg: int
    is_rating: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition taken apart; all its parts must hold.

    Attributes:
        hours: parts in opening-hours form, each to be evaluated by itself.
        masses: comparisons of mass.
        others: parts that need a fact not given here ("destination", "wet", text not understood).
    """

    hours: tuple[str, ...] = ()
    masses: tuple[MassTest, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConditionalClause:
    """One clause of a conditional tag.

    Attributes:
        value: text before the "@"; empty if there is no "@" at all.
        condition: text after it, without its outer parentheses.
        hours: the hours of the condition, joined by " AND ", or None.
        masses: comparisons of mass in it.
        other: the rest of the condition, joined by " AND ", or None.
        is_well_formed: False if the clause has no "@", no value or no condition.
    """

    value: str
    condition: str
    hours: str | None = None
    masses: tuple[MassTest, ...] = ()
    other: str | None = None
    is_well_formed: bool = True

    @property
    def mass_over_kg(self) -> int | None:
        """The lowest mass in kg above (or from) which the clause applies, or None."""
        above = [test.mass_kg for test in self.masses if test.relation in (Relation.OVER, Relation.AT_LEAST)]
        return max(above, default=None)


_AND: Final = re.compile(r"\s+and\s+|\s*&&\s*", re.IGNORECASE)
_MASS_WORD: Final = (
    r"(?P<{0}>(?:max)?weight(?:[_:]?rating)?(?:[_:]?hgv)?|max_?weight|(?:actual|gross)?_?mass|gvwr?|gvm|tonnage)"
)
_SIGN: Final = r"(?P<{0}><=|>=|=<|=>|<|>|≤|≥)"
_MASS_FIRST: Final = re.compile(rf"{_MASS_WORD.format('word')}\s*{_SIGN.format('sign')}\s*(?P<mass>.+)", re.IGNORECASE)
_MASS_LAST: Final = re.compile(rf"(?P<mass>.+?)\s*{_SIGN.format('sign')}\s*{_MASS_WORD.format('word')}", re.IGNORECASE)
_MASS_ALONE: Final = re.compile(rf"{_SIGN.format('sign')}\s*(?P<mass>[\d.,]+\s*(?:t|kg|lbs?|st))", re.IGNORECASE)
_RELATIONS: Final = {
    ">": Relation.OVER,
    ">=": Relation.AT_LEAST,
    "=>": Relation.AT_LEAST,
    "≥": Relation.AT_LEAST,
    "<": Relation.UNDER,
    "<=": Relation.NOT_OVER,
    "=<": Relation.NOT_OVER,
    "≤": Relation.NOT_OVER,
}
_MIRRORED: Final = {
    Relation.OVER: Relation.UNDER,
    Relation.UNDER: Relation.OVER,
    Relation.AT_LEAST: Relation.NOT_OVER,
    Relation.NOT_OVER: Relation.AT_LEAST,
}


def parse_conditional(raw: str) -> list[ConditionalClause]:
    """Split the value of a `*:conditional` tag into its clauses, in the order written (a later one goes first).

    Never raises. A piece without "@" continues the hours before it if they read as hours together (a mapper left the
    parentheses out); else it comes back with `is_well_formed` False.
    """
    pieces: list[str] = []
    for piece in _split_outside(raw, ";"):
        if pieces and "@" not in piece and is_hours(_take_condition(f"{pieces[-1]}; {piece}")):
            pieces[-1] += f"; {piece}"
        else:
            pieces.append(piece)
    return [_read_clause(piece) for piece in pieces]


@lru_cache(maxsize=_CACHE_SIZE)
def parse_condition(condition: str) -> Condition:
    """Take a condition's text apart into hours, comparisons of mass and other words. Never raises."""
    hours: list[str] = []
    masses: list[MassTest] = []
    others: list[str] = []
    for written in _split_and(condition):
        part = _strip_parentheses(written)
        mass = _read_mass_test(part)
        if mass is not None:
            masses.append(mass)
        elif is_hours(part):
            hours.append(part)
        else:
            others.append(part)
    return Condition(tuple(hours), tuple(masses), tuple(others))


def evaluate(condition: str, *, at: dt.datetime | dt.date, gross_mass_kg: int | None = None) -> ConditionState:
    """Whether a condition holds at a local date or time for a vehicle of this gross mass.

    A time decides hours, a bare date only decides those that take in the whole day or none of it. A time with a zone
    is taken by its own clock. Public holidays and sunrise stay undecided; words not understood are unreadable.

    Args:
        condition: text after the "@", see `ConditionalClause.condition`.
        at: local time, or local date.
        gross_mass_kg: 车货总质量 in kg; None leaves comparisons of mass undecided.
    """
    parsed = parse_condition(condition)
    states = [evaluate_hours(hours, at) for hours in parsed.hours]
    states += [_evaluate_mass(test, gross_mass_kg) for test in parsed.masses]
    states += [ConditionState.UNREADABLE for _ in parsed.others]
    by_weight = (ConditionState.INACTIVE, ConditionState.UNREADABLE, ConditionState.UNDECIDED, ConditionState.ACTIVE)
    return next((state for state in by_weight if state in states), ConditionState.UNREADABLE)


def _split_outside(text: str, mark: str) -> list[str]:
    """Split at a mark outside parentheses and quotes; empty pieces are left out."""
    pieces, depth, is_quoted = [""], 0, False
    for char in text:
        if char == '"':
            is_quoted = not is_quoted
        elif not is_quoted:
            depth = max(0, depth + (char == "(") - (char == ")"))
        if char == mark and depth == 0 and not is_quoted:
            pieces.append("")
        else:
            pieces[-1] += char
    return [piece.strip() for piece in pieces if piece.strip()]


def _split_and(text: str) -> list[str]:
    """Split at AND outside parentheses."""
    joined: list[str] = []
    for piece in _AND.split(_strip_parentheses(text)):
        if joined and joined[-1].count("(") > joined[-1].count(")"):
            joined[-1] += f" AND {piece}"
        else:
            joined.append(piece)
    return [piece.strip() for piece in joined if piece.strip()]


def _strip_parentheses(text: str) -> str:
    """Without the outer parentheses, if they enclose all of it; one never closed goes too."""
    text = text.strip()
    while text.startswith("("):
        end = _find_close(text)
        if end is not None and end < len(text) - 1:
            return text
        text = text[1:end].strip()
    return text


def _find_close(text: str) -> int | None:
    """Where the parenthesis that opens the text is closed."""
    depth = 0
    for index, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return index
    return None


def _take_condition(piece: str) -> str:
    return _strip_parentheses(piece.partition("@")[2])


def _read_clause(piece: str) -> ConditionalClause:
    value, mark, _ = piece.partition("@")
    condition = _take_condition(piece)
    if not (mark and value.strip() and condition):
        return ConditionalClause("", piece, other=piece, is_well_formed=False)
    parsed = parse_condition(condition)
    return ConditionalClause(
        value.strip(),
        condition,
        hours=" AND ".join(parsed.hours) or None,
        masses=parsed.masses,
        other=" AND ".join(parsed.others) or None,
    )


def _read_mass_test(part: str) -> MassTest | None:
    first, last = _MASS_FIRST.fullmatch(part), _MASS_LAST.fullmatch(part)
    match = first or last or _MASS_ALONE.fullmatch(part)
    if match is None:
        return None
    reading = parse_mass_kg(match["mass"])
    if reading.state is not LimitState.NUMBER or reading.value is None or not reading.is_understood:
        return None
    relation = _RELATIONS[match["sign"]]
    word = match.groupdict().get("word") or ""
    is_rating = "rating" in word.lower() or word.lower() in ("gvw", "gvwr", "gvm")
    return MassTest(relation if first or not last else _MIRRORED[relation], reading.value, is_rating)


def _evaluate_mass(test: MassTest, gross_mass_kg: int | None) -> ConditionState:
    if gross_mass_kg is None:
        return ConditionState.UNDECIDED
    holds = {
        Relation.OVER: gross_mass_kg > test.mass_kg,
        Relation.AT_LEAST: gross_mass_kg >= test.mass_kg,
        Relation.NOT_OVER: gross_mass_kg <= test.mass_kg,
        Relation.UNDER: gross_mass_kg < test.mass_kg,
    }[test.relation]
    # The permitted mass is at least the actual one, so only what the actual mass already exceeds is decided.
    is_over = test.relation in (Relation.OVER, Relation.AT_LEAST)
    if test.is_rating and holds != is_over:
        return ConditionState.UNDECIDED
    return ConditionState.ACTIVE if holds else ConditionState.INACTIVE
