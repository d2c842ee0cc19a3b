"""Places as a person types them (起讫点的填写): a name, and coordinates where the name alone is not enough."""

from collections.abc import Mapping
from typing import Any, Final

from api.cases import grounds
from api.errors import ServiceUnavailableError
from api.pages.search import LONGEST, Found, coordinates_of, index_of

Json = dict[str, Any]
_MOST_VIA: Final = 30


def coordinates_text(place: object) -> str:
    """Longitude and latitude of a place as one text; whatever was typed instead."""
    if not isinstance(place, Mapping):
        return ""
    lon, lat = place.get("lon"), place.get("lat")
    if isinstance(lon, int | float) and isinstance(lat, int | float):
        return f"{lon:.6f}, {lat:.6f}"
    return lon if isinstance(lon, str) else ""


def read_place(name: str, at: str, before: object) -> Json:
    """A place from its two texts; a name of the map needs no coordinates.

    Args:
        name: As typed.
        at: Coordinates as typed, or empty.
        before: The place that was there; a new name of the map moves it.
    """
    known = before if isinstance(before, Mapping) else {}
    place: Json = {"name": name} if name else {}
    typed = coordinates_of(at) if at else None
    is_new_name = bool(name) and name != known.get("name")
    stood = at == coordinates_text(before)
    if name and (not at or (is_new_name and stood and known.get("name"))):
        exact = [one for one in places_named(name) if one.name == name]
        if exact:
            return place | {"lon": round(exact[0].lon, 6), "lat": round(exact[0].lat, 6)}
    if typed is not None:
        lon, lat = typed
        return place | {"lon": lon, "lat": lat}
    return place | ({"lon": at} if at else {})


def places_named(name: str) -> list[Found]:
    """Places of the map whose names fit; none where there is no network."""
    if not name or len(name) > LONGEST:
        return []
    try:
        return index_of(grounds.current().network).choices(name)
    except ServiceUnavailableError:
        return []


def via_text(via: object) -> str:
    """Places on the way, one a line: name and coordinates."""
    rows = via if isinstance(via, list) else []
    return "\n".join(
        row if isinstance(row, str) else f"{row.get('name', '')} {coordinates_text(row)}".strip()
        for row in rows
        if isinstance(row, str | Mapping)
    )


def read_via(text: str, before: object) -> list[Any]:
    """Places on the way; a line that cannot be read stays as it was typed."""
    known = {via_text([one]): one for one in before} if isinstance(before, list) else {}
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [known.get(line) or _via(line) for line in lines[:_MOST_VIA]]


def _via(line: str) -> Any:  # noqa: ANN401 - a place, or the text typed
    name, _, rest = line.partition(" ")
    place = read_place(name, rest.strip(), None)
    return place if isinstance(place.get("lat"), int | float) else line
