"""The map page (电子地图): search, facts, layers. It answers without scripts too, then without the picture."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from api.errors import FieldFault, InvalidError, NotFoundError
from api.pages.facts import Facts
from api.pages.facts_reading import nearest_road, road_facts, structure_facts
from api.pages.page import Page, PageContext
from api.pages.search import LONGEST, coordinates_of, index_of
from api.tiles.endpoints import Tiles, attribution
from api.tiles.settings import map_policy, map_settings
from api.tiles.tileset import Tileset
from maps.style_map import HIDDEN_AT_FIRST, TOGGLES

router = APIRouter(include_in_schema=False)
_NEAR_M: Final = 300.0
_SLACK_PIXELS: Final = 12
_METRES_A_PIXEL: Final = 78_271.5  # at zoom 0 on the equator, tiles of 512 pixels
Text = Annotated[str, Query(max_length=LONGEST)]
Place = Annotated[str, Query(max_length=60)]
StructureRow = Annotated[int | None, Query(ge=0, le=2**31 - 1)]
Zoom = Annotated[float, Query(ge=0, le=24)]


@router.get("/map")
def map_page(
    page: Page, tiles: Tiles, q: Text = "", at: Place = "", structure: StructureRow = None, zoom: Zoom = 14
) -> Response:
    """The map with its panel."""
    context = _panel(page, tiles, q=q, at=at, structure=structure, zoom=zoom)
    context |= {
        "bounds": tiles.maker.bounds,
        "toggles": {
            name: {"layers": list(layers), "shown": name not in HIDDEN_AT_FIRST} for name, layers in TOGGLES.items()
        },
        "attribution": attribution(tiles),
    }
    answer = page.render("map.html.j2", context)
    answer.headers["Content-Security-Policy"] = map_policy(map_settings())
    return answer


@router.get("/map/panel")
def map_panel(
    page: Page, tiles: Tiles, q: Text = "", at: Place = "", structure: StructureRow = None, zoom: Zoom = 14
) -> Response:
    """The panel alone, for the map's script."""
    return page.render("map_panel.html.j2", _panel(page, tiles, q=q, at=at, structure=structure, zoom=zoom))


def _panel(
    page: PageContext, tiles: Tileset, *, q: str, at: str, structure: int | None, zoom: float
) -> dict[str, object]:
    typed = coordinates_of(q)
    place = typed or (_place_of(at) if at else None)
    facts = None
    if structure is not None:
        if structure >= len(tiles.network.graph.structures.kind):
            raise NotFoundError("没有这处构造物，路网可能已更新", "no such structure; the network may have changed")
        facts = structure_facts(tiles, structure, page.work.actor)
    elif place is not None:
        facts = _road_at(page, tiles, place, zoom)
    found = index_of(tiles.network).find(q) if q and typed is None else []
    return {"q": q, "place": place, "facts": facts, "found": found, "has_asked": bool(q)}


def _road_at(page: PageContext, tiles: Tileset, place: tuple[float, float], zoom: float) -> Facts | None:
    """The road near a place: the nearer the map, the nearer it must be."""
    within_m = min(max(_SLACK_PIXELS * _METRES_A_PIXEL / 2**zoom, 5.0), _NEAR_M)
    road = nearest_road(tiles.network.graph, *place, within_m)
    return None if road is None else road_facts(tiles, road, page.work.actor)


def _place_of(text: str) -> tuple[float, float]:
    place = coordinates_of(text)
    if place is None:
        raise InvalidError([FieldFault("at", "位置应写成“经度,纬度”", "a place is written lon,lat")])
    return place
