"""Tiles, letters and style of the map (地图瓦片、字形、样式).

All are the same for everybody: a tile holds nothing that only some may know.
"""

import datetime as dt
import gzip
import html
from pathlib import Path as FolderPath
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.errors import NotFoundError
from api.http.dependencies import current_time
from api.settings import ServiceSettings
from api.tiles.files import KeptFiles
from api.tiles.settings import map_settings
from api.tiles.tileset import Tileset, current_tileset
from api.unit_of_work import LOCAL
from maps.glyphs import FONT_STACK, LAST_RANGE, RANGE, glyph_range
from maps.style_map import MapSettings, map_style
from maps.style_tokens import Scheme
from maps.tiles_grid import LARGEST_ZOOM

router = APIRouter(include_in_schema=False)
Now = Annotated[dt.datetime, Depends(current_time)]
TILE: Final = "application/vnd.mapbox-vector-tile"
GLYPHS: Final = "application/x-protobuf"
GLYPHS_VERSION: Final = "1"
_FOR_A_YEAR: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "no-cache"


def tileset_of(now: Now) -> Tileset:
    """The tiles of the day of the request."""
    return current_tileset(now.astimezone(LOCAL).date())


Tiles = Annotated[Tileset, Depends(tileset_of)]


@router.get("/tiles/{z}/{x}/{y}.mvt")
def get_tile(
    request: Request,
    tiles: Tiles,
    z: Annotated[int, Path(ge=0, le=LARGEST_ZOOM)],
    x: Annotated[int, Path(ge=0, lt=2**LARGEST_ZOOM)],
    y: Annotated[int, Path(ge=0, lt=2**LARGEST_ZOOM)],
    v: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """One tile; 204 where there is nothing. With the version the style names it is kept without asking again."""
    key = tiles.maker.key
    headers = {"ETag": f'W/"{key}"', "Cache-Control": _FOR_A_YEAR if v == key else _ASK_AGAIN}
    if _has(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    folder = _var(request) / "tiles"
    packed = KeptFiles(folder).get(key, f"{z}/{x}/{y}.mvt.gz", lambda: tiles.maker.tile(z, x, y))
    return _packed(request, packed, TILE, headers)


@router.get("/glyphs/{stack}/{letters}.pbf")
def get_glyphs(request: Request, stack: str, letters: Annotated[str, Path(pattern=r"^\d{1,5}-\d{1,5}$")]) -> Response:
    """A range of 256 letters."""
    start = int(letters.partition("-")[0])
    if stack != FONT_STACK or start % RANGE or start > LAST_RANGE or letters != f"{start}-{start + RANGE - 1}":
        raise NotFoundError("没有这组字形", "there is no such range of letters")
    headers = {"ETag": f'W/"glyphs-{GLYPHS_VERSION}"', "Cache-Control": _FOR_A_YEAR}
    if _has(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    folder = _var(request) / "glyphs"
    packed = KeptFiles(folder).get(GLYPHS_VERSION, f"{start}.pbf.gz", lambda: glyph_range(start))
    return _packed(request, packed, GLYPHS, headers)


@router.get("/map/style/{scheme}.json")
def get_style(tiles: Tiles, scheme: Scheme, lang: Annotated[Literal["zh", "en"], Query()] = "zh") -> dict[str, object]:
    """The style of the map; its addresses begin with a slash, and the page puts its own origin before them."""
    settings = map_settings()
    return map_style(
        MapSettings(
            tiles=f"/tiles/{{z}}/{{x}}/{{y}}.mvt?v={tiles.maker.key}",
            glyphs="/glyphs/{fontstack}/{range}.pbf",
            attribution=html.escape(attribution(tiles)),
            tianditu_key=settings.key,
            language=lang,
        ),
        scheme,
    )


def attribution(tiles: Tileset) -> str:
    """What every picture of the map must show: the source of the roads and the approval number, as plain text."""
    approval = map_settings().map_approval
    parts = [tiles.network.graph.attribution, f"审图号：{approval}" if approval else ""]
    return " · ".join(part for part in parts if part)


def _var(request: Request) -> FolderPath:
    settings: ServiceSettings = request.app.state.settings
    return settings.var


def _has(request: Request, tag: str) -> bool:
    return tag in request.headers.get("If-None-Match", "")


def _packed(request: Request, packed: bytes, media_type: str, headers: dict[str, str]) -> Response:
    """Compressed content as it is, or unpacked for who does not take that."""
    headers = headers | {"Vary": "Accept-Encoding"}
    if not packed:
        return Response(status_code=204, headers=headers)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return Response(packed, media_type=media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(gzip.decompress(packed), media_type=media_type, headers=headers)
