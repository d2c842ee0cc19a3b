"""The earliest better departure (最早可行出发时间): closures end, hours pass."""

import datetime as dt
from collections.abc import Hashable, Iterator
from dataclasses import replace
from typing import Any

from api.reviews.case import Case
from api.reviews.situation import condition_states
from api.reviews.trials import best_verdict
from data.osm.conditional import evaluate
from data.overlays.model import OverlayItem
from routing.columns import ConditionState, Verdict
from routing.departure import better_moments
from routing.limits import ExtraRows

ONE_DAY = dt.timedelta(days=1)


def departures_json(case: Case, verdict: str) -> dict[str, Any] | None:
    """First better departures within the horizon, None where waiting can change nothing.

    A bare date is followed by dates, a time by times; each is asked as a review of that moment asks.
    """
    now = {one.name.lower(): one for one in Verdict}.get(verdict, Verdict.BLOCKED)
    if not _may_help(case, now):
        return None
    settings = case.request.reasons
    moments = list(_moments(case, settings.horizon_days, settings.departure_step_minutes))
    found = better_moments(
        moments,
        lambda moment: _situation(case, moment),
        lambda moment: best_verdict(_at(case, moment)),
        now,
    )
    return {
        "asked": case.request.on.isoformat(),
        "until": moments[-1].isoformat(),
        "step_minutes": settings.departure_step_minutes if isinstance(case.request.on, dt.datetime) else None,
        "better": [{"on": moment.isoformat(), "verdict": answer.name.lower()} for moment, answer in found],
    }


def _at(case: Case, moment: dt.date) -> Case:
    return case.with_request(replace(case.request, on=moment))


def _may_help(case: Case, now: Verdict) -> bool:
    """Whether the answer would be better if nothing that depends on time held at all."""
    has_hours = bool(case.network.conditions)
    if not has_hours and not any(overlay.items for overlay in case.request.overlays):
        return False
    states = case.situation.condition_state.copy()
    states[1:] = ConditionState.INACTIVE
    free = replace(case.situation, condition_state=states, extra=ExtraRows.none())
    return best_verdict(replace(case, reviewer=replace(case.reviewer, situation=free))) < now


def _moments(case: Case, horizon_days: int, step_minutes: int) -> Iterator[dt.date]:
    """Moments after the asked one, in order."""
    on = case.request.on
    if not isinstance(on, dt.datetime):
        yield from (on + ONE_DAY * step for step in range(1, horizon_days + 1))
        return
    end = on + ONE_DAY * horizon_days
    steps = horizon_days * 24 * 60 // max(step_minutes, 1)
    regular = [on + dt.timedelta(minutes=step_minutes) * step for step in range(1, steps + 1)]
    edges = [edge for item in _items(case) for edge in (item.start, item.end) if edge is not None and on < edge <= end]
    yield from sorted({*regular, *edges})


def _items(case: Case) -> list[OverlayItem]:
    return [item for overlay in case.request.overlays for item in overlay.items]


def _situation(case: Case, moment: dt.date) -> Hashable:
    """Everything that depends on the moment and can make it better."""
    states = condition_states(case.network, on=moment, gross_mass_kg=case.request.vehicle.gross_mass_kg)
    overlays = tuple(
        (item.window_on(moment), evaluate(item.hours, at=moment) if item.hours else None) for item in _items(case)
    )
    day = moment.date() if isinstance(moment, dt.datetime) else moment
    evidence = tuple(entry.is_in_force(day) for file in case.request.evidence for entry in file.entries)
    return states.tobytes(), overlays, evidence
