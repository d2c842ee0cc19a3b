"""Which place a review could not begin or end at (起讫点问题): the review's words, put beside the form's fields."""

import re
from collections.abc import Mapping
from typing import Final

from api.errors import RequestError
from api.pages.plan.places import VIAS
from maps.labels import Label

_PLACE: Final = re.compile(r"(from|to|via (\d+)): (.*)", re.DOTALL)
TOO_FAR: Final = Label(
    "附近没有大型车辆可用的道路，请改选路边的位置、收费站，或在地图上点选",
    "no road for lorries near it: choose a spot at a road, a toll station, or on the map",
)


def stop_faults(error: RequestError, texts: Mapping[str, str]) -> dict[str, Label]:
    """Words by field; what belongs to no place stands at the destination."""
    given = [name for name in VIAS if texts.get(name, "").strip()]
    found: dict[str, Label] = {}
    for said in error.faults:
        match = _PLACE.match(said)
        if match is None:
            found["end"] = Label(said, said)
        elif match[2] is not None:
            found[given[int(match[2]) - 1]] = TOO_FAR
        else:
            found["start" if match[1] == "from" else "end"] = TOO_FAR
    return found
