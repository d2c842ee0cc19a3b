"""A year of generated applications (生成的许可申请): who asks for what, from where to where, on which day."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from data.demo.places import SEATS
from data.demo.traps import legal_mass, modular

# Assumption, no source gives real shares: most transports are small, few are very large (一类、二类、三类).
CLASS_SHARES: Final = {"I": 0.72, "II": 0.19, "III": 0.09}
_MONTH_WEIGHTS: Final = (7, 5, 9, 9, 9, 8, 8, 8, 9, 8, 10, 10)  # assumption: quiet at the Spring Festival
_VIA_SHARE: Final = 0.1
_HOUR_SHARE: Final = 0.3
_SPREAD_DEG: Final = 0.012
_LEAP: Final = 31
Json = dict[str, Any]


def generate_applications(seed: int, year: int, count: int) -> Iterator[Json]:
    """Applications of one year, ordered by day; every row says that it is generated.

    Class shares and months are assumptions, not statistics: no public source gives them.

    Args:
        seed: The same seed gives the same rows.
        year: Days of travel lie in it.
        count: How many rows.

    Yields:
        ``id``, ``vehicle``, ``from``, ``to``, ``on``, at times ``via``, ``class_wanted``, ``generated``: true.
    """
    chance = np.random.default_rng([seed, year, 7])
    weights = np.array(_MONTH_WEIGHTS, float)
    months = chance.choice(12, size=count, p=weights / weights.sum()) + 1
    days = sorted(_day(year, int(month), chance) for month in months)
    places = np.array([[lon, lat] for _, lon, lat in SEATS.values()])
    for number, day in enumerate(days, start=1):
        yield _application(number, day, places, chance)


def _day(year: int, month: int, chance: np.random.Generator) -> dt.date:
    first = dt.date(year, month, 1)
    days = ((first + dt.timedelta(days=_LEAP)).replace(day=1) - first).days
    return first + dt.timedelta(days=int(chance.integers(days)))


def _application(number: int, day: dt.date, places: np.ndarray, chance: np.random.Generator) -> Json:
    wanted = str(chance.choice(list(CLASS_SHARES), p=list(CLASS_SHARES.values())))
    picks = chance.choice(len(places), size=3, replace=False)
    stops = [(places[pick] + chance.uniform(-_SPREAD_DEG, _SPREAD_DEG, 2)).round(6).tolist() for pick in picks]
    on = day.isoformat()
    if chance.random() < _HOUR_SHARE:
        on += f"T{int(chance.integers(6, 22)):02d}:00"
    row: Json = {"id": f"demo-{day.year}-{number:06d}", "vehicle": _vehicle(wanted, chance), "from": stops[0]}
    row["to"] = stops[1]
    if chance.random() < _VIA_SHARE:
        row["via"] = [stops[2]]
    return {**row, "on": on, "class_wanted": wanted, "generated": True}


def _vehicle(wanted: str, chance: np.random.Generator) -> Json:
    """A vehicle whose sizes fall into a class (一类、二类、三类)."""
    if wanted == "I":
        vehicle = legal_mass(height_mm=_step(chance, 4010, 4200), width_mm=_step(chance, 2560, 3000))
        vehicle["length_mm"] = _step(chance, 17_000, 20_000)
        return vehicle
    if wanted == "II":
        vehicle = modular(int(chance.integers(4, 7)), _step(chance, 5_000, 9_000), height_mm=_step(chance, 4210, 4500))
        vehicle["width_mm"] = _step(chance, 3010, 3750)
        vehicle["length_mm"] = max(vehicle["length_mm"], _step(chance, 20_010, 28_000))
        return vehicle
    lines = int(chance.integers(8, 16))
    vehicle = modular(lines, _step(chance, 12_000, 17_900), height_mm=_step(chance, 4300, 5000))
    vehicle["width_mm"] = _step(chance, 3200, 4500)
    vehicle["length_mm"] = max(vehicle["length_mm"], _step(chance, 28_010, 45_000))
    return vehicle


def _step(chance: np.random.Generator, low: int, high: int) -> int:
    """A whole multiple of ten between two numbers."""
    return int(chance.integers(low // 10, high // 10 + 1)) * 10
