"""Near a class edge (接近跨类临界值): loads whose stated size lies just below the next class."""

import datetime as dt
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from rules.facts import QUANTITIES
from rules.findings import QUANTITY_ZH, UNIT_ZH
from rules.loading import find_clause
from rules.ord62.art_003 import gross_mass_limit
from rules.ord62.art_015 import VehicleClass
from rules.settings import NearThresholdBand, RuleSettings
from rules.vehicle import VehicleFacts

# "unknown" stands lowest: nothing is left out because the class is not known.
RANK: MappingProxyType[str, int] = MappingProxyType({"unknown": -1, "none": 0, "I": 1, "II": 2, "III": 3})
CLASS_ZH: MappingProxyType[str, str] = MappingProxyType({"II": "二类", "III": "三类"})
GROSS_MASS_LIMIT = "gross_mass_limit"
PERCENT = 100


@dataclass(frozen=True, slots=True)
class NearThreshold:
    """One quantity close below the edge to a higher class."""

    quantity: str
    value: int
    edge: int
    next_class: str
    distance: int
    unit: str
    reason: str

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def near_thresholds(
    vehicle: VehicleFacts, vehicle_class: VehicleClass, *, on: dt.date, settings: RuleSettings
) -> tuple[NearThreshold, ...]:
    """Every band of the settings that holds a value of the vehicle and leads above its class."""
    bands = [band for band in settings.near_threshold if RANK[band.next_class] > RANK[vehicle_class]]
    found = (_near(band, vehicle, on=on, settings=settings) for band in bands)
    return tuple(entry for entry in found if entry is not None)


def _near(
    band: NearThresholdBand, vehicle: VehicleFacts, *, on: dt.date, settings: RuleSettings
) -> NearThreshold | None:
    value = QUANTITIES[band.quantity](vehicle)
    edge = _edge(band, vehicle, on=on, settings=settings)
    if value is None or edge is None or value > edge or not _reaches(band, value, edge):
        return None
    unit = "kg" if band.quantity == "gross_mass" else "mm"
    reason = (
        f"{QUANTITY_ZH[band.quantity]}{value}{UNIT_ZH[unit]}，距{CLASS_ZH[band.next_class]}临界值"
        f"{edge}{UNIT_ZH[unit]}仅{edge - value}{UNIT_ZH[unit]}，建议列入现场核查（范围为本系统设定）"
    )
    return NearThreshold(band.quantity, value, edge, band.next_class, edge - value, unit, reason)


def _edge(band: NearThresholdBand, vehicle: VehicleFacts, *, on: dt.date, settings: RuleSettings) -> int | None:
    if band.edge == GROSS_MASS_LIMIT:
        limit = gross_mass_limit(vehicle, on=on, settings=settings)
        return limit[0] if limit else None
    clause_id, _, name = band.edge.partition("/")
    clause = find_clause(clause_id, on)
    return clause.clause.thresholds[name].value if clause else None


def _reaches(band: NearThresholdBand, value: int, edge: int) -> bool:
    """Whether the value has come into the band; shares are compared without division."""
    if band.from_percent is not None:
        return value * PERCENT >= edge * band.from_percent
    return band.from_value is not None and value >= band.from_value
