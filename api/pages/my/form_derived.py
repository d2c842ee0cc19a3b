"""What follows from what is known (推出的填写项), so that nobody is asked for it: counts, masses, the last day."""

import copy
import datetime as dt
from typing import Any, Final

from api.pages.my.form_typed import put_at, value_at

Json = dict[str, Any]
_STEERED_TYRES: Final = 2  # on the first axle of a tractor
_KERBS: Final = ("tractor.kerb_mass_kg", "trailer.kerb_mass_kg")


def derive(content: Json, before: Json) -> Json:
    """The content with what follows from it.

    Args:
        content: As typed.
        before: As it was before: what was left as it was gives way to what was changed.
    """
    found = copy.deepcopy(content)
    _contact(found, before)
    _counts(found)
    _masses(found, before)
    _plan(found)
    return found


def last_day(content: Json, days: int | None) -> Json:
    """The last day of travel where only the first is given: as long as the earlier trip took.

    Args:
        content: As typed.
        days: Of the earlier trip, its last day counted; None where there was none.
    """
    start = value_at(content, "trip.start_date")
    if days is None or value_at(content, "trip.end_date") or not isinstance(start, str):
        return content
    try:
        end = dt.date.fromisoformat(start) + dt.timedelta(days=days - 1)
    except (ValueError, OverflowError):
        return content
    found = copy.deepcopy(content)
    put_at(found, "trip.end_date", end.isoformat())
    return found


def days_of(trip: object) -> int | None:
    """How many days a trip took, its last day counted."""
    try:
        first, last = (dt.date.fromisoformat(str(value_at(trip, name))) for name in ("start_date", "end_date"))
    except ValueError:
        return None
    return (last - first).days + 1


def _contact(content: Json, before: Json) -> None:
    """Whoever handles the application is whom to call, unless somebody else is named."""
    for field, source in (("carrier.contact", "agent.name"), ("carrier.mobile", "agent.mobile")):
        now, was = value_at(content, field), value_at(before, source)
        follows = now is None or (now == was and now == value_at(before, field))
        said = value_at(content, source)
        if follows and isinstance(said, str):
            put_at(content, field, said)


def _counts(content: Json) -> None:
    """Axles and tyres of tractor and trailer stand in the axles of the whole."""
    axles = value_at(content, "whole.axles")
    if not isinstance(axles, list):
        return
    for name in ("tractor", "trailer"):
        part = content.get(name)
        own = [one for one in axles if isinstance(one, dict) and (one.get("unit") == "trailer") == (name == "trailer")]
        if isinstance(part, dict) and own:
            part["axle_count"] = len(own)
            part["tyre_count"] = sum(one["tyres"] for one in own if isinstance(one.get("tyres"), int))


def _masses(content: Json, before: Json) -> None:
    """The whole weighs what tractor, trailer and cargo weigh: one of the masses follows from the others."""
    kerbs = [_number(content, path) for path in _KERBS if value_at(content, path.partition(".")[0]) is not None]
    if not kerbs or any(kerb is None for kerb in kerbs):
        return
    if any(isinstance(value_at(content, path), str) for path in ("whole.gross_mass_kg", "cargo.mass_kg")):
        return  # what cannot be read is told, not replaced
    kerb = sum(one for one in kerbs if one is not None)
    gross, cargo = _number(content, "whole.gross_mass_kg"), _number(content, "cargo.mass_kg")
    gross_was, cargo_was = _number(before, "whole.gross_mass_kg"), _number(before, "cargo.mass_kg")
    is_new_gross = gross is not None and gross != gross_was
    is_new_part = cargo != cargo_was or any(_number(content, path) != _number(before, path) for path in _KERBS)
    if cargo is not None and (gross is None or (not is_new_gross and is_new_part and cargo_was is not None)):
        put_at(content, "whole.gross_mass_kg", kerb + cargo)
    elif gross is not None and gross > kerb and (cargo is None or (is_new_gross and cargo == cargo_was)):
        put_at(content, "cargo.mass_kg", gross - kerb)


def _number(content: Json, path: str) -> int | None:
    found = value_at(content, path)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _plan(content: Json) -> None:
    """A plan of several trips carries the cargo of the form, loaded as the form says."""
    plan = value_at(content, "trip.plan")
    trips = _number(content, "trip.trips")
    if trips is None or trips <= 1:
        return
    plan = plan if isinstance(plan, dict) else {}
    for field, source in (("goods", "cargo.name"), ("loading", "cargo.loading")):
        said = value_at(content, source)
        if field not in plan and isinstance(said, str):
            plan[field] = said
    put_at(content, "trip.plan", plan)
