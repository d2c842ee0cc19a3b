"""What an overlay says, checked (临时管制)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shapely.geometry.base import BaseGeometry

from routing.columns import ConditionState, Quantity

CHINA = dt.timezone(dt.timedelta(hours=8))  # one clock for the whole country, without summer time


class Direction(StrEnum):
    """For which direction of a road an item holds (方向)."""

    FORWARD = "forward"  # as the source draws the road, or as the item's own line runs
    BACKWARD = "backward"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class OverlayItem:
    """One closure, or the limits of one place, for a time.

    Attributes:
        id: Unique among all overlays of a review.
        says: Limit in mm or kg by quantity; the closure has value 0.
        start: First moment in force, Beijing time without zone; None: has always been.
        end: First moment no longer in force; None: until further notice.
        hours: In OpenStreetMap's opening-hours form; empty: at all hours.
        classes: Transport classes it is for; empty: every vehicle.
        shape: Where, in degrees; None if only ids say so.
    """

    id: str
    says: Mapping[Quantity, int]
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    reason: str = ""
    hours: str = ""
    classes: tuple[str, ...] = ()
    direction: Direction = Direction.BOTH
    way_ids: tuple[int, ...] = ()
    structure_ids: tuple[str, ...] = ()
    shape: BaseGeometry | None = None

    def window_on(self, on: dt.date) -> ConditionState:
        """Whether the time from start to end takes in a moment, or all, some or nothing of a bare date."""
        if isinstance(on, dt.datetime):
            first = last = on if on.tzinfo is None else on.astimezone(CHINA).replace(tzinfo=None)
        else:
            first = dt.datetime.combine(on, dt.time())
            last = dt.datetime.combine(on, dt.time.max)
        held = [
            (self.start is None or self.start <= at) and (self.end is None or at < self.end) for at in (first, last)
        ]
        if all(held):
            return ConditionState.ACTIVE
        is_inside = self.start is not None and self.end is not None and first < self.start and self.end <= last
        return ConditionState.UNDECIDED if any(held) or is_inside else ConditionState.INACTIVE

    @property
    def window(self) -> str:
        """The time in force, in words."""
        start = f"from {self.start.isoformat(timespec='minutes')}" if self.start else ""
        end = f"until {self.end.isoformat(timespec='minutes')}" if self.end else ""
        return f"{start} {end}".strip()


@dataclass(frozen=True, slots=True)
class Overlay:
    """One overlay file.

    Attributes:
        source: The file's name.
        content_id: "sha256:…" of the file's bytes.
        items: In the file's order.
    """

    source: str
    content_id: str
    items: tuple[OverlayItem, ...]
