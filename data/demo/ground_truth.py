"""The answers of all traps in the words of the review (标准答案)."""

from typing import Any

import numpy as np

from data.demo.osm_map import OsmMap, way_ids
from data.demo.plane import to_degrees
from data.demo.traps import Json, Trap


def truth_of(trap: Trap, osm: OsmMap) -> Json:
    """A trap as the ground truth file has it."""
    start, end = to_degrees(np.array([trap.start, trap.end])).tolist()
    expected: Json = {"verdict": trap.verdict}
    if trap.finding is not None:
        expected["finding"] = _resolve(trap.finding, osm)
    return {
        "id": trap.name,
        "kind": trap.kind,
        "vehicle": trap.vehicle,
        "from": start,
        "to": end,
        "on": trap.on,
        "overlay": trap.has_overlay,
        "expected": {**expected, **_resolve(dict(trap.more), osm)},
    }


def _resolve(said: Any, osm: OsmMap) -> Any:  # noqa: ANN401  anything JSON has
    """Replace labels of stretches by the ways they became."""
    if not isinstance(said, dict):
        return said
    found = {}
    for key, value in said.items():
        if key == "way_label":
            found["way_ids"] = way_ids(osm.pieces, value)
        elif key == "ways_labels":
            found["way_ids"] = [way for label in value for way in way_ids(osm.pieces, label)]
        else:
            found[key] = _resolve(value, osm)
    return found
