"""Judging limits: the table "What a limit can say" as branches, and the pass over all arcs.

The same functions judge every arc in bulk and explain the few that are shown, so the two cannot disagree.
Codes are those of `routing.columns`; numba sees them as module constants.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from routing.columns import (
    ArcFlag,
    ConditionState,
    LimitState,
    Quantity,
    Reason,
    Scope,
    Verdict,
    WidthBasis,
)
from routing.graph import I32, I64, U8, U32

PASSES, CONDITIONAL, UNKNOWN, BLOCKED = (int(v) for v in Verdict)
HEIGHT, WIDTH, LENGTH, GROSS_MASS = (
    int(Quantity.HEIGHT),
    int(Quantity.WIDTH),
    int(Quantity.LENGTH),
    int(Quantity.GROSS_MASS),
)
AXLE_LOAD, AXLE_GROUP, TRIDEM = int(Quantity.AXLE_LOAD), int(Quantity.AXLE_GROUP), int(Quantity.TRIDEM)
ACCESS, CLOSURE, COVERAGE = int(Quantity.ACCESS), int(Quantity.CLOSURE), int(Quantity.COVERAGE)
NONE_STATED, NUMBER = int(LimitState.NONE_STATED), int(LimitState.NUMBER)
LIMIT_BELOW_DEFAULT = int(LimitState.BELOW_DEFAULT)
ROAD, RAILWAY = int(Scope.ROAD), int(Scope.RAILWAY)
INACTIVE, UNDECIDED = int(ConditionState.INACTIVE), int(ConditionState.UNDECIDED)
CONDITION_UNREADABLE = int(ConditionState.UNREADABLE)
STATED, WIDTH_UNKNOWN = int(WidthBasis.STATED), int(WidthBasis.UNKNOWN)
IS_BRIDGE, IS_URBAN, IS_FERRY, IS_CONSTRUCTION = (
    int(ArcFlag.BRIDGE),
    int(ArcFlag.URBAN),
    int(ArcFlag.FERRY),
    int(ArcFlag.CONSTRUCTION),
)
BRIDGES_AND_CULVERTS = 3  # bits of the coverage column
(
    WITHIN_NUMBER,
    OVER_NUMBER,
    LEGAL_SIZE,
    ASSUMED_CLEARANCE,
    NO_CLEARANCE,
    RAILWAY_NO_CLEARANCE,
    OPEN_ROAD_PASSES,
    OPEN_ROAD_CONFIRM,
    OPEN_ROAD_UNKNOWN,
    LIMIT_UNREADABLE,
    BELOW_DEFAULT,
    WITHIN_LANE,
    WITHIN_CARRIAGEWAY,
    WIDER_THAN_STATED,
    WIDER_THAN_ASSUMED,
    TURNS_NOT_JUDGED,
    NO_COVERAGE,
    ACCESS_LIMITED,
    CLOSED,
    UNDER_CONSTRUCTION,
    REASON_FERRY,
    *_,
) = (int(r) for r in Reason)
REASON_COVERED = int(Reason.COVERED)


class Load(NamedTuple):
    """The vehicle's numbers in mm and kg."""

    height_mm: int
    width_mm: int
    length_mm: int
    gross_mass_kg: int
    axle_load_kg: int
    axle_group_kg: int
    tridem_kg: int


class Thresholds(NamedTuple):
    """The policy's numbers in mm and kg; masses up to `legal_*` need no stated limit."""

    legal_height_mm: int
    below_default_mm: int
    open_road_passes_mm: int
    open_road_conditional_mm: int
    assumed_margin_mm: int
    legal_width_mm: int
    legal_length_mm: int
    legal_mass_kg: int
    legal_axle_load_kg: int
    legal_axle_group_kg: int
    legal_tridem_kg: int
    uncovered_roads_unknown: bool


Judgement = tuple[int, int, int]  # verdict, reason, the number compared with (0 if none)


@njit(cache=True, nogil=True, inline="always")
def measured_of(quantity: int, load: Load) -> int:
    """Return the vehicle's number for a quantity, 0 where there is none."""
    if quantity == HEIGHT:
        return load.height_mm
    if quantity == WIDTH:
        return load.width_mm
    if quantity == LENGTH:
        return load.length_mm
    if quantity == GROSS_MASS:
        return load.gross_mass_kg
    if quantity == AXLE_LOAD:
        return load.axle_load_kg
    if quantity == AXLE_GROUP:
        return load.axle_group_kg
    if quantity == TRIDEM:
        return load.tridem_kg
    return 0


@njit(cache=True, nogil=True, inline="always")
def legal_of(quantity: int, limits: Thresholds) -> int:
    """Return what needs no stated limit for a quantity."""
    if quantity == HEIGHT:
        return limits.legal_height_mm
    if quantity == WIDTH:
        return limits.legal_width_mm
    if quantity == LENGTH:
        return limits.legal_length_mm
    if quantity == GROSS_MASS:
        return limits.legal_mass_kg
    if quantity == AXLE_LOAD:
        return limits.legal_axle_load_kg
    if quantity == AXLE_GROUP:
        return limits.legal_axle_group_kg
    return limits.legal_tridem_kg


@njit(cache=True, nogil=True)
def judge_open_road(load: Load, limits: Thresholds) -> Judgement:
    """Height on a road with nothing stated and nothing above it in the map."""
    if load.height_mm <= limits.open_road_passes_mm:
        return PASSES, OPEN_ROAD_PASSES, limits.open_road_passes_mm
    if load.height_mm <= limits.open_road_conditional_mm:
        return CONDITIONAL, OPEN_ROAD_CONFIRM, limits.open_road_conditional_mm
    return UNKNOWN, OPEN_ROAD_UNKNOWN, limits.open_road_conditional_mm


@njit(cache=True, nogil=True)
def judge_unstated_clearance(scope: int, is_urban: bool, assumed_mm: int, load: Load, limits: Thresholds) -> Judgement:
    """Height under or in a structure whose clearance nobody states; `assumed_mm` is 0 without a known grade."""
    if load.height_mm <= limits.legal_height_mm:
        return PASSES, LEGAL_SIZE, limits.legal_height_mm
    if scope == RAILWAY:
        return UNKNOWN, RAILWAY_NO_CLEARANCE, 0
    if not is_urban and load.height_mm + limits.assumed_margin_mm <= assumed_mm:
        return CONDITIONAL, ASSUMED_CLEARANCE, assumed_mm
    return UNKNOWN, NO_CLEARANCE, 0


@njit(cache=True, nogil=True)
def judge_row(
    quantity: int,
    state: int,
    value: int,
    scope: int,
    flags: int,
    assumed_mm: int,
    access_verdict: U8,
    load: Load,
    limits: Thresholds,
) -> Judgement:
    """Judge one statement of a source, as if its condition held; `flags` are those of its arc."""
    if quantity == ACCESS:
        if state != NUMBER:
            return UNKNOWN, LIMIT_UNREADABLE, 0
        return int(access_verdict[value]), ACCESS_LIMITED, value
    if quantity == CLOSURE:
        return BLOCKED, CLOSED, 0
    measured = measured_of(quantity, load)
    if state == NUMBER:
        if measured <= value:
            return PASSES, WITHIN_NUMBER, value
        return BLOCKED, OVER_NUMBER, value
    if state == NONE_STATED:
        if quantity != HEIGHT:
            return PASSES, LEGAL_SIZE, 0
        if scope == ROAD:
            return judge_open_road(load, limits)
        return judge_unstated_clearance(scope, flags & IS_URBAN != 0, assumed_mm, load, limits)
    if quantity == HEIGHT and state == LIMIT_BELOW_DEFAULT:
        if measured <= limits.below_default_mm:
            return PASSES, LEGAL_SIZE, limits.below_default_mm
        return UNKNOWN, BELOW_DEFAULT, limits.below_default_mm
    if flags & IS_BRIDGE and GROSS_MASS <= quantity <= TRIDEM:
        return UNKNOWN, LIMIT_UNREADABLE, 0  # what a bridge bears is not told by what the law allows
    legal = legal_of(quantity, limits)
    if measured <= legal:
        return PASSES, LEGAL_SIZE, legal
    return UNKNOWN, LIMIT_UNREADABLE, 0


@njit(cache=True, nogil=True)
def judge_width(lane_mm: int, carriageway_mm: int, basis: int, load: Load, limits: Thresholds) -> Judgement:
    """Width where no width limit is stated: own lane, own carriageway, or more."""
    if basis == WIDTH_UNKNOWN:
        if load.width_mm <= limits.legal_width_mm:
            return PASSES, LEGAL_SIZE, limits.legal_width_mm
        return UNKNOWN, WIDER_THAN_ASSUMED, 0
    if load.width_mm > carriageway_mm and basis == STATED:
        return BLOCKED, WIDER_THAN_STATED, carriageway_mm
    if load.width_mm <= lane_mm or load.width_mm <= limits.legal_width_mm:
        return PASSES, WITHIN_LANE, lane_mm
    if load.width_mm <= carriageway_mm:
        return CONDITIONAL, WITHIN_CARRIAGEWAY, carriageway_mm
    return UNKNOWN, WIDER_THAN_ASSUMED, carriageway_mm


@njit(cache=True, nogil=True)
def judge_coverage(coverage: int, flags: int, load: Load, limits: Thresholds) -> Judgement:
    """Over-limit mass on a road whose bridges and culverts nobody has declared complete."""
    if load.gross_mass_kg <= limits.legal_mass_kg:
        return PASSES, LEGAL_SIZE, limits.legal_mass_kg
    if coverage & BRIDGES_AND_CULVERTS == BRIDGES_AND_CULVERTS:
        return PASSES, REASON_COVERED, 0
    if limits.uncovered_roads_unknown or flags & IS_BRIDGE:
        return UNKNOWN, NO_COVERAGE, 0
    return PASSES, REASON_COVERED, 0


@njit(cache=True, nogil=True, inline="always")
def under_condition(verdict: int, condition_state: int) -> int:
    """Weaken a verdict whose condition may or may not hold; inactive rows must be skipped before.

    Hours can be avoided, so whatever holds by the hour is at worst conditional; under an unreadable condition a limit
    is not certain.
    """
    if condition_state == UNDECIDED:
        return min(verdict, CONDITIONAL)
    if condition_state == CONDITION_UNREADABLE:
        return min(verdict, UNKNOWN)
    return verdict


@njit(cache=True, nogil=True)
def judge_arcs(
    flags: U32,
    grade: U8,
    access: U8,
    lane_width_mm: I32,
    carriageway_mm: I32,
    width_basis: U8,
    coverage: U8,
    row_first_out: I64,
    row_quantity: U8,
    row_state: U8,
    row_value: I32,
    row_scope: U8,
    row_condition: I32,
    condition_state: U8,
    assumed_of_grade: I32,
    access_verdict: U8,
    load: Load,
    limits: Thresholds,
) -> U8:
    """Verdict of every arc, uint8[arcs], in one pass."""
    arcs = len(flags)
    verdicts = np.empty(arcs, np.uint8)
    open_road, _, _ = judge_open_road(load, limits)
    for arc in range(arcs):
        worst = int(access_verdict[access[arc]])
        flag = flags[arc]
        if flag & IS_CONSTRUCTION:
            worst = BLOCKED
        elif flag & IS_FERRY:
            worst = max(worst, CONDITIONAL)
        assumed_mm = assumed_of_grade[grade[arc]]
        height_stated = False
        width_stated = False
        for row in range(row_first_out[arc], row_first_out[arc + 1]):
            active = condition_state[row_condition[row]]
            if active == INACTIVE:
                continue
            quantity = row_quantity[row]
            if row_scope[row] == ROAD and row_condition[row] == 0 and row_state[row] != NONE_STATED:
                height_stated = height_stated or quantity == HEIGHT
                width_stated = width_stated or (quantity == WIDTH and row_state[row] == NUMBER)
            verdict, _, _ = judge_row(
                quantity,
                row_state[row],
                row_value[row],
                row_scope[row],
                flag,
                assumed_mm,
                access_verdict,
                load,
                limits,
            )
            worst = max(worst, under_condition(verdict, active))
        if not height_stated:
            worst = max(worst, open_road)
        if not width_stated:
            verdict, _, _ = judge_width(lane_width_mm[arc], carriageway_mm[arc], width_basis[arc], load, limits)
            worst = max(worst, verdict)
        verdict, _, _ = judge_coverage(coverage[arc], flag, load, limits)
        verdicts[arc] = max(worst, verdict)
    return verdicts


@njit(cache=True, nogil=True)
def raise_verdicts(
    verdicts: U8,
    arc: I32,
    quantity: U8,
    state: U8,
    value: I32,
    scope: U8,
    condition_state: U8,
    flags: U32,
    grade: U8,
    assumed_of_grade: I32,
    access_verdict: U8,
    load: Load,
    limits: Thresholds,
) -> None:
    """Worsen `verdicts` in place by extra rows (overlays), each with its own condition state."""
    for row in range(len(arc)):
        if condition_state[row] == INACTIVE:
            continue
        a = arc[row]
        verdict, _, _ = judge_row(
            quantity[row],
            state[row],
            value[row],
            scope[row],
            flags[a],
            assumed_of_grade[grade[a]],
            access_verdict,
            load,
            limits,
        )
        verdicts[a] = max(verdicts[a], under_condition(verdict, condition_state[row]))
