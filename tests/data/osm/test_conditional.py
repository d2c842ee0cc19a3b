"""Conditional restrictions."""

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.osm.conditional import ConditionalClause, MassTest, Relation, evaluate, parse_condition, parse_conditional
from data.osm.hours import ConditionState

ACTIVE, INACTIVE = ConditionState.ACTIVE, ConditionState.INACTIVE
UNDECIDED, UNREADABLE = ConditionState.UNDECIDED, ConditionState.UNREADABLE
SATURDAY, SUNDAY, MONDAY, TUESDAY = (dt.date(2026, 11, day) for day in (21, 22, 23, 24))


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute))


@pytest.mark.parametrize(
    ("raw", "clauses"),
    [
        ("no @ (weight>7.5)", [("no", "weight>7.5")]),
        ("none @ destination", [("none", "destination")]),
        ("no@(22:00-06:00)", [("no", "22:00-06:00")]),
        ("15 @ (Mo-Fr 07:00-19:00; Sa 07:00-14:00)", [("15", "Mo-Fr 07:00-19:00; Sa 07:00-14:00")]),
        ("15 @ Mo-Fr 07:00-19:00; Sa 07:00-14:00", [("15", "Mo-Fr 07:00-19:00; Sa 07:00-14:00")]),
        ("No @ (Mo - Fr 07:00 - 09:00);Yes @ (PH)", [("No", "Mo - Fr 07:00 - 09:00"), ("Yes", "PH")]),
        ("no @ (07:00-09:00; 18:00-20:00)", [("no", "07:00-09:00; 18:00-20:00")]),
        ("no @ ((wet) AND (snow));", [("no", "(wet) AND (snow)")]),
        ("no @ (22:00-06:00", [("no", "22:00-06:00")]),
        ('no @ ("a; b")', [("no", '"a; b"')]),
        ("", []),
    ],
)
def test_clauses(raw: str, clauses: list[tuple[str, str]]) -> None:
    found = parse_conditional(raw)
    assert [(clause.value, clause.condition) for clause in found] == clauses
    assert all(clause.is_well_formed for clause in found)


@pytest.mark.parametrize("raw", ["no", "no @", "@ wet", "no @ (", "7.5", "@"])
def test_clause_without_its_parts_is_kept_as_not_understood(raw: str) -> None:
    (clause,) = parse_conditional(raw)
    assert clause == ConditionalClause("", raw, other=raw, is_well_formed=False)


def test_piece_that_does_not_continue_hours_is_not_swallowed() -> None:
    first, second = parse_conditional("no @ (weight>7.5); wet")
    assert (first.condition, second.is_well_formed) == ("weight>7.5", False)


@pytest.mark.parametrize(
    ("condition", "test"),
    [
        ("weight>7.5", MassTest(Relation.OVER, 7500)),
        ("weight > 7,5 t", MassTest(Relation.OVER, 7500)),
        ("maxweight > 5", MassTest(Relation.OVER, 5000)),
        ("weight>=3.5", MassTest(Relation.AT_LEAST, 3500)),
        ("weight≥3.5", MassTest(Relation.AT_LEAST, 3500)),
        ("weight<7500 kg", MassTest(Relation.UNDER, 7500)),
        ("weight<=40", MassTest(Relation.NOT_OVER, 40_000)),
        ("3.5<weight", MassTest(Relation.OVER, 3500)),
        (">7.5t", MassTest(Relation.OVER, 7500)),
        ("weightrating>12", MassTest(Relation.OVER, 12_000, is_rating=True)),
        ("gvw>12", MassTest(Relation.OVER, 12_000, is_rating=True)),
    ],
)
def test_comparison_of_mass(condition: str, test: MassTest) -> None:
    assert parse_condition(condition).masses == (test,)


@pytest.mark.parametrize(
    "condition", ["<=250 cc", "axles>3", "destination", "weight>heavy", "length>12", "weight>7.5 or wet", "weight>"]
)
def test_other_words_stay_as_they_are(condition: str) -> None:
    parsed = parse_condition(condition)
    assert (parsed.masses, parsed.hours, parsed.others) == ((), (), (condition,))


def test_parts_joined_by_and() -> None:
    (clause,) = parse_conditional("no @ (22:00-05:00 AND weight>12 and destination)")
    assert (clause.hours, clause.mass_over_kg, clause.other) == ("22:00-05:00", 12_000, "destination")


def test_two_masses_make_a_span() -> None:
    (clause,) = parse_conditional("no @ (weight>3.5 AND weight<40)")
    assert clause.mass_over_kg == 3500
    condition = clause.condition
    assert [evaluate(condition, at=MONDAY, gross_mass_kg=mass) for mass in (3500, 3501, 39_999, 40_000)] == [
        INACTIVE,
        ACTIVE,
        ACTIVE,
        INACTIVE,
    ]


@pytest.mark.parametrize(
    ("condition", "moment", "state"),
    [
        ("22:00-06:00", at(TUESDAY, 23), ACTIVE),
        ("22:00-06:00", at(TUESDAY, 5, 59), ACTIVE),
        ("22:00-06:00", at(TUESDAY, 6), INACTIVE),
        ("22:00-06:00", TUESDAY, UNDECIDED),
        ("19:00-6:00", at(TUESDAY, 3), ACTIVE),
        ("Mo-Fr 07:00-19:00; Sa 07:00-14:00", MONDAY, UNDECIDED),
        ("Mo-Fr 07:00-19:00; Sa 07:00-14:00", SUNDAY, INACTIVE),
        ("Mo-Fr 07:00-19:00; Sa 07:00-14:00", at(SATURDAY, 13), ACTIVE),
        ("Mo-Fr 07:00-19:00; Sa 07:00-14:00", at(SATURDAY, 15), INACTIVE),
        ("Mo - Fr 07:00 - 09:00", at(MONDAY, 8), ACTIVE),
        ("Su", SUNDAY, ACTIVE),
        ("Su", MONDAY, INACTIVE),
        ("24/7", MONDAY, ACTIVE),
        ("Fr 22:00-06:00", SATURDAY, UNDECIDED),
        ("Dec-Mar", MONDAY, INACTIVE),
        ("2016 Apr 25 - 2016 Sep 26", MONDAY, INACTIVE),
        ("07:00-09:00; 18:00-20:00", at(MONDAY, 8), UNDECIDED),  # its mapper meant both windows
        ("07:00-09:00; 18:00-20:00", at(MONDAY, 19), ACTIVE),
        ("07:00-09:00; 18:00-20:00", at(MONDAY, 12), INACTIVE),
        ("Mo-Su 07:00-19:00; Su off", at(SUNDAY, 12), INACTIVE),
        ("07:00-09:00; PH off", at(MONDAY, 8), UNDECIDED),
        ("07:00-09:00; PH off", at(MONDAY, 12), INACTIVE),
        ("PH", at(MONDAY, 12), UNDECIDED),
        ("SH 07:00-16:00", at(MONDAY, 12), UNDECIDED),
        ("sunrise-sunset", at(MONDAY, 12), UNDECIDED),
        ("Sa sunrise-sunset", at(MONDAY, 12), INACTIVE),
        ("wet", at(MONDAY, 12), UNREADABLE),
        ('22:00-06:00 "in term"', at(MONDAY, 12), UNREADABLE),
        ("", MONDAY, UNREADABLE),
        ("总质量大于5吨", MONDAY, UNREADABLE),
        ("22:00-06:00", at(TUESDAY, 23).replace(tzinfo=dt.UTC), ACTIVE),
    ],
)
def test_hours_in_force(condition: str, moment: dt.date, state: ConditionState) -> None:
    assert evaluate(condition, at=moment) is state


@pytest.mark.parametrize(
    ("condition", "mass", "state"),
    [
        ("weight>7.5", 7500, INACTIVE),
        ("weight>7.5", 7501, ACTIVE),
        ("weight>=7.5", 7500, ACTIVE),
        ("weight<7.5", 7500, INACTIVE),
        ("weight<=7.5", 7500, ACTIVE),
        ("weight>7.5", None, UNDECIDED),
        ("weightrating>7.5", 7501, ACTIVE),
        ("weightrating>7.5", 7000, UNDECIDED),
        ("weightrating<=7.5", 8000, INACTIVE),
        ("weightrating<=7.5", 7000, UNDECIDED),
        ("weight>7.5 AND wet", 7000, INACTIVE),
        ("weight>7.5 AND wet", 8000, UNREADABLE),
        ("weight>7.5 AND Su", 8000, INACTIVE),
        ("weight>7.5 AND Mo", 8000, ACTIVE),
    ],
)
def test_mass_in_force(condition: str, mass: int | None, state: ConditionState) -> None:
    assert evaluate(condition, at=MONDAY, gross_mass_kg=mass) is state


@given(st.text() | st.text(alphabet='no@();:-> 0123456789weightMoFrPHAND"', max_size=30))
@example("no @ (weight>7.5 AND (22:00-05:00; Su))")
@example(")(@)(;;@")
def test_no_text_raises_and_none_is_dropped(text: str) -> None:
    clauses = parse_conditional(text)
    assert bool(clauses) == bool(text.replace(";", "").strip() or '"' in text or "(" in text)
    for clause in clauses:
        assert evaluate(clause.condition, at=MONDAY, gross_mass_kg=40_000) in ConditionState
        assert evaluate(clause.condition, at=at(MONDAY, 12)) in ConditionState
