"""How the map looks (地图样式): a MapLibre style over our own tiles, in one of two colour schemes and two languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from maps.glyphs import FONT_STACK
from maps.style_tokens import TOKENS, Scheme
from maps.tiles_grid import LARGEST_ZOOM

Json = dict[str, Any]
STYLE_VERSION: Final = 1
SOURCE: Final = "dajian"
# Road class -> widths in pixels at zooms 6, 10, 14, 18.
_WIDTHS: Final[Mapping[str, tuple[float, float, float, float]]] = {
    "service": (0, 0, 0.8, 5),
    "minor": (0, 0, 1.2, 8),
    "tertiary": (0, 0.5, 2.2, 11),
    "secondary": (0, 0.9, 3, 13),
    "primary": (0.5, 1.4, 3.8, 15),
    "trunk": (0.9, 2, 4.6, 17),
    "motorway": (1.2, 2.6, 5.4, 20),
}
_ZOOMS: Final = (6, 10, 14, 18)
_LINK_SHARE: Final = 0.6
# What a reader can show or hide -> the layers of the style that belong to it.
TOGGLES: Final[Mapping[str, tuple[str, ...]]] = {
    "limits": ("limits", "limits-text"),
    "bridges": ("bridges", "bridges-text"),
    "stations": ("stations", "stations-text"),
    "stakes": ("stakes",),
    "coverage": ("coverage",),
    "closures": ("closures", "closures-open"),
    "borders": ("borders", "names"),
}
HIDDEN_AT_FIRST: Final = frozenset({"coverage"})
TIANDITU_HOSTS: Final = tuple(f"https://t{n}.tianditu.gov.cn" for n in range(8))
_TIANDITU: Final = (
    "{host}/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}&STYLE=default"
    "&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
)
_ZH: Final = {
    "height": "限高",
    "width": "限宽",
    "length": "限长",
    "gross_mass": "限重",
    "axle_load": "限轴重",
    "axle_group": "限轴组",
    "access": "通行",
}
_EN: Final = {
    "height": "H",
    "width": "W",
    "length": "L",
    "gross_mass": "mass",
    "axle_load": "axle",
    "axle_group": "axles",
    "access": "access",
}

# A limit is never told by its colour alone: what it rests on stands beside it.
_BASES_ZH: Final = {"posted": "标志", "measured": "实测", "inventory": "台账", "assumed": "推定", "unknown": "不明"}
_BASES_EN: Final = {name: name for name in _BASES_ZH} | {"posted": "sign"}
_WORDS: Final = {"zh": (_ZH, _BASES_ZH), "en": (_EN, _BASES_EN)}


@dataclass(frozen=True, slots=True)
class MapSettings:
    """What a style depends on beside its colours.

    Attributes:
        tiles: Address of the tiles with {z}, {x} and {y}.
        glyphs: Address of the letters with {fontstack} and {range}.
        attribution: Shown on the map, as HTML.
        tianditu_key: Key of 天地图; only with one a base map is asked for, from its own hosts.
        language: Of the few words that the style itself writes.
    """

    tiles: str
    glyphs: str
    attribution: str
    tianditu_key: str | None = None
    language: Literal["zh", "en"] = "zh"


def map_style(settings: MapSettings, scheme: Scheme) -> Json:
    """The style of the map."""
    colours = TOKENS[scheme]
    sources: Json = {
        SOURCE: {
            "type": "vector",
            "tiles": [settings.tiles],
            "minzoom": 3,
            "maxzoom": LARGEST_ZOOM,
            "attribution": settings.attribution,
        }
    }
    layers: list[Json] = [_layer("land", "background", None, paint={"background-color": colours["land"]})]
    if settings.tianditu_key:
        for name in ("vec", "cva"):
            sources[f"tianditu-{name}"] = _tianditu(name, settings.tianditu_key)
            layers.append({"id": f"tianditu-{name}", "type": "raster", "source": f"tianditu-{name}"})
    layers += [
        *_border_layers(colours),
        *_road_layers(colours),
        *_closure_layers(colours),
        *_text_on_roads(colours),
        *_point_layers(colours, *_WORDS[settings.language]),
        _names(colours),
    ]
    return {
        "version": 8,
        "name": "dajian",
        "glyphs": settings.glyphs,
        "sources": sources,
        "layers": [_hidden(layer) for layer in layers],
    }


def _tianditu(layer: str, key: str) -> Json:
    tiles = [_TIANDITU.format(host=host, layer=layer, key=key) for host in TIANDITU_HOSTS]
    return {"type": "raster", "tiles": tiles, "tileSize": 256, "minzoom": 1, "maxzoom": 18, "attribution": "天地图"}


def _hidden(layer: Json) -> Json:
    owner = next((name for name, layers in TOGGLES.items() if layer["id"] in layers), None)
    if owner in HIDDEN_AT_FIRST:
        layer["layout"] = {**layer.get("layout", {}), "visibility": "none"}
    return layer


def _layer(name: str, kind: str, source_layer: str | None, **more: object) -> Json:
    source = {} if source_layer is None else {"source": SOURCE, "source-layer": source_layer}
    return {"id": name, "type": kind, **source, **more}


def _by_zoom(stops: Sequence[tuple[float, object]], base: float = 1.4) -> list[Any]:
    return ["interpolate", ["exponential", base], ["zoom"], *(part for stop in stops for part in stop)]


def _border_layers(colours: Mapping[str, str]) -> Iterator[Json]:
    width = ["match", ["get", "level"], "province", 2.0, "city", 1.2, 0.7]
    paint = {"line-color": colours["border"], "line-width": width, "line-dasharray": [5, 2, 1, 2], "line-opacity": 0.8}
    yield _layer("borders", "line", "counties", paint=paint, layout={"line-join": "round"})


def _road_layers(colours: Mapping[str, str]) -> Iterator[Json]:
    ferry = {"line-color": colours["water"], "line-width": 1.2, "line-dasharray": [3, 3]}
    yield _layer("ferries", "line", "roads", filter=["==", ["get", "class"], "ferry"], paint=ferry)
    is_road = ["!=", ["get", "class"], "ferry"]
    covered = {"line-color": colours["covered"], "line-opacity": 0.45, "line-width": _widths(9)}
    layout = {"line-cap": "round", "line-join": "round", "line-sort-key": _by_class(range(len(_WIDTHS)))}
    yield _layer("coverage", "line", "roads", filter=["all", is_road, ["has", "covered"]], paint=covered, layout=layout)
    casing = {"line-color": colours["casing"], "line-width": _widths(2)}
    yield _layer("roads-casing", "line", "roads", minzoom=9, filter=is_road, paint=casing, layout=layout)
    shade = ["case", ["==", ["get", "on"], "tunnel"], 0.45, ["has", "shut"], 0.5, 1]
    colour = ["match", ["get", "class"], *_pairs(colours), colours["minor"]]
    paint = {"line-color": colour, "line-width": _widths(0), "line-opacity": shade}
    yield _layer("roads", "line", "roads", filter=is_road, paint=paint, layout=layout)
    deck = {"line-color": colours["bridge"], "line-width": 1.2, "line-gap-width": _widths(0.5)}
    yield _layer("decks", "line", "roads", minzoom=13, filter=["==", ["get", "on"], "bridge"], paint=deck)


def _pairs(colours: Mapping[str, str]) -> Iterator[str]:
    for name in ("motorway", "trunk", "primary", "secondary", "tertiary"):
        yield from (name, colours[name])


def _by_class(values: Sequence[float]) -> list[Any]:
    pairs = [part for name, value in zip(_WIDTHS, values, strict=True) for part in (name, value)]
    return ["match", ["get", "class"], *pairs, 0]


def _widths(more: float) -> list[Any]:
    """Width of a road by zoom and class, and so many pixels more."""
    stops: list[tuple[float, object]] = []
    for n, zoom in enumerate(_ZOOMS):
        width = _by_class([widths[n] for widths in _WIDTHS.values()])
        share = ["case", ["has", "link"], _LINK_SHARE, 1]
        stops.append((zoom, ["+", ["*", width, share], more]))
    return _by_zoom(stops)


def _closure_layers(colours: Mapping[str, str]) -> Iterator[Json]:
    base = {"line-color": colours["closure"], "line-width": _by_zoom([(6, 3), (14, 8)])}
    sure, layout = ["get", "certain"], {"line-cap": "butt"}
    yield _layer("closures", "line", "closures", filter=sure, paint=base | {"line-dasharray": [1, 0.6]}, layout=layout)
    open_ = base | {"line-dasharray": [0.4, 1.2], "line-opacity": 0.8}
    yield _layer("closures-open", "line", "closures", filter=["!", sure], paint=open_, layout=layout)


def _text(size: object, **more: object) -> Json:
    return {"text-font": [FONT_STACK], "text-size": size, **more}


def _halo(colours: Mapping[str, str], colour: str = "label") -> Json:
    return {"text-color": colours[colour], "text-halo-color": colours["halo"], "text-halo-width": 1.6}


def _text_on_roads(colours: Mapping[str, str]) -> Iterator[Json]:
    along = {"symbol-placement": "line", "symbol-spacing": 320, "text-rotation-alignment": "viewport"}
    ref = _text(11, **along, **{"text-field": ["get", "ref"], "text-padding": 8})
    large = ["in", ["get", "class"], ["literal", ["motorway", "trunk", "primary", "secondary"]]]
    has_ref = ["all", ["has", "ref"], ["!", ["has", "link"]], large]
    yield _layer("refs", "symbol", "roads", minzoom=7, filter=has_ref, layout=ref, paint=_halo(colours))
    name = _text(12, **{"symbol-placement": "line", "symbol-spacing": 380, "text-field": ["get", "name"]})
    yield _layer("streets", "symbol", "roads", minzoom=13, filter=["has", "name"], layout=name, paint=_halo(colours))


def _dot(colour: object, colours: Mapping[str, str], sizes: Sequence[tuple[float, object]]) -> Json:
    return {
        "circle-color": colour,
        "circle-radius": _by_zoom(sizes),
        "circle-stroke-color": colours["halo"],
        "circle-stroke-width": 1.2,
    }


def _point_layers(colours: Mapping[str, str], words: Mapping[str, str], bases: Mapping[str, str]) -> Iterator[Json]:
    below = {"text-anchor": "top", "text-offset": [0, 0.95], "text-optional": True, "text-max-width": 9}
    stake = _text(10.5, **{"text-field": ["get", "text"], "text-padding": 6})
    yield _layer("stakes", "symbol", "stakes", layout=stake, paint=_halo(colours, "muted"))
    ring = _dot(colours["halo"], colours, [(12, 2.4), (16, 5)])
    ring |= {"circle-stroke-color": colours["bridge"], "circle-stroke-width": 2}
    yield _layer("bridges", "circle", "bridges", paint=ring)
    named = _text(11, **below, **{"text-field": ["get", "name"]})
    yield _layer("bridges-text", "symbol", "bridges", minzoom=14, layout=named, paint=_halo(colours, "bridge"))
    basis = ["match", ["get", "basis"], *_basis_pairs(colours), colours["open"]]
    yield _layer("limits", "circle", "limits", paint=_dot(basis, colours, [(12, 4.5), (16, 8)]))
    quantity = ["match", ["get", "quantity"], *(part for pair in words.items() for part in pair), ""]
    rests_on = ["match", ["get", "basis"], *(part for pair in bases.items() for part in pair), ""]
    said = ["concat", quantity, " ", ["coalesce", ["get", "text"], "?"], " · ", rests_on]
    text = _text(11.5, **below, **{"text-field": said})
    yield _layer(
        "limits-text", "symbol", "limits", minzoom=13, layout=text, paint=_halo(colours) | {"text-color": basis}
    )
    yield _layer("stations", "circle", "stations", paint=_dot(colours["station"], colours, [(9, 2.8), (16, 7)]))
    yield _layer("stations-text", "symbol", "stations", minzoom=11, layout=named, paint=_halo(colours, "station"))


def _basis_pairs(colours: Mapping[str, str]) -> Iterator[str]:
    for name in ("posted", "measured", "inventory", "assumed"):
        yield from (name, colours[name])


def _names(colours: Mapping[str, str]) -> Json:
    size = ["match", ["get", "level"], "city", 15, 12.5]
    layout = _text(size, **{"text-field": ["get", "name"], "text-padding": 4})
    layout["symbol-sort-key"] = ["match", ["get", "level"], "city", 0, 1]
    shown = ["any", ["==", ["get", "level"], "county"], ["<", ["zoom"], 10]]
    return _layer("names", "symbol", "names", filter=shown, layout=layout, paint=_halo(colours, "muted"))
