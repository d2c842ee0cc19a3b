"""What is asked (试算问题): a loaded vehicle, from stop to stop or along a line, on a day."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from api.errors import FieldFault, InvalidError
from api.reviews.request import Area, Line, ReviewRequest, Variant
from api.reviews.settings import ReasonSettings, reason_settings
from data.overlays import Overlay
from data.policies import load_policy
from data.vehicles import LoadedVehicle, parse_vehicle

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Question:
    """One question (试算问题).

    Attributes:
        vehicle: As vehicle.json has it.
        stops: Start, via points and end, longitude and latitude in degrees; empty where a line is given.
        line: A line to be reviewed as it is; empty where stops are given.
        on: Day of travel.
        alternatives: How many routes are wanted.
        variants: Named variants that are wanted beside.
        avoid_areas: Areas that one more route keeps out of, rings of longitude and latitude.
        avoid_structures: Ids of structures that it does not touch.
        names: What people call the stops; no part of what is asked.
    """

    vehicle: Mapping[str, Any]
    on: dt.date
    stops: tuple[Point, ...] = ()
    line: tuple[Point, ...] = ()
    alternatives: int = 1
    variants: tuple[Variant, ...] = ()
    avoid_areas: tuple[Area, ...] = ()
    avoid_structures: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """A question as it was kept."""
        line = kept.get("line") or {"coordinates": ()}
        return cls(
            vehicle=kept["vehicle"],
            on=dt.date.fromisoformat(kept["on"]),
            stops=_points(kept["stops"]),
            line=_points(line["coordinates"]),
            alternatives=kept["alternatives"],
            variants=tuple(kept.get("variants", ())),
            avoid_areas=tuple(_points(area) for area in kept.get("avoid_areas", ())),
            avoid_structures=tuple(kept.get("avoid_structures", ())),
            names=tuple(kept.get("names", ())),
        )

    @property
    def ends(self) -> tuple[Point, Point]:
        """First and last point."""
        points = self.stops or self.line
        return points[0], points[-1]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, as they are kept."""
        return {
            "vehicle": dict(self.vehicle),
            "on": self.on.isoformat(),
            "stops": [list(point) for point in self.stops],
            "line": {"type": "LineString", "coordinates": [list(p) for p in self.line]} if self.line else None,
            "alternatives": self.alternatives,
            "variants": list(self.variants),
            "avoid_areas": [[list(point) for point in area] for area in self.avoid_areas],
            "avoid_structures": list(self.avoid_structures),
        }

    @property
    def hash(self) -> str:
        """The same question has the same hash."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()

    def read(
        self, overlays: tuple[Overlay, ...] = (), reasons: ReasonSettings | None = None
    ) -> tuple[LoadedVehicle, ReviewRequest]:
        """Check it and make the request of a review.

        Args:
            overlays: Closures and works.
            reasons: How far reasons and suggestions go; None for the usual.

        Raises:
            InvalidError: Neither stops nor a line are given, or both, or text that is none.
            BadInputError: The vehicle has faults; all of them.
        """
        if bool(self.stops) == bool(self.line):
            fault = FieldFault("stops", "起讫点与路线须给且只给其一", "either stops or a line")
            raise InvalidError([fault])
        if len(set(self.stops or self.line)) < 2:  # noqa: PLR2004 - a way has two ends
            name = "stops" if self.stops else "line"
            raise InvalidError([FieldFault(name, "至少须有两个不同的点", "at least two different points")])
        try:
            text = json.dumps(self.vehicle, ensure_ascii=False)
            text.encode()
        except UnicodeEncodeError as error:
            raise InvalidError([FieldFault("vehicle", "含有无效字符", "not text")]) from error
        vehicle = parse_vehicle(text, source="vehicle")
        line = np.array(self.line, np.float64) if self.line else None
        request = ReviewRequest(
            vehicle=vehicle,
            policy=load_policy(),
            on=self.on,
            stops=self.stops,
            line=None if line is None else Line(line[:, 0].copy(), line[:, 1].copy()),
            alternatives=self.alternatives,
            overlays=overlays,
            reasons=reasons or reason_settings(),
            variants=self.variants,
            avoid_areas=self.avoid_areas,
            avoid_structures=self.avoid_structures,
        )
        return vehicle, request


def _points(listed: Any) -> tuple[Point, ...]:  # noqa: ANN401 - JSON as it was kept
    return tuple((float(lon), float(lat)) for lon, lat in listed)
