"""Limits and access of ways and nodes (限值、通行权) as rows for the network's limits table, in its codes."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from data.osm import access as osm_access
from data.osm import limits as osm_limits
from data.osm.conditional import Relation, parse_condition
from data.osm.direction import Direction
from data.osm.readings import Note
from routing.columns import Access, Basis, LimitState, Quantity

# A sign advises against the road: whoever has business there may use it, nobody should pass through.
_OTHER_NAMES: Final = {"DISCOURAGED": "DESTINATION"}
ACCESS_CODES: Final = {word: Access[_OTHER_NAMES.get(word.name, word.name)] for word in osm_access.Access}
_CLOSED: Final = (Access.NO, Access.NO_HGV)


class Statement(NamedTuple):
    """One row of the limits table before it is laid on arcs.

    Attributes:
        quantity: `routing.columns.Quantity`.
        state: `LimitState`.
        value: mm, kg or an `Access` code, 0 without a number.
        basis: `Basis`.
        direction: Along the way as drawn.
        condition: Text of the condition, "" if it always holds.
        raw: The tag, "maxheight=4.2".
    """

    quantity: int
    state: int
    value: int
    basis: int
    direction: Direction
    condition: str
    raw: str


class Statements(NamedTuple):
    """What tags state, and the tags of it that were not understood."""

    rows: tuple[Statement, ...]
    not_understood: tuple[str, ...]


def read_way_statements(tags: Mapping[str, str]) -> Statements:
    """Limits and conditional access of a way; its unconditional access is an attribute of the road, not a row."""
    return _join(osm_limits.read_way_limits(tags), tags)


def read_node_statements(tags: Mapping[str, str]) -> Statements:
    """Limits and conditional access of a node."""
    return _join(osm_limits.read_node_limits(tags), tags)


def access_statement(access: Access, direction: Direction, condition: str, raw: str) -> Statement:
    """Build a row that limits who may drive."""
    return Statement(Quantity.ACCESS, LimitState.NUMBER, access, Basis.POSTED, direction, condition, raw)


def _join(limits: list[osm_limits.LimitReading], tags: Mapping[str, str]) -> Statements:
    conditions = osm_access.read_access_conditions(tags)
    rows = [*_limit_rows(limits), *(_access_row(condition) for condition in conditions)]
    failed = [limit.raw for limit in limits if not limit.is_understood]
    failed += [condition.raw for condition in conditions if not condition.is_understood]
    return Statements(tuple(dict.fromkeys(rows)), tuple(dict.fromkeys(failed)))


def _limit_rows(limits: list[osm_limits.LimitReading]) -> Iterator[Statement]:
    measured = {
        (limit.quantity, limit.direction)
        for limit in limits
        if limit.basis == "measured" and limit.value is not None and limit.condition is None
    }
    for limit in limits:
        state = LimitState(int(limit.state))
        is_settled = (
            limit.note == Note.UNSIGNED and {(limit.quantity, limit.direction), (limit.quantity, "both")} & measured
        )
        # "None stated" adds nothing to saying nothing; no sign matters no more where somebody has measured.
        if state is not LimitState.NONE_STATED and not is_settled:
            yield Statement(
                quantity=Quantity[limit.quantity.name],
                state=state,
                value=limit.value or 0,
                basis=Basis[limit.basis.upper()],
                direction=limit.direction,
                condition=limit.condition or "",
                raw=limit.raw,
            )


def _access_row(reading: osm_access.ConditionalAccess) -> Statement:
    access = ACCESS_CODES[reading.access]
    limit = _mass_limit(reading) if access in _CLOSED else None
    return limit or access_statement(access, reading.direction, reading.condition, reading.raw)


def _mass_limit(reading: osm_access.ConditionalAccess) -> Statement | None:
    """A ban above a mass is a limit of the mass; what else the condition says remains its condition."""
    condition = parse_condition(reading.condition)
    above = {Relation.OVER: 0, Relation.AT_LEAST: 1}
    if len(condition.masses) != 1 or condition.masses[0].relation not in above:
        return None
    test = condition.masses[0]
    rest = " AND ".join((*condition.hours, *condition.others))
    mass_kg = test.mass_kg - above[test.relation]
    return Statement(
        Quantity.GROSS_MASS, LimitState.NUMBER, mass_kg, Basis.POSTED, reading.direction, rest, reading.raw
    )
