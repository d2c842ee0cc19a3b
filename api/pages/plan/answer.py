"""An answer as its page shows it (试算结果的展示): a card for every route, and the routes as one numbered list."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api.db.tables import WhatIf
from api.reviews.banding import BRIDGE
from maps.labels import format_duration, format_km, plain_text

Json = dict[str, Any]
SUGGESTED = "suggested"


@dataclass(frozen=True, slots=True)
class RouteCard:
    """One route to choose from (路线卡).

    Attributes:
        rank: Its number in the whole list, from 1.
        kind: ``suggested``, or the name of a variant.
        counties: Names of the counties in travel order, each once.
        bridges: How many bridges it drives over, as far as they are known.
        conditions: What has to be kept to, each once.
        same_as: Rank of an earlier route over the same roads; None where there is none.
    """

    rank: int
    kind: str
    verdict: str
    km: str
    hours: str
    phrase: str
    counties: tuple[str, ...]
    bridges: int
    conditions: int
    same_as: int | None


def numbered(answer: Mapping[str, Any]) -> Json:
    """The same answer with the routes of its variants after the suggested ones, numbered through."""
    routes = [route | {"rank": rank} for rank, (_, route) in enumerate(_routes(answer), start=1)]
    return dict(answer) | {"routes": routes}


def cards(row: WhatIf, language: str) -> list[RouteCard]:
    """Cards of all routes of a kept answer; what they say tells no capacity."""
    found: list[RouteCard] = []
    seen: dict[tuple[int, ...], int] = {}
    for rank, (kind, route) in enumerate(_routes(row.answer), start=1):
        ways = tuple(route["way_ids"])
        found.append(_card(rank, kind, route, seen.get(ways), language))
        seen.setdefault(ways, rank)
    return found


def missing_variants(row: WhatIf) -> list[str]:
    """Variants that were asked for and have no route."""
    return [str(one["variant"]) for one in row.answer.get("variants", ()) if not one.get("route")]


def _routes(answer: Mapping[str, Any]) -> Iterator[tuple[str, Json]]:
    yield from ((SUGGESTED, route) for route in answer["routes"])
    for one in answer.get("variants", ()):
        if one.get("route"):
            yield str(one["variant"]), one["route"]


def _card(rank: int, kind: str, route: Json, same_as: int | None, language: str) -> RouteCard:
    findings = route["findings"]
    said = "conditions_en" if language == "en" else "conditions"
    names = (plain_text(one.get("name") or one.get("code")) for one in route["divisions"])
    return RouteCard(
        rank=rank,
        kind=kind,
        verdict=str(route["verdict"]),
        km=format_km(route["length_m"]),
        hours=format_duration(route["duration_s"]),
        phrase=plain_text(route["phrase"]),
        counties=tuple(dict.fromkeys(filter(None, names))),
        bridges=sum(int(one.get("count", 1)) for one in findings if one["quantity"] == BRIDGE),
        conditions=len({text for one in findings for text in one.get(said) or ()}),
        same_as=same_as,
    )
