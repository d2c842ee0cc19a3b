"""Width of the carriageway and of one lane (路面宽度、车道宽度), and what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from data.osm.readings import Quantity
from data.osm.road import RoadClass
from data.osm.traffic import read_lanes
from data.osm.units import parse_length_mm
from routing.columns import LimitState

WidthBasis = Literal["measured", "assumed", "lanes", "class", "none"]


@dataclass(frozen=True, slots=True)
class CarriagewayReading:
    """Widths of a road.

    Attributes:
        width_mm: of the whole carriageway, both directions of a road that is not divided; None if nothing says.
        lane_width_mm: of one lane; None if nothing says.
        lanes: lanes counted over the whole carriageway, None if neither stated nor usual for the class.
        basis: "measured" (width tag), "assumed" (estimated width), "lanes" (lanes stated × usual lane width),
            "class" (usual lanes × usual lane width), "none".
        raw: the deciding tag, "" for the class.
        not_understood: width tags that belong into the build report.
    """

    width_mm: int | None
    lane_width_mm: int | None
    lanes: int | None
    basis: WidthBasis
    raw: str = ""
    not_understood: tuple[str, ...] = ()


_WIDTH_KEYS: Final[tuple[tuple[str, WidthBasis], ...]] = (
    ("width:carriageway", "measured"),
    ("width", "measured"),
    ("width:lanes", "measured"),
    ("est_width", "assumed"),
)


def read_carriageway(
    tags: Mapping[str, str],
    *,
    road_class: RoadClass,
    lane_width_mm: Mapping[RoadClass, int],
    lane_count: Mapping[RoadClass, int],
) -> CarriagewayReading:
    """Width of a carriageway from its width tags, else its lanes, else its class. Never raises.

    Args:
        tags: of the way.
        road_class: its class.
        lane_width_mm: usual lane width of each class, in mm, from the policy; a class left out has none.
        lane_count: usual lanes of each class over the whole carriageway, from the policy; likewise.
    """
    stated = read_lanes(tags).total or None
    lanes = stated or lane_count.get(road_class)
    usual = lane_width_mm.get(road_class)
    failed: list[str] = []
    for key, basis in _WIDTH_KEYS:
        if key not in tags:
            continue
        raw = f"{key}={tags[key]}"
        width, is_approximate, is_understood = _read_width(tags[key])
        if not is_understood:
            failed.append(raw)
        if width is not None:
            one_lane = width // lanes if lanes else None
            shown: WidthBasis = "assumed" if is_approximate else basis
            return CarriagewayReading(width, one_lane, lanes, shown, raw, tuple(failed))
    if usual is None or lanes is None:
        return CarriagewayReading(None, usual, lanes, "none", "", tuple(failed))
    if stated is None:
        return CarriagewayReading(lanes * usual, usual, lanes, "class", "", tuple(failed))
    raw = f"lanes={tags['lanes']}" if "lanes" in tags else "lanes:forward, lanes:backward"
    return CarriagewayReading(lanes * usual, usual, lanes, "lanes", raw, tuple(failed))


def _read_width(text: str) -> tuple[int | None, bool, bool]:
    """Width in mm, whether approximate, whether understood; widths of lanes ("3.2|3.2") are added up."""
    readings = [parse_length_mm(part, quantity=Quantity.CARRIAGEWAY) for part in text.split("|")]
    is_understood = all(reading.is_understood for reading in readings)
    values = [reading.value for reading in readings if reading.value is not None]
    if len(values) < len(readings) or any(reading.state is not LimitState.NUMBER for reading in readings):
        return None, False, is_understood
    return sum(values), any(reading.is_approximate for reading in readings), is_understood
